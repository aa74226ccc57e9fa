"""tokens -> occurrences of templates: rare seeds, then word alignment, then exact boundaries."""

from array import array
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil
from operator import itemgetter
from typing import NamedTuple

from dedup import _kernel
from dedup.boilerplate.align import Alignment, row
from dedup.boilerplate.edges import Edges, Occurrence
from dedup.boilerplate.lines import Known, Shapes, sections
from dedup.boilerplate.template import Template, key_of, word_hashes
from dedup.tokens import Tokens

SEED_WIDTH = 3  # words in a seed; shorter where a template has no run that long
SEED_SHARE = 0.15  # of a template's seeds must be there before it is aligned


class Sighting(NamedTuple):
    """What the kernel saw in a text that may be boilerplate."""

    hits: memoryview  # of (template, its word, place in the tokens), by template, then place
    lines: memoryview  # of (start, end, shape) in code points
    oddities: int


class Matcher:
    """Finds the templates of a catalogue in texts. Its cost does not depend on how many templates miss."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._templates = tuple(templates)
        self._patterns = [template for template in self._templates if template.pattern]
        self._shapes = Shapes(self._templates)
        seeds, needed, self._widths = array("Q"), array("I"), []
        for index, template in enumerate(self._patterns):
            width, need = _sow(index, template, seeds)
            needed.append(need)
            self._widths.append(width)
        self._needed = needed
        self.tables = seeds.tobytes(), needed.tobytes(), self._shapes.clues()
        self._scanner = _kernel.Scanner(*self.tables)
        self._fitter = _kernel.Fitter([row(*pair) for pair in zip(self._patterns, needed, strict=True)])

    def __reduce__(self) -> tuple[type["Matcher"], tuple[tuple[Template, ...]]]:
        return Matcher, (self._templates,)

    def scan(self, texts: Sequence[str]) -> list[Sighting | None]:
        """Return for each text what calls for a closer look; None for most."""
        if not self._templates:
            return [None] * len(texts)
        return [
            seen and Sighting(memoryview(seen[0]).cast("I"), memoryview(seen[1]).cast("I"), seen[2])
            for seen in self._scanner.scan(texts)
        ]

    def narrow(self, sighting: Sighting, tokens: Tokens, end: int) -> Sighting | None:
        """Return what was seen in the whole lines that end at `end`, which have these tokens, as `scan` would."""
        count = len(tokens)
        hits, lines = array("I"), array("I")
        for owner, places in _by_owner(sighting.hits):
            width = self._widths[owner]
            left = [(position, place) for position, place in places if place + width <= count]
            if len({position for position, _ in left}) >= self._needed[owner]:
                for hit in left:
                    hits.extend((owner, *hit))
        for line in _triples(sighting.lines):
            if line[1] <= end:
                lines.extend(line)
        return Sighting(memoryview(hits), memoryview(lines), sighting.oddities) if hits or lines else None

    def find(
        self, text: str, sighting: Sighting, source: str = "", tokens: Tokens | None = None, known: Known | None = None
    ) -> tuple[Tokens | None, list[Occurrence]]:
        """Return the tokens of `text`, if needed, and the occurrences in it: apart, the best where they compete.

        `tokens` are those of the text when they are known already, `known` what is known of its lines.
        """
        shaped = self._shapes.find(text, _triples(sighting.lines), source, Known() if known is None else known)
        if not shaped and not sighting.hits:
            return tokens, []
        tokens = Tokens.of(text) if tokens is None else tokens
        found = [each.occurrence(tokens) for each in shaped if not each.template.run]
        if sighting.hits:
            found += self._by_words(sighting.hits, text, tokens, source)
        headings = [each for each in shaped if each.template.run]
        if headings:
            found += sections(headings, found, text, tokens)
        return tokens, resolve(found) if len(found) > 1 else found

    def _by_words(self, hits: memoryview, text: str, tokens: Tokens, source: str) -> Iterator[Occurrence]:
        for fit in self._fitter.fit(tokens.hashes.tobytes(), hits.tobytes()):
            template = self._patterns[fit[0]]
            if template.source not in ("", source):
                continue
            alignment = Alignment.of(template.compiled, *fit[1:])
            occurrence = Edges(template, alignment, text, tokens).occurrence()
            required = () if alignment.is_cut or alignment.lacks_one_word else template.required
            if occurrence is not None and _phrases_hold(template, required, text[occurrence.start : occurrence.end]):
                yield occurrence


def _triples(numbers: memoryview) -> Iterator[tuple[int, int, int]]:
    return zip(*[iter(numbers)] * 3, strict=True)


def _by_owner(hits: memoryview) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    for owner, group in groupby(_triples(hits), key=itemgetter(0)):
        yield owner, [hit[1:] for hit in group]


def _sow(index: int, template: Template, seeds: "array[int]") -> tuple[int, int]:
    """Enter a template's seeds; return their width, and how many must be met before it is worth aligning."""
    pattern = template.compiled
    width = next((width for width in range(SEED_WIDTH, 1, -1) if pattern.always_has(width)), 1)
    grams = pattern.grams(width)
    for gram in grams:
        seeds.extend((key_of(pattern.words[word] for word in gram), width, index, gram[0]))
    fixed = set(pattern.root.words)
    return width, max(1, ceil(SEED_SHARE * sum(fixed.issuperset(gram) for gram in grams)))


def _phrases_hold(template: Template, required: Sequence[str], block: str) -> bool:
    if not required and not template.forbidden:
        return True
    words = word_hashes(block)
    return all(_within(word_hashes(phrase), words) for phrase in required) and not any(
        _within(word_hashes(phrase), words) for phrase in template.forbidden
    )


def _within(phrase: tuple[int, ...], words: tuple[int, ...]) -> bool:
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1))


def resolve(found: list[Occurrence]) -> list[Occurrence]:
    """Keep the best of those that overlap: score x length decides, then the earlier, then the id."""
    taken: list[tuple[int, int]] = []
    kept = []
    for each in sorted(found, key=lambda o: (-o.weight, o.start, o.template.id)):
        at = bisect_right(taken, (each.start, each.end))
        if (at and taken[at - 1][1] > each.start) or (at < len(taken) and taken[at][0] < each.end):
            continue
        insort(taken, (each.start, each.end))
        kept.append(each)
    return sorted(kept, key=lambda o: o.start)
