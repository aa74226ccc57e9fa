#include "index.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

namespace dedup {
namespace {

constexpr std::size_t id_key = 0, story_key = 1, first_band = 2;
constexpr std::uint32_t enough_samples = 2;  // make a candidate where no band does, and a neighbour
constexpr std::uint32_t least_share = 7;     // one sample in seven of the smaller text, or it is not worth a look

}  // namespace

Index::Index(std::uint32_t bands, std::uint32_t limit) : postings_(limit), bands_(bands) {}

const Index::Document& Index::document(std::uint32_t number) const {
    if (!holds(number)) {
        std::array<char, 48> message;
        std::snprintf(message.data(), message.size(), "no document has the number %u", static_cast<unsigned>(number));
        throw std::out_of_range(message.data());
    }
    return known_[number - base_];
}

bool Index::holds(std::uint32_t number) const {
    return number >= base_ && number - base_ < known_.size() && known_[number - base_].time != forgotten;
}

std::uint32_t Index::add(std::span<const std::uint32_t> keys, std::uint32_t size, std::int64_t time,
                         std::uint32_t source, std::uint32_t group) {
    if (keys.size() != 1 && keys.size() < first_band + bands_)
        throw std::invalid_argument("a document has the key of its id, or that, its story's, one per band and samples");
    if (known_.size() >= UINT32_MAX - base_) throw std::length_error("all document numbers are used up");
    const auto number = static_cast<std::uint32_t>(base_ + known_.size());
    const std::size_t samples = keys.size() == 1 ? 0 : keys.size() - first_band - bands_;
    known_.push_back({time == forgotten ? forgotten + 1 : time, size, static_cast<std::uint32_t>(samples), source,
                        group == 0 ? number : group});
    ++documents_;
    fetch(keys);
    for (const std::uint32_t key : keys) postings_.add(key, number);
    return number;
}

void Index::fetch(std::span<const std::uint32_t> keys) const {
    for (const std::uint32_t key : keys) postings_.fetch_table(key);
    for (const std::uint32_t key : keys) postings_.fetch_group(key);
    for (const std::uint32_t key : keys) postings_.fetch_slots(key);
}

void Index::skip(std::uint32_t next) {
    if (known_.empty()) base_ = std::max(base_, next);
    while (base_ + known_.size() < next) known_.push_back({forgotten, 0, 0, 0, 0});
}

void Index::drop(std::uint32_t number, std::span<const std::uint32_t> keys) {
    if (!holds(number)) return;
    for (const std::uint32_t key : keys) postings_.drop(key, number);
    known_[number - base_].time = forgotten;
    --documents_;
}

void Index::expire(std::uint32_t low) {
    low = std::min(low, static_cast<std::uint32_t>(base_ + known_.size()));
    postings_.expire(low);
    while (base_ < low && !known_.empty()) {
        documents_ -= known_.front().time != forgotten;
        known_.pop_front();
        ++base_;
    }
}

std::uint32_t Index::oldest() {
    while (!known_.empty() && known_.front().time == forgotten) {
        known_.pop_front();
        ++base_;
    }
    return known_.empty() ? 0 : base_;
}

void Index::set_time(std::uint32_t number, std::int64_t time) {
    if (holds(number)) known_[number - base_].time = time;
}

void Index::date(std::int64_t time) {
    for (Document& each : known_)
        if (each.time == undated) each.time = time;
}

std::vector<std::uint32_t> Index::older(std::int64_t time) const {
    std::vector<std::uint32_t> numbers;
    for (std::size_t i = 0; i < known_.size(); ++i)
        if (known_[i].time != forgotten && known_[i].time < time)
            numbers.push_back(static_cast<std::uint32_t>(base_ + i));
    return numbers;
}

void Index::Counts::clear() {
    if (counts_.size() * 8 < places_.size()) {
        for (const Count& each : counts_)
            for (std::size_t at = each.number & (places_.size() - 1); places_[at] != 0;
                 at = (at + 1) & (places_.size() - 1))
                places_[at] = 0;
    } else {
        std::fill(places_.begin(), places_.end(), 0);
    }
    counts_.clear();
}

Index::Count& Index::Counts::of(std::uint32_t number) {
    if (counts_.size() * 2 >= places_.size()) grow();
    std::size_t at = number & (places_.size() - 1);
    for (; places_[at] != 0; at = (at + 1) & (places_.size() - 1))
        if (counts_[places_[at] - 1].number == number) return counts_[places_[at] - 1];
    counts_.push_back({number, 0, 0});
    places_[at] = static_cast<std::uint32_t>(counts_.size());
    return counts_.back();
}

void Index::Counts::grow() {
    places_.assign(places_.size() * 2, 0);
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        std::size_t at = counts_[i].number & (places_.size() - 1);
        while (places_[at] != 0) at = (at + 1) & (places_.size() - 1);
        places_[at] = static_cast<std::uint32_t>(i + 1);
    }
}

