"""tokens as bytes -> the minima of datasketch, for its three schemes."""

from array import array
from collections.abc import Sequence
from hashlib import sha1

from dedup._kernel.reference.arrays import MASK, pack
from dedup._kernel.reference.sketch import sign


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
        return sign(pack("Q", [head << 32 & MASK for head in heads]), multipliers, increments)
    if scheme not in ("affine64", "legacy"):
        raise ValueError(f"scheme is {scheme!r}; it is affine32, affine64 or legacy")
    pairs = zip(array("Q", multipliers), array("Q", increments), strict=True)
    if scheme == "affine64":
        mixed = [_fmix64(head) for head in heads]
        return pack("Q", [min((a * h + b & MASK for h in mixed), default=MASK) for a, b in pairs])
    short = [head & 0xFFFFFFFF for head in heads]
    prime = 2**61 - 1
    minima = [min(((a * h + b & MASK) % prime & 0xFFFFFFFF for h in short), default=0xFFFFFFFF) for a, b in pairs]
    return pack("Q", minima)
