#include "scan.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

#include "characters.hpp"
#include "hash.hpp"
#include "utf8.hpp"
#include "words.hpp"

namespace dedup {
namespace {

constexpr std::uint32_t full_width = 0xFEE0;  // from "!" to its full-width form
constexpr std::uint32_t long_line = 400;       // visible characters; few clues are for longer ones
constexpr std::uint32_t short_line = 100;      // visible characters; a hard-wrapped text has no longer ones,
constexpr std::size_t few_lines = 5;           // and some of them
constexpr std::size_t most_words = 1 << 20;  // memory that had longer texts is given up

bool ends_line(std::uint32_t point) {
    return (point >= 0x0A && point <= 0x0D) || (point >= 0x1C && point <= 0x1E) || point == 0x85 || point == 0x2028 ||
           point == 0x2029;
}

bool is_white(std::uint32_t point) { return point == ' ' || point == '\t' || point == 0x1F; }

// Two spaces set parts of a line apart as a line end does.
bool is_wide_gap(std::string_view text, std::size_t at) {
    return text[at] == ' ' && at + 1 < text.size() && text[at + 1] == ' ';
}

// The next place from `at` on that is not plain text: a wide gap, a control, an ampersand, or a byte from 0x80.
std::size_t next_odd(std::string_view text, std::size_t at) {
#ifdef DEDUP_SSE2
    for (; at + block_size < text.size(); at += block_size) {
        const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
        const __m128i next = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at + 1));
        const __m128i space = _mm_set1_epi8(' ');
        const __m128i gap = _mm_and_si128(_mm_cmpeq_epi8(block, space), _mm_cmpeq_epi8(next, space));
        const __m128i odd = _mm_or_si128(_mm_cmplt_epi8(block, space), _mm_cmpeq_epi8(block, _mm_set1_epi8('&')));
        const auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(odd, gap)));
        if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
    }
#endif
    while (at < text.size() && static_cast<signed char>(text[at]) >= 0x20 && text[at] != '&' && !is_wide_gap(text, at))
        ++at;
    return at;
}

bool contains(std::string_view text, std::uint32_t point) {
    const Utf8 form = encode_utf8(point);
    char wanted[4];
    for (unsigned i = 0; i < 4; ++i) wanted[i] = static_cast<char>(form.bytes >> 8 * i);
    return text.find({wanted, form.size}) != std::string_view::npos;
}

// A character that may match several of another case.
bool is_several(std::uint32_t point) {
    return point == 0xDF || (point >= 0x130 && point <= 0x131) || point == 0x149 || point == 0x17F || point == 0x1F0 ||
           point == 0x390 || point == 0x3B0 || point == 0x587 || (point >= 0x1E96 && point <= 0x1FFF) ||
           point == 0x212A || (point >= 0xFB00 && point <= 0xFB17);
}

// An ampersand that may begin a character reference of any kind.
bool may_refer(std::string_view text, std::size_t at) {
    if (text[at] != '&' || at + 1 == text.size()) return false;
    return text[at + 1] == '#' ||
           (at + 2 < text.size() && is_alpha(text[at + 1]) && (is_alpha(text[at + 2]) || is_digit(text[at + 2])));
}

// Text read as another encoding: "â€", or "Â" or "Ã" before a character that is no ASCII either.
bool is_mojibake(std::uint32_t point, std::string_view text, std::size_t after) {
    if (point != 0xC2 && point != 0xC3 && point != 0xE2) return false;
    if (after >= text.size() || static_cast<unsigned char>(text[after]) < 0x80) return false;
    return point != 0xE2 || decode(text, after).point == 0x20AC;
}

}  // namespace

// -- the scanner

