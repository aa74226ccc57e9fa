"""a text that may hold boilerplate: what the kernel saw in it, and its tokens once they are asked for."""

from array import array
from collections.abc import Iterator, Sequence

from dedup.tokens import Tokens

Fit = tuple[int, bytes, bytes, bytes, float, float, bool]  # as the kernel's fitter gives it


class Sighting:
    """What calls for a closer look at a text.

    `hits` are words of templates, as the kernel's fitter takes them, and `fits` what it gave; `lines` those lines that
    may have a shape, as `(start, end, shape)` in code points.
    """

    __slots__ = ("_shouts", "_tokens", "fits", "hits", "lines", "oddities", "text")

    def __init__(
        self, text: str, hits: bytes = b"", lines: bytes = b"", oddities: int = 0, fits: Sequence[Fit] = ()
    ) -> None:
        self.text, self.hits, self.oddities, self.fits = text, hits, oddities, fits
        self.lines = list(triples(lines)) if lines else []
        self._tokens: Tokens | None = None
        self._shouts: bool | None = None

    @property
    def tokens(self) -> Tokens:
        """The tokens of the text."""
        if self._tokens is None:
            self._tokens = Tokens.of(self.text)
        return self._tokens

    @property
    def shouts(self) -> bool:
        """Whether the text is all in capitals, where case says nothing."""
        if self._shouts is None:
            self._shouts = self.text.isupper()
        return self._shouts

    def head(self, text: str, hits: bytes, fits: Sequence[Fit], lines: list[tuple[int, int, int]]) -> "Sighting | None":
        """Return the sighting of `text`, with which this one's begins, when these are in it."""
        if not hits and not lines:
            return None
        seen = Sighting(text, hits, fits=fits)
        seen.lines, seen._shouts, seen._tokens = lines, self._shouts, self.tokens.until(len(text))
        return seen


def triples(numbers: bytes) -> Iterator[tuple[int, int, int]]:
    """Return the triples of 32-bit numbers the kernel gives."""
    return zip(*[iter(array("I", numbers))] * 3, strict=True)
