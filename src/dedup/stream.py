"""documents one at a time -> what is known of each already: a rolling window in bounded memory."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from os import PathLike
from typing import Any

from dedup.boilerplate.cleaner import Cleaner
from dedup.document import DedupError, Document, Match, Span
from dedup.duplicates.archive import MICROSECOND, Entry, instant
from dedup.duplicates.cluster import ranking
from dedup.duplicates.index import Describer, Prepared
from dedup.duplicates.judge import Judge
from dedup.duplicates.memory import Memory
from dedup.duplicates.settings import Settings
from dedup.duplicates.store import Store, identity
from dedup.duplicates.verify import Comparison, match, relate
from dedup.workers import batched, map_on_threads

BATCH = 64  # documents that are prepared together


def _cuts(spans: Iterable[Span]) -> bytes:
    edges = (edge for span in spans if span.action == "remove" for edge in (span.start, span.end))
    return array("I", edges).tobytes()


class Deduplicator:
    """Says of each document whether its story is known, and remembers it.

    `window` bounds what is remembered by event time (the newest time seen is now), `max_documents` by number.
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
        path: str | PathLike[str] | None = None,
        cleaner: Cleaner | None = None,
        canonical: str | Sequence[str] | Callable[[Document], Any] = "earliest",
        **settings: Any,
    ) -> None:
        if window is not None and window <= timedelta(0):
            raise ValueError(f"window is {window}; pass a positive timedelta, or None to remember everything")
        if max_documents is not None and max_documents < 1:
            raise ValueError(f"max_documents is {max_documents}; pass 1 or more, or None to remember everything")
        self.settings = Settings.of(settings)
        self.cleaner = Cleaner() if cleaner is None else cleaner
        self._describer = Describer(self.settings)
        self._window = None if window is None else window // MICROSECOND
        self._most, self._rank = max_documents, ranking(canonical)
        self._reelects = canonical != "earliest"
        made = None if path is None else identity(self.settings, self.cleaner.catalogue, canonical)
        self._store = None if path is None or made is None else Store(path, made)
        self._begin()

    def _begin(self) -> None:
        self._memory = Memory(
            self.settings, self._describer, self._rank, window=self._window, most=self._most, store=self._store
        )
        self._judge = Judge(self._memory, self.settings)

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

        Of exact copies only the first is remembered; for the window it is as young as the latest of them.
        """
        answer = self.answer(self.prepare([document])[0])
        self._memory.commit()
        return answer

    def add_many(self, documents: Iterable[Document], *, workers: int | None = None) -> Iterator[Match | None]:
        """Yield `add(document)` for each of `documents`, in order.

        Documents are read a batch ahead, and with a store the answers of a batch are committed together, before the
        first is given. `workers` threads prepare batches while the kernel works; they never change
        the answers. Raises `ValueError` when `workers` is not positive.
        """
        if workers is not None and workers < 1:
            raise ValueError(f"workers is {workers}; pass 1 or more")
        batches = batched(documents, BATCH)
        prepared: Iterator[list[Prepared]]
        if workers is None or workers == 1:
            prepared = map(self.prepare, batches)
        else:
            prepared = map_on_threads(self.prepare, batches, workers)
        if self._store is None:
            yield from map(self.answer, chain.from_iterable(prepared))
        for batch in prepared:
            answers = [*map(self.answer, batch)]
            self._memory.commit()
            yield from answers

    def find(self, document: Document) -> list[Match]:
        """Return every verified match, best first; nothing is remembered."""
        (prepared,) = self.prepare([document])
        _, copies, candidates = self._search(prepared)
        judge, numbers = self._judge, {*array("I", copies), *array("I", candidates)}
        found = judge.judged(judge.told(prepared), numbers, judge.around())
        return [each.match(self._id(each.number), self._id(self._canonical(each.number))) for each in found]

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

    def compare(self, a: Document, b: Document | str) -> Match:
        """Return how `a` relates to `b`, a document or the id of a known one; nothing is remembered.

        Raises `KeyError` when the id is not known.
        """
        if isinstance(b, Document):
            pair = self.comparison(a, b)
            return match(pair, relate(pair, self.settings), id=b.id, canonical=b.id)
        number, judge = self._number(b), self._judge
        judged = judge.judge(judge.told(self.prepare([a])[0]), number, judge.around())
        return judged.match(b, self._id(self._canonical(number)))

    def comparison(self, a: Document, b: Document) -> Comparison:
        """Return what is measured to compare `a` with `b`, before the thresholds of the settings."""
        return self._judge.around().compare(*map(self._judge.told, self.prepare([a, b])))

    # -- preparing

    def prepare(self, documents: Sequence[Document]) -> list[Prepared]:
        """Do all that needs no memory for documents: on any thread, to `answer` them later."""
        cuts = self._clean(documents)
        return self._describer.prepare(documents, cuts)

    def _clean(self, documents: Sequence[Document]) -> list[bytes]:
        """Return the removed spans of each text: start and end pairs (u32 bytes, code points)."""
        found = self.cleaner.spans_many([each.text for each in documents], sources=[each.source for each in documents])
        return [_cuts(spans) if spans else b"" for spans in found]

    # -- answering

    def answer(self, prepared: Prepared) -> Match | None:
        """Return `add` of the document; where there is a store, it lasts once `commit` is called."""
        memory, document = self._memory, prepared.document
        time = memory.advance(document.time)
        ids, copies, candidates = self._search(prepared)
        best, known, canonical, group = None, 0, 0, 0
        if copies or candidates:
            best, known, canonical, group = self._best(prepared, copies, candidates)
        if time < memory.since:
            return best
        if best is not None and best.relation == "exact":
            memory.refresh(known, time)
        else:
            self._remember(prepared, ids, time, canonical, group)
        memory.shrink()
        return best

    def _search(self, prepared: Prepared) -> tuple[bytes, bytes, bytes]:
        """Return the numbers of documents with the same id, with the same story, and of candidates."""
        return self._memory.index.find(prepared.keyed.keys, self._memory.since, self.settings.candidates)

    def _best(self, prepared: Prepared, copies: bytes, candidates: bytes) -> tuple[Match | None, int, int, int]:
        """Return the best match, its number, who speaks for the cluster the new document joins, and whom it copies.

        Each number is 0 when there is none.
        """
        judge, memory, around = self._judge, self._memory, self._judge.around()
        told = judge.told(prepared)
        best, copied = judge.best(told, array("I", copies), array("I", candidates), around)
        group = memory.index.group(copied) if copied else 0
        if best is None:
            return None, 0, 0, group
        known = len(memory)
        canonical = self._canonical(best.number, settle=True)
        if len(memory) != known:
            around = judge.around()
        if canonical != best.number and not judge.judge(told, canonical, around).is_related:
            canonical = 0
        name = self._id(canonical) if canonical else prepared.document.id
        return best.match(self._id(best.number), name), best.number, canonical, group

    def _canonical(self, number: int, *, settle: bool = False) -> int:
        """Return who speaks for the cluster of a document: itself when it does not match who does now."""
        memory = self._memory
        canonical = memory.anchors.canonical(number)
        while canonical != number and memory.index.time(canonical) < memory.since:
            memory.forget(canonical)
            canonical = memory.anchors.canonical(number)
        if canonical == memory.anchors.anchor(number):
            return canonical
        if not self._verifies(number, canonical):
            canonical = number
        if settle:
            memory.move(number, canonical)
        return canonical

    def _remember(self, prepared: Prepared, ids: bytes, time: int, canonical: int, group: int) -> None:
        memory, document = self._memory, prepared.document
        before = memory.among(ids, document.id) if ids else 0
        entry = Entry(document.id, document.text, document.title, document.source, prepared.cuts)
        number = memory.insert(entry, prepared.keyed, time, canonical, group)
        if before:
            memory.forget(before)
        if canonical and self._reelects and memory.rank(number) < memory.rank(canonical):
            self._reelect(canonical, number)

    def _reelect(self, canonical: int, better: int) -> None:
        if self._verifies(canonical, better):
            self._memory.outrank(canonical, better)

    def _verifies(self, number: int, canonical: int) -> bool:
        judge = self._judge
        return judge.judge(judge.known(number), canonical, judge.around()).is_related

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
