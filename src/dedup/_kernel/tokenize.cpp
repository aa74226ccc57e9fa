#include "tokenize.hpp"

#include <array>

#include "characters.hpp"
#include "hash.hpp"
#include "utf8.hpp"
#include "words.hpp"

namespace dedup {
namespace {

// Folded words hashed as reference/, token_hash does: blocks of sixteen bytes, padded with zeros.
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
        value_ = fold_multiply(value_ ^ little_endian<std::uint64_t>(block_),
                               little_endian<std::uint64_t>(block_ + 8) ^ token_key);
        std::memset(block_, 0, sizeof block_);
        size_ = 0;
    }
    unsigned char block_[block_size] = {};
    std::size_t size_ = 0;
    std::uint64_t value_ = token_seed;
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

    Tokens tokens;

  private:
    Gap gap_;
};

// Keeps only their hashes. Two tokens need three bytes at least: one each and one between, or three for a
// character that is a token of its own.
class HashesOnly {
  public:
    static constexpr bool wants_gaps = false;

    HashesOnly(std::vector<std::uint64_t>& buffer, std::size_t bytes) {
        if (buffer.size() < bytes / 2 + 1) buffer.resize(bytes / 2 + 1);
        begin_ = end_ = buffer.data();
    }
    void separate(Class, bool) {}
    void begin(std::size_t, std::uint8_t) {}
    void extend(std::size_t, std::uint8_t) {}
    void close(std::uint64_t hash) { *end_++ = hash; }
    std::span<const std::uint64_t> hashes() const { return {begin_, end_}; }

  private:
    std::uint64_t *begin_, *end_;
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

// Text is read in two ways: stripes of plain words, and anything else, a character at a time.
template <typename Sink>
class Tokenizer {
  public:
    Tokenizer(std::string_view text, bool entities, Sink& sink) : text_(text), entities_(entities), sink_(sink) {}

    void run() {
        while (at_ < text_.size()) {
            if (!open_) stripes();
            const std::size_t end = std::min(text_.size(), at_ + stripe_size);
            while (at_ < end || (open_ && at_ < text_.size())) character();
        }
        close();
    }

  private:
    // Reads stripes while they are plain. A word that reaches into one that is not is left for `character`.
    void stripes() {
        const char* const text = text_.data();
        std::size_t base = at_, word = 0, gap = at_;  // where the stripe, an open word and the gap before it begin
        std::uint64_t carry = 0;                      // 1 when a word is open
        for (; base + stripe_size + block_size <= text_.size(); base += stripe_size) {
            const Stripe stripe = read_stripe(text + base);
            if ((stripe.high | stripe.ampersands) != 0 && !is_plain(stripe, text + base, entities_)) break;
            const std::uint64_t before = stripe.words << 1 | carry;
            std::uint64_t starts = stripe.words & ~before, ends = before & ~stripe.words;
            if (carry != 0 && ends != 0) {
                gap = plain_word(gap, word, base + static_cast<std::size_t>(std::countr_zero(ends)));
                ends &= ends - 1;
            }
            for (; ends != 0; ends &= ends - 1, starts &= starts - 1)
                gap = plain_word(gap, base + static_cast<std::size_t>(std::countr_zero(starts)),
                                 base + static_cast<std::size_t>(std::countr_zero(ends)));
            if (starts != 0) word = base + static_cast<std::size_t>(std::countr_zero(starts));
            carry = stripe.words >> (stripe_size - 1);
        }
        at_ = carry != 0 ? word : base;
        plain_gap(gap, at_);
    }

    std::size_t plain_word(std::size_t gap, std::size_t start, std::size_t end) {
        plain_gap(gap, start);
        const char* const text = text_.data();
        sink_.begin(start - hidden_, text[start] <= 'Z' && text[start] > '9' ? capital : 0);
        std::uint64_t hash = token_seed;
        std::size_t at = start;
        do {
            const Word word = read_word(text + at, std::min(end - at, block_size));
            sink_.extend(end - hidden_, word.has_digit ? digit : 0);
            hash = fold_multiply(hash ^ word.low, word.high ^ token_key);
            at += block_size;
        } while (at < end);
        sink_.close(hash);
        return end;
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

    std::size_t position() const { return at_ - hidden_; }

    void character() {
        Character next{0, 0, 0};
        if (entities_ && text_[at_] == '&') next = character_reference(text_, at_);
        if (next.points == 0) next = decode(text_, at_);
        const std::size_t start = position();
        at_ += next.bytes;
        hidden_ += next.bytes - next.points;
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
                if (!open_ || kind == own || (kind != mark && own_)) {
                    close();
                    sink_.begin(start, kind == upper ? capital : kind == own ? own_token : 0);
                    open_ = true;
                    own_ = kind == own;
                }
                append(point, cell >> 4);
                sink_.extend(position(), kind == number ? digit : 0);
        }
    }

    void close() {
        if (open_) sink_.close(hash_.finish());
        open_ = false;
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
        encode_utf8(point, [this](unsigned char byte) { hash_.add(byte); });
    }

    std::string_view text_;
    bool entities_;
    Sink& sink_;
    WordHash hash_;
    std::size_t at_ = 0;
    std::size_t hidden_ = 0;  // bytes so far that begin no code point
    bool open_ = false, own_ = false;
};

}  // namespace

Tokens tokenize(std::string_view text, bool entities) {
    AllOfThem sink(text.size());
    Tokenizer(text, entities, sink).run();
    return std::move(sink.tokens);
}

std::span<const std::uint64_t> hash_tokens(std::string_view text, bool entities, std::vector<std::uint64_t>& buffer) {
    HashesOnly sink(buffer, text.size());
    Tokenizer(text, entities, sink).run();
    return sink.hashes();
}

const char* unicode_version() { return tables::unicode_version; }

}  // namespace dedup
