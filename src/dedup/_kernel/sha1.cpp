#include "sha1.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

#ifdef DEDUP_X86_LEVELS
#include "intrinsics.hpp"
#endif

namespace dedup {
namespace {

constexpr std::size_t block_bytes = 64, words_in_block = 16, rounds = 80;
constexpr std::size_t longest_in_one_block = 55;  // one byte more and eight of length
constexpr std::array<std::uint32_t, 5> initial = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};

constexpr std::uint32_t swap_bytes(std::uint32_t value) {
    return value << 24 | (value & 0xFF00) << 8 | (value >> 8 & 0xFF00) | value >> 24;
}

// What a round does to a 32-bit word, or to a vector of words of as many messages.
struct Operations {
    template <unsigned bits, typename Vector>
    static DEDUP_ALWAYS_INLINE void rotate(const Vector& value, Vector& result) {
        result = value << bits | value >> (32 - bits);
    }
    template <typename Vector>
    static DEDUP_ALWAYS_INLINE void choose(const Vector& b, const Vector& c, const Vector& d, Vector& result) {
        result = d ^ (b & (c ^ d));
    }
    template <typename Vector>
    static DEDUP_ALWAYS_INLINE void parity(const Vector& b, const Vector& c, const Vector& d, Vector& result) {
        result = b ^ c ^ d;
    }
    template <typename Vector>
    static DEDUP_ALWAYS_INLINE void majority(const Vector& b, const Vector& c, const Vector& d, Vector& result) {
        result = (b & c) | (d & (b | c));
    }
};

// A lane is one message.
template <typename Lanes>
struct State {
    typename Lanes::Vector a, b, c, d, e;
};

template <typename Lanes>
using Words = typename Lanes::Vector[words_in_block];

template <typename Lanes>
DEDUP_ALWAYS_INLINE void round(State<Lanes>& state, Words<Lanes>& words, std::size_t index) {
    typename Lanes::Vector mixed, turned;
    auto& word = words[index % 16];
    if (index >= 16) {
        Lanes::parity(words[(index - 3) % 16], words[(index - 8) % 16], words[(index - 14) % 16], mixed);
        mixed ^= word;
        Lanes::template rotate<1>(mixed, word);
    }
    constexpr std::array<std::uint32_t, 4> constants = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
    if (index < 20)
        Lanes::choose(state.b, state.c, state.d, mixed);
    else if (index >= 40 && index < 60)
        Lanes::majority(state.b, state.c, state.d, mixed);
    else
        Lanes::parity(state.b, state.c, state.d, mixed);
    Lanes::template rotate<5>(state.a, turned);
    turned += mixed + (state.e + (word + constants[index / 20]));
    state.e = state.d;
    state.d = state.c;
    Lanes::template rotate<30>(state.b, state.c);
    state.b = state.a;
    state.a = turned;
}

template <typename Lanes>
DEDUP_ALWAYS_INLINE void add(const State<Lanes>& before, State<Lanes>& state) {
    state.a += before.a;
    state.b += before.b;
    state.c += before.c;
    state.d += before.d;
    state.e += before.e;
}

// Unrolled, with what depends on the index settled.
template <typename Lanes, std::size_t... index>
DEDUP_ALWAYS_INLINE void compress(State<Lanes>& state, Words<Lanes>& words, std::index_sequence<index...>) {
    const State<Lanes> before = state;
    (round<Lanes>(state, words, index), ...);
    add<Lanes>(before, state);
}

template <typename Lanes>
DEDUP_ALWAYS_INLINE void start(State<Lanes>& state) {
    const typename Lanes::Vector zero{};
    state = {zero + initial[0], zero + initial[1], zero + initial[2], zero + initial[3], zero + initial[4]};
}

// At most 64 bytes, in pieces of fixed size that may overlap.
void copy_short(const char* from, std::size_t size, unsigned char* to) {
    if (size >= 16) {
        for (std::size_t at = 0; at + 16 < size; at += 16) std::memcpy(to + at, from + at, 16);
        std::memcpy(to + size - 16, from + size - 16, 16);
    } else if (size >= 8) {
        std::memcpy(to, from, 8);
        std::memcpy(to + size - 8, from + size - 8, 8);
    } else if (size >= 4) {
        std::memcpy(to, from, 4);
        std::memcpy(to + size - 4, from + size - 4, 4);
    } else {
        for (std::size_t at = 0; at < size; ++at) to[at] = static_cast<unsigned char>(from[at]);
    }
}

std::size_t blocks_of(std::string_view message) { return (message.size() + 8) / block_bytes + 1; }

// The words of block `index` of a message, padded as SHA-1 wants it.
void read_block(std::string_view message, std::size_t index, std::uint32_t* words, std::size_t stride) {
    unsigned char block[block_bytes] = {};
    const std::size_t first = index * block_bytes;
    const std::size_t held = first < message.size() ? std::min(block_bytes, message.size() - first) : 0;
    copy_short(message.data() + (held > 0 ? first : 0), held, block);
    if (first <= message.size() && message.size() < first + block_bytes) block[message.size() - first] = 0x80;
    for (std::size_t i = 0; i < words_in_block; ++i)
        words[i * stride] = std::uint32_t{block[4 * i]} << 24 | std::uint32_t{block[4 * i + 1]} << 16 |
                            std::uint32_t{block[4 * i + 2]} << 8 | block[4 * i + 3];
    if (index + 1 != blocks_of(message)) return;
    words[14 * stride] = static_cast<std::uint32_t>(std::uint64_t{message.size()} >> 29);
    words[15 * stride] = static_cast<std::uint32_t>(std::uint64_t{message.size()} << 3);
}

std::uint64_t head_of(std::uint32_t a, std::uint32_t b) { return std::uint64_t{swap_bytes(b)} << 32 | swap_bytes(a); }

// The first words of each lane's hash.
template <typename Lanes>
DEDUP_ALWAYS_INLINE void read_heads(const State<Lanes>& state, std::uint64_t* heads) {
    std::uint32_t first[Lanes::lanes], second[Lanes::lanes];
    std::memcpy(first, &state.a, sizeof first);
    std::memcpy(second, &state.b, sizeof second);
    for (std::size_t i = 0; i < Lanes::lanes; ++i) heads[i] = head_of(first[i], second[i]);
}

// Messages of one block each, as many at a time as there are lanes.
template <typename Lanes>
DEDUP_ALWAYS_INLINE void heads_of(const std::string_view* messages, std::uint64_t* heads) {
    Words<Lanes> words;
    Lanes::read(messages, words);
    State<Lanes> state;
    start<Lanes>(state);
    compress<Lanes>(state, words, std::make_index_sequence<rounds>{});
    read_heads<Lanes>(state, heads);
}

template <typename Lanes>
DEDUP_ALWAYS_INLINE void read_blocks(const std::string_view* messages, Words<Lanes>& words) {
    std::uint32_t rows[words_in_block][Lanes::lanes];
    for (std::size_t i = 0; i < Lanes::lanes; ++i) read_block(messages[i], 0, &rows[0][i], Lanes::lanes);
    std::memcpy(words, rows, sizeof rows);
}

struct FewLanes : Operations {
#if defined(__GNUC__) || defined(__clang__)
    typedef std::uint32_t Vector __attribute__((vector_size(16)));
    static constexpr std::size_t lanes = 4;
#else
    using Vector = std::uint32_t;
    static constexpr std::size_t lanes = 1;
#endif
};

// For old machines and long messages: small.
void compress_few(State<FewLanes>& state, Words<FewLanes>& words) {
    const State<FewLanes> before = state;
    for (std::size_t index = 0; index < rounds; ++index) round<FewLanes>(state, words, index);
    add<FewLanes>(before, state);
}

void heads_baseline(const std::string_view* messages, std::uint64_t* heads) {
    Words<FewLanes> words;
    read_blocks<FewLanes>(messages, words);
    State<FewLanes> state;
    start<FewLanes>(state);
    compress_few(state, words);
    read_heads<FewLanes>(state, heads);
}

// Of a message of any length, which has the first lane to itself.
std::uint64_t any_head(std::string_view message) {
    State<FewLanes> state;
    start<FewLanes>(state);
    for (std::size_t index = 0; index < blocks_of(message); ++index) {
        std::uint32_t rows[words_in_block][FewLanes::lanes] = {};
        read_block(message, index, &rows[0][0], FewLanes::lanes);
        Words<FewLanes> words;
        std::memcpy(words, rows, sizeof rows);
        compress_few(state, words);
    }
    std::uint64_t heads[FewLanes::lanes];
    read_heads<FewLanes>(state, heads);
    return heads[0];
}

constexpr std::size_t most_lanes = 16;

// A function that hashes `lanes` messages of one block each.
struct Group {
    std::size_t lanes;
    void (*heads)(const std::string_view* messages, std::uint64_t* heads);
};

#ifdef DEDUP_X86_LEVELS
#define DEDUP_V3 __attribute__((target("arch=x86-64-v3")))
#define DEDUP_V4 __attribute__((target("arch=x86-64-v4")))

struct EightLanes : Operations {
    typedef std::uint32_t Vector __attribute__((vector_size(32)));
    static constexpr std::size_t lanes = 8;
    static DEDUP_ALWAYS_INLINE void read(const std::string_view* messages, Words<EightLanes>& words) {
        read_blocks<EightLanes>(messages, words);
    }
};

DEDUP_V3 void heads_v3(const std::string_view* messages, std::uint64_t* heads) { heads_of<EightLanes>(messages, heads); }

struct SixteenLanes : Operations {
    typedef std::uint32_t Vector __attribute__((vector_size(64)));
    static constexpr std::size_t lanes = 16;