void Index::count(std::span<const std::uint32_t> keys, bool bands) {
    for (const std::uint32_t key : keys) {
        const std::uint32_t held = postings_.visit(key, [this, bands](std::uint32_t number) {
            Count& count = counts_.of(number);
            ++(bands ? count.bands : count.samples);
        });
        crowded_ += !bands && held >= postings_.limit();
    }
}

// A document is worth a look when it shares a band or two samples, and of the samples of the smaller text one in seven:
// what shares less is not told by a quarter, which is where a verdict begins. Keys that are crowded may have forgotten it.
bool Index::is_candidate(const Count& count, std::int64_t since, std::size_t samples) const {
    if (count.bands == 0 && count.samples < std::clamp<std::size_t>(samples, 1, enough_samples)) return false;
    if (!holds(count.number)) return false;
    const Document& other = known_[count.number - base_];
    if (other.time < since) return false;
    const std::size_t least = std::min<std::size_t>(samples, other.samples);
    return (count.samples + (count.bands > 0)) * std::size_t{least_share} + crowded_ >= least;
}

bool Index::Count::operator<(const Count& other) const {
    return samples != other.samples ? samples < other.samples
           : bands != other.bands   ? bands < other.bands
                                    : number > other.number;
}

const Index::Found& Index::find(std::span<const std::uint32_t> keys, std::int64_t since, std::size_t most) {
    found_.ids.clear();
    found_.stories.clear();
    found_.candidates.clear();
    fetch(keys);
    if (keys.empty()) return found_;
    found_.ids = holders(keys[id_key]);
    if (keys.size() < first_band + bands_) return found_;
    found_.stories = holders(keys[story_key]);
    std::erase_if(found_.stories, [&](std::uint32_t number) { return known_[number - base_].time < since; });
    counts_.clear();
    crowded_ = 0;
    count(keys.subspan(first_band, bands_), true);
    const auto samples = keys.subspan(first_band + bands_);
    count(samples, false);
    std::vector<Count>& all = counts_.all();
    auto end = std::partition(all.begin(), all.end(), [&](const Count& each) {
        return is_candidate(each, since, samples.size());
    });
    std::make_heap(all.begin(), end);
    for (; end != all.begin() && found_.candidates.size() < most; --end) {
        std::pop_heap(all.begin(), end);
        found_.candidates.push_back((end - 1)->number);
    }
    return found_;
}

Index::Neighbours::Neighbours(std::vector<Count> counts, std::size_t most, std::uint32_t asked, std::uint32_t crowded)
    : counts_(std::move(counts)), size_(std::min(most, counts_.size())), asked_(asked), crowded_(crowded) {
    std::make_heap(counts_.begin(), counts_.end());
}

const Index::Count& Index::Neighbours::count(std::size_t at) {
    for (; ordered_ <= at; ++ordered_)
        std::pop_heap(counts_.begin(), counts_.end() - static_cast<std::ptrdiff_t>(ordered_));
    return counts_[counts_.size() - 1 - at];
}

std::pair<std::uint32_t, std::uint32_t> Index::Neighbours::apart(std::size_t at, const Index& index) {
    const Count& each = count(at);
    const std::uint32_t shared = each.samples + crowded_, own = index.document(each.number).samples;
    return {asked_ - std::min(asked_, shared), own - std::min(own, shared)};
}

Index::Neighbours Index::neighbours(std::span<const std::uint32_t> samples, std::int64_t since, std::size_t most) {
    fetch(samples);
    counts_.clear();
    crowded_ = 0;
    count(samples, false);
    std::vector<Count> found;
    for (const Count& each : counts_.all())
        if (each.samples >= enough_samples && holds(each.number) && known_[each.number - base_].time >= since)
            found.push_back(each);
    return {std::move(found), most, static_cast<std::uint32_t>(samples.size()), crowded_};
}

std::pair<std::vector<std::uint32_t>, std::vector<std::uint8_t>> Index::witnesses(
    Neighbours& neighbours, std::span<const std::uint32_t> apart, std::uint32_t source, std::size_t most) const {
    most = std::min(most, neighbours.size());
    std::vector<std::uint32_t> found(most), taken(apart.size() + most);
    std::vector<std::uint8_t> same(most);
    auto end = std::copy(apart.begin(), apart.end(), taken.begin());
    std::size_t count = 0;
    for (std::size_t at = 0; at < neighbours.size() && count < most; ++at) {
        const std::uint32_t number = neighbours.number(at);
        const Document& each = document(number);
        if (std::find(taken.begin(), end, each.group) != end) continue;
        *end++ = each.group;
        found[count] = number;
        same[count++] = source != 0 && each.source == source;
    }
    found.resize(count);
    same.resize(count);
    return {std::move(found), std::move(same)};
}

std::vector<std::uint32_t> Index::holders(std::uint32_t key) const {
    std::vector<std::uint32_t> numbers;
    postings_.visit(key, [&](std::uint32_t number) {
        if (holds(number)) numbers.push_back(number);
    });
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

}  // namespace dedup
