"""occurrence in its text -> the reason to keep it, or none."""

import re
from collections.abc import Iterator, Sequence

from dedup.boilerplate.blocks import CLOSERS, SENTENCE_ENDS, Block, bounds_of, line_at, space_after, space_before
from dedup.boilerplate.occurrence import Occurrence
from dedup.boilerplate.sighting import Sighting

TAIL_ROOM = 60  # words of story that may still follow a block that belongs at the end
END_ROOM = 30  # the same for one that belongs at the very end
HEAD_ROOM = 30  # words of story that may stand before a block that belongs at the beginning
RUN_ROOM = 40  # words of story that stand before what a heading takes with it
STORY_WORDS = 8  # from so many words on, what follows a block is story and not a remnant
LABEL_WORDS = 3  # "Disclaimer:" may introduce a block, "The notice on the site reads:" quotes it
OPEN_BRACKETS = "(["
OPEN_QUOTES = '“‘«„"'
ADDRESS = re.compile(r"\S{0,1000}(?:@|://|www\.)\S")
AMOUNT = re.compile(r"[$€£¥₹] ?\d|\d[.,]* ?(?:%|percent\b|per cent\b|million\b|billion\b)")
DIVIDERS = "|*•>—–-_=#~;"


class Guard:
    """Judges the occurrences in one text: boilerplate stands on its own, a quotation stands in a sentence."""

    def __init__(self, seen: Sighting, occurrences: Sequence[Occurrence]) -> None:
        self.text, self.words, self.occurrences = seen.text, len(seen.starts), occurrences
        self._small_goes_on = not seen.text.islower()  # in a text without capitals a small letter says nothing
        self._bounds, self._line = (0, 0), Block(0, 0, 0, 0)  # where the guard looked last
        self.before, self.after = self._story_around(occurrences)

    def _story_around(self, occurrences: Sequence[Occurrence]) -> tuple[list[int], list[int]]:
        """Return for each occurrence the words outside all occurrences before it and after it."""
        before, seen, end = [], 0, 0
        for each in occurrences:
            seen += max(0, each.first - end)
            end = each.last + 1
            before.append(seen)
        total = seen + max(0, self.words - end)
        return before, [total - count for count in before]

    def objections(self) -> Iterator[str]:
        """Yield for each occurrence why it must stay, or ""."""
        touches_left, last = False, len(self.occurrences) - 1
        for index, each in enumerate(self.occurrences):
            touches_right = index < last and space_after(self.text, each.end) >= self.occurrences[index + 1].start
            yield self._objection(index, each, touches_left, touches_right)
            touches_left = touches_right

    def _objection(self, index: int, each: Occurrence, touches_left: bool, touches_right: bool) -> str:
        """Return why occurrence number `index` must stay, or "". It may touch other occurrences at its sides."""
        template, text = each.template, self.text
        starts_inside, ends_inside = self._inside(each)
        if not template.lines and not template.cuts:  # the one is whole by the way it is found, the other says where
            if not touches_left and not self._begins_clean(each.start, starts_inside):
                return "begins inside a sentence"
            if not touches_right and template.run != "fields" and not self._ends_clean(each.end, ends_inside):
                return "ends inside a sentence"
            if template.kind != "platform-chrome" and self._introduced(index, each.start, starts_inside):
                return "is introduced as a quotation"
        if self._quoted(index, each):
            return "stands in quotation marks"
        if template.kind == "forward-looking" and AMOUNT.search(text, each.start, each.end):
            return "holds figures"
        if template.run and template.run != "fields" and self.before[index] < RUN_ROOM:
            return f"has less than {RUN_ROOM} words of story before it"
        return self._misplaced(index, each, not starts_inside and not ends_inside)

    def _inside(self, each: Occurrence) -> tuple[bool, bool]:
        """Return whether anything stands in the occurrence's first line before it, and in its last after it."""
        if each.template.shape:  # shapes are of whole lines
            return False, False
        first = self._line_at(each.start)
        starts_inside = first.body_start < each.start and not first.blank
        last = self._line_at(each.end - 1)
        return starts_inside, last.body_end > each.end and not last.blank

    def _line_at(self, position: int) -> Block:
        """Return the line that holds `position`; one that holds many occurrences is looked for once."""
        if not self._line.start <= position < self._line.end:
            if not self._bounds[0] <= position < self._bounds[1]:
                self._bounds = bounds_of(self.text, position)
            self._line = line_at(self.text, position, self._bounds)
        return self._line

    def _begins_clean(self, start: int, inside: bool) -> bool:
        text = self.text
        if inside and text[start] not in OPEN_BRACKETS:
            end = start
            while text[end - 1].isspace():
                end -= 1
            if text[end - 1] == ":":
                return _are_few_words(text, self._line_at(start).start, end)
            return text[end - 1] in SENTENCE_ENDS or text[end - 1] in CLOSERS or text[end - 1] in DIVIDERS
        if not (self._small_goes_on and text[start].islower()) or ADDRESS.match(text, start) is not None:
            return True
        above = space_before(text, start)
        return text[above - 1 : above] in SENTENCE_ENDS or text.count("\n", above, start) > 1

    def _ends_clean(self, end: int, inside: bool) -> bool:
        text = self.text
        if text[end - 1] in SENTENCE_ENDS or text[end - 1] in CLOSERS:
            return True
        if inside:
            while text[end].isspace():
                end += 1
            return text[end] in DIVIDERS
        below = end + 1 if text.startswith("\n", end) else self._line_at(end - 1).end
        if text.startswith("  ", below):  # two spaces set off a part of a line, or stand for a lost comma
            below = next((at for at in range(below, len(text)) if text[at] != " "), len(text))
        return not (self._small_goes_on and text[below : below + 1].islower())

    def _quoted(self, index: int, each: Occurrence) -> bool:
        text = self.text
        if self.after[index] < STORY_WORDS or text[each.end - 1] not in CLOSERS:
            return False
        return text[each.start] in OPEN_QUOTES or (each.start > 0 and text[each.start - 1] in OPEN_QUOTES)

    def _introduced(self, index: int, start: int, inside: bool) -> bool:
        """True when the line above ends in a colon and is no mere label, and the story goes on below."""
        if self.after[index] < STORY_WORDS:
            return False
        above = space_before(self.text, self._line_at(start).start if inside else start)
        return self.text[above - 1 : above] == ":" and not _are_few_words(
            self.text, self._line_at(above - 1).start, above
        )

    def _misplaced(self, index: int, each: Occurrence, whole_lines: bool) -> str:
        where = each.template.position
        if where == "line" and not whole_lines:
            return "is not a line of its own"
        if where == "end" and self.after[index] > END_ROOM:
            return "is not at the end"
        if where == "head" and self.before[index] > HEAD_ROOM:
            return "is not at the beginning"
        if where == "head" and self._recurs(index):
            return "stands above each entry of a list"
        if where == "tail" and self.after[index] > TAIL_ROOM:
            if not whole_lines:
                return "is followed by story text"
            if self.before[index] < self.after[index] / 2:
                return "is followed by most of the story"
        return ""

    def _recurs(self, index: int) -> bool:
        """True when the next or the last of its kind is as far away as the entries of a chronicle are."""
        kind, here = self.occurrences[index].template.id, self.before[index]
        for others in (range(index - 1, -1, -1), range(index + 1, len(self.occurrences))):
            same = next((at for at in others if self.occurrences[at].template.id == kind), index)
            if STORY_WORDS <= abs(self.before[same] - here) <= TAIL_ROOM:
                return True
        return False


def _are_few_words(text: str, start: int, end: int) -> bool:
    """Return whether what stands from `start` to `end` is a label and no sentence, without reading far."""
    words = 0
    while words <= LABEL_WORDS:
        while end > start and text[end - 1].isspace():
            end -= 1
        if end == start:
            return True
        words += 1
        while end > start and not text[end - 1].isspace():
            end -= 1
    return False
