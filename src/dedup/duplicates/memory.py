"""documents -> what is remembered of them, for how long, and under which number."""

from array import array
from datetime import datetime
from os import PathLike
from typing import Any
from zlib import crc32

from dedup import _kernel
from dedup.document import DedupError
from dedup.duplicates.archive import UNDATED, Archive, Entry, instant
from dedup.duplicates.bounds import Bounds
from dedup.duplicates.cluster import Anchors, Ranking
from dedup.duplicates.column import Column
from dedup.duplicates.index import Describer, Keyed
from dedup.duplicates.settings import Settings
from dedup.duplicates.store import Store
from dedup.workers import batched

KEY_BYTES, DOCUMENT_BYTES = 11, 200  # what a key and a document take at most, as `_reckon` counts
KEY_LIMIT = 64  # documents kept per key; a key that more share says little
ALWAYS = -(2**63)
BATCH = 64  # documents of a store that are read together


class Memory:
    """The documents of a window, numbered in the order they were added. Times are microseconds.

    Per document it holds about a hundred keys in the index and a few numbers; the texts are in the archive.
    """

    def __init__(
        self, settings: Settings, describer: Describer, rank: Ranking, bounds: Bounds, store: Store | None = None
    ) -> None:
        self._describer, self._rank, self._bounds = describer, rank, bounds
        self.index = _kernel.Index(settings.bands, KEY_LIMIT)
        self._store = store
        self.archive: Archive | Store = Archive() if store is None else store
        self.anchors = Anchors()
        self._arrivals = Column("q")  # what was now when each document got its number
        self._costs = Column("I")  # bytes, at most, where these are bounded
        self._cost_held = 0  # the sum of `_costs`
        self._passed = Column("B")  # not zero for those that were no duplicates when they came
        self.now: int | None = None
        self._began = UNDATED  # the first time seen
        self.since = ALWAYS  # documents older than this are outdated
        self.last = self.late = 0
        if store is not None:
            try:
                self._load(store)
            except DedupError:
                raise
            except (TypeError, ValueError, LookupError, OverflowError) as error:
                raise store.damaged("a number in it cannot be used") from error

    def _load(self, store: Store) -> None:
        """Remember what the store holds."""
        state = store.state()
        for batch in batched(store.documents(), BATCH):
            entries = [each.entry for each in batch]
            for kept, keyed in zip(batch, self._describe(entries), strict=True):
                self.index.skip(kept.number)
                source = source_number(kept.entry.source)
                self._reckon(kept.number, keyed)
                self.index.add(keyed.keys, keyed.words, kept.time, source, kept.group)
                self._note(kept.number, kept.arrival, kept.anchor, kept.passed)
        for old, heir, until in store.heirs():
            self.anchors.restore(old, heir, until)
        for kept in store.documents():
            if self.anchors.canonical(kept.number) != kept.number:
                self.anchors.join(kept.number, self._rank(kept.entry, self.index.size(kept.number), kept.time))
        self.last = state.get("last", 0)
        self.index.skip(self.last + 1)
        self._began = state.get("began", UNDATED)
        if "now" in state:
            self._set_now(state["now"])

    def commit(self, note: bytes | None = None) -> None:
        """Make everything so far last, where there is a store, with a `note` of the caller."""
        if self._store is not None:
            began = None if self._began == UNDATED else self._began
            self._store.commit(note, last=self.last, now=self.now, began=began)

    @property
    def note(self) -> bytes:
        """The last note that was committed, b"" when there is none."""
        return b"" if self._store is None else self._store.note

    def snapshot(self, path: str | PathLike[str]) -> None:
        """Write the store to another file; raises `DedupError` when there is none."""
        if self._store is None:
            raise DedupError("there is no store to take a snapshot of; pass path= to keep one")
        self._store.snapshot(path)

    def __len__(self) -> int:
        return len(self.index)

    @property
    def stats(self) -> dict[str, int]:
        """What is held and what it cost; see `Deduplicator.stats`."""
        memory, disk = self.archive.sizes
        return {
            "documents": len(self.index),
            "index": self.index.bytes,
            "memory": memory,
            "disk": disk,
            "late": self.late,
            "crowded_out": self.index.crowded_out,
            "probes": self.index.probes,
        }

    # -- time

    def advance(self, time: datetime | None) -> int:
        """Take note of a document's time, and return it, or what counts as its time."""
        if time is None:
            return UNDATED if self.now is None else self.now
        moment = instant(time)
        if self.now is None:
            self._began = moment
            self.index.date(moment)
            if self._store is not None:
                self._store.date(moment, UNDATED)
        if self.now is None or moment > self.now:
            self._set_now(moment)
        return moment

    def _set_now(self, moment: int) -> None:
        self.now = moment
        if self._bounds.window is not None:
            self.since = max(moment - self._bounds.window, ALWAYS)

    def refresh(self, number: int, time: int) -> None:
        """Make a document as young as `time`, if it is older."""
        if time != UNDATED and time > self.index.time(number):
            self.index.set_time(number, time)
            if self._store is not None:
                self._store.set_time(number, time)

    def shrink(self) -> None:
        """Let go of the oldest arrivals that no longer count; later ones wait for their turn, unseen."""
        low = 0
        while oldest := self.index.oldest():
            if self._is_too_much() or self.index.time(oldest) < self.since:
                self.forget(oldest)
            elif self._arrival(oldest) < self.since:
                self._renumber(oldest)
            else:
                break
            low = oldest + 1
        if low:
            self.trim(low)

    def _is_too_much(self) -> bool:
        _, documents, most = self._bounds
        return (documents is not None and len(self) > documents) or (most is not None and self._cost_held > most)

    def _arrival(self, number: int) -> int:
        arrival = self._arrivals[number]
        return self._began if arrival == UNDATED else arrival

    def trim(self, low: int) -> None:
        """Give back the memory of the numbers below `low`."""
        for column in (self._arrivals, self._costs, self._passed, self.anchors, self.archive):
            column.expire(low)

    # -- documents

    def insert(
        self, entry: Entry, keyed: Keyed, time: int, anchor: int = 0, group: int = 0, *, passed: bool = True
    ) -> int:
        """Remember a document and return its number; `anchor` is whom it was verified against, or 0.

        `group` is that of a document it copies, frame and all, or 0; `passed`: it was no duplicate, and passed on.
        """
        number, arrival = self.last + 1, UNDATED if self.now is None else self.now
        self.archive.put(number, entry, time, arrival, anchor or number, group or number, passed)
        self.last = self.index.add(keyed.keys, keyed.words, time, source_number(entry.source), group)
        self._note(number, arrival, anchor or number, passed)
        self._reckon(number, keyed)
        if anchor:
            self.anchors.join(number, self._rank(entry, keyed.words, time))
        return number

    def _reckon(self, number: int, keyed: Keyed) -> None:
        if self._bounds.bytes is not None:
            self._costs.append(number, DOCUMENT_BYTES + KEY_BYTES * (len(keyed.keys) // 4))
            self._cost_held += self._costs[number]

    def _release(self, number: int) -> None:
        if self._bounds.bytes is not None:
            self._cost_held -= self._costs[number]

    def _note(self, number: int, arrival: int, anchor: int, passed: bool) -> None:
        self._arrivals.append(number, arrival)
        self._passed.append(number, passed)
        self.anchors.append(number, anchor)

    def is_passed(self, number: int) -> bool:
        """Whether a document was passed on when it came."""
        return self._passed[number] != 0

    def move(self, number: int, anchor: int) -> None:
        """Note that a document was verified against `anchor`, or, when that is itself, stands alone."""
        self.anchors.move(number, anchor)
        if self._store is not None:
            self._store.set_anchor(number, anchor)
        if anchor != number:
            self.anchors.join(number, self.rank(number))

    def rank(self, number: int) -> Any:
        """Return how well a document would speak for its cluster: the lower the better."""
        return self._rank(self.archive.get(number), self.index.size(number), self.index.time(number))

    def forget(self, number: int) -> None:
        """Forget a document; another speaks for its cluster."""
        self._release(number)
        if number == self.index.oldest():
            self.index.expire(number + 1)
        else:
            self.index.drop(number, self._describe([self.archive.get(number)])[0].keys)
        heir = self.anchors.elect(number, self.last, self.index)
        if self._store is not None:
            self._store.drop(number)
            if heir:
                self._store.replace(number, heir, self.last)

    def _renumber(self, number: int) -> None:
        """Move a document whose story kept coming to the young end."""
        entry, time, anchor = self.archive.get(number), self.index.time(number), self.anchors.anchor(number)
        keyed, group, passed = self._describe([entry])[0], self.index.group(number), self.is_passed(number)
        new = self.insert(entry, keyed, time, 0 if anchor == number else anchor, group, passed=passed)
        self.index.expire(number + 1)
        self._release(number)
        if anchor == number:
            self._replace(number, new)
            return
        for old in self.anchors.prolong(new, new):
            if self._store is not None:
                self._store.prolong(old, new)

    def _replace(self, old: int, new: int) -> None:
        self.anchors.replace(old, new, self.last)
        if self._store is not None:
            self._store.replace(old, new, self.last)

    def outrank(self, canonical: int, better: int) -> None:
        """Let `better` speak for the cluster of `canonical`, which was verified against it."""
        self._replace(canonical, better)
        self.move(canonical, better)

    def _describe(self, entries: list[Entry]) -> list[Keyed]:
        return self._describer.describe(
            [each.id for each in entries], [each.text for each in entries], [each.cuts for each in entries]
        )

    def number(self, id: str) -> int:
        """Return the number of the document with that id, or 0."""
        return self.holder(id, self._describer.describe([id], [""], [b""])[0].keys)

    def holder(self, id: str, keys: bytes) -> int:
        """Return the number of the document with that id, or 0; `keys` are those of any document with it."""
        return self.among(self.index.holders(array("I", keys[:4])[0]), id)

    def among(self, numbers: bytes, id: str) -> int:
        """Return which of `numbers` (u32 bytes), some of them forgotten, is the document with that id, or 0."""
        kept = (each for each in array("I", numbers) if each in self.index)
        return next((each for each in kept if self.archive.id(each) == id), 0)

    def expire(self, before: int) -> None:
        """Forget every document whose time is before `before`."""
        for number in array("I", self.index.older(before)):
            self.forget(number)
        self.trim(self.index.oldest() or self.last + 1)


def source_number(source: str | None) -> int:
    """Return a number for a source, 0 for none."""
    return 0 if source is None else crc32(source.encode("utf-8", "surrogatepass"))
