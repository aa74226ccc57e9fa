// One code point -> its bytes in UTF-8; surrogates pass.
#pragma once
#include <cstdint>

namespace dedup {

struct Utf8 {
    std::uint32_t bytes;  // the first is the lowest
    unsigned size;
};

inline Utf8 encode_utf8(std::uint32_t point) {
    if (point < 0x80) return {point, 1};
    const std::uint32_t last = 0x80 | (point & 0x3F), third = 0x80 | (point >> 6 & 0x3F);
    if (point < 0x800) return {0xC0 | point >> 6 | last << 8, 2};
    if (point < 0x10000) return {0xE0 | point >> 12 | third << 8 | last << 16, 3};
    return {0xF0 | point >> 18 | (0x80 | (point >> 12 & 0x3F)) << 8 | third << 16 | last << 24, 4};
}

}  // namespace dedup