Scanner::Scanner(std::span<const Seed> seeds, std::span<const std::uint32_t> needed, std::span<const Clue> clues,
                 Programs programs)
    : seeds_(seeds.begin(), seeds.end()),
      clues_(clues.begin(), clues.end()),
      programs_(std::move(programs)),
      needed_(needed.begin(), needed.end()) {
    std::vector<std::uint32_t> sizes(needed.size(), 0);
    for (const Seed& seed : seeds_) sizes[seed.owner] = std::max(sizes[seed.owner], seed.position + 1);
    std::ranges::sort(seeds_, {}, [](const Seed& seed) { return std::tuple(seed.key, seed.owner, seed.position); });
    for (const std::uint32_t size : sizes) {
        base_.push_back(positions_);
        positions_ += size;
    }
    std::ranges::sort(clues_, {}, [](const Clue& clue) { return std::pair(clue.key, ~clue.longest); });
    for (const Clue& clue : clues_) {
        longest_ = std::max(longest_, clue.longest);
        for (int half = 0; half < 2 && clue.longest > long_line; ++half) long_starts_.ascii[half] |= clue.starts.ascii[half];
        if (clue.key != 0) continue;
        for (std::uint32_t head = 0; head < 129; ++head)
            if (clue.starts.has(head)) by_head_[head].push_back(clue);
        ++wordless_;
    }
    std::vector<std::uint64_t> keys;
    table_ = Table(seeds_.size() + clues_.size());
    enter(seeds_, &Table::Slot::seeds, keys);
    enter(std::span(clues_).subspan(wordless_), &Table::Slot::clues, keys);
    keys_ = KeyFilter(keys);
}

// Enters rows, of which those with the same key stand together.
template <typename Rows>
void Scanner::enter(const Rows& rows, Range Table::Slot::* range, std::vector<std::uint64_t>& keys) {
    for (std::uint32_t first = 0, last = 0; first < rows.size(); first = last) {
        while (last < rows.size() && rows[last].key == rows[first].key) ++last;
        Table::Slot& slot = table_.at(rows[first].key);
        slot.key = rows[first].key;
        slot.*range = {first, last};
        keys.push_back(slot.key);
    }
}

Sighting Scanner::scan(std::string_view text, const Fitter* fitter, Memory& memory, SimdLevel level) const {
    Sighting found;
    if (++memory.text == 0) {
        std::ranges::fill(memory.met, 0);
        memory.text = 1;
    }
    const std::size_t tokens = find_seeds(text, fitter, found, memory, level);
    find_lines(text, found, memory);
    if (found.empty()) return found;
    count_points(text, tokens, memory.places);
    const auto keep = [&](const std::vector<std::uint32_t>& all) {
        return std::vector(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(tokens));
    };
    found.tokens = {keep(memory.places.starts), keep(memory.places.ends)};
    return found;
}

std::unique_ptr<Scanner::Memory> Scanner::lend_memory() const {
    if (lent_before_.empty()) return std::make_unique<Memory>(*this);
    std::unique_ptr<Memory> memory = std::move(lent_before_.back());
    lent_before_.pop_back();
    return memory;
}

void Scanner::take_back(std::unique_ptr<Memory> memory) const {
    if (memory->hashes.capacity() <= most_words) lent_before_.push_back(std::move(memory));
}

// -- seeds

// Returns how many tokens there are.
std::size_t Scanner::find_seeds(std::string_view text, const Fitter* fitter, Sighting& found, Memory& memory,
                                SimdLevel level) const {
    const auto words = hash_tokens(text, true, memory.hashes, level, &memory.places);
    memory.words.clear();
    memory.next_word = 0;
    keys_.find(words, level, memory.blocks);
    for (std::size_t number = 0; number < memory.blocks.size(); ++number) {
        const KeyFilter::Block block = memory.blocks[number];
        for (KeyFilter::Block left = (block | block >> 8 | block >> 16) & 0xFF; left != 0; left &= left - 1) {
            const auto bit = static_cast<unsigned>(std::countr_zero(left));
            const std::size_t at = number * words_in_block + bit;
            for (std::size_t width = 1, first = at; width <= most_words_in_run; ++width, --first)
                if (block >> (bit + 8 * (width - 1)) & 1) meet(words.subspan(first, width), first, found, memory);
        }
    }
    if (!found.hits.empty()) keep_what_is_needed(found, memory);
    if (fitter != nullptr && !found.hits.empty()) found.fits = fitter->fit(words, found.hits);
    return words.size();
}

