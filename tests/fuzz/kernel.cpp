// libFuzzer target: any bytes through the whole kernel, with properties that need no second implementation.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "align.hpp"
#include "around.hpp"
#include "cover.hpp"
#include "describe.hpp"
#include "fit.hpp"
#include "foreign.hpp"
#include "index.hpp"
#include "measure.hpp"
#include "scan.hpp"
#include "sha1.hpp"
#include "sketch.hpp"
#include "tokenize.hpp"
#include "transcode.hpp"

namespace {

void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", property);
    std::abort();
}

template <typename Check>
void at_every_level(Check check) {
    for (int level = 0; level <= static_cast<int>(dedup::best_simd_level()); ++level)
        check(static_cast<dedup::SimdLevel>(level));
}

void tokens(std::string_view text, bool entities) {
    const dedup::Tokens all = dedup::tokenize(text, entities);
    require(all.hashes.size() == all.starts.size() && all.starts.size() == all.ends.size() &&
                all.ends.size() == all.flags.size(),
            "every token has a hash, a place and flags");
    for (std::size_t i = 0; i < all.starts.size(); ++i) {
        require(all.starts[i] < all.ends[i], "no token is empty");
        require(i == 0 || all.ends[i - 1] <= all.starts[i], "tokens are in order and apart");
        require(all.ends[i] <= text.size(), "tokens are inside the text");
    }
    std::vector<std::uint64_t> buffer;
    at_every_level([&](dedup::SimdLevel level) {
        const auto hashes = dedup::hash_tokens(text, entities, buffer, level);
        require(std::equal(hashes.begin(), hashes.end(), all.hashes.begin(), all.hashes.end()),
                "hashes alone are the hashes of the tokens");
        const dedup::Tokens same = dedup::tokenize(text, entities, level);
        require(same.starts == all.starts && same.ends == all.ends && same.flags == all.flags,
                "every instruction set finds the same tokens");
    });
    for (const std::size_t shift : {1, 15, 63}) {
        const dedup::Tokens shifted = dedup::tokenize(std::string(shift, ' ').append(text), entities);
        require(shifted.hashes == all.hashes, "where a text lies in memory changes no token");
        for (std::size_t i = 0; i < all.starts.size(); ++i)
            require(shifted.starts[i] == all.starts[i] + shift && shifted.ends[i] == all.ends[i] + shift,
                    "spaces before a text shift its tokens");
    }
}

void sketches(std::string_view text, std::size_t width) {
    const std::vector<std::uint32_t> a{1, 3, 0xFFFFFFFF, 77777}, b{0, 5, 0x80000000, 12345};
    std::vector<std::uint32_t> expected, exact;
    at_every_level([&](dedup::SimdLevel level) {
        dedup::Sketcher sketcher(a, b, level);
        std::vector<std::uint32_t> minima, set;
        const std::int32_t size = sketcher.sketch(text, width, true, minima, set);
        require(size == -1 ? set.empty() : set.size() == static_cast<std::size_t>(size), "the set has the size told");
        if (level == dedup::SimdLevel::baseline) {
            expected = minima;
            exact = set;
        }
        require(minima == expected && set == exact, "every instruction set gives the same signature");
    });
}

void datasketch(std::string_view text) {
    std::vector<std::string_view> messages;
    for (std::size_t at = 0; at < text.size(); at += 7 + at % 61) messages.push_back(text.substr(at, at % 61));
    messages.push_back(text);
    std::vector<std::uint64_t> heads(messages.size()), same(messages.size());
    for (std::size_t i = 0; i < messages.size(); ++i)
        dedup::sha1_heads({&messages[i], 1}, dedup::SimdLevel::baseline, &heads[i]);
    at_every_level([&](dedup::SimdLevel level) {
        dedup::sha1_heads(messages, level, same.data());
        require(same == heads, "messages together hash as they do alone");
    });
    const std::vector<std::uint64_t> a{1, 0x1FFFFFFFFFFFFFFF, 12345}, b{0, 7, 0x1FFFFFFFFFFFFFFF};
    at_every_level([&](dedup::SimdLevel level) {
        require(dedup::legacy_minima(heads, a, b, level) ==
                        dedup::legacy_minima(heads, a, b, dedup::SimdLevel::baseline) &&
                    dedup::affine64_minima(heads, a, b, level) ==
                        dedup::affine64_minima(heads, a, b, dedup::SimdLevel::baseline),
                "every instruction set gives the same minima");
    });
}

