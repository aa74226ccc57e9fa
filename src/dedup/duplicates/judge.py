"""a document and the numbers of known ones -> how it relates to each."""

from collections.abc import Iterable
from typing import NamedTuple

from dedup.document import RELATED, RELATIONS, Match
from dedup.duplicates.furniture import Surroundings, Told
from dedup.duplicates.index import Prepared
from dedup.duplicates.memory import Memory, source_number
from dedup.duplicates.settings import Settings
from dedup.duplicates.stories import Stories
from dedup.duplicates.story import Story
from dedup.duplicates.verify import Comparison, is_close, is_copy, match, may_relate, relate


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
        self._stories = Stories(memory.archive, settings.shingle)
        self.pairs = 0

    def around(self) -> Surroundings:
        """Return the surroundings of one search; nothing may be remembered or forgotten before it ends."""
        return Surroundings(self._memory, self._settings, self._stories)

    def told(self, prepared: Prepared) -> Told:
        """Return the story of a document that is not known."""
        document = prepared.document
        story = Story.of(document.text, prepared.cuts, self._settings.shingle)
        return Told(story, source_number(document.source), id=document.id, keys=prepared.keyed.keys)

    def known(self, number: int) -> Told:
        """Return the story of a known document."""
        (story,) = self._stories.get([number])
        return Told(story, self._memory.source(number), number)

    def judge(self, told: Told, number: int, around: Surroundings) -> Judged:
        """Return how a story relates to the document `number`."""
        self.pairs += 1
        pair = around.compare(told, self.known(number))
        return Judged(number, pair, relate(pair, self._settings))

    def relates(self, told: Told, number: int, around: Surroundings) -> bool:
        """Return whether a story is related to the document `number`."""
        return any(each.is_related for each in self.judged(told, [number], around))

    def judged(self, told: Told, numbers: Iterable[int], around: Surroundings) -> list[Judged]:
        """Return how a story relates to those of the documents `numbers` that are related or copies.

        Best first, then oldest first. A copy may be unrelated, when most of it is frame.
        """
        numbers, found = list(numbers), []
        self.pairs += len(numbers)
        for number, overlap in zip(numbers, around.overlaps(told.story, numbers), strict=True):
            if not is_close(overlap):
                continue
            pair = around.compare(told, self.known(number))
            if is_copy(overlap) or may_relate(pair, self._settings):
                found.append(Judged(number, pair, relate(pair, self._settings)))
        return sorted(found, key=lambda each: (RELATIONS.index(each.relation), -each.pair.resemblance, each.number))
