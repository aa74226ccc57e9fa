// two texts -> shingles in common, and words that stand in them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "set.hpp"

namespace dedup {

// Hashes in order, to be looked for among others.
struct Numbered {
    explicit Numbered(std::span<const std::uint64_t> hashes);
    // How many distinct ones others have.
    std::uint32_t shared(std::span<const std::uint64_t> others) const;

    Set set;
    std::vector<std::uint32_t> numbers;  // in the set
};

// What two texts cover of each other: tokens that count, and those of them inside shared shingles.
struct Cover {
    std::uint32_t own, covered, other_own, other_covered;
};

// A byte of marks for each token, or none; tokens count whose mark has none of the bits `without`.
struct Counted {
    std::size_t tokens;
    std::span<const std::uint8_t> marks;
    std::uint8_t without;
};

// By the shingles of two texts.
Cover cover(const Numbered& shingles, std::span<const std::uint64_t> others, const Counted& left, const Counted& right);

// Reference: reference/cover.py, cover.
Cover cover(std::span<const std::uint64_t> left, std::span<const std::uint64_t> right,
            std::span<const std::uint8_t> left_marks, std::span<const std::uint8_t> right_marks, std::uint8_t without,
            std::size_t width);

// Runs are shingles of their own width, of which a shorter text has none. Reference: reference/cover.py, runs.
std::vector<std::uint64_t> runs(std::span<const std::uint64_t> tokens, std::size_t width);

}  // namespace dedup
