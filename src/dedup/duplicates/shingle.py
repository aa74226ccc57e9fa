"""tokens -> shingle hashes."""

from dedup import _kernel
from dedup.tokens import Tokens


def shingles(tokens: Tokens, width: int) -> memoryview:
    """Return the 64-bit hashes of every `width` consecutive tokens (Broder 1997), in text order.

    Fewer tokens than `width` make one shingle of them all; no tokens make none.

    >>> len(shingles(Tokens.of("to be or not to be"), 3))
    4
    """
    return memoryview(_kernel.shingle(bytes(tokens.hashes), width)).cast("Q")


def sampled(hashes: memoryview, one_in: int) -> bytes:
    """Return the keys (u32) of the shingles that `one_in` selects: the same ones in whatever text they stand."""
    from array import array

    return array("I", {value >> 32 for value in hashes if value % one_in == 0}).tobytes()
