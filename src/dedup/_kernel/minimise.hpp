// hashes x permutations -> minima, at the instruction set's speed.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include "simd.hpp"

namespace dedup {

inline constexpr std::size_t tile = 128;  // permutations are worked on in tiles of this size

// A permutation works on numbers and on vectors of numbers alike; by reference, so that wide vectors never cross
// a call between functions of different targets.
struct Affine {
    template <typename Value>
    static DEDUP_ALWAYS_INLINE void permute(const Value& a, const Value& b, const Value& h, Value& value) {
        value = a * h + b;
    }
    template <typename Value>
    static DEDUP_ALWAYS_INLINE void keep_least(const Value& value, Value& least) {
        least = value < least ? value : least;
    }
};

template <typename Number>
using Minimise = void (*)(const Number* hashes, std::size_t count, const Number* a, const Number* b, Number* minima);

#if defined(__GNUC__) || defined(__clang__)
// The minima of `lanes` permutations over all hashes, in vectors that stay in registers meanwhile.
template <typename Number, typename Permutation, std::size_t vector_bytes, std::size_t lanes>
DEDUP_ALWAYS_INLINE void minimise_lanes(const Number* hashes, std::size_t count, const Number* multipliers,
                                        const Number* increments, Number* minima) {
    typedef Number Vector __attribute__((vector_size(vector_bytes)));
    constexpr std::size_t width = vector_bytes / sizeof(Number), vectors = lanes / width;
    Vector a[vectors], b[vectors], least[vectors];
    for (std::size_t v = 0; v < vectors; ++v) {
        std::memcpy(&a[v], multipliers + v * width, vector_bytes);
        std::memcpy(&b[v], increments + v * width, vector_bytes);
        least[v] = Vector{} - 1;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const Vector h = Vector{} + hashes[i];
        for (std::size_t v = 0; v < vectors; ++v) {
            Vector value;
            Permutation::permute(a[v], b[v], h, value);
            Permutation::keep_least(value, least[v]);
        }
    }
    for (std::size_t v = 0; v < vectors; ++v) std::memcpy(minima + v * width, &least[v], vector_bytes);
}

template <typename Number, typename Permutation, std::size_t vector_bytes, std::size_t lanes>
DEDUP_ALWAYS_INLINE void minimise_tile(const Number* hashes, std::size_t count, const Number* a, const Number* b,
                                       Number* minima) {
    for (std::size_t lane = 0; lane < tile; lane += lanes)
        minimise_lanes<Number, Permutation, vector_bytes, lanes>(hashes, count, a + lane, b + lane, minima + lane);
}

template <typename Number, typename Permutation>
void minimise_baseline(const Number* hashes, std::size_t count, const Number* a, const Number* b, Number* minima) {
    minimise_tile<Number, Permutation, 16, 64 / sizeof(Number)>(hashes, count, a, b, minima);
}
#else
template <typename Number, typename Permutation>
void minimise_baseline(const Number* hashes, std::size_t count, const Number* a, const Number* b, Number* minima) {
    std::fill_n(minima, tile, static_cast<Number>(-1));
    for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t lane = 0; lane < tile; ++lane) {
            Number value;
            Permutation::permute(a[lane], b[lane], hashes[i], value);
            Permutation::keep_least(value, minima[lane]);
        }
    }
}
#endif

#ifdef DEDUP_X86_LEVELS
template <typename Number, typename Permutation>
__attribute__((target("arch=x86-64-v3"))) void minimise_v3(const Number* hashes, std::size_t count, const Number* a,
                                                           const Number* b, Number* minima) {
    minimise_tile<Number, Permutation, 32, 256 / sizeof(Number)>(hashes, count, a, b, minima);
}

template <typename Number, typename Permutation>
__attribute__((target("arch=x86-64-v4"))) void minimise_v4(const Number* hashes,
                                                                                   std::size_t count, const Number* a,
                                                                                   const Number* b, Number* minima) {
    minimise_tile<Number, Permutation, 64, 512 / sizeof(Number)>(hashes, count, a, b, minima);
}

template <typename Number, typename Permutation>
inline constexpr Minimise<Number> minimisers[] = {
    minimise_baseline<Number, Permutation>, minimise_v3<Number, Permutation>, minimise_v4<Number, Permutation>};
#else
template <typename Number, typename Permutation>
inline constexpr Minimise<Number> minimisers[] = {minimise_baseline<Number, Permutation>,
                                                  minimise_baseline<Number, Permutation>,
                                                  minimise_baseline<Number, Permutation>};
#endif

// A set of permutations, padded to whole tiles.
template <typename Number, typename Permutation>
class Permutations {
  public:
    Permutations(std::span<const Number> a, std::span<const Number> b, SimdLevel level)
        : size_(a.size()), a_(a.begin(), a.end()), b_(b.begin(), b.end()), level_(level) {
        const std::size_t padded = (size_ + tile - 1) / tile * tile;
        a_.resize(padded);
        b_.resize(padded);
    }

    std::size_t size() const { return size_; }

    // Appends one minimum per permutation; all ones when there are no hashes.
    void minimise(std::span<const Number> hashes, std::vector<Number>& minima) const {
        const std::size_t first = minima.size();
        minima.resize(first + a_.size());
        for (std::size_t lane = 0; lane < a_.size(); lane += tile)
            minimisers<Number, Permutation>[static_cast<std::size_t>(level_)](hashes.data(), hashes.size(), &a_[lane],
                                                                              &b_[lane], &minima[first + lane]);
        minima.resize(first + size_);
    }

  private:
    std::size_t size_;
    std::vector<Number> a_, b_;
    SimdLevel level_;
};

}  // namespace dedup
