// token hashes -> shingle hashes -> MinHash signature.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "simd.hpp"

namespace dedup {

// Reference: reference.py, shingle.
std::vector<std::uint64_t> shingle(std::span<const std::uint64_t> tokens, std::size_t width);

// Reference: reference.py, sign. `multipliers` and `increments` have the length of the signature.
std::vector<std::uint32_t> sign(std::span<const std::uint64_t> shingles, std::span<const std::uint32_t> multipliers,
                                std::span<const std::uint32_t> increments, SimdLevel level);

}  // namespace dedup
