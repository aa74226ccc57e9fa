#include "describe.hpp"

#include <algorithm>
#include <stdexcept>

#include "hash.hpp"
#include "tokenize.hpp"

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

}  // namespace

Describer::Describer(const Keying& keying, Sketcher sketcher) : keying_(keying), sketcher_(std::move(sketcher)) {
    if (keying.sample < 1) throw std::invalid_argument("sample is 0; it is 1 or more");
    if (keying.bands > sketcher_.size() || keying.rows * keying.bands > sketcher_.size())
        throw std::invalid_argument("bands x rows is more than there are permutations");
}

std::span<const std::uint64_t> Describer::words(std::string_view text, std::span<const std::uint32_t> cuts,
                                                bool entities) {
    if (cuts.empty()) return hash_tokens(text, entities, words_, sketcher_.level());
    const Tokens tokens = tokenize(text, entities, sketcher_.level());
    words_.clear();
    std::size_t cut = 0;
    for (std::size_t i = 0; i < tokens.hashes.size(); ++i) {
        while (cut + 1 < cuts.size() && cuts[cut + 1] <= tokens.starts[i]) cut += 2;
        if (cut + 1 >= cuts.size() || tokens.starts[i] < cuts[cut]) words_.push_back(tokens.hashes[i]);
    }
    return words_;
}

std::uint32_t Describer::describe(std::string_view id, std::string_view text, std::span<const std::uint32_t> cuts,
                                  bool entities, std::vector<std::uint32_t>& keys) {
    keys.push_back(static_cast<std::uint32_t>(hash_bytes(id) >> 32));
    const std::span<const std::uint64_t> tokens = words(text, cuts, entities);
    if (tokens.empty()) return 0;
    keys.push_back(static_cast<std::uint32_t>(hash_numbers(tokens, tokens.size()) >> 32));
    shingle(tokens, keying_.width, shingles_);
    minima_.clear();
    sketcher_.sign(shingles_, minima_);
    add_bands(keys);
    add_samples(keys);
    return static_cast<std::uint32_t>(tokens.size());
}

void Describer::add_bands(std::vector<std::uint32_t>& keys) {
    std::vector<std::uint64_t>& pairs = words_;  // of which there is no more need
    pairs.assign((keying_.rows + 1) / 2, 0);
    for (std::size_t band = 0; band < keying_.bands; ++band) {
        const std::uint32_t* const row = &minima_[band * keying_.rows];
        for (std::size_t i = 0; i < keying_.rows; i += 2)
            pairs[i / 2] = row[i] | (i + 1 < keying_.rows ? std::uint64_t{row[i + 1]} << 32 : 0);
        keys.push_back(static_cast<std::uint32_t>(hash_numbers(pairs, band) >> 32));
    }
}

// The shingle's low bits say whether it is sampled, its high half is the key.
void Describer::add_samples(std::vector<std::uint32_t>& keys) {
    const std::size_t first = keys.size();
    keys.resize(first + shingles_.size());
    std::size_t end = first;
    const auto keep = [&](auto is_sampled) {
        for (const std::uint64_t shingle : shingles_) {
            keys[end] = static_cast<std::uint32_t>(shingle >> 32);
            end += is_sampled(shingle);
        }
    };
    const std::uint64_t sample = keying_.sample, mask = sample - 1;
    if ((sample & mask) == 0)
        keep([mask](std::uint64_t shingle) { return (shingle & mask) == 0; });
    else
        keep([sample](std::uint64_t shingle) { return shingle % sample == 0; });
    const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, keys.begin() + static_cast<std::ptrdiff_t>(end));
    keys.erase(std::unique(begin, keys.begin() + static_cast<std::ptrdiff_t>(end)), keys.end());
}

}  // namespace dedup
