#include "sketch.hpp"

#include <algorithm>

#include "hash.hpp"

namespace dedup {
namespace {

#if defined(__GNUC__) || defined(__clang__)
#define DEDUP_ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define DEDUP_ALWAYS_INLINE inline
#endif

constexpr std::size_t lanes = 64;  // permutations that stay in registers while all shingles pass

// One block of permutations over all shingles; the compiler turns the lanes into vectors of the target.
DEDUP_ALWAYS_INLINE void minimise(std::span<const std::uint32_t> mixed, const std::uint32_t* multipliers,
                                  const std::uint32_t* increments, std::uint32_t* minima) {
    std::uint32_t a[lanes], b[lanes], least[lanes];
    std::copy_n(multipliers, lanes, a);
    std::copy_n(increments, lanes, b);
    std::fill_n(least, lanes, 0xFFFFFFFFu);
    for (const std::uint32_t x : mixed) {
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const std::uint32_t value = a[lane] * x + b[lane];
            least[lane] = value < least[lane] ? value : least[lane];
        }
    }
    std::copy_n(least, lanes, minima);
}

using Minimise = void (*)(std::span<const std::uint32_t>, const std::uint32_t*, const std::uint32_t*, std::uint32_t*);

void minimise_baseline(std::span<const std::uint32_t> mixed, const std::uint32_t* a, const std::uint32_t* b,
                       std::uint32_t* minima) {
    minimise(mixed, a, b, minima);
}

#ifdef DEDUP_X86_LEVELS
__attribute__((target("arch=x86-64-v3"))) void minimise_v3(std::span<const std::uint32_t> mixed, const std::uint32_t* a,
                                                           const std::uint32_t* b, std::uint32_t* minima) {
    minimise(mixed, a, b, minima);
}

__attribute__((target("arch=x86-64-v4,prefer-vector-width=512"))) void minimise_v4(
    std::span<const std::uint32_t> mixed, const std::uint32_t* a, const std::uint32_t* b, std::uint32_t* minima) {
    minimise(mixed, a, b, minima);
}

constexpr Minimise minimisers[] = {minimise_baseline, minimise_v3, minimise_v4};
#else
constexpr Minimise minimisers[] = {minimise_baseline, minimise_baseline, minimise_baseline};
#endif

}  // namespace

std::vector<std::uint64_t> shingle(std::span<const std::uint64_t> tokens, std::size_t width) {
    if (tokens.empty()) return {};
    width = std::clamp<std::size_t>(width, 1, tokens.size());
    std::vector<std::uint64_t> values(tokens.size() - width + 1);
    for (std::size_t first = 0; first < values.size(); ++first) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < width; ++i) value = value * shingle_base + tokens[first + i];
        values[first] = finish_shingle(value);
    }
    return values;
}

std::vector<std::uint32_t> sign(std::span<const std::uint64_t> shingles, std::span<const std::uint32_t> multipliers,
                                std::span<const std::uint32_t> increments, SimdLevel level) {
    std::vector<std::uint32_t> mixed(shingles.size());
    std::transform(shingles.begin(), shingles.end(), mixed.begin(),
                   [](std::uint64_t value) { return fmix32(static_cast<std::uint32_t>(value >> 32)); });
    const std::size_t size = multipliers.size();
    const std::size_t padded = (size + lanes - 1) / lanes * lanes;
    std::vector<std::uint32_t> a(padded), b(padded), minima(padded);
    std::copy(multipliers.begin(), multipliers.end(), a.begin());
    std::copy(increments.begin(), increments.end(), b.begin());
    for (std::size_t block = 0; block < padded; block += lanes)
        minimisers[static_cast<std::size_t>(level)](mixed, &a[block], &b[block], &minima[block]);
    minima.resize(size);
    return minima;
}

}  // namespace dedup
