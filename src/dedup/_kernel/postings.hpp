// 32-bit keys -> the numbers of the documents that hold them.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "hash.hpp"
#include "simd.hpp"

namespace dedup {

// Open addressing in buckets of one cache line. A mixed key is told apart by the table it belongs to (14 bits) and by a
// tag (18 bits) that a bucket keeps beside the number: ten postings in 64 bytes. Each of the many small tables grows by
// about a quarter, in its own time, so there is no long pause and never twice the memory.
//
// Numbers only grow; a slot whose number has expired is free. A bucket knows how far behind it its postings may stand
// (its reach), so nothing is ever moved or marked when slots become free. A key keeps its `limit` newest numbers; what
// falls out is counted. Reference: reference/, Postings.
class Postings {
  public:
    explicit Postings(std::uint32_t limit);
    Postings(const Postings&) = delete;
    Postings& operator=(const Postings&) = delete;

    void add(std::uint32_t key, std::uint32_t number);
    void drop(std::uint32_t key, std::uint32_t number);
    // Forgets every number below `low`.
    void expire(std::uint32_t low);

    // Ask for the memory of a key ahead of its use: first its table, then its bucket.
    void fetch_table(std::uint32_t key) const;
    void fetch_bucket(std::uint32_t key) const;

    // Calls `take` with the numbers that hold `key`, in no order; returns how many there are.
    template <typename Take>
    std::uint32_t visit(std::uint32_t key, Take take) const;

    std::uint32_t limit() const { return limit_; }
    std::uint64_t crowded_out() const { return crowded_out_; }
    std::uint64_t probes() const { return probes_; }  // buckets looked at, ever
    std::size_t bytes() const { return bytes_; }

  private:
    static constexpr std::uint32_t table_bits = 14, tag_bits = 32 - table_bits, per_bucket = 10;
    static constexpr std::uint32_t reach_shift = 2 * per_bucket, most_reach = (1U << (32 - reach_shift)) - 1;

    struct alignas(64) Bucket {
        std::array<std::uint16_t, per_bucket> tags;  // the low bits of each tag
        std::uint32_t rest;                          // their two high bits each, then the reach
        std::array<std::uint32_t, per_bucket> numbers;

        std::uint32_t tag(std::uint32_t slot) const { return tags[slot] | (rest >> 2 * slot & 3U) << 16; }
        std::uint32_t reach() const { return rest >> reach_shift; }
        void set_reach(std::uint32_t reach) { rest = (rest & ((1U << reach_shift) - 1)) | reach << reach_shift; }
        void set(std::uint32_t slot, std::uint32_t tag, std::uint32_t number) {
            tags[slot] = static_cast<std::uint16_t>(tag);
            rest = (rest & ~(3U << 2 * slot)) | (tag >> 16) << 2 * slot;
            numbers[slot] = number;
        }
        std::uint32_t matches(std::uint32_t tag) const;  // a bit per slot with that tag
    };
    struct Table {
        std::unique_ptr<Bucket[]> buckets;
        std::uint32_t size = 0, used = 0;  // buckets; slots that were ever filled
    };
    struct Place {
        Bucket* bucket;
        std::uint32_t slot, distance;
    };

    static std::uint32_t home(std::uint32_t tag, std::uint32_t size) {
        return static_cast<std::uint32_t>(std::uint64_t{tag} * size >> tag_bits);
    }
    static std::uint32_t most_used(std::uint32_t size);
    void place(Table& table, std::uint32_t tag, std::uint32_t number);
    Place free_place(const Table& table, std::uint32_t tag) const;
    void rebuild(Table& table);

    std::vector<Table> tables_;
    std::vector<std::uint8_t> filled_;  // slots of each bucket of a table that is being rebuilt
    std::uint32_t limit_, low_ = 1;
    std::uint64_t crowded_out_ = 0;
    mutable std::uint64_t probes_ = 0;
    std::size_t bytes_;
};

inline void fetch(const void* address) {
#if defined(__GNUC__) || defined(__clang__)
    __builtin_prefetch(address);
#else
    (void)address;
#endif
}

inline void Postings::fetch_table(std::uint32_t key) const { fetch(&tables_[fmix32(key) >> tag_bits]); }

inline void Postings::fetch_bucket(std::uint32_t key) const {
    const std::uint32_t mixed = fmix32(key), tag = mixed & ((1U << tag_bits) - 1);
    const Table& table = tables_[mixed >> tag_bits];
    if (table.size != 0) fetch(&table.buckets[home(tag, table.size)]);
}

inline std::uint32_t Postings::Bucket::matches(std::uint32_t tag) const {
    const auto low = static_cast<std::uint16_t>(tag);
    std::uint32_t equal = 0, slot = 0;
#ifdef DEDUP_SSE2
    const __m128i same = _mm_cmpeq_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(tags.data())),
                                         _mm_set1_epi16(static_cast<std::int16_t>(low)));
    equal = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(same, _mm_setzero_si128())));
    slot = 8;
#endif
    for (; slot < per_bucket; ++slot) equal |= std::uint32_t{tags[slot] == low} << slot;
    std::uint32_t found = 0;
    for (; equal != 0; equal &= equal - 1) {
        slot = static_cast<std::uint32_t>(std::countr_zero(equal));
        if ((rest >> 2 * slot & 3U) == tag >> 16) found |= 1U << slot;
    }
    return found;
}

template <typename Take>
std::uint32_t Postings::visit(std::uint32_t key, Take take) const {
    const std::uint32_t mixed = fmix32(key), tag = mixed & ((1U << tag_bits) - 1);
    const Table& table = tables_[mixed >> tag_bits];
    if (table.size == 0) return 0;
    std::uint32_t at = home(tag, table.size), held = 0;
    for (std::uint32_t left = table.buckets[at].reach() + 1; left != 0; --left) {
        const Bucket& bucket = table.buckets[at];
        ++probes_;
        for (std::uint32_t found = bucket.matches(tag); found != 0; found &= found - 1) {
            const std::uint32_t number = bucket.numbers[static_cast<std::size_t>(std::countr_zero(found))];
            if (number < low_) continue;
            ++held;
            take(number);
        }
        at = at + 1 == table.size ? 0 : at + 1;
    }
    return held;
}

}  // namespace dedup