void index(std::string_view text) {
    dedup::Index index(1, 3);
    std::uint32_t number = 0;
    for (const char c : text) {
        const std::uint32_t sample = static_cast<unsigned char>(c) % 16;
        const std::vector<std::uint32_t> keys{100 + sample, 200 + sample, 300 + sample, sample};
        require(index.add(keys, 1, number, sample, sample) == number + 1, "documents are numbered in order");
        ++number;
        const auto& found = index.find(keys, 0, 8);
        require(!found.candidates.empty() && found.candidates.size() <= 3 && found.ids.back() == number,
                "a key finds its newest document, and no more than the limit");
        if (c == '\n') index.expire(number / 2);
        if (c == ' ') index.drop(number, keys);
    }
}

void sightings(std::string_view text) {
    std::vector<std::uint64_t> buffer, keys;
    std::vector<dedup::Seed> seeds;
    const auto words = dedup::hash_tokens(text.substr(0, 40), true, buffer);
    for (std::uint32_t i = 0; i < words.size(); ++i) {
        dedup::shingle(words.subspan(i, 1), 1, keys);
        seeds.push_back({keys[0], 1, i % 2, i});
    }
    const std::uint32_t needed[2] = {1, 2};
    const std::uint64_t any = ~std::uint64_t{0};
    const dedup::Characters all{{any, any}, true}, signs{{any, 0}, false};
    const dedup::Clue clues[2] = {{0, all, signs, 0, 5, '@', 5, 5},
                                  {seeds.empty() ? 1 : seeds[0].key, signs, all, 1, 9, 0, 4, 9}};
    using Step = dedup::Programs;
    constexpr unsigned shift = Step::step_shift;
    dedup::Programs programs({{{any, any}, false}, {{0, any}, true}},  // any ASCII, or none but letters, over and over
                             {{Step::fork << shift | 3, Step::take << shift, Step::fork << shift | 1, Step::done << shift},
                              {Step::border << shift, Step::take << shift | 1, Step::fork << shift | 0, Step::done << shift}});
    const dedup::Scanner scanner(seeds, needed, clues, std::move(programs));
    dedup::Scanner::Memory memory(scanner);
    const dedup::Sighting first = scanner.scan(text, nullptr, memory),
                          second = scanner.scan(text, nullptr, memory, dedup::best_simd_level());
    require(first.hits == second.hits && first.lines == second.lines && first.oddities == second.oddities,
            "a text looks the same the second time, with the best instructions");
    for (std::size_t i = 0; i < first.lines.size(); i += 3)
        require(first.lines[i] < first.lines[i + 1] && first.lines[i + 1] <= text.size(), "lines are inside the text");
}

void keys(std::string_view text, std::size_t width) {
    const std::vector<std::uint32_t> a(8, 5), b(8, 7), cuts{1, 3, 4, 40};
    dedup::Describer describer({width, 4, 2, 3}, dedup::Sketcher(a, b, dedup::best_simd_level()));
    std::vector<std::uint32_t> whole, again;
    const std::uint32_t words = describer.describe(text, text, {}, true, whole);
    require(whole.size() >= (words == 0 ? 1U : 6U), "a text has a key of its id, its story and each band");
    require(describer.describe(text, text, cuts, true, again) <= words, "cuts leave no more words");
    again.clear();
    require(describer.describe(text, text, {}, true, again) == words && again == whole, "keys do not change");
}

