"""a text that may hold boilerplate: what the kernel saw in it, where its tokens are, and more of them when asked."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from dedup.tokens import Tokens

Fit = tuple[int, bytes, bytes, bytes, float, float, bool]  # as the kernel's fitter gives it
LineHit = tuple[int, int, int]  # start, end (code points), shape
Piece = tuple[int, int]  # start, end (code points)


class Sighting:
    """What calls for a closer look at a text.

    `hits` are words of templates, as the kernel's fitter takes them, and `fits` what it gave; `lines` those lines that
    may have a shape; `starts` and `ends` are those of the text's tokens, in code points.
    """

    __slots__ = ("_shouts", "_tokens", "ends", "fits", "hits", "lines", "oddities", "starts", "text")

    def __init__(
        self, text: str, hits: bytes, lines: bytes, oddities: int, fits: Sequence[Fit], starts: bytes, ends: bytes
    ) -> None:
        self.text, self.hits, self.oddities, self.fits = text, hits, oddities, fits
        self.lines: list[LineHit] = list(triples(lines)) if lines else []
        self.starts, self.ends = memoryview(starts).cast("I"), memoryview(ends).cast("I")
        self._tokens: Tokens | None = None
        self._shouts: bool | None = None

    @classmethod
    def of(cls, text: str) -> "Sighting":
        """Return that of a text in which nothing was seen."""
        tokens = Tokens.of(text)
        seen = cls(text, b"", b"", 0, (), b"", b"")
        seen.starts, seen.ends, seen._tokens = tokens.starts, tokens.ends, tokens
        return seen

    @property
    def tokens(self) -> Tokens:
        """The tokens of the text, with what the scan did not keep of them."""
        if self._tokens is None:
            self._tokens = Tokens.of(self.text)
        return self._tokens

    @property
    def shouts(self) -> bool:
        """Whether the text is all in capitals, where case says nothing."""
        if self._shouts is None:
            self._shouts = self.text.isupper()
        return self._shouts

    def tokens_until(self, end: int) -> int:
        """Return how many tokens begin before `end`."""
        return bisect_left(self.starts, end)

    def has_whole_tokens(self, end: int) -> bool:
        """Return whether no token begins before `end` and ends behind it."""
        count = self.tokens_until(end)
        return not count or self.ends[count - 1] <= end

    def is_in(self, pieces: Sequence[Piece]) -> bool:
        """Return whether any of what was seen begins in one of some pieces (sorted, apart)."""
        edges = [edge for piece in pieces for edge in piece]
        places = [line[0] for line in self.lines] + [self.starts[place] for _, _, place in triples(self.hits)]
        return any(bisect_right(edges, place) % 2 for place in places)

    def around(self, end: int, start: int, reach: int) -> str:
        """Return so many tokens before `end` and so many from `start` on, as text that was cut out between them."""
        before, after = self.tokens_until(end), self.tokens_until(start)
        begins, ends = [*self.starts[max(0, before - reach) : before], end], [start, *self.ends[after : after + reach]]
        return self.text[begins[0] : end] + self.text[start : ends[-1]]

    def head(self, text: str, hits: bytes, fits: Sequence[Fit], lines: list[LineHit]) -> "Sighting | None":
        """Return the sighting of `text`, with which this one's begins, when these are in it."""
        if not hits and not lines:
            return None
        count = self.tokens_until(len(text))
        seen = Sighting(text, hits, b"", 0, fits, b"", b"")
        seen.lines, seen._shouts, seen.starts, seen.ends = lines, self._shouts, self.starts[:count], self.ends[:count]
        seen._tokens = self._tokens and self._tokens.until(len(text))
        return seen


def triples(numbers: bytes) -> Iterator[tuple[int, int, int]]:
    """Return the triples of 32-bit numbers the kernel gives."""
    return zip(*[iter(array("I", numbers))] * 3, strict=True)
