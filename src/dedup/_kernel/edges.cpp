#include "edges.hpp"

#include <bit>

#ifdef DEDUP_X86_LEVELS
#include "intrinsics.hpp"
#endif

namespace dedup {
namespace {

// One bit per byte.
struct Stripe {
    std::uint64_t words;       // ASCII letters and digits
    std::uint64_t high;        // bytes from 0x80
    std::uint64_t ampersands;
};

// U+2010 to U+2027: dashes, quotes, bullets, ellipsis; the first of three bytes.
bool is_general_punctuation(const char* bytes) {
    return bytes[0] == '\xE2' && bytes[1] == '\x80' && static_cast<unsigned char>(bytes[2]) >= 0x90 &&
           static_cast<unsigned char>(bytes[2]) <= 0xA7;
}

// How much of a stripe is plain, without a character cut in two.
std::size_t plain_part(std::uint64_t rest, const char* bytes) {
    while (rest != 0) {
        const auto first = static_cast<std::size_t>(std::countr_zero(rest));
        if (!is_general_punctuation(bytes + first) || first + 3 > stripe_size) return first;
        rest &= ~(std::uint64_t{7} << first);
    }
    return stripe_size;
}

template <typename Level>
DEDUP_ALWAYS_INLINE void find(const char* bytes, std::size_t size, bool entities, Edges& edges) {
    std::uint32_t* out = edges.at.data();
    const std::uint32_t* const enough = out + Edges::enough;
    std::uint64_t open = 0;
    std::size_t base = 0;
    while (base < size && out < enough) {
        const Stripe stripe = Level::read(bytes + base);
        std::uint64_t turns = stripe.words ^ (stripe.words << 1 | open);
        const std::uint64_t rest = entities ? stripe.high | stripe.ampersands : stripe.high;
        const std::size_t part = rest == 0 ? stripe_size : plain_part(rest, bytes + base);
        if (part == 0) break;
        if (part < stripe_size) turns &= (std::uint64_t{1} << part) - 1;
        out = Level::put(turns, static_cast<std::uint32_t>(base), out);
        open = stripe.words >> (part - 1) & 1;
        base += part;
    }
    edges.count = static_cast<std::size_t>(out - edges.at.data());
    edges.end = base;
}

// Eight positions at a time, a few beyond the last bit: fewer branches than one at a time.
DEDUP_ALWAYS_INLINE std::uint32_t* put_eight(std::uint64_t& bits, std::uint32_t base, std::uint32_t* out) {
    for (unsigned i = 0; i < 8; ++i, bits &= bits - 1)
        *out++ = base + static_cast<std::uint32_t>(std::countr_zero(bits));
    return out;
}

struct Baseline {
#ifdef DEDUP_SSE2
    // Compares once: what lies from `first` to `last` is moved to the top of the signed numbers.
    static __m128i between(__m128i bytes, char first, char last) {
        return _mm_cmpgt_epi8(_mm_add_epi8(bytes, _mm_set1_epi8(static_cast<char>(127 - last))),
                              _mm_set1_epi8(static_cast<char>(126 - last + first)));
    }
    static std::uint64_t bits(__m128i bytes) { return static_cast<unsigned>(_mm_movemask_epi8(bytes)); }

    static Stripe read(const char* bytes) {
        Stripe stripe{0, 0, 0};
        for (unsigned at = 0; at < stripe_size; at += 16) {
            const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + at));
            const __m128i letters = between(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 'z');
            stripe.words |= bits(_mm_or_si128(letters, between(block, '0', '9'))) << at;
            stripe.high |= bits(block) << at;
            stripe.ampersands |= bits(_mm_cmpeq_epi8(block, _mm_set1_epi8('&'))) << at;
        }
        return stripe;
    }
#else
    static Stripe read(const char* bytes) {
        Stripe stripe{0, 0, 0};
        for (std::size_t i = 0; i < stripe_size; ++i) {
            const char byte = bytes[i], small = static_cast<char>(byte | 0x20);
            const bool word = (small >= 'a' && small <= 'z') || (byte >= '0' && byte <= '9');
            stripe.words |= std::uint64_t{word} << i;
            stripe.high |= std::uint64_t{static_cast<unsigned char>(byte) >= 0x80} << i;
            stripe.ampersands |= std::uint64_t{byte == '&'} << i;
        }
        return stripe;
    }
#endif

