"""text, position -> the block there: a line of the text."""

import re
from typing import NamedTuple

# format characters that may stand anywhere without being seen
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
SENTENCE_ENDS = ".!?…。！？।۔؟"
CLOSERS = ")]}”’»\"'"  # what may stand behind the end of a sentence
_SPACE = re.compile(rf"[\s{INVISIBLE}]*")


class Block(NamedTuple):
    """One line: `start` to `end` with its terminator, `body_start` to `body_end` without outer white space."""

    start: int
    end: int
    body_start: int
    body_end: int

    @property
    def blank(self) -> bool:
        """True when the line holds white space only."""
        return self.body_start == self.body_end


def bounds_of(text: str, position: int) -> tuple[int, int]:
    """Return where the stretch of `text` between two line feeds begins and ends that holds `position`."""
    return text.rfind("\n", 0, position) + 1, text.find("\n", position) + 1 or len(text)


def line_at(text: str, position: int, bounds: tuple[int, int] | None = None) -> Block:
    r"""Return the line of `text`, or the part of one set off by two spaces, that holds `position`.

    `bounds` are those of the position when they are known.

    >>> line_at("One line.\n  Two.", 13)
    Block(start=12, end=16, body_start=12, body_end=16)
    """
    start, end = bounds or bounds_of(text, position)
    gap = text.rfind("  ", start, position)
    start = start if gap < 0 else gap + 2
    gap = text.find("  ", position, end)
    for piece in text[start : end if gap < 0 else gap].splitlines(keepends=True):
        if start + len(piece) > position:
            return _block(start, piece)
        start += len(piece)
    return Block(start, start, start, start)


def _block(start: int, piece: str) -> Block:
    left = len(piece) - len(piece.lstrip())
    body = len(piece.strip())
    if not body:
        return Block(start, start + len(piece), start, start)
    return Block(start, start + len(piece), start + left, start + left + body)


def space_before(text: str, position: int) -> int:
    """Return where the white space (and what is invisible) that ends at `position` begins.

    >>> space_before("One.  Two", 6)
    4
    """
    while position > 0 and (text[position - 1].isspace() or text[position - 1] in INVISIBLE):
        position -= 1
    return position


def space_after(text: str, position: int) -> int:
    """Return where the white space (and what is invisible) that begins at `position` ends.

    >>> space_after("One.  Two", 4)
    6
    """
    return _SPACE.match(text, position).end()  # type: ignore[union-attr]
