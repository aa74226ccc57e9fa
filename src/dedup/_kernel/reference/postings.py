"""32-bit keys -> the numbers of the documents that hold them."""

import sys
from array import array

from dedup._kernel.reference.arrays import pack


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
        return pack("I", [value for pair in sorted(shared.items()) for value in pair])

    def expire(self, low: int) -> None:
        """Forget every document numbered below `low`."""
        self._low = max(self._low, low)
        self._numbers = {key: held for key, held in self._numbers.items() if max(held) >= self._low}

    @property
    def bytes(self) -> int:
        """Return an estimate of the memory held, in bytes."""
        return sys.getsizeof(self._numbers) + sum(map(sys.getsizeof, self._numbers.values()))
