#include "sha1.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <utility>

#if (defined(__x86_64__) || defined(__amd64__)) && (defined(__GNUC__) || defined(__clang__))
#define DEDUP_SHA_NI 1
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace dedup {
namespace {

constexpr std::size_t block_bytes = 64;
constexpr std::size_t length_bytes = 8;
using State = std::array<std::uint32_t, 5>;
constexpr State initial = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};

std::uint32_t swap_bytes(std::uint32_t value) {
    return value << 24 | (value & 0xFF00) << 8 | (value >> 8 & 0xFF00) | value >> 24;
}

std::uint64_t head_of(std::uint32_t first, std::uint32_t second) {
    return std::uint64_t{swap_bytes(second)} << 32 | swap_bytes(first);
}

std::size_t blocks_of(std::string_view message) { return (message.size() + length_bytes) / block_bytes + 1; }

// At most 64 bytes, in pieces of fixed size that may overlap.
void copy_short(const char* from, std::size_t size, unsigned char* to) {
    if (size >= 16) {
        for (std::size_t at = 0; at + 16 < size; at += 16) std::memcpy(to + at, from + at, 16);
        std::memcpy(to + size - 16, from + size - 16, 16);
    } else if (size >= 8) {
        std::memcpy(to, from, 8);
        std::memcpy(to + size - 8, from + size - 8, 8);
    } else {
        for (std::size_t at = 0; at < size; ++at) to[at] = static_cast<unsigned char>(from[at]);
    }
}

// Block `index` of a message, padded as SHA-1 wants it.
void padded_block(std::string_view message, std::size_t index, unsigned char* block) {
    const std::size_t first = index * block_bytes;
    const std::size_t held = first < message.size() ? std::min(block_bytes, message.size() - first) : 0;
    std::memset(block, 0, block_bytes);
    copy_short(message.data() + (held > 0 ? first : 0), held, block);
    if (first <= message.size() && message.size() < first + block_bytes) block[message.size() - first] = 0x80;
    if (index + 1 == blocks_of(message)) {
        const std::uint64_t bits = std::uint64_t{message.size()} * 8;
        for (unsigned i = 0; i < length_bytes; ++i)
            block[block_bytes - 1 - i] = static_cast<unsigned char>(bits >> 8 * i);
    }
}

void compress(State& state, const unsigned char* block) {
    std::uint32_t words[80];
    for (unsigned i = 0; i < 16; ++i) {
        words[i] = std::uint32_t{block[4 * i]} << 24 | std::uint32_t{block[4 * i + 1]} << 16 |
                   std::uint32_t{block[4 * i + 2]} << 8 | block[4 * i + 3];
    }
    for (unsigned i = 16; i < 80; ++i)
        words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
    auto [a, b, c, d, e] = state;
    for (unsigned i = 0; i < 80; ++i) {
        std::uint32_t f = 0, k = 0;
        if (i < 20) {
            f = (b & c) | (~b & d), k = 0x5A827999;
        } else if (i < 40) {
            f = b ^ c ^ d, k = 0x6ED9EBA1;
        } else if (i < 60) {
            f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
        } else {
            f = b ^ c ^ d, k = 0xCA62C1D6;
        }
        const std::uint32_t next = std::rotl(a, 5) + f + e + k + words[i];
        e = d, d = c, c = std::rotl(b, 30), b = a, a = next;
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

std::uint64_t portable_head(std::string_view message) {
    State state = initial;
    unsigned char block[block_bytes];
    for (std::size_t index = 0; index < blocks_of(message); ++index) {
        padded_block(message, index, block);
        compress(state, block);
    }
    return head_of(state[0], state[1]);
}

#ifdef DEDUP_SHA_NI
#define DEDUP_SHA_TARGET __attribute__((target("sha,sse4.1,ssse3")))

bool has_sha_instructions() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (b >> 29 & 1) == 0) return false;
    return __builtin_cpu_supports("sse4.1") && __builtin_cpu_supports("ssse3");
}

// Messages of one block each, several at a time: their rounds are independent and overlap in the processor.
template <std::size_t streams>
DEDUP_SHA_TARGET inline __attribute__((always_inline)) void sha_ni_heads(const std::string_view* messages,
                                                                         std::uint64_t* heads) {
    const __m128i order = _mm_set_epi64x(0x0001020304050607, 0x08090A0B0C0D0E0F);
    const __m128i start = _mm_set_epi32(0x67452301, static_cast<int>(0xEFCDAB89), static_cast<int>(0x98BADCFE),
                                        0x10325476);
    __m128i words[streams][4], state[streams], last[streams];
    for (std::size_t s = 0; s < streams; ++s) {
        alignas(16) unsigned char block[block_bytes];
        padded_block(messages[s], 0, block);
        for (unsigned i = 0; i < 4; ++i)
            words[s][i] = _mm_shuffle_epi8(_mm_load_si128(reinterpret_cast<const __m128i*>(block + 16 * i)), order);
        state[s] = start;
        last[s] = _mm_set_epi32(static_cast<int>(0xC3D2E1F0), 0, 0, 0);
    }
#define DEDUP_FOUR_ROUNDS(group)                                                                                   \
    _Pragma("GCC unroll 4") for (std::size_t s = 0; s < streams; ++s) {                                                                    \
        __m128i& word = words[s][(group) % 4];                                                                     \
        if ((group) >= 4) {                                                                                        \
            word = _mm_sha1msg1_epu32(word, words[s][((group) + 1) % 4]);                                          \
            word = _mm_xor_si128(word, words[s][((group) + 2) % 4]);                                               \
            word = _mm_sha1msg2_epu32(word, words[s][((group) + 3) % 4]);                                          \
        }                                                                                                          \
        const __m128i mixed = (group) == 0 ? _mm_add_epi32(last[s], word) : _mm_sha1nexte_epu32(last[s], word);    \
        last[s] = state[s];                                                                                        \
        state[s] = _mm_sha1rnds4_epu32(state[s], mixed, (group) / 5);                                              \
    }
    DEDUP_FOUR_ROUNDS(0) DEDUP_FOUR_ROUNDS(1) DEDUP_FOUR_ROUNDS(2) DEDUP_FOUR_ROUNDS(3) DEDUP_FOUR_ROUNDS(4)
    DEDUP_FOUR_ROUNDS(5) DEDUP_FOUR_ROUNDS(6) DEDUP_FOUR_ROUNDS(7) DEDUP_FOUR_ROUNDS(8) DEDUP_FOUR_ROUNDS(9)
    DEDUP_FOUR_ROUNDS(10) DEDUP_FOUR_ROUNDS(11) DEDUP_FOUR_ROUNDS(12) DEDUP_FOUR_ROUNDS(13) DEDUP_FOUR_ROUNDS(14)
    DEDUP_FOUR_ROUNDS(15) DEDUP_FOUR_ROUNDS(16) DEDUP_FOUR_ROUNDS(17) DEDUP_FOUR_ROUNDS(18) DEDUP_FOUR_ROUNDS(19)
#undef DEDUP_FOUR_ROUNDS
    for (std::size_t s = 0; s < streams; ++s) {
        const __m128i sum = _mm_add_epi32(state[s], start);
        heads[s] = head_of(static_cast<std::uint32_t>(_mm_extract_epi32(sum, 3)),
                           static_cast<std::uint32_t>(_mm_extract_epi32(sum, 2)));
    }
}

DEDUP_SHA_TARGET void four_heads(const std::string_view* messages, std::uint64_t* heads) {
    sha_ni_heads<4>(messages, heads);
}

DEDUP_SHA_TARGET void one_head(const std::string_view* message, std::uint64_t* head) { sha_ni_heads<1>(message, head); }
#endif

}  // namespace

void sha1_heads(std::span<const std::string_view> messages, std::uint64_t* heads) {
#ifdef DEDUP_SHA_NI
    static const bool fast = has_sha_instructions();
    const auto is_short = [](std::string_view message) { return blocks_of(message) == 1; };
    for (std::size_t i = 0; i < messages.size();) {
        if (fast && i + 4 <= messages.size() && std::all_of(&messages[i], &messages[i] + 4, is_short)) {
            four_heads(&messages[i], heads + i);
            i += 4;
        } else {
            if (fast && is_short(messages[i]))
                one_head(&messages[i], heads + i);
            else
                heads[i] = portable_head(messages[i]);
            ++i;
        }
    }
#else
    for (std::size_t i = 0; i < messages.size(); ++i) heads[i] = portable_head(messages[i]);
#endif
}

}  // namespace dedup
