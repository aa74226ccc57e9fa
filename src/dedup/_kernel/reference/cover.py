"""a text and others -> shingles in common, words that stand in them, and words of runs that enough others repeat."""

from array import array
from collections import Counter
from collections.abc import Sequence

from dedup._kernel.reference.arrays import pack
from dedup._kernel.reference.sketch import shingle

FURNITURE = 2  # mark of a token
IN_SOURCE, ANYWHERE = 2, 5  # others that must repeat a run: of the same source, or of any


def distinct(hashes: bytes, width: int) -> bytes:
    """Token hashes (u64 bytes) -> the distinct shingles (u64 bytes), in the order they are met."""
    return pack("Q", dict.fromkeys(array("Q", shingle(hashes, width))))


def overlaps(left: bytes, others: Sequence[bytes]) -> bytes:
    """Distinct shingles of a text and of others (u64 bytes) -> how many of them each of the others has (u32 bytes)."""
    mine = set(array("Q", left))
    return pack("I", [sum(key in mine for key in array("Q", each)) for each in others])


def cover(
    left: bytes, right: bytes, left_marks: bytes, right_marks: bytes, without: int, width: int
) -> tuple[int, int, int, int]:
    """Two texts (u64 bytes) and their marks -> tokens that count, those of them in shared shingles; of both.

    Those count whose mark has none of the bits `without`; where the marks are empty all do.
    """
    keys, other_keys = (array("Q", shingle(each, width)).tolist() for each in (left, right))
    return (
        *_covered(keys, set(other_keys), len(left) // 8, left_marks, without),
        *_covered(other_keys, set(keys), len(right) // 8, right_marks, without),
    )


def _covered(keys: Sequence[int], others: set[int], tokens: int, marks: bytes, without: int) -> tuple[int, int]:
    if marks and tokens != len(marks):
        raise ValueError("marks and tokens differ in number")
    width = tokens - len(keys) + 1
    shared = {place for at, key in enumerate(keys) if key in others for place in range(at, at + width)}
    own = {at for at, mark in enumerate(marks or bytes(tokens)) if not mark & without}
    return len(own), len(own & shared)


def runs(hashes: bytes, width: int) -> bytes:
    """Token hashes (u64 bytes) -> the hashes (u64 bytes) of all runs of `width` tokens; a shorter text has none."""
    if width < 1:
        raise ValueError(f"width is {width}; it is 1 or more")
    return shingle(hashes, width) if len(hashes) // 8 >= width else b""


def furniture(hashes: bytes, width: int, others: Sequence[bytes], same: bytes) -> bytes:
    """Token hashes (u64 bytes) of a text and `runs` of others -> FURNITURE at the tokens of runs that enough repeat.

    Enough are two of the same source, which have a byte in `same` that is not zero, or five of any.
    """
    if len(same) != len(others):
        raise ValueError("others and same differ in number")
    own, here, anywhere = array("Q", runs(hashes, width)), Counter[int](), Counter[int]()
    for each, of_source in zip(others, same, strict=True):
        found = set(array("Q", each))
        anywhere.update(found)
        if of_source:
            here.update(found)
    marks = bytearray(len(hashes) // 8)
    for at, run in enumerate(own):
        if here[run] >= IN_SOURCE or anywhere[run] >= ANYWHERE:
            marks[at : at + width] = bytes((FURNITURE,)) * width
    return bytes(marks)
