"""differences between two texts -> the words that are only spelled in another way."""

from collections.abc import Iterable

from dedup.duplicates.measure import Difference
from dedup.duplicates.numerals import value
from dedup.duplicates.story import Story

LIKE = 75  # of 100 (rapidfuzz ratio): "organised", "organized"
JOINED = 85  # the same of a whole stretch, spaces left out: "policy makers", "policymakers"
WORDS = 6  # of a stretch at most
LETTERS = 4  # of a word at least


def respelled(
    a: Story, b: Story, stretches: Iterable[Difference], lacked: tuple[bytes, bytes]
) -> tuple[list[int], list[int]]:
    """Return the tokens of `a`, and those of `b`, that stand for each other in other spelling or inflection.

    `stretches` are the tokens between aligned words; `lacked` has a byte for each token of `a`, and of `b`, not zero
    where the other text lacks it. Words with different digits, or that begin with another letter in a script with
    capitals (legal, illegal), are different words; a number is the same in a word and in digits.
    """
    unknown, other_unknown = lacked
    mine: list[int] = []
    other: list[int] = []
    small = [each for each in stretches if 0 < each[1] - each[0] <= WORDS and 0 < each[3] - each[2] <= WORDS]
    if not small:
        return mine, other
    for first, last, other_first, other_last in small:
        whole, other_whole = _joined(a, first, last), _joined(b, other_first, other_last)
        if _alike(whole, other_whole, JOINED):
            mine += range(first, last)
            other += range(other_first, other_last)
            continue
        if value(whole) is not None and value(other_whole) is not None:
            continue
        free = [(at, _joined(b, at, at + 1)) for at in range(other_first, other_last) if other_unknown[at]]
        for at in range(first, last):
            if free and unknown[at]:
                word = _joined(a, at, at + 1)
                twin = next((each for each in free if _alike(word, each[1], LIKE)), None)
                if twin is not None:
                    free.remove(twin)
                    mine.append(at)
                    other.append(twin[0])
    return mine, other


def _joined(story: Story, first: int, last: int) -> str:
    """Return the text of tokens `first` to `last` (exclusive), folded and without spaces."""
    text = story.text[story.tokens.starts[first] : story.tokens.ends[last - 1]].casefold()
    return text if last - first == 1 else "".join(text.split())


def _alike(one: str, two: str, least: int) -> bool:
    number, other_number = value(one), value(two)
    if number is not None and other_number is not None:
        return number == other_number
    size, other = len(one), len(two)
    if min(size, other) < LETTERS or 200 * min(size, other) < least * (size + other):  # no ratio can be so high
        return False
    if one[0] != two[0] and one[0].upper() != one[0].lower():
        return False
    from rapidfuzz.fuzz import ratio

    return ratio(one, two, score_cutoff=least) >= least and _digits(one) == _digits(two)


def _digits(word: str) -> list[str]:
    return [each for each in word if each.isdigit()]
