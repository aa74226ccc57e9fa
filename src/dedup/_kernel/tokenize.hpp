// UTF-8 -> tokens with their hashes, offsets and flags.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "simd.hpp"

namespace dedup {

enum Flag : std::uint8_t { digit = 1, capital = 2, sentence_start = 4, line_start = 8, own_token = 16 };

struct Tokens {
    std::vector<std::uint64_t> hashes;
    std::vector<std::uint32_t> starts, ends;  // code points of the text
    std::vector<std::uint8_t> flags;
};

// Accepts any bytes. Reference: reference/, tokenize.
Tokens tokenize(std::string_view text, bool entities, SimdLevel level = SimdLevel::baseline);

// Where tokens begin and end.
struct Places {
    std::vector<std::uint32_t> starts, ends;
};

// The hashes alone, at the beginning of `buffer`, which only ever grows; with `places`, also the bytes where the tokens
// are, in the same way.
std::span<const std::uint64_t> hash_tokens(std::string_view text, bool entities, std::vector<std::uint64_t>& buffer,
                                           SimdLevel level = SimdLevel::baseline,
                                           Places* places = nullptr);

// Makes code points of the first `count` places, which are bytes of the text.
void count_points(std::string_view text, std::size_t count, Places& places);

const char* unicode_version();

}  // namespace dedup
