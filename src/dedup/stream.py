"""documents one at a time -> what is known of each already: a rolling window in bounded memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from types import TracebackType
from typing import Any

from dedup.boilerplate.cleaner import Cleaner
from dedup.document import RELATED, Document, Match
from dedup.duplicates.index import Index
from dedup.duplicates.settings import Settings
from dedup.duplicates.shingle import sampled, shingles
from dedup.duplicates.sketch import Scheme, Sketcher
from dedup.duplicates.verify import Comparison, Story, match, relate


@dataclass(slots=True)
class _Known:
    """A remembered document: its text and boilerplate, so that its story can be told again."""

    id: str
    canonical: str
    text: str
    removed: tuple[tuple[int, int], ...]
    time: datetime | None  # of the document, or of its latest exact copy
    since: datetime | None  # what was now when it got its number
    key: bytes


class Deduplicator:
    """Says of each document whether its story is known, and remembers it.

    `window` bounds what is remembered by event time (the newest time seen is now), `max_documents` by number.
    A document without a time counts as new. One older than the window is answered but not remembered.
    Memory is about 1 KB per document on top of its text. Settings: see `dedup.duplicates.settings.Settings`.

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
        cleaner: Cleaner | None = None,
        **settings: Any,
    ) -> None:
        if window is not None and window <= timedelta(0):
            raise ValueError(f"window is {window}; pass a positive timedelta, or None to remember everything")
        if max_documents is not None and max_documents < 1:
            raise ValueError(f"max_documents is {max_documents}; pass 1 or more, or None to remember everything")
        self.settings = Settings.of(settings)
        self.cleaner = Cleaner() if cleaner is None else cleaner
        self._window, self._max_documents = window, max_documents
        self._sketcher = Sketcher(Scheme(self.settings.shingle, self.settings.permutations, self.settings.seed))
        self._index = Index(self.settings)
        self._known: dict[int, _Known] = {}  # by number, oldest first
        self._numbers: dict[str, int] = {}  # by id
        self._copies: dict[bytes, int] = {}  # by the hash of the story's words
        self._last = 0
        self._now: datetime | None = None

    def __enter__(self) -> "Deduplicator":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._known)

    def __contains__(self, id: str) -> bool:
        return id in self._numbers

    def add(self, document: Document) -> Match | None:
        """Return the best match among what is known, or None, and remember the document.

        Of exact copies only the first is kept in memory; for the window it is as young as the latest of them.
        """
        self._advance(document.time)
        prepared = self._prepare(document)
        copy = self._copy(prepared[2])
        matches = self._verified(prepared[0], self._candidates(prepared[0]) if copy is None else [copy])
        best = self._settle(matches[0], document.id, prepared[0]) if matches else None
        time = document.time or self._now
        if self._outdated(time):
            return best
        if best is not None and best.relation == "exact":
            self._refresh(best.id, time)
        else:
            self._remember(document, prepared, best.canonical if best else document.id, time)
        self._shrink()
        return best

    def add_many(self, documents: Iterable[Document], *, workers: int | None = None) -> Iterator[Match | None]:
        """Yield `add(document)` for each of `documents`, in order. `workers` never changes the answers."""
        yield from map(self.add, documents)

    def find(self, document: Document) -> list[Match]:
        """Return every verified match, best first; nothing is remembered."""
        story, _, key = self._prepare(document)
        copy = self._copy(key)
        return self._verified(story, {*self._candidates(story), *([] if copy is None else [copy])})

    def remove(self, id: str) -> None:
        """Forget the document with that id; raises `KeyError` when it is not known."""
        number = self._numbers.get(id)
        if number is None:
            raise KeyError(f"no document {id!r} is known")
        self._forget(number)

    def expire(self, before: datetime) -> None:
        """Forget every document whose time is before `before`."""
        for number in [number for number, each in self._known.items() if each.time and each.time < before]:
            self._forget(number)

    def close(self) -> None:
        """Forget everything."""
        self._known.clear()
        self._numbers.clear()
        self._copies.clear()
        self._index = Index(self.settings)

    def compare(self, a: Document, b: Document | str) -> Match:
        """Return how `a` relates to `b`, a document or the id of a known one; nothing is remembered.

        Raises `KeyError` when the id is not known.
        """
        if isinstance(b, Document):
            id, canonical, other = b.id, b.id, self._story(b.text, self._removed(b))
        else:
            if b not in self._numbers:
                raise KeyError(f"no document {b!r} is known")
            known = self._known[self._numbers[b]]
            id, canonical, other = known.id, known.canonical, self._story(known.text, known.removed)
        comparison = Comparison(self._story(a.text, self._removed(a)), other)
        return match(comparison, relate(comparison, self.settings), id=id, canonical=canonical)

    # -- preparing

    def _removed(self, document: Document) -> tuple[tuple[int, int], ...]:
        cleaned = self.cleaner.clean(document.text, document.source)
        return tuple((span.start, span.end) for span in cleaned.removed)

    def _story(self, text: str, removed: tuple[tuple[int, int], ...]) -> Story:
        return Story.of(text, removed, self.settings.shingle)

    def _prepare(self, document: Document) -> tuple[Story, tuple[tuple[int, int], ...], bytes]:
        removed = self._removed(document)
        story = self._story(document.text, removed)
        return story, removed, blake2b(story.tokens.hashes, digest_size=16).digest()

    # -- finding

    def _copy(self, key: bytes) -> int | None:
        """Return the number of the document whose story has that hash."""
        number = self._copies.get(key)
        return number if number is not None and self._visible(number) else None

    def _verified(self, story: Story, numbers: Iterable[int]) -> list[Match]:
        """Return the matches among the documents `numbers`, best first, then oldest first."""
        found = []
        for number in numbers:
            comparison = Comparison(story, self._story(self._known[number].text, self._known[number].removed))
            relation = relate(comparison, self.settings)
            if relation in RELATED:
                found.append((RELATED.index(relation), -comparison.resemblance, number, comparison, relation))
        return [
            match(comparison, relation, id=self._known[number].id, canonical=self._known[number].canonical)
            for _, _, number, comparison, relation in sorted(found, key=lambda each: each[:3])
        ]

    def _candidates(self, story: Story) -> list[int]:
        hashes = shingles(story.tokens, self.settings.shingle)
        signature, sample = self._sketcher.sketch(hashes), sampled(hashes, self.settings.sample)
        return self._index.candidates(signature, sample, self._visible)

    def _visible(self, number: int) -> bool:
        known = self._known.get(number)
        return known is not None and not self._outdated(known.time)

    def _settle(self, best: Match, id: str, story: Story) -> Match:
        """Return `best` with the canonical document the new one really verifies against, itself if none."""
        if best.canonical == best.id:
            return best
        number = self._numbers.get(best.canonical)
        if number is not None and self._visible(number):
            known = self._known[number]
            comparison = Comparison(story, self._story(known.text, known.removed))
            if relate(comparison, self.settings) in RELATED:
                return best
        return replace(best, canonical=id)

    # -- remembering

    def _remember(
        self,
        document: Document,
        prepared: tuple[Story, tuple[tuple[int, int], ...], bytes],
        canonical: str,
        time: datetime | None,
    ) -> None:
        story, removed, key = prepared
        if document.id in self._numbers:
            self._forget(self._numbers[document.id])
        self._insert(_Known(document.id, canonical, document.text, removed, time, time, key), story)

    def _insert(self, known: _Known, story: Story) -> None:
        self._last += 1
        known.since = self._now
        self._known[self._last] = known
        self._numbers[known.id] = self._last
        if not story.words:
            return
        self._copies[known.key] = self._last
        hashes = shingles(story.tokens, self.settings.shingle)
        self._index.add(self._last, self._sketcher.sketch(hashes), sampled(hashes, self.settings.sample))

    def _refresh(self, id: str, time: datetime | None) -> None:
        known = self._known[self._numbers[id]]
        if time is not None and (known.time is None or known.time < time):
            known.time = time

    def _renumber(self, number: int) -> None:
        """Move a document whose story kept coming to the young end."""
        known = self._known[number]
        self._forget(number)
        self._insert(known, self._story(known.text, known.removed))

    def _forget(self, number: int) -> None:
        known = self._known.pop(number)
        if self._numbers.get(known.id) == number:
            del self._numbers[known.id]
        if self._copies.get(known.key) == number:
            del self._copies[known.key]

    # -- the window

    def _advance(self, time: datetime | None) -> None:
        if time is None or (self._now is not None and time <= self._now):
            return
        if self._now is None:
            for known in self._known.values():
                known.time = known.time or time
                known.since = time
        self._now = time

    def _outdated(self, time: datetime | None) -> bool:
        if self._window is None or time is None or self._now is None:
            return False
        return self._now - time > self._window

    def _shrink(self) -> None:
        """Let go of the oldest arrivals that no longer count; later ones wait for their turn, unseen."""
        while self._known:
            number, oldest = next(iter(self._known.items()))
            too_many = self._max_documents is not None and len(self._known) > self._max_documents
            if too_many or self._outdated(oldest.time):
                self._forget(number)
            elif self._outdated(oldest.since):
                self._renumber(number)
            else:
                break
        self._index.expire(next(iter(self._known), self._last + 1))


def compare(a: str | Document, b: str | Document, *, context: Deduplicator | None = None) -> Match:
    """Return how text `a` relates to text `b`; `match.duplicate` says whether `a` can be dropped.

    With `context`, the cleaner and settings of that deduplicator are used. Raises nothing for any text.

    >>> compare("The bridge reopened.", "Nothing to see here.").relation
    'distinct'
    """
    documents = [each if isinstance(each, Document) else Document(name, each) for name, each in (("a", a), ("b", b))]
    return (Deduplicator() if context is None else context).compare(*documents)