    static std::uint32_t* put(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
        std::uint32_t* const end = out + std::popcount(bits);
        do out = put_eight(bits, base, out);
        while (bits != 0);
        return end;
    }
};

void find_baseline(const char* bytes, std::size_t size, bool entities, Edges& edges) {
    find<Baseline>(bytes, size, entities, edges);
}

using Find = void (*)(const char*, std::size_t, bool, Edges&);

#ifdef DEDUP_X86_LEVELS
#define DEDUP_V3 __attribute__((target("arch=x86-64-v3")))
#define DEDUP_V4 __attribute__((target("arch=x86-64-v4")))

struct V3 {
    DEDUP_V3 static inline Stripe read(const char* bytes) {
        Stripe stripe{0, 0, 0};
        for (unsigned at = 0; at < stripe_size; at += 32) {
            const __m256i block = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + at));
            const __m256i letters =
                _mm256_cmpgt_epi8(_mm256_add_epi8(_mm256_or_si256(block, _mm256_set1_epi8(0x20)), _mm256_set1_epi8(127 - 'z')),
                                  _mm256_set1_epi8(126 - 'z' + 'a'));
            const __m256i digits = _mm256_cmpgt_epi8(_mm256_add_epi8(block, _mm256_set1_epi8(127 - '9')),
                                                     _mm256_set1_epi8(126 - '9' + '0'));
            const __m256i ampersands = _mm256_cmpeq_epi8(block, _mm256_set1_epi8('&'));
            stripe.words |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(_mm256_or_si256(letters, digits)))} << at;
            stripe.high |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(block))} << at;
            stripe.ampersands |= std::uint64_t{static_cast<unsigned>(_mm256_movemask_epi8(ampersands))} << at;
        }
        return stripe;
    }

    // Most stripes of English have more than sixteen edges and no more than twenty-four.
    DEDUP_V3 static inline std::uint32_t* put(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
        std::uint32_t* const end = out + std::popcount(bits);
        for (unsigned i = 0; i < 3; ++i) out = put_eight(bits, base, out);
        while (bits != 0) out = put_eight(bits, base, out);
        return end;
    }
};

DEDUP_V3 void find_v3(const char* bytes, std::size_t size, bool entities, Edges& edges) {
    find<V3>(bytes, size, entities, edges);
}

struct V4 {
    DEDUP_V4 static inline Stripe read(const char* bytes) {
        const __m512i block = _mm512_loadu_si512(bytes);
        const __m512i letters = _mm512_sub_epi8(_mm512_or_si512(block, _mm512_set1_epi8(0x20)), _mm512_set1_epi8('a'));
        const __m512i digits = _mm512_sub_epi8(block, _mm512_set1_epi8('0'));
        return {_mm512_cmplt_epu8_mask(letters, _mm512_set1_epi8(26)) |
                    _mm512_cmplt_epu8_mask(digits, _mm512_set1_epi8(10)),
                _mm512_movepi8_mask(block), _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8('&'))};
    }

    // Sixteen positions at a time, those of the bits pushed together: no branches.
    DEDUP_V4 static inline std::uint32_t* put(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
        __m512i positions = _mm512_add_epi32(_mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
                                             _mm512_set1_epi32(static_cast<int>(base)));
        for (unsigned i = 0; i < 4; ++i, bits >>= 16) {
            const auto part = static_cast<__mmask16>(bits);
            _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(part, positions));
            positions = _mm512_add_epi32(positions, _mm512_set1_epi32(16));
            out += std::popcount(part);
        }
        return out;
    }
};

DEDUP_V4 void find_v4(const char* bytes, std::size_t size, bool entities, Edges& edges) {
    find<V4>(bytes, size, entities, edges);
}

constexpr Find finders[] = {find_baseline, find_v3, find_v4};
#else
constexpr Find finders[] = {find_baseline, find_baseline, find_baseline};
#endif

}  // namespace

void find_edges(const char* bytes, std::size_t size, bool entities, SimdLevel level, Edges& edges) {
    finders[static_cast<std::size_t>(level)](bytes, size, entities, edges);
}

}  // namespace dedup
