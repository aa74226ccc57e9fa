// Python <-> sketch and foreign: conversions and the GIL, no logic.
#include <cstring>
#include <string>

#include "bindings.hpp"
#include "foreign.hpp"
#include "sha1.hpp"
#include "sketch.hpp"
#include "texts.hpp"

namespace dedup {
namespace {

std::vector<std::string_view> bytes_in(const nb::tuple& tokens) {
    std::vector<std::string_view> views(tokens.size());
    for (std::size_t i = 0; i < views.size(); ++i) {
        PyObject* const token = PyTuple_GetItem(tokens.ptr(), static_cast<Py_ssize_t>(i));
        if (!PyBytes_Check(token)) throw nb::type_error("a token is not bytes; encode it first");
#ifdef Py_LIMITED_API
        views[i] = {PyBytes_AsString(token), static_cast<std::size_t>(PyBytes_Size(token))};
#else
        views[i] = {PyBytes_AS_STRING(token), static_cast<std::size_t>(PyBytes_GET_SIZE(token))};
#endif
    }
    return views;
}

// Bytes to be written before anyone else sees them.
nb::object empty_bytes(std::size_t size, char*& place) {
    PyObject* const made = PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(size));
    if (made == nullptr) throw nb::python_error();
    place = PyBytes_AsString(made);
    return nb::steal(made);
}

// A tuple of a subtype. It holds nothing that could lead back to it, so the collector of cycles need not visit it.
nb::object triple(nb::handle kind, nb::object first, nb::object second, nb::object third) {
    PyObject* const made = PyType_GenericAlloc(reinterpret_cast<PyTypeObject*>(kind.ptr()), 3);
    if (made == nullptr) throw nb::python_error();
    PyTuple_SetItem(made, 0, first.release().ptr());
    PyTuple_SetItem(made, 1, second.release().ptr());
    PyTuple_SetItem(made, 2, third.release().ptr());
    PyObject_GC_UnTrack(made);
    return nb::steal(made);
}

}  // namespace

Sketcher make_sketcher(const nb::bytes& multipliers, const nb::bytes& increments) {
    const auto a = numbers<std::uint32_t>(multipliers), b = numbers<std::uint32_t>(increments);
    if (a.size() != b.size()) throw nb::value_error("multipliers and increments differ in length");
    return {a, b, simd_level()};
}

void bind_sketch(nb::module_& module) {
    module.def(
        "shingle",
        [](const nb::bytes& hashes, std::size_t width) {
            const auto tokens = numbers<std::uint64_t>(hashes);
            std::vector<std::uint64_t> values;
            {
                nb::gil_scoped_release released;
                dedup::shingle(tokens, width, values);
            }
            return bytes_of(values);
        },
        nb::arg("hashes"), nb::arg("width"));
    module.def(
        "sign",
        [](const nb::bytes& shingles, const nb::bytes& multipliers, const nb::bytes& increments) {
            const auto values = numbers<std::uint64_t>(shingles);
            Sketcher sketcher = make_sketcher(multipliers, increments);
            std::vector<std::uint32_t> minima;
            {
                nb::gil_scoped_release released;
                sketcher.sign(values, minima);
            }
            return bytes_of(minima);
        },
        nb::arg("shingles"), nb::arg("multipliers"), nb::arg("increments"));
    module.def(
        "sketch",
        [](nb::handle source, std::size_t width, const nb::bytes& multipliers, const nb::bytes& increments,
           bool entities, nb::handle kind, nb::handle scheme) {
            if (!PyType_Check(kind.ptr()) ||
                !PyType_IsSubtype(reinterpret_cast<PyTypeObject*>(kind.ptr()), &PyTuple_Type))
                throw nb::type_error("kind is not a tuple type");
            const Texts texts(source);
            Sketcher sketcher = make_sketcher(multipliers, increments);
            std::vector<nb::object> minima(texts.size());
            std::vector<char*> places(texts.size());
            for (std::size_t i = 0; i < places.size(); ++i) minima[i] = empty_bytes(multipliers.size(), places[i]);
            std::vector<std::uint32_t> exact;
            std::vector<std::int32_t> sizes;
            {
                nb::gil_scoped_release released;
                std::vector<char> buffer;
                std::vector<std::uint32_t> values;
                for (std::size_t i = 0; i < texts.size(); ++i) {
                    values.clear();
                    sizes.push_back(sketcher.sketch(texts.utf8(i, buffer), width, entities, values, exact));
                    std::memcpy(places[i], values.data(), multipliers.size());
                }
            }
            nb::list made;
            const std::uint32_t* first = exact.data();
            for (std::size_t i = 0; i < texts.size(); ++i) {
                nb::object set = nb::none();
                if (sizes[i] >= 0) {
                    set = bytes_of(std::span(first, static_cast<std::size_t>(sizes[i])));
                    first += sizes[i];
                }
                made.append(triple(kind, std::move(minima[i]), std::move(set), nb::borrow(scheme)));
            }
            return made;
        },
        nb::arg("texts"), nb::arg("width"), nb::arg("multipliers"), nb::arg("increments"), nb::arg("entities"),
        nb::arg("kind"), nb::arg("scheme"));

    module.def(
        "sign_tokens",
        [](nb::handle source, const std::string& scheme, const nb::bytes& multipliers, const nb::bytes& increments) {
            const nb::tuple held = nb::tuple(nb::borrow(source));
            const std::vector<std::string_view> tokens = bytes_in(held);
            std::vector<std::uint64_t> heads(tokens.size());
            if (scheme == "affine32") {
                Sketcher sketcher = make_sketcher(multipliers, increments);
                std::vector<std::uint32_t> minima;
                {
                    nb::gil_scoped_release released;
                    sha1_heads(tokens, simd_level(), heads.data());
                    for (std::uint64_t& head : heads) head <<= 32;
                    sketcher.sign(heads, minima);
                }
                return bytes_of(minima);
            }
            if (scheme != "affine64" && scheme != "legacy")
                throw nb::value_error(("scheme is '" + scheme + "'; it is affine32, affine64 or legacy").c_str());
            const auto a = numbers<std::uint64_t>(multipliers), b = numbers<std::uint64_t>(increments);
            if (a.size() != b.size()) throw nb::value_error("multipliers and increments differ in length");
            std::vector<std::uint64_t> minima;
            {
                nb::gil_scoped_release released;
                sha1_heads(tokens, simd_level(), heads.data());
                minima = scheme == "legacy" ? legacy_minima(heads, a, b, simd_level())
                                            : affine64_minima(heads, a, b, simd_level());
            }
            return bytes_of(minima);
        },
        nb::arg("tokens"), nb::arg("scheme"), nb::arg("multipliers"), nb::arg("increments"));
}

}  // namespace dedup
