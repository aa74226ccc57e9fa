"""differences between two texts -> those that put one number in the place of another."""

from collections.abc import Iterator
from typing import NamedTuple

from dedup.duplicates.measure import Alignment, Difference, covered, differences, stretches
from dedup.duplicates.numerals import figure, value
from dedup.duplicates.story import LISTED, SENTENCE_WORDS, Story, joined
from dedup.tokens import CAPITAL, DIGIT

FEW_WORDS = 60  # of a number and what was changed with it, on each side
EDGE_WORDS = 12  # the same where a text begins or ends
UNEVEN = 4  # times as many words on one side, and so many more, are an insertion beside a number
SEVERAL = 3  # numbers that were exchanged together
GLUED = 6  # parts of a number at most: 7,600,000.25
GROUP = 3  # digits behind a mark that only groups them: 7,600


def exchanged(a: Story, b: Story, furniture: bytes, shared: Alignment) -> list[Difference]:
    """Return the differences that are a few words of a sentence with other numbers on each side.

    A short line that stands for itself is no sentence, unless several numbers in it are others and it is in no list. A
    number is the same in a word, in digits and as an ordinal. One behind a name that was exchanged with it is part of
    the name (Channel 4, March 8); one in a passage that the other text has elsewhere was moved. What is not a text's
    own has no numbers (`furniture` marks words of `a`, or is empty; what others repeat of `b` may be what was changed).
    At the edges of a text fewer words may have been changed: its head and tail are often its publisher's.
    """
    few = [each for each in differences(stretches(len(a), len(b), shared.common)) if _are_few(each, len(a), len(b))]
    if not few:
        return []
    moved = (
        joined(covered(shared.passages, len(a)), a.aside, furniture),
        joined(covered(shared.other_passages, len(b)), b.aside),
    )
    return [each for each in few if _is_told(a, each[0], _new(*_figures(a, b, each, moved)))]


def _is_told(story: Story, at: int, numbers: int) -> bool:
    """Whether so many new numbers are news where they stand."""
    if numbers and story.line_words(at) > SENTENCE_WORDS:
        return True
    return numbers >= SEVERAL and not (story.aside and story.aside[min(at, len(story) - 1)] & LISTED)


def _are_few(difference: Difference, size: int, other_size: int) -> bool:
    first, last, other_first, other_last = difference
    words, other = last - first, other_last - other_first
    is_edge = not (first and other_first and last < size and other_last < other_size)
    return max(words, other) <= min(EDGE_WORDS if is_edge else FEW_WORDS, UNEVEN * (min(words, other) + 1))


class Figures(NamedTuple):
    """The numbers of a few words: all of them, and those that are no part of a name."""

    all: list[str]
    free: set[str]

    @classmethod
    def of(cls, story: Story, first: int, last: int, moved: bytes) -> "Figures":
        """Return those of tokens `first` to `last` (exclusive) but for those that `moved` marks."""
        flags = story.tokens.flags
        numbers = [(at, _figure(story, at, end)) for at, end in _numbers(story, first, last) if 0 in moved[at:end]]
        free = {number for at, number in numbers if at == first or flags[at - 1] & (CAPITAL | DIGIT) != CAPITAL}
        return cls([number for _, number in numbers], free)


def _figures(a: Story, b: Story, difference: Difference, moved: tuple[bytes, bytes]) -> tuple[Figures, Figures]:
    """Return the numbers on both sides of a difference; of one that goes on in what is shared, all of it."""
    first, last, other_first, other_last = difference
    before = after = 0
    while before < GLUED and (_is_glued(a, first - before) or _is_glued(b, other_first - before)):
        before += 1
    while after < GLUED and (_is_glued(a, last + after) or _is_glued(b, other_last + after)):
        after += 1
    mine = Figures.of(a, first - before, last + after, moved[0])
    return mine, Figures.of(b, other_first - before, other_last + after, moved[1])


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


def _new(mine: Figures, other: Figures) -> int:
    """Return how many numbers each side has of its own at least, however they are grouped (1 500 and 1500)."""
    if "".join(mine.all) == "".join(other.all):
        return 0
    return min(len(mine.free.difference(other.all)), len(other.free.difference(mine.all)))
