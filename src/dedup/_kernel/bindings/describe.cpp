// Python <-> describe: conversions and the GIL, no logic.
#include "bindings.hpp"
#include "describe.hpp"
#include "texts.hpp"

namespace dedup {

void bind_describe(nb::module_& module) {
    module.def(
        "describe",
        [](nb::handle names, nb::handle source, const nb::list& cuts, std::size_t width, const nb::bytes& multipliers,
           const nb::bytes& increments, std::size_t bands, std::size_t rows, std::uint64_t sample, bool entities) {
            const Texts ids(names), texts(source);
            if (ids.size() != texts.size() || cuts.size() != texts.size())
                throw nb::value_error("ids, texts and cuts differ in length");
            std::vector<nb::bytes> held;
            std::vector<std::span<const std::uint32_t>> spans;
            for (std::size_t i = 0; i < cuts.size(); ++i) {
                held.push_back(nb::cast<nb::bytes>(cuts[i]));
                spans.push_back(numbers<std::uint32_t>(held.back()));
            }
            Describer describer({width, bands, rows, sample}, make_sketcher(multipliers, increments));
            std::vector<std::uint32_t> words, ends, keys;
            {
                nb::gil_scoped_release released;
                std::vector<char> id, buffer;
                for (std::size_t i = 0; i < texts.size(); ++i) {
                    words.push_back(describer.describe(ids.utf8(i, id), texts.utf8(i, buffer), spans[i], entities, keys));
                    ends.push_back(static_cast<std::uint32_t>(keys.size()));
                }
            }
            return nb::make_tuple(bytes_of(words), bytes_of(ends), bytes_of(keys));
        },
        nb::arg("ids"), nb::arg("texts"), nb::arg("cuts"), nb::arg("width"), nb::arg("multipliers"), nb::arg("increments"),
        nb::arg("bands"), nb::arg("rows"), nb::arg("sample"), nb::arg("entities"));
}

}  // namespace dedup
