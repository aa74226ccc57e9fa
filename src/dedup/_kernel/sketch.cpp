#include "sketch.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "hash.hpp"
#include "tokenize.hpp"

namespace dedup {
namespace {

// Calls `take` with the hash of every `width` consecutive tokens, or of them all when there are fewer.
template <typename Take>
void each_shingle(std::span<const std::uint64_t> tokens, std::size_t width, Take take) {
    if (tokens.empty()) return;
    width = std::clamp<std::size_t>(width, 1, tokens.size());
    std::uint64_t value = 0, leaving = 1;  // leaving: base ** width
    for (std::size_t i = 0; i < width; ++i) {
        value = value * shingle_base + tokens[i];
        leaving *= shingle_base;
    }
    take(finish_shingle(value));
    for (std::size_t i = width; i < tokens.size(); ++i) {
        value = value * shingle_base - tokens[i - width] * leaving + tokens[i];
        take(finish_shingle(value));
    }
}

std::uint32_t mix(std::uint64_t shingle) { return fmix32(static_cast<std::uint32_t>(shingle >> 32)); }

}  // namespace

std::vector<std::uint64_t> shingle(std::span<const std::uint64_t> tokens, std::size_t width) {
    std::vector<std::uint64_t> values;
    values.reserve(tokens.size());
    each_shingle(tokens, width, [&values](std::uint64_t value) { values.push_back(value); });
    return values;
}

Sketcher::Sketcher(std::span<const std::uint32_t> multipliers, std::span<const std::uint32_t> increments,
                   SimdLevel level)
    : permutations_(multipliers, increments, level), table_(std::bit_ceil(4 * multipliers.size() + 4)) {}

void Sketcher::sign(std::span<const std::uint64_t> shingles, std::vector<std::uint32_t>& minima) {
    mixed_.resize(shingles.size());
    std::transform(shingles.begin(), shingles.end(), mixed_.begin(), mix);
    permutations_.minimise(mixed_, minima);
}

std::int32_t Sketcher::sketch(std::string_view text, std::size_t width, bool entities,
                              std::vector<std::uint32_t>& minima, std::vector<std::uint32_t>& exact) {
    hash_tokens(text, entities, hashes_);
    mixed_.resize(hashes_.size());
    std::uint32_t* end = mixed_.data();
    each_shingle(hashes_, width, [&end](std::uint64_t value) { *end++ = mix(value); });
    mixed_.resize(static_cast<std::size_t>(end - mixed_.data()));
    permutations_.minimise(mixed_, minima);
    return small_set(exact);
}

// Counts distinct values in a small hash table and gives up as soon as there are too many.
std::int32_t Sketcher::small_set(std::vector<std::uint32_t>& exact) {
    const std::size_t first = exact.size(), mask = table_.size() - 1;
    bool has_zero = false;
    std::fill(table_.begin(), table_.end(), 0);
    for (const std::uint32_t value : mixed_) {
        std::size_t at = (value * 0x9E3779B1u >> 7) & mask;
        while (table_[at] != 0 && table_[at] != value) at = (at + 1) & mask;
        const bool known = value == 0 ? has_zero : table_[at] == value;
        if (known) continue;
        if (exact.size() - first == permutations_.size()) {
            exact.resize(first);
            return -1;
        }
        has_zero |= value == 0;
        table_[at] = value;
        exact.push_back(value);
    }
    std::sort(exact.begin() + static_cast<std::ptrdiff_t>(first), exact.end());
    return static_cast<std::int32_t>(exact.size() - first);
}

}  // namespace dedup
