"""token hashes -> shingle hashes -> MinHash signature."""

from array import array
from collections.abc import Sequence
from typing import Any, TypeVar

from dedup._kernel.reference.arrays import MASK, pack
from dedup._kernel.reference.tokenize import tokenize

Triple = TypeVar("Triple", bound=tuple[Any, Any, Any])

SHINGLE_BASE = 0x9E3779B97F4A7C15
SHINGLE_MIX = 0xD6E8FEB86659FD93


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
    return pack("Q", values)


def fmix32(value: int) -> int:
    """The finaliser of MurmurHash3 (Appleby), as datasketch 2.0 uses it."""
    value = (value ^ value >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    value = (value ^ value >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16


def sign(shingles: bytes, multipliers: bytes, increments: bytes) -> bytes:
    """Shingle hashes (u64 bytes) -> MinHash signature (u32 bytes): min of a * fmix32(high half) + b mod 2**32.

    `multipliers` and `increments` are u32 bytes, one pair per permutation. No shingles: all ones.
    """
    mixed = [fmix32(value >> 32) for value in array("Q", shingles)]
    pairs = zip(array("I", multipliers), array("I", increments), strict=True)
    return pack("I", [min((a * x + b & 0xFFFFFFFF for x in mixed), default=0xFFFFFFFF) for a, b in pairs])


def bytes_of(text: str | bytes) -> bytes:
    """Return a text in UTF-8; surrogates pass."""
    if not isinstance(text, str | bytes):
        raise TypeError(f"a text is a {type(text).__name__}; pass str or bytes")
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


def sketch(
    texts: Sequence[str | bytes], width: int, multipliers: bytes, increments: bytes, entities: bool,
    kind: type[Triple], scheme: object,
) -> list[Triple]:  # fmt: skip
    """Texts -> for each a `kind`, which is a tuple type: its signature, the small set behind it, and `scheme`.

    Signature and set are u32 bytes. A text with no more distinct shingles than permutations gives them all, mixed as
    for the minima and sorted; any other, None. Texts may be an Arrow array of strings or bytes.
    """
    if not (isinstance(kind, type) and issubclass(kind, tuple)):
        raise TypeError("kind is not a tuple type")
    made = []
    for text in texts:
        data = bytes_of(text.as_py() or b"" if hasattr(text, "as_py") else text)
        shingles = shingle(tokenize(data, entities)[0], width)
        mixed = sorted({fmix32(value >> 32) for value in array("Q", shingles)})
        exact = pack("I", mixed) if len(mixed) <= len(multipliers) // 4 else None
        made.append(tuple.__new__(kind, (sign(shingles, multipliers, increments), exact, scheme)))
    return made
