"""id and text -> the keys a document is found by: of its id, its story, its bands, sampled shingles."""

from array import array
from collections.abc import Sequence

from dedup._kernel.reference.arrays import pack
from dedup._kernel.reference.sketch import bytes_of, shingle, sign
from dedup._kernel.reference.tokenize import TOKEN_SEED, hash_bytes, tokenize


def _words(data: bytes, cuts: bytes, entities: bool) -> bytes:
    """Return the hashes of the tokens that begin in none of `cuts`."""
    hashes, starts, _, _ = tokenize(data, entities)
    edges = array("I", cuts)
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    kept = [not any(start <= at < end for start, end in spans) for at in array("I", starts)]
    return pack("Q", [word for word, keep in zip(array("Q", hashes), kept, strict=True) if keep])


def _keys(
    words: bytes, width: int, permutations: tuple[bytes, bytes], banding: tuple[int, int], sample: int
) -> list[int]:
    bands, rows = banding
    shingles = shingle(words, width)
    minima = sign(shingles, *permutations)
    parts = [minima[4 * rows * band : 4 * rows * (band + 1)] for band in range(bands)]
    return [
        hash_bytes(words, TOKEN_SEED ^ len(words) // 8) >> 32,
        *(hash_bytes(part, TOKEN_SEED ^ band) >> 32 for band, part in enumerate(parts)),
        *sorted({value >> 32 for value in array("Q", shingles) if value % sample == 0}),
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
    if not len(ids) == len(texts) == len(cuts):
        raise ValueError("ids, texts and cuts differ in length")
    counts, ends, keys = [], [], []
    for id, text, cut in zip(ids, texts, cuts, strict=True):
        keys.append(hash_bytes(bytes_of(id), TOKEN_SEED) >> 32)
        words = _words(bytes_of(text), cut, entities)
        if words:
            keys += _keys(words, width, (multipliers, increments), (bands, rows), sample)
        counts.append(len(words) // 8)
        ends.append(len(keys))
    return pack("I", counts), pack("I", ends), pack("I", keys)
