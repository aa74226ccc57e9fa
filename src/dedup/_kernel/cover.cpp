#include "cover.hpp"

#include <algorithm>
#include <utility>

#include "sketch.hpp"

namespace dedup {

namespace {

using Tokens = std::span<const std::uint64_t>;
using Bytes = std::vector<std::uint8_t>;

// How many tokens count, and how many of them stand in a shingle that is shared.
template <typename IsShared>
std::pair<std::uint32_t, std::uint32_t> count(const Counted& text, std::size_t shingles, IsShared is_shared) {
    std::uint32_t own = 0, covered = 0;
    std::size_t end = 0;  // of the last shared shingle
    for (std::size_t at = 0; at < text.tokens; ++at) {
        if (at < shingles && is_shared(at)) end = at + text.tokens - shingles + 1;
        const bool counts = text.marks.empty() || (text.marks[at] & text.without) == 0;
        own += counts;
        covered += counts && at < end;
    }
    return {own, covered};
}

}  // namespace

Numbered::Numbered(Tokens hashes) : set(hashes.size()), numbers(hashes.size()) {
    for (std::size_t at = 0; at < hashes.size(); ++at) numbers[at] = set.add(hashes[at]);
}

std::uint32_t Numbered::shared(Tokens others) const {
    std::uint32_t count = 0;
    Bytes met(set.keys().size(), 0);
    for (const std::uint64_t key : others) {
        if (!set.may_have(key)) continue;
        const std::uint32_t number = set.find(key);
        if (number == Set::none || met[number] != 0) continue;
        met[number] = 1;
        ++count;
    }
    return count;
}

Cover cover(const Numbered& shingles, Tokens others, const Counted& left, const Counted& right) {
    Bytes shared(shingles.set.keys().size(), 0);
    const auto [other_own, other_covered] = count(right, others.size(), [&](std::size_t at) {
        const std::uint32_t number = shingles.set.may_have(others[at]) ? shingles.set.find(others[at]) : Set::none;
        if (number != Set::none) shared[number] = 1;
        return number != Set::none;
    });
    const auto [own, covered] =
        count(left, shingles.numbers.size(), [&](std::size_t at) { return shared[shingles.numbers[at]] != 0; });
    return {own, covered, other_own, other_covered};
}

Cover cover(Tokens left, Tokens right, std::span<const std::uint8_t> left_marks,
            std::span<const std::uint8_t> right_marks, std::uint8_t without, std::size_t width) {
    std::vector<std::uint64_t> keys, other_keys;
    shingle(left, width, keys);
    shingle(right, width, other_keys);
    return cover(Numbered(keys), other_keys, {left.size(), left_marks, without}, {right.size(), right_marks, without});
}

std::vector<std::uint64_t> runs(Tokens tokens, std::size_t width) {
    std::vector<std::uint64_t> hashes;
    if (tokens.size() >= width) shingle(tokens, width, hashes);
    return hashes;
}

}  // namespace dedup
