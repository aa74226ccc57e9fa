"""differences between two texts -> those that put one number in the place of another."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dedup.duplicates.measure import Difference
from dedup.duplicates.numerals import figure, value
from dedup.duplicates.story import SENTENCE_WORDS, Story
from dedup.tokens import CAPITAL, DIGIT

FEW_WORDS = 60  # of a number and what was changed with it, on each side
UNEVEN = 4  # times as many words on one side, and so many more, are an insertion beside a number
GROUP = 3  # digits behind a mark that only groups them: 7,600


def exchanged(a: Story, b: Story, differences: Iterable[Difference]) -> list[Difference]:
    """Return the differences that are a few words of a sentence with other numbers on each side.

    A short line that stands for itself is no sentence, and a number is the same in a word, in digits and as an ordinal.
    One behind a name that was exchanged with it is part of the name (Channel 4, March 8).
    """
    return [
        each
        for each in differences
        if _are_few(each[1] - each[0], each[3] - each[2])
        and _differ(*_figures(a, b, each))
        and a.line_words(each[0]) > SENTENCE_WORDS
    ]


def _are_few(words: int, other: int) -> bool:
    return max(words, other) <= min(FEW_WORDS, UNEVEN * (min(words, other) + 1))


class Figures(NamedTuple):
    """The numbers of a few words: all of them, and those that are no part of a name."""

    all: list[str]
    free: set[str]

    @classmethod
    def of(cls, story: Story, first: int, last: int) -> "Figures":
        """Return those of tokens `first` to `last` (exclusive)."""
        flags = story.tokens.flags
        numbers = [(at, _figure(story, at, end)) for at, end in _numbers(story, first, last)]
        free = {number for at, number in numbers if at == first or flags[at - 1] & (CAPITAL | DIGIT) != CAPITAL}
        return cls([number for _, number in numbers], free)


def _figures(a: Story, b: Story, difference: Difference) -> tuple[Figures, Figures]:
    """Return the numbers on both sides of a difference; of one that goes on in what is shared, all of it."""
    first, last, other_first, other_last = difference
    before = after = 0
    while _is_glued(a, first - before) or _is_glued(b, other_first - before):
        before += 1
    while _is_glued(a, last + after) or _is_glued(b, other_last + after):
        after += 1
    return Figures.of(a, first - before, last + after), Figures.of(b, other_first - before, other_last + after)


def _numbers(story: Story, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the tokens of each number among some, `at` to `end` (exclusive)."""
    at = first
    while at < last:
        end = at + 1
        if story.is_number(at):
            while end < last and _is_glued(story, end):
                end += 1
            yield at, end
        at = end


def _is_glued(story: Story, at: int) -> bool:
    """Whether a token and the one before it are one number: 7,600, 4.6 or twenty-two."""
    if not 0 < at < len(story) or not (story.is_number(at) and story.is_number(at - 1)):
        return False
    tokens = story.tokens
    mark = story.text[tokens.ends[at - 1] : tokens.starts[at]]
    return mark in ((".", ",") if tokens.flags[at] & tokens.flags[at - 1] & DIGIT else ("-",))


def _figure(story: Story, at: int, end: int) -> str:
    """Return the digits of a number, with a point where it has decimals."""
    words = [story.quote(place, place + 1) for place in range(at, end)]
    if len(words) == 1:
        return figure(words[0])
    if not story.tokens.flags[at] & DIGIT:
        return str(value("".join(words).casefold()) or "".join(map(figure, words)))
    *head, tail = words
    return figure("".join(words)) if len(tail) == GROUP else f"{figure(''.join(head))}.{tail}"


def _differ(mine: Figures, other: Figures) -> bool:
    """Whether each side has a number of its own, however they are grouped (1 500 and 1500)."""
    new = mine.free.difference(other.all) and other.free.difference(mine.all)
    return bool(new) and "".join(mine.all) != "".join(other.all)
