"""number -> value, for numbers that only grow and whose oldest are forgotten."""

from array import array


class Column:
    """One number of a few bytes for each document, by the document's number.

    >>> column = Column("I")
    >>> column.append(7, 50)
    >>> column[7]
    50
    """

    def __init__(self, typecode: str) -> None:
        self._first = 1
        self._values = array(typecode)

    def __getitem__(self, number: int) -> int:
        return self._values[number - self._first]

    def __setitem__(self, number: int, value: int) -> None:
        self._values[number - self._first] = value

    def holds(self, number: int) -> bool:
        """Return whether the number has been given a value and not been let go of."""
        return 0 <= number - self._first < len(self._values)

    def numbers(self, low: int) -> range:
        """Return the numbers from `low` on that may have a value."""
        return range(max(low, self._first), self._first + len(self._values))

    def append(self, number: int, value: int) -> None:
        """Set the value of a number higher than all before."""
        if not self._values:
            self._first = number
        skipped = number - self._first - len(self._values)
        if skipped:
            self._values.extend([0] * skipped)
        self._values.append(value)

    def expire(self, low: int) -> bool:
        """Let go of the numbers below `low`, once they are many; return whether they were."""
        gone = low - self._first
        if gone <= 1024 or 2 * gone <= len(self._values):
            return False
        del self._values[:gone]
        self._first = low
        return True
