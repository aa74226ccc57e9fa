#include "describe.hpp"

#include <algorithm>
#include <stdexcept>

#include "characters.hpp"
#include "hash.hpp"

namespace dedup {
namespace {

// Sixteen bytes at a time, padded with zeros, as words are hashed.
std::uint64_t hash_numbers(std::span<const std::uint64_t> numbers, std::uint64_t seed) {
    std::uint64_t value = token_seed ^ seed;
    std::size_t i = 0;
    for (; i + 1 < numbers.size(); i += 2) value = fold_multiply(value ^ numbers[i], numbers[i + 1] ^ token_key);
    return i < numbers.size() ? fold_multiply(value ^ numbers[i], token_key) : value;
}

std::uint64_t hash_bytes(std::string_view bytes) {
    std::uint64_t value = token_seed;
    for (std::size_t at = 0; at < bytes.size(); at += 16) {
        unsigned char block[16] = {};
        std::memcpy(block, bytes.data() + at, std::min<std::size_t>(16, bytes.size() - at));
        value = fold_multiply(value ^ little_endian<std::uint64_t>(block),
                              little_endian<std::uint64_t>(block + 8) ^ token_key);
    }
    return value;
}

constexpr bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Whether no token crosses this place, whatever the text.
bool is_apart(std::string_view text, std::size_t at) {
    return at == 0 || at == text.size() || is_blank(text[at - 1]) || is_blank(text[at]);
}

// The place `points` code points behind `at`, or the end.
std::size_t skip(std::string_view text, std::size_t at, std::size_t points) {
    for (; points > 0 && at < text.size(); --points) {
        while (points > 8 && at + 8 < text.size() &&
               (little_endian<std::uint64_t>(text.data() + at) & 0x8080808080808080) == 0) {
            at += 8;
            points -= 8;
        }
        at += static_cast<unsigned char>(text[at]) < 0x80 ? 1 : decode(text, at).bytes;
    }
    return at;
}

}  // namespace

// Cuts mostly stand between words, so that what is left can be read piece by piece, hashes alone.
bool Reader::read_pieces(std::string_view text, std::span<const std::uint32_t> cuts, bool entities) {
    words_.clear();
    std::size_t point = 0, at = 0;
    for (std::size_t cut = 0; cut <= cuts.size(); cut += 2) {
        const bool is_last = cut + 1 >= cuts.size();
        if (!is_last && (cuts[cut] < point || cuts[cut + 1] < cuts[cut])) return false;
        const std::size_t start = is_last ? text.size() : skip(text, at, cuts[cut] - point);
        if (!is_apart(text, start)) return false;
        const auto found = hash_tokens(text.substr(at, start - at), entities, piece_, level_);
        words_.insert(words_.end(), found.begin(), found.end());
        if (is_last) break;
        at = skip(text, start, cuts[cut + 1] - cuts[cut]);
        if (!is_apart(text, at)) return false;
        point = cuts[cut + 1];
    }
    return true;
}

Tokens outside(std::string_view text, std::span<const std::uint32_t> cuts, bool entities, SimdLevel level) {
    Tokens tokens = tokenize(text, entities, level);
    std::size_t cut = 0, kept = 0;
    for (std::size_t i = 0; i < tokens.hashes.size(); ++i) {
        const std::uint32_t start = tokens.starts[i];
        while (cut + 1 < cuts.size() && cuts[cut + 1] <= start) cut += 2;
        if (cut + 1 < cuts.size() && start >= cuts[cut]) continue;
        tokens.hashes[kept] = tokens.hashes[i];
        tokens.starts[kept] = start;
        tokens.ends[kept] = tokens.ends[i];
        tokens.flags[kept++] = tokens.flags[i];
    }
    tokens.hashes.resize(kept);
    tokens.starts.resize(kept);
    tokens.ends.resize(kept);
    tokens.flags.resize(kept);
    return tokens;
}

std::span<const std::uint64_t> Reader::words(std::string_view text, std::span<const std::uint32_t> cuts,
                                             bool entities) {
    if (cuts.empty()) return hash_tokens(text, entities, piece_, level_);
    if (read_pieces(text, cuts, entities)) return words_;
    words_ = outside(text, cuts, entities, level_).hashes;
    return words_;
}

// The shingle's low bits say whether it is sampled, its high half is the key.
void add_samples(std::span<const std::uint64_t> shingles, std::uint64_t sample, std::vector<std::uint32_t>& keys) {
    const std::size_t first = keys.size();
    keys.resize(first + shingles.size());
    std::size_t end = first;
    const auto keep = [&](auto is_sampled) {
        for (const std::uint64_t shingle : shingles) {
            keys[end] = static_cast<std::uint32_t>(shingle >> 32);
            end += is_sampled(shingle);
        }
    };
    const std::uint64_t mask = sample - 1;
    if ((sample & mask) == 0)
        keep([mask](std::uint64_t shingle) { return (shingle & mask) == 0; });
    else
        keep([sample](std::uint64_t shingle) { return shingle % sample == 0; });
    const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, keys.begin() + static_cast<std::ptrdiff_t>(end));
    keys.erase(std::unique(begin, keys.begin() + static_cast<std::ptrdiff_t>(end)), keys.end());
}

Describer::Describer(const Keying& keying, Sketcher sketcher)
    : keying_(keying), sketcher_(std::move(sketcher)), reader_(sketcher_.level()) {
    if (keying.sample < 1) throw std::invalid_argument("sample is 0; it is 1 or more");
    if (keying.bands > sketcher_.size() || keying.rows * keying.bands > sketcher_.size())
        throw std::invalid_argument("bands x rows is more than there are permutations");
}

std::uint32_t Describer::describe(std::string_view id, std::string_view text, std::span<const std::uint32_t> cuts,
                                  bool entities, std::vector<std::uint32_t>& keys) {
    keys.push_back(static_cast<std::uint32_t>(hash_bytes(id) >> 32));
    const std::span<const std::uint64_t> tokens = reader_.words(text, cuts, entities);
    if (tokens.empty()) return 0;
    keys.push_back(static_cast<std::uint32_t>(hash_numbers(tokens, tokens.size()) >> 32));
    shingle(tokens, keying_.width, shingles_);
    minima_.clear();
    sketcher_.sign(shingles_, minima_);
    add_bands(keys);
    add_samples(shingles_, keying_.sample, keys);
    return static_cast<std::uint32_t>(tokens.size());
}

void Describer::add_bands(std::vector<std::uint32_t>& keys) {
    pairs_.assign((keying_.rows + 1) / 2, 0);
    for (std::size_t band = 0; band < keying_.bands; ++band) {
        const std::uint32_t* const row = &minima_[band * keying_.rows];
        for (std::size_t i = 0; i < keying_.rows; i += 2)
            pairs_[i / 2] = row[i] | (i + 1 < keying_.rows ? std::uint64_t{row[i + 1]} << 32 : 0);
        keys.push_back(static_cast<std::uint32_t>(hash_numbers(pairs_, band) >> 32));
    }
}

}  // namespace dedup
