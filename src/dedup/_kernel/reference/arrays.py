"""numbers -> the bytes of an array in machine order, as the kernel passes them."""

from array import array
from collections.abc import Iterable

MASK = 2**64 - 1  # arithmetic of the kernel wraps at 64 bits


def pack(typecode: str, values: Iterable[int]) -> bytes:
    """Return `values` as the bytes of an array of that type."""
    return array(typecode, values).tobytes()
