"""texts -> which of many templates may stand where: seeds met in the token stream, lines that may have a shape."""

import re
from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dedup._kernel.reference.arrays import pack
from dedup._kernel.reference.fit import Fit, Fitter
from dedup._kernel.reference.program import Programs
from dedup._kernel.reference.sketch import bytes_of, shingle
from dedup._kernel.reference.tokenize import _decode, _tables, _units, tokenize

BROKEN_WORD, MOJIBAKE, SHORT_LINES = 1, 2, 4
SHORT_LINE = 100  # visible characters; a hard-wrapped text has no longer ones,
FEW_LINES = 5  # and some of them
MOST_WORDS = 3  # in a run
FULL_WIDTH = 0xFEE0  # from "!" to its full-width form
# characters that may match several of another case
SEVERAL = {0xDF, 0x130, 0x131, 0x149, 0x17F, 0x1F0, 0x390, 0x3B0, 0x587, *range(0x1E96, 0x2000), 0x212A}
SEVERAL |= {*range(0xFB00, 0xFB18)}

_LINE_ENDS = "\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"
_WHITE = " \t\x1f"
_MAY_REFER = re.compile("&(?:#|[A-Za-z][0-9A-Za-z])")  # a character reference of any kind

Sighting = tuple[bytes, bytes, int, list[Fit], bytes, bytes]


class _Line(NamedTuple):
    start: int
    end: int
    visible: int
    head: str
    tail: str
    body: str
    has_reference: bool
    reads_otherwise: bool
    is_last: bool


class Scanner:
    """Seeds and clues, looked up in texts.

    `seeds` are u64 quadruples `(key, width, owner, position)`: the shingle of `width` words (1 to 3) that begins at
    word `position` of template `owner`. `needed` (u32) says for each template how many of its positions must be met.
    `clues` are u64 rows `(key, starts, starts, ends, ends, owner, longest, holds, others, before, after)`: a line, or a
    part of one set off by two spaces, may have shape `owner` when it holds the run of one to three words whose shingle
    is `key` (0: any line), has at most `longest` visible characters, and begins with an ASCII character in the bitmap
    `starts` or, when `others` has the bit 1, with any other.
    Unless it has a character reference, it also holds the character `holds` (0: any) or its full-width form. Unless it
    reads otherwise than it is written (with an ampersand, or characters that a shape does not see, or not as one, or
    that are none), it ends with an ASCII character in the bitmap `ends` or, with the bit 2 of `others`, with any other,
    there are no more than `before` visible characters before the word, and `after` from its beginning on, and it may be
    matched by program `owner`. (They are reckoned in bytes of UTF-8, so there may be as many more as
    the line has bytes beside one for each visible character.)
    """

    def __init__(self, seeds: bytes, needed: bytes, clues: bytes, classes: bytes, programs: Sequence[bytes]) -> None:
        self._seeds: dict[int, dict[int, list[tuple[int, int]]]] = {1: {}, 2: {}, 3: {}}
        for key, width, owner, position in _rows(seeds, 4):
            if width not in self._seeds or owner >= len(needed) // 4:
                raise ValueError("a seed has one to three words and a template that says what it needs")
            self._seeds[width].setdefault(key, []).append((owner, position))
        self._needed = array("I", needed)
        self._clues = list(_rows(clues, 11))
        self._programs = Programs(list(_rows(classes, 3)), programs)
        self._longest = max((longest for _, _, _, _, _, _, longest, *_ in self._clues), default=0)

    def scan(self, texts: Sequence[str | bytes], fitter: Fitter | None = None) -> list[Sighting | None]:
        """Texts -> for each `(hits, lines, oddities, fits, starts, ends)`, or None when there is nothing to look at.

        `hits` are u32 triples `(owner, position, place)`, by owner, then place in the tokens; `lines` u32 triples
        `(start, end, owner)` in code points, by start, then owner. `oddities` has the bits 1, a line may end inside
        a word, 2, characters may be those of another encoding, and 4, no line is long. `fits` are those of the hits,
        when there is a fitter; `starts` and `ends` (u32) say where the tokens are, in code points.
        """
        return [self._scan(bytes_of(text), fitter) for text in texts]

    def _scan(self, data: bytes, fitter: Fitter | None) -> Sighting | None:
        hashes, starts, ends, _ = tokenize(data, True)
        hits = self._hits(hashes)
        text = _decode(data)
        lines = [(line.start, line.end, owner) for line in _lines(text) for owner in sorted(self._owners(line))]
        oddities = _oddities(text)
        if not hits and not lines and not oddities:
            return None
        packed = pack("I", sum(hits, ()))
        fits = fitter.fit(hashes, packed) if fitter and hits else []
        return packed, pack("I", sum(lines, ())), oddities, fits, starts, ends

    def _hits(self, hashes: bytes) -> list[tuple[int, int, int]]:
        hits = []
        for width, seeds in self._seeds.items():
            if len(hashes) // 8 < width:
                continue
            for place, key in enumerate(array("Q", shingle(hashes, width))):
                hits += [(owner, position, place) for owner, position in seeds.get(key, ())]
        met: dict[int, set[int]] = {}
        for owner, position, _ in hits:
            met.setdefault(owner, set()).add(position)
        kept = [hit for hit in hits if len(met[hit[0]]) >= self._needed[hit[0]]]
        return sorted(kept, key=lambda hit: (hit[0], hit[2], hit[1]))

    def _owners(self, line: _Line) -> set[int]:
        if line.visible > self._longest:
            return set()
        words = _words(line)
        return {
            owner
            for key, *edges, owner, longest, holds, others, before, after in self._clues
            if (not key or any(_fits(line, *place, before, after) for place in words.get(key, ())))
            and line.visible <= longest
            and _has(edges[:2], others & 1, line.head)
            and (line.reads_otherwise or _has(edges[2:], others >> 1, line.tail))
            and (line.has_reference or not holds or not {*_widths(chr(holds))}.isdisjoint(line.body))
            and (line.reads_otherwise or self._programs.may_match(owner, line.body))
        }


