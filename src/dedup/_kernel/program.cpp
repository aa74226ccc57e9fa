#include "program.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "characters.hpp"

namespace dedup {
namespace {

constexpr std::uint32_t argument = (1u << Programs::step_shift) - 1;
constexpr std::uint32_t other_character = 128, nothing = 129;  // beside the ASCII characters
constexpr std::uint32_t unknown = 0, nowhere = 1, the_end = 2, first_state = 3;
constexpr std::size_t most_rows = 1 << 18;  // numbers of an automaton's states; what is more begins it anew

bool has(const Characters& characters, std::uint32_t character) {
    return character != nothing && characters.has(character);
}

enum Kind : std::uint32_t { no_word, word, any_kind };

Kind kind_of(std::uint32_t character) {
    if (character == other_character) return any_kind;
    const char c = static_cast<char>(character);
    return character < 128 && (is_alpha(c) || is_digit(c) || c == '_') ? word : no_word;
}

bool may_part(std::uint32_t before, std::uint32_t after) {
    return before == any_kind || after == any_kind || before != after;
}

bool is_invisible(std::uint32_t point) {
    return point == 0xAD || (point >= 0x200B && point <= 0x200F) || (point >= 0x202A && point <= 0x202E) ||
           point == 0x2060 || (point >= 0x2066 && point <= 0x2069) || point == 0xFEFF;
}

bool is_space(std::uint32_t point) {
    return point == 0xA0 || point == 0x2007 || point == 0x2009 || point == 0x202F || point == 0x3000;
}

bool names_characters(std::uint32_t step) {
    return step == Programs::take || step == Programs::span || step == Programs::peek;
}

}  // namespace

Programs::Programs(std::vector<Characters> classes, const std::vector<std::vector<std::uint32_t>>& expressions)
    : classes_(std::move(classes)) {
    for (const std::vector<std::uint32_t>& each : expressions) {
        for (auto first = each.begin(), last = first; first != each.end(); first = last) {
            while (last != each.end() && *last >> step_shift != done) ++last;
            if (last != each.end()) ++last;
            Program& program = programs_.emplace_back(Program{{first, last}, {}, {}});
            if (!is_sound(program.code)) throw std::invalid_argument("a program goes where there is nothing");
            tell_symbols_apart(program);
        }
        ends_.push_back(programs_.size());
    }
}

bool Programs::is_sound(const std::vector<std::uint32_t>& code) const {
    const auto is_step = [&](std::uint32_t number) {
        const std::uint32_t step = number >> step_shift, at = number & argument;
        if (step == fork || step == jump) return at < code.size();
        return names_characters(step) ? at < classes_.size() : step == border || step == done;
    };
    return std::ranges::all_of(code, is_step) && code.back() >> step_shift == done;
}

void Programs::tell_symbols_apart(Program& program) const {
    std::size_t count = 0;
    const auto split = [&](auto&& told) {
        std::uint8_t names[130][2] = {};
        count = 0;
        for (std::uint32_t character = 0; character <= nothing; ++character) {
            std::uint8_t& symbol = program.symbol_of[character];
            std::uint8_t& name = names[symbol][told(character)];
            if (name == 0) name = static_cast<std::uint8_t>(++count);
            symbol = static_cast<std::uint8_t>(name - 1);
        }
    };
    split([](std::uint32_t character) { return character == nothing; });
    std::vector<std::uint32_t> used;
    for (const std::uint32_t number : program.code) {
        if (names_characters(number >> step_shift)) used.push_back(number & argument);
        program.has_borders |= number >> step_shift == border;
    }
    std::ranges::sort(used);
    used.erase(std::unique(used.begin(), used.end()), used.end());
    for (const std::uint32_t each : used)
        split([&](std::uint32_t character) { return has(classes_[each], character); });
    if (program.has_borders)
        for (const Kind kind : {word, any_kind})
            split([&](std::uint32_t character) { return kind_of(character) == kind; });
    program.symbols.resize(count);
    for (std::uint32_t character = 0; character <= nothing; ++character)
        program.symbols[program.symbol_of[character]] = static_cast<std::uint8_t>(character);
}

// -- the automaton

bool Programs::may_match(std::size_t expression, std::string_view line, Memory& memory) const {
    if (expression >= ends_.size()) return true;
    memory.automata.resize(programs_.size());
    std::size_t number = expression == 0 ? 0 : ends_[expression - 1];
    while (number < ends_[expression] && accepts(number, line, memory)) ++number;
    return number == ends_[expression];
}

bool Programs::accepts(std::size_t number, std::string_view line, Memory& memory) const {
    const Program& program = programs_[number];
    Automaton& automaton = memory.automata[number];
    if (automaton.next.empty()) begin(program, automaton);
    const State* next = automaton.next.data();
    State state = first_state;
    for (std::size_t at = 0; at < line.size();) {
        std::uint32_t character = static_cast<unsigned char>(line[at]);
        std::size_t bytes = 1;
        if (character >= 128) {
            const Character decoded = decode(line, at);
            bytes = decoded.bytes;
            character = is_space(decoded.point) ? ' ' : is_invisible(decoded.point) ? nothing : other_character;
        }
        at += bytes;
        if (character == nothing) continue;
        const std::uint8_t symbol = program.symbol_of[character];
        const State to = next[state + symbol];
        state = to != unknown ? to : step(program, automaton, state, symbol, memory);
        if (to == unknown) next = automaton.next.data();
        if (state == nowhere) return false;
    }
    const std::uint8_t symbol = program.symbol_of[nothing];
    const State to = next[state + symbol];
    return (to != unknown ? to : step(program, automaton, state, symbol, memory)) == the_end;
}

void Programs::begin(const Program& program, Automaton& automaton) {
    automaton = {.next = std::vector<State>(first_state, unknown), .places = {}, .ends = {}};
    enter(program, automaton, {no_word, 0});
}

// Returns where a symbol leads to, and notes it.
Programs::State Programs::step(const Program& program, Automaton& automaton, State from, std::uint8_t symbol,
                               Memory& memory) const {
    const std::size_t at = (from - first_state) / program.symbols.size(), begins = at == 0 ? 0 : automaton.ends[at - 1];
    const std::uint32_t character = program.symbols[symbol];
    memory.now.assign(automaton.places.begin() + static_cast<std::ptrdiff_t>(begins) + 1,
                      automaton.places.begin() + static_cast<std::ptrdiff_t>(automaton.ends[at]));
    memory.next.assign({program.has_borders ? kind_of(character) : no_word});
    State to = nowhere;
    if (reach(program, automaton.places[begins], character, memory)) {
        to = the_end;
    } else if (memory.next.size() > 1) {
        std::sort(memory.next.begin() + 1, memory.next.end());
        memory.next.erase(std::unique(memory.next.begin() + 1, memory.next.end()), memory.next.end());
        if (automaton.next.size() + program.symbols.size() > most_rows) {
            begin(program, automaton);
            return number_of(program, automaton, memory.next);
        }
        to = number_of(program, automaton, memory.next);
    }
    automaton.next[from + symbol] = to;
    return to;
}

// Puts the places behind `character` into `memory.next`; returns whether the program is done, at the end of a line.
bool Programs::reach(const Program& program, std::uint32_t before, std::uint32_t character, Memory& memory) const {
    if (memory.seen.size() < program.code.size()) memory.seen.resize(program.code.size(), 0);
    if (++memory.steps == 0) {
        std::ranges::fill(memory.seen, 0);
        memory.steps = 1;
    }
    memory.open.assign(memory.now.begin(), memory.now.end());
    while (!memory.open.empty()) {
        const Place place = memory.open.back();
        memory.open.pop_back();
        if (memory.seen[place] == memory.steps) continue;
        memory.seen[place] = memory.steps;
        const std::uint32_t to = program.code[place] & argument;
        switch (program.code[place] >> step_shift) {
            case take:
                if (has(classes_[to], character)) memory.next.push_back(place + 1);
                break;
            case span:
                if (has(classes_[to], character)) memory.next.push_back(place);
                memory.open.push_back(place + 1);
                break;
            case fork:
                memory.open.push_back(to);
                memory.open.push_back(place + 1);
                break;
            case jump:
                memory.open.push_back(to);
                break;
            case border:
                if (may_part(before, kind_of(character))) memory.open.push_back(place + 1);
                break;
            case peek:
                if (has(classes_[to], character)) memory.open.push_back(place + 1);
                break;
            default:
                if (character == nothing) return true;
        }
    }
    return false;
}

Programs::State Programs::number_of(const Program& program, Automaton& automaton, const std::vector<Place>& places) {
    std::size_t begins = 0;
    for (std::size_t i = 0; i < automaton.ends.size(); begins = automaton.ends[i++])
        if (std::ranges::equal(places, std::span(automaton.places).subspan(begins, automaton.ends[i] - begins)))
            return static_cast<State>(first_state + i * program.symbols.size());
    return enter(program, automaton, places);
}

Programs::State Programs::enter(const Program& program, Automaton& automaton, const std::vector<Place>& places) {
    automaton.places.insert(automaton.places.end(), places.begin(), places.end());
    automaton.ends.push_back(automaton.places.size());
    const std::size_t row = automaton.next.size();
    automaton.next.resize(row + program.symbols.size(), unknown);
    return static_cast<State>(row);
}

}  // namespace dedup
