// distinct 64-bit values -> numbers 0, 1, 2 ... in the order they are met.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "hash.hpp"

namespace dedup {

// Open addressing with linear probing, sized for `most` values and never grown.
class Numbering {
  public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    explicit Numbering(std::size_t most) : slots_(std::bit_ceil(2 * most + 2), none), mask_(slots_.size() - 1) {
        values_.reserve(most);
    }

    // The number of `value`, which is new when it equals the size before.
    std::uint32_t number(std::uint64_t value) {
        const std::size_t at = seek(value);
        if (slots_[at] == none) {
            slots_[at] = static_cast<std::uint32_t>(values_.size());
            values_.push_back(value);
        }
        return slots_[at];
    }

    // The number of `value`, or `none`.
    std::uint32_t find(std::uint64_t value) const { return slots_[seek(value)]; }

    std::size_t size() const { return values_.size(); }

  private:
    std::size_t seek(std::uint64_t value) const {
        std::size_t at = static_cast<std::size_t>(value * shingle_base >> 32) & mask_;
        while (slots_[at] != none && values_[slots_[at]] != value) at = (at + 1) & mask_;
        return at;
    }

    std::vector<std::uint32_t> slots_;
    std::vector<std::uint64_t> values_;
    std::size_t mask_;
};

}  // namespace dedup
