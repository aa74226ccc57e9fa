"""documents one at a time -> what is known of each already: a rolling window in bounded memory."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from os import PathLike
from typing import Any

from dedup.boilerplate.cleaner import Cleaner
from dedup.document import DedupError, Document, Match
from dedup.duplicates.archive import MICROSECOND, instant
from dedup.duplicates.cluster import ranking
from dedup.duplicates.furniture import Told
from dedup.duplicates.index import Prepared
from dedup.duplicates.judge import Judge
from dedup.duplicates.memory import Memory
from dedup.duplicates.settings import Settings
from dedup.duplicates.speaker import Speaker
from dedup.duplicates.store import Store, identity
from dedup.duplicates.verify import Comparison, match, relate
from dedup.prepare import Batch, Preparer
from dedup.workers import batched

BATCH = 64  # documents that are prepared together


class Deduplicator:
    """Says of each document whether its story is known, and remembers it.

    `window` bounds what is remembered by event time (the newest time seen is now), `max_documents` by number, and
    `max_memory` by the bytes it takes (texts, of which 64 MB stay in memory, not counted).
    A document without a time counts as new. One older than the window is answered but not remembered.
    `canonical` says which document speaks for a cluster: "earliest" (the first to arrive), "longest", a list of
    sources from the most trusted on, or a function of a document whose lowest value is the best. When a better one
    arrives, or the canonical document is forgotten, the best of the others takes its place; each of them stays in
    the cluster if it matches the new one, which is looked at when it is next matched. Memory is about 1 KB per
    document: texts are kept in a temporary file. With `path` everything is kept in that file (SQLite): a deduplicator
    that opens it later, even after a crash, goes on where the last one stopped. Settings: see
    `dedup.duplicates.settings.Settings`.

    >>> story = "The harbour bridge reopened on Monday after two weeks of repairs, the city said."
    >>> seen = Deduplicator(window=timedelta(days=2))
    >>> seen.add(Document("a", story)) is None
    True
    >>> seen.add(Document("b", story.upper())).relation
    'exact'
    """

    def __init__(
        self,
        *,
        window: timedelta | None = None,
        max_documents: int | None = None,
        max_memory: int | None = None,
        path: str | PathLike[str] | None = None,
        cleaner: Cleaner | None = None,
        canonical: str | Sequence[str] | Callable[[Document], Any] = "earliest",
        **settings: Any,
    ) -> None:
        if window is not None and window <= timedelta(0):
            raise ValueError(f"window is {window}; pass a positive timedelta, or None to remember everything")
        if max_documents is not None and max_documents < 1:
            raise ValueError(f"max_documents is {max_documents}; pass 1 or more, or None to remember everything")
        if max_memory is not None and max_memory < 1:
            raise ValueError(f"max_memory is {max_memory}; pass bytes, 1 or more, or None to remember everything")
        self.settings = Settings.of(settings)
        self.cleaner = Cleaner() if cleaner is None else cleaner
        self._preparer = Preparer(self.cleaner, self.settings)
        self._window = None if window is None else window // MICROSECOND
        self._most, self._most_bytes, self._rank = max_documents, max_memory, ranking(canonical)
        self._reelects = canonical != "earliest"
        made = None if path is None else identity(self.settings, self.cleaner.catalogue, canonical)
        self._store = None if path is None or made is None else Store(path, made)
        self._begin()

    def _begin(self) -> None:
        self._memory = Memory(
            self.settings, self._preparer.describer, self._rank, window=self._window, most=self._most,
            most_bytes=self._most_bytes, store=self._store,
        )  # fmt: skip
        self._judge = Judge(self._memory, self.settings)
        self._speaker = Speaker(self._memory, self._judge, self._rank if self._reelects else None)

    def __enter__(self) -> "Deduplicator":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._memory)

    def __contains__(self, id: str) -> bool:
        return self._memory.number(id) != 0

    @property
    def stats(self) -> dict[str, int]:
        """What is held, and what it cost.

        `documents`; bytes of `index`, and of texts in `memory` and on `disk`; `crowded_out`: keys so common that they
        forgot their oldest documents; `probes` of the index and `verifications` of pairs so far.
        """
        return {**self._memory.stats, "verifications": self._judge.pairs}

    def add(self, document: Document) -> Match | None:
        """Return the best match among what is known, or None, and remember the document.

        Of exact copies only the first is remembered; for the window it is as young as the latest of them. (One that
        would speak better for its cluster by the policy of `canonical` is remembered too.)
        """
        answer = self.answer(self.prepare([document])[0])
        self._memory.commit()
        return answer

    def add_many(self, documents: Iterable[Document], *, workers: int | None = None) -> Iterator[Match | None]:
        """Yield `add(document)` for each of `documents`, in order.

        Documents are read a batch ahead, and with a store the answers of a batch are committed together, before the
        first is given. `workers` processes, this one among them, clean and sketch; how many there are
        never changes the answers. Raises `ValueError` when `workers` is not positive.
        """
        if workers is not None and workers < 1:
            raise ValueError(f"workers is {workers}; pass 1 or more")
        batches = self.prepare_many(batched(documents, BATCH), list, workers or 1)
        if self._store is None:
            yield from map(self.answer, chain.from_iterable(prepared for _, prepared in batches))
        for _, prepared in batches:
            answers = [*map(self.answer, prepared)]
            self._memory.commit()
            yield from answers

    def find(self, document: Document) -> list[Match]:
        """Return every verified match, best first; nothing is remembered, and what no longer counts may go."""
        (prepared,) = self.prepare([document])
        _, copies, candidates = self._search(prepared)
        judge, numbers = self._judge, {*array("I", copies), *array("I", candidates)}
        found = judge.judged(judge.told(prepared), numbers, judge.around())
        matches = [each.match(self._id(each.number), self._id(self._speaker.of(each.number))) for each in found]
        self._memory.commit()
        return matches

    def remove(self, id: str) -> None:
        """Forget the document with that id; raises `KeyError` when it is not known."""
        self._memory.forget(self._number(id))
        self._memory.commit()

    def expire(self, before: datetime) -> None:
        """Forget every document whose time is before `before`."""
        self._memory.expire(instant(before))
        self._memory.commit()

    def commit(self, note: bytes | None = None) -> None:
        """Make everything so far last, where there is a store; `note` lasts with it, for the caller's own use."""
        self._memory.commit(note)

    @property
    def note(self) -> bytes:
        """The last note that was committed, b"" when there is none."""
        return b"" if self._store is None else self._store.note

    def snapshot(self, path: str | PathLike[str]) -> None:
        """Write the store to another file, which must not exist; raises `DedupError` when there is no store."""
        if self._store is None:
            raise DedupError("there is no store to take a snapshot of; pass path= to keep one")
        self._store.snapshot(path)

    def close(self) -> None:
        """Forget everything; what is in a store stays there, and it cannot be used any more."""
        self._memory.archive.close()
        if self._store is None:
            self._begin()

    def canonical(self, id: str) -> str:
        """Return the id of who speaks for the cluster of a known document; raises `KeyError` when it is not known."""
        canonical = self._speaker.of(self._number(id), settle=True)
        self._memory.commit()
        return self._id(canonical)

    def compare(self, a: Document | str, b: Document | str) -> Match:
        """Return how `a` relates to `b`, each a document or the id of a known one; nothing is remembered.

        Raises `KeyError` when an id is not known.
        """
        if isinstance(b, Document):
            pair = self.comparison(a, b)
            return match(pair, relate(pair, self.settings), id=b.id, canonical=b.id)
        number = self._number(b)
        judged = self._judge.judge(self._told(a), number, self._judge.around())
        return judged.match(b, self._id(self._speaker.of(number)))

    def comparison(self, a: Document | str, b: Document) -> Comparison:
        """Return what is measured to compare `a` with `b`, before the thresholds of the settings."""
        return self._judge.around().compare(self._told(a), self._told(b))

    def _told(self, document: Document | str) -> Told:
        if isinstance(document, str):
            return self._judge.known(self._number(document))
        return self._judge.told(self.prepare([document])[0])

    # -- preparing

    def prepare(self, documents: Sequence[Document]) -> list[Prepared]:
        """Do all that needs no memory for documents: on any thread, to `answer` them later."""
        return self._preparer.prepare(documents)

    def prepare_many(
        self, batches: Iterable[Batch | None], documents: Callable[[Batch], Sequence[Document]], workers: int
    ) -> Iterator[tuple[Batch, list[Prepared]]]:
        """Yield each batch with `prepare(documents(batch))`, in order, worked out by `workers` processes."""
        return self._preparer.prepare_many(batches, documents, workers)

    # -- answering

    def answer(self, prepared: Prepared) -> Match | None:
        """Return `add` of the document; where there is a store, it lasts once `commit` is called."""
        memory = self._memory
        time = memory.advance(prepared.document.time)
        ids, copies, candidates = self._search(prepared)
        best, known, canonical, group = None, 0, 0, 0
        if copies or candidates:
            best, known, canonical, group = self._best(prepared, copies, candidates)
        if time < memory.since:
            return best
        better = canonical != 0 and self._speaker.is_outranked(canonical, prepared, time)
        copied = best is not None and best.relation == "exact"
        if copied:
            memory.refresh(known, time)
        if better or not copied:
            number = self._remember(prepared, ids, time, canonical, group)
            if better:
                self._speaker.replace(canonical, number)
        memory.shrink()
        return best

    def _search(self, prepared: Prepared) -> tuple[bytes, bytes, bytes]:
        """Return the numbers of documents with the same id, with the same story, and of candidates."""
        return self._memory.index.find(prepared.keyed.keys, self._memory.since, self.settings.candidates)

    def _best(self, prepared: Prepared, copies: bytes, candidates: bytes) -> tuple[Match | None, int, int, int]:
        """Return the best match, its number, who speaks for the cluster the new document joins, and whose group it has.

        Each number is 0 when there is none.
        """
        judge, memory, around = self._judge, self._memory, self._judge.around()
        told = judge.told(prepared)
        best, copied = judge.best(told, array("I", copies), array("I", candidates), around)
        group = memory.index.group(copied) if copied else 0
        if best is None:
            return None, 0, 0, group
        if not group and best.relation in ("exact", "near"):
            group = memory.index.group(best.number)
        known = len(memory)
        canonical = self._speaker.of(best.number, settle=True)
        if len(memory) != known:
            around = judge.around()
        if canonical != best.number and not judge.judge(told, canonical, around).is_related:
            canonical = 0
        name = self._id(canonical) if canonical else prepared.document.id
        return best.match(self._id(best.number), name), best.number, canonical, group

    def _remember(self, prepared: Prepared, ids: bytes, time: int, canonical: int, group: int) -> int:
        memory = self._memory
        before = memory.among(ids, prepared.document.id) if ids else 0
        number = memory.insert(prepared.entry, prepared.keyed, time, canonical, group)
        if before:
            memory.forget(before)
        return number

    def _id(self, number: int) -> str:
        return self._memory.archive.get(number).id

    def _number(self, id: str) -> int:
        number = self._memory.number(id)
        if not number:
            raise KeyError(f"no document {id!r} is known")
        return number


def compare(a: str | Document, b: str | Document, *, context: Deduplicator | None = None) -> Match:
    """Return how text `a` relates to text `b`; `match.duplicate` says whether `a` can be dropped.

    With `context`, the cleaner and settings of that deduplicator are used, and what it has read tells furniture
    (runs of words that other stories repeat) from story. Raises nothing for any text.

    >>> compare("The bridge reopened.", "Nothing to see here.").relation
    'distinct'
    """
    documents = [each if isinstance(each, Document) else Document(name, each) for name, each in (("a", a), ("b", b))]
    return (Deduplicator() if context is None else context).compare(*documents)
