"""two token sequences -> what they share: passages wherever they stand, words in the same order."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dedup._kernel.reference.arrays import pack
from dedup._kernel.reference.sketch import shingle

PLACES = 8  # of a shingle in the other text that are tried


class Run(NamedTuple):
    """`size` equal tokens: from `first` in one text, from `other` in the other."""

    first: int
    other: int
    size: int


def align(left: bytes, right: bytes, width: int, cells: int) -> tuple[bytes, bytes, bytes]:
    """Token hashes of two texts (u64 bytes) -> `(passages, other passages, common)`, all of runs (i32 triples).

    A run is `(first, other, size)`. Passages are the shared runs of at least one shingle, in the order of
    `left`; other passages the same of `right` in `left`; common a longest common subsequence. When its table
    would have more than `cells` cells, the longest chain of passages in order is fixed first and only the
    stretches between are aligned; a stretch that is still too large counts as different.
    """
    one, two = array("Q", left).tolist(), array("Q", right).tolist()
    keys, other_keys = array("Q", shingle(left, width)).tolist(), array("Q", shingle(right, width)).tolist()
    runs = passages(one, two, keys, other_keys)
    return (
        _packed(runs),
        _packed(passages(two, one, other_keys, keys)),
        _packed(common_order(one, two, runs, cells)),
    )


def passages(left: Sequence[int], right: Sequence[int], keys: Sequence[int], other_keys: Sequence[int]) -> list[Run]:
    """Return the shared runs of at least one shingle, in the order of `left`, each as long as it goes.

    `keys` and `other_keys` are the shingle hashes of the two token sequences. Where a run stands in several
    places of `right`, the longest counts, then the one that continues the last run. Time is linear.
    """
    places: dict[int, list[int]] = {}
    for place, key in enumerate(other_keys):
        held = places.setdefault(key, [])
        if len(held) < PLACES:
            held.append(place)
    runs: list[Run] = []
    at = 0
    while at < len(keys):
        found = places.get(keys[at])
        if not found:
            at += 1
            continue
        expected = runs[-1].other + at - runs[-1].first if runs else 0
        size, _, place = max((_length(left, right, at, place), -abs(place - expected), place) for place in found)
        if size == 0:  # equal hashes of different words
            at += 1
            continue
        runs.append(Run(at, place, size))
        at += max(1, size - (len(left) - len(keys)))
    return runs


def _length(left: Sequence[int], right: Sequence[int], at: int, place: int) -> int:
    size, most = 0, min(len(left) - at, len(right) - place)
    while size < most and left[at + size] == right[place + size]:
        size += 1
    return size


def common_order(left: Sequence[int], right: Sequence[int], runs: Sequence[Run], cells: int) -> list[Run]:
    """Return the runs of a longest common subsequence (rapidfuzz), in order; see `align` for its bound."""
    if len(left) * len(right) <= cells:
        return list(subsequence(left, right, 0, 0))
    aligned: list[Run] = []
    end, other_end = 0, 0
    for run in [*_chain(runs), Run(len(left), len(right), 0)]:
        skip = max(0, end - run.first, other_end - run.other)
        run = Run(run.first + skip, run.other + skip, max(0, run.size - skip))
        between, other_between = left[end : run.first], right[other_end : run.other]
        if len(between) * len(other_between) <= cells:
            aligned += subsequence(between, other_between, end, other_end)
        if run.size:
            aligned.append(run)
        end, other_end = run.first + run.size, run.other + run.size
    return aligned


def subsequence(left: Sequence[int], right: Sequence[int], first: int, other: int) -> Iterator[Run]:
    from rapidfuzz.distance import LCSseq

    if left and right:
        for block in LCSseq.opcodes(left, right).as_matching_blocks():
            if block.size:
                yield Run(first + block.a, other + block.b, block.size)


def _chain(runs: Sequence[Run]) -> list[Run]:
    """Return the longest chain of runs that ascend in both texts (patience sorting)."""
    tops: list[int] = []
    ends: list[int] = []  # index of the run that ends the best chain of each length
    before: list[int] = []
    for index, run in enumerate(runs):
        at = bisect_left(tops, run.other)
        before.append(ends[at - 1] if at else -1)
        tops[at : at + 1] = [run.other]
        ends[at : at + 1] = [index]
    chain = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(runs[index])
        index = before[index]
    return chain[::-1]


def _packed(runs: Sequence[Run]) -> bytes:
    return pack("i", [value for run in runs for value in run])
