"""UTF-8 bytes -> tokens: hashes, offsets and flags."""

import re
from collections.abc import Iterator
from functools import cache

from dedup._kernel import unicode
from dedup._kernel.reference.arrays import MASK, pack

TOKEN_SEED = 0xFF51AFD7ED558CCF
TOKEN_KEY = 0xF8B7C1E9A35D2F4B

DIGIT, CAPITAL, START, LINE, OWN = 1, 2, 4, 8, 16

_REFERENCE = re.compile("&(?:#([0-9]{1,8})|#[xX]([0-9a-fA-F]{1,8})|([A-Za-z][A-Za-z0-9]{1,30}));")


@cache
def _tables() -> tuple[str, dict[int, str], dict[int, str], dict[str, int], list[int]]:
    version, classes, folded = unicode.load()
    return version, classes, folded, unicode.entities(), unicode.numeric_references()


def unicode_version() -> str:
    """Return the version of the Unicode data behind `tokenize`."""
    return _tables()[0]


def _decode(data: bytes) -> str:
    """Return `data` as text: UTF-8 with surrogates, any other ill-formed byte is one U+FFFD."""
    pieces, at = [], 0
    while at < len(data):
        lead = data[at]
        length = 1 if lead < 0xC0 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        try:
            pieces.append(data[at : at + length].decode("utf-8", "surrogatepass"))
            at += length
        except UnicodeDecodeError:
            pieces.append("\ufffd")
            at += 1
    return "".join(pieces)


def _character_reference(text: str, at: int) -> tuple[str, int] | None:
    """Return `(character, end)` of the HTML character reference at `text[at]`, or None; "&amp;" nests."""
    found = None
    while match := _REFERENCE.match("&" + text[at + 1 : at + 40]):
        decimal, hexadecimal, name = match.groups()
        _, _, _, names, windows_1252 = _tables()
        if name:
            point = names.get(name)
            if point is None:
                break
        else:
            point = int(decimal) if decimal else int(hexadecimal, 16)
            if 128 <= point < 160:
                point = windows_1252[point - 128]
            elif point == 0 or point > 0x10FFFF or 0xD800 <= point < 0xE000:
                point = 0xFFFD
        found = chr(point), at + match.end()
        if point != 0x26:
            break
        at = found[1] - 1
    return found


def _units(text: str, entities: bool) -> Iterator[tuple[str, int, int]]:
    """Yield `(character, start, end)` of `text`, character references decoded when asked."""
    at = 0
    while at < len(text):
        found = _character_reference(text, at) if entities and text[at] == "&" else None
        character, end = found or (text[at], at + 1)
        yield character, at, end
        at = end


def _fold(character: str, folded: dict[int, str]) -> str:
    point = ord(character)
    if point in unicode.HANGUL_SYLLABLES:
        return unicode.decompose_hangul(point)
    return folded.get(point, character)


def _fold_multiply(left: int, right: int) -> int:
    product = left * right
    return (product ^ product >> 64) & MASK


def hash_bytes(data: bytes, seed: int) -> int:
    """Return a 64-bit hash of `data`, 16 bytes at a time, padded with zeros."""
    value = seed
    for at in range(0, len(data), 16):
        low = int.from_bytes(data[at : at + 8], "little")
        high = int.from_bytes(data[at + 8 : at + 16], "little")
        value = _fold_multiply(value ^ low, high ^ TOKEN_KEY)
    return value


def token_hash(word: str) -> int:
    """Return the 64-bit hash of a folded word."""
    return hash_bytes(word.encode("utf-8", "surrogatepass"), TOKEN_SEED)


def tokenize(data: bytes, entities: bool) -> tuple[bytes, bytes, bytes, bytes]:
    """UTF-8 bytes -> `(hashes u64, starts u32, ends u32, flags u8)`, one entry per token, as bytes.

    Offsets count code points of `data`. Flags: 1 holds a digit, 2 begins with a capital, 4 first of a
    sentence or paragraph, 8 first of a line, 16 a character that is a token of its own.
    """
    _, classes, folded, _, _ = _tables()
    words: list[list[str]] = []
    starts: list[int] = []
    ends: list[int] = []
    flags: list[int] = []
    is_open = False
    gap = START | LINE  # what the text since the last token says about the next one
    stopped, breaks = False, 0
    for character, start, end in _units(_decode(data), entities):
        kind = classes.get(ord(character), "-")
        if kind == "i":
            continue
        if kind in "-sn.!":
            is_open = False
            if kind == "!" or (stopped and kind in "sn"):
                gap |= START
            stopped = kind == "." or (stopped and kind == "-")
            if kind == "n":
                breaks += character != "\r"
                gap |= LINE | (START if breaks > 1 else 0)
            elif kind != "s":
                breaks = 0
            continue
        if not is_open or kind == "c" or (kind != "m" and flags[-1] & OWN):
            words.append([])
            starts.append(start)
            ends.append(end)
            flags.append(gap | (CAPITAL if kind == "u" else 0) | (OWN if kind == "c" else 0))
            is_open, gap, stopped, breaks = True, 0, False, 0
        words[-1].append(_fold(character, folded))
        ends[-1] = end
        flags[-1] |= DIGIT if kind == "d" else 0
    return pack("Q", map(token_hash, map("".join, words))), pack("I", starts), pack("I", ends), bytes(flags)
