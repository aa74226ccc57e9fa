"""pattern words x text words -> the best local alignment: which words stand where, and how complete it is."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from dedup.boilerplate.template import Branch, Choice, Pattern, Reading, Slot

EXTRA_COST = 0.5  # of a word too many, in matched words
MISSING_COST = 0.25  # of a word too few
PASSES = 2
SURE_WORDS = 8  # of a reading, from which one word that is another says nothing
CUT_OFF_WORDS = 12  # of a block whose end is missing at the end of a text
CUT_OFF_FLOOR = 0.9
READINGS = 256  # remembered for each pattern: most occurrences are word for word what others were
SCORE_SHARE = 0.8  # of the floor for coverage is the floor for the score

Block = tuple[int, int, int]  # position in the reading, place in the text, number of equal words


@dataclass(frozen=True, slots=True)
class Alignment:
    """Word `positions[i]` of the reading stands at token `places[i]`; `is_cut`: the text ends before the reading."""

    reading: Reading
    positions: tuple[int, ...]
    places: tuple[int, ...]
    coverage: float
    score: float
    is_cut: bool

    @property
    def lacks_one_word(self) -> bool:
        """True when one word of many is another: it may be one that is required."""
        return len(self.reading.words) >= SURE_WORDS and len(self.reading.words) - len(self.positions) == 1

    def moved(self, by: int) -> "Alignment":
        """Return the same alignment for words that stand `by` tokens farther on."""
        return self if by == 0 else replace(self, places=tuple(place + by for place in self.places))


def align(
    pattern: Pattern, words: Sequence[int], offset: int, floor: float, *, cut_off: bool = False
) -> Alignment | None:
    """Align the pattern with `words` (token hashes, the first is token `offset`); None below the floor.

    A first alignment with all branches in a row settles the choices, a second one places the reading that is
    left. Both are repeated within that place, so that chance matches farther out neither settle a choice nor
    stand in for an edge. The longest common subsequence is rapidfuzz's; stray matches at its ends are cut off.
    With `cut_off` the text ends with `words`: a reading whose first dozen words or more are there up to the end may
    lack the rest.
    """
    window = (0, len(words))
    for _ in range(PASSES):
        low, high = window
        near = words[low:high]
        blocks = _common(pattern.words, near)
        least = floor * pattern.expected
        if sum(size for _, _, size in blocks) < (min(least, CUT_OFF_WORDS) if cut_off else least):
            return None
        reading = pattern.whole
        if pattern.root.choices:
            blocks = _best_stretch(reading, blocks, missing_cost=0.0)
            last, place, size = blocks[-1]
            is_last = cut_off and high == len(words) and place + size == len(near)
            limit = last + size if is_last else len(pattern.words)
            reading = _read(pattern, sum(((1 << size) - 1) << a for a, _, size in blocks), limit)
            blocks = _common(reading.words, near)
        blocks = [(a, b + low, size) for a, b, size in _best_stretch(reading, blocks)]
        if not blocks:
            return None
        if (nearer := _window(reading, blocks, len(words))) == window:
            break
        window = nearer
    positions = tuple(a + i for a, _, size in blocks for i in range(size))
    places = tuple(offset + b + i for _, b, size in blocks for i in range(size))
    coverage = len(positions) / len(reading.words)
    at_end = cut_off and places[-1] + 1 == offset + len(words) and len(positions) >= CUT_OFF_WORDS
    if is_cut := at_end and coverage < floor:
        coverage, floor = len(positions) / (positions[-1] + 1), CUT_OFF_FLOOR
    extra = sum(_extra(reading, left, right) for left, right in pairwise(blocks))
    score = coverage * len(positions) / (len(positions) + extra)
    if coverage < floor or score < floor * SCORE_SHARE:
        return None
    return Alignment(reading, positions, places, round(coverage, 4), round(score, 4), is_cut)


def _common(left: Sequence[int], right: Sequence[int]) -> list[Block]:
    from rapidfuzz.distance import LCSseq

    blocks = LCSseq.opcodes(left, right).as_matching_blocks()
    return [(block.a, block.b, block.size) for block in blocks if block.size]


def _read(pattern: Pattern, found: int, limit: int) -> Reading:
    """Return the pattern with the choices made that the words `found` (a bitmap) of the first `limit` suggest."""
    if (found, limit) in pattern.readings:
        return pattern.readings[found, limit]
    items = _present(pattern.root, found, limit)
    words = [item for item in items if isinstance(item, int)]
    slots = []
    for slot in pattern.slots:
        first, last = bisect_left(words, slot.first), bisect_left(words, slot.last)
        if first < last or slot in items:
            slots.append(replace(slot, first=first, last=last))
    reading = Reading(tuple(pattern.words[word] for word in words), tuple(slots))
    if len(pattern.readings) < READINGS:
        pattern.readings[found, limit] = reading
    return reading


def _present(branch: Branch, found: int, limit: int) -> list[int | Slot]:
    """Return the words and slots of the best branch of every choice; options without half their words are left out."""
    items: list[int | Slot] = []
    for item in branch.items:
        if not isinstance(item, Choice):
            items.append(item)
            continue
        rated = []
        for each in item.branches:
            present = _present(each, found, limit)
            words = [word for word in present if isinstance(word, int)]
            possible = max(1, sum(word < limit for word in words))
            rated.append((sum(found >> word & 1 for word in words) / possible, not words, present))
        share, free, present = max(rated, key=lambda rating: rating[0])
        if share >= 0.5 or free or not item.optional:
            items += present
    return items


def _window(reading: Reading, blocks: list[Block], size: int) -> tuple[int, int]:
    """Return the stretch of text that can hold the reading when `blocks` are in it."""
    first, place, _ = blocks[0]
    last = blocks[-1][0] + blocks[-1][2]
    before = first + sum(slot.limit for slot in reading.slots if slot.first <= first)
    after = len(reading.words) - last + sum(slot.limit for slot in reading.slots if slot.first >= last)
    return max(0, place - before), min(size, blocks[-1][1] + blocks[-1][2] + after)


def _extra(reading: Reading, left: Block, right: Block) -> int:
    """Return the number of text words between two blocks that no slot and no missing word explains."""
    (a, b, size), (next_a, next_b, _) = left, right
    room = sum(slot.limit for slot in reading.slots if a + size <= slot.first <= next_a)
    return max(0, next_b - b - size - room - (next_a - a - size))


def _best_stretch(reading: Reading, blocks: list[Block], missing_cost: float = MISSING_COST) -> list[Block]:
    """Return the run of neighbouring blocks with the most matched words less the cost of what lies between."""
    best, best_sum = (0, 0), 0.0
    first, total = 0, 0.0
    for index, block in enumerate(blocks):
        if index > first:
            left = blocks[index - 1]
            missing = block[0] - left[0] - left[2]
            total -= EXTRA_COST * _extra(reading, left, block) + missing_cost * missing
        if total <= 0:
            first, total = index, 0.0
        total += block[2]
        if total > best_sum:
            best, best_sum = (first, index + 1), total
    return blocks[slice(*best)]
