// distinct hashes of words or shingles -> numbers 0, 1, 2 ... in the order they are met; most that are not there are told at once.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dedup {

class Set {
  public:
    static constexpr std::uint32_t none = 0xFFFFFFFF;

    explicit Set(std::size_t most) : slots_(std::bit_ceil(2 * most + 2), none), hints_(std::bit_ceil(8 * most + 8), 0) {
        keys_.reserve(most);
    }

    // The number of a hash, new or not.
    std::uint32_t add(std::uint64_t key) {
        std::uint32_t& number = slots_[seek(key)];
        if (number == none) {
            number = static_cast<std::uint32_t>(keys_.size());
            keys_.push_back(key);
            hints_[key & (hints_.size() - 1)] = 1;
        }
        return number;
    }

    // Puts those of some hashes that are here into `kept`, which is as long, in order, with a few that are not; returns
    // how many.
    std::size_t sift(std::span<const std::uint64_t> keys, std::uint64_t* kept) const {
        const std::uint8_t* const hints = hints_.data();
        const std::size_t mask = hints_.size() - 1;
        std::size_t count = 0;
        for (const std::uint64_t key : keys) {
            kept[count] = key;
            count += hints[key & mask];
        }
        return count;
    }

    bool may_have(std::uint64_t key) const { return hints_[key & (hints_.size() - 1)] != 0; }

    // The number of a hash, or `none`.
    std::uint32_t find(std::uint64_t key) const { return slots_[seek(key)]; }

    const std::vector<std::uint64_t>& keys() const { return keys_; }

  private:
    std::size_t seek(std::uint64_t key) const {
        std::size_t at = static_cast<std::size_t>(key >> 32) & (slots_.size() - 1);
        while (slots_[at] != none && keys_[slots_[at]] != key) at = (at + 1) & (slots_.size() - 1);
        return at;
    }
    std::vector<std::uint32_t> slots_;
    std::vector<std::uint8_t> hints_;  // whether a hash with these low bits is here: most that are not are told by it
    std::vector<std::uint64_t> keys_;
};

}  // namespace dedup
