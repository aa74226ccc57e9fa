"""bytes and integers -> bytes and integers: the kernel in plain Python, slow and obvious, the definition of correct.

Every name here has a native twin that gives the same bytes. Buffers are arrays in machine order.
"""

import re
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha1

from dedup._kernel import unicode

simd = "none"

MASK = 2**64 - 1
TOKEN_SEED = 0xFF51AFD7ED558CCF
TOKEN_KEY = 0xF8B7C1E9A35D2F4B
SHINGLE_BASE = 0x9E3779B97F4A7C15
SHINGLE_MIX = 0xD6E8FEB86659FD93

DIGIT, CAPITAL, START, LINE, OWN = 1, 2, 4, 8, 16

_REFERENCE = re.compile("&(?:#([0-9]{1,8})|#[xX]([0-9a-fA-F]{1,8})|([A-Za-z][A-Za-z0-9]{1,30}));")


@cache
def _tables() -> tuple[str, dict[int, str], dict[int, str], dict[str, int], list[int]]:
    version, classes, folded = unicode.load()
    return version, classes, folded, unicode.entities(), unicode.numeric_references()


def unicode_version() -> str:
    """Return the version of the Unicode data behind `tokenize`."""
    return _tables()[0]


def _pack(typecode: str, values: Iterable[int]) -> bytes:
    return array(typecode, values).tobytes()


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


def token_hash(word: str) -> int:
    """Return the 64-bit hash of a folded word: 16 bytes of UTF-8 at a time, padded with zeros."""
    data = word.encode("utf-8", "surrogatepass")
    value = TOKEN_SEED
    for at in range(0, len(data), 16):
        low = int.from_bytes(data[at : at + 8], "little")
        high = int.from_bytes(data[at + 8 : at + 16], "little")
        value = _fold_multiply(value ^ low, high ^ TOKEN_KEY)
    return value


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
    return _pack("Q", map(token_hash, map("".join, words))), _pack("I", starts), _pack("I", ends), bytes(flags)


def shingle(hashes: bytes, width: int) -> bytes:
    """Token hashes (u64 bytes) -> hashes of every `width` consecutive tokens (u64 bytes).

    Fewer tokens than `width` make one shingle of them all; no tokens make none.
    """
    tokens = array("Q", hashes)
    width = min(width, len(tokens)) or 1
    values = []
    for first in range(len(tokens) - width + 1):
        value = 0
        for token in tokens[first : first + width]:
            value = (value * SHINGLE_BASE + token) & MASK
        value = (value ^ value >> 32) * SHINGLE_MIX & MASK
        values.append(value ^ value >> 32)
    return _pack("Q", values)


