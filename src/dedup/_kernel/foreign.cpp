#include "foreign.hpp"

#include <algorithm>
#include <cstddef>

#include "hash.hpp"
#include "minimise.hpp"

namespace dedup {
namespace {

constexpr std::uint64_t mersenne = (std::uint64_t{1} << 61) - 1;

// Only the low halves count, so that the high ones need no cleaning: modulo 2**32, taking 2**61 - 1 away adds one.
struct Legacy {
    template <typename Value>
    static DEDUP_ALWAYS_INLINE void permute(const Value& a, const Value& b, const Value& h, Value& value) {
        const Value product = a * h + b;
        const Value folded = (product & mersenne) + (product >> 61);
        value = folded >= mersenne ? folded + 1 : folded;
    }
    template <typename Value>
    static DEDUP_ALWAYS_INLINE void keep_least(const Value& value, Value& least) {
#if defined(__GNUC__) || defined(__clang__)
        typedef std::uint32_t Halves __attribute__((vector_size(sizeof(Value))));
        const Halves halves = reinterpret_cast<Halves>(value), known = reinterpret_cast<Halves>(least);
        const Halves less = halves < known ? halves : known;
        least = reinterpret_cast<Value>(less);
#else
        least = std::min<Value>(value & 0xFFFFFFFF, least);
#endif
    }
};

template <typename Permutation>
std::vector<std::uint64_t> minima_of(std::span<const std::uint64_t> hashes, std::span<const std::uint64_t> a,
                                     std::span<const std::uint64_t> b, SimdLevel level) {
    std::vector<std::uint64_t> minima;
    Permutations<std::uint64_t, Permutation>(a, b, level).minimise(hashes, minima);
    return minima;
}

}  // namespace

std::vector<std::uint64_t> legacy_minima(std::span<const std::uint64_t> heads, std::span<const std::uint64_t> a,
                                         std::span<const std::uint64_t> b, SimdLevel level) {
    std::vector<std::uint64_t> hashes(heads.size());
    std::transform(heads.begin(), heads.end(), hashes.begin(), [](std::uint64_t head) { return head & 0xFFFFFFFF; });
    std::vector<std::uint64_t> minima = minima_of<Legacy>(hashes, a, b, level);
    for (std::uint64_t& least : minima) least &= 0xFFFFFFFF;
    return minima;
}

std::vector<std::uint64_t> affine64_minima(std::span<const std::uint64_t> heads, std::span<const std::uint64_t> a,
                                           std::span<const std::uint64_t> b, SimdLevel level) {
    std::vector<std::uint64_t> hashes(heads.size());
    std::transform(heads.begin(), heads.end(), hashes.begin(), fmix64);
    return minima_of<Affine>(hashes, a, b, level);
}

}  // namespace dedup
