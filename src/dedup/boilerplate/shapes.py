"""lines that may have a shape -> those that have it, and the blocks that headings among them open."""

import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from dedup.boilerplate.blocks import line_at, space_after
from dedup.boilerplate.occurrence import Occurrence
from dedup.boilerplate.readings import Readings
from dedup.boilerplate.section import Mentions, block_end
from dedup.boilerplate.sighting import Sighting
from dedup.boilerplate.template import Template
from dedup.boilerplate.view import plain

if TYPE_CHECKING:
    from regex import Pattern as Regex

Slots = Mapping[str, str]
LINES = 8192  # remembered at a time
UNIT = re.compile(r"&[\w#;&]*|[^&]")  # of a line: a character, or what may be a reference to one
UNKNOWN: Slots = {}


class ShapedLine(NamedTuple):
    """A line of a template's shape: code points of the text, and the slots' values."""

    template: Template
    start: int
    end: int
    slots: Slots

    def occurrence(self, seen: Sighting, end: int) -> Occurrence:
        """Return the occurrence that begins with the line and ends at `end`."""
        first, last = bisect_right(seen.ends, self.start), bisect_right(seen.starts, end - 1) - 1
        return Occurrence(self.template, self.start, end, first, last, 1.0, 1.0, self.slots)


class Shapes:
    """The templates that are shapes of lines.

    `tables` is what the scanner asks of a line that may have one: clues, classes of characters and programs.
    What was told of lines is remembered, for the same line stands in many texts of a feed: (shape, whether the text
    shouts, line) -> the slots' values, if it has the shape.
    """

    def __init__(self, templates: Iterable[Template]) -> None:
        self._templates = [template for template in templates if template.shape]
        self._known: dict[tuple[int, bool, str], Slots | None] = {}
        readings = Readings.shipped() if self._templates else Readings()
        self._read = [readings.of(template.shape) for template in self._templates]
        rows = array("Q")
        for index, reading in enumerate(self._read):
            rows += reading.clues_of(index)
        self.tables = rows.tobytes(), readings.classes(), [reading.program for reading in self._read]
        self._expressions: dict[int, Regex[str]] = {}

    def find(self, seen: Sighting, source: str) -> tuple[list[Occurrence], list[ShapedLine]]:
        """Return the lines that have a shape of those that may have: the first that fits, and any heading.

        Those that have none are struck off the sighting.
        """
        found: list[Occurrence] = []
        headings: list[ShapedLine] = []
        left = []
        matched, place, text, shouted, known = -1, -1, seen.text, seen.shouts, self._known
        for candidate in seen.lines:
            start, end, index = candidate
            template = self._templates[index]
            if template.source and template.source != source:
                continue
            if start == matched and not template.run:
                left.append(candidate)
                continue
            if start != place:
                place, line = start, text[start:end]
                shown = plain(line).strip()
            key = (index, shouted, shown)
            slots = known.get(key, UNKNOWN)
            if slots is UNKNOWN:
                slots = self._told(key)
            if slots is None:
                continue
            left.append(candidate)
            first = start + len(line) - len(line.lstrip())
            whole: ShapedLine | None = ShapedLine(template, first, first + len(line.strip()), slots)
            if whole and template.cuts:
                whole = _cut(whole, text, shown)
            if template.run:
                headings += [whole] if whole else []
                continue
            matched = start
            if whole:
                found.append(whole.occurrence(seen, whole.end))
        seen.lines = left
        return found, headings

    def _told(self, key: tuple[int, bool, str]) -> Slots | None:
        """Return the slots' values in a line that has the shape, else None; the others are forgotten when many."""
        index, shouted, line = key
        template = self._templates[index]
        has_case = not line.upper() == line == line.lower()  # elsewhere both expressions say the same
        match = (template.shouted if shouted and has_case else self._expression(index)).fullmatch(line)
        slots = match and {name: value for name, value in match.groupdict().items() if value}
        if len(self._known) >= LINES:
            self._known.clear()
        self._known[key] = slots
        return slots

    def _expression(self, index: int) -> "Regex[str]":
        """Return the expression of a shape, made ready when it is first asked for."""
        if index not in self._expressions:
            self._expressions[index] = self._read[index].expression(self._templates[index])
        return self._expressions[index]


def _cut(whole: ShapedLine, text: str, shown: str) -> ShapedLine | None:
    """Return the part of a line that its shape calls the block, if it can be told apart in the text.

    `shown` is the line as a reader sees it.
    """
    slots = dict(whole.slots)
    block = slots.pop("block", "")
    line = text[whole.start : whole.end]
    at = shown.rfind(block)
    left, right = shown[:at], shown[at + len(block) :]
    edges = [0, *(unit.end() for unit in UNIT.finditer(line))]
    begin = _reaching(edges, left, lambda edge: plain(line[:edge]).lstrip())
    end = _reaching(edges[::-1], right, lambda edge: plain(line[edge:]).rstrip())
    if begin is None or end is None or begin >= end:
        return None
    return ShapedLine(whole.template, whole.start + begin, whole.start + end, slots)


def _reaching(edges: Sequence[int], sought: str, shown: Callable[[int], str]) -> int | None:
    """Return the first of the edges up to which what is sought is shown, and nothing else."""
    at = bisect_left(edges, len(sought), key=lambda edge: len(shown(edge)))
    return edges[at] if at < len(edges) and shown(edges[at]) == sought else None


def sections(headings: list[ShapedLine], found: list[Occurrence], seen: Sighting) -> Iterator[Occurrence]:
    """Yield the headings (in order) with what stands below them, up to the next heading or block of another kind."""
    starts, reach = _reaches(found)
    others = [line.start for line in headings if line.template.run != "stranger"]
    paragraphs = {(line.start, line.template.kind) for line in headings if line.template.run == "more"}
    stops: dict[str, list[int]] = {}  # for headings of a kind
    mentions, last = Mentions(seen.text), 0  # where the blocks so far end
    for line in headings:
        at, kind = bisect_right(starts, line.start), line.template.kind
        if line.end < max(last, reach[at - 1] if at else 0):  # inside another
            continue
        if kind not in stops:
            stops[kind] = sorted([*others, *(each.start for each in found if each.template.kind != kind)])
        below = space_after(seen.text, line.end)
        own = line.template.run == "paragraphs" and (below, kind) in paragraphs  # known by itself too
        ends = [stop for stop in stops[kind] if stop != below] if own else stops[kind]
        end = _end(line, seen.text, ends, mentions)
        if end is not None:
            last = max(last, end)
            yield line.occurrence(seen, end)


def _end(line: ShapedLine, text: str, stops: Sequence[int], mentions: Mentions) -> int | None:
    """Return where the block ends that a heading opens, or None.

    Of a "stranger" the line is all: a paragraph about somebody whom the story above does not name.
    """
    run, echo = line.template.run, line.slots.get(line.template.echo, "")
    if run == "stranger":
        return None if mentions.before(echo, line_at(text, line.end - 1).start) else line.end
    return block_end(text, line.end, run, stops, echo)


def _reaches(found: Iterable[Occurrence]) -> tuple[list[int], list[int]]:
    """Return where occurrences begin, in order, and how far those up to each of them reach."""
    spans = sorted((each.start, each.end) for each in found)
    return [start for start, _ in spans], list(accumulate((end for _, end in spans), max))
