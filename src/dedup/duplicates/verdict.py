"""a story and a memory -> the verdict: its best match, the cluster it joins, and whether it is passed on."""

from array import array
from typing import NamedTuple

from dedup.document import Match
from dedup.duplicates.cluster import Ranking
from dedup.duplicates.furniture import Subject, Surroundings
from dedup.duplicates.judge import Judge, Judged
from dedup.duplicates.memory import Memory
from dedup.duplicates.settings import Settings
from dedup.duplicates.speaker import Speaker

ALIKE = 0.7  # resemblance of near copies that are one witness; what is less alike may be another story of one form


class Verdict(NamedTuple):
    """What a document is to what is known; a number is 0 where there is none."""

    match: Match | None = None
    number: int = 0  # of whom it matches
    canonical: int = 0  # who speaks for the cluster it joins
    group: int = 0  # what it has in common with those it copies

    @property
    def is_duplicate(self) -> bool:
        return self.match is not None and self.match.duplicate

    @property
    def is_exact(self) -> bool:
        return self.match is not None and self.match.relation == "exact"


class Held(NamedTuple):
    """What is held while a deduplicator is open."""

    memory: Memory
    judge: Judge
    speaker: Speaker

    @classmethod
    def of(cls, memory: Memory, settings: Settings, rank: Ranking | None) -> "Held":
        """Return all of it; `rank` is None where the first to arrive speaks."""
        judge = Judge(memory, settings)
        return cls(memory, judge, Speaker(memory, judge, rank))

    def verdict(self, subject: Subject, copies: bytes, candidates: bytes, around: Surroundings) -> Verdict:
        """Return what a story is to its copies and candidates (numbers, u32 bytes).

        It is a duplicate only of what was passed on itself: what is like a document that was left out may be unlike
        the one that was left in its place.
        """
        memory, judge, _ = self
        best, copied = judge.best(subject, array("I", copies), array("I", candidates), around)
        group = memory.index.group(copied) if copied else 0
        if best is None:
            return Verdict(group=group)
        if not group and (best.relation == "exact" or (best.relation == "near" and best.pair.resemblance >= ALIKE)):
            group = memory.index.group(best.number)
        spoken = self._spoken(subject, best, around)
        if not self._may_go(best, spoken):
            passed = [each for each in array("I", candidates) if each in memory.index and memory.is_passed(each)]
            around = judge.around()
            best = next(iter(judge.related(subject, passed, around)), None)
            if best is None:
                return Verdict(group=group)
            spoken = self._spoken(subject, best, around)
        canonical = spoken.number if spoken.is_related else 0
        name = memory.archive.id(canonical) if canonical else subject.id
        return Verdict(best.match(memory.archive.id(best.number), name), best.number, canonical, group)

    def _spoken(self, subject: Subject, best: Judged, around: Surroundings) -> Judged:
        """Return how a story relates to who speaks for the cluster of its best match."""
        known = len(self.memory)
        canonical = self.speaker.of(best.number, settle=True)
        if canonical == best.number:
            return best
        return self.judge.judge(subject, canonical, around if len(self.memory) == known else self.judge.around())

    def _may_go(self, best: Judged, spoken: Judged) -> bool:
        """Whether a story may be what its best match says: when that is a duplicate, of something passed on."""
        if best.relation == "exact" or not best.is_duplicate or self.memory.is_passed(best.number):
            return True
        return spoken.is_duplicate and self.memory.is_passed(spoken.number)
