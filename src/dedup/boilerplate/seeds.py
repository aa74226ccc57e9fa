"""template -> seeds: the runs of words that call for a closer look at a text."""

from array import array
from collections.abc import Iterator, Sequence
from math import ceil

from dedup.boilerplate.pattern import Pattern
from dedup.boilerplate.shape import PLAIN
from dedup.boilerplate.template import key_of, word_hashes

WIDTH = 3  # words in a seed; shorter where a template has no run that long
SHARE = 0.15  # of the seeds every reading has must be there before a template is aligned
TELLING = 2  # words of a seed that are not in every other sentence
CUT = 0.6  # of a template must call for a look by itself

Gram = tuple[int, ...]  # words of a pattern, as indices


class Sower:
    """Picks the seeds of templates."""

    def __init__(self) -> None:
        self._plain = frozenset(word_hashes(" ".join(sorted(PLAIN))))

    def sow(self, index: int, pattern: Pattern, seeds: "array[int]") -> tuple[int, int]:
        """Enter the seeds of a template; return their width, and how many must be met before it is worth aligning."""
        width = next((width for width in range(WIDTH, 1, -1) if pattern.always_has(width)), 1)
        fixed = set(pattern.root.words)
        grams, needed = self._telling(pattern, pattern.grams(width), fixed)
        for gram in grams:
            seeds.extend((key_of(pattern.words[word] for word in gram), width, index, gram[0]))
        return width, needed

    def _telling(self, pattern: Pattern, grams: list[Gram], fixed: set[int]) -> tuple[list[Gram], int]:
        """Return the runs of words without those that say little, where enough others stand in every part."""
        needed = max(1, ceil(SHARE * sum(fixed.issuperset(gram) for gram in grams)))
        for weak in [gram for gram in grams if self._says_little(pattern, gram)]:
            others = [gram for gram in grams if gram != weak]
            always = [gram for gram in others if fixed.issuperset(gram)]
            if all(_left(always, lost) >= needed for lost in _losses(pattern.root.words)):
                grams = others
        return grams, needed

    def _says_little(self, pattern: Pattern, gram: Gram) -> bool:
        return sum(pattern.words[word] not in self._plain for word in gram) < min(TELLING, len(gram))


def _left(grams: Sequence[Gram], lost: set[int]) -> int:
    return sum(lost.isdisjoint(gram) for gram in grams)


def _losses(words: Sequence[int]) -> Iterator[set[int]]:
    """Yield what words an occurrence may lack: any one of them, those behind a cut, or those before one."""
    kept = ceil(CUT * len(words))
    yield from ({word} for word in words)
    yield set(words[kept:])
    yield set(words[: len(words) - kept])
