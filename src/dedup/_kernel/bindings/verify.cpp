// Python <-> cover, align and measure: conversions and the GIL, no logic.
#include "align.hpp"
#include "bindings.hpp"
#include "cover.hpp"
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
        "cover",
        [](const nb::bytes& left, const nb::bytes& right, const nb::bytes& left_marks, const nb::bytes& right_marks,
           std::uint8_t without, std::size_t width) {
            const Numbers one = numbers<std::uint64_t>(left), two = numbers<std::uint64_t>(right);
            const auto marks = one_each(left_marks, left_marks.size() == 0 ? 0 : one.size(), unequal_marks);
            const auto other_marks = one_each(right_marks, right_marks.size() == 0 ? 0 : two.size(), unequal_marks);
            const Cover found = cover(one, two, marks, other_marks, without, width);
            return nb::make_tuple(found.own, found.covered, found.other_own, found.other_covered);
        },
        nb::arg("left"), nb::arg("right"), nb::arg("left_marks"), nb::arg("right_marks"), nb::arg("without"),
        nb::arg("width"));
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
        [](const nb::bytes& hashes, const nb::bytes& flags, const nb::bytes& known) {
            const Numbers tokens = numbers<std::uint64_t>(hashes);
            return bytes_of(facts(tokens, one_each(flags, tokens.size(), "flags and tokens differ in number"),
                                  numbers<std::uint64_t>(known)));
        },
        nb::arg("hashes"), nb::arg("flags"), nb::arg("numbers"));
    module.def(
        "lacked",
        [](const nb::bytes& left, const nb::bytes& right) {
            const auto found = lacked(numbers<std::uint64_t>(left), numbers<std::uint64_t>(right));
            return nb::make_tuple(bytes_of(found.first), bytes_of(found.second));
        },
        nb::arg("left"), nb::arg("right"));
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
