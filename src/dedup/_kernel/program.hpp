// A line and a program of an expression -> whether the expression may match the line, told character by character.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace dedup {

// Some of the ASCII characters, and, or not, all others.
struct Characters {
    std::uint64_t ascii[2];
    bool others;
};

// Never changes: many threads may ask one. Reference: reference/program.py.
class Programs {
  public:
    // What a number of a program says, in its highest byte; the rest is a target in the program or the number of a class.
    enum Step : std::uint32_t { take, span, fork, jump, border, peek, done };
    static constexpr unsigned step_shift = 24;

    Programs() = default;
    Programs(std::vector<Characters> classes, std::vector<std::vector<std::uint32_t>> programs)
        : classes_(std::move(classes)), programs_(std::move(programs)) {}
    bool is_sound() const;  // every target and class is there, and every way through comes to an end

    struct Memory {
        std::vector<std::uint32_t> now, next, open;
        std::vector<std::uint32_t> seen;  // for each place of a program the step at which it was come by last
        std::uint32_t step = 0;
    };
    // What has no program may match anything.
    bool may_match(std::size_t number, std::string_view line, Memory& memory) const;

  private:
    std::vector<Characters> classes_;
    std::vector<std::vector<std::uint32_t>> programs_;
};

}  // namespace dedup
