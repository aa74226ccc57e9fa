// One code point -> its bytes in UTF-8; surrogates pass.
#pragma once
#include <cstdint>

namespace dedup {

// Calls `take` with each byte.
template <typename Take>
void encode_utf8(std::uint32_t point, Take take) {
    const auto add = [&take](std::uint32_t byte) { take(static_cast<unsigned char>(byte)); };
    if (point < 0x80) {
        add(point);
    } else if (point < 0x800) {
        add(0xC0 | point >> 6);
        add(0x80 | (point & 0x3F));
    } else {
        if (point < 0x10000) {
            add(0xE0 | point >> 12);
        } else {
            add(0xF0 | point >> 18);
            add(0x80 | (point >> 12 & 0x3F));
        }
        add(0x80 | (point >> 6 & 0x3F));
        add(0x80 | (point & 0x3F));
    }
}

}  // namespace dedup
