// a text and the documents around it -> what they share, and which words of it other documents repeat.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "cover.hpp"
#include "describe.hpp"
#include "index.hpp"

namespace dedup {

// The words of a text, and what has been found out about them so far.
struct Story {
    struct Stretch {
        std::uint32_t first, last;
    };
    struct Repeat {
        std::uint32_t number;            // of another document
        std::vector<Stretch> stretches;  // of runs of this text that it has, too
    };
    std::vector<std::uint64_t> words;
    std::uint32_t run = 1;  // words of a run
    std::uint32_t shingles = 0;  // distinct ones; 0 where they have not been counted
    std::vector<std::uint64_t> runs;
    std::vector<std::uint32_t> samples;
    std::vector<Repeat> repeats;  // by number
};

// How texts are compared.
struct Scheme {
    std::uint32_t width, sample;
    std::uint32_t run, own_run;     // words of a run, and characters where each is a word of its own
    std::uint32_t few, neighbours;  // documents that are asked what they repeat: first, and in the end
    std::uint32_t likely;           // nearest documents that may be copies; twice as many are near
    double copy_resemblance, copy_containment;
    double own_words, other_words, own_share, coverage, both;  // that two texts need to be related
};

// The stories of documents: those in use, and those that were before them. Reference: reference/around.py, Stories.
class Stories {
  public:
    using Held = std::shared_ptr<Story>;
    // Reads the stories of documents, each made of its text.
    class Source {
      public:
        virtual ~Source() = default;
        virtual std::vector<Held> read(std::span<const std::uint32_t> numbers, Stories& stories) = 0;
    };

    // `kept` is how many bytes they take, more or less.
    Stories(const Scheme& scheme, std::size_t kept, SimdLevel level)
        : scheme(scheme), reader_(level), level_(level), kept_(kept) {}

    // The story of a text (UTF-8) outside its cuts; of one whose words are known.
    Held made(std::string_view text, std::span<const std::uint32_t> cuts);
    Held made(std::string_view text, std::span<const std::uint32_t> cuts, std::span<const std::uint64_t> words) const;
    std::vector<Held> get(std::span<const std::uint32_t> numbers, Source& source);
    void keep(std::uint32_t number, const Held& story);

    const Scheme scheme;

  private:
    Reader reader_;
    SimdLevel level_;
    std::unordered_map<std::uint32_t, Held> used_, before_;
    std::size_t kept_, bytes_ = 0;  // of those in use
};

// What one search knows around a text; nothing is remembered or forgotten before it ends. Reference: reference/around.py,
// Around.
class Around {
  public:
    // What a document is, or would be: its number, or 0; of which source; the group it is of, or 0.
    struct Document {
        std::uint32_t number, source, group;
    };
    struct Place {
        Stories& stories;
        Index& index;
        Stories::Source& source;
        std::int64_t since;
    };
    Around(const Place& place, Stories::Held story, const Document& document);
    Around(const Around&) = delete;
    Around& operator=(const Around&) = delete;

    // Distinct shingles: in common, of the text, of the other; of each document in turn.
    std::array<std::uint32_t, 3> overlap(Story& other);
    std::vector<std::uint32_t> overlaps(std::span<const std::uint32_t> numbers);
    // The marks of both texts by what other stories repeat; none where too little is left in common: of this text (1),
    // of either (2), of either or of both together (3); 0 asks nothing.
    using Marks = std::vector<std::uint8_t>;
    std::optional<std::pair<Marks, Marks>> furniture(Around& other, unsigned ways);

    const Stories::Held& story() const { return story_; }

  private:
    const Scheme& scheme() const { return place_.stories.scheme; }
    const Numbered& shingles();
    Index::Neighbours& near();
    const std::vector<std::uint32_t>& groups();
    bool is_copy(std::uint32_t shared, std::uint32_t size, std::uint32_t other) const;
    bool is_covered(const Cover& cover, std::size_t words, std::size_t other_words, unsigned ways) const;
    Marks repeated(std::span<const std::uint32_t> apart, std::size_t most);
    const std::vector<Story::Stretch>& stretches(std::uint32_t number, Story& other);
    std::vector<Story::Stretch> compare(Story& other);
    std::span<const std::uint64_t> shingles_of(const Story& story);

    const Place place_;
    const Stories::Held story_;
    const Document document_;
    std::optional<Numbered> shingles_, runs_;
    std::optional<Index::Neighbours> near_;
    std::vector<std::uint32_t> groups_;
    std::vector<std::uint64_t> keys_, kept_;  // working memory
};

}  // namespace dedup
