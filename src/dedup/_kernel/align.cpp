#include "align.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "set.hpp"
#include "sketch.hpp"

namespace dedup {

namespace {

using Tokens = std::span<const std::uint64_t>;
using Numbers = std::vector<std::uint32_t>;

constexpr std::size_t places_tried = 8;
constexpr std::size_t word_bits = 64;

std::size_t common_length(Tokens left, Tokens right, std::size_t at, std::size_t place) {
    const std::size_t most = std::min(left.size() - at, right.size() - place);
    std::size_t size = 0;
    while (size < most && left[at + size] == right[place + size]) ++size;
    return size;
}

// The places of every distinct shingle. Texts that are much the same ask for few: those are looked for as they are asked.
class Places {
  public:
    explicit Places(const std::vector<std::uint64_t>& keys) : keys_(keys) {}

    // Calls `take` with the first places of a key.
    template <typename Take>
    void visit(std::uint64_t key, Take take) {
        std::size_t tried = 0;
        if (asked_ < before_numbering) {
            ++asked_;
            for (std::uint32_t at = 0; at < keys_.size() && tried < places_tried; ++at)
                if (keys_[at] == key) take(at), ++tried;
            return;
        }
        if (next_.empty()) number();
        const std::uint32_t number = set_.find(key);
        std::uint32_t at = number == Set::none ? number : first_[number];
        for (; at != Set::none && tried < places_tried; at = next_[at], ++tried) take(at);
    }

  private:
    static constexpr std::size_t before_numbering = 16;

    void number() {
        set_ = Set(keys_.size());
        next_.assign(keys_.size(), Set::none);
        Numbers last;
        for (std::uint32_t at = 0; at < keys_.size(); ++at) {
            const std::uint32_t number = set_.add(keys_[at]);
            if (number == first_.size()) {
                first_.push_back(at);
                last.push_back(at);
            } else {
                next_[last[number]] = at;
                last[number] = at;
            }
        }
    }

    const std::vector<std::uint64_t>& keys_;
    std::size_t asked_ = 0;
    Set set_{0};
    Numbers first_, next_;
};

std::vector<Run> find_passages(Tokens left, Tokens right, const std::vector<std::uint64_t>& keys,
                               const std::vector<std::uint64_t>& other_keys) {
    Places places(other_keys);
    std::vector<Run> runs;
    for (std::size_t at = 0; at < keys.size();) {
        const std::int64_t expected =
            runs.empty() ? 0 : runs.back().other + static_cast<std::int64_t>(at) - runs.back().first;
        std::size_t size = 0;
        std::int64_t place = 0, best = 0;
        places.visit(keys[at], [&](std::uint32_t each) {
            const std::size_t length = common_length(left, right, at, each);
            const std::int64_t distance = std::llabs(static_cast<std::int64_t>(each) - expected);
            if (length > size || (length == size && length > 0 && distance <= best)) {
                size = length;
                place = each;
                best = distance;
            }
        });
        if (size == 0) {  // unknown, or equal hashes of different words
            ++at;
            continue;
        }
        runs.push_back({static_cast<std::int32_t>(at), static_cast<std::int32_t>(place), static_cast<std::int32_t>(size)});
        const std::size_t behind = left.size() - keys.size();
        at += size > behind + 1 ? size - behind : 1;
    }
    return runs;
}

void append(std::vector<Run>& runs, std::size_t first, std::size_t other, std::size_t size) {
    if (size == 0) return;
    if (!runs.empty() && static_cast<std::size_t>(runs.back().first + runs.back().size) == first &&
        static_cast<std::size_t>(runs.back().other + runs.back().size) == other) {
        runs.back().size += static_cast<std::int32_t>(size);
        return;
    }
    runs.push_back({static_cast<std::int32_t>(first), static_cast<std::int32_t>(other), static_cast<std::int32_t>(size)});
}

// Where each token stands in a text, as bits by words of 64: only the words that have any.
class Positions {
  public:
    explicit Positions(Tokens tokens) : set_(tokens.size()) {
        Numbers numbers(tokens.size()), last(tokens.size(), Set::none);
        starts_.assign(tokens.size() + 1, 0);
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const std::uint32_t number = numbers[i] = set_.add(tokens[i]);
            const auto word = static_cast<std::uint32_t>(i / word_bits);
            if (last[number] != word) ++starts_[number + 1];
            last[number] = word;
        }
        for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
        words_.resize(starts_.back());
        Numbers next(starts_.begin(), starts_.end() - 1);
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            std::uint32_t& end = next[numbers[i]];
            const auto word = static_cast<std::uint32_t>(i / word_bits);
            if (end == starts_[numbers[i]] || words_[end - 1].word != word) words_[end++] = {word, 0};
            words_[end - 1].bits |= std::uint64_t{1} << i % word_bits;
        }
    }

    struct Word {
        std::uint32_t word;
        std::uint64_t bits;
    };

    std::span<const Word> of(std::uint64_t token) const {
        const std::uint32_t number = set_.find(token);
        if (number == Set::none) return {};
        return {words_.data() + starts_[number], words_.data() + starts_[number + 1]};
    }

  private:
    Set set_;
    Numbers starts_;
    std::vector<Word> words_;
};

}  // namespace

