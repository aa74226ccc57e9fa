// token hashes -> the minima datasketch's schemes give.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "simd.hpp"

namespace dedup {

// datasketch 1.x, "legacy": (a h + b mod 2**64) mod (2**61 - 1), low 32 bits; h is the low half of a SHA-1 head.
std::vector<std::uint64_t> legacy_minima(std::span<const std::uint64_t> heads, std::span<const std::uint64_t> a,
                                         std::span<const std::uint64_t> b, SimdLevel level);

// datasketch 2.0, "affine64": a fmix64(h) + b mod 2**64; h is a whole SHA-1 head.
std::vector<std::uint64_t> affine64_minima(std::span<const std::uint64_t> heads, std::span<const std::uint64_t> a,
                                           std::span<const std::uint64_t> b, SimdLevel level);

}  // namespace dedup
