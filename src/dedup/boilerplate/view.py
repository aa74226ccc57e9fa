"""text -> the text as it was meant: mojibake read right, hard-wrapped lines and broken words joined, places kept."""

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from dedup.boilerplate.blocks import INVISIBLE

BROKEN_WORD, MOJIBAKE, SHORT_LINES = 1, 2, 4  # the scanner's oddities
SHORT_LINE = 100  # visible characters: where all lines have so many at most, the scanner tells of SHORT_LINES
FULL_LINES = 3  # lines that end because the next word had no room: so many, and half of all, make a wrapped text
_HIGH = "".join(bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte)) for byte in range(0x80, 0xC0))
_MISREAD = re.compile(rf"â€[{re.escape(_HIGH)}\ufffd]?|[ÂÃ][{re.escape(_HIGH)}]")
_BROKEN = re.compile(r"-(?<=[^\W\d_]-)[ \t]*\r?\n[ \t]*(?=[^\W\d_])")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_SPACES = "\xa0\u2007\u2009\u202f\u3000"
_SHOWN = str.maketrans(dict.fromkeys(INVISIBLE) | dict.fromkeys(_SPACES, " "))
_NOT_PLAIN = INVISIBLE + _SPACES


def plain(line: str) -> str:
    r"""Return `line` as a reader sees it: character references read, nothing invisible, every space a space.

    >>> plain("&copy;\xa02026\u200b")
    '© 2026'
    """
    if "&" in line:
        line = html.unescape(html.unescape(line))
    return line.translate(_SHOWN) if not line.isascii() and any(map(line.__contains__, _NOT_PLAIN)) else line


@dataclass(frozen=True, slots=True)
class View:
    """A text as it was meant; `shifts` are its pieces as `(place here, place in the original)`."""

    text: str
    shifts: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str, oddities: int) -> "View | None":
        """Return the view of a text with these oddities, or None when it is meant as it stands."""
        edits = []
        if oddities & MOJIBAKE:
            edits += [(*match.span(), _read_right(match[0])) for match in _MISREAD.finditer(text)]
        if oddities & BROKEN_WORD:
            edits += [(*match.span(), "") for match in _BROKEN.finditer(text) if text[match.end()].islower()]
        if oddities & SHORT_LINES:
            edits += _joints(text, {start for start, _, _ in edits})
        return cls._edited(text, sorted(edits)) if edits else None

    @classmethod
    def _edited(cls, text: str, edits: list[tuple[int, int, str]]) -> "View":
        pieces, shifts, here, there = [], [(0, 0)], 0, 0
        for start, end, instead in edits:
            pieces += [text[there:start], instead]
            here += start - there + len(instead)
            there = end
            shifts.append((here, there))
        pieces.append(text[there:])
        return cls("".join(pieces), tuple(shifts))

    def place(self, position: int) -> int:
        """Return where `position` stands in the original."""
        here, there = self.shifts[bisect_right(self.shifts, (position, 1 << 62)) - 1]
        return there + position - here


def _read_right(misread: str) -> str:
    data = b"".join(
        character.encode("cp1252") if character not in _UNUSED else _UNUSED[character] for character in misread
    )
    return data.decode("utf-8", "ignore") or '"'


_UNUSED = {chr(byte): bytes([byte]) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)} | {"\ufffd": b"\x9d"}


def _first_word(line: str) -> int:
    """Return how long the first word of a line is; where words are not spaced, a line may end behind any character."""
    word: str = line.split(None, 1)[0]
    unspaced = _UNSPACED.search(word) if not word.isascii() else None
    return max(1, unspaced.start()) if unspaced else len(word)


def _joints(text: str, broken: set[int]) -> list[tuple[int, int, str]]:
    """Return the line ends of a hard-wrapped text that stand for a space."""
    lines = text.splitlines(keepends=True)
    bodies = [line.rstrip() for line in lines]
    sizes = [*map(len, bodies)]
    width, pairs = max(sizes, default=0), 0
    full = []
    for number, (size, after) in enumerate(zip(sizes, bodies[1:], strict=False)):
        if size and after:
            pairs += 1
            if size + 1 + _first_word(after) > width:
                full.append(number)
    if len(full) < FULL_LINES or 2 * len(full) < pairs:
        return []
    starts = [0, *accumulate(map(len, lines))]
    joints = [(starts[number] + sizes[number], starts[number + 1], " ") for number in full]
    return [each for each in joints if each[0] not in broken and each[0] - 1 not in broken] if broken else joints
