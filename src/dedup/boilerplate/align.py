"""pattern -> numbers for the kernel, and what the kernel found of it -> alignment: which words stand where."""

from array import array
from bisect import bisect_left
from dataclasses import replace
from typing import NamedTuple

from dedup.boilerplate.pattern import Branch, Pattern, Reading, Slot
from dedup.boilerplate.template import Template

SURE_WORDS = 8  # of a reading, from which one word that is another says nothing
READINGS = 256  # remembered for each pattern: most occurrences are word for word what others were
WORD, SLOT, CHOICE = 0, 1, 2  # the kernel's kinds of items
SLOT_MARK = 1 << 31  # on the number of a slot in what the kernel found

Row = tuple[bytes, bytes, bytes, float, int, int]


class Alignment(NamedTuple):
    """Word `positions[i]` of the reading stands at token `places[i]`; `is_cut`: the text ends before the reading."""

    reading: Reading
    positions: tuple[int, ...]
    places: tuple[int, ...]
    coverage: float
    score: float
    is_cut: bool

    @classmethod
    def of(
        cls,
        pattern: Pattern,
        items: bytes,
        positions: bytes,
        places: bytes,
        coverage: float,
        score: float,
        is_cut: bool,
    ) -> "Alignment":
        """Return what the kernel found of `pattern`."""
        return cls(
            _reading(pattern, items),
            tuple(memoryview(positions).cast("I")),
            tuple(memoryview(places).cast("I")),
            round(coverage, 4),
            round(score, 4),
            is_cut,
        )

    @property
    def lacks_one_word(self) -> bool:
        """True when one word of many is another: it may be one that is required."""
        return len(self.reading.words) >= SURE_WORDS and len(self.reading.words) - len(self.positions) == 1


def row(template: Template, needed: int) -> Row:
    """Return a template with a pattern as the kernel's fitter takes it."""
    pattern = template.compiled
    slots = array("i")
    for slot in pattern.slots:
        slots.extend((slot.first, slot.last, slot.limit, pattern.slots.index(slot)))
    items = array("I", _items(pattern.root, pattern.slots))
    words = array("Q", pattern.words)
    return words.tobytes(), slots.tobytes(), items.tobytes(), template.floor, needed, pattern.expected


def _items(branch: Branch, slots: tuple[Slot, ...]) -> list[int]:
    numbers: list[int] = []
    for item in branch.items:
        if isinstance(item, int):
            numbers += WORD, item
        elif isinstance(item, Slot):
            numbers += SLOT, slots.index(item)
        else:
            numbers += CHOICE, item.optional, len(item.branches)
            for each in item.branches:
                inner = _items(each, slots)
                numbers += len(inner), *inner
    return numbers


def _reading(pattern: Pattern, items: bytes) -> Reading:
    """Return the pattern with the choices made that `items` tell; a pattern without any has none."""
    if not items:
        return pattern.whole
    if items in pattern.readings:
        return pattern.readings[items]
    numbers = array("I", items)
    words = [item for item in numbers if not item & SLOT_MARK]
    slots = []
    for slot in pattern.slots:
        first, last = bisect_left(words, slot.first), bisect_left(words, slot.last)
        if first < last or pattern.slots.index(slot) | SLOT_MARK in numbers:
            slots.append(replace(slot, first=first, last=last))
    reading = Reading(tuple(pattern.words[word] for word in words), tuple(slots))
    if len(pattern.readings) < READINGS:
        pattern.readings[items] = reading
    return reading
