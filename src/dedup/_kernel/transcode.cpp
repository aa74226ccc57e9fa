#include "transcode.hpp"

#include <bit>

#include "simd.hpp"
#include "utf8.hpp"

#ifdef DEDUP_X86_LEVELS
#include "intrinsics.hpp"
#endif

namespace dedup {
namespace {

// Copies ASCII as many units at a time as the level does, and the rest one by one.
template <typename Level, typename Unit>
DEDUP_ALWAYS_INLINE std::size_t encode(const Unit* units, std::size_t count, char* out) {
    constexpr std::size_t together = Level::bytes / sizeof(Unit);
    char* const begin = out;
    std::size_t i = 0;
    while (i < count) {
        if (i + together <= count) {
            const std::size_t copied = Level::copy_ascii(units + i, out);
            i += copied;
            out += copied;
            if (copied == together) continue;
        }
        if constexpr (sizeof(Unit) == 2) {
            const std::size_t begin_of_run = i;
            for (std::size_t encoded = 8; encoded == 8 && i + 8 <= count; i += encoded, out += 2 * encoded)
                encoded = Level::encode_twos(units + i, out);
            for (; i + 8 <= count && Level::encode_threes(units + i, out); i += 8) out += 24;
            if (i != begin_of_run) continue;
        }
        do {
            const Utf8 form = encode_utf8(units[i++]);
            for (unsigned at = 0; at < 4; ++at) out[at] = static_cast<char>(form.bytes >> 8 * at);
            out += form.size;
        } while (i < count && (units[i] >= 0x80 || i + together > count));
    }
    return static_cast<std::size_t>(out - begin);
}

// Each level reads `bytes` bytes of units, writes as many bytes as they are units, and returns how many are ASCII
// before the first that is not; and it may encode up to eight units together that take two
// bytes each, and eight that take three.
struct Baseline {
    static constexpr std::size_t bytes = 16;

    template <typename Unit>
    static std::size_t copy_ascii(const Unit* units, char* out) {
        std::size_t i = 0;
        for (; i < bytes / sizeof(Unit) && units[i] < 0x80; ++i) out[i] = static_cast<char>(units[i]);
        return i;
    }
    static std::size_t encode_twos(const std::uint16_t*, char*) { return 0; }
    static bool encode_threes(const std::uint16_t*, char*) { return false; }
};

#ifdef DEDUP_X86_LEVELS
#define DEDUP_V3 __attribute__((target("arch=x86-64-v3")))
#define DEDUP_V4 __attribute__((target("arch=x86-64-v4")))

struct V3 {
    static constexpr std::size_t bytes = 32;

    DEDUP_V3 static inline std::size_t count(unsigned beyond, unsigned bits, std::size_t together) {
        return beyond == 0 ? together : static_cast<unsigned>(std::countr_zero(beyond)) / bits;
    }
    DEDUP_V3 static inline __m256i load(const void* units) {
        return _mm256_loadu_si256(static_cast<const __m256i*>(units));
    }
    DEDUP_V3 static inline std::size_t copy_ascii(const std::uint8_t* units, char* out) {
        const __m256i block = load(units);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), block);
        return count(static_cast<unsigned>(_mm256_movemask_epi8(block)), 1, 32);
    }
    DEDUP_V3 static inline std::size_t copy_ascii(const std::uint16_t* units, char* out) {
        const __m256i block = load(units), most = _mm256_min_epu16(block, _mm256_set1_epi16(0x7F));
        const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(most, most), 0b1000);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(packed));
        return count(~static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi16(block, most))), 2, 16);
    }
    DEDUP_V3 static inline std::size_t copy_ascii(const std::uint32_t* units, char* out) {
        const __m256i block = load(units), most = _mm256_min_epu32(block, _mm256_set1_epi32(0x7F));
        const __m256i packed = _mm256_packus_epi16(_mm256_packus_epi32(most, most), _mm256_setzero_si256());
        const __m256i joined = _mm256_permutevar8x32_epi32(packed, _mm256_set_epi32(7, 6, 5, 3, 2, 1, 4, 0));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(joined));
        return count(~static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi32(block, most))), 4, 8);
    }
    DEDUP_V3 static inline std::size_t encode_twos(const std::uint16_t* units, char* out) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(units));
        const __m128i held = _mm_min_epu16(_mm_max_epu16(block, _mm_set1_epi16(0x80)), _mm_set1_epi16(0x7FF));
        const __m128i last = _mm_slli_epi16(_mm_and_si128(block, _mm_set1_epi16(0x3F)), 8);
        const __m128i first = _mm_or_si128(_mm_srli_epi16(block, 6), _mm_set1_epi16(static_cast<short>(0x80C0)));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm_or_si128(first, last));
        return count(~static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi16(block, held))) & 0xFFFF, 2, 8);
    }
    DEDUP_V3 static inline bool encode_threes(const std::uint16_t* units, char* out) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(units));
        const __m128i least = _mm_max_epu16(block, _mm_set1_epi16(0x800));
        if (_mm_movemask_epi8(_mm_cmpeq_epi16(block, least)) != 0xFFFF) return false;
        const __m256i points = _mm256_cvtepu16_epi32(block);
        const __m256i middle = _mm256_and_si256(_mm256_slli_epi32(points, 2), _mm256_set1_epi32(0x3F00));
        const __m256i last = _mm256_slli_epi32(_mm256_and_si256(points, _mm256_set1_epi32(0x3F)), 16);
        const __m256i forms = _mm256_or_si256(_mm256_or_si256(_mm256_srli_epi32(points, 12), middle),
                                              _mm256_or_si256(last, _mm256_set1_epi32(0x8080E0)));
        const __m256i three_of_four =
            _mm256_broadcastsi128_si256(_mm_set_epi8(-1, -1, -1, -1, 14, 13, 12, 10, 9, 8, 6, 5, 4, 2, 1, 0));
        const __m256i joined = _mm256_shuffle_epi8(forms, three_of_four);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(joined));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + 12), _mm256_extracti128_si256(joined, 1));
        return true;
    }
};

