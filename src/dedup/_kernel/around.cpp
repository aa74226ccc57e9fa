#include "around.hpp"

#include <algorithm>
#include <bit>

#include "hash.hpp"
#include "sketch.hpp"

namespace dedup {
namespace {

constexpr std::uint8_t is_furniture = 2, is_own = 16;  // mark and flag of a word
constexpr std::size_t in_source = 2, anywhere = 5;     // others that must repeat a run: of the same source, or of any
constexpr std::size_t most_repeats = 96;               // that are known of a story
constexpr std::size_t word_bytes = 16, story_bytes = 1024;

// The runs of a story; those of its own width are kept.
std::span<const std::uint64_t> runs_of(Story& story, std::uint32_t width, std::vector<std::uint64_t>& others) {
    if (story.run != width) return others = runs(story.words, width);
    if (story.runs.empty()) story.runs = runs(story.words, width);
    return story.runs;
}

// How many of some hashes, mixed already, are distinct.
std::uint32_t distinct(std::span<const std::uint64_t> hashes, std::vector<std::uint64_t>& table) {
    table.assign(std::bit_ceil(2 * hashes.size() + 2), 0);
    std::uint32_t count = 0;
    bool zero = false;
    for (const std::uint64_t hash : hashes) {
        std::size_t at = static_cast<std::size_t>(hash >> 32) & (table.size() - 1);
        while (table[at] != 0 && table[at] != hash) at = (at + 1) & (table.size() - 1);
        count += table[at] == 0 && (hash != 0 || !zero);
        zero |= hash == 0;
        table[at] = hash;
    }
    return count;
}

// Whether most words of a text are characters: each takes three bytes, or a reference.
bool is_characters(std::string_view text, std::span<const std::uint32_t> cuts, std::size_t words, SimdLevel level) {
    std::size_t longer = 0, at = 0;
    for (; at + 8 <= text.size(); at += 8) {
        const auto bytes = little_endian<std::uint64_t>(text.data() + at);
        if ((bytes & 0x8080808080808080) == 0) continue;
        longer += static_cast<std::size_t>(std::popcount(bytes >> 7 & ~bytes >> 6 & 0x0101010101010101));
    }
    for (; at < text.size(); ++at) longer += (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
    for (at = text.find('&'); at != text.npos && longer <= words; at = text.find('&', at + 1)) longer += 2;
    if (longer <= words) return false;
    const std::vector<std::uint8_t> flags = outside(text, cuts, true, level).flags;
    const auto own = std::count_if(flags.begin(), flags.end(), [](std::uint8_t each) { return (each & is_own) != 0; });
    return 2 * static_cast<std::size_t>(own) > flags.size();
}

}  // namespace

Stories::Held Stories::made(std::string_view text, std::span<const std::uint32_t> cuts) {
    return made(text, cuts, reader_.words(text, cuts, true));
}

Stories::Held Stories::made(std::string_view text, std::span<const std::uint32_t> cuts,
                            std::span<const std::uint64_t> words) const {
    const auto story = std::make_shared<Story>();
    story->words.assign(words.begin(), words.end());
    story->run = is_characters(text, cuts, words.size(), level_) ? scheme.own_run : scheme.run;
    return story;
}

std::vector<Stories::Held> Stories::get(std::span<const std::uint32_t> numbers, Source& source) {
    std::vector<Held> found(numbers.size());
    std::vector<std::uint32_t> missing;
    for (std::size_t at = 0; at < numbers.size(); ++at) {
        const auto used = used_.find(numbers[at]);
        if (used != used_.end()) {
            found[at] = used->second;
        } else if (const auto before = before_.find(numbers[at]); before != before_.end()) {
            keep(numbers[at], found[at] = before->second);
        } else {
            missing.push_back(numbers[at]);
        }
    }
    if (missing.empty()) return found;
    const std::vector<Held> made = source.read(missing, *this);
    for (std::size_t at = 0, next = 0; at < numbers.size(); ++at) {
        if (found[at] != nullptr) continue;
        keep(numbers[at], found[at] = made[next++]);
    }
    return found;
}

void Stories::keep(std::uint32_t number, const Held& story) {
    used_[number] = story;
    bytes_ += word_bytes * story->words.size() + story_bytes;
    if (2 * bytes_ <= kept_) return;
    before_ = std::move(used_);
    used_.clear();
    bytes_ = 0;
}

Around::Around(const Place& place, Stories::Held story, const Document& document)
    : place_(place), story_(std::move(story)), document_(document) {}

const Numbered& Around::shingles() {
    if (!shingles_) shingles_.emplace(shingles_of(*story_));
    return *shingles_;
}

std::span<const std::uint64_t> Around::shingles_of(const Story& story) {
    shingle(story.words, scheme().width, keys_);
    return keys_;
}

std::array<std::uint32_t, 3> Around::overlap(Story& other) {
    const Numbered& own = shingles();
    const auto others = shingles_of(other);
    if (other.shingles == 0) other.shingles = distinct(others, kept_);
    return {own.shared(others), static_cast<std::uint32_t>(own.set.keys().size()), other.shingles};
}

std::vector<std::uint32_t> Around::overlaps(std::span<const std::uint32_t> numbers) {
    std::vector<std::uint32_t> found;
    for (const Stories::Held& each : place_.stories.get(numbers, place_.source)) {
        const auto overlap = this->overlap(*each);
        found.insert(found.end(), overlap.begin(), overlap.end());
    }
    return found;
}

Index::Neighbours& Around::near() {
    if (near_) return *near_;
    std::vector<std::uint32_t>& samples = story_->samples;
    if (samples.empty()) add_samples(shingles_of(*story_), scheme().sample, samples);
    near_.emplace(place_.index.neighbours(samples, place_.since, 2 * std::size_t{scheme().likely}));
    return *near_;
}

bool Around::is_copy(std::uint32_t shared, std::uint32_t size, std::uint32_t other) const {
    return shared >= scheme().copy_resemblance * (size + other - shared) ||
           (shared > 0 && shared >= scheme().copy_containment * std::min(size, other));
}

// The groups that tell the same story: its own, or those of its copies.
const std::vector<std::uint32_t>& Around::groups() {
    if (!groups_.empty()) return groups_;
    groups_.push_back(document_.group);
    if (document_.number != 0) return groups_;
    Index::Neighbours& all = near();
    const double apart = 1 / scheme().copy_resemblance - 1, spare = 1 - scheme().copy_containment;
    const auto words = static_cast<double>(story_->words.size());
    std::vector<std::uint32_t> likely;  // most cannot be copies, by what they surely lack
    for (std::size_t at = 0; at < std::min<std::size_t>(all.size(), scheme().likely); ++at) {
        const auto [lacks, extra] = all.apart(at, place_.index);
        const double size = place_.index.size(all.number(at));
        if (lacks <= 1 + spare * words || extra <= 1 + spare * size || lacks + extra <= 1 + apart * std::min(words, size))
            likely.push_back(all.number(at));
    }
    const std::vector<std::uint32_t> found = overlaps(likely);
    for (std::size_t at = 0; at < likely.size(); ++at)
        if (is_copy(found[3 * at], found[3 * at + 1], found[3 * at + 2]))
            groups_.push_back(place_.index.group(likely[at]));
    return groups_;
}

std::optional<std::pair<Around::Marks, Around::Marks>> Around::furniture(Around& other, unsigned ways) {
    std::vector<std::uint32_t> apart = groups();
    apart.insert(apart.end(), other.groups().begin(), other.groups().end());
    const std::size_t words = story_->words.size(), other_words = other.story_->words.size();
    for (const std::uint32_t most : {std::min(scheme().few, scheme().neighbours), scheme().neighbours}) {
        const bool is_last = most == scheme().neighbours;
        if (ways == 0 && !is_last) continue;
        std::pair<Marks, Marks> marks{repeated(apart, most), other.repeated(apart, most)};
        if (ways != 0) {
            const Numbered& own = shingles();
            const Cover found = cover(own, shingles_of(*other.story_), {words, marks.first, is_furniture},
                                      {other_words, marks.second, is_furniture});
            if (!is_covered(found, words, other_words, ways)) return {};
        }
        if (is_last) return marks;
    }
    return {};
}

// Whether enough words are covered for the texts to be related, whatever else will be set aside of them: that leaves no
// more covered, and so many own words there must be.
bool Around::is_covered(const Cover& cover, std::size_t words, std::size_t other_words, unsigned ways) const {
    const Scheme& least = scheme();
    const double own = std::max(least.own_words, least.own_share * static_cast<double>(words));
    const double other_own = std::max(least.other_words, least.own_share * static_cast<double>(other_words));
    return cover.covered >= least.coverage * own ||
           (ways >= 2 && cover.other_covered >= least.coverage * other_own) ||
           (ways >= 3 && cover.covered + cover.other_covered >= least.both * own);
}

// The marks of the words of runs that enough others repeat.
Around::Marks Around::repeated(std::span<const std::uint32_t> apart, std::size_t most) {
    const auto [numbers, same] = place_.index.witnesses(near(), apart, document_.source, most);
    if (std::count(same.begin(), same.end(), 1) < static_cast<std::ptrdiff_t>(in_source) && numbers.size() < anywhere)
        return {};
    struct Change {
        std::int32_t others, same;
    };
    const std::size_t words = story_->words.size();
    std::vector<Change> changes(words + 1, Change{0, 0});
    const std::vector<Stories::Held> others = place_.stories.get(numbers, place_.source);
    for (std::size_t at = 0; at < numbers.size(); ++at) {
        for (const Story::Stretch& each : stretches(numbers[at], *others[at])) {
            changes[each.first].others += 1;
            changes[each.last].others -= 1;
            changes[each.first].same += same[at];
            changes[each.last].same -= same[at];
        }
    }
    Marks marks(words, 0);
    Change count{0, 0};
    std::size_t end = 0;  // of the last run that is furniture
    for (std::size_t at = 0; at < words; ++at) {
        count.others += changes[at].others;
        count.same += changes[at].same;
        if (count.same >= static_cast<std::int32_t>(in_source) || count.others >= static_cast<std::int32_t>(anywhere))
            end = at + story_->run;
        if (at < end) marks[at] = is_furniture;
    }
    return marks;
}

const std::vector<Story::Stretch>& Around::stretches(std::uint32_t number, Story& other) {
    std::vector<Story::Repeat>& known = story_->repeats;
    const auto find = [&] {
        return std::lower_bound(known.begin(), known.end(), number,
                                [](const Story::Repeat& each, std::uint32_t sought) { return each.number < sought; });
    };
    auto at = find();
    if (at != known.end() && at->number == number) return at->stretches;
    if (known.size() >= most_repeats) {
        known.clear();
        at = known.begin();
    }
    return known.insert(at, {number, compare(other)})->stretches;
}

// Where runs of the text begin that another has, too.
std::vector<Story::Stretch> Around::compare(Story& other) {
    std::vector<Story::Stretch> found;
    if (!runs_) runs_.emplace(runs_of(*story_, story_->run, keys_));
    const auto others = runs_of(other, story_->run, keys_);
    kept_.resize(std::max(kept_.size(), others.size()));
    std::vector<std::uint8_t> has(runs_->set.keys().size(), 0);
    bool any = false;
    for (const std::uint64_t run : std::span(kept_).first(runs_->set.sift(others, kept_.data()))) {
        const std::uint32_t number = runs_->set.find(run);
        if (number == Set::none) continue;
        has[number] = 1;
        any = true;
    }
    if (!any) return found;
    const auto size = static_cast<std::uint32_t>(runs_->numbers.size());
    for (std::uint32_t at = 0; at < size; ++at) {
        if (has[runs_->numbers[at]] == 0) continue;
        const std::uint32_t first = at;
        while (at < size && has[runs_->numbers[at]] != 0) ++at;
        found.push_back({first, at});
    }
    return found;
}

}  // namespace dedup
