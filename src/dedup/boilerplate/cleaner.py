"""text -> the text without its boilerplate, and the spans that were recognised."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, repeat

from dedup.boilerplate.blocks import space_after
from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.edges import Occurrence
from dedup.boilerplate.guard import Guard
from dedup.boilerplate.learned import Lines, by_source
from dedup.boilerplate.lines import Known
from dedup.boilerplate.match import Matcher, Sighting, resolve
from dedup.boilerplate.policy import Policy
from dedup.boilerplate.remnant import remnants
from dedup.boilerplate.seam import BREAKS, widen
from dedup.boilerplate.view import View
from dedup.document import Cleaned, Span
from dedup.tokens import Tokens
from dedup.workers import batched, map_on_processes

CHUNK = 256  # texts a worker process takes at a time
LONG_LINE = re.compile(r"[^\n]{101}")  # a text without one may be hard-wrapped
WORD = re.compile(r"(?<![&#;\w])[A-Za-z0-9]")  # a character that is of a word whatever stands around it
ROUNDS = 16  # removing a block may bring others to an edge; real texts need two or three rounds

Judged = tuple[Occurrence, str]  # an occurrence and why it must stay, or ""


class Cleaner:
    r"""Finds boilerplate and takes it out. It remembers nothing: one text never changes the answer for another.

    >>> cleaned = Cleaner().clean("The bridge reopened on Monday.\n(Reporting by Ann Lee; Editing by Max Roe)\n")
    >>> cleaned.text
    'The bridge reopened on Monday.\n'
    >>> cleaned.removed[0].kind
    'credit-line'

    `policy` is "default" (each template says whether it removes or labels), "aggressive" (labelled kinds go too),
    "conservative" (kinds that inform about a story stay: credits, contacts, about blocks, ...) or "label-only";
    `actions` says "remove" or "label" for single kinds. Raises `ValueError` for what is none of these.
    """

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        policy: str = "default",
        actions: Mapping[str, str] | None = None,
    ) -> None:
        self.catalogue = Catalogue.builtin() if catalogue is None else catalogue
        self._policy = Policy(policy, actions or {})
        self._matcher = Matcher(self.catalogue)
        self._lines = by_source(self.catalogue)

    def clean(self, text: str, source: str | None = None) -> Cleaned:
        """Return `text` without its boilerplate. `source` brings in templates that hold for it alone."""
        (sighting,) = self._matcher.scan([text])
        return self._peel(text, source, sighting, Known())

    def _peel(self, text: str, source: str | None, sighting: Sighting | None, known: Known) -> Cleaned:
        lines = self._lines.get(source or "", self._lines.get(""))
        layers, tokens = _Layers(text), None
        for _ in range(ROUNDS):
            if sighting is None and lines is None:
                break
            tokens, judged = self._judge(lines, layers.text, sighting, source or "", tokens, known)
            if not judged or not layers.peel(judged):
                break
            if layers.is_head and tokens is not None and LONG_LINE.search(layers.text):
                tokens = tokens.until(len(layers.text))
                sighting = sighting and self._matcher.narrow(sighting, tokens, len(layers.text))
            else:
                tokens = None
                (sighting,) = self._matcher.scan([layers.text])
        return layers.cleaned()

    def _judge(
        self,
        lines: Lines | None,
        text: str,
        sighting: Sighting | None,
        source: str,
        tokens: Tokens | None,
        known: Known,
    ) -> tuple[Tokens | None, list[Judged]]:
        """Return what occurs in `text`, each with the reason it must stay, and its tokens if it is as it was meant."""
        oddities = sighting.oddities if sighting else 0
        view = View.of(text, oddities) if oddities else None
        if view is not None:
            (seen,) = self._matcher.scan([view.text])
            _, judged = self._judge_as_it_stands(lines, view.text, seen, source, None, known)
            return None, [
                (each._replace(start=view.place(each.start), end=view.place(each.end)), why) for each, why in judged
            ]
        tokens, judged = self._judge_as_it_stands(lines, text, sighting, source, tokens, known)
        return (None if oddities else tokens), judged

    def _judge_as_it_stands(
        self,
        lines: Lines | None,
        text: str,
        sighting: Sighting | None,
        source: str,
        tokens: Tokens | None,
        known: Known,
    ) -> tuple[Tokens | None, list[Judged]]:
        occurrences: list[Occurrence] = []
        if sighting:
            tokens, occurrences = self._matcher.find(text, sighting, source, tokens, known)
        if lines is not None:
            tokens = Tokens.of(text) if tokens is None else tokens
            occurrences = resolve([*occurrences, *lines.find(text, tokens)])
        if tokens is None or not occurrences:
            return tokens, []
        guard = Guard(text, tokens, occurrences)
        judged = []
        for index, each in enumerate(occurrences):
            touches_left = index > 0 and space_after(text, occurrences[index - 1].end) >= each.start
            touches_right = index + 1 < len(occurrences) and space_after(text, each.end) >= occurrences[index + 1].start
            objection = guard.objection(index, each, touches_left, touches_right)
            judged.append((each, objection or self._policy.objection(each.template)))
        below = [(each, "") for each in remnants(text, tokens, judged)]
        return tokens, sorted([*judged, *below], key=lambda pair: pair[0].start) if below else judged

    def clean_many(
        self, texts: Iterable[str], *, sources: Iterable[str | None] | None = None, workers: int = 1
    ) -> Iterator[Cleaned]:
        """Yield `clean(text, source)` for each of `texts`, in order.

        `sources` has one entry per text; `workers` processes share the work. Raises `ValueError` when
        `workers` is not positive.
        """
        if workers < 1:
            raise ValueError(f"workers is {workers}; pass 1 or more")
        pairs = zip(texts, repeat(None) if sources is None else sources, strict=sources is not None)
        if workers == 1:
            for text, source in pairs:
                yield self.clean(text, source)
            return
        for _, cleaned in map_on_processes(self.clean_batch, batched(pairs, CHUNK), list, workers):
            yield from cleaned

    def clean_batch(self, pairs: Sequence[tuple[str, str | None]]) -> list[Cleaned]:
        """Return `clean(text, source)` for each of some pairs at once."""
        sightings = self._matcher.scan([text for text, _ in pairs])
        known = Known()
        return [
            self._peel(text, source, sighting, known) for (text, source), sighting in zip(pairs, sightings, strict=True)
        ]

    def spans_many(
        self, texts: Sequence[str], *, sources: Sequence[str | None] | None = None
    ) -> list[tuple[Span, ...]]:
        r"""Return the spans of `clean(text, source)` for each of `texts`, in order: the cheapest answer for a batch.

        `sources` has one entry per text.

        >>> [len(spans) for spans in Cleaner().spans_many(["One.\n(Editing by Ann Lee)\n", "Two."])]
        [1, 0]
        """
        found: list[tuple[Span, ...]] = [()] * len(texts)
        known = Known()
        for index, sighting in enumerate(self._matcher.scan(texts)):
            if sighting or self._lines:
                found[index] = self._peel(texts[index], sources[index] if sources else None, sighting, known).spans
        return found


def clean(text: str, source: str | None = None) -> Cleaned:
    """Return `text` without the boilerplate the built-in catalogue knows; see `Cleaner` to clean many."""
    return Cleaner().clean(text, source)


class _Layers:
    """What is left of a text as layer after layer is peeled off, and where all of it stood."""

    def __init__(self, text: str) -> None:
        self.original = self.text = text
        self.pieces = [(0, len(text))]  # of the original, making up the text
        self.offsets = [0, len(text)]  # of the pieces in the text
        self.is_head = True  # whether the text is whole lines from the beginning of the layer before
        self.removed: list[tuple[Occurrence, tuple[int, int]]] = []
        self.labelled: list[Judged] = []

    def peel(self, judged: Sequence[Judged]) -> bool:
        """Take out what may go; False, with the rest as labels, when nothing may."""
        going = [each for each, objection in judged if not objection]
        if not going:
            self.labelled = list(judged)
            return False
        spans = widen(self.text, [(each.start, each.end) for each in going])
        for each, (start, end) in zip(going, spans, strict=True):
            self.removed += [(each, place) for place in self._places(start, end)]
        self._cut(spans)
        return True

    def _places(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return where `start` to `end` of the present text stands in the original."""
        places, offsets = [], self.offsets
        index = bisect_right(offsets, start) - 1
        while index < len(self.pieces) and offsets[index] < end:
            begin, _ = self.pieces[index]
            shift = begin - offsets[index]
            places.append((max(start, offsets[index]) + shift, min(end, offsets[index + 1]) + shift))
            index += 1
        return [place for place in places if place[0] < place[1]]

    def _cut(self, spans: Sequence[tuple[int, int]]) -> None:
        edges = [0, *(edge for span in spans for edge in span), len(self.text)]
        kept = list(zip(edges[::2], edges[1::2], strict=True))
        first = edges[1]
        at_line_end = first == 0 or self.text[first - 1] in BREAKS or self.text[first] in BREAKS
        self.is_head = at_line_end and all(start == end for start, end in kept[1:])
        self.pieces = [place for start, end in kept for place in self._places(start, end)]
        self.offsets = [0, *accumulate(stop - begin for begin, stop in self.pieces)]
        self.text = "".join(self.text[start:end] for start, end in kept)

    def cleaned(self) -> Cleaned:
        """Return what is left and the account of it; everything when nothing would be left."""
        if self.removed and WORD.search(self.text) is None and not len(Tokens.of(self.text)):
            why = "kept: the text is nothing but boilerplate"
            spans = [_span(each, "label", why, place) for each, place in self.removed]
            return Cleaned(self.original, tuple(sorted(spans, key=lambda span: span.start)), all_boilerplate=True)
        return Cleaned(self.text, self._spans())

    def _spans(self) -> tuple[Span, ...]:
        """Return all spans in order, in places of the original."""
        spans = [_span(each, "remove", _account(each), place) for each, place in self._joined()]
        for each, objection in self.labelled:
            places = self._places(each.start, each.end)
            spans += [_span(each, "label", f"kept: {objection}", place) for place in places]
        return tuple(sorted(spans, key=lambda span: span.start))

    def _joined(self) -> list[tuple[Occurrence, tuple[int, int]]]:
        """Return what was removed, in order; white space alone goes with a block it touches."""
        joined: list[tuple[Occurrence, tuple[int, int]]] = []
        for each, (start, end) in sorted(self.removed, key=lambda pair: pair[1]):
            if joined:
                before, (first, last) = joined[-1]
                if last == start and (self._blank(start, end) or self._blank(first, last)):
                    joined[-1] = (before if self._blank(start, end) else each, (first, end))
                    continue
            joined.append((each, (start, end)))
        return joined

    def _blank(self, start: int, end: int) -> bool:
        return space_after(self.original, start) >= end


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


def _span(each: Occurrence, action: str, reason: str, place: tuple[int, int]) -> Span:
    template = each.template
    return Span(*place, template.kind, template.id, each.score, each.slots, action, reason)
