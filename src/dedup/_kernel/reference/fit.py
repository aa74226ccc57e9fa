"""words of a text and seeds met in it -> where patterns with slots and alternatives fit, and how well."""

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from dedup._kernel.reference.align import Run, subsequence
from dedup._kernel.reference.arrays import pack

EXTRA_COST = 0.5  # of a word too many, in matched words
MISSING_COST = 0.25  # of a word too few
PASSES = 2
CUT_OFF_WORDS = 12  # of a block whose end is missing at the end of a text
CUT_OFF_FLOOR = 0.9
SCORE_SHARE = 0.8  # of the floor for coverage is the floor for the score
SLOT_MARK = 1 << 31  # on the number of a slot among items
WORD, SLOT, CHOICE = 0, 1, 2

Fit = tuple[int, bytes, bytes, bytes, float, float, bool]
Hit = tuple[int, int, int]


class _Item(NamedTuple):
    """A word or slot by number, or a choice between branches."""

    kind: int
    number: int
    branches: tuple[tuple["_Item", ...], ...]
    optional: bool


class _Gap(NamedTuple):
    first: int
    last: int
    limit: int
    same: int


class _Reading(NamedTuple):
    words: list[int]
    gaps: list[_Gap]


class _Pattern(NamedTuple):
    whole: _Reading
    root: tuple[_Item, ...]
    floor: float
    needed: int
    expected: int


class Fitter:
    """Patterns that a scanner's hits are fitted with.

    Each of `patterns` is `(words, slots, items, floor, needed, expected)`. `words` are the token hashes of all its
    branches in a row (u64); `slots` i32 rows `(first, last, limit, same)`: a value of at most `limit` words stands
    before word `first`, or over words `first` to `last`, and slot number `same` is the first that is just like this
    one. `items` (u32) say what stands in order: `0, word`, `1, slot`, or `2, optional, branches` and for each branch
    the length of its items and those. Of the `expected` words of the shortest reading the share `floor` has to be
    there, and `needed` positions of it among the hits.
    """

    def __init__(self, patterns: list[tuple[bytes, bytes, bytes, float, int, int]]) -> None:
        self._patterns = [_pattern(*row) for row in patterns]

    def fit(self, hashes: bytes, hits: bytes) -> list[Fit]:
        """Token hashes (u64) and hits (u32 triples as of a scanner) -> the fits, by pattern, then place.

        A fit is `(owner, items, positions, places, coverage, score, is_cut)`: of the reading that has `items` (u32:
        words by number, slots with the highest bit set; empty for a pattern without choices), word `positions[i]`
        stands at token `places[i]` (u32). `is_cut`: the text ends before the pattern.
        """
        words = array("Q", hashes).tolist()
        triples: list[Hit] = list(zip(*[iter(array("I", hits))] * 3, strict=True))
        for owner, position, place in triples:
            if (
                owner >= len(self._patterns)
                or position >= len(self._patterns[owner].whole.words)
                or place >= len(words)
            ):
                raise ValueError("a hit is of no pattern, or lies outside the text")
        found: list[Fit] = []
        for owner, group in groupby(triples, key=lambda hit: hit[0]):
            found += self._fit(owner, list(group), words)
        return found

    def _fit(self, owner: int, hits: list[Hit], words: list[int]) -> Iterator[Fit]:
        pattern = self._patterns[owner]
        length = len(pattern.whole.words)
        room = sum(gap.limit for gap in pattern.whole.gaps)
        slack = room + length // 4 + 3
        groups = list(_groups(hits, length, room))
        for group in groups:
            if len({position for _, position, _ in group}) < pattern.needed:
                continue
            _, position, place = group[0]
            low = max(0, place - position - slack)
            _, position, place = group[-1]
            high = min(len(words), place + length - position + slack)
            cut_off = high == len(words) and len(groups) == 1
            if fit := _align(pattern, words[low:high], low, cut_off=cut_off):
                yield owner, *fit


def _pattern(words: bytes, slots: bytes, items: bytes, floor: float, needed: int, expected: int) -> _Pattern:
    whole = _Reading(
        array("Q", words).tolist(), [_Gap(*row) for row in zip(*[iter(array("i", slots))] * 4, strict=True)]
    )
    for gap in whole.gaps:
        if not 0 <= gap.first <= gap.last <= len(whole.words) or gap.limit < 0 or not 0 <= gap.same < len(whole.gaps):
            raise ValueError("a slot lies outside its pattern")
    root = _branch(array("I", items).tolist(), len(whole.words), len(whole.gaps))
    return _Pattern(whole, root, floor, needed, expected)


def _branch(numbers: list[int], words: int, slots: int) -> tuple[_Item, ...]:
    items, at = [], 0

    def following(most: int) -> int:
        nonlocal at
        if at >= len(numbers) or numbers[at] >= most:
            raise ValueError("the items of a pattern are none")
        at += 1
        return numbers[at - 1]

    while at < len(numbers):
        kind = following(3)
        if kind != CHOICE:
            items.append(_Item(kind, following(words if kind == WORD else slots), (), optional=False))
            continue
        optional, branches = bool(following(2)), []
        for _ in range(following(len(numbers))):
            size = following(len(numbers) - at)
            branches.append(_branch(numbers[at : at + size], words, slots))
            at += size
        items.append(_Item(CHOICE, 0, tuple(branches), optional))
    return tuple(items)


def _groups(hits: list[Hit], length: int, room: int) -> Iterator[list[Hit]]:
    """Split the hits of one pattern into those that may be one occurrence."""
    group = [hits[0]]
    for hit in hits[1:]:
        if hit[2] - group[0][2] > length + room or hit[1] + length // 2 < group[-1][1]:
            yield group
            group = []
        group.append(hit)
    yield group


