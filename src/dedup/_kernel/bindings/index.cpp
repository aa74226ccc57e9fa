// Python <-> index: conversions, no logic.
#include "bindings.hpp"
#include "index.hpp"

namespace dedup {

void bind_index(nb::module_& module) {
    nb::class_<Index>(module, "Index")
        .def(nb::init<std::uint32_t, std::uint32_t>(), nb::arg("bands"), nb::arg("limit"))
        .def(
            "add",
            [](Index& index, const nb::bytes& keys, std::uint32_t size, std::int64_t time, std::uint32_t source,
               std::uint32_t group) { return index.add(numbers<std::uint32_t>(keys), size, time, source, group); },
            nb::arg("keys"), nb::arg("size"), nb::arg("time"), nb::arg("source"), nb::arg("group"))
        .def("skip", &Index::skip, nb::arg("next"))
        .def(
            "drop",
            [](Index& index, std::uint32_t number, const nb::bytes& keys) {
                index.drop(number, numbers<std::uint32_t>(keys));
            },
            nb::arg("number"), nb::arg("keys"))
        .def("expire", &Index::expire, nb::arg("low"))
        .def(
            "find",
            [](Index& index, const nb::bytes& keys, std::int64_t since, std::size_t most) {
                const Index::Found& found = index.find(numbers<std::uint32_t>(keys), since, most);
                return nb::make_tuple(bytes_of(found.ids), bytes_of(found.stories), bytes_of(found.candidates));
            },
            nb::arg("keys"), nb::arg("since"), nb::arg("most"))
        .def(
            "holders", [](const Index& index, std::uint32_t key) { return bytes_of(index.holders(key)); },
            nb::arg("key"))
        .def("time", &Index::time, nb::arg("number"))
        .def("size", &Index::size, nb::arg("number"))
        .def("source", &Index::source, nb::arg("number"))
        .def("group", &Index::group, nb::arg("number"))
        .def("set_time", &Index::set_time, nb::arg("number"), nb::arg("time"))
        .def("date", &Index::date, nb::arg("time"))
        .def(
            "older", [](const Index& index, std::int64_t time) { return bytes_of(index.older(time)); },
            nb::arg("time"))
        .def("oldest", &Index::oldest)
        .def("__contains__", &Index::holds, nb::arg("number"))
        .def("__len__", &Index::documents)
        .def_prop_ro("crowded_out", [](const Index& index) { return index.postings().crowded_out(); })
        .def_prop_ro("probes", [](const Index& index) { return index.postings().probes(); })
        .def_prop_ro("bytes", &Index::bytes);
}

}  // namespace dedup
