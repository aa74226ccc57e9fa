// text -> token hashes -> shingle hashes -> MinHash signature.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "minimise.hpp"

namespace dedup {

// Reference: reference/, shingle.
void shingle(std::span<const std::uint64_t> tokens, std::size_t width, std::vector<std::uint64_t>& values);

// Makes signatures with one set of permutations; keeps its working memory from text to text.
class Sketcher {
  public:
    // `multipliers` and `increments` have the length of the signature.
    Sketcher(std::span<const std::uint32_t> multipliers, std::span<const std::uint32_t> increments, SimdLevel level);

    std::size_t size() const { return permutations_.size(); }
    SimdLevel level() const { return level_; }

    // Appends the minima of shingles to `minima`. Reference: reference/, sign.
    void sign(std::span<const std::uint64_t> shingles, std::vector<std::uint32_t>& minima);

    // The same of a text's shingles, and when they are no more than the permutations the set itself, sorted, to
    // `exact`; returns its size, or -1 when it is larger. Reference: reference/, sketch.
    std::int32_t sketch(std::string_view text, std::size_t width, bool entities, std::vector<std::uint32_t>& minima,
                        std::vector<std::uint32_t>& exact);

  private:
    std::span<const std::uint32_t> mixed_shingles(std::string_view text, std::size_t width, bool entities);
    std::span<std::uint32_t> space_for(std::size_t count);
    bool is_surely_large(std::span<const std::uint32_t> mixed);
    std::int32_t small_set(std::span<const std::uint32_t> mixed, std::vector<std::uint32_t>& exact);

    Permutations<std::uint32_t, Affine> permutations_;
    std::vector<std::uint32_t> mixed_, table_;
    std::vector<std::uint64_t> hashes_;
    std::array<std::uint64_t, 64> bitmap_;
    SimdLevel level_;
};

}  // namespace dedup
