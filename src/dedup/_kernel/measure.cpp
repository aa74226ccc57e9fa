#include "measure.hpp"

#include <algorithm>
#include <array>
#include <bitset>

#include "cover.hpp"

namespace dedup {

namespace {

using Tokens = std::span<const std::uint64_t>;
using Bytes = std::vector<std::uint8_t>;

constexpr std::uint8_t fact = 1, is_furniture = 2, listed = 4, respelled = 8, shown = 16, is_lacked = 32;  // marks
constexpr std::uint8_t digit = 1, capital = 2, start = 4, line = 8;                        // flags
constexpr std::int32_t bridge = 3, slot = 12, uneven = 4;

struct Difference {
    std::int32_t first, last, other_first, other_last;
    std::int32_t here() const { return last - first; }
    std::int32_t there() const { return other_last - other_first; }
    bool is_slot() const { return here() > 0 && here() <= slot && there() > 0 && there() <= slot; }
    bool is_even() const { return std::max(here(), there()) <= uneven * (std::min(here(), there()) + 1); }
};

std::vector<Difference> differences(std::size_t left, std::size_t right, std::span<const Run> common) {
    std::vector<Difference> merged;
    std::int32_t first = 0, other = 0;
    const auto close = [&](std::int32_t end, std::int32_t other_end) {
        if (end <= first && other_end <= other) return;
        if (!merged.empty() && first - merged.back().last < bridge) {
            merged.back().last = end;
            merged.back().other_last = other_end;
        } else {
            merged.push_back({first, end, other, other_end});
        }
    };
    for (const Run& run : common) {
        close(run.first, run.other);
        first = run.first + run.size;
        other = run.other + run.size;
    }
    close(static_cast<std::int32_t>(left), static_cast<std::int32_t>(right));
    return merged;
}

// Where the tokens of runs stand: bit 0 in a passage, bit 1 in common order.
void stamp(Bytes& places, std::int32_t from, std::int32_t size, std::uint8_t bit) {
    for (std::int32_t at = from; at < from + size; ++at) places[static_cast<std::size_t>(at)] |= bit;
}

// What one text has in the other.
class Side {
  public:
    Side(const Marked& text, Bytes places) : text_(text), places_(std::move(places)) {}

    // A fact the other text lacks.
    bool is_new(std::int32_t at) const {
        const std::uint8_t mark = text_.marks[static_cast<std::size_t>(at)];
        return (mark & (fact | is_furniture | respelled | is_lacked)) == (fact | is_lacked);
    }

    bool has_new(std::int32_t first, std::int32_t last) const {
        while (first < last && !is_new(first)) ++first;
        return first < last;
    }

    void count(std::vector<std::int32_t>& numbers) const {
        std::array<std::int32_t, 4> counts{};
        for (std::size_t at = 0; at < places_.size(); ++at) {
            if ((text_.marks[at] & (is_furniture | listed)) != 0) continue;
            const bool same = (text_.marks[at] & respelled) != 0;
            counts[0] += 1;
            counts[1] += (text_.marks[at] & is_lacked) == 0 || same;
            counts[2] += places_[at] != 0 || same;
            counts[3] += (places_[at] & 1) != 0;
        }
        numbers.insert(numbers.end(), counts.begin(), counts.end());
    }

    std::int32_t covered() const {
        return static_cast<std::int32_t>(std::count_if(places_.begin(), places_.end(), [](auto each) { return (each & 1) != 0; }));
    }

    // The places of distinct facts the other lacks in any spelling.
    std::vector<std::int32_t> lost() const {
        const std::span<const std::uint8_t> marks = text_.marks;
        Set met(static_cast<std::size_t>(std::count_if(
            marks.begin(), marks.end(), [](auto each) { return (each & (fact | respelled)) != 0; })));
        for (std::size_t at = 0; at < marks.size(); ++at)
            if ((marks[at] & respelled) != 0) met.add(text_.tokens[at]);
        std::vector<std::int32_t> places;
        for (std::size_t at = 0; at < marks.size(); ++at) {
            const auto place = static_cast<std::int32_t>(at);
            const std::size_t before = met.keys().size();
            if (is_new(place) && met.add(text_.tokens[at]) == before) places.push_back(place);
        }
        return places;
    }

