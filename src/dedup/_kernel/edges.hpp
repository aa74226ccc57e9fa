// UTF-8 -> where the words of ASCII letters and digits begin and end, as long as nothing else is in the way.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "simd.hpp"

namespace dedup {

inline constexpr std::size_t stripe_size = 64;  // bytes looked at together

// Positions where a word begins and ends, in turns, and where reading stopped. A word may be open there.
struct Edges {
    static constexpr std::size_t enough = 512;
    std::array<std::uint32_t, enough + stripe_size> at;
    std::size_t count, end;
};

// Reads stripes as long as they begin below `size`, which is below 2**32, and stops before the first character that is
// neither ASCII nor general punctuation, or an ampersand when `entities`, or when there are enough. From where a stripe
// begins, its size and two bytes more must be readable.
void find_edges(const char* bytes, std::size_t size, bool entities, SimdLevel level, Edges& edges);

}  // namespace dedup
