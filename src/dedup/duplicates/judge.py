"""a document and the numbers of known ones -> how it relates to each."""

from collections.abc import Iterable
from typing import NamedTuple

from dedup.document import DUPLICATES, RELATED, RELATIONS, Match
from dedup.duplicates.decide import relate
from dedup.duplicates.furniture import Subject, Surroundings
from dedup.duplicates.index import Prepared
from dedup.duplicates.memory import Memory, source_number
from dedup.duplicates.settings import Settings
from dedup.duplicates.stories import Stories
from dedup.duplicates.story import Story
from dedup.duplicates.verify import (
    AS_DUPLICATE,
    AS_EXPANSION,
    AS_UPDATE,
    Comparison,
    Overlap,
    is_close,
    is_copy,
    match,
    may_relate,
    resemblance,
)

# by the best relation so far: the ways in which another document can be related better
BETTER = {"excerpt": AS_DUPLICATE, "expansion": AS_DUPLICATE, "update": AS_EXPANSION}


class Judged(NamedTuple):
    """A known document, and how a story relates to it."""

    number: int
    pair: Comparison
    relation: str

    @property
    def is_related(self) -> bool:
        return self.relation in RELATED

    @property
    def is_duplicate(self) -> bool:
        return self.relation in DUPLICATES

    def match(self, id: str, canonical: str) -> Match:
        return match(self.pair, self.relation, id=id, canonical=canonical)


class Best(NamedTuple):
    """The known document a story is most closely related to, None where there is none, and its best copy, or 0."""

    judged: Judged | None
    copied: int


class Judge:
    """Compares documents with what a memory holds; `pairs` counts them."""

    def __init__(self, memory: Memory, settings: Settings) -> None:
        self._memory, self._settings = memory, settings
        self._stories = Stories(memory.archive, settings)
        self.pairs = 0

    def around(self) -> Surroundings:
        """Return the surroundings of one search; nothing may be remembered or forgotten before it ends."""
        return Surroundings(self._memory, self._stories)

    def subject(self, prepared: Prepared) -> Subject:
        """Return the story of a document that is not known."""
        document = prepared.document
        story = Story.of(document.text, prepared.cuts, self._settings.shingle, document.title or "")
        return Subject(story, 0, source_number(document.source), document.id, prepared.keyed.keys)

    def known(self, number: int) -> Subject:
        """Return the story of a known document."""
        (story,) = self._stories.get([number])
        return Subject(story, number)

    def judge(self, subject: Subject, number: int, around: Surroundings) -> Judged:
        """Return how a story relates to the document `number`."""
        pair = around.compare(subject, self.known(number))
        return Judged(number, pair, relate(pair, self._settings))

    def related(self, subject: Subject, numbers: Iterable[int], around: Surroundings) -> list[Judged]:
        """Return how a story relates to those of the documents `numbers` it is related to, best first, then oldest."""
        close = self._close(subject, numbers, around)
        found = (self._closely(subject, number, overlap, around, AS_UPDATE) for number, overlap in close.items())
        return sorted((each for each in found if each is not None and each.is_related), key=_goodness)

    def best(self, subject: Subject, copies: Iterable[int], candidates: Iterable[int], around: Surroundings) -> Best:
        """Return the first of what `related` would, and the best of the copies, frame and all.

        Of documents related in the same way the one that resembles most is the best, so those that resemble most are
        judged first, and when one is a copy no others are, nor those that can be related in no better way than the best
        so far. A copy may be unrelated, when most of it is frame or its title is another.
        """
        twin = self._twin(subject, copies, around)
        if twin is not None and twin.is_related:
            return Best(twin, twin.number)
        best, judged = None, {}
        close = self._close(subject, candidates, around)
        for number, overlap in close.items():
            ways = AS_UPDATE if best is None else BETTER[best.relation]
            each = judged[number] = self._closely(subject, number, overlap, around, ways)
            if each is not None and each.is_related and (best is None or _goodness(each) < _goodness(best)):
                best = each
            if best is not None and best.relation in ("exact", "near"):
                break
        if best is not None and is_copy(best.pair.overlap):
            return Best(best, best.number)
        if twin is not None:
            return Best(best, twin.number)
        copied = [
            judged.get(number) or self.judge(subject, number, around)
            for number, overlap in close.items()
            if is_copy(overlap)
        ]
        return Best(best, min(copied, key=_goodness).number if copied else 0)

    def _twin(self, subject: Subject, copies: Iterable[int], around: Surroundings) -> Judged | None:
        """Return how a story relates to the first of its exact copies, of those it is related to if there are any."""
        first = None
        for number in copies:
            if self.known(number).story.hashes == subject.story.hashes:
                self.pairs += 1
                exact = self.judge(subject, number, around)
                if exact.is_related:
                    return exact
                first = first or exact
        return first

    def _close(self, subject: Subject, numbers: Iterable[int], around: Surroundings) -> dict[int, Overlap]:
        """Return those of the documents `numbers` that share enough to be looked at, those that resemble most first."""
        numbers = list(numbers)
        self.pairs += len(numbers)
        shared = zip(numbers, around.overlaps(subject, numbers), strict=True)
        close = [(number, overlap) for number, overlap in shared if is_close(overlap)]

        def distance(each: tuple[int, Overlap]) -> tuple[float, bool, int]:
            is_other = each[1][0] < each[1][1] or self.known(each[0]).story.hashes != subject.story.hashes
            return -resemblance(each[1]), is_other, each[0]

        return dict(sorted(close, key=distance))

    def _closely(
        self, subject: Subject, number: int, overlap: Overlap, around: Surroundings, ways: int
    ) -> Judged | None:
        """Return how a story relates to a close document; None if they are no copies and related in none of `ways`."""
        if is_copy(overlap):
            return self.judge(subject, number, around)
        pair = around.compare_covered(subject, number, ways)
        if pair is None or not may_relate(pair, self._settings, ways):
            return None
        return Judged(number, pair, relate(pair, self._settings))


def _goodness(each: Judged) -> tuple[int, float, int]:
    return RELATIONS.index(each.relation), -each.pair.resemblance, each.number
