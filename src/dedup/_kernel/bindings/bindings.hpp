// What the binding files share: buffers in and out, the instruction set, and the list of components.
#pragma once
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>

#include <cstdint>
#include <span>
#include <vector>

#include "fit.hpp"
#include "simd.hpp"
#include "sketch.hpp"

namespace dedup {

namespace nb = nanobind;

// The level every call uses; chosen once per process, `DEDUP_SIMD` forces it.
SimdLevel simd_level();

template <typename Number>
std::span<const Number> numbers(const nb::bytes& data) {
    if (data.size() % sizeof(Number) != 0)
        throw nb::value_error("a buffer of numbers has a length that is no multiple of their size");
    return {reinterpret_cast<const Number*>(data.c_str()), data.size() / sizeof(Number)};
}

template <typename Numbers>
nb::bytes bytes_of(const Numbers& values) {
    return nb::bytes(reinterpret_cast<const char*>(values.data()), std::span(values).size_bytes());
}

// Fits as Python has them.
nb::list told(const std::vector<Fit>& fits);

Sketcher make_sketcher(const nb::bytes& multipliers, const nb::bytes& increments);

void bind_tokens(nb::module_& module);
void bind_sketch(nb::module_& module);
void bind_verify(nb::module_& module);
void bind_scan(nb::module_& module);
void bind_fit(nb::module_& module);
void bind_describe(nb::module_& module);
void bind_index(nb::module_& module);
void bind_around(nb::module_& module);

}  // namespace dedup
