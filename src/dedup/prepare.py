"""documents -> what is cut out of them and the keys they are found by: all that needs no memory, on any core."""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from dedup.boilerplate.cleaner import Cleaner
from dedup.checks import expect
from dedup.document import Document, Span
from dedup.duplicates.index import Describer, Keyed, Prepared
from dedup.duplicates.settings import Settings
from dedup.workers import map_on_processes

LATEST = 1 << 22  # characters of texts that are kept with what was found of them, so far as a batch goes
BESIDES = 500  # what is kept with a text counts as so many

Batch = TypeVar("Batch")
Body = tuple[str, str | None]  # of a document: text, source
Fields = tuple[str, Body]  # of a document: id, body
Found = tuple[bytes, Keyed]


class Preparer:
    """Does all that needs no memory for documents; once for the exact copies of a text that come soon after it."""

    def __init__(self, cleaner: Cleaner, settings: Settings) -> None:
        self._cleaner, self.describer = cleaner, Describer(settings)
        self._latest = Latest()

    def prepare(self, documents: Sequence[Document]) -> list[Prepared]:
        """Return documents with their cuts and keys."""
        return _joined(documents, self._find(_fields(documents)))

    def prepare_many(
        self, batches: Iterable[Batch | None], documents: Callable[[Batch], Sequence[Document]], workers: int
    ) -> Iterator[tuple[Batch, list[Prepared]]]:
        """Yield each batch with `prepare(documents(batch))`, in order, worked out by `workers` processes.

        None among the batches says that the next is not there yet; see `dedup.workers`.
        """

        def fields(batch: Batch) -> list[Fields]:
            return _fields(documents(batch))

        for batch, found in map_on_processes(self._find, batches, fields, workers):
            yield batch, _joined(documents(batch), found)

    def _find(self, fields: Sequence[Fields]) -> list[Found]:
        latest = self._latest
        new = list(dict.fromkeys(body for _, body in fields if body not in latest.found))
        latest.found.update(zip(new, self._worked_out(new), strict=True))
        latest.characters += sum(BESIDES + len(text) for text, _ in new)
        if latest.characters > LATEST:
            self._latest = Latest()
        ids = self.describer.describe([id for id, _ in fields], [""] * len(fields), [b""] * len(fields))
        found = (latest.found[body] for _, body in fields)
        return [(cuts, keyed.under(id.keys)) for (cuts, keyed), id in zip(found, ids, strict=True)]

    def _worked_out(self, bodies: Sequence[Body]) -> list[Found]:
        """Return the cuts and keys of texts, as of documents without an id."""
        texts, sources = [text for text, _ in bodies], [source for _, source in bodies]
        spans = self._cleaner.spans_many(texts, sources=sources)
        cuts = [_cuts(each) if each else b"" for each in spans]
        return list(zip(cuts, self.describer.describe([""] * len(texts), texts, cuts), strict=True))


class Latest:
    """What was found of the latest texts, and how many characters it takes to keep that."""

    def __init__(self) -> None:
        self.found: dict[Body, Found] = {}
        self.characters = 0


def _fields(documents: Sequence[Document]) -> list[Fields]:
    for each in documents:
        expect("document", each, Document, "pass a Document")
    return [(each.id, (each.text, each.source)) for each in documents]


def _joined(documents: Sequence[Document], found: Sequence[Found]) -> list[Prepared]:
    return [Prepared(document, *each) for document, each in zip(documents, found, strict=True)]


def _cuts(spans: Iterable[Span]) -> bytes:
    edges = (edge for span in spans if span.action == "remove" for edge in (span.start, span.end))
    return array("I", edges).tobytes()
