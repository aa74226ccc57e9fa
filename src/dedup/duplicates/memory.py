"""documents -> what is remembered of them, for how long, and under which number."""

from array import array
from datetime import datetime
from typing import Any
from zlib import crc32

from dedup import _kernel
from dedup.duplicates.archive import UNDATED, Archive, Entry, instant
from dedup.duplicates.cluster import Anchors, Ranking
from dedup.duplicates.column import Column
from dedup.duplicates.index import Describer, Keyed
from dedup.duplicates.settings import Settings

KEY_LIMIT = 64  # documents kept per key; a key that more share says little
ALWAYS = -(2**63)


class Memory:
    """The documents of a window, numbered in the order they were added. Times are microseconds.

    Per document it holds about a hundred keys in the index and a few numbers; the texts are in the archive.
    """

    def __init__(
        self, settings: Settings, describer: Describer, rank: Ranking, *, window: int | None, most: int | None
    ) -> None:
        self._describer, self._rank, self._window, self._most = describer, rank, window, most
        self.index = _kernel.Index(settings.bands, KEY_LIMIT)
        self.archive = Archive()
        self.anchors = Anchors()
        self._sources = Column("I")
        self._arrivals = Column("q")  # what was now when each document got its number
        self.now: int | None = None
        self._began = UNDATED  # the first time seen
        self.since = ALWAYS  # documents older than this are outdated
        self.last = 0

    def __len__(self) -> int:
        return len(self.index)

    # -- time

    def advance(self, time: datetime | None) -> int:
        """Take note of a document's time, and return it, or what counts as its time."""
        if time is None:
            return UNDATED if self.now is None else self.now
        moment = instant(time)
        if self.now is None:
            self._began = moment
            self.index.date(moment)
        if self.now is None or moment > self.now:
            self.now = moment
            if self._window is not None:
                self.since = max(moment - self._window, ALWAYS)
        return moment

    def refresh(self, number: int, time: int) -> None:
        """Make a document as young as `time`, if it is older."""
        if time != UNDATED and time > self.index.time(number):
            self.index.set_time(number, time)

    def shrink(self) -> None:
        """Let go of the oldest arrivals that no longer count; later ones wait for their turn, unseen."""
        low = 0
        while oldest := self.index.oldest():
            if (self._most is not None and len(self) > self._most) or self.index.time(oldest) < self.since:
                self.forget(oldest)
            elif self._arrival(oldest) < self.since:
                self._renumber(oldest)
            else:
                break
            low = oldest + 1
        if low:
            self.trim(low)

    def _arrival(self, number: int) -> int:
        arrival = self._arrivals[number]
        return self._began if arrival == UNDATED else arrival

    def trim(self, low: int) -> None:
        """Give back the memory of the numbers below `low`."""
        for column in (self._sources, self._arrivals, self.anchors, self.archive):
            column.expire(low)

    # -- documents

    def insert(self, entry: Entry, keyed: Keyed, time: int, anchor: int = 0) -> int:
        """Remember a document and return its number; `anchor` is whom it was verified against, or 0."""
        number = self.last + 1
        self.archive.put(number, entry)
        self.last = self.index.add(keyed.keys, keyed.words, time)
        self._sources.append(
            number, 0 if entry.source is None else crc32(entry.source.encode("utf-8", "surrogatepass"))
        )
        self._arrivals.append(number, UNDATED if self.now is None else self.now)
        self.anchors.append(number, anchor or number)
        if anchor:
            self.anchors.join(number, self._rank(entry, keyed.words, time))
        return number

    def move(self, number: int, anchor: int) -> None:
        """Note that a document was verified against `anchor`, or, when that is itself, stands alone."""
        self.anchors.move(number, anchor)
        if anchor != number:
            self.anchors.join(number, self.rank(number))

    def rank(self, number: int) -> Any:
        """Return how well a document would speak for its cluster: the lower the better."""
        return self._rank(self.archive.get(number), self.index.size(number), self.index.time(number))

    def forget(self, number: int) -> None:
        """Forget a document; another speaks for its cluster."""
        if number == self.index.oldest():
            self.index.expire(number + 1)
        else:
            self.index.drop(number, self._describe(self.archive.get(number)).keys)
        self.anchors.elect(number, self.last, self.index)

    def _renumber(self, number: int) -> None:
        """Move a document whose story kept coming to the young end."""
        entry, time, anchor = self.archive.get(number), self.index.time(number), self.anchors.anchor(number)
        new = self.insert(entry, self._describe(entry), time, 0 if anchor == number else anchor)
        self.index.expire(number + 1)
        if anchor == number:
            self.anchors.replace(number, new, self.last)

    def outrank(self, canonical: int, better: int) -> None:
        """Let `better` speak for the cluster of `canonical`, which was verified against it."""
        self.anchors.replace(canonical, better, self.last)
        self.move(canonical, better)

    def _describe(self, entry: Entry) -> Keyed:
        return self._describer.describe([entry.id], [entry.text], [entry.cuts])[0]

    def number(self, id: str) -> int:
        """Return the number of the document with that id, or 0."""
        (key,) = array("I", self._describer.describe([id], [""], [b""])[0].keys)
        return self.among(self.index.holders(key), id)

    def among(self, numbers: bytes, id: str) -> int:
        """Return which of `numbers` (u32 bytes) is the document with that id, or 0."""
        return next((each for each in array("I", numbers) if self.archive.get(each).id == id), 0)

    def source(self, number: int) -> int:
        """Return a number for the source of a document, 0 when it has none."""
        return self._sources[number]

    def expire(self, before: int) -> None:
        """Forget every document whose time is before `before`."""
        for number in array("I", self.index.older(before)):
            self.forget(number)
        self.trim(self.index.oldest() or self.last + 1)
