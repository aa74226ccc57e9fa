#include "sketch.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "hash.hpp"
#include "tokenize.hpp"

namespace dedup {
namespace {

// The hash of every `width` consecutive tokens, of which there are at least as many, without the last mixing step.
// `values` may be the tokens themselves.
void combine(std::span<const std::uint64_t> tokens, std::size_t width, std::uint64_t* values) {
    std::uint64_t value = 0, leaving = 1, first = tokens[0];  // leaving: base ** width
    for (std::size_t i = 0; i < width; ++i) {
        value = value * shingle_base + tokens[i];
        leaving *= shingle_base;
    }
    values[0] = value;
    for (std::size_t i = 1; i + width <= tokens.size(); ++i) {
        value = value * shingle_base - first * leaving + tokens[i + width - 1];
        first = tokens[i];
        values[i] = value;
    }
}

DEDUP_ALWAYS_INLINE std::uint32_t mix(std::uint64_t shingle) { return fmix32(static_cast<std::uint32_t>(shingle >> 32)); }

// A shingle of width three, the usual one: it does not wait for the one before it.
DEDUP_ALWAYS_INLINE std::uint64_t three(const std::uint64_t* tokens) {
    return finish_shingle(tokens[0] * (shingle_base * shingle_base) + tokens[1] * shingle_base + tokens[2]);
}

DEDUP_ALWAYS_INLINE void mix_threes(const std::uint64_t* tokens, std::size_t count, std::uint32_t* mixed) {
    for (std::size_t i = 0; i < count; ++i) mixed[i] = mix(three(tokens + i));
}

void mix_threes_baseline(const std::uint64_t* tokens, std::size_t count, std::uint32_t* mixed) {
    mix_threes(tokens, count, mixed);
}

using MixThrees = void (*)(const std::uint64_t*, std::size_t, std::uint32_t*);

#ifdef DEDUP_X86_LEVELS
__attribute__((target("arch=x86-64-v3"))) void mix_threes_v3(const std::uint64_t* tokens, std::size_t count,
                                                             std::uint32_t* mixed) {
    mix_threes(tokens, count, mixed);
}

__attribute__((target("arch=x86-64-v4"))) void mix_threes_v4(const std::uint64_t* tokens, std::size_t count,
                                                             std::uint32_t* mixed) {
    mix_threes(tokens, count, mixed);
}

constexpr MixThrees mixers[] = {mix_threes_baseline, mix_threes_v3, mix_threes_v4};
#else
constexpr MixThrees mixers[] = {mix_threes_baseline, mix_threes_baseline, mix_threes_baseline};
#endif

}  // namespace

void shingle(std::span<const std::uint64_t> tokens, std::size_t width, std::vector<std::uint64_t>& values) {
    if (tokens.empty()) return values.clear();
    width = std::clamp<std::size_t>(width, 1, tokens.size());
    values.resize(tokens.size() - width + 1);
    if (width == 3) {
        for (std::size_t i = 0; i < values.size(); ++i) values[i] = three(&tokens[i]);
        return;
    }
    combine(tokens, width, values.data());
    std::transform(values.begin(), values.end(), values.begin(), finish_shingle);
}

Sketcher::Sketcher(std::span<const std::uint32_t> multipliers, std::span<const std::uint32_t> increments,
                   SimdLevel level)
    : permutations_(multipliers, increments, level), table_(std::bit_ceil(4 * multipliers.size() + 4)), level_(level) {}

void Sketcher::sign(std::span<const std::uint64_t> shingles, std::vector<std::uint32_t>& minima) {
    const std::span<std::uint32_t> mixed = space_for(shingles.size());
    std::transform(shingles.begin(), shingles.end(), mixed.begin(), mix);
    permutations_.minimise(mixed, minima);
}

std::int32_t Sketcher::sketch(std::string_view text, std::size_t width, bool entities,
                              std::vector<std::uint32_t>& minima, std::vector<std::uint32_t>& exact) {
    const std::span<const std::uint32_t> mixed = mixed_shingles(text, width, entities);
    permutations_.minimise(mixed, minima);
    return is_surely_large(mixed) ? -1 : small_set(mixed, exact);
}

std::span<const std::uint32_t> Sketcher::mixed_shingles(std::string_view text, std::size_t width, bool entities) {
    const std::span<const std::uint64_t> tokens = hash_tokens(text, entities, hashes_, level_);
    if (tokens.empty()) return {};
    width = std::clamp<std::size_t>(width, 1, tokens.size());
    const std::span<std::uint32_t> mixed = space_for(tokens.size() - width + 1);
    if (width == 3) {
        mixers[static_cast<std::size_t>(level_)](tokens.data(), mixed.size(), mixed.data());
    } else {
        combine(tokens, width, hashes_.data());
        std::transform(hashes_.begin(), hashes_.begin() + static_cast<std::ptrdiff_t>(mixed.size()), mixed.begin(),
                       [](std::uint64_t value) { return mix(finish_shingle(value)); });
    }
    return mixed;
}

std::span<std::uint32_t> Sketcher::space_for(std::size_t count) {
    if (mixed_.size() < count) mixed_.resize(count);
    return {mixed_.data(), count};
}

// Sets one bit per shingle in a small bitmap, for a few more shingles than permutations, which is enough to tell most
// large sets: no more bits can be set than there are distinct shingles.
bool Sketcher::is_surely_large(std::span<const std::uint32_t> mixed) {
    const std::size_t size = permutations_.size(), looked_at = size + size / 4 + 1;
    if (mixed.size() < looked_at || size > 1024) return false;
    std::fill(bitmap_.begin(), bitmap_.end(), 0);
    std::size_t bits = 0;
    for (const std::uint32_t value : mixed.first(looked_at)) {
        std::uint64_t& word = bitmap_[value >> 26];
        bits += ~word >> (value >> 20 & 63) & 1;
        word |= std::uint64_t{1} << (value >> 20 & 63);
    }
    return bits > size;
}

// Counts distinct values in a small hash table and gives up as soon as there are too many.
std::int32_t Sketcher::small_set(std::span<const std::uint32_t> mixed, std::vector<std::uint32_t>& exact) {
    const std::size_t first = exact.size(), mask = table_.size() - 1;
    bool has_zero = false;
    std::fill(table_.begin(), table_.end(), 0);
    for (const std::uint32_t value : mixed) {
        std::size_t at = value >> 7 & mask;
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