void pairs(std::string_view text, std::size_t width) {
    std::vector<std::uint64_t> buffer;
    const auto words = dedup::hash_tokens(text, true, buffer);
    const std::vector<std::uint64_t> left(words.begin(), words.end());
    const std::size_t half = left.size() / 2;
    std::vector<std::uint64_t> right(left.begin() + static_cast<std::ptrdiff_t>(half), left.end());
    right.insert(right.end(), left.begin(), left.begin() + static_cast<std::ptrdiff_t>(left.size() / 3));

    const auto equal = [&](const dedup::Run& run, const auto& one, const auto& other) {
        const auto first = one.begin() + run.first, second = other.begin() + run.other;
        return run.size > 0 && run.first + run.size <= static_cast<std::ptrdiff_t>(one.size()) &&
               run.other + run.size <= static_cast<std::ptrdiff_t>(other.size()) &&
               std::equal(first, first + run.size, second);
    };
    for (const std::size_t cells : {std::size_t{16}, std::size_t{1} << 20}) {
        const dedup::Alignment found = dedup::align(left, right, width, cells);
        for (const auto& run : found.passages) require(equal(run, left, right), "passages are shared");
        for (const auto& run : found.other_passages) require(equal(run, right, left), "passages are shared back");
        std::int32_t first = 0, other = 0;
        for (const auto& run : found.common) {
            require(run.first >= first && run.other >= other && equal(run, left, right), "common words are in order");
            first = run.first + run.size;
            other = run.other + run.size;
        }
        const std::vector<std::uint8_t> left_marks(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(left.size()));
        const std::vector<std::uint8_t> right_marks(right.size(), 1);
        const dedup::Measures measures = dedup::measure({left, left_marks, found.passages},
                                                        {right, right_marks, found.other_passages}, found.common);
        for (const std::int32_t number : measures.numbers) require(number >= 0, "measures count");
        for (const std::int32_t place : measures.lost)
            require(place >= 0 && static_cast<std::size_t>(place) < left.size(), "what is lost stands in the text");
    }
    const dedup::Cover cover = dedup::cover(left, right, std::vector<std::uint8_t>(left.size(), 4), {}, 4, width);
    require(cover.own == 0 && cover.covered == 0, "words that are set aside do not count");
    require(cover.other_covered <= cover.other_own && cover.other_own == right.size(), "what is covered counts");
    const dedup::Numbered runs(dedup::runs(left, width + 1));
    require(runs.shared(dedup::runs(right, width + 1)) <= runs.set.keys().size(), "no more is shared than there is");
    const auto [lacked, other_lacked] = dedup::lacked(left, right);
    require(lacked.size() == left.size() && other_lacked.size() == right.size(), "every word is looked for");
    require(dedup::facts(left, std::vector<std::uint8_t>(left.size(), 3), right).size() == left.size(), "every word is looked at");
}

// Documents whose number is that of a text, and a search around two of them.
void around(std::string_view text) {
    struct Texts : dedup::Stories::Source {
        std::vector<std::string_view> texts;
        std::vector<dedup::Stories::Held> read(std::span<const std::uint32_t> numbers, dedup::Stories& stories) override {
            std::vector<dedup::Stories::Held> made;
            for (const std::uint32_t number : numbers) made.push_back(stories.made(texts[number % texts.size()], {}));
            return made;
        }
    } source;
    const std::size_t third = text.size() / 3;
    source.texts = {text, text.substr(third), text.substr(0, 2 * third), text.substr(third, third)};
    const dedup::Scheme scheme{2, 1, 3, 6, 1, 3, 2, 0.5, 0.8, 0.0, 0.0, 0.0, 0.0, 0.0};
    dedup::Stories stories(scheme, 1 << 10, dedup::SimdLevel::baseline);
    dedup::Index index(1, 3);
    for (std::uint32_t number = 0; number < 6; ++number)
        index.add(std::vector<std::uint32_t>{100 + number, 200 + number, 300 + number % 2, 1, 2}, 2, number, number % 2, number);
    const auto held = stories.get(std::vector<std::uint32_t>{1, 2}, source);
    dedup::Around one({stories, index, source, 0}, held[0], {1, index.source(1), index.group(1)});
    dedup::Around other({stories, index, source, 0}, held[1], {2, index.source(2), index.group(2)});
    const auto [shared, mine, others] = one.overlap(*held[1]);
    require(shared <= std::min(mine, others), "no more is shared than there is");
    require(one.overlaps(std::vector<std::uint32_t>{1, 2, 3}).size() >= 3, "every document is looked at");
    for (unsigned ways = 0; ways <= 3; ++ways)
        if (const auto marks = one.furniture(other, ways))
            require((marks->first.empty() || marks->first.size() == held[0]->words.size()) &&
                        (marks->second.empty() || marks->second.size() == held[1]->words.size()),
                    "every word has a mark, or none has");
}

