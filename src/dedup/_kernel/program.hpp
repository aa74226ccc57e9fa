// A line and a program of an expression -> whether the expression may match the line, told character by character.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace dedup {

// Some of the ASCII characters, and, or not, all others.
struct Characters {
    std::uint64_t ascii[2];
    bool others;

    bool has(std::uint32_t character) const {
        return character < 128 ? (ascii[character >> 6] >> (character & 63) & 1) != 0 : others;
    }
};

// Expressions, each as one program or several, one after another, that all have to match. Never changes: many threads may
// ask one. Reference: reference/program.py.
class Programs {
  public:
    // What a number of a program says, in its highest byte; the rest is a target in the program or the number of a class.
    enum Step : std::uint32_t { take, span, fork, jump, border, peek, done };
    static constexpr unsigned step_shift = 24;

    Programs() = default;
    // Raises `std::invalid_argument` when a target or class is not there, or a way through comes to no end.
    [[gnu::cold]] Programs(std::vector<Characters> classes, const std::vector<std::vector<std::uint32_t>>& expressions);

    class Memory;
    // A line is read without what is invisible, every space as " ". What has no program may match anything.
    bool may_match(std::size_t expression, std::string_view line, Memory& memory) const;

  private:
    using Place = std::uint32_t;
    using State = std::uint32_t;  // the places where a program may be after some characters: the row it has in `next`

    struct Program {
        std::vector<std::uint32_t> code;
        std::array<std::uint8_t, 130> symbol_of;  // characters that make no difference to the program are one symbol
        std::vector<std::uint8_t> symbols;        // a character for each
        bool has_borders = false;
    };
    // The states of a program that lines have come to so far.
    struct Automaton {
        std::vector<State> next;    // by state, then symbol
        std::vector<Place> places;  // of each state: what kind of character came before, then places in order
        std::vector<std::size_t> ends;  // in `places`
    };
    bool accepts(std::size_t number, std::string_view line, Memory& memory) const;
    [[gnu::cold]] bool is_sound(const std::vector<std::uint32_t>& code) const;
    [[gnu::cold]] void tell_symbols_apart(Program& program) const;
    [[gnu::cold]] State step(const Program& program, Automaton& automaton, State from, std::uint8_t symbol, Memory& memory) const;
    [[gnu::cold]] bool reach(const Program& program, std::uint32_t before, std::uint32_t character, Memory& memory) const;
    [[gnu::cold]] static void begin(const Program& program, Automaton& automaton);
    [[gnu::cold]] static State number_of(const Program& program, Automaton& automaton, const std::vector<Place>& places);
    [[gnu::cold]] static State enter(const Program& program, Automaton& automaton, const std::vector<Place>& places);

    std::vector<Characters> classes_;
    std::vector<Program> programs_;
    std::vector<std::size_t> ends_;  // of the programs of each expression
};

// What is reused from line to line; one for each thread.
class Programs::Memory {
    friend Programs;
    std::vector<Automaton> automata;
    std::vector<Place> now, next, open;
    std::vector<std::uint32_t> seen;  // for each place of a program the step at which it was come by last
    std::uint32_t steps = 0;
};

}  // namespace dedup
