"""documents -> the answers a deduplicator owes: every document of the window is compared, and no index is asked.

Quadratic, plain, the definition of correct for the window. The relation of two texts is the deduplicator's own
(`Deduplicator.compare`, with whatever it has learned of the feed so far); what is specified here is against whom a
document is compared, for how long a document counts, and which match is the answer.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dedup import Deduplicator, Document, Match
from dedup.document import RELATED


@dataclass
class Known:
    """A remembered document; `time` is its own, or that of its latest exact copy, or of its arrival."""

    document: Document
    canonical: str
    time: datetime | None


class Oracle:
    """Answers as `Deduplicator.add` must, for documents given to it before the deduplicator sees them."""

    def __init__(self, seen: Deduplicator, window: timedelta | None = None) -> None:
        self.seen, self.window = seen, window
        self.known: list[Known] = []  # oldest arrival first
        self.now: datetime | None = None

    def add(self, document: Document) -> Match | None:
        self._move(document.time)
        matches = sorted(
            (
                (RELATED.index(match.relation), -match.resemblance, place, match)
                for place, each in enumerate(self.known)
                if (match := self.seen.compare(document, each.document)).relation in RELATED
            ),
            key=lambda each: each[:3],
        )
        if not matches:
            self._remember(document, document.id)
            return None
        _, _, place, match = matches[0]
        best = self.known[place]
        answer = replace(match, canonical=self._canonical(best, document))
        if match.relation == "exact":
            if self._counts(document.time or self.now):
                best.time = max(filter(None, (best.time, document.time or self.now)), default=None)
        else:
            self._remember(document, answer.canonical)
        return answer

    def _canonical(self, best: Known, document: Document) -> str:
        """Return the canonical document of the match if the new one matches it too, else the new one's own id."""
        if best.canonical == best.document.id:
            return best.canonical
        heads = [each for each in self.known if each.document.id == best.canonical]
        if heads and self.seen.compare(document, heads[0].document).relation in RELATED:
            return best.canonical
        return document.id

    def _remember(self, document: Document, canonical: str) -> None:
        time = document.time or self.now
        if self._counts(time):
            self.known = [each for each in self.known if each.document.id != document.id]
            self.known.append(Known(document, canonical, time))

    def _move(self, time: datetime | None) -> None:
        """The newest time seen is now; what has no time yet came now."""
        if time is not None and (self.now is None or time > self.now):
            if self.now is None:
                for each in self.known:
                    each.time = each.time or time
            self.now = time
        self.known = [each for each in self.known if self._counts(each.time)]

    def _counts(self, time: datetime | None) -> bool:
        return self.window is None or time is None or self.now is None or self.now - time <= self.window
