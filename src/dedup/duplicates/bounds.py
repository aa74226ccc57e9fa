"""what a caller allows -> the bounds of a memory: how far back, how many documents, how many bytes."""

from datetime import timedelta
from typing import NamedTuple

from dedup.checks import expect, positive
from dedup.document import BadValue
from dedup.duplicates.archive import MICROSECOND

ALL = "or None to remember everything"


class Bounds(NamedTuple):
    """The window in microseconds, and the most documents and bytes; None where there is no bound."""

    window: int | None
    documents: int | None
    bytes: int | None

    @classmethod
    def of(cls, window: timedelta | None, max_documents: int | None, max_memory: int | None) -> "Bounds":
        """Return the bounds a caller asks for; raises `BadType` or `BadValue`.

        >>> Bounds.of(timedelta(seconds=1), None, 10**6)
        Bounds(window=1000000, documents=None, bytes=1000000)
        """
        fix = f"pass a positive timedelta, {ALL}"
        if window is not None and expect("window", window, timedelta, fix) <= timedelta(0):
            raise BadValue(f"window is {window}; {fix}")
        return cls(
            None if window is None else window // MICROSECOND,
            None if max_documents is None else positive("max_documents", max_documents, f"pass 1 or more, {ALL}"),
            None if max_memory is None else positive("max_memory", max_memory, f"pass bytes, 1 or more, {ALL}"),
        )
