#include "fit.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "align.hpp"

namespace dedup {
namespace {

using Words = std::span<const std::uint64_t>;

constexpr std::uint32_t slot_mark = 0x80000000;  // on the number of a slot among items
constexpr double extra_cost = 0.5;     // of a word too many, in matched words
constexpr double missing_cost = 0.25;  // of a word too few
constexpr int passes = 2;
constexpr double cut_off_words = 12;  // of a block whose end is missing at the end of a text
constexpr double cut_off_floor = 0.9;
constexpr double score_share = 0.8;  // of the floor for coverage is the floor for the score

using Block = Run;  // `first` in the reading, `other` in the text
using Blocks = std::vector<Block>;

struct Reading {
    std::vector<std::uint64_t> words;
    std::vector<Gap> gaps;
};

Blocks common(Words left, Words right) {
    Blocks blocks;
    subsequence(left, right, 0, 0, blocks);
    return blocks;
}

// -- readings

// The words and slots of the best branch of every choice; options without half their words are left out.
void present(const Branch& branch, const std::vector<bool>& found, std::size_t limit, std::vector<std::uint32_t>& items) {
    for (const Item& item : branch) {
        if (item.kind != Item::choice) {
            items.push_back(item.kind == Item::slot ? item.number | slot_mark : item.number);
            continue;
        }
        double best_share = -1;
        bool best_free = false;
        std::vector<std::uint32_t> best, each;
        for (const Branch& inner : item.branches) {
            each.clear();
            present(inner, found, limit, each);
            std::size_t words = 0, possible = 0, met = 0;
            for (const std::uint32_t word : each) {
                if ((word & slot_mark) != 0) continue;
                ++words;
                possible += word < limit;
                met += found[word];
            }
            const double share = static_cast<double>(met) / static_cast<double>(std::max<std::size_t>(1, possible));
            if (share <= best_share) continue;
            best_share = share;
            best_free = words == 0;
            std::swap(best, each);
        }
        if (best_share >= 0.5 || best_free || !item.optional) items.insert(items.end(), best.begin(), best.end());
    }
}

Reading reading_of(const PatternData& pattern, const std::vector<std::uint32_t>& items) {
    Reading reading;
    std::vector<std::int32_t> words;
    for (const std::uint32_t item : items) {
        if ((item & slot_mark) != 0) continue;
        words.push_back(static_cast<std::int32_t>(item));
        reading.words.push_back(pattern.words[item]);
    }
    for (const Gap& gap : pattern.gaps) {
        const auto first = static_cast<std::int32_t>(std::ranges::lower_bound(words, gap.first) - words.begin());
        const auto last = static_cast<std::int32_t>(std::ranges::lower_bound(words, gap.last) - words.begin());
        if (first < last || std::ranges::find(items, gap.same | slot_mark) != items.end())
            reading.gaps.push_back({first, last, gap.limit, gap.same});
    }
    return reading;
}

// The number of words of the text between two blocks that no slot and no missing word explains.
std::int32_t extra(const Reading& reading, const Block& left, const Block& right) {
    std::int32_t room = 0;
    for (const Gap& gap : reading.gaps)
        if (left.first + left.size <= gap.first && gap.first <= right.first) room += gap.limit;
    const std::int32_t between = right.other - left.other - left.size;
    return std::max(0, between - room - (right.first - left.first - left.size));
}

// The run of neighbouring blocks with the most matched words less the cost of what lies between.
Blocks best_stretch(const Reading& reading, const Blocks& blocks, double cost) {
    std::size_t first = 0, best_first = 0, best_last = 0;
    double total = 0, best = 0;
    for (std::size_t at = 0; at < blocks.size(); ++at) {
        if (at > first) {
            const Block &left = blocks[at - 1], &right = blocks[at];
            total -= extra_cost * static_cast<double>(extra(reading, left, right));
            total -= cost * static_cast<double>(right.first - left.first - left.size);
        }
        if (total <= 0) {
            first = at;
            total = 0;
        }
        total += static_cast<double>(blocks[at].size);
        if (total > best) {
            best_first = first;
            best_last = at + 1;
            best = total;
        }
    }
    return {blocks.begin() + static_cast<std::ptrdiff_t>(best_first), blocks.begin() + static_cast<std::ptrdiff_t>(best_last)};
}

struct Window {
    std::int32_t low, high;
    bool operator==(const Window&) const = default;
};

// The stretch of text that can hold the reading when `blocks` are in it.
Window window_of(const Reading& reading, const Blocks& blocks, std::int32_t size) {
    const Block &first = blocks.front(), &last = blocks.back();
    std::int32_t before = first.first, after = static_cast<std::int32_t>(reading.words.size()) - last.first - last.size;
    for (const Gap& gap : reading.gaps) {
        if (gap.first <= first.first) before += gap.limit;
        if (gap.first >= last.first + last.size) after += gap.limit;
    }
    return {std::max(0, first.other - before), std::min(size, last.other + last.size + after)};
}

std::int32_t size_of(const Blocks& blocks) {
    std::int32_t size = 0;
    for (const Block& block : blocks) size += block.size;
    return size;
}

// -- one pattern

std::optional<Fit> align(const PatternData& pattern, const Reading& whole, Words words, std::size_t offset, bool cut_off) {
    const auto size = static_cast<std::int32_t>(words.size());
    const bool has_choices = std::ranges::any_of(pattern.root, [](const Item& item) { return item.kind == Item::choice; });
    Window window{0, size};
    Fit fit{};
    Reading chosen;
    const Reading* reading = &whole;
    Blocks blocks;
    for (int pass = 0; pass < passes; ++pass) {
        const Words near = words.subspan(static_cast<std::size_t>(window.low), static_cast<std::size_t>(window.high - window.low));
        blocks = common(pattern.words, near);
        const double least = pattern.floor * pattern.expected;
        if (static_cast<double>(size_of(blocks)) < (cut_off ? std::min(least, cut_off_words) : least)) return {};
        if (has_choices) {
            blocks = best_stretch(whole, blocks, 0);
            if (blocks.empty()) return {};
            const Block& end = blocks.back();
            const bool is_last = cut_off && window.high == size && end.other + end.size == static_cast<std::int32_t>(near.size());
            std::vector<bool> found(pattern.words.size());
            for (const Block& block : blocks)
                for (std::int32_t i = 0; i < block.size; ++i) found[static_cast<std::size_t>(block.first + i)] = true;
            fit.items.clear();
            present(pattern.root, found, is_last ? static_cast<std::size_t>(end.first + end.size) : pattern.words.size(),
                    fit.items);
            chosen = reading_of(pattern, fit.items);
            reading = &chosen;
            blocks = common(chosen.words, near);
        }
        blocks = best_stretch(*reading, blocks, missing_cost);
        if (blocks.empty()) return {};
        for (Block& block : blocks) block.other += window.low;
        const Window nearer = window_of(*reading, blocks, size);
        if (nearer == window) break;
        window = nearer;
    }
    for (const Block& block : blocks) {
        for (std::int32_t i = 0; i < block.size; ++i) {
            fit.positions.push_back(static_cast<std::uint32_t>(block.first + i));
            fit.places.push_back(static_cast<std::uint32_t>(offset) + static_cast<std::uint32_t>(block.other + i));
        }
    }
    const auto count = static_cast<double>(fit.positions.size());
    double floor = pattern.floor;
    fit.coverage = count / static_cast<double>(reading->words.size());
    const bool at_end = cut_off && fit.places.back() + 1 == offset + words.size() && count >= cut_off_words;
    fit.is_cut = at_end && fit.coverage < floor;
    if (fit.is_cut) {
        fit.coverage = count / (fit.positions.back() + 1.0);
        floor = cut_off_floor;
    }
    std::int32_t extras = 0;
    for (std::size_t i = 1; i < blocks.size(); ++i) extras += extra(*reading, blocks[i - 1], blocks[i]);
    fit.score = fit.coverage * count / (count + static_cast<double>(extras));
    if (fit.coverage < floor || fit.score < floor * score_share) return {};
    return fit;
}

struct Hit {
    std::uint32_t owner, position, place;
};

// Splits the hits of one pattern into those that may be one occurrence.
std::vector<std::span<const Hit>> groups_of(std::span<const Hit> hits, std::size_t length, std::size_t room) {
    std::vector<std::span<const Hit>> groups;
    std::size_t first = 0;
    for (std::size_t at = 1; at < hits.size(); ++at) {
        if (hits[at].place - hits[first].place > length + room || hits[at].position + length / 2 < hits[at - 1].position) {
            groups.push_back(hits.subspan(first, at - first));
            first = at;
        }
    }
    groups.push_back(hits.subspan(first));
    return groups;
}

std::size_t positions_in(std::span<const Hit> hits, std::size_t length) {
    std::vector<bool> met(length);
    for (const Hit& hit : hits) met[hit.position] = true;
    return static_cast<std::size_t>(std::ranges::count(met, true));
}

}  // namespace

Branch read_branch(std::span<const std::uint32_t> numbers, std::size_t words, std::size_t slots) {
    Branch branch;
    std::size_t at = 0;
    const auto next = [&](std::size_t most) {
        if (at >= numbers.size() || numbers[at] >= most) throw std::invalid_argument("the items of a pattern are none");
        return numbers[at++];
    };
    while (at < numbers.size()) {
        Item item{static_cast<Item::Kind>(next(3)), 0, {}, false};
        if (item.kind == Item::choice) {
            item.optional = next(2) != 0;
            for (std::size_t left = next(numbers.size()); left > 0; --left) {
                const std::size_t size = next(numbers.size() - at);
                item.branches.push_back(read_branch(numbers.subspan(at, size), words, slots));
                at += size;
            }
        } else {
            item.number = next(item.kind == Item::word ? words : slots);
        }
        branch.push_back(std::move(item));
    }
    return branch;
}

std::vector<Fit> Fitter::fit(std::span<const std::uint64_t> words, std::span<const std::uint32_t> numbers) const {
    std::vector<Hit> hits;
    for (std::size_t at = 0; at + 2 < numbers.size(); at += 3) {
        if (numbers[at] >= patterns_.size() || numbers[at + 1] >= patterns_[numbers[at]].words.size() ||
            numbers[at + 2] >= words.size())
            throw std::invalid_argument("a hit is of no pattern, or lies outside the text");
        hits.push_back({numbers[at], numbers[at + 1], numbers[at + 2]});
    }
    std::vector<Fit> found;
    for (std::size_t first = 0, last = 0; first < hits.size(); first = last) {
        while (last < hits.size() && hits[last].owner == hits[first].owner) ++last;
        const PatternData& pattern = patterns_[hits[first].owner];
        const Reading whole{pattern.words, pattern.gaps};
        const std::size_t length = pattern.words.size();
        std::size_t room = 0;
        for (const Gap& gap : pattern.gaps) room += gap.limit;
        const std::size_t slack = room + length / 4 + 3;
        const auto groups = groups_of(std::span(hits).subspan(first, last - first), length, room);
        for (const std::span<const Hit> group : groups) {
            if (positions_in(group, length) < pattern.needed) continue;
            const Hit &left = group.front(), &right = group.back();
            const std::size_t low = left.place - std::min<std::size_t>(left.place, left.position + slack);
            const std::size_t high = std::min(words.size(), right.place + length - right.position + slack);
            const bool cut_off = high == words.size() && groups.size() == 1;
            if (auto fit = align(pattern, whole, words.subspan(low, high - low), low, cut_off)) {
                fit->owner = left.owner;
                found.push_back(std::move(*fit));
            }
        }
    }
    return found;
}

}  // namespace dedup
