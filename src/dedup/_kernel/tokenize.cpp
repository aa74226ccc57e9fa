#include "tokenize.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "characters.hpp"
#include "edges.hpp"
#include "hash.hpp"
#include "utf8.hpp"
#include "words.hpp"

namespace dedup {
namespace {

// Folded words hashed as reference/, token_hash does: blocks of sixteen bytes, padded with zeros.
class WordHash {
  public:
    // Adds `size` bytes, one to eight; the first is the lowest, and what lies above the last is zero.
    void add(std::uint64_t bytes, unsigned size) {
        const unsigned shift = 8 * (size_ % 8);
        const std::uint64_t lower = bytes << shift, upper = bytes >> 1 >> (63 - shift);
        const bool half = size_ >= 8;
        low_ |= half ? 0 : lower;
        high_ |= half ? lower : upper;
        size_ += size;
        if (size_ < block_size) return;
        mix();
        low_ = half ? upper : 0;
        size_ -= block_size;
    }

    std::uint64_t finish() {
        if (size_ > 0) mix();
        const std::uint64_t value = value_;
        value_ = token_seed;
        low_ = size_ = 0;
        return value;
    }

  private:
    void mix() {
        value_ = fold_multiply(value_ ^ low_, high_ ^ token_key);
        high_ = 0;
    }
    std::uint64_t low_ = 0, high_ = 0, value_ = token_seed;
    std::size_t size_ = 0;
};

// What the text between two tokens says about the second one.
class Gap {
  public:
    void separate(Class kind, bool carriage_return) {
        if (kind == wide_stop || (stopped_ && (kind == space || kind == line_break))) flags_ |= sentence_start;
        stopped_ = kind == stop || (stopped_ && kind == other);
        if (kind == line_break) {
            breaks_ += !carriage_return;
            flags_ |= breaks_ > 1 ? line_start | sentence_start : line_start;
        } else if (kind != space) {
            breaks_ = 0;
        }
    }

    std::uint8_t take() {
        const std::uint8_t flags = flags_;
        flags_ = 0;
        stopped_ = false;
        breaks_ = 0;
        return flags;
    }

  private:
    bool stopped_ = false;
    unsigned breaks_ = 0;
    std::uint8_t flags_ = sentence_start | line_start;
};

// Keeps everything about the tokens.
class AllOfThem {
  public:
    static constexpr bool wants_gaps = true;

    explicit AllOfThem(std::size_t bytes) {
        const std::size_t guess = bytes / 5;
        tokens.hashes.reserve(guess);
        tokens.starts.reserve(guess);
        tokens.ends.reserve(guess);
        tokens.flags.reserve(guess);
    }
    void separate(Class kind, bool carriage_return) { gap_.separate(kind, carriage_return); }
    void begin(std::size_t start, std::uint8_t flags) {
        tokens.starts.push_back(static_cast<std::uint32_t>(start));
        tokens.ends.push_back(static_cast<std::uint32_t>(start));
        tokens.flags.push_back(static_cast<std::uint8_t>(flags | gap_.take()));
    }
    void extend(std::size_t end, std::uint8_t flags) {
        tokens.ends.back() = static_cast<std::uint32_t>(end);
        tokens.flags.back() |= flags;
    }
    void close(std::uint64_t hash) { tokens.hashes.push_back(hash); }
    void plain_word(std::size_t start, const char* bytes, std::size_t size) {
        begin(start, bytes[0] <= 'Z' && bytes[0] > '9' ? capital : 0);
        extend(start + size, std::any_of(bytes, bytes + size, is_digit) ? digit : 0);
        close(hash_word(bytes, size));
    }

    Tokens tokens;

  private:
    Gap gap_;
};

// Keeps only their hashes, and the bytes where they are when asked. Two tokens need three bytes at least: one each and
// one between, or three for a character that is a token of its own.
class HashesOnly {
  public:
    static constexpr bool wants_gaps = false;

    HashesOnly(std::vector<std::uint64_t>& buffer, Places* places, std::size_t bytes) {
        if (buffer.size() < bytes / 2 + 1) buffer.resize(bytes / 2 + 1);
        begin_ = end_ = buffer.data();
        if (places == nullptr) return;
        if (places->starts.size() < buffer.size()) {
            places->starts.resize(buffer.size());
            places->ends.resize(buffer.size());
        }
        starts_ = places->starts.data();
        ends_ = places->ends.data();
    }
    void separate(Class, bool) {}
    void begin(std::size_t start, std::uint8_t) {
        if (starts_ == nullptr) return;
        *starts_++ = static_cast<std::uint32_t>(start);
        ++ends_;
    }
    void extend(std::size_t end, std::uint8_t) {
        if (starts_ != nullptr) ends_[-1] = static_cast<std::uint32_t>(end);
    }
    void close(std::uint64_t hash) { *end_++ = hash; }
    void plain_word(std::size_t start, const char* bytes, std::size_t size) {
        begin(start, 0);
        extend(start + size, 0);
        close(hash_word(bytes, size));
    }
    std::span<const std::uint64_t> hashes() const { return {begin_, end_}; }

