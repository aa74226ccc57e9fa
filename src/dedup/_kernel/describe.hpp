// id and text -> the keys a document is found by: of its id, its story, its bands, sampled shingles.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sketch.hpp"

namespace dedup {

struct Keying {
    std::size_t width, bands, rows;
    std::uint64_t sample;  // one shingle in so many
};

// Keeps its working memory from text to text. Reference: reference/, describe.
class Describer {
  public:
    // `bands` x `rows` is no more than there are permutations.
    Describer(const Keying& keying, Sketcher sketcher);

    // Appends the keys of the id and of the text outside `cuts` (start, end pairs, code points) to `keys`; returns how
    // many words there are. A text without words has no keys but that of its id.
    std::uint32_t describe(std::string_view id, std::string_view text, std::span<const std::uint32_t> cuts,
                           bool entities, std::vector<std::uint32_t>& keys);

  private:
    std::span<const std::uint64_t> words(std::string_view text, std::span<const std::uint32_t> cuts, bool entities);
    void add_bands(std::vector<std::uint32_t>& keys);
    void add_samples(std::vector<std::uint32_t>& keys);

    Keying keying_;
    Sketcher sketcher_;
    std::vector<std::uint64_t> words_, shingles_;
    std::vector<std::uint32_t> minima_;
};

}  // namespace dedup
