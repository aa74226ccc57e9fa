// ASCII text in stripes of 64 bytes: which bytes make up words, and their hashes.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>

#include "hash.hpp"

#if defined(__SSE2__) || defined(_M_X64)
#define DEDUP_SSE2 1
#include <emmintrin.h>
#endif

namespace dedup {

inline constexpr std::size_t stripe_size = 64;
inline constexpr std::size_t block_size = 16;

inline bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// U+2010 to U+2027: dashes, quotes, bullets, ellipsis; the first of three bytes.
inline bool is_general_punctuation(const char* bytes) {
    return bytes[0] == '\xE2' && bytes[1] == '\x80' && static_cast<unsigned char>(bytes[2]) >= 0x90 &&
           static_cast<unsigned char>(bytes[2]) <= 0xA7;
}

// One bit per byte.
struct Stripe {
    std::uint64_t words;       // ASCII letters and digits
    std::uint64_t high;        // bytes from 0x80
    std::uint64_t ampersands;
};

// A word of at most sixteen bytes in lower case, padded with zeros.
struct Word {
    std::uint64_t low, high;
    bool has_digit;
};

#ifdef DEDUP_SSE2

inline __m128i between(__m128i bytes, char first, char last) {
    return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(static_cast<char>(first - 1))),
                         _mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(last + 1))));
}

inline std::uint64_t bits(__m128i bytes) {
    return static_cast<std::uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(bytes)));
}

inline Stripe read_stripe(const char* bytes) {
    Stripe stripe{0, 0, 0};
    for (unsigned part = 0; part < stripe_size / block_size; ++part) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + part * block_size));
        const __m128i letters = between(_mm_or_si128(block, _mm_set1_epi8(0x20)), 'a', 'z');
        const __m128i digits = between(block, '0', '9');
        stripe.words |= bits(_mm_or_si128(letters, digits)) << part * block_size;
        stripe.high |= bits(block) << part * block_size;
        stripe.ampersands |= bits(_mm_cmpeq_epi8(block, _mm_set1_epi8('&'))) << part * block_size;
    }
    return stripe;
}

// `length` is 1 to 16, and sixteen bytes must be readable.
inline Word read_word(const char* bytes, std::size_t length) {
    alignas(block_size) static constexpr unsigned char keep[2 * block_size] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    const __m128i block = _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)),
                                        _mm_loadu_si128(reinterpret_cast<const __m128i*>(keep + block_size - length)));
    const __m128i capitals = between(block, 'A', 'Z');
    const __m128i folded = _mm_or_si128(block, _mm_and_si128(capitals, _mm_set1_epi8(0x20)));
    return {static_cast<std::uint64_t>(_mm_cvtsi128_si64(folded)),
            static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(folded, folded))),
            _mm_movemask_epi8(between(block, '0', '9')) != 0};
}

#else

inline Stripe read_stripe(const char* bytes) {
    Stripe stripe{0, 0, 0};
    for (std::size_t i = 0; i < stripe_size; ++i) {
        const char byte = bytes[i];
        stripe.words |= std::uint64_t{is_ascii_letter(byte) || is_ascii_digit(byte)} << i;
        stripe.high |= std::uint64_t{static_cast<unsigned char>(byte) >= 0x80} << i;
        stripe.ampersands |= std::uint64_t{byte == '&'} << i;
    }
    return stripe;
}

inline Word read_word(const char* bytes, std::size_t length) {
    unsigned char folded[block_size] = {};
    bool has_digit = false;
    for (std::size_t i = 0; i < length; ++i) {
        has_digit |= is_ascii_digit(bytes[i]);
        folded[i] = static_cast<unsigned char>(bytes[i] >= 'A' && bytes[i] <= 'Z' ? bytes[i] | 0x20 : bytes[i]);
    }
    return {little_endian<std::uint64_t>(folded), little_endian<std::uint64_t>(folded + 8), has_digit};
}

#endif

// True when the stripe holds nothing but ASCII and general punctuation, and no ampersand that may begin a reference.
inline bool is_plain(const Stripe& stripe, const char* bytes, bool entities) {
    if (entities && stripe.ampersands != 0) return false;
    std::uint64_t rest = stripe.high;
    while (rest != 0) {
        const int first = std::countr_zero(rest);
        if (first + 3 > static_cast<int>(stripe_size) || !is_general_punctuation(bytes + first)) return false;
        rest &= ~(std::uint64_t{7} << first);
    }
    return true;
}

}  // namespace dedup
