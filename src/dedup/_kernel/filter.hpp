// Keys of runs of one to three words, and the words of a text -> the words that may be the last of such a run.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "simd.hpp"

namespace dedup {

inline constexpr std::size_t most_words_in_run = 3;
inline constexpr std::size_t words_in_block = 8;

// A bitmap that nearly every other key fails: a key has two bits of one word of it.
class KeyFilter {
  public:
    // What the blocks of words hold: bit `i` of byte `width - 1` tells that a run of `width` ends with word `i`.
    using Block = std::uint32_t;

    [[gnu::cold]] explicit KeyFilter(std::span<const std::uint64_t> keys = {});

    void find(std::span<const std::uint64_t> words, SimdLevel level, std::vector<Block>& blocks) const;

  private:
    std::vector<std::uint64_t> bits_;
    unsigned shift_;
};

}  // namespace dedup
