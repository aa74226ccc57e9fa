"""template -> seeds: the runs of words that call for a closer look at a text."""

from array import array
from collections.abc import Iterator, Sequence
from math import ceil

from dedup.boilerplate.clues import PLAIN
from dedup.boilerplate.template import Template, key_of, word_hashes

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
        fixed = template.compiled.root.words
        needed = max(1, ceil(SHARE * sum(map({*fixed}.issuperset, grams))))
        variants = [*_variants(fixed)] if template.floor < 1 else [{*fixed}]
        met = [sum(map(words.issuperset, grams)) for words in variants]
        telling = []
        for gram in grams:
            left = [count - words.issuperset(gram) for count, words in zip(met, variants, strict=True)]
            if min(left) >= needed and self._says_little(template, gram):
                met = left
            else:
                telling.append(gram)
        return telling, needed

    def _says_little(self, template: Template, gram: Gram) -> bool:
        """Return whether a run stands in any text, or may be lacking where nothing else may."""
        words = template.compiled.words
        if template.floor == 1 and not {*template.compiled.root.words}.issuperset(gram):
            return True
        return sum(words[word] not in self._plain for word in gram) < min(TELLING, len(gram))


def _variants(words: Sequence[int]) -> Iterator[set[int]]:
    """Yield the words an occurrence may have: all but one of them, those before a cut, or those behind one."""
    size, whole = ceil(CUT * len(words)), set(words)
    yield from (whole - {word} for word in words)
    yield set(words[:size])
    yield set(words[-size:])
