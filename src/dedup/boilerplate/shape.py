"""a shape's regular expression -> clues: what a line has to hold before it is worth trying the expression on it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dedup.boilerplate.expression import STRINGS, Part, parts_of, sequence, tokens

PLAIN = {"the", "and", "for", "with", "from", "this", "that", "more", "news", "new", "our", "your", "all"}  # anywhere
BRANCHES = 64  # the most ways through a shape that get clues of their own
ANY = 2**32 - 1  # words around a word: as many as there are

Words = dict[str, tuple[int, int]]  # words, each with the most that can stand before it and after it


@dataclass(frozen=True, slots=True, order=True)
class Clue:
    """What a line may be known by.

    `word` ("": none) stands in it with at most `before` words before and `after` after it, it begins with an ASCII
    character in the bitmap `starts` or, when `wide`, with any other, has at most `longest` visible characters, and
    holds the character `holds` ("": none) and so many `digits`.
    """

    word: str
    starts: int
    longest: int
    holds: str
    digits: int
    wide: bool
    before: int = ANY
    after: int = ANY


def clues(shape: str) -> list[Clue]:
    """Return the clues of a shape: a line that matches has what one of them asks for."""
    found = set()
    for way in _ways(parts_of(shape)):
        words = _words(way, left=True, right=True)
        for word, (before, after) in (words or {"": (ANY, ANY)}).items():
            found.add(Clue(word, way.starts, way.longest, way.holds, way.digits, way.wide, before, after))
    return sorted(found)


def _ways(part: Part) -> list[Part]:
    """Return the alternatives of `part` one by one, also those inside it where nothing around them says more."""
    if part.branches:
        return [way for branch in part.branches for way in _ways(branch)]
    if part.strings is None and not _words(part, left=True, right=True):
        for index, item in enumerate(part.items):
            inner = _ways(item) if item.strings is None or not item.empty else []
            if 1 < len(inner) <= BRANCHES:
                before, after = part.items[:index], part.items[index + 1 :]
                ways = [way for each in inner for way in _ways(sequence([*before, each, *after]))]
                return ways if len(ways) <= BRANCHES else [part]
    return [part]


# -- words that every reading of a part has


def _words(part: Part, *, left: bool, right: bool) -> Words:
    """Return words of which every string of `part` holds one, whole; `left`: no word reaches into it from there."""
    if part.strings is not None:
        return _one_of_each(part.strings, left, right)
    if part.branches:
        each = [_words(branch, left=left, right=right) for branch in part.branches]
        return _any_of(each) if all(each) else {}
    best: Words = {}
    for first, last in _runs(part.items):
        run = part.items[first] if last - first == 1 else sequence(part.items[first:last])
        if run.empty:
            continue
        words = _words(
            run,
            left=_apart(part.items[:first][::-1], left, "word_last"),
            right=_apart(part.items[last:], right, "word_first"),
        )
        outside = [sum(item.most for item in items) for items in (part.items[:first], part.items[last:])]
        around = {word: (before + outside[0], after + outside[1]) for word, (before, after) in words.items()}
        best = max(best, around, key=_rarity)
    return best


def _any_of(each: Iterable[Words]) -> Words:
    """Return the words of all, each with the most that can stand around it."""
    found: Words = {}
    for words in each:
        for word, (before, after) in words.items():
            more_before, more_after = found.get(word, (0, 0))
            found[word] = max(before, more_before), max(after, more_after)
    return found


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


def _rarity(words: Words) -> tuple[int, int]:
    return min(map(len, words), default=0), -len(words)


def _one_of_each(strings: tuple[str, ...], left: bool, right: bool) -> Words:
    chosen: list[Words] = []
    for text in strings:
        found = tokens(text)
        whole = [
            (text[start:end], index)
            for index, (start, end, own) in enumerate(found)
            if own or ((start > 0 or left) and (end < len(text) or right))
        ]
        if not whole:
            return {}
        word, index = max(whole, key=lambda each: (each[0].lower() not in PLAIN, len(each[0])))
        chosen.append({word.lower(): (index, len(found) - 1 - index)})
    return _any_of(chosen)
