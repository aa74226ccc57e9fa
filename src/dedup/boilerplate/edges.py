"""alignment -> occurrence: what belongs to the block left and right of the aligned words, and the slots' values."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping

from dedup.boilerplate.align import Alignment
from dedup.boilerplate.blocks import INVISIBLE
from dedup.boilerplate.occurrence import Occurrence
from dedup.boilerplate.pattern import Slot
from dedup.boilerplate.template import Template
from dedup.tokens import CAPITAL, DIGIT, LINE, START, Tokens

OPENING = "([{<“”‘’«„\"'`*_#•▪■►▶>|~=-–—/\\©ⓒ&" + INVISIBLE
CLOSING = ".,;:!?)]}>”“’‘»\"'`*_…|。！？" + INVISIBLE
BRACKETS = {"(": ")", "[": "]", "<": ">", "（": "）", "【": "】"}
OPENERS = {closer: opener for opener, closer in BRACKETS.items()}
BRACKET_REACH = 200  # code points a bracket that opens the block may close later
SIGN_REACH = 40  # code points
_ESCAPED = (
    r"&(?:amp;)*#?(?:copy|ldquo|rdquo|lsquo|rsquo|quot|apos|laquo|raquo|mdash|ndash|hellip|bull|#?x?[0-9a-fA-F]{2,5});"
)
SIGN_BEFORE = re.compile(rf"(?:{_ESCAPED}|[©ⓒ]) ?\Z")  # a sign written as a reference, or set off by a space
SIGN_AFTER = re.compile(_ESCAPED)
ABBREVIATED = 4  # code points; a shorter word before a stop and a number may be an abbreviation
LIST_LINE = 4  # words in a line of a list that follows a block, such as the names of social networks
SURE_WORDS = 8  # literal words from which a slot's odd value does not matter
LONGEST_VALUE = 1000  # code points of a value that has a shape
# where one begins with anything at all, it begins a word or a line: else a long word is read from each of its letters
VALUE_SHAPES = {
    "url": r"(?:https?://|www\.)\S+|(?<!\S)\S+\.(?:com|net|org|info|co|eu|[a-z]{2})(?:/\S*)?",
    "email": r"(?<!\S)\S+@\S+",
    "phone": r"[+(]?[\d][\d\s().+-]{5,}(?:x\d+|ext\.? ?\d+)?",
    "date": r"(?<!.).*\d{4}.*",
    "number": r"[\d.,]+",
}
ADDRESSES = ("url", "email")
REST_OF_WORD = re.compile(r"\S{0,100000}")  # an image may stand in an address
NAMES = ("name", "names", "org", "provider", "place")


class Edges:
    """Finds the boundaries of one aligned template."""

    def __init__(self, template: Template, alignment: Alignment, text: str, tokens: Tokens) -> None:
        self.template, self.alignment, self.text, self.tokens = template, alignment, text, tokens
        self.first, self.last = alignment.places[0], alignment.places[-1]

    def occurrence(self) -> Occurrence | None:
        """Return the occurrence, or None when its slots hold what such slots never hold."""
        alignment = self.alignment
        self._absorb()
        lead = [slot for slot in alignment.reading.slots if slot.limit and slot.first == 0]
        trail = [slot for slot in alignment.reading.slots if slot.limit and slot.first == len(alignment.reading.words)]
        self._extend_left(lead)
        for slot in trail:
            self._extend_right(slot)
        values = self._values()
        if len(alignment.reading.words) < SURE_WORDS and not self._plausible(values):
            return None
        start, end = self._borders(trail)
        first = bisect_right(self.tokens.ends, start)
        last = bisect_right(self.tokens.starts, end - 1) - 1
        return Occurrence(self.template, start, end, first, last, alignment.coverage, alignment.score, values)

    # -- tokens

    def _begins(self, index: int) -> bool:
        """True when token `index` begins a line or, by its first letter too, a sentence."""
        tokens = self.tokens
        flags = tokens.flags[index]
        if flags & LINE or not flags & START:
            return bool(flags & LINE)
        if flags & DIGIT:  # "in summer. 3 of them", not "No. 3"
            abbreviated = (
                tokens.ends[index - 1] - tokens.starts[index - 1] < ABBREVIATED or tokens.flags[index - 1] & CAPITAL
            )
            return not abbreviated
        return not self.text[tokens.starts[index]].islower()

    def _absorb(self) -> None:
        """Take in as many words as the template lacks at its edges, within the line and the sentence."""
        alignment = self.alignment
        for _ in range(alignment.positions[0]):
            if self.first == 0 or self._begins(self.first):
                break
            self.first -= 1
        for _ in range(len(alignment.reading.words) - 1 - alignment.positions[-1]):
            if self.last + 1 == len(self.tokens) or self._begins(self.last + 1):
                break
            self.last += 1

    def _extend_left(self, slots: list[Slot]) -> None:
        """Take in leading slots: a line above for each when the block begins a line, else the sentence so far."""
        if slots and self.tokens.flags[self.first] & LINE:
            for slot in reversed(slots):
                self._take_line_above(slot)
            return
        limit = self.first - sum(slot.limit for slot in slots)
        while self.first > max(0, limit) and not self._begins(self.first):
            self.first -= 1

    def _take_line_above(self, slot: Slot) -> None:
        flags, first = self.tokens.flags, self.first - 1
        while first > 0 and not flags[first] & LINE and self.first - first < slot.limit:
            first -= 1
        if first >= 0 and flags[first] & LINE and self._fits(slot, first, self.first - 1):
            self.first = first

    def _fits(self, slot: Slot, first: int, last: int) -> bool:
        value = self.text[self.tokens.starts[first] : self.tokens.ends[last]]
        if slot.type in VALUE_SHAPES:
            return _has_shape(slot, value)
        return not value[0].islower() and self.text[self.tokens.ends[last] : self.tokens.ends[last] + 1] not in (
            ".",
            "?",
            "!",
        )

    def _extend_right(self, slot: Slot) -> None:
        begin, limit = self.last + 1, min(len(self.tokens) - 1, self.last + slot.limit)
        if self.last < limit and self.tokens.flags[self.last + 1] & LINE:
            if slot.type == "text":
                self._take_list_below(limit)
            return
        while self.last < limit and not self._begins(self.last + 1):
            if slot.type in ADDRESSES and self.last >= begin and self._is_set_off(self.last + 1):
                break
            self.last += 1

    def _is_set_off(self, index: int) -> bool:
        start = self.tokens.starts[index]
        return self.text[start - 2 : start] == "  " and not self.text[start].islower()

    def _take_list_below(self, limit: int) -> None:
        last = self.last
        while last < limit:
            size = 1
            while last + size < len(self.tokens) - 1 and not self.tokens.flags[last + size + 1] & LINE:
                size += 1
            if size > LIST_LINE or last + size > limit:
                break
            last += size
        self.last = last

    # -- code points

    def _borders(self, trail: list[Slot]) -> tuple[int, int]:
        text, start, end = self.text, self.tokens.starts[self.first], self.tokens.ends[self.last]
        start = _left_symbols(text, start)
        if trail and trail[-1].type in ADDRESSES:
            end += len(REST_OF_WORD.match(text, end).group())  # type: ignore[union-attr]
        start, end = _close_brackets(text, start, _right_symbols(text, end))
        return start, _right_symbols(text, end)

    # -- slots

    def _values(self) -> dict[str, str]:
        values: dict[str, str] = {}
        slots = list(self.alignment.reading.slots)
        while slots:
            gap = [slot for slot in slots if slot.first == slots[0].first and slot.last == slots[0].last]
            slots = slots[len(gap) :]
            first, last = self._gap(gap[0])
            if first <= last:
                values.update(_share_out(gap, self.text[self.tokens.starts[first] : self.tokens.ends[last]]))
        return values

    def _gap(self, slot: Slot) -> tuple[int, int]:
        """Return the tokens (inclusive) between the aligned words around a slot."""
        positions, places = self.alignment.positions, self.alignment.places
        left, right = bisect_left(positions, slot.first), bisect_left(positions, slot.last)
        return places[left - 1] + 1 if left else self.first, places[right] - 1 if right < len(places) else self.last

    def _plausible(self, values: Mapping[str, str]) -> bool:
        """False when a slot for names holds words that are none, or a slot for addresses no address."""
        for slot in self.alignment.reading.slots:
            value = values.get(slot.name)
            if not value:
                continue
            if slot.type in NAMES and (value[0].islower() or _share_of_small_words(value) > 0.5):
                return False
            if slot.type in VALUE_SHAPES and not re.search(VALUE_SHAPES[slot.type], value):
                return False
        return True


def _has_shape(slot: Slot, value: str) -> bool:
    return len(value) <= LONGEST_VALUE and re.fullmatch(VALUE_SHAPES[slot.type], value) is not None


def _share_of_small_words(value: str) -> float:
    words = value.split()
    return sum(word[0].islower() for word in words) / len(words)


def _left_symbols(text: str, start: int) -> int:
    """Return where the signs that open the block begin; a line with nothing but signs before it goes whole."""
    line = start
    while line > 0 and text[line - 1] not in "\r\n" and not text[line - 1].isalnum():
        line -= 1
    if line == 0 or text[line - 1] in "\r\n":
        return line + len(text[line:start]) - len(text[line:start].lstrip())
    while start > 0:
        if text[start - 1] in OPENING:
            start -= 1
        elif sign := SIGN_BEFORE.search(text, max(0, start - SIGN_REACH), start):
            start = sign.start()
        else:
            break
    return start


def _right_symbols(text: str, end: int) -> int:
    """Return where the signs that close the block end; a line with nothing but signs after it goes whole."""
    line = end
    while line < len(text) and text[line] not in "\r\n" and not text[line].isalnum():
        line += 1
    if line == len(text) or text[line] in "\r\n":
        return end + len(text[end:line].rstrip())
    while end < len(text):
        if text[end] in CLOSING:
            end += 1
        elif sign := SIGN_AFTER.match(text, end):
            end = sign.end()
        else:
            break
    return end


def _close_brackets(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the block with the rest of the bracket it opens or closes, when that is near."""
    closer = BRACKETS.get(text[start])
    if closer and closer not in text[start:end]:
        found = text.find(closer, end, end + BRACKET_REACH)
        if found >= 0 and text[start] not in text[end:found] and "\n\n" not in text[end:found]:
            return start, found + 1
    opener = OPENERS.get(text[end - 1])
    if opener and opener not in text[start:end]:
        found = text.rfind(opener, max(0, start - BRACKET_REACH), start)
        if found >= 0 and text[end - 1] not in text[found:start] and "\n\n" not in text[found:start]:
            return found, end
    return start, end


def _share_out(slots: list[Slot], value: str) -> dict[str, str]:
    """Give each of the slots that stand side by side its piece of `value`, typed ones first."""
    if len(slots) == 1:
        value = " ".join(value.split())
        address = slots[0].type in ADDRESSES and re.search(VALUE_SHAPES[slots[0].type], value)
        return {slots[0].name: address.group() if address else value}
    pieces = [piece for piece in (" ".join(part.split()) for part in re.split(r"[\n,|]", value)) if piece]
    values = {}
    for slot in sorted(slots, key=lambda slot: slot.type not in VALUE_SHAPES):
        for piece in pieces:
            if slot.type not in VALUE_SHAPES or _has_shape(slot, piece):
                values[slot.name] = piece
                pieces.remove(piece)
                break
    return values
