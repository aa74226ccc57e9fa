"""tokens -> occurrences of templates: rare seeds, then word alignment, then exact boundaries."""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import ceil
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from dedup import _kernel
from dedup.boilerplate.align import align
from dedup.boilerplate.edges import Edges, Occurrence
from dedup.boilerplate.section import block_end
from dedup.boilerplate.shape import clues
from dedup.boilerplate.template import BadTemplate, Template, word_hashes
from dedup.tokens import Tokens

if TYPE_CHECKING:
    from regex import Match
    from regex import Pattern as Regex

SEED_WIDTH = 3  # words in a seed; shorter where a template has no run that long
SEED_SHARE = 0.15  # of a template's seeds must be there before it is aligned
MASK = 2**64 - 1


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
        self._shapes = [(template, _compile_shape(template)) for template in self._templates if template.shape]
        seeds, needed, self._widths = array("Q"), array("I"), []
        for index, template in enumerate(self._patterns):
            width, need = _sow(index, template, seeds)
            needed.append(need)
            self._widths.append(width)
        self._needed = needed
        clues = array("Q")
        for index, (template, _) in enumerate(self._shapes):
            for clue in _clues(template.shape):
                clues.extend((*clue[:3], index, *clue[3:]))
        self.tables = seeds.tobytes(), needed.tobytes(), clues.tobytes()
        self._scanner = _kernel.Scanner(*self.tables)

    def __reduce__(self) -> tuple[type["Matcher"], tuple[tuple[Template, ...]]]:
        return Matcher, (self._templates,)

    def scan(self, texts: Sequence[str]) -> list[Sighting | None]:
        """Return for each text what calls for a closer look; None for most."""
        return [
            seen and Sighting(memoryview(seen[0]).cast("I"), memoryview(seen[1]).cast("I"), seen[2])
            for seen in self._scanner.scan(texts)
        ]

    def narrow(self, sighting: Sighting, tokens: Tokens, end: int) -> Sighting | None:
        """Return what was seen in the whole lines that end at `end`, as `scan` would."""
        count = bisect_left(tokens.starts, end)
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

    def find(self, text: str, sighting: Sighting, source: str = "") -> tuple[Tokens | None, list[Occurrence]]:
        """Return the tokens of `text`, if needed, and the occurrences in it: apart, the best where they compete."""
        shaped = list(self._by_shape(text, sighting, source))
        hits = [each for each in _by_owner(sighting.hits) if self._patterns[each[0]].source in ("", source)]
        if not shaped and not hits:
            return None, []
        tokens = Tokens.of(text)
        found = [_line(*each, tokens) for each in shaped if not each[0].run]
        for index, places in hits:
            found += self._by_words(index, places, text, tokens)
        found += _sections([each for each in shaped if each[0].run], found, text, tokens)
        return tokens, _resolve(found) if len(found) > 1 else found

    def _by_words(self, index: int, hits: list[tuple[int, int]], text: str, tokens: Tokens) -> Iterator[Occurrence]:
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
            alignment = align(pattern, tokens.hashes[low:high].tolist(), low, template.floor)
            if alignment is not None:
                occurrence = Edges(template, alignment, text, tokens).occurrence()
                if occurrence is not None and _phrases_hold(template, occurrence.start, occurrence.end, text):
                    yield occurrence

    def _by_shape(self, text: str, sighting: Sighting, source: str) -> Iterator[tuple[Template, int, "Match[str]"]]:
        matched = -1
        for start, end, index in _triples(sighting.lines):
            template, shape = self._shapes[index]
            if (start == matched and not template.run) or template.source not in ("", source):
                continue
            line = text[start:end]
            if match := shape.fullmatch(line.strip()):
                matched = matched if template.run else start
                yield template, start + len(line) - len(line.lstrip()), match


def _line(template: Template, start: int, match: "Match[str]", tokens: Tokens, end: int = 0) -> Occurrence:
    end = end or start + len(match[0])
    first, last = bisect_right(tokens.ends, start), bisect_right(tokens.starts, end - 1) - 1
    slots = {name: value for name, value in match.groupdict().items() if value}
    return Occurrence(template, start, end, first, last, 1.0, 1.0, slots)


def _sections(
    headings: list[tuple[Template, int, "Match[str]"]], found: list[Occurrence], text: str, tokens: Tokens
) -> Iterator[Occurrence]:
    """Yield the headings with what stands below them, up to the next block."""
    stops = sorted([*(each.start for each in found), *(start for _, start, _ in headings)])
    for template, start, match in headings:
        if any(each.start <= start and start + len(match[0]) < each.end for each in found):
            continue
        echo = match.groupdict().get(template.echo, "") or ""
        end = block_end(text, start + len(match[0]), template.run, stops, echo)
        if end is not None:
            yield _line(template, start, match, tokens, end)


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
        seeds.extend((_key(pattern.words[word] for word in gram), width, index, gram[0]))
    fixed = set(pattern.root.words)
    return width, max(1, ceil(SEED_SHARE * sum(fixed.issuperset(gram) for gram in grams)))


def _key(words: Iterable[int]) -> int:
    hashes = array("Q", words)
    (key,) = memoryview(_kernel.shingle(hashes.tobytes(), len(hashes))).cast("Q")
    return key


def _clues(shape: str) -> Iterator[tuple[int, ...]]:
    for clue in clues(shape):
        key = _key(word_hashes(clue.word)) if clue.word else 0
        yield key, clue.starts & MASK, clue.starts >> 64, clue.longest, ord(clue.holds or "\0"), clue.digit, clue.wide


def _compile_shape(template: Template) -> "Regex[str]":
    import regex

    try:
        return regex.compile(template.shape, regex.VERSION1)
    except regex.error as error:
        raise BadTemplate(f"template {template.id!r}: shape does not compile: {error}") from error


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
    words = word_hashes(text[start:end])
    return all(_within(word_hashes(phrase), words) for phrase in template.required) and not any(
        _within(word_hashes(phrase), words) for phrase in template.forbidden
    )


def _within(phrase: tuple[int, ...], words: tuple[int, ...]) -> bool:
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1))


def _resolve(found: list[Occurrence]) -> list[Occurrence]:
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
