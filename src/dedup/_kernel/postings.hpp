// 32-bit keys -> the numbers of the documents that hold them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dedup {

// Open addressing with linear probing over 8-byte slots (key, number). Numbers only grow; `expire` moves the
// low-water mark, and a slot below it counts as free when the table is rebuilt. A key keeps its `limit` newest
// numbers; what falls out is counted. Reference: reference/, Postings.
class Postings {
  public:
    explicit Postings(std::uint32_t limit);
    void add(std::span<const std::uint32_t> keys, std::uint32_t number);
    // (number, how many of the keys it holds), by number.
    std::vector<std::uint32_t> find(std::span<const std::uint32_t> keys) const;
    void expire(std::uint32_t low);
    std::uint64_t crowded_out() const { return crowded_out_; }
    std::size_t bytes() const { return slots_.size() * sizeof(Slot); }

  private:
    struct Slot {
        std::uint32_t key, number;  // number 0: never used
    };
    std::size_t home(std::uint32_t key) const;
    std::size_t next(std::size_t at) const { return at + 1 == slots_.size() ? 0 : at + 1; }
    void put(std::uint32_t key, std::uint32_t number);
    void rebuild();

    std::vector<Slot> slots_;
    std::size_t used_ = 0;
    std::uint32_t limit_, low_ = 1;
    std::uint64_t crowded_out_ = 0;
};

}  // namespace dedup