    template <int table>
    DEDUP_V4 static inline void combine(const Vector& b, const Vector& c, const Vector& d, Vector& result) {
        result = reinterpret_cast<Vector>(_mm512_ternarylogic_epi32(
            reinterpret_cast<__m512i>(b), reinterpret_cast<__m512i>(c), reinterpret_cast<__m512i>(d), table));
    }
    DEDUP_V4 static inline void choose(const Vector& b, const Vector& c, const Vector& d, Vector& result) {
        combine<0xCA>(b, c, d, result);
    }
    DEDUP_V4 static inline void parity(const Vector& b, const Vector& c, const Vector& d, Vector& result) {
        combine<0x96>(b, c, d, result);
    }
    DEDUP_V4 static inline void majority(const Vector& b, const Vector& c, const Vector& d, Vector& result) {
        combine<0xE8>(b, c, d, result);
    }

    // Loads each message whole, then turns four rows of four words at a time.
    DEDUP_V4 static inline void read(const std::string_view* messages, Vector (&words)[words_in_block]) {
        alignas(block_bytes) unsigned char rows[lanes][block_bytes];
        std::uint32_t bits[lanes];
        std::size_t longest = 0;
        for (std::size_t i = 0; i < lanes; ++i) {
            const std::size_t size = messages[i].size();
            const __mmask64 end = std::uint64_t{1} << size;
            const __m512i row = _mm512_maskz_loadu_epi8(end - 1, messages[i].data());
            _mm512_store_si512(rows[i], _mm512_mask_mov_epi8(row, end, _mm512_set1_epi8(-128)));
            bits[i] = static_cast<std::uint32_t>(8 * size);
            longest = std::max(longest, size);
        }
        for (std::size_t quarter = 0; quarter < 4; ++quarter) {
            Vector* const out = words + 4 * quarter;
            if (16 * quarter <= longest)
                turn(rows[0] + 16 * quarter, out);
            else
                out[0] = out[1] = out[2] = out[3] = Vector{};
        }
        std::memcpy(&words[15], bits, sizeof bits);
    }

