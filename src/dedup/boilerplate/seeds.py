"""template -> seeds: the runs of words that call for a closer look at a text."""

from array import array
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from math import ceil

from dedup.boilerplate.clues import PLAIN
from dedup.boilerplate.template import Template
from dedup.boilerplate.words import key_of, word_hashes

WIDTH = 3  # words in a seed; shorter where a template has no run that long
SHARE = 0.15  # of the seeds every reading has must be there before a template is aligned
TELLING = 2  # words of a seed that are not in every other sentence
CUT = 0.6  # of a template must call for a look by itself

Gram = tuple[int, ...]  # words of a pattern, as indices


class Sower:
    """Picks the seeds of templates."""

    def __init__(self) -> None:
        self._plain = frozenset(word_hashes(" ".join(sorted(PLAIN))))

    def sow(self, index: int, template: Template, seeds: "array[int]") -> tuple[int, int]:
        """Enter the seeds of a template; return their width, and how many must be met before it is worth aligning."""
        pattern = template.compiled
        width = next((width for width in range(WIDTH, 1, -1) if pattern.always_has(width)), 1)
        grams, needed = self._telling(template, pattern.grams(width))
        for gram in grams:
            seeds.extend((key_of(pattern.words[word] for word in gram), width, index, gram[0]))
        return width, needed

    def _telling(self, template: Template, grams: list[Gram]) -> tuple[list[Gram], int]:
        """Return the runs of words without those that say little, where enough others stand in every part."""
        parts = _Parts(template.compiled.root.words, grams, is_whole=template.floor == 1)
        needed = max(1, ceil(SHARE * parts.grams))
        telling = [gram for gram in grams if not (self._says_little(template, gram) and parts.spare(gram, needed))]
        return telling, needed

    def _says_little(self, template: Template, gram: Gram) -> bool:
        """Return whether a run stands in any text, or may be lacking where nothing else may."""
        words = template.compiled.words
        if template.floor == 1 and not {*template.compiled.root.words}.issuperset(gram):
            return True
        return sum(words[word] not in self._plain for word in gram) < min(TELLING, len(gram))


class _Parts:
    """What an occurrence may have of a template: all words but one, those before a cut, or those behind one.

    Of each such part it is known how many runs of words it has.
    """

    def __init__(self, words: Sequence[int], grams: Sequence[Gram], *, is_whole: bool) -> None:
        self._words, self._all, size = words, frozenset(words), ceil(CUT * len(words))
        own = [*filter(self._all.issuperset, grams)]
        self.grams = len(own)  # in all of them
        met = Counter(chain.from_iterable(own))
        self._without = [] if is_whole else [len(own) - met[word] for word in words]  # each of the words
        cuts = [words] if is_whole else [words[:size], words[-size:]]
        self._cuts = [*map(frozenset, cuts)]
        self._behind = [sum(map(cut.issuperset, own)) for cut in self._cuts]

    def spare(self, gram: Gram, needed: int) -> bool:
        """Take a run out, if every part has so many others; return whether it is out."""
        inside = self._all.issuperset(gram)
        without = [
            count - (inside and word not in gram) for count, word in zip(self._without, self._words, strict=False)
        ]
        behind = [count - cut.issuperset(gram) for count, cut in zip(self._behind, self._cuts, strict=True)]
        if min(without + behind) < needed:
            return False
        self._without, self._behind = without, behind
        return True
