"""a document and the cluster it is in -> who speaks for that now, verified."""

from dedup.document import BadType
from dedup.duplicates.cluster import Ranking
from dedup.duplicates.index import Prepared
from dedup.duplicates.judge import Judge
from dedup.duplicates.memory import Memory


class Speaker:
    """Says who speaks for the cluster of each document of a memory; `rank` of a document is None: the first does."""

    def __init__(self, memory: Memory, judge: Judge, rank: Ranking | None) -> None:
        self._memory, self._judge, self._rank = memory, judge, rank

    def of(self, number: int, *, settle: bool = False) -> int:
        """Return who speaks for the cluster of a document: itself when it does not match who does now.

        `settle`: what had to be verified for that is remembered.
        """
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

    def is_outranked(self, canonical: int, new: Prepared, time: int) -> bool:
        """Return whether a document that is not known yet would speak better for a cluster than the one that does."""
        if self._rank is None:
            return False
        better, best = self._rank(new.entry, new.keyed.words, time), self._memory.rank(canonical)
        try:
            return bool(better < best)
        except TypeError:
            gave = f"canonical gave {better!r} and {best!r}, which do not compare"
            raise BadType(f"{gave}; pass a function whose values do") from None

    def replace(self, canonical: int, better: int) -> None:
        """Let a better document speak for a cluster, if who did is still known and matches it."""
        if canonical in self._memory.index and self._verifies(canonical, better):
            self._memory.outrank(canonical, better)

    def _verifies(self, number: int, canonical: int) -> bool:
        judge = self._judge
        return judge.judge(judge.known(number), canonical, judge.around()).is_related
