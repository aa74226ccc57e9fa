"""documents in any order -> the ones to learn from, by source, in bounded memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from dedup.document import Document

LONGEST = 50_000  # code points read of a document: its beginning and its end
LEAST = 10  # documents of a source that are always kept
TITLE = 300  # code points read of a title


@dataclass(slots=True)
class Text:
    """A text of one source, with the title of its copies (of several, the least) and their first and last time."""

    title: str
    text: str
    first: datetime | None
    last: datetime | None


class Sample:
    """Keeps the texts of a feed, each once; of one too large, the same share of every source.

    Beyond `most` texts every source is held to the number that brings the sum under it (never below 10): those
    with the lowest hashes stay, so what is kept depends neither on the order nor on how often it had to be cut.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._sources: dict[str, dict[bytes, Text]] = {}
        self._size = 0

    def add_all(self, documents: Iterable[Document]) -> "Sample":
        """Take in documents; texts that are blank teach nothing."""
        for document in documents:
            if document.text.strip():
                self._add(document)
            if self._size >= 2 * self.most:
                self._cut()
        self._cut()
        return self

    def _add(self, document: Document) -> None:
        text, source = _clipped(document.text), document.source or ""
        title = (document.title or "")[:TITLE]
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        known = self._sources.setdefault(source, {})
        seen = known.get(digest)
        if seen is None:
            known[digest] = Text(title, text, document.time, document.time)
            self._size += 1
            return
        seen.title = min(filter(None, (seen.title, title)), default="")
        if document.time is not None:
            seen.first = min(seen.first or document.time, document.time)
            seen.last = max(seen.last or document.time, document.time)

    def _cut(self) -> None:
        sizes = [len(known) for known in self._sources.values()]
        if sum(sizes) <= self.most:
            return
        low, high = LEAST, max(LEAST, *sizes)
        while low < high:
            middle = (low + high + 1) // 2
            fits = sum(min(size, middle) for size in sizes) <= self.most
            low, high = (middle, high) if fits else (low, middle - 1)
        for source, known in self._sources.items():
            if len(known) > low:
                self._sources[source] = {digest: known[digest] for digest in sorted(known)[:low]}
        self._size = sum(map(len, self._sources.values()))

    def sources(self) -> Iterator[tuple[str, list[Text]]]:
        """Yield each source with its texts, both in an order that only what they say decides."""
        for source, known in sorted(self._sources.items()):
            yield source, [known[digest] for digest in sorted(known)]


def _clipped(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    return text[: LONGEST // 2] + "\n\n" + text[-LONGEST // 2 :]
