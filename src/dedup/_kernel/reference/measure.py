"""two marked token sequences and what they share -> the numbers of a verdict."""

from array import array
from collections.abc import Sequence
from itertools import pairwise

from dedup._kernel.reference.align import Run
from dedup._kernel.reference.arrays import pack

FACT, FURNITURE, LISTED, RESPELLED, SHOWN, LACKED = 1, 2, 4, 8, 16, 32  # marks of a token
DIGIT, CAPITAL, START, LINE = 1, 2, 4, 8  # flags of a token
BRIDGE = 3  # fewer equal tokens than this between two differences make them one
SLOT = 12  # tokens on either side of a difference that can be a slot in a shared form
UNEVEN = 4  # a side this many times as long as the other (and this many tokens) is an insertion, not a swap


def facts(hashes: bytes, flags: bytes, numbers: bytes) -> bytes:
    """Token hashes (u64 bytes) and flags -> marks: FACT at all tokens of a word that is a fact, SHOWN where first so.

    A fact holds a digit, is one of `numbers` (u64 bytes), or begins with a capital that begins neither a sentence nor
    a line. In a line or text where more than half of the tokens begin with one, capitals say nothing.
    """
    words, known = array("Q", hashes), {*array("Q", numbers)}
    _expect(len(flags) == len(words), "flags and tokens differ in number")
    edges = [0, *(at for at in range(1, len(flags)) if flags[at] & LINE), len(flags)]
    shown: dict[int, int] = {}
    for first, last in pairwise(edges):
        loud = _is_loud(flags) or _is_loud(flags[first:last])
        for at in range(first, last):
            capital = flags[at] & (CAPITAL | START | LINE) == CAPITAL and not loud
            if flags[at] & DIGIT or capital or words[at] in known:
                shown.setdefault(words[at], at)
    return bytes(
        0 if word not in shown else FACT | SHOWN if shown[word] == at else FACT for at, word in enumerate(words)
    )


def _is_loud(flags: bytes) -> bool:
    return 2 * sum(flag & CAPITAL != 0 for flag in flags) > len(flags)


def lacked(left: bytes, right: bytes) -> tuple[bytes, bytes]:
    """Return marks of two texts (u64 bytes): LACKED at the tokens that stand nowhere in the other, else 0."""
    one, two = array("Q", left), array("Q", right)
    both = set(one) & set(two)
    return bytes(LACKED * (word not in both) for word in one), bytes(LACKED * (word not in both) for word in two)


def measure(
    left: bytes, right: bytes, left_marks: bytes, right_marks: bytes, runs: bytes, other_runs: bytes, common: bytes
) -> tuple[bytes, bytes, bytes, bytes]:
    """Two texts (u64 bytes), marks with `lacked`, and `align` -> `(numbers, lost, other lost, swaps)`, i32 bytes.

    Numbers, of the tokens of `left` that are neither furniture nor listed: how many there are, how many stand
    anywhere in `right`, in common order or a passage, in a passage; the same four of `right`; differences,
    those with few tokens on both sides, the tokens in those, the tokens in all; all tokens of `left` in
    passages. Lost are the places of distinct facts the other text lacks; swaps the differences
    `(first, last, other first, other last)` with such facts on both sides. Respelled tokens stand in the other.
    """
    one, two = array("Q", left).tolist(), array("Q", right).tolist()
    for words, marks in ((one, left_marks), (two, right_marks)):
        _expect(len(words) == len(marks), "marks and tokens differ in number")
    aligned = _unpacked(common, len(one), len(two))
    covered = _places(_unpacked(runs, len(one), len(two)))
    other_covered = _places(_unpacked(other_runs, len(two), len(one)))
    new, other_new = [*map(_is_new, left_marks)], [*map(_is_new, right_marks)]
    found = differences(len(one), len(two), aligned)
    slots = [each for each in found if 0 < each[1] - each[0] <= SLOT and 0 < each[3] - each[2] <= SLOT]
    ordered = covered | _places(aligned)
    other_ordered = other_covered | _places([Run(b, a, size) for a, b, size in aligned])
    numbers = [
        *_own(left_marks, covered, ordered),
        *_own(right_marks, other_covered, other_ordered),
        len(found),
        len(slots),
        sum(map(_size, slots)),
        sum(map(_size, found)),
        len(covered),
    ]
    swaps = [
        each for each in found if _is_even(each) and any(new[each[0] : each[1]]) and any(other_new[each[2] : each[3]])
    ]
    return (
        pack("i", numbers),
        pack("i", _lost(one, left_marks, new)),
        pack("i", _lost(two, right_marks, other_new)),
        pack("i", [value for swap in swaps for value in swap]),
    )


def differences(left: int, right: int, aligned: Sequence[Run]) -> list[tuple[int, int, int, int]]:
    """Return the stretches of two texts between aligned tokens, merged when only a few equal ones lie between."""
    merged: list[tuple[int, int, int, int]] = []
    first, other = 0, 0
    for run in [*aligned, Run(left, right, 0)]:
        if run.first > first or run.other > other:
            if merged and first - merged[-1][1] < BRIDGE:
                before = merged.pop()
                merged.append((before[0], run.first, before[2], run.other))
            else:
                merged.append((first, run.first, other, run.other))
        first, other = run.first + run.size, run.other + run.size
    return merged


def _own(marks: bytes, covered: set[int], ordered: set[int]) -> list[int]:
    own = [at for at, mark in enumerate(marks) if not mark & (FURNITURE | LISTED)]
    respelled = [marks[at] & RESPELLED != 0 for at in own]
    return [
        len(own),
        sum(not marks[at] & LACKED or same for at, same in zip(own, respelled, strict=True)),
        sum(at in ordered or same for at, same in zip(own, respelled, strict=True)),
        sum(at in covered for at in own),
    ]


def _lost(words: Sequence[int], marks: bytes, new: Sequence[bool]) -> list[int]:
    respelled = {word for word, mark in zip(words, marks, strict=True) if mark & RESPELLED}
    lost: dict[int, int] = {}
    for at, word in enumerate(words):
        if new[at] and word not in respelled:
            lost.setdefault(word, at)
    return list(lost.values())


def _is_new(mark: int) -> bool:
    return mark & (FACT | FURNITURE | RESPELLED | LACKED) == FACT | LACKED


def _is_even(difference: tuple[int, int, int, int]) -> bool:
    sizes = difference[1] - difference[0], difference[3] - difference[2]
    return max(sizes) <= UNEVEN * (min(sizes) + 1)


def _size(difference: tuple[int, int, int, int]) -> int:
    return difference[1] - difference[0] + difference[3] - difference[2]


def _places(runs: Sequence[Run]) -> set[int]:
    return {place for run in runs for place in range(run.first, run.first + run.size)}


def _unpacked(packed: bytes, left: int, right: int) -> list[Run]:
    values = array("i", packed)
    runs = [Run(*values[at : at + 3]) for at in range(0, len(values), 3)]
    for first, other, size in runs:
        inside = min(first, other, size) >= 0 and first + size <= left and other + size <= right
        _expect(inside, "a run lies outside the texts")
    return runs


def _expect(right: bool, message: str) -> None:
    if not right:
        raise ValueError(message)
