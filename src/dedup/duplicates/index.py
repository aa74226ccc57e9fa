"""documents -> the keys they are found by, in batches."""

from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from dedup import _kernel
from dedup.checks import expect
from dedup.document import Document
from dedup.duplicates.archive import Entry
from dedup.duplicates.settings import Settings
from dedup.duplicates.sketch import Permutations

NO_STORY = 1, b"", b"", 0, 0, 1, True  # how to describe what has none


class Keyed(NamedTuple):
    """How a document is found: how many words its story has, and its keys (u32 bytes)."""

    words: int
    keys: bytes

    def under(self, id: bytes) -> "Keyed":
        """Return how the same story is found as that of a document whose id has another key (u32 bytes)."""
        return Keyed(self.words, id + self.keys[len(id) :])


class Prepared(NamedTuple):
    """A document, what is cut out of it (start and end pairs, u32 bytes) and its keys: all that needs no memory."""

    document: Document
    cuts: bytes
    keyed: Keyed

    @property
    def entry(self) -> Entry:
        """What is kept of it."""
        document = self.document
        return Entry(document.id, document.text, document.title, document.source, self.cuts)

    def renamed(self, id: str) -> "Prepared":
        """Return the same document under another id."""
        *_, key = _kernel.describe([expect("id", id, str, "pass a str")], [""], [b""], *NO_STORY)
        return self._replace(document=replace(self.document, id=id), keyed=self.keyed.under(key))


class Describer:
    """Gives documents their keys; the permutations are drawn once."""

    def __init__(self, settings: Settings) -> None:
        drawn = Permutations.of(settings.permutations, settings.seed)
        self._scheme = (
            settings.shingle, drawn.multipliers, drawn.increments, settings.bands, settings.rows, settings.sample, True,
        )  # fmt: skip

    def describe(self, ids: Sequence[str], texts: Sequence[str], cuts: list[bytes]) -> list[Keyed]:
        """Return the keys of each document's story: its text without `cuts` (start and end pairs, u32 bytes)."""
        words, ends, keys = _kernel.describe(ids, texts, cuts, *self._scheme)
        described, start = [], 0
        for count, end in zip(array("I", words), array("I", ends), strict=True):
            described.append(Keyed(count, keys[start : 4 * end]))
            start = 4 * end
        return described