  private:
    const Marked& text_;
    Bytes places_;
};

Bytes places(const Marked& text) {
    Bytes stamped(text.tokens.size(), 0);
    for (const Run& run : text.passages) stamp(stamped, run.first, run.size, 1);
    return stamped;
}

}  // namespace

std::pair<Bytes, Bytes> lacked(Tokens left, Tokens right) {
    const Numbered one(left);
    Bytes has(one.set.keys().size(), 0), marks(left.size()), other_marks(right.size());
    for (std::size_t at = 0; at < right.size(); ++at) {
        const std::uint32_t number = one.set.find(right[at]);
        if (number == Set::none)
            other_marks[at] = is_lacked;
        else
            has[number] = 1;
    }
    for (std::size_t at = 0; at < left.size(); ++at) marks[at] = has[one.numbers[at]] != 0 ? 0 : is_lacked;
    return {std::move(marks), std::move(other_marks)};
}

Measures measure(const Marked& left, const Marked& right, std::span<const Run> common) {
    Bytes here = places(left), there = places(right);
    for (const Run& run : common) {
        stamp(here, run.first, run.size, 2);
        stamp(there, run.other, run.size, 2);
    }
    const Side a(left, std::move(here)), b(right, std::move(there));
    const std::vector<Difference> found = differences(left.tokens.size(), right.tokens.size(), common);
    Measures measures{{}, a.lost(), b.lost(), {}};
    a.count(measures.numbers);
    b.count(measures.numbers);
    std::int32_t slots = 0, slotted = 0, differing = 0;
    for (const Difference& each : found) {
        differing += each.here() + each.there();
        if (each.is_slot()) {
            ++slots;
            slotted += each.here() + each.there();
        }
        if (each.is_even() && a.has_new(each.first, each.last) && b.has_new(each.other_first, each.other_last))
            measures.swaps.insert(measures.swaps.end(), {each.first, each.last, each.other_first, each.other_last});
    }
    measures.numbers.insert(measures.numbers.end(),
                            {static_cast<std::int32_t>(found.size()), slots, slotted, differing, a.covered()});
    return measures;
}

Bytes facts(Tokens tokens, std::span<const std::uint8_t> flags, Tokens numbers) {
    std::bitset<4096> hints;  // the low bits of the numbers: most words are told from them by these
    for (const std::uint64_t each : numbers) hints.set(each % hints.size());
    const auto is_number = [&](std::size_t at) {
        if ((flags[at] & digit) != 0) return true;
        return hints[tokens[at] % hints.size()] && std::find(numbers.begin(), numbers.end(), tokens[at]) != numbers.end();
    };
    const auto is_loud = [&](std::size_t first, std::size_t last) {
        std::size_t capitals = 0;
        for (std::size_t at = first; at < last; ++at) capitals += (flags[at] & capital) != 0;
        return 2 * capitals > last - first;
    };
    const bool loud_text = is_loud(0, flags.size());
    Set names(tokens.size());
    std::vector<std::size_t> shown_at;
    for (std::size_t first = 0; first < tokens.size();) {
        std::size_t last = first + 1;
        while (last < tokens.size() && (flags[last] & line) == 0) ++last;
        const bool loud = loud_text || is_loud(first, last);
        for (std::size_t at = first; at < last; ++at) {
            const bool name = (flags[at] & (capital | start | line)) == capital && !loud;
            if ((name || is_number(at)) && names.add(tokens[at]) == shown_at.size()) shown_at.push_back(at);
        }
        first = last;
    }
    Bytes marks(tokens.size());
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        const std::uint32_t name = names.find(tokens[at]);
        marks[at] = name == Set::none ? 0 : shown_at[name] == at ? fact | shown : fact;
    }
    return marks;
}

}  // namespace dedup
