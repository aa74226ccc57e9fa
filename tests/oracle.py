"""documents -> the answers a deduplicator owes: every document of the window is compared, and no index is asked.

Quadratic, plain, the definition of correct for the window. The relation of two texts is the deduplicator's own
(`Deduplicator.compare`, with whatever it has learned of the feed so far); what is specified here is against whom a
document is compared, for how long a document counts, which match is the answer, and who speaks for a cluster.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dedup import Deduplicator, Document, Match
from dedup.document import RELATED


@dataclass(eq=False)
class Known:
    """A remembered document.

    `time` is its own, or that of its latest exact copy, or of its arrival. `canonical` speaks for its cluster;
    `verified` is the one it was last found to match, the same until another has taken its place.
    """

    document: Document
    time: datetime | None
    arrival: datetime | None
    passed: bool  # it was no duplicate
    canonical: "Known" = field(init=False)
    verified: "Known" = field(init=False)

    def __post_init__(self) -> None:
        self.canonical = self.verified = self


class Oracle:
    """Answers as `Deduplicator.add` must, for documents given to it before the deduplicator sees them."""

    def __init__(self, seen: Deduplicator, window: timedelta | None = None, most: int | None = None) -> None:
        self.seen, self.window, self.most = seen, window, most
        self.known: list[Known] = []  # oldest arrival first
        self.now: datetime | None = None

    def add(self, document: Document) -> Match | None:
        self._move(document.time)
        best, match = self._best(document, self.known)
        canonical = None if best is None else self._canonical(document, best)
        if best is not None and not self._may_go(document, best, match):
            best, match = self._best(document, [each for each in self.known if each.passed])
            canonical = None if best is None else self._canonical(document, best)
        time = document.time or self.now
        if best is not None and match.relation == "exact":
            if self._counts(time) and time is not None and (best.time is None or best.time < time):
                best.time = time
        elif self._counts(time):
            passed = match is None or not match.duplicate
            self._remember(Known(document, time, self.now, passed), canonical)
        self._stay()
        if best is None:
            return None
        return replace(match, canonical=document.id if canonical is None else canonical.document.id)

    def _may_go(self, document: Document, best: Known, match: Match) -> bool:
        """Return whether a document is what its best match says: a copy only of what was passed on."""
        if match.relation == "exact" or not match.duplicate or best.passed:
            return True
        canonical = best.canonical
        return canonical.passed and self.seen.compare(document, canonical.document).duplicate

    def _best(self, document: Document, known: list[Known]) -> tuple[Known | None, Match | None]:
        """Return the best of all matches: by relation, then by resemblance, then the one that arrived first."""
        matches = [(self.seen.compare(document, each.document), each) for each in known]
        related = [(match, each) for match, each in matches if match.relation in RELATED]
        if not related:
            return None, None
        match, best = min(related, key=lambda pair: (RELATED.index(pair[0].relation), -pair[0].resemblance))
        return best, match

    def _canonical(self, document: Document, best: Known) -> Known | None:
        """Return who speaks for the cluster the document joins through its match; None: for itself."""
        if best.verified is not best.canonical:  # another has come to speak for the cluster
            if not self._related(best.document, best.canonical.document):
                best.canonical = best
            best.verified = best.canonical
        if best.canonical is best or self._related(document, best.canonical.document):
            return best.canonical
        return None

    def _related(self, a: Document, b: Document) -> bool:
        return self.seen.compare(a, b).relation in RELATED

    def _remember(self, new: Known, canonical: Known | None) -> None:
        if canonical is not None:
            new.canonical = new.verified = canonical
        before = [each for each in self.known if each.document.id == new.document.id]
        self.known.append(new)
        self._forget(before)
        if self.most is not None:
            self._forget(self.known[: -self.most])

    def _forget(self, gone: list[Known]) -> None:
        """Forget documents; where one spoke for a cluster, its first to arrive of those left does so now."""
        self.known = [each for each in self.known if each not in gone]
        for old in gone:
            members = [each for each in self.known if each.canonical is old]
            for each in members:
                each.canonical = members[0]
            if members:
                members[0].verified = members[0]

    def _move(self, time: datetime | None) -> None:
        """The newest time seen is now; what has no time yet came now."""
        if time is not None and (self.now is None or time > self.now):
            if self.now is None:
                for each in self.known:
                    each.time = each.time or time
                    each.arrival = time
            self.now = time
        self._forget([each for each in self.known if not self._counts(each.time)])

    def _stay(self) -> None:
        """What still counts though it arrived before the window (a copy came later) arrives anew."""
        staying = [each for each in self.known if not self._counts(each.arrival)]
        self.known = [each for each in self.known if each not in staying] + staying
        for each in staying:
            each.arrival = self.now

    def _counts(self, time: datetime | None) -> bool:
        return self.window is None or time is None or self.now is None or self.now - time <= self.window
