#include "filter.hpp"

#include <algorithm>
#include <bit>

#include "hash.hpp"

#ifdef DEDUP_X86_LEVELS
#include "intrinsics.hpp"
#endif

namespace dedup {
namespace {

constexpr unsigned bits_per_key = 16;
constexpr unsigned smallest = 12;  // log2 of bits

struct Bitmap {
    const std::uint64_t* bits;
    unsigned shift;
};

// A word, and the runs of two and three that end with it, where there are as many.
DEDUP_ALWAYS_INLINE KeyFilter::Block look_up(const std::uint64_t* words, std::size_t at, Bitmap bitmap) {
    std::uint64_t run = 0;
    KeyFilter::Block found = 0;
    for (std::size_t width = 1; width <= std::min(most_words_in_run, at + 1); ++width) {
        run = 0;
        for (std::size_t i = at + 1 - width; i <= at; ++i) run = run * shingle_base + words[i];
        const std::uint64_t key = finish_shingle(run), word = bitmap.bits[key >> bitmap.shift];
        const std::uint64_t both = word >> (key >> (bitmap.shift - 6) & 63) & word >> (key & 63) & 1;
        found |= static_cast<KeyFilter::Block>(both) << 8 * (width - 1);
    }
    return found;
}

DEDUP_ALWAYS_INLINE KeyFilter::Block look_up_block(const std::uint64_t* words, std::size_t first, std::size_t last,
                                                   Bitmap bitmap) {
    KeyFilter::Block found = 0;
    for (std::size_t at = first; at < last; ++at) found |= look_up(words, at, bitmap) << (at - first);
    return found;
}

DEDUP_ALWAYS_INLINE void find_by_word(const std::uint64_t* words, std::size_t count, Bitmap bitmap,
                                      KeyFilter::Block* out) {
    for (std::size_t first = 0; first < count; first += words_in_block)
        *out++ = look_up_block(words, first, std::min(first + words_in_block, count), bitmap);
}

using Find = void (*)(const std::uint64_t*, std::size_t, Bitmap, KeyFilter::Block*);

void find_baseline(const std::uint64_t* words, std::size_t count, Bitmap bitmap, KeyFilter::Block* out) {
    find_by_word(words, count, bitmap, out);
}

#ifdef DEDUP_X86_LEVELS
#define DEDUP_V3 __attribute__((target("arch=x86-64-v3")))
#define DEDUP_V4 __attribute__((target("arch=x86-64-v4")))

DEDUP_V3 void find_v3(const std::uint64_t* words, std::size_t count, Bitmap bitmap, KeyFilter::Block* out) {
    find_by_word(words, count, bitmap, out);
}

DEDUP_V4 inline __m512i finish(__m512i run) {
    const __m512i mixed = _mm512_mullo_epi64(_mm512_xor_si512(run, _mm512_srli_epi64(run, 32)),
                                             _mm512_set1_epi64(static_cast<long long>(shingle_mix)));
    return _mm512_xor_si512(mixed, _mm512_srli_epi64(mixed, 32));
}

DEDUP_V4 inline KeyFilter::Block have(__m512i run, Bitmap bitmap) {
    const __m512i key = finish(run);
    const __m512i word = _mm512_i64gather_epi64(_mm512_srl_epi64(key, _mm_cvtsi32_si128(static_cast<int>(bitmap.shift))),
                                                bitmap.bits, 8);
    const __m512i other = _mm512_srl_epi64(key, _mm_cvtsi32_si128(static_cast<int>(bitmap.shift) - 6));
    const __m512i low = _mm512_set1_epi64(63), one = _mm512_set1_epi64(1);
    const __m512i bits = _mm512_or_si512(_mm512_sllv_epi64(one, _mm512_and_si512(other, low)),
                                         _mm512_sllv_epi64(one, _mm512_and_si512(key, low)));
    return _mm512_cmpeq_epi64_mask(_mm512_and_si512(word, bits), bits);
}

DEDUP_V4 void find_v4(const std::uint64_t* words, std::size_t count, Bitmap bitmap, KeyFilter::Block* out) {
    const __m512i base = _mm512_set1_epi64(static_cast<long long>(shingle_base));
    std::size_t first = 0;
    for (; first < count; first += words_in_block) {
        if (first == 0 || first + words_in_block > count) {
            *out++ = look_up_block(words, first, std::min(first + words_in_block, count), bitmap);
            continue;
        }
        const __m512i word = _mm512_loadu_si512(words + first), before = _mm512_loadu_si512(words + first - 1);
        const __m512i two = _mm512_add_epi64(_mm512_mullo_epi64(_mm512_loadu_si512(words + first - 2), base), before);
        const __m512i pair = _mm512_add_epi64(_mm512_mullo_epi64(before, base), word);
        const __m512i triple = _mm512_add_epi64(_mm512_mullo_epi64(two, base), word);
        *out++ = have(word, bitmap) | have(pair, bitmap) << 8 | have(triple, bitmap) << 16;
    }
}

constexpr Find finders[] = {find_baseline, find_v3, find_v4};
#else
constexpr Find finders[] = {find_baseline, find_baseline, find_baseline};
#endif

}  // namespace

KeyFilter::KeyFilter(std::span<const std::uint64_t> keys) {
    const unsigned size = std::max(smallest, static_cast<unsigned>(std::bit_width(keys.size() * bits_per_key)));
    shift_ = 64 + 6 - size;
    bits_.assign((std::size_t{1} << size) / 64, 0);
    for (const std::uint64_t key : keys)
        bits_[key >> shift_] |= std::uint64_t{1} << (key >> (shift_ - 6) & 63) | std::uint64_t{1} << (key & 63);
}

void KeyFilter::find(std::span<const std::uint64_t> words, SimdLevel level, std::vector<Block>& blocks) const {
    blocks.resize((words.size() + words_in_block - 1) / words_in_block);
    finders[static_cast<std::size_t>(level)](words.data(), words.size(), {bits_.data(), shift_}, blocks.data());
}

}  // namespace dedup
