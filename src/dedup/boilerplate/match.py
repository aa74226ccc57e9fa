"""tokens -> occurrences of templates: rare seeds, then word alignment, then exact boundaries."""

from array import array
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING

from dedup import _kernel
from dedup.boilerplate.align import align
from dedup.boilerplate.blocks import Blocks
from dedup.boilerplate.edges import Edges, Occurrence
from dedup.boilerplate.template import BadTemplate, Template, word_hashes
from dedup.tokens import Tokens

if TYPE_CHECKING:
    from regex import Pattern as Regex

SEED_WIDTH = 3  # words in a seed; shorter where a template has no run that long
SEED_SHARE = 0.15  # of a template's seeds must be there before it is aligned
SHAPE_LINE = 300  # code points; longer lines are never machine-made one-liners


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
        """Enter a template's seeds; return how many of them must be met before it is worth aligning."""
        pattern = template.compiled
        width = next((width for width in range(SEED_WIDTH, 1, -1) if pattern.always_has(width)), 1)
        grams = pattern.grams(width)
        seeds = self._seeds.setdefault(width, {})
        for gram in grams:
            (value,) = _grams([pattern.words[word] for word in gram], width)
            seeds.setdefault(value, []).append((index, gram[0]))
        fixed = set(pattern.root.words)
        return max(1, ceil(SEED_SHARE * sum(fixed.issuperset(gram) for gram in grams)))

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
                    yield Occurrence(template, line.body_start, line.body_end, first, last, 1.0, 1.0, slots)
                    break


def _grams(words: Iterable[int], width: int) -> memoryview:
    return memoryview(_kernel.shingle(array("Q", words).tobytes(), width)).cast("Q")


def _compile_shape(template: Template) -> "Regex[str]":
    import regex

    try:
        return regex.compile(template.shape, regex.VERSION1)
    except regex.error as error:
        raise BadTemplate(f"template {template.id!r}: shape does not compile: {error}") from error


def _union_of_shapes(shapes: Sequence[tuple[Template, "Regex[str]"]]) -> "Regex[str] | None":
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
