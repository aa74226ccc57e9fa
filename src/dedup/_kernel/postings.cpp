#include "postings.hpp"

#include <algorithm>
#include <stdexcept>

namespace dedup {

Postings::Postings(std::uint32_t limit)
    : tables_(std::size_t{1} << table_bits), limit_(limit), bytes_(tables_.size() * sizeof(Table)) {
    if (limit < 1) throw std::invalid_argument("limit is 0; it is 1 or more");
}

// Small tables may fill up; the search for a free slot is short in them.
std::uint32_t Postings::most_used(std::uint32_t size) {
    const std::uint32_t slots = size * per_bucket;
    return size <= 4 ? slots : slots - slots / 8;
}

Postings::Place Postings::free_place(const Table& table, std::uint32_t tag) const {
    std::uint32_t at = home(tag, table.size);
    const std::uint32_t farthest = std::min(table.size - 1, most_reach);
    for (std::uint32_t distance = 0; distance <= farthest; ++distance) {
        Bucket& bucket = table.buckets[at];
        for (std::uint32_t slot = 0; slot < per_bucket; ++slot)
            if (bucket.numbers[slot] < low_) return {&bucket, slot, distance};
        at = at + 1 == table.size ? 0 : at + 1;
    }
    return {nullptr, 0, 0};
}

void Postings::place(Table& table, std::uint32_t tag, std::uint32_t number) {
    Place place{nullptr, 0, 0};
    while (table.size == 0 || (place = free_place(table, tag)).bucket == nullptr ||
           (place.bucket->numbers[place.slot] == 0 && table.used >= most_used(table.size)))
        rebuild(table);
    table.used += place.bucket->numbers[place.slot] == 0;
    place.bucket->set(place.slot, tag, number);
    Bucket& first = table.buckets[home(tag, table.size)];
    first.set_reach(std::max(first.reach(), place.distance));
}

// Drops what has expired and makes the table as large as what lives needs. Where nothing expires a table will grow: a
// third of it is left free, more or less, so that the tables do not all grow at the same time. Tags keep their order, so
// both tables are gone through once.
void Postings::rebuild(Table& table) {
    const auto index = static_cast<std::uint32_t>(&table - tables_.data());
    Table old = std::move(table);
    std::uint32_t live = 0;
    for (std::uint32_t at = 0; at < old.size; ++at)
        for (const std::uint32_t number : old.buckets[at].numbers) live += number >= low_;
    const bool grows = live > old.used - old.used / 16;
    const std::uint64_t percent = grows ? 134 + 3 * (index % 16) : 128;
    table.size = static_cast<std::uint32_t>((live + 1) * percent / (100 * per_bucket)) + 1;
    table.used = live;
    table.buckets = std::make_unique<Bucket[]>(table.size);
    filled_.assign(table.size, 0);
    for (std::uint32_t from = 0; from < old.size; ++from) {
        const Bucket& bucket = old.buckets[from];
        for (std::uint32_t slot = 0; slot < per_bucket; ++slot) {
            if (bucket.numbers[slot] < low_) continue;
            const std::uint32_t tag = bucket.tag(slot), first = home(tag, table.size);
            std::uint32_t at = first, distance = 0;
            for (; filled_[at] == per_bucket; ++distance) at = at + 1 == table.size ? 0 : at + 1;
            table.buckets[at].set(filled_[at]++, tag, bucket.numbers[slot]);
            if (distance > table.buckets[first].reach()) table.buckets[first].set_reach(distance);
        }
    }
    bytes_ += (table.size - std::size_t{old.size}) * sizeof(Bucket);
}

void Postings::add(std::uint32_t key, std::uint32_t number) {
    const std::uint32_t mixed = fmix32(key), tag = mixed & ((1U << tag_bits) - 1);
    Table& table = tables_[mixed >> tag_bits];
    std::uint32_t held = 0;
    std::uint32_t* oldest = nullptr;
    if (table.size != 0) {
        std::uint32_t at = home(tag, table.size);
        for (std::uint32_t left = table.buckets[at].reach() + 1; left != 0; --left) {
            Bucket& bucket = table.buckets[at];
            ++probes_;
            for (std::uint32_t found = bucket.matches(tag); found != 0; found &= found - 1) {
                std::uint32_t& each = bucket.numbers[static_cast<std::size_t>(std::countr_zero(found))];
                if (each < low_) continue;
                if (each == number) return;
                ++held;
                if (oldest == nullptr || each < *oldest) oldest = &each;
            }
            at = at + 1 == table.size ? 0 : at + 1;
        }
    }
    if (held >= limit_) {
        *oldest = number;
        ++crowded_out_;
        return;
    }
    place(table, tag, number);
}

void Postings::drop(std::uint32_t key, std::uint32_t number) {
    const std::uint32_t mixed = fmix32(key), tag = mixed & ((1U << tag_bits) - 1);
    Table& table = tables_[mixed >> tag_bits];
    if (table.size == 0) return;
    std::uint32_t at = home(tag, table.size);
    for (std::uint32_t left = table.buckets[at].reach() + 1; left != 0; --left) {
        Bucket& bucket = table.buckets[at];
        for (std::uint32_t found = bucket.matches(tag); found != 0; found &= found - 1) {
            std::uint32_t& each = bucket.numbers[static_cast<std::size_t>(std::countr_zero(found))];
            if (each != number) continue;
            each = 0;
            --table.used;
        }
        at = at + 1 == table.size ? 0 : at + 1;
    }
}

void Postings::expire(std::uint32_t low) { low_ = std::max(low_, low); }

}  // namespace dedup
