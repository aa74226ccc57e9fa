#include "program.hpp"

#include <algorithm>

#include "characters.hpp"

namespace dedup {
namespace {

constexpr std::uint32_t argument = (1u << Programs::step_shift) - 1;
constexpr std::uint32_t other_character = 128, nothing = 129;  // beside the ASCII characters
constexpr std::size_t farthest = 128;                          // characters; after them anything may follow

bool has(const Characters& characters, std::uint32_t character) {
    if (character < 128) return (characters.ascii[character >> 6] >> (character & 63) & 1) != 0;
    return character == other_character && characters.others;
}

enum Kind { no_word, word, unknown };

Kind kind_of(std::uint32_t character) {
    if (character == other_character) return unknown;
    const char c = static_cast<char>(character);
    return character < 128 && (is_alpha(c) || is_digit(c) || c == '_') ? word : no_word;
}

bool may_part(std::uint32_t before, std::uint32_t after) {
    const Kind left = kind_of(before), right = kind_of(after);
    return left == unknown || right == unknown || left != right;
}

}  // namespace

bool Programs::is_sound() const {
    return std::ranges::all_of(programs_, [&](const std::vector<std::uint32_t>& program) {
        const auto is_step = [&](std::uint32_t number) {
            const std::uint32_t step = number >> step_shift, at = number & argument;
            if (step == fork || step == jump) return at < program.size();
            return step == take || step == span || step == peek ? at < classes_.size() : step == border || step == done;
        };
        return program.empty() || (std::ranges::all_of(program, is_step) && program.back() >> step_shift == done);
    });
}

bool Programs::may_match(std::size_t number, std::string_view line, Memory& memory) const {
    if (number >= programs_.size() || programs_[number].empty()) return true;
    const std::vector<std::uint32_t>& program = programs_[number];
    if (memory.seen.size() < program.size()) {
        memory.seen.resize(program.size(), 0);
        for (auto* places : {&memory.now, &memory.next, &memory.open}) places->resize(2 * program.size() + 2);
    }
    std::uint32_t *now = memory.now.data(), *next = memory.next.data(), *const open = memory.open.data();
    std::size_t alive = 1, at = 0;
    now[0] = 0;
    std::uint32_t before = nothing;
    for (std::size_t count = 0; count < farthest; ++count) {
        std::uint32_t character = nothing;
        if (at < line.size()) {
            character = static_cast<unsigned char>(line[at]);
            at += character < 128 ? 1 : decode(line, at).bytes;
            character = std::min(character, other_character);
        }
        const std::uint32_t step = ++memory.step;
        std::size_t after = 0, waiting = 0;
        for (std::size_t i = 0; i < alive; ++i) {
            open[waiting++] = now[i];
            while (waiting != 0) {
                const std::uint32_t place = open[--waiting], to = program[place] & argument;
                if (memory.seen[place] == step) continue;
                memory.seen[place] = step;
                switch (program[place] >> step_shift) {
                    case take:
                        if (has(classes_[to], character)) next[after++] = place + 1;
                        break;
                    case span:
                        if (has(classes_[to], character)) next[after++] = place;
                        open[waiting++] = place + 1;
                        break;
                    case fork:
                        open[waiting++] = to;
                        open[waiting++] = place + 1;
                        break;
                    case jump:
                        open[waiting++] = to;
                        break;
                    case border:
                        if (may_part(before, character)) open[waiting++] = place + 1;
                        break;
                    case peek:
                        if (has(classes_[to], character)) open[waiting++] = place + 1;
                        break;
                    default:
                        if (character == nothing) return true;
                }
            }
        }
        if (after == 0) return false;
        std::swap(now, next);
        alive = after;
        before = character;
    }
    return true;
}

}  // namespace dedup
