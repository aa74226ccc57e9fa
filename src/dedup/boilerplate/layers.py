"""what may go of a text, layer after layer -> the text that is left, and spans for what went and what stays."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from dedup.boilerplate.blocks import space_after
from dedup.boilerplate.occurrence import Occurrence
from dedup.boilerplate.seam import widen
from dedup.document import Cleaned, Span
from dedup.tokens import Tokens

WORD = re.compile(r"(?<![&#;\w])[A-Za-z0-9]")  # a character that is of a word whatever stands around it

Guarded = tuple[Occurrence, str]  # an occurrence and why it must stay, or ""
Place = tuple[int, int]


class Layers:
    """What is left of a text as layer after layer is peeled off, and where all of it stood."""

    def __init__(self, text: str) -> None:
        self.original = self.text = text
        self.kept: Sequence[Place] = ()  # of the layer before: the pieces the text is made of
        self._pieces = [(0, len(text))]  # of the original, making up the text
        self._offsets = [0, len(text)]  # of the pieces in the text
        self._removed: list[tuple[Occurrence, Place]] = []
        self._labelled: Sequence[Guarded] = ()

    def peel(self, guarded: Sequence[Guarded]) -> bool:
        """Take out what may go; False, with the rest as labels, when nothing may."""
        going = [each for each, objection in guarded if not objection]
        if not going:
            self._labelled = guarded
            return False
        spans = widen(self.text, [(each.start, each.end) for each in going])
        for each, (start, end) in zip(going, spans, strict=True):
            self._removed += [(each, place) for place in self._places(start, end)]
        self._cut(spans)
        return True

    def _places(self, start: int, end: int) -> list[Place]:
        """Return where `start` to `end` of the present text stands in the original."""
        offsets = self._offsets
        if len(self._pieces) == 1:
            begin = self._pieces[0][0]
            return [(begin + start, begin + end)] if start < end else []
        places = []
        index = bisect_right(offsets, start) - 1
        while index < len(self._pieces) and offsets[index] < end:
            first, last = offsets[index], offsets[index + 1]
            shift = self._pieces[index][0] - first
            place = (start if start > first else first) + shift, (end if end < last else last) + shift
            if place[0] < place[1]:
                places.append(place)
            index += 1
        return places

    def _cut(self, spans: Sequence[Place]) -> None:
        edges = [0, *(edge for span in spans for edge in span), len(self.text)]
        self.kept = kept = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]
        self._pieces = [place for start, end in kept for place in self._places(start, end)]
        self._offsets = [0, *accumulate(stop - begin for begin, stop in self._pieces)]
        self.text = "".join([self.text[start:end] for start, end in kept])

    def cleaned(self) -> Cleaned:
        """Return what is left and the account of it; everything when nothing would be left."""
        if self._removed and WORD.search(self.text) is None and not len(Tokens.of(self.text)):
            why = "kept: the text is nothing but boilerplate"
            spans = [_span(each, "label", why, place) for each, place in self._removed]
            return Cleaned(self.original, _in_order(spans), all_boilerplate=True)
        return Cleaned(self.text, self._spans())

    def _spans(self) -> tuple[Span, ...]:
        """Return all spans in order, in places of the original."""
        spans = [_span(each, "remove", _account(each), place) for each, place in self._joined()]
        for each, objection in self._labelled:
            why = f"kept: {objection}"
            spans += [_span(each, "label", why, place) for place in self._places(each.start, each.end)]
        return _in_order(spans)

    def _joined(self) -> list[tuple[Occurrence, Place]]:
        """Return what was removed, in order; white space alone goes with a block it touches."""
        joined: list[tuple[Occurrence, Place]] = []
        for each, (start, end) in sorted(self._removed, key=lambda pair: pair[1]):
            if joined:
                before, (first, last) = joined[-1]
                if last == start and (self._blank(start, end) or self._blank(first, last)):
                    joined[-1] = (before if self._blank(start, end) else each, (first, end))
                    continue
            joined.append((each, (start, end)))
        return joined

    def _blank(self, start: int, end: int) -> bool:
        return space_after(self.original, start) >= end


def _in_order(spans: list[Span]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda span: span.start) if len(spans) > 1 else spans)


def _account(each: Occurrence) -> str:
    if not each.coverage:
        return f"stands below {each.template.id} and reads like no story"
    if each.template.run:
        return f"a block headed as {each.template.id} is"
    if each.template.shape:
        return f"a line of the form of {each.template.id}"
    if each.template.lines:
        return (
            f"learned from {each.template.evidence.get('stories', '?')} stories of {each.template.source or 'a feed'}"
        )
    return f"{each.coverage:.0%} of the words of {each.template.id}"


def _span(each: Occurrence, action: str, reason: str, place: Place) -> Span:
    template = each.template
    return Span(*place, template.kind, template.id, each.score, dict(each.slots), action, reason)
