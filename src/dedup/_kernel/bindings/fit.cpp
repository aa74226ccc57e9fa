// Python <-> fit: conversions and the GIL, no logic.
#include "fit.hpp"

#include "bindings.hpp"

namespace dedup {
namespace {

PatternData pattern_of(nb::handle row) {
    const auto words = numbers<std::uint64_t>(nb::cast<nb::bytes>(row[0]));
    const auto gaps = numbers<Gap>(nb::cast<nb::bytes>(row[1]));
    for (const Gap& gap : gaps)
        if (gap.first < 0 || gap.last < gap.first || static_cast<std::size_t>(gap.last) > words.size() || gap.limit < 0 ||
            gap.same >= gaps.size())
            throw nb::value_error("a slot lies outside its pattern");
    return {{words.begin(), words.end()},
            {gaps.begin(), gaps.end()},
            read_branch(numbers<std::uint32_t>(nb::cast<nb::bytes>(row[2])), words.size(), gaps.size()),
            nb::cast<double>(row[3]),
            nb::cast<std::uint32_t>(row[4]),
            nb::cast<std::uint32_t>(row[5])};
}

}  // namespace

nb::list told(const std::vector<Fit>& fits) {
    nb::list list;
    for (const Fit& each : fits)
        list.append(nb::make_tuple(each.owner, bytes_of(each.items), bytes_of(each.positions), bytes_of(each.places),
                                   each.coverage, each.score, each.is_cut));
    return list;
}

void bind_fit(nb::module_& module) {
    nb::class_<Fitter>(module, "Fitter")
        .def(
            "__init__",
            [](Fitter* fitter, const nb::list& rows) {
                std::vector<PatternData> patterns;
                for (const nb::handle row : rows) patterns.push_back(pattern_of(row));
                new (fitter) Fitter(std::move(patterns));
            },
            nb::arg("patterns"))
        .def(
            "fit",
            [](const Fitter& fitter, const nb::bytes& hashes, const nb::bytes& hits) {
                const auto words = numbers<std::uint64_t>(hashes);
                const auto seen = numbers<std::uint32_t>(hits);
                std::vector<Fit> found;
                {
                    nb::gil_scoped_release released;
                    found = fitter.fit(words, seen);
                }
                return told(found);
            },
            nb::arg("hashes"), nb::arg("hits"));
}

}  // namespace dedup
