// Python <-> postings: conversions, no logic.
#include "bindings.hpp"
#include "postings.hpp"

namespace dedup {

void bind_postings(nb::module_& module) {
    nb::class_<Postings>(module, "Postings")
        .def(nb::init<std::uint32_t>(), nb::arg("limit"))
        .def(
            "add",
            [](Postings& postings, const nb::bytes& keys, std::uint32_t number) {
                postings.add(numbers<std::uint32_t>(keys), number);
            },
            nb::arg("keys"), nb::arg("number"))
        .def(
            "find",
            [](const Postings& postings, const nb::bytes& keys) {
                return bytes_of(postings.find(numbers<std::uint32_t>(keys)));
            },
            nb::arg("keys"))
        .def("expire", &Postings::expire, nb::arg("low"))
        .def_prop_ro("crowded_out", &Postings::crowded_out)
        .def_prop_ro("bytes", &Postings::bytes);
}

}  // namespace dedup
