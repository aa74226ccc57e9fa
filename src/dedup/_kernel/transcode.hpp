// Code points in units of one, two or four bytes -> UTF-8; surrogates pass.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "simd.hpp"

namespace dedup {

// Fills the beginning of `buffer`, which only ever grows, and returns it.
template <typename Unit>
std::string_view to_utf8(const Unit* units, std::size_t count, SimdLevel level, std::vector<char>& buffer);

}  // namespace dedup
