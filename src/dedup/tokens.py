"""text -> comparable tokens with offsets into the original text."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from dedup import _kernel

NORMALISER = 1  # raise it whenever the same text gives other token hashes

DIGIT, CAPITAL, START, LINE, OWN = 1, 2, 4, 8, 16


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The words of a text as numbers, each with its place.

    A word is a run of letters, digits and marks; case, compatibility forms, format characters and soft
    hyphens make no difference, and HTML character references are read as what they stand for. A Han, Kana,
    Hangul, Thai, Lao, Khmer or Myanmar character is a token of its own.

    `hashes` holds 64-bit numbers; `starts` and `ends` code points of the text; `flags` bits: DIGIT (holds a
    digit), CAPITAL (begins with one), START (first of a sentence or paragraph), LINE (first of a line), OWN.
    """

    hashes: memoryview
    starts: memoryview
    ends: memoryview
    flags: memoryview

    @classmethod
    def of(cls, text: str) -> "Tokens":
        """Return the tokens of `text`.

        >>> tokens = Tokens.of("The “Wall”")
        >>> list(zip(tokens.starts, tokens.ends))
        [(0, 3), (5, 9)]
        """
        return cls.from_kernel(*_kernel.tokenize(text.encode("utf-8", "surrogatepass"), True))

    @classmethod
    def from_kernel(cls, hashes: bytes, starts: bytes, ends: bytes, flags: bytes) -> "Tokens":
        """Return the tokens the kernel gave as four buffers."""
        return cls(
            memoryview(hashes).cast("Q"), memoryview(starts).cast("I"), memoryview(ends).cast("I"), memoryview(flags)
        )

    def __len__(self) -> int:
        return len(self.hashes)

    def until(self, end: int) -> "Tokens":
        """Return the tokens that begin before `end`."""
        count = bisect_left(self.starts, end)
        return Tokens(self.hashes[:count], self.starts[:count], self.ends[:count], self.flags[:count])

    def outside(self, spans: Iterable[tuple[int, int]]) -> "Tokens":
        """Return the tokens that begin in none of `spans` (sorted `(start, end)` pairs, code points)."""
        edges = [0]
        for start, end in spans:
            edges.append(bisect_left(self.starts, start, edges[-1]))
            edges.append(bisect_left(self.starts, end, edges[-1]))
        edges.append(len(self))
        if len(edges) == 2:
            return self
        kept = list(zip(edges[::2], edges[1::2], strict=True))
        return Tokens(*(_slices(view, kept) for view in (self.hashes, self.starts, self.ends, self.flags)))


def _slices(view: memoryview, ranges: list[tuple[int, int]]) -> memoryview:
    joined = memoryview(b"".join(view[start:end] for start, end in ranges))
    return joined.cast("Q") if view.format == "Q" else joined.cast("I") if view.format == "I" else joined
