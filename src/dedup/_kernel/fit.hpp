// Words of a text and seeds met in it -> where patterns with slots and alternatives fit, and how well.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dedup {

// A place where a value stands: before word `first` of a pattern, or over its words `first` to `last`.
struct Gap {
    std::int32_t first, last, limit;
    std::uint32_t same;  // the first slot of the pattern that is just like it
};

// A word or a slot of a pattern by number, or a choice between branches.
struct Item {
    enum Kind : std::uint32_t { word, slot, choice } kind;
    std::uint32_t number;
    std::vector<std::vector<Item>> branches;
    bool optional;
};

using Branch = std::vector<Item>;

struct PatternData {
    std::vector<std::uint64_t> words;
    std::vector<Gap> gaps;
    Branch root;
    double floor;
    std::uint32_t needed, expected;
};

// Reads items as reference/fit.py describes them.
Branch read_branch(std::span<const std::uint32_t> numbers, std::size_t words, std::size_t slots);

// Pattern `owner` with the choices made that `items` tell (empty: it has none): its word `positions[i]` stands at token
// `places[i]`. `is_cut`: the text ends before the pattern.
struct Fit {
    std::uint32_t owner;
    std::vector<std::uint32_t> items, positions, places;
    double coverage, score;
    bool is_cut;
};

// Never changes: many threads may fit with one. Reference: reference/fit.py, Fitter.
class Fitter {
  public:
    explicit Fitter(std::vector<PatternData> patterns) : patterns_(std::move(patterns)) {}

    // `hits` are a scanner's: owner, position, place; by owner, then place.
    std::vector<Fit> fit(std::span<const std::uint64_t> words, std::span<const std::uint32_t> hits) const;

  private:
    std::vector<PatternData> patterns_;
};

}  // namespace dedup