  private:
    std::uint64_t *begin_, *end_;
    std::uint32_t *starts_ = nullptr, *ends_ = nullptr;
};

// Classes of the ASCII characters that end a word.
constexpr std::array<Class, 128> make_ascii_classes() {
    std::array<Class, 128> classes{};
    classes[' '] = classes['\t'] = space;
    classes['\n'] = classes['\v'] = classes['\f'] = classes['\r'] = line_break;
    classes['.'] = classes['!'] = classes['?'] = stop;
    return classes;
}
constexpr std::array<Class, 128> ascii_classes = make_ascii_classes();

// Text is read in two ways: runs of plain words, and anything else, a character at a time.
template <typename Sink>
class Tokenizer {
  public:
    Tokenizer(std::string_view text, bool entities, SimdLevel level, Sink& sink)
        : text_(text), entities_(entities), level_(level), sink_(sink) {}

    void run() {
        Edges edges;  // not a member, so that the members can live in registers
        while (at_ < text_.size()) {
            if (plain_run(edges)) continue;
            do {
                character();
                if (own_)
                    own_characters();
                else if (open_)
                    letters();
            } while (at_ < text_.size() && (open_ || static_cast<unsigned char>(text_[at_]) >= 0x80));
        }
        close();
    }

  private:
    static constexpr std::size_t reach = stripe_size + block_size;  // what must be readable from a stripe on
    static constexpr std::size_t chunk = std::size_t{1} << 16;

    // Reads words as long as the text is plain; false when it is not. A word that reaches into what is not is left.
    bool plain_run(Edges& edges) {
        const std::size_t left = text_.size() - at_;
        if (left > 2 * reach) {
            find_edges(text_.data() + at_, std::min(left - reach, chunk), entities_, level_, edges);
            return plain_words(text_.data() + at_, edges, edges.end);
        }
        char last[3 * reach + 1] = {};
        std::memcpy(last, text_.data() + at_, left);
        find_edges(last, left + 1, entities_, level_, edges);
        return plain_words(last, edges, std::min(left, edges.end));
    }

    bool plain_words(const char* bytes, const Edges& edges, std::size_t end) {
        if (edges.count % 2 != 0) end = edges.at[edges.count - 1];
        std::size_t gap = 0;
        for (std::size_t i = 0; i + 1 < edges.count; i += 2) {
            const std::size_t first = edges.at[i], last = edges.at[i + 1];
            plain_gap(at_ + gap, at_ + first);
            sink_.plain_word(at_ + first - hidden_, bytes + first, last - first);
            gap = last;
        }
        plain_gap(at_ + gap, at_ + end);
        at_ += end;
        return end != 0;
    }

    // What stands between plain words: ASCII and general punctuation.
    void plain_gap(std::size_t at, std::size_t end) {
        if constexpr (!Sink::wants_gaps) return;
        while (at < end) {
            const auto byte = static_cast<unsigned char>(text_[at]);
            if (byte < 0x80) {
                sink_.separate(ascii_classes[byte], byte == '\r');
                ++at;
            } else {
                sink_.separate(static_cast<Class>(cell_of(0x2000 | (text_[at + 2] & 0x3F)) & 15), false);
                at += 3;
                hidden_ += 2;
            }
        }
    }

    // In code points, or bytes where gaps are passed over.
    std::size_t position() const { return at_ - hidden_; }

    static constexpr std::size_t hides(std::size_t bytes) { return Sink::wants_gaps ? bytes : 0; }

    void character() {
        Character next{0, 0, 0};
        if (entities_ && text_[at_] == '&') next = character_reference(text_, at_);
        if (next.points == 0) next = decode(text_, at_);
        const std::size_t start = position();
        at_ += next.bytes;
        hidden_ += hides(next.bytes - next.points);
        take(next.point, start);
    }

    void take(std::uint32_t point, std::size_t start) {
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
                sink_.separate(kind, point == '\r');
                return;
            default:
                if (own_ ? kind != mark : !open_ || kind == own) {
                    close();
                    sink_.begin(start, kind == upper ? capital : kind == own ? own_token : 0);
                    open_ = true;
                    own_ = kind == own;
                }
                append(point, cell >> 4);
                sink_.extend(position(), kind == number ? digit : 0);
        }
    }

