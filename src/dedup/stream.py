"""documents one at a time -> what is known of each already: a rolling window in bounded memory."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from os import PathLike
from typing import Any, Unpack

from dedup.boilerplate.cleaner import Cleaner
from dedup.checks import every, expect, positive
from dedup.document import DedupError, Document, Match, UnknownDocument, check_time, misfit
from dedup.duplicates.archive import instant
from dedup.duplicates.bounds import Bounds
from dedup.duplicates.cluster import ranking
from dedup.duplicates.decide import relate
from dedup.duplicates.furniture import Subject
from dedup.duplicates.index import Prepared
from dedup.duplicates.memory import Memory
from dedup.duplicates.settings import Settings, SettingsKeywords
from dedup.duplicates.store import Store, identity
from dedup.duplicates.verdict import Held, Verdict
from dedup.duplicates.verify import Comparison, match
from dedup.prepare import Batch, Preparer
from dedup.workers import batched

BATCH = 64  # documents that are prepared together


class Deduplicator:
    """Says of each document whether its story is known, and remembers it.

    `window` bounds what is remembered by event time (the newest time seen is now), `max_documents` by number, and
    `max_memory` by the bytes it takes (texts, of which 2 MB stay in memory, not counted).
    A document without a time counts as new. One older than the window is answered but not remembered.
    `canonical` says which document speaks for a cluster: "earliest" (the first to arrive), "longest", a list of
    sources from the most trusted on, or a function of a document whose lowest value is the best. When a better one
    arrives, or the canonical document is forgotten, the best of the others takes its place; each of them stays in
    the cluster if it matches the new one, which is looked at when it is next matched. Memory is about 1 KB per
    document: texts are kept in a temporary file. With `path` everything is kept in that file (SQLite): a deduplicator
    that opens it later, even after a crash, goes on where the last one stopped. It must be opened with the settings,
    the catalogue, policy and actions of the cleaner, and the `canonical` it was made with, or `DedupError` is raised;
    only two functions as `canonical` cannot be told apart, so pass the same one. `settings` are those of `Settings`.
    `id in seen`, `len(seen)` and `with` work. Raises `BadType` or `BadValue` for arguments that do not fit.

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
        **settings: Unpack[SettingsKeywords],
    ) -> None:
        bounds = Bounds.of(window, max_documents, max_memory)
        self.settings = Settings.of(settings)
        self.cleaner = Cleaner() if cleaner is None else expect("cleaner", cleaner, Cleaner, "pass a Cleaner")
        self._preparer = Preparer(self.cleaner, self.settings)
        rank = ranking(canonical)
        self._store = None if path is None else Store(path, identity(self.settings, self.cleaner.identity, canonical))
        memory = Memory(self.settings, self._preparer.describer, rank, bounds, self._store)
        self._held: Held | None = Held.of(memory, self.settings, None if canonical == "earliest" else rank)

    @property
    def _open(self) -> Held:
        if self._held is None:
            raise self._store.closed if self._store else DedupError("the deduplicator is closed; make a new one")
        return self._held

    def __enter__(self) -> "Deduplicator":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._open.memory)

    def __contains__(self, id: str) -> bool:
        return self._open.memory.number(expect("id", id, str, "pass a str")) != 0

    @property
    def stats(self) -> dict[str, int]:
        """What is held, and what it cost.

        `documents`; bytes of `index`, and of texts in `memory` and on `disk`; so far `late`: older than the window when
        they came, `crowded_out`: keys so common that they forgot their oldest documents, `probes` of the index, and
        `verifications` of pairs.
        """
        return {**self._open.memory.stats, "verifications": self._open.judge.pairs}

    def add(self, document: Document) -> Match | None:
        """Return the best match among what is known, or None, and remember the document.

        Of exact copies only the first is remembered; for the window it is as young as the latest of them. (One that
        would speak better for its cluster by the policy of `canonical` is remembered too.)
        """
        answer = self.answer(self.prepare([document])[0])
        self.commit()
        return answer

    def add_many(self, documents: Iterable[Document], *, workers: int | None = None) -> Iterator[Match | None]:
        """Yield `add(document)` for each of `documents`, in order.

        Documents are read a batch ahead, and with a store the answers of a batch are committed together, before the
        first is given. `workers` processes, this one among them and at most four for each core, clean and sketch and
        never change the answers. (Where processes are spawned, as on Windows and macOS, a script that asks for more
        keeps its work under `if __name__ == "__main__":`.) Raises `BadType` or `BadValue`, at once but for documents.
        """
        batches = batched(every("document", documents, Document, "pass a Document"), BATCH)
        return self._answers(self.prepare_many(batches, list, 1 if workers is None else workers))

    def _answers(self, batches: Iterable[tuple[list[Document], list[Prepared]]]) -> Iterator[Match | None]:
        if self._store is None:
            yield from map(self.answer, chain.from_iterable(prepared for _, prepared in batches))
        for _, prepared in batches:
            answers = [*map(self.answer, prepared)]
            self.commit()
            yield from answers

    def find(self, document: Document) -> list[Match]:
        """Return every verified match, best first, among what is most promising; nothing is remembered.

        No more documents than the setting `candidates` (32) are verified, those that share most with this one, and
        besides them its exact copies. Raise it where more are to be found. What no longer counts may be forgotten.
        """
        (prepared,) = self.prepare([document])
        _, copies, candidates = self._search(prepared)
        judge, numbers = self._open.judge, {*array("I", copies), *array("I", candidates)}
        found = judge.related(judge.subject(prepared), numbers, judge.around())
        matches = [each.match(self._id(each.number), self._id(self._open.speaker.of(each.number))) for each in found]
        self.commit()
        return matches

    def remove(self, id: str) -> None:
        """Forget the document with that id; raises `UnknownDocument` when it is not known."""
        self._open.memory.forget(self._number(id))
        self.commit()

    def expire(self, before: datetime) -> None:
        """Forget every document whose time is before `before`, an aware `datetime`."""
        check_time("before", before)
        self._open.memory.expire(instant(before))
        self.commit()

    def commit(self, note: bytes | None = None) -> None:
        """Make everything so far last, where there is a store; `note` lasts with it, for the caller's own use."""
        self._open.memory.commit(note)

    @property
    def note(self) -> bytes:
        """The last note that was committed, b"" when there is none."""
        return self._open.memory.note

    def snapshot(self, path: str | PathLike[str]) -> None:
        """Write the store to another file, which must not exist; raises `DedupError` when there is no store."""
        self._open.memory.snapshot(path)

    def close(self) -> None:
        """Forget everything; what is in a store stays there. After that every call raises `DedupError`."""
        if self._held is not None:
            self._held.memory.archive.close()
        self._held = None

    def canonical(self, id: str) -> str:
        """Return the id of who speaks for the cluster of a known document; raises `UnknownDocument` for others."""
        canonical = self._open.speaker.of(self._number(id), settle=True)
        self.commit()
        return self._id(canonical)

    def compare(self, a: Document | str, b: Document | str) -> Match:
        """Return how `a` relates to `b`, each a document or the id of a known one; nothing is remembered.

        Raises `UnknownDocument` when an id is not known.
        """
        for name, each in (("a", a), ("b", b)):
            if not isinstance(each, Document | str):
                raise misfit(name, each, "pass a Document, or the id of one that is known")
        if isinstance(b, Document):
            pair = self._comparison(a, b)
            return match(pair, relate(pair, self.settings), id=b.id, canonical=b.id)
        number, judge = self._number(b), self._open.judge
        judged = judge.judge(self._subject(a), number, judge.around())
        return judged.match(b, self._id(self._open.speaker.of(number)))

    def _comparison(self, a: Document | str, b: Document) -> Comparison:
        """Return what is measured to compare `a` with `b`, before the thresholds of the settings."""
        return self._open.judge.around().compare(self._subject(a), self._subject(b))

    def _subject(self, document: Document | str) -> Subject:
        if isinstance(document, str):
            return self._open.judge.known(self._number(document))
        return self._open.judge.subject(self.prepare([document])[0])

    def prepare(self, documents: Sequence[Document]) -> list[Prepared]:
        """Do all that needs no memory for documents: on any thread, to `answer` them later."""
        return self._preparer.prepare(documents)

    def prepare_many(
        self, batches: Iterable[Batch | None], documents: Callable[[Batch], Sequence[Document]], workers: int
    ) -> Iterator[tuple[Batch, list[Prepared]]]:
        """Yield each batch with `prepare(documents(batch))`, in order, worked out by `workers` processes."""
        return self._preparer.prepare_many(batches, documents, positive("workers", workers))

    def answer(self, prepared: Prepared) -> Match | None:
        """Return `add` of the document; where there is a store, it lasts once `commit` is called."""
        memory, judge, speaker = self._open
        time = memory.advance(prepared.document.time)
        ids, copies, candidates = self._search(prepared)
        verdict = Verdict()
        around = judge.around() if copies or candidates else None
        if around:
            subject = judge.subject(prepared)
            verdict = self._open.verdict(subject, copies, candidates, around)
        if time < memory.since:
            memory.late += 1
            return verdict.match
        better = verdict.canonical != 0 and speaker.is_outranked(verdict.canonical, prepared, time)
        if verdict.is_exact:
            memory.refresh(verdict.number, time)
        if better or not verdict.is_exact:
            number = self._remember(prepared, ids, time, verdict)
            if around:
                around.keep(number, subject)
            if better:
                speaker.replace(verdict.canonical, number)
        memory.shrink()
        return verdict.match

    def _search(self, prepared: Prepared) -> tuple[bytes, bytes, bytes]:
        """Return the numbers of documents with the same id, with the same story, and of candidates."""
        memory = self._open.memory
        return memory.index.find(prepared.keyed.keys, memory.since, self.settings.candidates)

    def _remember(self, prepared: Prepared, ids: bytes, time: int, verdict: Verdict) -> int:
        memory = self._open.memory
        before = memory.among(ids, prepared.document.id) if ids else 0
        passed = not verdict.is_duplicate or (verdict.is_exact and memory.is_passed(verdict.number))
        number = memory.insert(prepared.entry, prepared.keyed, time, verdict.canonical, verdict.group, passed=passed)
        if before:
            memory.forget(before)
        return number

    def _id(self, number: int) -> str:
        return self._open.memory.archive.id(number)

    def _number(self, id: str) -> int:
        number = self._open.memory.number(expect("id", id, str, "pass a str"))
        if not number:
            raise UnknownDocument(f"no document {id!r} is known")
        return number


def compare(a: str | Document, b: str | Document, *, context: Deduplicator | None = None) -> Match:
    """Return how text `a` relates to text `b`; `match.duplicate` says whether `a` can be dropped.

    With `context`, the cleaner and settings of that deduplicator are used, and what it has read tells furniture
    (runs of words that other stories repeat) from story. To compare many, pass one: without it each call makes a
    deduplicator, which takes longer than the comparison. Raises nothing for any text.

    >>> compare("The bridge reopened.", "Nothing to see here.").relation
    'distinct'
    """
    seen = Deduplicator() if context is None else expect("context", context, Deduplicator, "pass a Deduplicator")
    fix = "pass a str or a Document"
    documents = [
        each if isinstance(each, Document) else Document(name, expect(name, each, str, fix))
        for name, each in (("a", a), ("b", b))
    ]
    return seen.compare(*documents)
