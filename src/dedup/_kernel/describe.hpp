// id and text -> the keys a document is found by: of its id, its story, its bands, sampled shingles.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sketch.hpp"
#include "tokenize.hpp"

namespace dedup {

struct Keying {
    std::size_t width, bands, rows;
    std::uint64_t sample;  // one shingle in so many
};

// The tokens of a text that begin in none of `cuts` (start, end pairs, code points, sorted). Reference: reference/, places.
Tokens outside(std::string_view text, std::span<const std::uint32_t> cuts, bool entities, SimdLevel level);

// Reads texts outside their cuts; keeps its working memory from text to text. Reference: reference/, words.
class Reader {
  public:
    explicit Reader(SimdLevel level) : level_(level) {}

    // The token hashes of a text that begin in none of `cuts` (start, end pairs, code points, sorted).
    std::span<const std::uint64_t> words(std::string_view text, std::span<const std::uint32_t> cuts, bool entities);

  private:
    bool read_pieces(std::string_view text, std::span<const std::uint32_t> cuts, bool entities);

    SimdLevel level_;
    std::vector<std::uint64_t> words_, piece_;
};

// Appends the keys of the shingles that `sample` selects, sorted. Reference: reference/, samples.
void add_samples(std::span<const std::uint64_t> shingles, std::uint64_t sample, std::vector<std::uint32_t>& keys);

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
    void add_bands(std::vector<std::uint32_t>& keys);

    Keying keying_;
    Sketcher sketcher_;
    Reader reader_;
    std::vector<std::uint64_t> shingles_, pairs_;
    std::vector<std::uint32_t> minima_;
};

}  // namespace dedup