void Scanner::meet(std::span<const std::uint64_t> run, std::size_t place, Sighting& found, Memory& memory) const {
    std::uint64_t value = 0;
    for (const std::uint64_t word : run) value = value * shingle_base + word;
    const std::uint64_t key = finish_shingle(value);
    const Table::Slot& slot = table_.at(key);
    if (slot.is_free()) return;
    if (slot.clues.last != 0)
        memory.words.push_back({static_cast<std::uint32_t>(place), static_cast<std::uint32_t>(place + run.size() - 1), slot.clues});
    for (std::uint32_t i = slot.seeds.first; i < slot.seeds.last; ++i) {
        const Seed& seed = seeds_[i];
        if (seed.width != run.size()) continue;
        std::uint32_t& met = memory.met[base_[seed.owner] + seed.position];
        if (met != memory.text) {
            met = memory.text;
            if (memory.count[seed.owner]++ == 0) memory.touched.push_back(seed.owner);
        }
        found.hits.insert(found.hits.end(), {seed.owner, seed.position, static_cast<std::uint32_t>(place)});
    }
}

void Scanner::keep_what_is_needed(Sighting& found, Memory& memory) const {
    using Hit = std::array<std::uint32_t, 3>;
    std::vector<Hit> kept;
    for (std::size_t i = 0; i < found.hits.size(); i += 3)
        if (memory.count[found.hits[i]] >= needed_[found.hits[i]])
            kept.push_back({found.hits[i], found.hits[i + 1], found.hits[i + 2]});
    std::ranges::sort(kept, {}, [](const Hit& hit) { return std::tuple(hit[0], hit[2], hit[1]); });
    found.hits.clear();
    for (const Hit& hit : kept) found.hits.insert(found.hits.end(), hit.begin(), hit.end());
    for (const std::uint32_t owner : memory.touched) memory.count[owner] = 0;
    memory.touched.clear();
}

// -- lines

void Scanner::find_lines(std::string_view text, Sighting& found, Memory& memory) const {
    std::size_t hidden = 0;  // bytes so far that begin no code point
    Line line{};
    bool begun = false, ends_in_space = false;
    std::uint32_t white = 0;  // since the last character of the line
    std::size_t at = 0;
    // Takes `points` characters in, from `head` to `tail`, all of them visible or none; of those, a space has no ink.
    std::size_t lines = 0;
    std::uint32_t widest = 0;
    const auto close = [&] {
        if (!begun) return;
        line.reads_otherwise |= ends_in_space;
        ++lines;
        widest = std::max(widest, line.visible);
        end_line(text.substr(line.first, line.last - line.first), line, found, memory);
        begun = false;
    };
    const auto take = [&](std::size_t first, std::size_t last, std::uint32_t points, std::uint32_t head,
                          std::uint32_t tail, bool visible, bool inked) {
        if (!begun) line = {.first = first, .last = last, .start = static_cast<std::uint32_t>(first - hidden)};
        if (inked && !line.has_head) line.head = head;
        if (inked) line.tail = tail;
        line.has_head |= inked;
        line.visible += (begun ? white : 0) + (visible ? points : 0);
        line.last = last;
        begun = true;
        white = 0;
    };
    while (at < text.size()) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (is_wide_gap(text, at)) {
            close();
            white = 0;
            while (at < text.size() && text[at] == ' ') ++at;
            continue;
        }
        if (byte >= 0x20 && byte < 0x80 && byte != '&') {
            const std::size_t end = next_odd(text, at);
            std::size_t first = at, last = end;
            while (first < end && text[first] == ' ') ++first;
            while (last > first && text[last - 1] == ' ') --last;
            white += static_cast<std::uint32_t>(first - at);
            if (first < last) {
                take(first, last, static_cast<std::uint32_t>(last - first), static_cast<unsigned char>(text[first]),
                     static_cast<unsigned char>(text[last - 1]), true, true);
                line.end = static_cast<std::uint32_t>(last - hidden);
                ends_in_space = false;
                white = static_cast<std::uint32_t>(end - last);
            }
            at = end;
            continue;
        }
        Character next{0, 0, 0};
        if (byte == '&') next = character_reference(text, at);
        const bool is_reference = next.points != 0;
        if (!is_reference) next = decode(text, at);
        if (!is_reference && ends_line(next.point)) {
            if (begun && text[line.last - 1] == '-' && at + next.bytes < text.size()) found.oddities |= broken_word;
            close();
            white = 0;
        } else if (!is_reference && is_white(next.point)) {
            ++white;
        } else {
            if (is_mojibake(next.point, text, at + next.bytes)) found.oddities |= mojibake;
            const std::uint32_t kind = cell_of(next.point) & 15;
            const bool is_edge = !begun;
            ends_in_space = kind == ignored || kind == space;
            take(at, at + next.bytes, 1, next.point, next.point, kind != ignored, !ends_in_space);
            line.has_reference |= is_reference;
            line.reads_otherwise |= may_refer(text, at) || is_several(next.point) || next.point == no_character ||
                                    (is_edge && ends_in_space);
            line.end = static_cast<std::uint32_t>(at - hidden + next.points);
        }
        hidden += next.bytes - next.points;
        at += next.bytes;
    }
    close();
    if (lines >= few_lines && widest <= short_line) found.oddities |= short_lines;
}

