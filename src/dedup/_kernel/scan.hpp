// texts -> which of many templates may stand where: seeds met in the token stream, and lines that may have a shape.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "filter.hpp"
#include "fit.hpp"
#include "program.hpp"
#include "simd.hpp"
#include "tokenize.hpp"

namespace dedup {

// `key` is the hash of `width` (1 to 3) words of template `owner`, the first of which is its word `position`.
struct Seed {
    std::uint64_t key;
    std::uint32_t width, owner, position;
};

// A line, or a part of one set off by two spaces, may have shape `owner` when it holds the run of one to three words
// with the hash `key` (0: any line), has no more than `longest` visible characters, and begins with one in `starts`.
// Unless it has a character reference, it also holds the character `holds` (0: any) or its full-width form. Unless it
// reads otherwise than it is written (with what may be a character reference, a character that may match several, or
// what a reader does not see at its edges), it ends with a character in `ends`, no more than `before` stand before the
// word, and `after` from its beginning on, and it may be matched by the program of the shape.
struct Clue {
    std::uint64_t key;
    Characters starts, ends;
    std::uint32_t owner, longest, holds, before, after;
};

enum Oddity : std::uint32_t { broken_word = 1, mojibake = 2, short_lines = 4 };

struct Sighting {
    std::vector<std::uint32_t> hits;   // owner, position, place (in tokens); by owner, then place
    std::vector<std::uint32_t> lines;  // start, end (code points), owner; by start, then owner
    std::uint32_t oddities = 0;
    std::vector<Fit> fits;             // of the hits
    Places tokens;                     // code points
    bool empty() const { return hits.empty() && lines.empty() && oddities == 0; }
};

// Never changes: many threads may scan with one. Reference: reference/, Scanner.
class Scanner {
    struct Range {
        std::uint32_t first, last;
    };
    // Keys -> what has them.
    class Table {
      public:
        struct Slot {
            std::uint64_t key;
            Range seeds, clues;
            bool is_free() const { return seeds.last == 0 && clues.last == 0; }
        };
        [[gnu::cold]] explicit Table(std::size_t keys = 0) : slots_(std::bit_ceil(keys * 2 + 2)) {}
        // Where a key is, or may be put as long as there are no more than were told of.
        Slot& at(std::uint64_t key) {
            std::size_t place = key & (slots_.size() - 1);
            while (!slots_[place].is_free() && slots_[place].key != key) place = (place + 1) & (slots_.size() - 1);
            return slots_[place];
        }
        const Slot& at(std::uint64_t key) const { return const_cast<Table*>(this)->at(key); }

      private:
        std::vector<Slot> slots_;
    };
    struct Word {
        std::uint32_t first, last;  // tokens of a run
        Range clues;                // those that ask for it
    };

  public:
    // `needed` has for each template how many of its positions must be met.
    [[gnu::cold]] Scanner(std::span<const Seed> seeds, std::span<const std::uint32_t> needed,
                          std::span<const Clue> clues, Programs programs);
    Scanner(const Scanner&) = delete;

    // What is reused from text to text; one for each thread.
    class Memory {
      public:
        explicit Memory(const Scanner& scanner) : met(scanner.positions_, 0), count(scanner.needed_.size(), 0) {}

      private:
        friend Scanner;
        std::vector<std::uint32_t> met;  // the text in which a position of a template was met last
        std::vector<std::uint32_t> count, touched, owners;
        std::vector<std::uint64_t> hashes;
        std::vector<KeyFilter::Block> blocks;
        Places places;  // of tokens, in bytes
        std::vector<Word> words;
        Programs::Memory program;
        std::size_t next_word = 0;
        std::uint32_t text = 0;
    };
    // With a fitter, hits are fitted too.
    Sighting scan(std::string_view text, const Fitter* fitter, Memory& memory,
                  SimdLevel level = SimdLevel::baseline) const;

    // Memory that was used before knows programs already; those who lend it and take it back do so one at a time.
    std::unique_ptr<Memory> lend_memory() const;
    void take_back(std::unique_ptr<Memory> memory) const;

  private:
    struct Line {
        std::size_t first, last;  // bytes, without outer white space
        std::uint32_t start, end;  // code points
        std::uint32_t visible, head, tail;  // `head` and `tail`: the first and the last visible character
        bool has_head, has_reference, reads_otherwise;
    };
    std::size_t find_seeds(std::string_view text, const Fitter* fitter, Sighting& found, Memory& memory,
                           SimdLevel level) const;
    void meet(std::span<const std::uint64_t> run, std::size_t place, Sighting& found, Memory& memory) const;
    void keep_what_is_needed(Sighting& found, Memory& memory) const;
    void find_lines(std::string_view text, Sighting& found, Memory& memory) const;
    void end_line(std::string_view body, const Line& line, Sighting& found, Memory& memory) const;
    template <typename Rows>
    [[gnu::cold]] void enter(const Rows& rows, Range Table::Slot::* range, std::vector<std::uint64_t>& keys);
    static bool may_be(const Clue& clue, const Line& line, std::string_view body);

    std::vector<Seed> seeds_;  // by key, owner, position
    Table table_;
    KeyFilter keys_;           // of the table
    std::vector<Clue> clues_;  // by key; those without come first
    Programs programs_;
    std::vector<Clue> by_head_[129];  // clues without a word, by what the line begins with; 128: not ASCII; longest first
    std::size_t wordless_ = 0;
    std::uint32_t longest_ = 0, positions_ = 0;
    Characters long_starts_{{0, 0}, true};  // what the lines may begin with that have clues though they are long
    std::vector<std::uint32_t> needed_, base_;  // per template: what it needs, where its positions begin
    mutable std::vector<std::unique_ptr<Memory>> lent_before_;
};

}  // namespace dedup
