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
           bool entities) {
            const Texts texts(source);
            Sketcher sketcher = make_sketcher(multipliers, increments);
            nb::list signatures, sets;
            std::vector<char*> places(texts.size());
            for (char*& place : places) signatures.append(empty_bytes(multipliers.size(), place));
            std::vector<std::uint32_t> exact;
            std::vector<std::int32_t> sizes;
            {
                nb::gil_scoped_release released;
                std::vector<char> buffer;
                std::vector<std::uint32_t> minima;
                for (std::size_t i = 0; i < texts.size(); ++i) {
                    minima.clear();
                    sizes.push_back(sketcher.sketch(texts.utf8(i, buffer), width, entities, minima, exact));
                    std::memcpy(places[i], minima.data(), multipliers.size());
                }
            }
            const std::uint32_t* first = exact.data();
            for (const std::int32_t size : sizes) {
                if (size < 0) {
                    sets.append(nb::none());
                } else {
                    sets.append(bytes_of(std::span(first, static_cast<std::size_t>(size))));
                    first += size;
                }
            }
            return nb::make_tuple(signatures, sets);
        },
        nb::arg("texts"), nb::arg("width"), nb::arg("multipliers"), nb::arg("increments"), nb::arg("entities"));

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
