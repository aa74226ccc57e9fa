"""two stories with their marks -> the numbers of a verdict."""

from array import array
from collections.abc import Iterable
from typing import NamedTuple

from dedup import _kernel

BRIDGE = 3  # fewer equal words than this between two stretches make them one difference
CELLS = 50_000_000  # of an alignment table; beyond, texts are first cut at the passages they share

Run = tuple[int, int, int]  # first token in one text, first in the other, size
Difference = tuple[int, int, int, int]  # first and last token in one text (exclusive), the same in the other


class Alignment(NamedTuple):
    """What two stories share, as the kernel packs it: passages of each, and words in common order."""

    passages: bytes
    other_passages: bytes
    common: bytes

    @classmethod
    def of(cls, a: bytes, b: bytes, width: int) -> "Alignment":
        """Return the alignment of two sequences of token hashes (u64 bytes)."""
        return cls(*_kernel.align(a, b, width, CELLS))

    @classmethod
    def whole(cls, size: int) -> "Alignment":
        """Return that of a sequence of so many tokens with itself."""
        run = array("i", (0, 0, size)).tobytes() if size else b""
        return cls(run, run, run)


class Side(NamedTuple):
    """What one text has in the other: numbers of its own words, those that are no furniture and in no list."""

    own: int
    found: int  # anywhere in the other
    ordered: int  # in the same order, or in a shared passage
    covered: int  # inside shared shingles
    lost: tuple[int, ...]  # places of distinct facts the other lacks, list or not


class Measures(NamedTuple):
    """The numbers of a verdict on a against b."""

    a: Side
    b: Side
    swaps: tuple[Difference, ...]  # differences with, on each side, a fact the other text lacks
    differences: int
    slots: int  # differences of a few words on both sides
    slotted: float  # their share of all words that differ
    stretch: float  # words of a in shared shingles per difference

    @classmethod
    def of(cls, a: bytes, b: bytes, a_marks: bytes, b_marks: bytes, shared: Alignment) -> "Measures":
        """Return what two sequences of token hashes have of each other; a byte of marks for each token."""
        packed = _kernel.measure(a, b, a_marks, b_marks, shared.passages, shared.other_passages, shared.common)
        numbers, lost, other_lost, swaps = (array("i", each).tolist() for each in packed)
        own, found, ordered, covered, other_own, other_found, other_ordered, other_covered, *rest = numbers
        differences, slots, slotted, differing, in_passages = rest
        return cls(
            Side(own, found, ordered, covered, tuple(lost)),
            Side(other_own, other_found, other_ordered, other_covered, tuple(other_lost)),
            tuple(zip(swaps[::4], swaps[1::4], swaps[2::4], swaps[3::4], strict=True)),
            differences,
            slots,
            slotted / max(1, differing),
            in_passages / max(1, differences),
        )


def runs(packed: bytes) -> list[Run]:
    """Return packed runs as tuples."""
    values = array("i", packed).tolist()
    return list(zip(values[::3], values[1::3], values[2::3], strict=True))


def differences(stretches: Iterable[Difference]) -> list[Difference]:
    """Return stretches between aligned words, those as one between which only a few equal words lie."""
    merged: list[Difference] = []
    for each in stretches:
        if merged and each[0] - merged[-1][1] < BRIDGE:
            first, _, other_first, _ = merged.pop()
            merged.append((first, each[1], other_first, each[3]))
        else:
            merged.append(each)
    return merged


def covered(packed: bytes, size: int) -> bytes:
    """Return a byte for each of so many tokens, 1 inside the packed runs, else 0."""
    inside = bytearray(size)
    for first, _, length in runs(packed):
        inside[first : first + length] = b"\1" * length
    return bytes(inside)


def stretches(a: int, b: int, common: bytes) -> list[Difference]:
    """Return the stretches of two texts of `a` and `b` tokens between aligned words."""
    found = []
    first, other = 0, 0
    for start, other_start, size in [*runs(common), (a, b, 0)]:
        if start > first or other_start > other:
            found.append((first, start, other, other_start))
        first, other = start + size, other_start + size
    return found
