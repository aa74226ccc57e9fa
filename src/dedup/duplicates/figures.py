"""swaps of two stories -> how many put one number in the place of another."""

from collections.abc import Iterable
from typing import NamedTuple

from dedup.duplicates.measure import Difference
from dedup.duplicates.numerals import figure
from dedup.duplicates.story import SENTENCE_WORDS, Story
from dedup.tokens import CAPITAL, DIGIT

FEW_WORDS = 12  # of a number and what was changed with it, on each side


def exchanged(a: Story, b: Story, swaps: Iterable[Difference]) -> int:
    """Return how many of the swaps are a few words of a sentence with other numbers on each side.

    A short line that stands for itself is no sentence, and a number is the same in a word, in digits and as an ordinal.
    One behind a name that was exchanged with it is part of the name (Channel 4, March 8).
    """
    return sum(
        max(last - first, other_last - other_first) <= FEW_WORDS
        and a.line_words(first) > SENTENCE_WORDS
        and _differ(Figures.of(a, first, last), Figures.of(b, other_first, other_last))
        for first, last, other_first, other_last in swaps
    )


class Figures(NamedTuple):
    """The numbers of a few words: all of them, and those that are no part of a name."""

    all: list[str]
    free: set[str]

    @classmethod
    def of(cls, story: Story, first: int, last: int) -> "Figures":
        """Return those of tokens `first` to `last` (exclusive)."""
        flags = story.tokens.flags
        numbers = [(at, figure(story.quote(at, at + 1))) for at in range(first, last) if story.is_number(at)]
        free = {number for at, number in numbers if at == first or flags[at - 1] & (CAPITAL | DIGIT) != CAPITAL}
        return cls([number for _, number in numbers], free)


def _differ(mine: Figures, other: Figures) -> bool:
    """Whether each side has a number of its own, however they are grouped (1,500 and 1500)."""
    new = mine.free.difference(other.all) and other.free.difference(mine.all)
    return bool(new) and "".join(mine.all) != "".join(other.all)