struct V4 : V3 {
    static constexpr std::size_t bytes = 64;

    DEDUP_V4 static inline std::size_t copy_ascii(const std::uint8_t* units, char* out) {
        const __m512i block = _mm512_loadu_si512(units);
        _mm512_storeu_si512(out, block);
        return static_cast<std::size_t>(std::countr_zero(std::uint64_t{_mm512_movepi8_mask(block)}));
    }
    DEDUP_V4 static inline std::size_t copy_ascii(const std::uint16_t* units, char* out) {
        const __m512i block = _mm512_loadu_si512(units);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm512_cvtepi16_epi8(block));
        const std::uint32_t beyond = _mm512_cmpgt_epu16_mask(block, _mm512_set1_epi16(0x7F));
        return static_cast<std::size_t>(std::countr_zero(beyond));
    }
    DEDUP_V4 static inline std::size_t copy_ascii(const std::uint32_t* units, char* out) {
        const __m512i block = _mm512_loadu_si512(units);
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm512_cvtepi32_epi8(block));
        const std::uint16_t beyond = _mm512_cmpgt_epu32_mask(block, _mm512_set1_epi32(0x7F));
        return static_cast<std::size_t>(std::countr_zero(beyond));
    }
};

template <typename Unit>
DEDUP_V3 std::size_t encode_v3(const Unit* units, std::size_t count, char* out) {
    return encode<V3>(units, count, out);
}

template <typename Unit>
DEDUP_V4 std::size_t encode_v4(const Unit* units, std::size_t count, char* out) {
    return encode<V4>(units, count, out);
}
#endif

template <typename Unit>
std::size_t encode_baseline(const Unit* units, std::size_t count, char* out) {
    return encode<Baseline>(units, count, out);
}

template <typename Unit>
using Encode = std::size_t (*)(const Unit*, std::size_t, char*);

#ifdef DEDUP_X86_LEVELS
template <typename Unit>
constexpr Encode<Unit> encoders[] = {encode_baseline<Unit>, encode_v3<Unit>, encode_v4<Unit>};
#else
template <typename Unit>
constexpr Encode<Unit> encoders[] = {encode_baseline<Unit>, encode_baseline<Unit>, encode_baseline<Unit>};
#endif

}  // namespace

template <typename Unit>
std::string_view to_utf8(const Unit* units, std::size_t count, SimdLevel level, std::vector<char>& buffer) {
    constexpr std::size_t longest = sizeof(Unit) == 4 ? 4 : sizeof(Unit) + 1, beyond = 64;
    if (buffer.size() < count * longest + beyond) buffer.resize(count * longest + beyond);
    return {buffer.data(), encoders<Unit>[static_cast<std::size_t>(level)](units, count, buffer.data())};
}

template std::string_view to_utf8(const std::uint8_t*, std::size_t, SimdLevel, std::vector<char>&);
template std::string_view to_utf8(const std::uint16_t*, std::size_t, SimdLevel, std::vector<char>&);
template std::string_view to_utf8(const std::uint32_t*, std::size_t, SimdLevel, std::vector<char>&);

}  // namespace dedup
