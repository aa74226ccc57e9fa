// Python <-> kernel: conversions and the GIL, no logic. Contracts: _native.pyi and reference.py.
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>

#include "foreign.hpp"
#include "postings.hpp"
#include "sha1.hpp"
#include "sketch.hpp"
#include "texts.hpp"
#include "tokenize.hpp"

namespace nb = nanobind;

namespace {

dedup::SimdLevel choose_level() {
    const dedup::SimdLevel best = dedup::best_simd_level();
    const char* wanted = std::getenv("DEDUP_SIMD");
    if (wanted == nullptr || *wanted == '\0') return best;
    for (int level = 0; level <= static_cast<int>(best); ++level)
        if (std::strcmp(wanted, dedup::simd_names[level]) == 0) return static_cast<dedup::SimdLevel>(level);
    std::string known;
    for (int level = 0; level <= static_cast<int>(best); ++level)
        known += std::string(level ? ", " : "") + dedup::simd_names[level];
    throw std::runtime_error("DEDUP_SIMD is '" + std::string(wanted) + "'; this machine can run " + known);
}

template <typename Number>
std::span<const Number> numbers(const nb::bytes& data) {
    if (data.size() % sizeof(Number) != 0)
        throw nb::value_error("a buffer of numbers has a length that is no multiple of their size");
    return {reinterpret_cast<const Number*>(data.c_str()), data.size() / sizeof(Number)};
}

template <typename Number>
nb::bytes bytes_of(const std::vector<Number>& values) {
    return nb::bytes(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number));
}

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

dedup::SimdLevel level() {
    static const dedup::SimdLevel chosen = choose_level();
    return chosen;
}

dedup::Sketcher make_sketcher(const nb::bytes& multipliers, const nb::bytes& increments) {
    const auto a = numbers<std::uint32_t>(multipliers), b = numbers<std::uint32_t>(increments);
    if (a.size() != b.size()) throw nb::value_error("multipliers and increments differ in length");
    return {a, b, level()};
}

}  // namespace

NB_MODULE(_native, module) {
    module.attr("simd") = dedup::simd_names[static_cast<int>(level())];
    nb::list levels;
    for (int each = 0; each <= static_cast<int>(dedup::best_simd_level()); ++each) levels.append(dedup::simd_names[each]);
    module.attr("SIMD_LEVELS") = nb::tuple(levels);

    module.def("unicode_version", &dedup::unicode_version);
    module.def(
        "tokenize",
        [](const nb::bytes& data, bool entities) {
            dedup::Tokens tokens;
            {
                const std::string_view text(data.c_str(), data.size());
                nb::gil_scoped_release released;
                tokens = dedup::tokenize(text, entities);
            }
            return nb::make_tuple(bytes_of(tokens.hashes), bytes_of(tokens.starts), bytes_of(tokens.ends),
                                  bytes_of(tokens.flags));
        },
        nb::arg("data"), nb::arg("entities"));
    module.def(
        "shingle",
        [](const nb::bytes& hashes, std::size_t width) {
            const auto tokens = numbers<std::uint64_t>(hashes);
            std::vector<std::uint64_t> values;
            {
                nb::gil_scoped_release released;
                values = dedup::shingle(tokens, width);
            }
            return bytes_of(values);
        },
        nb::arg("hashes"), nb::arg("width"));
    module.def(
        "sign",
        [](const nb::bytes& shingles, const nb::bytes& multipliers, const nb::bytes& increments) {
            const auto values = numbers<std::uint64_t>(shingles);
            dedup::Sketcher sketcher = make_sketcher(multipliers, increments);
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
            const dedup::Texts texts(source);
            dedup::Sketcher sketcher = make_sketcher(multipliers, increments);
            std::vector<std::uint32_t> minima, exact;
            std::vector<std::int32_t> sizes;
            {
                nb::gil_scoped_release released;
                std::vector<char> buffer;
                minima.reserve(texts.size() * (multipliers.size() / sizeof(std::uint32_t)) + 128);
                for (std::size_t i = 0; i < texts.size(); ++i)
                    sizes.push_back(sketcher.sketch(texts.utf8(i, buffer), width, entities, minima, exact));
            }
            return nb::make_tuple(bytes_of(minima), bytes_of(sizes), bytes_of(exact));
        },
        nb::arg("texts"), nb::arg("width"), nb::arg("multipliers"), nb::arg("increments"), nb::arg("entities"));

    module.def(
        "sign_tokens",
        [](nb::handle source, const std::string& scheme, const nb::bytes& multipliers, const nb::bytes& increments) {
            const nb::tuple held = nb::tuple(nb::borrow(source));
            const std::vector<std::string_view> tokens = bytes_in(held);
            std::vector<std::uint64_t> heads(tokens.size());
            if (scheme == "affine32") {
                dedup::Sketcher sketcher = make_sketcher(multipliers, increments);
                std::vector<std::uint32_t> minima;
                {
                    nb::gil_scoped_release released;
                    dedup::sha1_heads(tokens, heads.data());
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
                dedup::sha1_heads(tokens, heads.data());
                minima = scheme == "legacy" ? dedup::legacy_minima(heads, a, b, level())
                                            : dedup::affine64_minima(heads, a, b, level());
            }
            return bytes_of(minima);
        },
        nb::arg("tokens"), nb::arg("scheme"), nb::arg("multipliers"), nb::arg("increments"));

    nb::class_<dedup::Postings>(module, "Postings")
        .def(nb::init<std::uint32_t>(), nb::arg("limit"))
        .def(
            "add",
            [](dedup::Postings& postings, const nb::bytes& keys, std::uint32_t number) {
                postings.add(numbers<std::uint32_t>(keys), number);
            },
            nb::arg("keys"), nb::arg("number"))
        .def(
            "find",
            [](const dedup::Postings& postings, const nb::bytes& keys) {
                return bytes_of(postings.find(numbers<std::uint32_t>(keys)));
            },
            nb::arg("keys"))
        .def("expire", &dedup::Postings::expire, nb::arg("low"))
        .def_prop_ro("crowded_out", &dedup::Postings::crowded_out)
        .def_prop_ro("bytes", &dedup::Postings::bytes);
}
