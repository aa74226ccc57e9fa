#include "cover.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "sketch.hpp"

namespace dedup {

namespace {

using Tokens = std::span<const std::uint64_t>;
using Bytes = std::vector<std::uint8_t>;
using Numbers = std::vector<std::uint32_t>;

constexpr std::uint8_t is_furniture = 2;
constexpr std::uint32_t in_source = 2, anywhere = 5;  // others that must repeat a run: of the same source, or of any

// Distinct hashes, mixed already, numbered in the order they are met.
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
    std::size_t sift(Tokens keys, std::uint64_t* kept) const {
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
    Numbers slots_;
    Bytes hints_;  // whether a hash with these low bits is here: most that are not are told by it
    std::vector<std::uint64_t> keys_;
};

// How many tokens count, and how many of them stand in a shingle that is shared.
template <typename IsShared>
std::pair<std::uint32_t, std::uint32_t> count(std::size_t tokens, std::size_t shingles,
                                              std::span<const std::uint8_t> marks, std::uint8_t without,
                                              IsShared is_shared) {
    std::uint32_t own = 0, covered = 0;
    std::size_t end = 0;  // of the last shared shingle
    for (std::size_t at = 0; at < tokens; ++at) {
        if (at < shingles && is_shared(at)) end = at + tokens - shingles + 1;
        const bool counts = marks.empty() || (marks[at] & without) == 0;
        own += counts;
        covered += counts && at < end;
    }
    return {own, covered};
}

}  // namespace

std::vector<std::uint64_t> distinct(Tokens tokens, std::size_t width) {
    std::vector<std::uint64_t> keys;
    shingle(tokens, width, keys);
    Set set(keys.size());
    for (const std::uint64_t key : keys) set.add(key);
    return set.keys();
}

std::vector<std::uint32_t> overlaps(Tokens left, const std::vector<Tokens>& others) {
    Set mine(left.size());
    for (const std::uint64_t key : left) mine.add(key);
    std::vector<std::uint32_t> found;
    for (const Tokens other : others)
        found.push_back(static_cast<std::uint32_t>(std::count_if(other.begin(), other.end(), [&](std::uint64_t key) {
            return mine.may_have(key) && mine.find(key) != Set::none;
        })));
    return found;
}

Cover cover(Tokens left, Tokens right, std::span<const std::uint8_t> left_marks,
            std::span<const std::uint8_t> right_marks, std::uint8_t without, std::size_t width) {
    std::vector<std::uint64_t> keys, other_keys;
    shingle(left, width, keys);
    shingle(right, width, other_keys);
    Set mine(keys.size());
    Numbers numbers(keys.size());
    for (std::size_t at = 0; at < keys.size(); ++at) numbers[at] = mine.add(keys[at]);
    Bytes shared(keys.size(), 0);
    const auto [other_own, other_covered] = count(right.size(), other_keys.size(), right_marks, without, [&](std::size_t at) {
        const std::uint32_t number = mine.may_have(other_keys[at]) ? mine.find(other_keys[at]) : Set::none;
        if (number != Set::none) shared[number] = 1;
        return number != Set::none;
    });
    const auto [own, covered] = count(left.size(), keys.size(), left_marks, without,
                                      [&](std::size_t at) { return shared[numbers[at]] != 0; });
    return {own, covered, other_own, other_covered};
}

std::vector<std::uint64_t> runs(Tokens tokens, std::size_t width) {
    std::vector<std::uint64_t> hashes;
    if (tokens.size() >= width) shingle(tokens, width, hashes);
    return hashes;
}

Bytes furniture(Tokens tokens, std::size_t width, const std::vector<Tokens>& others,
                std::span<const std::uint8_t> same) {
    struct Count {
        std::uint32_t same, others, last;  // the last of the others that has the run, plus one
    };
    Bytes marks(tokens.size(), 0);
    const std::vector<std::uint64_t> own = runs(tokens, width);
    Set set(own.size());
    for (const std::uint64_t run : own) set.add(run);
    std::vector<std::uint64_t> found;
    std::vector<Count> counts(set.keys().size(), Count{0, 0, 0});
    for (std::uint32_t other = 0; other < others.size(); ++other) {
        if (found.size() < others[other].size()) found.resize(others[other].size());
        for (const std::uint64_t run : std::span(found).first(set.sift(others[other], found.data()))) {
            const std::uint32_t number = set.find(run);
            if (number == Set::none || counts[number].last == other + 1) continue;
            counts[number] = {counts[number].same + (same[other] != 0), counts[number].others + 1, other + 1};
        }
    }
    for (std::size_t at = 0; at < own.size(); ++at) {
        const Count& count = counts[set.find(own[at])];
        if (count.same >= in_source || count.others >= anywhere)
            std::fill_n(marks.begin() + static_cast<std::ptrdiff_t>(at), width, is_furniture);
    }
    return marks;
}

}  // namespace dedup
