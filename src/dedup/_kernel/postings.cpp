#include "postings.hpp"

#include <algorithm>
#include <stdexcept>

#include "hash.hpp"

namespace dedup {

namespace {
constexpr std::size_t smallest = 1024;
}

Postings::Postings(std::uint32_t limit) : slots_(smallest, Slot{0, 0}), limit_(limit) {
    if (limit < 1) throw std::invalid_argument("limit is 0; it is 1 or more");
}

std::size_t Postings::home(std::uint32_t key) const {
    return static_cast<std::size_t>(std::uint64_t{fmix32(key)} * slots_.size() >> 32);
}

void Postings::put(std::uint32_t key, std::uint32_t number) {
    std::size_t at = home(key), oldest = slots_.size();
    std::uint32_t held = 0;
    for (; slots_[at].number != 0; at = next(at)) {
        const Slot& slot = slots_[at];
        if (slot.key != key || slot.number < low_) continue;
        if (slot.number == number) return;
        ++held;
        if (oldest == slots_.size() || slot.number < slots_[oldest].number) oldest = at;
    }
    if (held >= limit_) {
        slots_[oldest].number = number;
        ++crowded_out_;
        return;
    }
    slots_[at] = {key, number};
    ++used_;
}

void Postings::add(std::span<const std::uint32_t> keys, std::uint32_t number) {
    if ((used_ + keys.size()) * 10 > slots_.size() * 7) rebuild();
    while ((used_ + keys.size()) * 10 > slots_.size() * 7) {
        std::vector<Slot> old(slots_.size() * 2, Slot{0, 0});
        old.swap(slots_);
        used_ = 0;
        for (const Slot& slot : old)
            if (slot.number != 0) put(slot.key, slot.number);
    }
    for (const std::uint32_t key : keys) put(key, number);
}

// Drops expired slots; the table grows only when what lives fills half of it.
void Postings::rebuild() {
    std::vector<Slot> live;
    std::copy_if(slots_.begin(), slots_.end(), std::back_inserter(live),
                 [this](const Slot& slot) { return slot.number >= low_; });
    std::size_t size = slots_.size();
    while (live.size() * 2 > size) size *= 2;
    slots_.assign(size, Slot{0, 0});
    used_ = 0;
    for (const Slot& slot : live) put(slot.key, slot.number);
}

std::vector<std::uint32_t> Postings::find(std::span<const std::uint32_t> keys) const {
    std::vector<std::uint32_t> unique(keys.begin(), keys.end()), hits;
    std::sort(unique.begin(), unique.end());
    unique.erase(std::unique(unique.begin(), unique.end()), unique.end());
    for (const std::uint32_t key : unique)
        for (std::size_t at = home(key); slots_[at].number != 0; at = next(at))
            if (slots_[at].key == key && slots_[at].number >= low_) hits.push_back(slots_[at].number);
    std::sort(hits.begin(), hits.end());
    std::vector<std::uint32_t> found;
    for (std::size_t i = 0; i < hits.size(); ++i) {
        if (i == 0 || hits[i] != hits[i - 1]) {
            found.push_back(hits[i]);
            found.push_back(0);
        }
        ++found.back();
    }
    return found;
}

void Postings::expire(std::uint32_t low) { low_ = std::max(low_, low); }

}  // namespace dedup
