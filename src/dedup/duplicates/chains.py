"""documents in the order they arrived -> chains of them, a few bytes each."""

from dedup.duplicates.column import Column


class Chains:
    """Of each head the documents that joined it, oldest first. A document is a number, and in one chain at a time.

    >>> chains = Chains()
    >>> for number in (1, 2, 3):
    ...     chains.append(number)
    >>> chains.join(1, 2), chains.join(1, 3), chains.join(1, 2)
    (True, True, False)
    >>> chains.take(1), chains.first(1)
    (2, 3)
    """

    def __init__(self) -> None:
        self._next = Column("I")  # of the last in a chain the first; 0 of what is in none
        self._last = Column("I")  # by head

    def __len__(self) -> int:
        return sum(self._next[number] != 0 for number in self._next.numbers(0))

    def append(self, number: int) -> None:
        """Make room for the next document, which is in no chain and has none."""
        self._next.append(number, 0)
        self._last.append(number, 0)

    def first(self, head: int) -> int:
        """Return the oldest document of the chain, or 0."""
        last = self._last[head] if self._last.holds(head) else 0
        return self._next[last] if last else 0

    def join(self, head: int, number: int) -> bool:
        """Put a document that is in no chain at the end of one; return False if it is not the youngest there."""
        if not self._last.holds(head) or self._next[number] or number <= self._last[head]:
            return False
        last = self._last[head]
        self._next[number] = self._next[last] if last else number
        if last:
            self._next[last] = number
        self._last[head] = number
        return True

    def take(self, head: int) -> int:
        """Take the oldest document out of the chain, and return it; there must be one."""
        last = self._last[head]
        first = self._next[last]
        if first == last:
            self._last[head] = 0
        else:
            self._next[last] = self._next[first]
        self._next[first] = 0
        return first

    def replace(self, old: int, new: int) -> None:
        """Let `new` be the head of the chain of `old`, of whose own chain nothing is kept."""
        self._last[new] = self._last[old] if self._last.holds(old) else 0
        if self._last.holds(old):
            self._last[old] = 0

    def expire(self, low: int) -> None:
        """Let go of the documents below `low`; they are the oldest of their chains."""
        for head in self._last.numbers(low):
            while 0 < self.first(head) < low:
                self.take(head)
        self._next.expire(low)
        self._last.expire(low)
