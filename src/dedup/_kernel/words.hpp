// A word of ASCII letters and digits -> its hash.
#pragma once
#include <cstddef>
#include <cstdint>

#include "hash.hpp"
#include "simd.hpp"

namespace dedup {

inline constexpr std::size_t block_size = 16;

#ifdef DEDUP_SSE2

// Mixes at most sixteen bytes of a word, in lower case and padded with zeros, into its hash. Sixteen bytes must be
// readable. The bit that makes a capital small is set in small letters and digits anyway.
inline std::uint64_t add_to_hash(std::uint64_t hash, const char* bytes, std::size_t length) {
    alignas(block_size) static constexpr unsigned char keep[2 * block_size] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    const __m128i block = _mm_or_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)), _mm_set1_epi8(0x20));
    const __m128i kept =
        _mm_and_si128(block, _mm_loadu_si128(reinterpret_cast<const __m128i*>(keep + block_size - length)));
    return fold_multiply(hash ^ static_cast<std::uint64_t>(_mm_cvtsi128_si64(kept)),
                         token_key ^ static_cast<std::uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(kept, kept))));
}

#else

inline std::uint64_t add_to_hash(std::uint64_t hash, const char* bytes, std::size_t length) {
    unsigned char folded[block_size] = {};
    for (std::size_t i = 0; i < length; ++i) folded[i] = static_cast<unsigned char>(bytes[i] | 0x20);
    return fold_multiply(hash ^ little_endian<std::uint64_t>(folded),
                         token_key ^ little_endian<std::uint64_t>(folded + 8));
}

#endif

// The hash of a plain word. Sixteen bytes from its last block on must be readable.
inline std::uint64_t hash_word(const char* bytes, std::size_t length) {
    std::uint64_t hash = token_seed;
    for (; length > block_size; bytes += block_size, length -= block_size) hash = add_to_hash(hash, bytes, block_size);
    return add_to_hash(hash, bytes, length);
}

}  // namespace dedup
