// Python <-> describe: conversions and the GIL, no logic.
#include "bindings.hpp"
#include "describe.hpp"
#include "texts.hpp"

namespace dedup {

namespace {

// Sorted start and end pairs of each text; needs the GIL to be made and destroyed, not to be read.
struct Cuts {
    Cuts(const nb::list& cuts, std::size_t size) {
        if (cuts.size() != size) throw nb::value_error("texts and cuts differ in length");
        for (const nb::handle each : cuts) {
            held.push_back(nb::cast<nb::bytes>(each));
            spans.push_back(numbers<std::uint32_t>(held.back()));
        }
    }
    std::vector<nb::bytes> held;
    std::vector<std::span<const std::uint32_t>> spans;
};

}  // namespace

void bind_describe(nb::module_& module) {
    module.def(
        "words",
        [](nb::handle source, const nb::list& cuts, bool entities) {
            const Texts texts(source);
            const Cuts outside(cuts, texts.size());
            std::vector<std::vector<std::uint64_t>> found(texts.size());
            {
                nb::gil_scoped_release released;
                Reader reader(simd_level());
                std::vector<char> buffer;
                for (std::size_t i = 0; i < texts.size(); ++i) {
                    const auto words = reader.words(texts.utf8(i, buffer), outside.spans[i], entities);
                    found[i].assign(words.begin(), words.end());
                }
            }
            nb::list made;
            for (const auto& each : found) made.append(bytes_of(each));
            return made;
        },
        nb::arg("texts"), nb::arg("cuts"), nb::arg("entities"));
    module.def(
        "places",
        [](const nb::bytes& data, const nb::bytes& cuts, bool entities) {
            const auto spans = numbers<std::uint32_t>(cuts);
            Tokens tokens;
            {
                const std::string_view text(data.c_str(), data.size());
                nb::gil_scoped_release released;
                tokens = outside(text, spans, entities, simd_level());
            }
            return nb::make_tuple(bytes_of(tokens.starts), bytes_of(tokens.ends), bytes_of(tokens.flags));
        },
        nb::arg("data"), nb::arg("cuts"), nb::arg("entities"));
    module.def(
        "samples",
        [](const nb::bytes& hashes, std::size_t width, std::uint64_t sample) {
            if (sample < 1) throw nb::value_error("sample is 0; it is 1 or more");
            std::vector<std::uint64_t> shingles;
            std::vector<std::uint32_t> keys;
            shingle(numbers<std::uint64_t>(hashes), width, shingles);
            add_samples(shingles, sample, keys);
            return bytes_of(keys);
        },
        nb::arg("hashes"), nb::arg("width"), nb::arg("sample"));
    module.def(
        "describe",
        [](nb::handle names, nb::handle source, const nb::list& cuts, std::size_t width, const nb::bytes& multipliers,
           const nb::bytes& increments, std::size_t bands, std::size_t rows, std::uint64_t sample, bool entities) {
            const Texts ids(names), texts(source);
            if (ids.size() != texts.size()) throw nb::value_error("ids and texts differ in length");
            const Cuts outside(cuts, texts.size());
            Describer describer({width, bands, rows, sample}, make_sketcher(multipliers, increments));
            std::vector<std::uint32_t> words, ends, keys;
            {
                nb::gil_scoped_release released;
                std::vector<char> id, buffer;
                for (std::size_t i = 0; i < texts.size(); ++i) {
                    words.push_back(
                        describer.describe(ids.utf8(i, id), texts.utf8(i, buffer), outside.spans[i], entities, keys));
                    ends.push_back(static_cast<std::uint32_t>(keys.size()));
                }
            }
            return nb::make_tuple(bytes_of(words), bytes_of(ends), bytes_of(keys));
        },
        nb::arg("ids"), nb::arg("texts"), nb::arg("cuts"), nb::arg("width"), nb::arg("multipliers"), nb::arg("increments"),
        nb::arg("bands"), nb::arg("rows"), nb::arg("sample"), nb::arg("entities"));
}

}  // namespace dedup
