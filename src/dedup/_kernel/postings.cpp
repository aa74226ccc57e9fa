#include "postings.hpp"

#include <stdexcept>

namespace dedup {
namespace {

constexpr std::uint32_t near_enough = 48;  // slots on either side of a full group that are looked at for a free one

}  // namespace

Postings::Postings(std::uint32_t limit)
    : tables_(std::size_t{1} << table_bits), limit_(limit), bytes_(tables_.size() * sizeof(Table)) {
    if (limit < 1) throw std::invalid_argument("limit is 0; it is 1 or more");
}

void Postings::add(std::uint32_t key, std::uint32_t number) {
    const std::uint32_t mixed = fmix32(key), tag = tag_of(mixed);
    Table& table = tables_[mixed >> tag_bits];
    std::uint32_t held = 0;
    std::uint32_t* oldest = nullptr;
    bool known = false;
    each(table, tag, [&](std::uint32_t& other) {
        if (other < low_) return;
        known |= other == number;
        ++held;
        if (oldest == nullptr || other < *oldest) oldest = &other;
    });
    if (known) return;
    if (held >= limit_) {
        *oldest = number;
        ++crowded_out_;
        return;
    }
    place(table, tag, number);
}

void Postings::drop(std::uint32_t key, std::uint32_t number) {
    const std::uint32_t mixed = fmix32(key);
    each(tables_[mixed >> tag_bits], tag_of(mixed), [number](std::uint32_t& other) {
        if (other == number) other = 0;
    });
}

void Postings::expire(std::uint32_t low) { low_ = std::max(low_, low); }

void Postings::place(Table& table, std::uint32_t tag, std::uint32_t number) {
    std::uint32_t slot = 0, reach = near_enough;
    for (; table.groups == 0 || !make_room(table, home(tag, table.groups), reach, slot); reach = table.slots())
        rebuild(table);
    set(table, slot, tag, number);
}

void Postings::set(Table& table, std::uint32_t slot, std::uint32_t tag, std::uint32_t number) {
    Page& here = page(table, slot);
    here.numbers[slot % per_page] = number;
    here.tags[slot % per_page] = static_cast<std::uint16_t>(tag);
}

// Finds a free slot in the group, or brings one there: each group on the way gives up the slot on the one side and gets
// the one on the other, which costs it one posting that is moved across.
bool Postings::make_room(Table& table, std::uint32_t group, std::uint32_t reach, std::uint32_t& slot) {
    std::uint32_t* const starts = table.starts.get();
    const std::uint32_t begin = starts[group], end = std::min(table.slots(), starts[group + 1] + reach);
    slot = first_free(table, begin, end);
    if (slot < end) {
        std::uint32_t at = group;
        while (starts[at + 1] <= slot) ++at;
        for (; at != group; --at) {
            move(table, starts[at], slot);
            slot = starts[at]++;
        }
        return true;
    }
    slot = first_free(table, begin - std::min(begin, reach), begin);
    if (slot == begin) return false;
    std::uint32_t at = group;
    while (starts[at] > slot) --at;
    for (; at != group; ++at) {
        move(table, starts[at + 1] - 1, slot);
        slot = --starts[at + 1];
    }
    return true;
}

// The first slot from `begin` on that is free, or `end`.
std::uint32_t Postings::first_free(const Table& table, std::uint32_t begin, std::uint32_t end) const {
    while (begin < end) {
        const std::uint32_t first = begin % per_page, last = std::min(per_page, first + end - begin);
        const auto& numbers = page(table, begin).numbers;
        const std::uint32_t low = low_;
        std::uint32_t at = first;
        while (at < last && numbers[at] >= low) ++at;
        begin += at - first;
        if (at < last) break;
    }
    return begin;
}

void Postings::move(Table& table, std::uint32_t from, std::uint32_t to) {
    const Page& source = page(table, from);
    set(table, to, source.tags[from % per_page], source.numbers[from % per_page]);
}

// Drops what has expired and makes the table as large as what lives needs: an eighth of it is left free, more or less, so
// that the tables do not all grow at the same time.
void Postings::rebuild(Table& table) {
    collect(table);
    const auto index = static_cast<std::uint32_t>(&table - tables_.data()), live = static_cast<std::uint32_t>(moving_.size());
    const std::uint32_t slots = static_cast<std::uint32_t>(std::uint64_t{live + 1} * (106 + index % 16) / 100);
    const std::uint32_t groups = std::max(fewest_groups, live / per_group);
    resize(table, slots / per_page + 1, groups);
    std::uint32_t* const starts = table.starts.get();
    ends_.assign(groups + 1, 0);
    for (const auto& [tag, number] : moving_) ++ends_[home(tag, groups) + 1];
    const std::uint32_t room = table.slots() - live;
    for (std::uint32_t group = 0, before = 0; group <= groups; ++group) {
        before += ends_[group];
        ends_[group] = starts[group] = before + static_cast<std::uint32_t>(std::uint64_t{room} * group / groups);
    }
    for (const auto& [tag, number] : moving_) set(table, ends_[home(tag, groups)]++, tag, number);
}

void Postings::collect(const Table& table) {
    moving_.clear();
    for (std::uint32_t group = 0; group < table.groups; ++group) {
        const std::uint32_t lowest = ((group << tag_bits) + table.groups - 1) / table.groups;
        for (std::uint32_t slot = table.starts[group]; slot < table.starts[group + 1]; ++slot) {
            const Page& here = page(table, slot);
            if (here.numbers[slot % per_page] < low_) continue;
            const auto beyond = static_cast<std::uint16_t>(here.tags[slot % per_page] - lowest);
            moving_.push_back({lowest + beyond, here.numbers[slot % per_page]});
        }
    }
}

// Gives the table so many pages, all slots free, and groups whose place is to be told.
void Postings::resize(Table& table, std::uint32_t pages, std::uint32_t groups) {
    auto starts = std::make_unique<std::uint32_t[]>(groups + 1 + pages);
    for (std::uint32_t at = 0; at < table.pages; ++at) free_.push_back(table.page(at * per_page));
    for (std::uint32_t at = 0; at < pages; ++at) {
        if (free_.empty()) {
            const auto first = static_cast<std::uint32_t>(slabs_.size() * per_slab);
            slabs_.push_back(std::make_unique_for_overwrite<Page[]>(per_slab));
            for (std::uint32_t page = per_slab; page != 0; --page) free_.push_back(first + page - 1);
            bytes_ += per_slab * sizeof(Page);
        }
        starts[groups + 1 + at] = free_.back();
        free_.pop_back();
        slabs_[starts[groups + 1 + at] / per_slab][starts[groups + 1 + at] % per_slab].numbers.fill(0);
    }
    bytes_ += (groups + pages - std::size_t{table.groups} - table.pages) * sizeof(std::uint32_t);
    table.starts = std::move(starts);
    table.groups = groups;
    table.pages = pages;
}

}  // namespace dedup