void fits(std::string_view text) {
    std::vector<std::uint64_t> buffer;
    const auto words = dedup::hash_tokens(text, true, buffer);
    dedup::PatternData plain, choosing;
    plain.words.assign(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(words.size(), 9)));
    if (plain.words.size() < 4) return;
    plain.gaps = {{1, 1, 3, 0}, {2, 3, 4, 1}};
    plain.floor = 0.5;
    plain.needed = 1;
    plain.expected = static_cast<std::uint32_t>(plain.words.size());
    choosing = plain;
    const dedup::Item word{dedup::Item::word, 0, {}, false}, slot{dedup::Item::slot, 0, {}, false};
    plain.gaps.clear();
    dedup::Item choice{dedup::Item::choice, 0, {}, true};
    for (std::uint32_t i = 0; i < choosing.words.size(); ++i)
        choice.branches.push_back({{dedup::Item::word, i, {}, false}, slot});
    choosing.root = {word, choice};
    std::vector<std::uint32_t> hits;
    for (std::uint32_t owner = 0; owner < 2; ++owner)
        for (std::uint32_t i = 0; i < words.size(); ++i)
            for (std::uint32_t at = 0; at < plain.words.size(); ++at)
                if (words[i] == plain.words[at] && hits.size() < 300) hits.insert(hits.end(), {owner, at, i});
    const dedup::Fitter fitter({plain, choosing});
    for (const dedup::Fit& fit : fitter.fit(words, hits)) {
        require(fit.positions.size() == fit.places.size(), "every place has its word");
        for (std::size_t i = 0; i < fit.places.size(); ++i) {
            require(fit.places[i] < words.size(), "places are in the text");
            require(i == 0 || fit.places[i - 1] < fit.places[i], "places are in order");
        }
    }
}

}  // namespace

template <typename Unit>
void transcode(std::string_view bytes) {
    std::vector<Unit> units(bytes.size() / sizeof(Unit));
    if (!units.empty()) std::memcpy(units.data(), bytes.data(), units.size() * sizeof(Unit));
    if constexpr (sizeof(Unit) == 4)
        for (Unit& unit : units) unit %= 0x110000;
    std::vector<char> buffer, single;
    std::string parts;
    for (const Unit& unit : units) parts += dedup::to_utf8(&unit, 1, dedup::SimdLevel::baseline, single);
    at_every_level([&](dedup::SimdLevel level) {
        require(dedup::to_utf8(units.data(), units.size(), level, buffer) == parts,
                "code points together are encoded as they are alone");
    });
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    tokens(text, true);
    tokens(text, false);
    sketches(text, size % 5);
    datasketch(text);
    sightings(text);
    index(text);
    keys(text, size % 5);
    pairs(text, size % 5);
    around(text);
    fits(text);
    transcode<std::uint8_t>(text);
    transcode<std::uint16_t>(text);
    transcode<std::uint32_t>(text);
    return 0;
}
