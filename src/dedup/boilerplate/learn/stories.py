"""texts -> which of them tell one story, and which words are names: what a feed says as a whole."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dedup import _kernel
from dedup.boilerplate.units import within
from dedup.tokens import CAPITAL, DIGIT, LINE, OWN, START, Tokens

if TYPE_CHECKING:
    from dedup.boilerplate.units import Names, Numbers

WIDTH = 3  # words in a shingle
ONE_IN = 8  # shingles sampled
INSIDE = 0.8  # share of the smaller text's shingles that makes two texts one story
ALIKE = 0.5  # resemblance that does
NEIGHBOURS = 3  # texts on either side, in the list of those with a shingle, that are compared
WORTH_A_LOOK = 0.04  # share of its shingles a text must meet another at to be compared
NAME_RATIO = 10  # a word is a name when it is written with a capital so many times as often as without
MERGED_AT = 1 << 22  # words


class Feed:
    """What the texts of a feed say together: story numbers (equal for copies) and the words that are names."""

    def __init__(self, texts: Iterable[str]) -> None:
        import numpy as np

        capital, small = Frequencies(), Frequencies()
        samples = []
        for text in texts:
            tokens = Tokens.of(text)
            hashes, flags = np.frombuffer(tokens.hashes, np.uint64), np.frombuffer(tokens.flags, np.uint8)
            word = (flags & (DIGIT | OWN)) == 0
            capital.add(hashes[word & ((flags & (CAPITAL | START | LINE)) == CAPITAL)])
            small.add(hashes[word & ((flags & CAPITAL) == 0)])
            shingles = np.frombuffer(_kernel.shingle(bytes(tokens.hashes), WIDTH), np.uint64)
            samples.append(np.unique(shingles[shingles % ONE_IN == 0]))
        self.stories = stories(samples)
        self.names = _names(capital, small)


class Frequencies:
    """Counts numbers, most of which come often."""

    def __init__(self) -> None:
        self._pending: list[Numbers] = []
        self._size = 0
        self._counted: tuple[Numbers, Numbers] | None = None

    def add(self, numbers: "Numbers") -> None:
        """Count each of `numbers` once more."""
        self._pending.append(numbers)
        self._size += len(numbers)
        if self._size >= MERGED_AT:
            self.counted()

    def counted(self) -> tuple["Numbers", "Numbers"]:
        """Return the numbers in order, and how often each came."""
        import numpy as np

        if self._pending or self._counted is None:
            values, counts = np.unique(np.concatenate([*self._pending, np.empty(0, np.uint64)]), return_counts=True)
            if self._counted is not None:
                before, were = self._counted
                values, place = np.unique(np.concatenate([before, values]), return_inverse=True)
                counts = np.bincount(place, np.concatenate([were, counts])).astype(np.int64)
            self._counted, self._pending, self._size = (values, counts), [], 0
        return self._counted


def _names(capital: Frequencies, small: Frequencies) -> "Names":
    import numpy as np

    words, often = capital.counted()
    others, times = small.counted()
    small_too = within(words, others)
    written_small = np.zeros(len(words), np.int64)
    written_small[small_too] = times[np.searchsorted(others, words[small_too])]
    names = words[written_small * NAME_RATIO < often + written_small]
    return lambda hashes: within(hashes, names)


def stories(samples: list["Numbers"]) -> list[int]:
    """Return a number for each sample of shingles, the same for texts that are copies, directly or by way of others.

    Two are when one holds .8 of the other's shingles or they resemble each other by .5. Texts are compared that
    stand near each other in the lists of those with a shingle, so that the cost does not grow with its square.
    """
    import numpy as np

    parents = list(range(len(samples)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = number = parents[parents[number]]
        return number

    for one, other in _candidates(samples):
        ends = root(one), root(other)
        if ends[0] != ends[1]:
            shared = len(np.intersect1d(samples[one], samples[other], assume_unique=True))
            sizes = len(samples[one]), len(samples[other])
            if shared >= min(INSIDE * min(sizes), ALIKE * (sum(sizes) - shared)):
                parents[max(ends)] = min(ends)
    return [root(number) for number in range(len(samples))]


def _candidates(samples: list["Numbers"]) -> Iterator[tuple[int, int]]:
    """Yield the pairs worth comparing."""
    import numpy as np

    sizes = np.array([len(sample) for sample in samples], np.int64)
    shingles = np.concatenate([*samples, np.empty(0, np.uint64)])
    owners = np.repeat(np.arange(len(samples)), sizes)
    order = np.lexsort((owners, shingles))
    shingles, owners = shingles[order], owners[order]
    pairs = []
    for step in range(1, NEIGHBOURS + 1):
        same = shingles[step:] == shingles[:-step]
        pairs.append((owners[:-step][same] << 32) | owners[step:][same])
    met, times = np.unique(np.concatenate(pairs), return_counts=True)
    one, other = met >> 32, met & 0xFFFFFFFF
    worth = times >= np.maximum(1, WORTH_A_LOOK * np.minimum(sizes[one], sizes[other]))
    yield from zip(one[worth].tolist(), other[worth].tolist(), strict=True)