def _has(bitmap: Sequence[int], others: int, character: str) -> bool:
    low, high = bitmap
    return bool(others if character > "\x7f" else (high << 64 | low) >> ord(character or "\0") & 1)


def _fits(line: _Line, left: int, right: int, before: int, after: int) -> bool:
    return line.reads_otherwise or (left <= before and right <= after)


def _words(line: _Line) -> dict[int, list[tuple[int, int]]]:
    """Return for each run of words the characters before it, and from its beginning on, wherever it stands."""
    encoded = line.body.encode("utf-8", "surrogatepass")
    hidden = len(encoded) - line.visible
    hashes, starts, *_ = tokenize(encoded, True)
    words: dict[int, list[tuple[int, int]]] = {}
    for width in range(1, min(MOST_WORDS, len(hashes) // 8) + 1):
        for key, start in zip(array("Q", shingle(hashes, width)), array("I", starts), strict=False):
            before = len(line.body[:start].encode("utf-8", "surrogatepass"))
            words.setdefault(key, []).append((before - hidden, len(encoded) - before - hidden))
    return words


def _widths(character: str) -> str:
    return character + chr(ord(character) + FULL_WIDTH) if "!" <= character <= "~" else character


def _rows(data: bytes, width: int) -> Iterator[tuple[int, ...]]:
    if len(data) % (8 * width):
        raise ValueError("a table of seeds, clues or characters ends inside a row")
    return zip(*[iter(array("Q", data))] * width, strict=True)


def _lines(text: str) -> Iterator[_Line]:
    """Yield the lines of `text`, parted at two spaces too, that hold more than white space, without what is around."""
    classes = _tables()[1]
    units: list[tuple[str, int, int]] = []
    for unit in [*_units(text, True), ("\n", len(text), len(text) + 1)]:
        character, start, end = unit
        parts = text[start : start + 2] == "  "
        if end - start > 1 or (character not in _LINE_ENDS and not parts):
            units.append(unit)
            continue
        while units and _is_white(units[-1]):
            units.pop()
        while units and _is_white(units[0]):
            del units[0]
        if units:
            body = text[units[0][1] : units[-1][2]]
            shown = [each for each in units if classes.get(ord(each[0])) != "i"]
            seen = [each[0] for each in shown if not _is_white(each) and classes.get(ord(each[0])) != "s"] or [""]
            at_edges = [each for each in (units[0][0], units[-1][0]) if not " " <= each <= "\x7f"]
            unseen_edge = any(classes.get(ord(each), "-") in "is" for each in at_edges)
            several = any(ord(each) in SEVERAL for each in body)
            otherwise = several or unseen_edge or "\ufffd" in body or _MAY_REFER.search(body) is not None
            reference = any(last - first > 1 for _, first, last in units)
            is_last = parts or end >= len(text)
            yield _Line(units[0][1], units[-1][2], len(shown), seen[0], seen[-1], body, reference, otherwise, is_last)
        units = []


def _is_white(unit: tuple[str, int, int]) -> bool:
    character, start, end = unit
    return end - start == 1 and character in _WHITE


def _oddities(text: str) -> int:
    broken = any(line.body.endswith("-") and not line.is_last for line in _lines(text))
    shifted = any(
        (character in "ÂÃ" and text[end : end + 1] > "\x7f") or (character == "â" and text[end : end + 1] == "€")
        for character, _, end in _units(text, True)
    )
    widths = [line.visible for line in _lines(text)]
    short = len(widths) >= FEW_LINES and max(widths) <= SHORT_LINE
    return BROKEN_WORD * broken | MOJIBAKE * shifted | SHORT_LINES * short
