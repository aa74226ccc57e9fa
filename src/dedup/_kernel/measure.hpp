// two marked token sequences and what they share -> the numbers of a verdict.
#pragma once
#include <cstdint>
#include <span>
#include <utility>
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

// `numbers` are facts as what holds a digit is. Reference: reference/measure.py, facts.
std::vector<std::uint8_t> facts(std::span<const std::uint64_t> tokens, std::span<const std::uint8_t> flags,
                                std::span<const std::uint64_t> numbers);

// Marks of both texts where the other has no such token. Reference: reference/measure.py, lacked.
std::pair<std::vector<std::uint8_t>, std::vector<std::uint8_t>> lacked(std::span<const std::uint64_t> left,
                                                                       std::span<const std::uint64_t> right);

// Runs lie within the texts, and `lacked` is among the marks. Reference: reference/measure.py, measure.
Measures measure(const Marked& left, const Marked& right, std::span<const Run> common);

}  // namespace dedup
