"""a shape's regular expression -> clues: what a line has to hold before it is worth trying the expression on it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dedup import _kernel
from dedup.boilerplate.expression import STRINGS, Part, sequence
from dedup.tokens import OWN

ANYWHERE = (
    "a about after all an and are as at be been but by can for from had has have he her his in is it its more new news "
    "not of on one or our out over said that the their they this to up us was we who will with you your"
)
PLAIN = frozenset(ANYWHERE.split())
RUN = 3  # the most tokens a clue asks for
BRANCHES = 64  # the most ways through a shape that get clues of their own

Words = frozenset[str]


@dataclass(frozen=True, slots=True, order=True)
class Clue:
    """What a line may be known by.

    `word` ("": none; or up to three that are one character each) stands in it, it begins and ends with characters in
    the bitmaps `starts` and `ends`, has at most `longest` visible characters, and holds the character `holds` ("":
    none). At most `before` of the characters stand before the word, and `after` from its beginning on.
    """

    word: str
    starts: int
    ends: int
    longest: int
    holds: str
    before: int = 0
    after: int = 0


class Telling(NamedTuple):
    """Words of which every string of a part holds one, and the most characters before it, and from its beginning on."""

    words: Words = frozenset()
    before: int = 0
    after: int = 0

    def inside(self, before: Iterable[Part], after: Iterable[Part]) -> "Telling":
        """Return the same between other parts."""
        longest_before, longest_after = (sum(part.longest for part in each) for each in (before, after))
        return Telling(self.words, self.before + longest_before, self.after + longest_after)


NONE = Telling()


class Clues:
    """Reads the clues of shapes; what words their pieces have is found once, as they are looked at again and again."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[tuple[str, ...], bool, bool], Telling] = {}

    def of(self, whole: Part) -> list[Clue]:
        """Return the clues of a shape: a line that matches has what one of them asks for."""
        found = set()
        for way in self._ways(whole):
            words, before, after = self._telling(way, left=True, right=True)
            for word in words or {""}:
                found.add(Clue(word, way.starts, way.ends, way.longest, way.holds, before, after))
        return sorted(found)

    def _ways(self, part: Part) -> list[Part]:
        """Return the alternatives of `part` one by one, also those inside it that it begins with, or that tell more."""
        if part.branches:
            return [way for branch in part.branches for way in self._ways(branch)]
        if part.strings is not None:
            return [part]
        is_told, begins = bool(self._telling(part, left=True, right=True).words), True
        for index, item in enumerate(part.items):
            if is_told and not begins:
                break
            inner = self._ways(item) if item.strings is None or not item.empty else []
            if 1 < len(inner) <= BRANCHES:
                before, after = part.items[:index], part.items[index + 1 :]
                ways = [way for each in inner for way in self._ways(sequence([*before, each, *after]))]
                if len(ways) <= BRANCHES:
                    return ways
                if not is_told:
                    return [part]
            begins = begins and item.empty
        return [part]

    def _telling(self, part: Part, *, left: bool, right: bool) -> Telling:
        """Return the words that tell most, whole ones; `left`: no word reaches into the part from there."""
        if part.strings is not None:
            key = part.strings, left, right
            if key not in self._chosen:
                self._chosen[key] = _one_of_each(*key)
            return self._chosen[key]
        if part.branches:
            each = [self._telling(branch, left=left, right=right) for branch in part.branches]
            words, before, after = zip(*each, strict=True)
            return Telling(frozenset().union(*words), max(before), max(after)) if all(words) else NONE
        best = NONE
        for first, last in _runs(part.items):
            run = part.items[first] if last - first == 1 else sequence(part.items[first:last])
            if run.empty:
                continue
            told = self._telling(
                run,
                left=_apart(part.items[:first][::-1], left, "word_last"),
                right=_apart(part.items[last:], right, "word_first"),
            )
            best = max(best, told.inside(part.items[:first], part.items[last:]), key=_rarity)
        return best


def _runs(items: Sequence[Part]) -> Iterator[tuple[int, int]]:
    """Yield stretches of items, neighbours that can be spelt out together."""
    first = 0
    while first < len(items):
        last, strings = first + 1, len(items[first].strings or ())
        while strings and last < len(items) and (more := items[last].strings) and strings * len(more) <= STRINGS:
            strings *= len(more)
            last += 1
        yield first, last
        first = last


def _apart(neighbours: Iterable[Part], outside: bool, edge: str) -> bool:
    """Return whether nothing of a word can touch the part beside `neighbours`, the nearest first."""
    for part in neighbours:
        if part.border:
            return True
        if getattr(part, edge):
            return False
        if not part.empty:
            return True
    return outside


def _rarity(told: Telling) -> tuple[tuple[bool, bool, int], int]:
    return min(map(_weight, told.words), default=(False, False, 0)), -len(told.words)


def _one_of_each(strings: tuple[str, ...], left: bool, right: bool) -> Telling:
    chosen, before, after = set(), 0, 0
    for text, places in zip(strings, _tokens(strings), strict=True):
        whole = [
            at
            for at, (start, end, own) in enumerate(places)
            if own or ((start > 0 or left) and (end < len(text) or right))
        ]
        if not whole:
            return NONE
        first, last = _with_neighbours(max(whole, key=lambda at: _weight(text[slice(*places[at][:2])])), places)
        start, end = places[first][0], places[last][1]
        chosen.add(text[start:end].lower())
        before, after = max(before, start), max(after, len(text) - start)
    return Telling(frozenset(chosen), before, after)


def _with_neighbours(at: int, places: Sequence[tuple[int, int, bool]]) -> tuple[int, int]:
    """Return the first and the last of the tokens around one: of characters that are tokens, each says little."""
    first = last = at
    while last - first + 1 < RUN and last + 1 < len(places) and places[last][2] and places[last + 1][2]:
        last += 1
    while last - first + 1 < RUN and first and places[first][2] and places[first - 1][2]:
        first -= 1
    return first, last


def _weight(word: str) -> tuple[bool, bool, int]:
    return word.lower() not in PLAIN, len(word) > 1 or not word.isascii(), len(word)


def _tokens(strings: Sequence[str]) -> Iterator[list[tuple[int, int, bool]]]:
    """Yield `(start, end, is a token whatever stands beside it)` for the tokens of each string; no word spans lines."""
    _, starts, ends, flags = _kernel.tokenize("\n".join(strings).encode("utf-8", "surrogatepass"), False)
    places = [*zip(memoryview(starts).cast("I"), memoryview(ends).cast("I"), flags, strict=True)]
    at = begin = 0
    for text in strings:
        end, first = begin + len(text), at
        while at < len(places) and places[at][0] < end:
            at += 1
        yield [(start - begin, stop - begin, bool(flag & OWN)) for start, stop, flag in places[first:at]]
        begin = end + 1