    DEDUP_V4 static inline __m512i four_rows(const unsigned char* first) {
        const auto row = [&](std::size_t i) { return _mm_load_si128(reinterpret_cast<const __m128i*>(first + i * 4 * block_bytes)); };
        const __m512i two = _mm512_inserti32x4(_mm512_castsi128_si512(row(0)), row(1), 1);
        return _mm512_inserti32x4(_mm512_inserti32x4(two, row(2), 2), row(3), 3);
    }

    DEDUP_V4 static inline void turn(const unsigned char* rows, Vector* words) {
        const __m512i a = four_rows(rows), b = four_rows(rows + block_bytes), c = four_rows(rows + 2 * block_bytes),
                      d = four_rows(rows + 3 * block_bytes);
        const __m512i low = _mm512_unpacklo_epi32(a, b), high = _mm512_unpackhi_epi32(a, b);
        const __m512i low2 = _mm512_unpacklo_epi32(c, d), high2 = _mm512_unpackhi_epi32(c, d);
        const __m512i order = _mm512_set4_epi32(0x0C0D0E0F, 0x08090A0B, 0x04050607, 0x00010203);
        words[0] = reinterpret_cast<Vector>(_mm512_shuffle_epi8(_mm512_unpacklo_epi64(low, low2), order));
        words[1] = reinterpret_cast<Vector>(_mm512_shuffle_epi8(_mm512_unpackhi_epi64(low, low2), order));
        words[2] = reinterpret_cast<Vector>(_mm512_shuffle_epi8(_mm512_unpacklo_epi64(high, high2), order));
        words[3] = reinterpret_cast<Vector>(_mm512_shuffle_epi8(_mm512_unpackhi_epi64(high, high2), order));
    }
};

DEDUP_V4 void heads_v4(const std::string_view* messages, std::uint64_t* heads) {
    heads_of<SixteenLanes>(messages, heads);
}

constexpr Group groups[] = {{FewLanes::lanes, heads_baseline}, {8, heads_v3}, {16, heads_v4}};
#else
constexpr Group narrow = {FewLanes::lanes, heads_baseline};
constexpr Group groups[] = {narrow, narrow, narrow};
#endif

// The same of messages that do not lie side by side, some of them long.
void scattered_heads(std::span<const std::string_view> messages, const std::vector<std::size_t>& places,
                     const Group& group, std::uint64_t* heads) {
    std::array<std::string_view, most_lanes> held;
    std::array<std::uint64_t, most_lanes> made;
    std::array<std::size_t, most_lanes> homes;
    std::size_t count = 0;
    const auto work_off = [&] {
        group.heads(held.data(), made.data());
        for (std::size_t i = 0; i < count; ++i) heads[homes[i]] = made[i];
        count = 0;
    };
    for (const std::size_t place : places) {
        if (messages[place].size() > longest_in_one_block) {
            heads[place] = any_head(messages[place]);
            continue;
        }
        held[count] = messages[place];
        homes[count] = place;
        if (++count == group.lanes) work_off();
    }
    if (count > 0) work_off();
}

}  // namespace

void sha1_heads(std::span<const std::string_view> messages, SimdLevel level, std::uint64_t* heads) {
    const Group& group = groups[static_cast<std::size_t>(level)];
    const auto is_short = [](std::string_view message) { return message.size() <= longest_in_one_block; };
    std::vector<std::size_t> left;
    std::size_t i = 0;
    for (; i + group.lanes <= messages.size(); i += group.lanes) {
        if (std::all_of(&messages[i], &messages[i] + group.lanes, is_short))
            group.heads(&messages[i], heads + i);
        else
            for (std::size_t each = i; each < i + group.lanes; ++each) left.push_back(each);
    }
    for (; i < messages.size(); ++i) left.push_back(i);
    scattered_heads(messages, left, group, heads);
}

}  // namespace dedup
