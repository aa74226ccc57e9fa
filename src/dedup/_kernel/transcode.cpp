#include "transcode.hpp"

#include "utf8.hpp"

#if defined(__SSE2__) || defined(_M_X64)
#define DEDUP_SSE2 1
#include <emmintrin.h>
#endif

namespace dedup {
namespace {

constexpr std::size_t step = 16;  // bytes of input looked at together

// Copies the units of one step when they are ASCII; false when they are not.
template <typename Unit>
bool copy_ascii(const Unit* units, char* out) {
#ifdef DEDUP_SSE2
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(units));
    const __m128i zero = _mm_setzero_si128();
    if constexpr (sizeof(Unit) == 1) {
        if (_mm_movemask_epi8(block) != 0) return false;
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out), block);
        return true;
    }
    if constexpr (sizeof(Unit) == 2) {
        const __m128i beyond = _mm_and_si128(block, _mm_set1_epi16(static_cast<short>(0xFF80)));
        if (_mm_movemask_epi8(_mm_cmpeq_epi16(beyond, zero)) != 0xFFFF) return false;
        _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_packus_epi16(block, zero));
        return true;
    }
#endif
    for (std::size_t i = 0; i < step / sizeof(Unit); ++i) {
        if (units[i] >= 0x80) return false;
        out[i] = static_cast<char>(units[i]);
    }
    return true;
}

}  // namespace

template <typename Unit>
std::string_view to_utf8(const Unit* units, std::size_t count, std::vector<char>& buffer) {
    constexpr std::size_t together = step / sizeof(Unit), longest = sizeof(Unit) == 4 ? 4 : sizeof(Unit) + 1;
    if (buffer.size() < count * longest + step) buffer.resize(count * longest + step);
    char* out = buffer.data();
    std::size_t i = 0;
    while (i < count) {
        if (i + together <= count && copy_ascii(units + i, out)) {
            i += together;
            out += together;
            continue;
        }
        const std::size_t end = i + together < count ? i + together : count;
        for (; i < end; ++i) encode_utf8(units[i], [&out](unsigned char byte) { *out++ = static_cast<char>(byte); });
    }
    return {buffer.data(), static_cast<std::size_t>(out - buffer.data())};
}

template std::string_view to_utf8(const std::uint8_t*, std::size_t, std::vector<char>&);
template std::string_view to_utf8(const std::uint16_t*, std::size_t, std::vector<char>&);
template std::string_view to_utf8(const std::uint32_t*, std::size_t, std::vector<char>&);

}  // namespace dedup
