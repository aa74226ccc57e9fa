"""texts -> occurrences of templates: rare seeds, then word alignment, then exact boundaries."""

import re
from array import array
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from operator import attrgetter

from dedup import _kernel
from dedup.boilerplate.align import Alignment, row
from dedup.boilerplate.edges import Edges
from dedup.boilerplate.occurrence import Occurrence
from dedup.boilerplate.seam import BREAKS, are_lines
from dedup.boilerplate.seeds import WIDTH, Sower
from dedup.boilerplate.shapes import Shapes, sections
from dedup.boilerplate.sighting import LineHit, Piece, Sighting, triples
from dedup.boilerplate.template import Template
from dedup.boilerplate.view import SHORT_LINE
from dedup.boilerplate.words import packed_words

HASH_SIZE = 8  # bytes
LONG_LINE = re.compile(rf"^[^\n]{{{SHORT_LINE + 1}}}", re.MULTILINE)  # a text without one may be hard-wrapped


class Matcher:
    """Finds the templates of a catalogue in texts. Its cost does not depend on how many templates miss."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._templates = tuple(templates)
        self._patterns = [template for template in self._templates if template.pattern]
        self._shapes = Shapes(self._templates)
        seeds, needed, self._widths = array("Q"), array("I"), []
        sower = Sower()
        for index, template in enumerate(self._patterns):
            width, need = sower.sow(index, template, seeds)
            needed.append(need)
            self._widths.append(width)
        self._needed = needed
        self.tables = seeds.tobytes(), needed.tobytes(), *self._shapes.tables
        self._scanner = _kernel.Scanner(*self.tables)
        self._seeds = _kernel.Scanner(self.tables[0], bytes(len(self.tables[1])), b"", b"", [])  # one is enough
        self._fitter = _kernel.Fitter([row(*pair) for pair in zip(self._patterns, needed, strict=True)])

    def __reduce__(self) -> tuple[type["Matcher"], tuple[tuple[Template, ...]]]:
        return Matcher, (self._templates,)

    def scan(self, texts: Sequence[str]) -> list[Sighting | None]:
        """Return for each text what calls for a closer look; None for most."""
        if not self._templates:
            return [None] * len(texts)
        seen = self._scanner.scan(texts, self._fitter)
        return [each and Sighting(text, *each) for text, each in zip(texts, seen, strict=True)]

    def rescan(self, seen: Sighting, text: str, kept: Sequence[Piece]) -> Sighting | None:
        """Return what `scan` sees in `text`, the pieces that are `kept` of one whose sighting is known.

        The text is scanned only where that does not follow from the sighting. It may follow where the whole had nothing
        odd, and what is left cannot have become odd either, as hard-wrapped or all in capitals.
        """
        if not seen.oddities and LONG_LINE.search(text) and text.isupper() == seen.shouts:
            if self._has_nothing(seen, kept):
                return None
            if len(kept) == 1 and kept[0][0] == 0 and seen.has_whole_tokens(len(text)):
                return self._head(seen, text)
        return self.scan([text])[0]

    def _has_nothing(self, seen: Sighting, kept: Sequence[Piece]) -> bool:
        """Return whether nothing was seen in the pieces kept, and none arises where they join: no line, no seed."""
        if seen.is_in(kept) or not are_lines(seen.text, kept):
            return False
        seams = [seen.around(end, start, WIDTH - 1) for (_, end), (start, _) in pairwise(kept)]
        return not any(self._seeds.scan(seams))

    def _head(self, seen: Sighting, text: str) -> Sighting | None:
        """Return what was seen in the head `text` of a text, whose tokens are those of the whole."""
        count = seen.tokens_until(len(text))
        hits = self._hits_left(seen.hits, count)
        fits = self._fitter.fit(seen.tokens.hashes[:count].tobytes(), hits) if hits else ()
        return seen.head(text, hits, fits, self._lines_left(seen, text))

    def _hits_left(self, hits: bytes, count: int) -> bytes:
        """Return those of a text's hits that are among its first `count` tokens, where they still are enough."""
        widths, met = self._widths, dict[int, set[int]]()
        kept = [hit for hit in triples(hits) if hit[2] + widths[hit[0]] <= count] if hits else ()
        for owner, position, _ in kept:
            met.setdefault(owner, set()).add(position)
        enough = {owner for owner, positions in met.items() if len(positions) >= self._needed[owner]}
        return array("I", [number for hit in kept if hit[0] in enough for number in hit]).tobytes()

    def _lines_left(self, seen: Sighting, text: str) -> list[LineHit]:
        """Return the lines of a text that stand in its head `text`; its last one, if it is cut, is looked at again."""
        end = len(text)
        if not end or text[-1] in BREAKS or seen.text[end] in BREAKS:
            return [line for line in seen.lines if line[1] <= end]
        begin = text.rfind("\n") + 1
        (last,) = self.scan([text[begin:]])
        cut = last.lines if last else ()
        return [line for line in seen.lines if line[1] <= begin] + [
            (a + begin, b + begin, shape) for a, b, shape in cut
        ]

    def find(self, seen: Sighting, source: str) -> list[Occurrence]:
        """Return the occurrences in the text of a sighting: apart, the best where they compete."""
        found, headings = self._shapes.find(seen, source) if seen.lines else ([], [])
        if seen.fits:
            found += self._by_words(seen, source)
        if headings:
            found += (
                each
                for each in sections(headings, found, seen)
                if _phrases_hold(each.template, each.template.required_words, seen.text[each.start : each.end])
            )
        return resolve(found)

    def _by_words(self, seen: Sighting, source: str) -> Iterator[Occurrence]:
        for fit in seen.fits:
            template = self._patterns[fit[0]]
            if template.source not in ("", source):
                continue
            alignment = Alignment.of(template.compiled, *fit[1:])
            occurrence = Edges(template, alignment, seen.text, seen.tokens).occurrence()
            required = () if alignment.is_cut or alignment.lacks_one_word else template.required_words
            if occurrence is not None and _phrases_hold(
                template, required, seen.text[occurrence.start : occurrence.end]
            ):
                yield occurrence


def _phrases_hold(template: Template, required: Sequence[Sequence[bytes]], block: str) -> bool:
    if not required and not template.forbidden:
        return True
    words = packed_words(block)
    return all(any(_within(phrase, words) for phrase in choice) for choice in required) and not any(
        _within(phrase, words) for phrase in template.forbidden_words
    )


def _within(phrase: bytes, words: bytes) -> bool:
    """Return whether token hashes stand among others, and not across them."""
    at = words.find(phrase)
    while at > 0 and at % HASH_SIZE:
        at = words.find(phrase, at + 1)
    return at >= 0


def resolve(found: list[Occurrence]) -> list[Occurrence]:
    """Keep the best of those that overlap: score x length decides, then the earlier, then the id."""
    if len(found) < 2:
        return found
    found.sort(key=attrgetter("start"))
    if all(one.end <= other.start for one, other in pairwise(found)):
        return found
    taken: list[tuple[int, int]] = []
    kept = []
    for each in sorted(found, key=lambda o: (-o.weight, o.start, o.template.id)):
        at = bisect_right(taken, (each.start, each.end))
        if (at and taken[at - 1][1] > each.start) or (at < len(taken) and taken[at][0] < each.end):
            continue
        insort(taken, (each.start, each.end))
        kept.append(each)
    return sorted(kept, key=attrgetter("start"))
