// UTF-8 bytes -> characters with their class and folded form.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

#include "hash.hpp"
#include "unicode_tables.hpp"

namespace dedup {

enum Class : std::uint8_t { other, ignored, space, letter, mark, upper, number, own, line_break, stop, wide_stop };

inline constexpr std::uint32_t no_character = 0xFFFD;
inline constexpr std::uint32_t ampersand = '&';
inline constexpr std::uint32_t hangul_first = 0xAC00, hangul_last = 0xD7A3;

inline bool is_hangul(std::uint32_t point) { return point >= hangul_first && point <= hangul_last; }

// In the block that most Han text is written with: tokens of their own that fold to themselves.
inline bool is_unified_ideograph(std::uint32_t point) { return point >= 0x4E00 && point <= 0x9FFF; }

struct Character {
    std::uint32_t point;
    std::uint32_t bytes;   // of the text
    std::uint32_t points;  // of the text
};

inline bool continues(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// Surrogates pass; any other ill-formed byte is one U+FFFD.
inline Character decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i])); };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80) return {lead, 1, 1};
    if (lead >= 0xC2 && lead < 0xE0 && continues(text, at + 1)) return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2, 1};
    if (lead >= 0xE0 && lead < 0xF0 && continues(text, at + 1) && continues(text, at + 2)) {
        const std::uint32_t point = (lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
        if (point >= 0x800) return {point, 3, 1};
    }
    if (lead >= 0xF0 && lead < 0xF5 && continues(text, at + 1) && continues(text, at + 2) && continues(text, at + 3)) {
        const std::uint32_t point =
            (lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
        if (point >= 0x10000 && point <= 0x10FFFF) return {point, 4, 1};
    }
    return {no_character, 1, 1};
}

struct Encoded {
    std::uint32_t point;
    std::uint32_t bytes;  // the first is the lowest
    unsigned size;        // 0 when it is longer than three bytes, or ill-formed
};

// Four bytes must be readable.
inline Encoded read_encoded(const char* at) {
    const auto word = little_endian<std::uint32_t>(at);
    if ((word & 0x80) == 0) return {word & 0x7F, word & 0x7F, 1};
    if ((word & 0xC0E0) == 0x80C0 && (word & 0x1E) != 0) return {(word & 0x1F) << 6 | (word >> 8 & 0x3F), word & 0xFFFF, 2};
    const std::uint32_t point = (word & 0x0F) << 12 | (word >> 2 & 0xFC0) | (word >> 16 & 0x3F);
    if ((word & 0xC0C0F0) == 0x8080E0 && point >= 0x800) return {point, word & 0xFFFFFF, 3};
    return {0, 0, 0};
}

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

inline std::uint32_t from_number(std::uint32_t point) {
    if (point >= 128 && point < 160) return tables::numeric_references[point - 128];
    if (point == 0 || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return no_character;
    return point;
}

// The code point an entity name stands for, or 0.
inline std::uint32_t from_name(std::string_view name) {
    const auto at = [](std::size_t i) {
        return std::string_view(tables::entity_names + tables::entity_starts[i],
                                tables::entity_starts[i + 1] - tables::entity_starts[i]);
    };
    std::size_t low = 0, high = std::size(tables::entity_points);
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (at(middle) < name)
            low = middle + 1;
        else
            high = middle;
    }
    return low < std::size(tables::entity_points) && at(low) == name ? tables::entity_points[low] : 0;
}

// One character reference whose "&" stands at `at`; `points` is 0 when there is none.
inline Character single_reference(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    std::uint32_t point = 0;
    if (end < text.size() && text[end] == '#') {
        ++end;
        const bool hexadecimal = end < text.size() && (text[end] == 'x' || text[end] == 'X');
        end += hexadecimal;
        const std::size_t first = end;
        std::uint64_t value = 0;
        for (; end < text.size() && end - first < 8; ++end) {
            const char c = text[end];
            if (hexadecimal ? !is_hexadecimal(c) : !is_digit(c)) break;
            value = value * (hexadecimal ? 16 : 10) + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        if (end == first) return {0, 0, 0};
        point = from_number(static_cast<std::uint32_t>(std::min<std::uint64_t>(value, 0xFFFFFFFF)));
    } else {
        const std::size_t first = end;
        while (end < text.size() && end - first < 31 && (is_alpha(text[end]) || (end > first && is_digit(text[end])))) ++end;
        if (end - first < 2) return {0, 0, 0};
        if (end >= text.size() || text[end] != ';') return {0, 0, 0};
        point = from_name(text.substr(first, end - first));
        if (point == 0) return {0, 0, 0};
    }
    if (end >= text.size() || text[end] != ';') return {0, 0, 0};
    const auto length = static_cast<std::uint32_t>(end + 1 - at);
    return {point, length, length};
}

// The ";" of an escaped "&" serves as the "&" of the next reference, however often that happened.
inline Character character_reference(std::string_view text, std::size_t at) {
    Character found{0, 0, 0};
    std::size_t inner = at;
    for (;;) {
        const Character next = single_reference(text, inner);
        if (next.points == 0) return found;
        const auto length = static_cast<std::uint32_t>(inner + next.bytes - at);
        found = {next.point, length, length};
        if (next.point != ampersand) return found;
        inner = at + length - 1;
    }
}

struct Form {
    std::uint64_t bytes;  // the first is the lowest; zeros above the last
    unsigned size;
};

// The folded form that a cell points to, from byte `at` on; of more than eight bytes left, the first eight.
inline Form form_of(std::uint32_t fold, unsigned at = 0) {
    const unsigned char* const form = tables::pool + std::size_t{8} * fold;
    const unsigned size = form[0] - at;
    return {little_endian<std::uint64_t>(form + 1 + at) & ~std::uint64_t{0} >> (64 - 8 * std::min(size, 8u)), size};
}

inline std::uint32_t cell_of(std::uint32_t point) {
    if (point < std::size(tables::direct)) return tables::direct[point];
    const std::uint32_t tile = tables::stage2[std::size_t{tables::stage1[point >> 9]} << 5 | (point >> 4 & 31)];
    return tables::stage3[std::size_t{tile} << 4 | (point & 15)];
}

}  // namespace dedup
