"""id and text -> the keys a document is found by: of its id, its story, its bands, sampled shingles."""

from array import array
from collections.abc import Sequence

from dedup._kernel.reference.arrays import pack
from dedup._kernel.reference.sketch import bytes_of, shingle, sign
from dedup._kernel.reference.tokenize import TOKEN_SEED, hash_bytes, tokenize


def words(texts: Sequence[str | bytes], cuts: list[bytes], entities: bool) -> list[bytes]:
    """Texts -> the hashes (u64 bytes) of the tokens of each that begin in none of its cuts.

    `cuts` has sorted start and end pairs (u32 bytes, code points) for each text.
    """
    if len(cuts) != len(texts):
        raise ValueError("texts and cuts differ in length")
    return [_words(bytes_of(text), cut, entities) for text, cut in zip(texts, cuts, strict=True)]


def places(data: bytes, cuts: bytes, entities: bool) -> tuple[bytes, bytes, bytes]:
    """UTF-8 -> the starts, ends (u32 bytes, code points) and flags of the tokens whose hashes are its `words`."""
    _, starts, ends, flags = tokenize(data, entities)
    begins = array("I", starts)
    kept = [at for at, begin in enumerate(begins) if _is_outside(begin, cuts)]
    others = array("I", ends)
    return (
        pack("I", [begins[at] for at in kept]),
        pack("I", [others[at] for at in kept]),
        bytes(flags[at] for at in kept),
    )


def _is_outside(at: int, cuts: bytes) -> bool:
    edges = array("I", cuts)
    return not any(start <= at < end for start, end in zip(edges[::2], edges[1::2], strict=True))


def samples(hashes: bytes, width: int, sample: int) -> bytes:
    """Token hashes (u64 bytes) -> the keys (u32 bytes, sorted) of the shingles whose hash is a multiple of `sample`."""
    if sample < 1:
        raise ValueError("sample is 0; it is 1 or more")
    return pack("I", sorted({value >> 32 for value in array("Q", shingle(hashes, width)) if value % sample == 0}))


def _words(data: bytes, cuts: bytes, entities: bool) -> bytes:
    """Return the hashes of the tokens that begin in none of `cuts`."""
    hashes, starts, _, _ = tokenize(data, entities)
    pairs = zip(array("Q", hashes), array("I", starts), strict=True)
    return pack("Q", [word for word, start in pairs if _is_outside(start, cuts)])


def _keys(
    hashes: bytes, width: int, permutations: tuple[bytes, bytes], banding: tuple[int, int], sample: int
) -> list[int]:
    bands, rows = banding
    minima = sign(shingle(hashes, width), *permutations)
    parts = [minima[4 * rows * band : 4 * rows * (band + 1)] for band in range(bands)]
    return [
        hash_bytes(hashes, TOKEN_SEED ^ len(hashes) // 8) >> 32,
        *(hash_bytes(part, TOKEN_SEED ^ band) >> 32 for band, part in enumerate(parts)),
        *array("I", samples(hashes, width, sample)),
    ]


def describe(
    ids: Sequence[str | bytes], texts: Sequence[str | bytes], cuts: list[bytes],
    width: int, multipliers: bytes, increments: bytes,
    bands: int, rows: int, sample: int, entities: bool,
) -> tuple[bytes, bytes, bytes]:  # fmt: skip
    """Ids and texts -> `(words u32, ends u32, keys u32)`: how many words, where its keys end, and all keys.

    `cuts` has the start and end pairs (u32 bytes, code points) of what is left out of each text. The keys of a
    document: one of its id, one of all its words, one per band of its signature, and those of the one shingle
    in `sample` whose hash is a multiple of it, sorted. Without words there is only that of its id.
    """
    if sample < 1:
        raise ValueError("sample is 0; it is 1 or more")
    if bands * rows * 4 > len(multipliers):
        raise ValueError("bands x rows is more than there are permutations")
    if len(ids) != len(texts):
        raise ValueError("ids and texts differ in length")
    counts, ends, keys = [], [], []
    for id, hashes in zip(ids, words(texts, cuts, entities), strict=True):
        keys.append(hash_bytes(bytes_of(id), TOKEN_SEED) >> 32)
        if hashes:
            keys += _keys(hashes, width, (multipliers, increments), (bands, rows), sample)
        counts.append(len(hashes) // 8)
        ends.append(len(keys))
    return pack("I", counts), pack("I", ends), pack("I", keys)
