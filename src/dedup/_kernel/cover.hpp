// a text and others -> shingles in common, words that stand in them, and words of runs that enough others repeat.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dedup {

// The distinct shingles of a text, in the order they are met. Reference: reference/cover.py, distinct.
std::vector<std::uint64_t> distinct(std::span<const std::uint64_t> tokens, std::size_t width);

// How many of a text's distinct shingles each of others has. Reference: reference/cover.py, overlaps.
std::vector<std::uint32_t> overlaps(std::span<const std::uint64_t> left,
                                    const std::vector<std::span<const std::uint64_t>>& others);

// What two texts cover of each other: tokens that count, and those of them inside shared shingles.
struct Cover {
    std::uint32_t own, covered, other_own, other_covered;
};

// Tokens count whose mark has none of the bits `without`; without marks all do. Reference: reference/cover.py, cover.
Cover cover(std::span<const std::uint64_t> left, std::span<const std::uint64_t> right,
            std::span<const std::uint8_t> left_marks, std::span<const std::uint8_t> right_marks, std::uint8_t without,
            std::size_t width);

// Runs are shingles of their own width, of which a shorter text has none. Reference: reference/cover.py, runs.
std::vector<std::uint64_t> runs(std::span<const std::uint64_t> tokens, std::size_t width);

// Marks of a text, a byte for each token, by the runs of others of the same `width`, one or more; `same` holds a byte
// for each of them, not zero when it is of the same source. Reference: reference/cover.py, furniture.
std::vector<std::uint8_t> furniture(std::span<const std::uint64_t> tokens, std::size_t width,
                                    const std::vector<std::span<const std::uint64_t>>& others,
                                    std::span<const std::uint8_t> same);

}  // namespace dedup
