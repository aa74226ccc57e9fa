// two token sequences -> what they share: passages wherever they stand, words in the same order.
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

// Reference: reference/align.py, align.
Alignment align(std::span<const std::uint64_t> left, std::span<const std::uint64_t> right, std::size_t width,
                std::size_t cells);

}  // namespace dedup
