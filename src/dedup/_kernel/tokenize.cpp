#include "tokenize.hpp"

#include <algorithm>
#include <iterator>

#include "hash.hpp"
#include "unicode_tables.hpp"

namespace dedup {
namespace {

enum Class : std::uint8_t { other, ignored, space, letter, mark, upper, number, own, line_break, stop, wide_stop };

constexpr std::uint32_t no_character = 0xFFFD;
constexpr std::uint32_t ampersand = '&';
constexpr std::uint32_t hangul_first = 0xAC00, hangul_last = 0xD7A3;

struct Character {
    std::uint32_t point;
    std::uint32_t bytes;   // of the text
    std::uint32_t points;  // of the text
};

bool continues(std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// Surrogates pass; any other ill-formed byte is one U+FFFD.
Character decode(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[at + i])); };
    const std::uint32_t lead = byte(0);
    if (lead < 0x80) return {lead, 1, 1};
    if (lead >= 0xC2 && lead < 0xE0 && continues(text, at + 1)) return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2, 1};
    if (lead >= 0xE0 && lead < 0xF0 && continues(text, at + 1) && continues(text, at + 2)) {
        const std::uint32_t point = (lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
        if (point >= 0x800) return {point, 3, 1};
    }
    if (lead >= 0xF0 && lead < 0xF5 && continues(text, at + 1) && continues(text, at + 2) && continues(text, at + 3)) {
        const std::uint32_t point =
            (lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F);
        if (point >= 0x10000 && point <= 0x10FFFF) return {point, 4, 1};
    }
    return {no_character, 1, 1};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hexadecimal(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::uint32_t from_number(std::uint32_t point) {
    if (point >= 128 && point < 160) return tables::numeric_references[point - 128];
    if (point == 0 || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return no_character;
    return point;
}

// The code point an entity name stands for, or 0.
std::uint32_t from_name(std::string_view name) {
    const auto at = [](std::size_t i) {
        return std::string_view(tables::entity_names + tables::entity_starts[i],
                                tables::entity_starts[i + 1] - tables::entity_starts[i]);
    };
    std::size_t low = 0, high = std::size(tables::entity_points);
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        if (at(middle) < name)
            low = middle + 1;
        else
            high = middle;
    }
    return low < std::size(tables::entity_points) && at(low) == name ? tables::entity_points[low] : 0;
}

// One character reference whose "&" stands at `at`; `points` is 0 when there is none.
Character single_reference(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    std::uint32_t point = 0;
    if (end < text.size() && text[end] == '#') {
        ++end;
        const bool hexadecimal = end < text.size() && (text[end] == 'x' || text[end] == 'X');
        end += hexadecimal;
        const std::size_t first = end;
        std::uint64_t value = 0;
        for (; end < text.size() && end - first < 8; ++end) {
            const char c = text[end];
            if (hexadecimal ? !is_hexadecimal(c) : !is_digit(c)) break;
            value = value * (hexadecimal ? 16 : 10) + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        if (end == first) return {0, 0, 0};
        point = from_number(static_cast<std::uint32_t>(std::min<std::uint64_t>(value, 0xFFFFFFFF)));
    } else {
        const std::size_t first = end;
        while (end < text.size() && end - first < 31 && (is_alpha(text[end]) || (end > first && is_digit(text[end])))) ++end;
        if (end - first < 2) return {0, 0, 0};
        if (end >= text.size() || text[end] != ';') return {0, 0, 0};
        point = from_name(text.substr(first, end - first));
        if (point == 0) return {0, 0, 0};
    }
    if (end >= text.size() || text[end] != ';') return {0, 0, 0};
    const auto length = static_cast<std::uint32_t>(end + 1 - at);
    return {point, length, length};
}

// The ";" of an escaped "&" serves as the "&" of the next reference, however often that happened.
Character character_reference(std::string_view text, std::size_t at) {
    Character found{0, 0, 0};
    std::size_t inner = at;
    for (;;) {
        const Character next = single_reference(text, inner);
        if (next.points == 0) return found;
        const auto length = static_cast<std::uint32_t>(inner + next.bytes - at);
        found = {next.point, length, length};
        if (next.point != ampersand) return found;
        inner = at + length - 1;
    }
}

std::uint32_t cell_of(std::uint32_t point) {
    return tables::stage2[std::size_t{tables::stage1[point >> 7]} << 7 | (point & 127)];
}

class WordHash {
  public:
    void add(unsigned char byte) {
        block_[size_++] = byte;
        if (size_ == sizeof block_) flush();
    }
    std::uint64_t finish() {
        if (size_ > 0) flush();
        const std::uint64_t value = value_;
        value_ = token_seed;
        return value;
    }

  private:
    void flush() {
        std::memset(block_ + size_, 0, sizeof block_ - size_);
        value_ = fold_multiply(value_ ^ little_endian<std::uint64_t>(block_),
                               little_endian<std::uint64_t>(block_ + 8) ^ token_key);
        size_ = 0;
    }
    unsigned char block_[16];
    std::size_t size_ = 0;
    std::uint64_t value_ = token_seed;
};

class Tokenizer {
  public:
    Tokens run(std::string_view text, bool entities) {
        const std::size_t guess = text.size() / 5;
        tokens_.hashes.reserve(guess);
        tokens_.starts.reserve(guess);
        tokens_.ends.reserve(guess);
        tokens_.flags.reserve(guess);
        std::uint32_t position = 0;
        for (std::size_t at = 0; at < text.size();) {
            Character character{0, 0, 0};
            if (entities && text[at] == '&') character = character_reference(text, at);
            if (character.points == 0) character = decode(text, at);
            take(character.point, position, position + character.points);
            at += character.bytes;
            position += character.points;
        }
        close();
        return std::move(tokens_);
    }

  private:
    void take(std::uint32_t point, std::uint32_t start, std::uint32_t end) {
        const std::uint32_t cell = cell_of(point);
        const auto kind = static_cast<Class>(cell & 15);
        switch (kind) {
            case ignored:
                return;
            case other:
            case space:
            case line_break:
            case stop:
            case wide_stop:
                close();
                separate(kind, point);
                return;
            default:
                if (!open_ || kind == own || (kind != mark && (tokens_.flags.back() & own_token))) begin(kind, start);
                append(point, cell >> 4);
                tokens_.ends.back() = end;
                if (kind == number) tokens_.flags.back() |= digit;
        }
    }

    void begin(Class kind, std::uint32_t start) {
        close();
        tokens_.starts.push_back(start);
        tokens_.ends.push_back(start);
        tokens_.flags.push_back(
            static_cast<std::uint8_t>(gap_ | (kind == upper ? capital : 0) | (kind == own ? own_token : 0)));
        open_ = true;
        gap_ = 0;
        stopped_ = false;
        breaks_ = 0;
    }

    void close() {
        if (open_) tokens_.hashes.push_back(hash_.finish());
        open_ = false;
    }

    // What the text between two tokens says about the second.
    void separate(Class kind, std::uint32_t point) {
        if (kind == wide_stop || (stopped_ && (kind == space || kind == line_break))) gap_ |= sentence_start;
        stopped_ = kind == stop || (stopped_ && kind == other);
        if (kind == line_break) {
            breaks_ += point != '\r';
            gap_ |= breaks_ > 1 ? line_start | sentence_start : line_start;
        } else if (kind != space) {
            breaks_ = 0;
        }
    }

    void append(std::uint32_t point, std::uint32_t fold) {
        if (fold != 0) {
            const unsigned char* form = tables::pool + fold;
            for (unsigned i = 1; i <= form[0]; ++i) hash_.add(form[i]);
        } else if (point >= hangul_first && point <= hangul_last) {
            const std::uint32_t index = point - hangul_first;
            encode(0x1100 + index / 588);
            encode(0x1161 + index % 588 / 28);
            if (index % 28 != 0) encode(0x11A7 + index % 28);
        } else {
            encode(point);
        }
    }

    void encode(std::uint32_t point) {
        const auto add = [this](std::uint32_t byte) { hash_.add(static_cast<unsigned char>(byte)); };
        if (point < 0x80) {
            add(point);
        } else if (point < 0x800) {
            add(0xC0 | point >> 6);
            add(0x80 | (point & 0x3F));
        } else {
            if (point < 0x10000) {
                add(0xE0 | point >> 12);
            } else {
                add(0xF0 | point >> 18);
                add(0x80 | (point >> 12 & 0x3F));
            }
            add(0x80 | (point >> 6 & 0x3F));
            add(0x80 | (point & 0x3F));
        }
    }

    Tokens tokens_;
    WordHash hash_;
    bool open_ = false;
    bool stopped_ = false;
    unsigned breaks_ = 0;
    std::uint8_t gap_ = sentence_start | line_start;
};

}  // namespace

Tokens tokenize(std::string_view text, bool entities) { return Tokenizer().run(text, entities); }

const char* unicode_version() { return tables::unicode_version; }

}  // namespace dedup