def _align(
    pattern: _Pattern, words: list[int], offset: int, *, cut_off: bool
) -> tuple[bytes, bytes, bytes, float, float, bool] | None:
    """Align the pattern with `words`, the first of which is token `offset`; None below the floor.

    A first alignment with all branches in a row settles the choices, a second one places the reading that is
    left. Both are repeated within that place, so that chance matches farther out neither settle a choice nor
    stand in for an edge. Stray matches at the ends are cut off. With `cut_off` the text ends with `words`: a reading
    whose first dozen words or more are there up to the end may lack the rest.
    """
    window, floor = (0, len(words)), pattern.floor
    reading, items, blocks = pattern.whole, list[int](), list[Run]()
    for _ in range(PASSES):
        low, high = window
        near = words[low:high]
        blocks = list(subsequence(pattern.whole.words, near, 0, 0))
        least = floor * pattern.expected
        if sum(block.size for block in blocks) < (min(least, CUT_OFF_WORDS) if cut_off else least):
            return None
        if any(item.kind == CHOICE for item in pattern.root):
            blocks = _best_stretch(pattern.whole, blocks, missing_cost=0.0)
            if not blocks:
                return None
            last, place, size = blocks[-1]
            is_last = cut_off and high == len(words) and place + size == len(near)
            found = {block.first + i for block in blocks for i in range(block.size)}
            items = _present(pattern.root, found, last + size if is_last else len(pattern.whole.words))
            reading = _reading(pattern, items)
            blocks = list(subsequence(reading.words, near, 0, 0))
        blocks = [Run(a, b + low, size) for a, b, size in _best_stretch(reading, blocks)]
        if not blocks:
            return None
        if (nearer := _window(reading, blocks, len(words))) == window:
            break
        window = nearer
    return _rated(reading, items, blocks, offset, cut_off and offset + len(words), floor)


def _rated(
    reading: _Reading, items: list[int], blocks: list[Run], offset: int, end: int, floor: float
) -> tuple[bytes, bytes, bytes, float, float, bool] | None:
    """Return the alignment with its coverage and score; None below the floor. `end`: where a text ends, or 0."""
    positions = [block.first + i for block in blocks for i in range(block.size)]
    places = [offset + block.other + i for block in blocks for i in range(block.size)]
    coverage = len(positions) / len(reading.words)
    at_end = places[-1] + 1 == end and len(positions) >= CUT_OFF_WORDS
    if is_cut := at_end and coverage < floor:
        coverage, floor = len(positions) / (positions[-1] + 1), CUT_OFF_FLOOR
    extra = sum(_extra(reading, left, right) for left, right in pairwise(blocks))
    score = coverage * len(positions) / (len(positions) + extra)
    if coverage < floor or score < floor * SCORE_SHARE:
        return None
    return pack("I", items), pack("I", positions), pack("I", places), coverage, score, is_cut


def _present(branch: Sequence[_Item], found: set[int], limit: int) -> list[int]:
    """Return the words and slots of the best branch of every choice; options without half their words are left out."""
    items: list[int] = []
    for item in branch:
        if item.kind != CHOICE:
            items.append(item.number | SLOT_MARK if item.kind == SLOT else item.number)
            continue
        rated = [(-1.0, False, list[int]())]
        for each in item.branches:
            present = _present(each, found, limit)
            words = [word for word in present if not word & SLOT_MARK]
            possible = max(1, sum(word < limit for word in words))
            rated.append((sum(word in found for word in words) / possible, not words, present))
        share, free, present = max(rated, key=lambda rating: rating[0])
        if share >= 0.5 or free or not item.optional:
            items += present
    return items


def _reading(pattern: _Pattern, items: list[int]) -> _Reading:
    words = [item for item in items if not item & SLOT_MARK]
    gaps = []
    for gap in pattern.whole.gaps:
        first, last = bisect_left(words, gap.first), bisect_left(words, gap.last)
        if first < last or gap.same | SLOT_MARK in items:
            gaps.append(_Gap(first, last, gap.limit, gap.same))
    return _Reading([pattern.whole.words[word] for word in words], gaps)


def _window(reading: _Reading, blocks: list[Run], size: int) -> tuple[int, int]:
    """Return the stretch of text that can hold the reading when `blocks` are in it."""
    first, place, _ = blocks[0]
    last = blocks[-1].first + blocks[-1].size
    before = first + sum(gap.limit for gap in reading.gaps if gap.first <= first)
    after = len(reading.words) - last + sum(gap.limit for gap in reading.gaps if gap.first >= last)
    return max(0, place - before), min(size, blocks[-1].other + blocks[-1].size + after)


def _extra(reading: _Reading, left: Run, right: Run) -> int:
    """Return the number of text words between two blocks that no slot and no missing word explains."""
    end = left.first + left.size
    room = sum(gap.limit for gap in reading.gaps if end <= gap.first <= right.first)
    return max(0, right.other - left.other - left.size - room - (right.first - end))


def _best_stretch(reading: _Reading, blocks: list[Run], missing_cost: float = MISSING_COST) -> list[Run]:
    """Return the run of neighbouring blocks with the most matched words less the cost of what lies between."""
    best, best_sum = (0, 0), 0.0
    first, total = 0, 0.0
    for index, block in enumerate(blocks):
        if index > first:
            left = blocks[index - 1]
            missing = block.first - left.first - left.size
            total -= EXTRA_COST * _extra(reading, left, block) + missing_cost * missing
        if total <= 0:
            first, total = index, 0.0
        total += block.size
        if total > best_sum:
            best, best_sum = (first, index + 1), total
    return blocks[slice(*best)]
