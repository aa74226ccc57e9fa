// two token sequences -> what they share: shingles, passages wherever they stand, words in the same order.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dedup {

// `size` equal tokens: from `first` in one text, from `other` in the other.
struct Run {
    std::int32_t first, other, size;
};

struct Alignment {
    std::vector<Run> passages, other_passages, common;
};

// Adds the runs of a longest common subsequence to `runs`, for texts that begin at `first` and `other`.
void subsequence(std::span<const std::uint64_t> left, std::span<const std::uint64_t> right, std::size_t first,
                 std::size_t other, std::vector<Run>& runs);

// How many distinct shingles a text shares with others, and how many each has.
struct Overlap {
    std::uint32_t shared, size, other;
};

// Reference: reference/align.py, overlaps.
std::vector<Overlap> overlaps(std::span<const std::uint64_t> left,
                              const std::vector<std::span<const std::uint64_t>>& others, std::size_t width);

// What two texts cover of each other: tokens that count, and those of them inside shared shingles.
struct Cover {
    std::uint32_t own, covered, other_own, other_covered;
};

// Tokens count whose mark has none of the bits `without`. Reference: reference/align.py, cover.
Cover cover(std::span<const std::uint64_t> left, std::span<const std::uint64_t> right,
            std::span<const std::uint8_t> left_marks, std::span<const std::uint8_t> right_marks, std::uint8_t without,
            std::size_t width);

// Reference: reference/align.py, align.
Alignment align(std::span<const std::uint64_t> left, std::span<const std::uint64_t> right, std::size_t width,
                std::size_t cells);

}  // namespace dedup