    // What `character` does, for as many characters as there are, up to a word that begins with ASCII or a reference.
    void letters() {
        constexpr unsigned continuing = 1u << letter | 1u << mark | 1u << upper | 1u << number;
        constexpr unsigned separating = 1u << other | 1u << space | 1u << line_break | 1u << stop | 1u << wide_stop;
        const char* const end = text_.data() + text_.size();
        const char* at = text_.data() + at_;
        std::size_t hidden = hidden_;
        unsigned kinds = 0;
        Form held{0, 0};  // waits for hash_
        const auto settle = [&] {
            if (held.size != 0) hash_.add(held.bytes, held.size);
            held = {0, 0};
            at_ = static_cast<std::size_t>(at - text_.data());
            hidden_ = hidden;
            if (kinds != 0) sink_.extend(position(), kinds >> number & 1 ? digit : 0);
            kinds = 0;
        };
        while (end - at >= 4) {
            const Encoded next = read_encoded(at);
            const std::uint32_t cell = cell_of(next.point), kind = cell & 15, fold = cell >> 4;
            if (next.size != 0 && (continuing >> kind & 1) != 0) {
                if (!open_) sink_.begin(static_cast<std::size_t>(at - text_.data()) - hidden, kind == upper ? capital : 0);
                open_ = true;
                const Form form = fold == 0 ? Form{next.bytes, next.size} : form_of(fold);
                if (held.size + form.size > 8) {
                    hash_.add(held.bytes, held.size);
                    held = {0, 0};
                }
                if (form.size > 8)
                    append(next.point, fold);
                else
                    held = {held.bytes | form.bytes << 8 * held.size, held.size + form.size};
                kinds |= 1u << kind;
                at += next.size;
                hidden += hides(next.size - 1);
            } else if (next.size != 0 && (separating >> kind & 1) != 0 && next.bytes != ampersand) {
                settle();
                close();
                sink_.separate(static_cast<Class>(kind), next.bytes == '\r');
                at += next.size;
                hidden += hides(next.size - 1);
                if (static_cast<signed char>(*at) >= 0 && (is_alpha(*at) || is_digit(*at))) break;
            } else {
                break;
            }
        }
        settle();
    }

    // The same for characters that are tokens of their own and fold to themselves; the last one stays open.
    void own_characters() {
        const char* const end = text_.data() + text_.size();
        const char* at = text_.data() + at_;
        std::size_t start = position();
        std::uint32_t last = 0;  // what hash_ would hold
        while (end - at >= 4) {
            const Encoded next = read_encoded(at);
            if (next.size != 3) break;
            if (!is_unified_ideograph(next.point) && (cell_of(next.point) != own || is_hangul(next.point))) break;
            sink_.close(last == 0 ? hash_.finish() : fold_multiply(token_seed ^ last, token_key));
            last = next.bytes;
            sink_.begin(start, own_token);
            start += 3 - hides(2);
            sink_.extend(start, 0);
            at += 3;
        }
        if (last != 0) hash_.add(last, 3);
        hidden_ += static_cast<std::size_t>(at - text_.data()) - at_ - (start - position());
        at_ = static_cast<std::size_t>(at - text_.data());
    }

    void close() {
        if (open_) sink_.close(hash_.finish());
        open_ = own_ = false;
    }

    void append(std::uint32_t point, std::uint32_t fold) {
        if (fold != 0) {
            const unsigned size = form_of(fold).size;
            for (unsigned at = 0; at < size; at += 8) {
                const Form part = form_of(fold, at);
                hash_.add(part.bytes, std::min(part.size, 8u));
            }
        } else if (is_hangul(point)) {
            const std::uint32_t index = point - hangul_first;
            add(0x1100 + index / 588);
            add(0x1161 + index % 588 / 28);
            if (index % 28 != 0) add(0x11A7 + index % 28);
        } else {
            add(point);
        }
    }

    void add(std::uint32_t point) {
        const Utf8 form = encode_utf8(point);
        hash_.add(form.bytes, form.size);
    }

    std::string_view text_;
    bool entities_;
    SimdLevel level_;
    Sink& sink_;
    WordHash hash_;
    std::size_t at_ = 0;
    std::size_t hidden_ = 0;  // bytes so far that begin no code point
    bool open_ = false, own_ = false;
};

// The next place from `at` on that is not ASCII.
std::size_t ascii_end(std::string_view text, std::size_t at) {
    while (at + 8 <= text.size() && (little_endian<std::uint64_t>(text.data() + at) & 0x8080808080808080) == 0) at += 8;
    while (at < text.size() && static_cast<signed char>(text[at]) >= 0) ++at;
    return at;
}

}  // namespace

Tokens tokenize(std::string_view text, bool entities, SimdLevel level) {
    AllOfThem sink(text.size());
    Tokenizer(text, entities, level, sink).run();
    return std::move(sink.tokens);
}

std::span<const std::uint64_t> hash_tokens(std::string_view text, bool entities, std::vector<std::uint64_t>& buffer,
                                           SimdLevel level, Places* places) {
    HashesOnly sink(buffer, places, text.size());
    Tokenizer(text, entities, level, sink).run();
    return sink.hashes();
}

void count_points(std::string_view text, std::size_t count, Places& places) {
    std::uint32_t *start = places.starts.data(), *end = places.ends.data();
    const std::uint32_t *const starts_end = start + count, *const ends_end = end + count;
    std::size_t at = 0, hidden = 0;  // bytes so far that begin no code point
    while (end != ends_end) {
        const std::size_t next = ascii_end(text, at);
        for (; start != starts_end && *start <= next; ++start) *start -= static_cast<std::uint32_t>(hidden);
        for (; end != ends_end && *end <= next; ++end) *end -= static_cast<std::uint32_t>(hidden);
        if (next == text.size()) return;
        const Character odd = decode(text, next);
        at = next + odd.bytes;
        hidden += odd.bytes - odd.points;
    }
}

const char* unicode_version() { return tables::unicode_version; }

}  // namespace dedup
