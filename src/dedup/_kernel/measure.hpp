// two marked token sequences and what they share -> the numbers of a verdict.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "align.hpp"

namespace dedup {

struct Measures {
    std::vector<std::int32_t> numbers, lost, other_lost, swaps;
};

// One of two texts: its token hashes, their marks, and the passages it shares with the other.
struct Marked {
    std::span<const std::uint64_t> tokens;
    std::span<const std::uint8_t> marks;
    std::span<const Run> passages;
};

// Reference: reference/measure.py, facts.
std::vector<std::uint8_t> facts(std::span<const std::uint64_t> tokens, std::span<const std::uint8_t> flags);

// Runs lie within the texts. Reference: reference/measure.py, measure.
Measures measure(const Marked& left, const Marked& right, std::span<const Run> common);

}  // namespace dedup
