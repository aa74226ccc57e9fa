// Python <-> tokenize: conversions and the GIL, no logic.
#include "bindings.hpp"
#include "tokenize.hpp"

namespace dedup {

void bind_tokens(nb::module_& module) {
    module.def("unicode_version", &dedup::unicode_version);
    module.def(
        "tokenize",
        [](const nb::bytes& data, bool entities) {
            Tokens tokens;
            {
                const std::string_view text(data.c_str(), data.size());
                nb::gil_scoped_release released;
                tokens = dedup::tokenize(text, entities, simd_level());
            }
            return nb::make_tuple(bytes_of(tokens.hashes), bytes_of(tokens.starts), bytes_of(tokens.ends),
                                  bytes_of(tokens.flags));
        },
        nb::arg("data"), nb::arg("entities"));
}

}  // namespace dedup
