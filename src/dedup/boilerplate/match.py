"""tokens -> occurrences of templates: rare seeds, then word alignment, then exact boundaries."""

import re
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import ceil

from dedup import _kernel
from dedup.boilerplate.align import Alignment, align
from dedup.boilerplate.blocks import INVISIBLE, Blocks
from dedup.boilerplate.template import Slot, Template
from dedup.tokens import LINE, START, Tokens

SEED_WIDTH = 3  # words in a seed; shorter where a template has no run that long
SEED_SHARE = 0.15  # of a template's seeds must be there before it is aligned
SHAPE_LINE = 300  # code points; longer lines are never machine-made one-liners
OPENING = "([{<“”‘’«„\"'`*_#•▪■►▶>|~=-–—/\\" + INVISIBLE
CLOSING = ".,;:!?)]}>”“’‘»\"'`*_…|。！？" + INVISIBLE
VALUE_SHAPES = {
    "url": r"(?:https?://|www\.)\S+|\S+\.(?:com|net|org|info|co|eu|[a-z]{2})(?:/\S*)?",
    "email": r"\S+@\S+",
    "phone": r"[+(]?[\d][\d\s().+-]{5,}(?:x\d+|ext\.? ?\d+)?",
    "date": r".*\d{4}.*",
    "number": r"[\d.,]+",
}


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A template found in a text: `first` to `last` (inclusive) in tokens, `start` to `end` in code points.

    `coverage` is the share of the template's words found, `score` also counts words that are too many.
    """

    template: Template
    start: int
    end: int
    first: int
    last: int
    coverage: float
    score: float
    words: int
    slots: Mapping[str, str]


class Matcher:
    """Finds the templates of a catalogue in texts. Its cost does not depend on how many templates miss."""

    def __init__(self, templates: Iterable[Template]) -> None:
        templates = list(templates)
        self._patterns = [template for template in templates if template.pattern]
        self._shapes = [(template, _compile_shape(template)) for template in templates if template.shape]
        self._any_shape = _union_of_shapes(self._shapes)
        self._seeds: dict[int, dict[int, list[tuple[int, int]]]] = {}
        self._needed: list[int] = []
        for index, template in enumerate(self._patterns):
            self._needed.append(self._sow(index, template))

    def _sow(self, index: int, template: Template) -> int:
        pattern = template.compiled
        width = min(SEED_WIDTH, max(map(len, pattern.runs)))
        seeds = self._seeds.setdefault(width, {})
        count = 0
        for run in pattern.runs:
            if len(run) < width:
                continue
            for position, value in zip(run, _grams(pattern.words[run.start : run.stop], width), strict=False):
                seeds.setdefault(value, []).append((index, position))
                count += 1
        return max(1, ceil(count * SEED_SHARE))

    def find(self, text: str, tokens: Tokens) -> list[Occurrence]:
        """Return the occurrences in `text` that do not overlap, best first where they compete, in text order."""
        found = list(self._by_shape(text, tokens))
        for index, hits in self._hits(tokens).items():
            found += self._by_words(index, hits, text, tokens)
        return _resolve(found)

    def _hits(self, tokens: Tokens) -> dict[int, list[tuple[int, int]]]:
        hits: dict[int, list[tuple[int, int]]] = {}
        for width, seeds in self._seeds.items():
            grams = _grams(tokens.hashes, width)
            if seeds.keys().isdisjoint(grams):
                continue
            for place, value in enumerate(grams):
                for index, position in seeds.get(value, ()):
                    hits.setdefault(index, []).append((position, place))
        return hits

    def _by_words(
        self, index: int, hits: list[tuple[int, int]], text: str, tokens: Tokens
    ) -> Iterator[Occurrence]:
        template = self._patterns[index]
        pattern = template.compiled
        room = sum(slot.limit for slot in pattern.slots)
        slack = room + len(pattern.words) // 4 + 3
        for group in _groups(hits, len(pattern.words), room):
            if len({position for position, _ in group}) < self._needed[index]:
                continue
            position, place = group[0]
            low = max(0, place - position - slack)
            position, place = group[-1]
            high = min(len(tokens), place + len(pattern.words) - position + slack)
            alignment = align(pattern, tokens.hashes[low:high], low, template.floor)
            if alignment is not None:
                occurrence = _Edges(template, alignment, text, tokens).occurrence()
                if _phrases_hold(template, occurrence.start, occurrence.end, text):
                    yield occurrence

    def _by_shape(self, text: str, tokens: Tokens) -> Iterator[Occurrence]:
        if self._any_shape is None:
            return
        for line in Blocks(text).lines:
            body = text[line.body_start : line.body_end]
            if not 0 < len(body) <= SHAPE_LINE or not self._any_shape.fullmatch(body):
                continue
            for template, shape in self._shapes:
                if match := shape.fullmatch(body):
                    first = bisect_right(tokens.ends, line.body_start)
                    last = bisect_right(tokens.starts, line.body_end - 1) - 1
                    slots = {name: value for name, value in match.groupdict().items() if value}
                    words = max(1, last - first + 1)
                    yield Occurrence(
                        template, line.body_start, line.body_end, first, last, 1.0, 1.0, words, slots
                    )
                    break


def _grams(words: Iterable[int], width: int) -> memoryview:
    from array import array

    return memoryview(_kernel.shingle(array("Q", words).tobytes(), width)).cast("Q")


def _compile_shape(template: Template):
    import regex

    try:
        return regex.compile(template.shape, regex.VERSION1)
    except regex.error as error:
        from dedup.boilerplate.template import BadTemplate

        raise BadTemplate(f"template {template.id!r}: shape does not compile: {error}") from error


def _union_of_shapes(shapes):
    import regex

    return regex.compile("|".join(f"(?:{shape.pattern})" for _, shape in shapes), regex.VERSION1) if shapes else None


def _groups(hits: list[tuple[int, int]], length: int, room: int) -> Iterator[list[tuple[int, int]]]:
    """Split `(position in the template, place in the text)` hits into those that may be one occurrence."""
    group = [hits[0]]
    for position, place in hits[1:]:
        last_position, _ = group[-1]
        if place - group[0][1] > length + room or position + length // 2 < last_position:
            yield group
            group = []
        group.append((position, place))
    yield group


def _phrases_hold(template: Template, start: int, end: int, text: str) -> bool:
    if not template.required and not template.forbidden:
        return True
    from dedup.boilerplate.template import word_hashes

    words = word_hashes(text[start:end])
    return all(_within(word_hashes(phrase), words) for phrase in template.required) and not any(
        _within(word_hashes(phrase), words) for phrase in template.forbidden
    )


def _within(phrase: tuple[int, ...], words: tuple[int, ...]) -> bool:
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1))


def _resolve(found: list[Occurrence]) -> list[Occurrence]:
    """Keep the best of those that overlap: coverage x length decides, then the earlier, then the id."""
    taken: list[tuple[int, int]] = []
    kept = []
    for each in sorted(found, key=lambda o: (-o.score * o.words, o.start, o.template.id)):
        at = bisect_right(taken, (each.start, each.end))
        if (at and taken[at - 1][1] > each.start) or (at < len(taken) and taken[at][0] < each.end):
            continue
        insort(taken, (each.start, each.end))
        kept.append(each)
    return sorted(kept, key=lambda o: o.start)


class _Edges:
    """Turns an alignment into an occurrence: what belongs to the block left and right of the aligned words."""

    def __init__(self, template: Template, alignment: Alignment, text: str, tokens: Tokens) -> None:
        self.template, self.alignment, self.text, self.tokens = template, alignment, text, tokens
        self.pattern = template.compiled
        self.first = alignment.places[0]
        self.last = alignment.places[-1]

    def occurrence(self) -> Occurrence:
        alignment = self.alignment
        self._absorb()
        lead = [slot for slot in self.pattern.slots if slot.limit and slot.first <= alignment.present[0]]
        trail = [slot for slot in self.pattern.slots if slot.limit and slot.first > alignment.present[-1]]
        for slot in reversed(lead):
            self._extend_left(slot)
        for slot in trail:
            self._extend_right(slot)
        start, end = self._punctuation()
        return Occurrence(
            self.template, start, end, self.first, self.last, alignment.coverage, alignment.score,
            len(alignment.positions), self._values(),
        )  # fmt: skip

    def _absorb(self) -> None:
        """Take in as many words as the template lacks at its edges, within the line and the sentence."""
        flags, alignment = self.tokens.flags, self.alignment
        for _ in range(sum(word < alignment.positions[0] for word in alignment.present)):
            if self.first == 0 or flags[self.first] & (START | LINE):
                break
            self.first -= 1
        for _ in range(sum(word > alignment.positions[-1] for word in alignment.present)):
            if self.last + 1 == len(flags) or flags[self.last + 1] & (START | LINE):
                break
            self.last += 1

    def _extend_left(self, slot: Slot) -> None:
        flags, first = self.tokens.flags, self.first
        if first == 0:
            return
        if flags[first] & LINE:  # the slot is the line above, whole
            first -= 1
            while first > 0 and not flags[first] & LINE and self.first - first < slot.limit:
                first -= 1
            if not flags[first] & LINE or not self._fits(slot, first, self.first - 1):
                return
        else:
            while first > 0 and not flags[first] & (START | LINE) and self.first - first < slot.limit:
                first -= 1
        self.first = first

    def _extend_right(self, slot: Slot) -> None:
        flags, last = self.tokens.flags, self.last
        while last + 1 < len(flags) and last - self.last < slot.limit and not flags[last + 1] & (START | LINE):
            last += 1
        self.last = last

    def _fits(self, slot: Slot, first: int, last: int) -> bool:
        value = self.text[self.tokens.starts[first] : self.tokens.ends[last]]
        shape = VALUE_SHAPES.get(slot.type)
        if shape is not None:
            return re.fullmatch(shape, value) is not None
        return not value.endswith((".", "?", "!")) and value[:1] == value[:1].upper()

    def _punctuation(self) -> tuple[int, int]:
        text = self.text
        start, end = self.tokens.starts[self.first], self.tokens.ends[self.last]
        while start > 0 and (
            text[start - 1] in OPENING or (text[start - 1] == " " and start > 1 and text[start - 2] in "*•▪■►▶#>|-–—(")
        ):
            start -= 1
        while end < len(text) and text[end] in CLOSING:
            end += 1
        return start, end

    def _values(self) -> dict[str, str]:
        values: dict[str, str] = {}
        slots = list(self.pattern.slots)
        while slots:
            gap = [slot for slot in slots if slot.first == slots[0].first and slot.last == slots[0].last]
            slots = [slot for slot in slots if slot not in gap]
            first, last = self._gap(gap[0])
            if first <= last:
                values.update(_share_out(gap, self.text[self.tokens.starts[first] : self.tokens.ends[last]]))
        return values

    def _gap(self, slot: Slot) -> tuple[int, int]:
        """Return the tokens (inclusive) between the aligned words around a slot."""
        first, last = self.first, self.last
        for position, place in zip(self.alignment.positions, self.alignment.places, strict=True):
            if position < slot.first:
                first = place + 1
            elif position >= slot.last:
                last = place - 1
                break
        return first, last


def _share_out(slots: list[Slot], value: str) -> dict[str, str]:
    """Give each of the slots that stand side by side its piece of `value`, typed ones first."""
    if len(slots) == 1:
        return {slots[0].name: " ".join(value.split())}
    pieces = [piece for piece in (" ".join(part.split()) for part in re.split(r"[\n,|]", value)) if piece]
    values = {}
    for slot in sorted(slots, key=lambda slot: slot.type not in VALUE_SHAPES):
        shape = VALUE_SHAPES.get(slot.type, ".*")
        for piece in pieces:
            if re.fullmatch(shape, piece):
                values[slot.name] = piece
                pieces.remove(piece)
                break
    return values
