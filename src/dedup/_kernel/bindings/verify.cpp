// Python <-> align and measure: conversions and the GIL, no logic.
#include "align.hpp"
#include "bindings.hpp"
#include "measure.hpp"

namespace dedup {
namespace {

using Numbers = std::span<const std::uint64_t>;

std::span<const Run> runs_of(const nb::bytes& data, std::size_t left, std::size_t right) {
    static_assert(sizeof(Run) == 3 * sizeof(std::int32_t));
    const auto runs = numbers<Run>(data);
    for (const Run& run : runs) {
        const std::int64_t first = run.first, other = run.other, size = run.size;
        if (first < 0 || other < 0 || size < 0 || first + size > static_cast<std::int64_t>(left) ||
            other + size > static_cast<std::int64_t>(right))
            throw nb::value_error("a run lies outside the texts");
    }
    return runs;
}

std::span<const std::uint8_t> one_each(const nb::bytes& data, std::size_t size, const char* what) {
    if (data.size() != size) throw nb::value_error(what);
    return numbers<std::uint8_t>(data);
}

constexpr const char* unequal_marks = "marks and tokens differ in number";

}  // namespace

void bind_verify(nb::module_& module) {
    module.def(
        "overlap",
        [](const nb::bytes& left, const nb::bytes& right, std::size_t width) {
            const Numbers one = numbers<std::uint64_t>(left), two = numbers<std::uint64_t>(right);
            std::array<std::uint32_t, 3> counts;
            {
                nb::gil_scoped_release released;
                counts = overlap(one, two, width);
            }
            return nb::make_tuple(counts[0], counts[1], counts[2]);
        },
        nb::arg("left"), nb::arg("right"), nb::arg("width"));
    module.def(
        "align",
        [](const nb::bytes& left, const nb::bytes& right, std::size_t width, std::size_t cells) {
            const Numbers one = numbers<std::uint64_t>(left), two = numbers<std::uint64_t>(right);
            Alignment found;
            {
                nb::gil_scoped_release released;
                found = align(one, two, width, cells);
            }
            return nb::make_tuple(bytes_of(found.passages), bytes_of(found.other_passages), bytes_of(found.common));
        },
        nb::arg("left"), nb::arg("right"), nb::arg("width"), nb::arg("cells"));
    module.def(
        "facts",
        [](const nb::bytes& hashes, const nb::bytes& flags) {
            const Numbers tokens = numbers<std::uint64_t>(hashes);
            return bytes_of(facts(tokens, one_each(flags, tokens.size(), "flags and tokens differ in number")));
        },
        nb::arg("hashes"), nb::arg("flags"));
    module.def(
        "furniture",
        [](const nb::bytes& hashes, std::size_t width, nb::handle others, const nb::bytes& same,
           std::uint32_t least_same, std::uint32_t least) {
            const Numbers tokens = numbers<std::uint64_t>(hashes);
            const nb::tuple held = nb::tuple(nb::borrow(others));
            std::vector<Numbers> texts;
            for (const nb::handle each : held) texts.push_back(numbers<std::uint64_t>(nb::cast<nb::bytes>(each)));
            const auto of_source = one_each(same, texts.size(), "others and same differ in number");
            if (width < 1) throw nb::value_error("width is 0; it is 1 or more");
            std::vector<std::uint8_t> marks;
            {
                nb::gil_scoped_release released;
                marks = furniture(tokens, width, texts, of_source, least_same, least);
            }
            return bytes_of(marks);
        },
        nb::arg("hashes"), nb::arg("width"), nb::arg("others"), nb::arg("same"), nb::arg("least_same"),
        nb::arg("least"));
    module.def(
        "measure",
        [](const nb::bytes& left, const nb::bytes& right, const nb::bytes& left_marks, const nb::bytes& right_marks,
           const nb::bytes& runs, const nb::bytes& other_runs, const nb::bytes& common) {
            const Numbers one = numbers<std::uint64_t>(left), two = numbers<std::uint64_t>(right);
            const Marked a{one, one_each(left_marks, one.size(), unequal_marks), runs_of(runs, one.size(), two.size())};
            const Marked b{two, one_each(right_marks, two.size(), unequal_marks),
                           runs_of(other_runs, two.size(), one.size())};
            const auto aligned = runs_of(common, one.size(), two.size());
            Measures found;
            {
                nb::gil_scoped_release released;
                found = measure(a, b, aligned);
            }
            return nb::make_tuple(bytes_of(found.numbers), bytes_of(found.lost), bytes_of(found.other_lost),
                                  bytes_of(found.swaps));
        },
        nb::arg("left"), nb::arg("right"), nb::arg("left_marks"), nb::arg("right_marks"), nb::arg("runs"),
        nb::arg("other_runs"), nb::arg("common"));
}

}  // namespace dedup
