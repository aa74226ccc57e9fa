// Python <-> around: conversions, no logic. The GIL is held: what is read in between is Python's.
#include "around.hpp"
#include "bindings.hpp"

namespace dedup {
namespace {

using Numbers = std::span<const std::uint32_t>;

std::string_view view(const nb::bytes& text) { return {text.c_str(), text.size()}; }

// What a Python function reads: a list of texts, each followed by its cuts.
class Reading : public Stories::Source {
  public:
    explicit Reading(nb::callable read) : read_(std::move(read)) {}

    std::vector<Stories::Held> read(Numbers documents, Stories& stories) override {
        const auto found = nb::cast<nb::list>(read_(bytes_of(documents)));
        if (found.size() != 2 * documents.size()) throw nb::value_error("numbers and texts differ in number");
        std::vector<Stories::Held> made(documents.size());
        for (std::size_t at = 0; at < made.size(); ++at) {
            const auto text = nb::cast<nb::bytes>(found[2 * at]), cuts = nb::cast<nb::bytes>(found[2 * at + 1]);
            made[at] = stories.made(view(text), numbers<std::uint32_t>(cuts));
        }
        return made;
    }

  private:
    nb::callable read_;
};

// A search with what it reads by.
struct Search {
    Search(Stories& stories, Index& index, nb::callable read, std::int64_t since, const nb::bytes& text,
           const nb::bytes& cuts, const nb::bytes& words, std::uint32_t source, std::uint32_t group)
        : reading(std::move(read)),
          around({stories, index, reading, since},
                 stories.made(view(text), numbers<std::uint32_t>(cuts), numbers<std::uint64_t>(words)),
                 {0, source, group}) {}
    Search(Stories& stories, Index& index, nb::callable read, std::int64_t since, std::uint32_t number)
        : reading(std::move(read)),
          around({stories, index, reading, since}, stories.get(Numbers(&number, 1), reading)[0],
                 {number, index.source(number), index.group(number)}) {}
    Reading reading;
    Around around;
};

}  // namespace

void bind_around(nb::module_& module) {
    nb::class_<Stories>(module, "Stories")
        .def(
            "__init__",
            [](Stories* stories, const nb::bytes& sizes, const nb::bytes& limits, std::size_t kept) {
                const auto n = numbers<std::uint32_t>(sizes);
                const auto x = numbers<double>(limits);
                if (n.size() != 7 || x.size() != 7) throw nb::value_error("sizes and limits are seven numbers each");
                if (n[1] < 1) throw nb::value_error("sample is 0; it is 1 or more");
                if (n[2] < 1 || n[3] < 1) throw nb::value_error("a run is 0 words; it is 1 or more");
                new (stories) Stories({n[0], n[1], n[2], n[3], n[4], n[5], n[6], x[0], x[1], x[2], x[3], x[4], x[5], x[6]},
                                      kept, simd_level());
            },
            nb::arg("sizes"), nb::arg("limits"), nb::arg("kept"))
        .def(
            "keep",
            [](Stories& stories, std::uint32_t number, const Search& text) { stories.keep(number, text.around.story()); },
            nb::arg("number"), nb::arg("text"));
    nb::class_<Search>(module, "Around")
        .def(nb::init<Stories&, Index&, nb::callable, std::int64_t, const nb::bytes&, const nb::bytes&,
                      const nb::bytes&, std::uint32_t, std::uint32_t>(),
             nb::arg("stories"), nb::arg("index"), nb::arg("read"), nb::arg("since"), nb::arg("text"), nb::arg("cuts"),
             nb::arg("words"), nb::arg("source"), nb::arg("group"), nb::keep_alive<1, 2>(), nb::keep_alive<1, 3>())
        .def(nb::init<Stories&, Index&, nb::callable, std::int64_t, std::uint32_t>(), nb::arg("stories"),
             nb::arg("index"), nb::arg("read"), nb::arg("since"), nb::arg("number"), nb::keep_alive<1, 2>(),
             nb::keep_alive<1, 3>())
        .def(
            "overlap", [](Search& text, Search& other) { return bytes_of(text.around.overlap(*other.around.story())); },
            nb::arg("other"))
        .def(
            "overlaps",
            [](Search& text, const nb::bytes& documents) {
                return bytes_of(text.around.overlaps(numbers<std::uint32_t>(documents)));
            },
            nb::arg("numbers"))
        .def(
            "furniture",
            [](Search& text, Search& other, unsigned ways) -> nb::object {
                const auto marks = text.around.furniture(other.around, ways);
                if (!marks) return nb::none();
                return nb::make_tuple(bytes_of(marks->first), bytes_of(marks->second));
            },
            nb::arg("other"), nb::arg("ways"));
}

}  // namespace dedup
