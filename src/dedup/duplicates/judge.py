"""a document and the numbers of known ones -> how it relates to each."""

from array import array
from collections.abc import Iterable
from typing import NamedTuple

from dedup.document import RELATED, RELATIONS, Match
from dedup.duplicates.furniture import Surroundings, Told
from dedup.duplicates.index import Prepared
from dedup.duplicates.memory import Memory
from dedup.duplicates.settings import Settings
from dedup.duplicates.story import Story
from dedup.duplicates.verify import Comparison, match, relate


class Judged(NamedTuple):
    """A known document, and how a story relates to it."""

    number: int
    pair: Comparison
    relation: str

    @property
    def is_related(self) -> bool:
        return self.relation in RELATED

    def match(self, id: str, canonical: str) -> Match:
        return match(self.pair, self.relation, id=id, canonical=canonical)


class Judge:
    """Compares documents with what a memory holds; `pairs` counts them."""

    def __init__(self, memory: Memory, settings: Settings) -> None:
        self._memory, self._settings = memory, settings
        self.pairs = 0

    def around(self) -> Surroundings:
        """Return the surroundings of one search; nothing may be remembered or forgotten before it ends."""
        return Surroundings(self._memory, self._settings.neighbours, lambda number: self.known(number).story)

    def told(self, prepared: Prepared) -> Told:
        """Return the story of a document that is not known."""
        document = prepared.document
        return Told(document.id, document.source, self._story(document.text, prepared.cuts), prepared.keyed.keys, 0)

    def known(self, number: int) -> Told:
        """Return the story of a known document."""
        entry = self._memory.archive.get(number)
        return Told(entry.id, entry.source, self._story(entry.text, entry.cuts), b"", number)

    def _story(self, text: str, cuts: bytes) -> Story:
        edges = array("I", cuts)
        return Story.of(text, zip(edges[::2], edges[1::2], strict=True), self._settings.shingle)

    def judge(self, told: Told, number: int, around: Surroundings) -> Judged:
        """Return how a story relates to the document `number`."""
        self.pairs += 1
        pair = around.compare(told, self.known(number))
        return Judged(number, pair, relate(pair, self._settings))

    def judged(self, told: Told, numbers: Iterable[int], around: Surroundings) -> list[Judged]:
        """Return how a story relates to each of the documents `numbers`, best first, then oldest first."""
        return sorted(
            (self.judge(told, number, around) for number in numbers),
            key=lambda each: (RELATIONS.index(each.relation), -each.pair.resemblance, each.number),
        )
