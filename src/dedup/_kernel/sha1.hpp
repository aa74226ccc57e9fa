// bytes -> the first eight bytes of their SHA-1 (FIPS 180-4), as datasketch hashes tokens.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "simd.hpp"

namespace dedup {

// heads[i]: the first eight bytes of the digest of messages[i], read as a little-endian number.
void sha1_heads(std::span<const std::string_view> messages, SimdLevel level, std::uint64_t* heads);

}  // namespace dedup
