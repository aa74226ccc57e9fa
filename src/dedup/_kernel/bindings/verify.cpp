// Python <-> cover, align and measure: conversions and the GIL, no logic.
#include "align.hpp"
#include "bindings.hpp"
#include "cover.hpp"
#include "measure.hpp"

namespace dedup {
namespace {

using Numbers = std::span<const std::uint64_t>;

// Token hashes of several texts; needs the GIL to be made and destroyed, not to be read.
struct Sequences {
    explicit Sequences(nb::handle texts) : held(nb::borrow(texts)) {
        for (const nb::handle each : held) views.push_back(numbers<std::uint64_t>(nb::cast<nb::bytes>(each)));
    }
    nb::tuple held;
    std::vector<Numbers> views;
};

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

constexpr const char* no_width = "width is 0; it is 1 or more";
constexpr const char* unequal_marks = "marks and tokens differ in number";

}  // namespace

void bind_verify(nb::module_& module) {
    module.def(
        "distinct",
        [](const nb::bytes& hashes, std::size_t width) {
            return bytes_of(distinct(numbers<std::uint64_t>(hashes), width));
        },
        nb::arg("hashes"), nb::arg("width"));
    module.def(
        "overlaps",
        [](const nb::bytes& left, nb::handle others) {
            const Numbers one = numbers<std::uint64_t>(left);
            const Sequences texts(others);
            std::vector<std::uint32_t> found;
            {
                nb::gil_scoped_release released;
                found = overlaps(one, texts.views);
            }
            return bytes_of(found);
        },
        nb::arg("left"), nb::arg("others"));
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
        "runs",
        [](const nb::bytes& hashes, std::size_t width) {
            if (width < 1) throw nb::value_error(no_width);
            return bytes_of(runs(numbers<std::uint64_t>(hashes), width));
        },
        nb::arg("hashes"), nb::arg("width"));
    module.def(
        "furniture",
        [](const nb::bytes& hashes, std::size_t width, nb::handle others, const nb::bytes& same) {
            const Numbers tokens = numbers<std::uint64_t>(hashes);
            const Sequences texts(others);
            const auto of_source = one_each(same, texts.views.size(), "others and same differ in number");
            if (width < 1) throw nb::value_error(no_width);
            std::vector<std::uint8_t> marks;
            {
                nb::gil_scoped_release released;
                marks = furniture(tokens, width, texts.views, of_source);
            }
            return bytes_of(marks);
        },
        nb::arg("hashes"), nb::arg("width"), nb::arg("others"), nb::arg("same"));
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