// By bit-parallel rows (Hyyro 2004): a row's bit is clear where the length grows. A
// row differs from the one before only in the words its token touches and those a carry runs into.
void subsequence(Tokens left, Tokens right, std::size_t first, std::size_t other, std::vector<Run>& runs) {
    std::size_t prefix = 0, suffix = 0;
    const std::size_t most = std::min(left.size(), right.size());
    while (prefix < most && left[prefix] == right[prefix]) ++prefix;
    while (suffix < most - prefix && left[left.size() - 1 - suffix] == right[right.size() - 1 - suffix]) ++suffix;
    append(runs, first, other, prefix);
    const Tokens a = left.subspan(prefix, left.size() - prefix - suffix);
    const Tokens b = right.subspan(prefix, right.size() - prefix - suffix);
    if (!a.empty() && !b.empty()) {
        const Positions positions(a);
        const std::size_t words = (a.size() + word_bits - 1) / word_bits;
        std::vector<std::uint64_t> rows(words * b.size());
        std::vector<std::uint64_t> state(words, ~std::uint64_t{0});
        for (std::size_t row = 0; row < b.size(); ++row) {
            std::uint64_t carry = 0;
            std::size_t at = 0;
            for (const Positions::Word& each : positions.of(b[row])) {
                for (; carry != 0 && at < each.word; ++at) {
                    const std::uint64_t sum = state[at] + carry;
                    carry = sum == 0;
                    state[at] |= sum;
                }
                at = each.word;
                const std::uint64_t old = state[at], matched = old & each.bits;
                const std::uint64_t sum = old + matched, with = sum + carry;
                carry = static_cast<std::uint64_t>(sum < old) | static_cast<std::uint64_t>(with < sum);
                state[at] = with | (old - matched);
                ++at;
            }
            for (; carry != 0 && at < words; ++at) {
                const std::uint64_t sum = state[at] + carry;
                carry = sum == 0;
                state[at] |= sum;
            }
            std::copy(state.begin(), state.end(), rows.begin() + static_cast<std::ptrdiff_t>(row * words));
        }
        const auto grows = [&](std::size_t row, std::size_t column) {
            return (rows[row * words + column / word_bits] >> column % word_bits & 1) == 0;
        };
        std::vector<std::pair<std::size_t, std::size_t>> matches;
        for (std::size_t column = a.size(), row = b.size(); row > 0 && column > 0;) {
            if (!grows(row - 1, column - 1)) {
                --column;
                continue;
            }
            --row;
            if (row > 0 && grows(row - 1, column - 1)) continue;
            matches.emplace_back(--column, row);
        }
        for (auto each = matches.rbegin(); each != matches.rend(); ++each)
            append(runs, first + prefix + each->first, other + prefix + each->second, 1);
    }
    append(runs, first + left.size() - suffix, other + right.size() - suffix, suffix);
}

namespace {

// The longest chain of runs that ascend in both texts (patience sorting).
std::vector<Run> chain(const std::vector<Run>& runs) {
    std::vector<std::int32_t> tops, ends, before;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto at = static_cast<std::size_t>(std::lower_bound(tops.begin(), tops.end(), runs[i].other) - tops.begin());
        before.push_back(at > 0 ? ends[at - 1] : -1);
        if (at == tops.size()) {
            tops.push_back(0);
            ends.push_back(0);
        }
        tops[at] = runs[i].other;
        ends[at] = static_cast<std::int32_t>(i);
    }
    std::vector<Run> found;
    for (std::int32_t i = ends.empty() ? -1 : ends.back(); i >= 0; i = before[static_cast<std::size_t>(i)])
        found.push_back(runs[static_cast<std::size_t>(i)]);
    std::reverse(found.begin(), found.end());
    return found;
}

bool fits(std::size_t left, std::size_t right, std::size_t cells) { return left == 0 || right <= cells / left; }

std::vector<Run> common_order(Tokens left, Tokens right, const std::vector<Run>& passages, std::size_t cells) {
    std::vector<Run> aligned;
    if (fits(left.size(), right.size(), cells)) {
        subsequence(left, right, 0, 0, aligned);
        return aligned;
    }
    std::vector<Run> fixed = chain(passages);
    fixed.push_back({static_cast<std::int32_t>(left.size()), static_cast<std::int32_t>(right.size()), 0});
    std::int32_t end = 0, other_end = 0;
    for (Run run : fixed) {
        const std::int32_t skip = std::max({0, end - run.first, other_end - run.other});
        run = {run.first + skip, run.other + skip, std::max(0, run.size - skip)};
        const auto from = static_cast<std::size_t>(end), other_from = static_cast<std::size_t>(other_end);
        const auto between = left.subspan(from, static_cast<std::size_t>(std::max(0, run.first - end)));
        const auto other_between = right.subspan(other_from, static_cast<std::size_t>(std::max(0, run.other - other_end)));
        std::vector<Run> found;
        if (fits(between.size(), other_between.size(), cells)) subsequence(between, other_between, from, other_from, found);
        if (run.size > 0) found.push_back(run);
        aligned.insert(aligned.end(), found.begin(), found.end());
        end = run.first + run.size;
        other_end = run.other + run.size;
    }
    return aligned;
}

}  // namespace

Alignment align(Tokens left, Tokens right, std::size_t width, std::size_t cells) {
    std::vector<std::uint64_t> keys, other_keys;
    shingle(left, width, keys);
    shingle(right, width, other_keys);
    Alignment found{find_passages(left, right, keys, other_keys), find_passages(right, left, other_keys, keys), {}};
    found.common = common_order(left, right, found.passages, cells);
    return found;
}

}  // namespace dedup
