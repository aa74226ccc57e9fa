"""text -> comparable tokens with offsets into the original text."""

from bisect import bisect_left
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
