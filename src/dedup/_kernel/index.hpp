// The keys of documents -> which documents to look at: the same id, the same story, candidates, neighbours.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "postings.hpp"

namespace dedup {

// Documents are numbered from 1 in the order they are added. The keys of one are those of its id and of its story, one
// per band, then one per sampled shingle; of a document without words that of its id alone. Reference: reference/, Index.
class Index {
  public:
    static constexpr std::int64_t undated = INT64_MAX;

    Index(std::uint32_t bands, std::uint32_t limit);

    // `group` is what copies of a document have in common, 0 for its own number; `source` is 0 when it has none.
    std::uint32_t add(std::span<const std::uint32_t> keys, std::uint32_t size, std::int64_t time, std::uint32_t source,
                      std::uint32_t group);
    // Gives the next document a number, if it would be lower.
    void skip(std::uint32_t next);
    // Forgets one document; its keys must be those it was added with.
    void drop(std::uint32_t number, std::span<const std::uint32_t> keys);
    // Forgets every document numbered below `low`.
    void expire(std::uint32_t low);

    struct Found {
        std::vector<std::uint32_t> ids, stories, candidates;
    };
    // Of what is remembered: those with the id; those of `since` or later with the story, and the `most` that are worth
    // a closer look, most promising first.
    const Found& find(std::span<const std::uint32_t> keys, std::int64_t since, std::size_t most);
    struct Count {
        std::uint32_t number, bands, samples;
        bool operator<(const Count& other) const;  // less promising
    };
    // Documents that share samples, most promising first, put in order as far as they are asked for.
    class Neighbours {
      public:
        Neighbours(std::vector<Count> counts, std::size_t most, std::uint32_t asked, std::uint32_t crowded);
        std::size_t size() const { return size_; }
        std::uint32_t number(std::size_t at) { return count(at).number; }
        // How many samples of those asked for it surely lacks, and how many of its own are surely not asked for.
        std::pair<std::uint32_t, std::uint32_t> apart(std::size_t at, const Index& index);

      private:
        const Count& count(std::size_t at);
        std::vector<Count> counts_;  // a heap, and behind it those in order
        std::size_t size_, ordered_ = 0;
        std::uint32_t asked_, crowded_;
    };
    // The `most` documents of `since` or later that share the most sampled shingles, two or more.
    Neighbours neighbours(std::span<const std::uint32_t> samples, std::int64_t since, std::size_t most);
    // Of neighbours the first `most` of one group each, none of the groups apart; and a byte for each, not zero when it
    // is of the source.
    std::pair<std::vector<std::uint32_t>, std::vector<std::uint8_t>> witnesses(
        Neighbours& neighbours, std::span<const std::uint32_t> apart, std::uint32_t source, std::size_t most) const;
    // Every document with the id key.
    std::vector<std::uint32_t> holders(std::uint32_t key) const;

    bool holds(std::uint32_t number) const;
    std::int64_t time(std::uint32_t number) const { return document(number).time; }
    std::uint32_t size(std::uint32_t number) const { return document(number).size; }
    std::uint32_t source(std::uint32_t number) const { return document(number).source; }
    std::uint32_t group(std::uint32_t number) const { return document(number).group; }
    void set_time(std::uint32_t number, std::int64_t time);
    // Gives `time` to every document without one.
    void date(std::int64_t time);
    // The documents older than `time`, oldest number first.
    std::vector<std::uint32_t> older(std::int64_t time) const;
    // The lowest number that is remembered, or 0.
    std::uint32_t oldest();

    std::size_t documents() const { return documents_; }
    const Postings& postings() const { return postings_; }
    std::size_t bytes() const { return postings_.bytes() + known_.size() * sizeof(Document); }

  private:
    static constexpr std::int64_t forgotten = INT64_MIN;

    struct Document {
        std::int64_t time;
        std::uint32_t size, samples, source, group;
    };
    // How often each number was met, in a table that is kept from search to search.
    class Counts {
      public:
        void clear();
        Count& of(std::uint32_t number);
        std::vector<Count>& all() { return counts_; }

      private:
        void grow();
        std::vector<Count> counts_;
        std::vector<std::uint32_t> places_ = std::vector<std::uint32_t>(1024, 0);  // in counts_, plus one
    };

    const Document& document(std::uint32_t number) const;
    void fetch(std::span<const std::uint32_t> keys) const;
    void count(std::span<const std::uint32_t> keys, bool bands);
    bool is_candidate(const Count& count, std::int64_t since, std::size_t samples) const;

    Postings postings_;
    std::uint32_t bands_, base_ = 1;  // number of the first of known_
    std::deque<Document> known_;
    std::size_t documents_ = 0;
    Counts counts_;
    std::uint32_t crowded_ = 0;  // keys of the search that had as many numbers as a key may have
    Found found_;
};

}  // namespace dedup