def _fmix32(value: int) -> int:
    """The finaliser of MurmurHash3 (Appleby), as datasketch 2.0 uses it."""
    value = (value ^ value >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    value = (value ^ value >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16


def sign(shingles: bytes, multipliers: bytes, increments: bytes) -> bytes:
    """Shingle hashes (u64 bytes) -> MinHash signature (u32 bytes): min of a * fmix32(high half) + b mod 2**32.

    `multipliers` and `increments` are u32 bytes, one pair per permutation. No shingles: all ones.
    """
    mixed = [_fmix32(value >> 32) for value in array("Q", shingles)]
    pairs = zip(array("I", multipliers), array("I", increments), strict=True)
    return _pack("I", [min((a * x + b & 0xFFFFFFFF for x in mixed), default=0xFFFFFFFF) for a, b in pairs])


def _bytes_of(text: str | bytes) -> bytes:
    if not isinstance(text, str | bytes):
        raise TypeError(f"a text is a {type(text).__name__}; pass str or bytes")
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


def sketch(
    texts: Sequence[str | bytes], width: int, multipliers: bytes, increments: bytes, entities: bool
) -> tuple[bytes, bytes, bytes]:
    """Texts -> `(minima u32, sizes i32, sets u32)`: the signatures, and the small sets behind them.

    A text with no more distinct shingles than permutations also gives them all, mixed as for the minima and
    sorted; `sizes` counts them, or is -1 for a larger set. Texts may be an Arrow array of strings or bytes.
    """
    minima, sizes, sets = [], [], []
    for text in texts:
        data = _bytes_of(text.as_py() or b"" if hasattr(text, "as_py") else text)
        shingles = shingle(tokenize(data, entities)[0], width)
        minima.append(sign(shingles, multipliers, increments))
        mixed = sorted({_fmix32(value >> 32) for value in array("Q", shingles)})
        small = len(mixed) <= len(multipliers) // 4
        sizes.append(len(mixed) if small else -1)
        sets += mixed if small else []
    return b"".join(minima), _pack("i", sizes), _pack("I", sets)


def _fmix64(value: int) -> int:
    """The 64-bit finaliser of MurmurHash3 (Appleby), as datasketch 2.0 uses it."""
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD & MASK
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 & MASK
    return value ^ value >> 33


def sign_tokens(tokens: Sequence[bytes], scheme: str, multipliers: bytes, increments: bytes) -> bytes:
    """Tokens as bytes -> the minima of `datasketch.MinHash`: u32 for `affine32`, u64 for `affine64` and `legacy`."""
    if not all(isinstance(token, bytes) for token in tokens):
        raise TypeError("a token is not bytes; encode it first")
    heads = [int.from_bytes(sha1(token, usedforsecurity=False).digest()[:8], "little") for token in tokens]
    if scheme == "affine32":
        return sign(_pack("Q", [head << 32 & MASK for head in heads]), multipliers, increments)
    if scheme not in ("affine64", "legacy"):
        raise ValueError(f"scheme is {scheme!r}; it is affine32, affine64 or legacy")
    pairs = zip(array("Q", multipliers), array("Q", increments), strict=True)
    if scheme == "affine64":
        mixed = [_fmix64(head) for head in heads]
        return _pack("Q", [min((a * h + b & MASK for h in mixed), default=MASK) for a, b in pairs])
    short = [head & 0xFFFFFFFF for head in heads]
    prime = 2**61 - 1
    minima = [min(((a * h + b & MASK) % prime & 0xFFFFFFFF for h in short), default=0xFFFFFFFF) for a, b in pairs]
    return _pack("Q", minima)


class Postings:
    """32-bit keys -> the numbers of the documents that hold them.

    Document numbers only grow, from 1. A key keeps its `limit` newest numbers; what falls out is counted.
    """

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"limit is {limit}; it is 1 or more")
        self._limit = limit
        self._numbers: dict[int, list[int]] = {}
        self._low = 1
        self.crowded_out = 0

    def add(self, keys: bytes, number: int) -> None:
        """Note that document `number` holds `keys` (u32 bytes)."""
        for key in array("I", keys):
            numbers = self._numbers[key] = [each for each in self._numbers.get(key, ()) if each >= self._low]
            if number in numbers:
                continue
            if len(numbers) >= self._limit:
                numbers.remove(min(numbers))
                self.crowded_out += 1
            numbers.append(number)

    def find(self, keys: bytes) -> bytes:
        """Return `(number, shared keys)` pairs (u32 bytes) of the documents holding any of `keys`, by number."""
        shared: dict[int, int] = {}
        for key in set(array("I", keys)):
            for number in self._numbers.get(key, ()):
                if number >= self._low:
                    shared[number] = shared.get(number, 0) + 1
        return _pack("I", [value for pair in sorted(shared.items()) for value in pair])

    def expire(self, low: int) -> None:
        """Forget every document numbered below `low`."""
        self._low = max(self._low, low)
        self._numbers = {key: held for key, held in self._numbers.items() if max(held) >= self._low}

    @property
    def bytes(self) -> int:
        """Return an estimate of the memory held, in bytes."""
        return sys.getsizeof(self._numbers) + sum(map(sys.getsizeof, self._numbers.values()))