void Scanner::end_line(std::string_view body, const Line& line, Sighting& found, Memory& memory) const {
    if (line.visible > longest_) return;
    if (line.visible > long_line && !long_starts_.has(line.head)) return;
    std::vector<std::uint32_t>& owners = memory.owners;
    owners.clear();
    for (const Clue& clue : by_head_[std::min(line.head, 128u)]) {
        if (line.visible > clue.longest) break;
        if (may_be(clue, line, body)) owners.push_back(clue.owner);
    }
    const std::uint32_t* const starts = memory.places.starts.data();
    std::size_t& next = memory.next_word;
    while (next < memory.words.size() && starts[memory.words[next].last] < line.first) ++next;
    const std::size_t hidden = body.size() - line.visible;  // as many bytes may be no visible character
    for (; next < memory.words.size() && starts[memory.words[next].last] < line.last; ++next) {
        const auto [first, last, clues] = memory.words[next];
        if (starts[first] < line.first) continue;  // it begins on the line above
        const std::size_t before = starts[first] - line.first, after = body.size() - before;
        for (std::size_t i = wordless_ + clues.first; i < wordless_ + clues.last; ++i) {
            const Clue& clue = clues_[i];
            if (line.visible > clue.longest) break;
            if (!clue.starts.has(line.head)) continue;
            if (!line.reads_otherwise && (before > clue.before + hidden || after > clue.after + hidden)) continue;
            if (may_be(clue, line, body)) owners.push_back(clue.owner);
        }
    }
    if (owners.empty()) return;
    std::ranges::sort(owners);
    owners.erase(std::unique(owners.begin(), owners.end()), owners.end());
    for (const std::uint32_t owner : owners)
        if (line.reads_otherwise || programs_.may_match(owner, body, memory.program))
            found.lines.insert(found.lines.end(), {line.start, line.end, owner});
}

// Whether a line that begins as the clue asks ends so too, and holds what it asks for.
bool Scanner::may_be(const Clue& clue, const Line& line, std::string_view body) {
    if (!line.reads_otherwise && !clue.ends.has(line.tail)) return false;
    if (line.has_reference || clue.holds == 0 || contains(body, clue.holds)) return true;
    const bool has_width = clue.holds > 0x20 && clue.holds < 0x7F && body.size() > line.visible;
    return has_width && contains(body, clue.holds + full_width);
}

}  // namespace dedup
