// 32-bit keys -> the numbers of the documents that hold them.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "hash.hpp"
#include "simd.hpp"

namespace dedup {

// A mixed key chooses one of many small tables (14 bits) and in it a group (by its tag, the other 18 bits): slots side by
// side, each the number of a document and what the group does not say of a tag. All postings of a key stand in its group
// and no other. A full group gets a free slot of those near it, and the groups between them each move by one; where none
// is near the table grows by about an eighth, in its own time, so there is no long pause. Slots are kept in pages of one
// size for all tables, so what a table gives up another uses, and tables are nearly full.
//
// Numbers only grow; a slot whose number has expired is free, so nothing is moved or marked when slots become free. A key
// keeps its `limit` newest numbers; what falls out is counted. Reference: reference/, Postings.
class Postings {
  public:
    explicit Postings(std::uint32_t limit);
    Postings(const Postings&) = delete;
    Postings& operator=(const Postings&) = delete;

    void add(std::uint32_t key, std::uint32_t number);
    void drop(std::uint32_t key, std::uint32_t number);
    // Forgets every number below `low`.
    void expire(std::uint32_t low);

    // Ask for the memory of a key ahead of its use, a step at a time for many keys: its table, its group, its slots.
    void fetch_table(std::uint32_t key) const;
    void fetch_group(std::uint32_t key) const;
    void fetch_slots(std::uint32_t key) const;

    // Calls `take` with the numbers that hold `key`, in no order; returns how many there are.
    template <typename Take>
    std::uint32_t visit(std::uint32_t key, Take take) const;

    std::uint32_t limit() const { return limit_; }
    std::uint64_t crowded_out() const { return crowded_out_; }
    std::uint64_t probes() const { return probes_; }  // pages looked at, ever
    std::size_t bytes() const { return bytes_; }

  private:
    static constexpr std::uint32_t table_bits = 14, tag_bits = 32 - table_bits;
    static constexpr std::uint32_t per_page = 32, per_slab = 2048;
    static constexpr std::uint32_t per_group = 12, fewest_groups = 4;  // so that 16 bits tell the tags of a group apart

    struct alignas(64) Page {
        std::array<std::uint32_t, per_page> numbers;
        std::array<std::uint16_t, per_page> tags;  // their low bits

        std::uint64_t matches(std::uint16_t tag, std::uint32_t first, std::uint32_t last) const;  // a bit per slot
    };
    struct Table {
        std::unique_ptr<std::uint32_t[]> starts;  // the first slot of each group, the end of the last; then the pages
        std::uint32_t groups = 0, pages = 0;

        std::uint32_t slots() const { return pages * per_page; }
        std::uint32_t page(std::uint32_t slot) const { return starts[groups + 1 + slot / per_page]; }
    };

    static std::uint32_t tag_of(std::uint32_t mixed) { return mixed & ((1U << tag_bits) - 1); }
    static std::uint32_t home(std::uint32_t tag, std::uint32_t groups) {
        return static_cast<std::uint32_t>(std::uint64_t{tag} * groups >> tag_bits);
    }
    Page& page(const Table& table, std::uint32_t slot) const {
        const std::uint32_t page = table.page(slot);
        return slabs_[page / per_slab][page % per_slab];
    }
    std::uint32_t& number(const Table& table, std::uint32_t slot) const {
        return page(table, slot).numbers[slot % per_page];
    }
    // Calls `take` with every number of the key, expired or not.
    template <typename Take>
    void each(const Table& table, std::uint32_t tag, Take take) const;

    void place(Table& table, std::uint32_t tag, std::uint32_t number);
    bool make_room(Table& table, std::uint32_t group, std::uint32_t reach, std::uint32_t& slot);
    std::uint32_t first_free(const Table& table, std::uint32_t begin, std::uint32_t end) const;
    void set(Table& table, std::uint32_t slot, std::uint32_t tag, std::uint32_t number);
    void move(Table& table, std::uint32_t from, std::uint32_t to);
    void rebuild(Table& table);
    void collect(const Table& table);
    void resize(Table& table, std::uint32_t pages, std::uint32_t groups);

