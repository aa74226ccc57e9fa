// The mixing functions every stage shares; reference/ defines them.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>

namespace dedup {

inline constexpr std::uint64_t token_seed = 0xFF51AFD7ED558CCF;
inline constexpr std::uint64_t token_key = 0xF8B7C1E9A35D2F4B;
inline constexpr std::uint64_t shingle_base = 0x9E3779B97F4A7C15;
inline constexpr std::uint64_t shingle_mix = 0xD6E8FEB86659FD93;

inline std::uint64_t fold_multiply(std::uint64_t left, std::uint64_t right) {
#if defined(__SIZEOF_INT128__)
    __extension__ using wide = unsigned __int128;
    const wide product = static_cast<wide>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
#else
    const std::uint64_t a = left >> 32, b = left & 0xFFFFFFFF, c = right >> 32, d = right & 0xFFFFFFFF;
    const std::uint64_t low = b * d, cross = a * d + (low >> 32), other = b * c + (cross & 0xFFFFFFFF);
    return (a * c + (cross >> 32) + (other >> 32)) ^ (other << 32 | (low & 0xFFFFFFFF));
#endif
}

template <typename Integer>
Integer little_endian(const void* bytes) {
    Integer value;
    std::memcpy(&value, bytes, sizeof value);
    if constexpr (std::endian::native == std::endian::big) {
        Integer swapped = 0;
        for (std::size_t i = 0; i < sizeof value; ++i) {
            swapped = static_cast<Integer>(swapped << 8 | (value & 0xFF));
            value = static_cast<Integer>(value >> 8);
        }
        value = swapped;
    }
    return value;
}

inline std::uint64_t finish_shingle(std::uint64_t value) {
    value = (value ^ value >> 32) * shingle_mix;
    return value ^ value >> 32;
}

inline std::uint32_t fmix32(std::uint32_t value) {
    value = (value ^ value >> 16) * 0x85EBCA6B;
    value = (value ^ value >> 13) * 0xC2B2AE35;
    return value ^ value >> 16;
}

inline std::uint64_t fmix64(std::uint64_t value) {
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD;
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53;
    return value ^ value >> 33;
}

}  // namespace dedup