    std::vector<Table> tables_;
    std::vector<std::unique_ptr<Page[]>> slabs_;
    std::vector<std::uint32_t> free_;                    // pages that no table has
    std::vector<std::array<std::uint32_t, 2>> moving_;   // tags and numbers of a table that is being rebuilt
    std::vector<std::uint32_t> ends_;                    // of its groups, so far
    std::uint32_t limit_, low_ = 1;
    std::uint64_t crowded_out_ = 0;
    mutable std::uint64_t probes_ = 0;
    std::size_t bytes_;
};

// Reads ahead. A prefetch would do, were it not dropped where the address has to be translated first, as most here have.
inline void fetch(const void* address) { static_cast<void>(*static_cast<const volatile char*>(address)); }

inline void Postings::fetch_table(std::uint32_t key) const { fetch(&tables_[fmix32(key) >> tag_bits]); }

inline void Postings::fetch_group(std::uint32_t key) const {
    const std::uint32_t mixed = fmix32(key);
    const Table& table = tables_[mixed >> tag_bits];
    if (table.groups == 0) return;
    const std::uint32_t tag = tag_of(mixed);
    fetch(&table.starts[home(tag, table.groups)]);
    fetch(&table.starts[table.groups + 1 + home(tag, table.pages)]);
}

inline void Postings::fetch_slots(std::uint32_t key) const {
    const std::uint32_t mixed = fmix32(key);
    const Table& table = tables_[mixed >> tag_bits];
    if (table.groups == 0) return;
    const std::uint32_t slot = std::min(table.starts[home(tag_of(mixed), table.groups)], table.slots() - 1);
    const Page& first = page(table, slot);
    fetch(&first.tags[slot % per_page]);
    fetch(&first.numbers[slot % per_page]);
}

inline std::uint64_t Postings::Page::matches(std::uint16_t tag, std::uint32_t first, std::uint32_t last) const {
    std::uint64_t equal = 0;
#ifdef DEDUP_SSE2
    for (std::uint32_t at = first / 8 * 8; at < last; at += 8) {
        const __m128i same = _mm_cmpeq_epi16(_mm_load_si128(reinterpret_cast<const __m128i*>(&tags[at])),
                                             _mm_set1_epi16(static_cast<std::int16_t>(tag)));
        equal |= std::uint64_t(_mm_movemask_epi8(_mm_packs_epi16(same, _mm_setzero_si128()))) << at;
    }
    return equal & ~std::uint64_t{0} << first & ~std::uint64_t{0} >> (64 - last);
#else
    for (std::uint32_t at = first; at < last; ++at) equal |= std::uint64_t{tags[at] == tag} << at;
    return equal;
#endif
}

template <typename Take>
void Postings::each(const Table& table, std::uint32_t tag, Take take) const {
    if (table.groups == 0) return;
    const std::uint32_t group = home(tag, table.groups), end = table.starts[group + 1];
    for (std::uint32_t slot = table.starts[group]; slot < end;) {
        const std::uint32_t first = slot % per_page, last = std::min(per_page, first + end - slot);
        Page& here = page(table, slot);
        ++probes_;
        for (std::uint64_t found = here.matches(static_cast<std::uint16_t>(tag), first, last); found != 0;
             found &= found - 1)
            take(here.numbers[static_cast<std::size_t>(std::countr_zero(found))]);
        slot += last - first;
    }
}

template <typename Take>
std::uint32_t Postings::visit(std::uint32_t key, Take take) const {
    const std::uint32_t mixed = fmix32(key);
    std::uint32_t held = 0;
    each(tables_[mixed >> tag_bits], tag_of(mixed), [&](std::uint32_t number) {
        if (number < low_) return;
        ++held;
        take(number);
    });
    return held;
}

}  // namespace dedup
