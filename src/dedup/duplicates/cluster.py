"""documents and whom each was verified against -> clusters around canonical documents."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any, Protocol

from dedup.document import BadValue, Cluster, Document, Match, misfit
from dedup.duplicates.archive import Entry, document
from dedup.duplicates.chains import Chains
from dedup.duplicates.column import Column

FIRST = 0  # the rank of every document where the first to arrive speaks
Ranking = Callable[[Entry, int, int], Any]  # an entry, its story's words and its time -> the lower, the better


def ranking(canonical: "str | Sequence[str] | Callable[[Document], Any]") -> Ranking:
    """Return what decides who speaks for a cluster; raises `BadType` or `BadValue` for what is no policy."""
    if canonical == "earliest":
        return lambda entry, words, time: FIRST
    if canonical == "longest":
        return lambda entry, words, time: -words
    if callable(canonical):
        return lambda entry, words, time: canonical(document(entry, time))
    fix = (
        "pass 'earliest', 'longest', a list of sources from the most trusted on, or a function of a document whose "
        "lowest value is the best"
    )
    if isinstance(canonical, str):
        raise BadValue(f"canonical is {canonical!r}; {fix}")
    if not isinstance(canonical, Sequence) or not all(isinstance(source, str) for source in canonical):
        raise misfit("canonical", canonical, fix)
    places: dict[str | None, int] = {source: place for place, source in reversed([*enumerate(canonical)])}
    return lambda entry, words, time: places.get(entry.source, len(places))


def clusters(members: Mapping[str, Iterable[tuple[str, Match]]]) -> list[Cluster]:
    """Return one cluster per canonical document of `members`, largest first, then in the order given.

    A document joins only by a match with the canonical one, so nothing is chained: A like B and B like C
    never brings A to C.
    """
    found = [Cluster(canonical, tuple(matches)) for canonical, matches in members.items()]
    return sorted(found, key=len, reverse=True)


class Known(Protocol):
    """What says whether a number is remembered."""

    def __contains__(self, number: int, /) -> bool: ...


class Anchors:
    """Which document each one was verified against, and who speaks for a cluster when that one gives way.

    Documents are numbers. When a canonical document is forgotten, or a better one arrives, another speaks for its
    cluster at once; a member is verified against it when it is next asked about (see `move`). So the work is never
    more than what is asked for, however large a cluster is.

    Who may come to speak stands in `chains` where that is in the order of arrival, and else in heaps.
    """

    def __init__(self) -> None:
        self._anchors = Column("I")
        self._chains = Chains()
        self._heaps: dict[int, list[tuple[Any, int]]] = {}  # by canonical document, by rank
        self._heirs: dict[int, int] = {}  # by canonical document that gave way
        self._until: dict[int, int] = {}  # the last member that may need each heir
        self._gone: deque[tuple[int, int]] = deque()  # the same, in order

    def append(self, number: int, anchor: int) -> None:
        """Note that the next document was verified against `anchor`, or founds a cluster when that is itself."""
        self._anchors.append(number, anchor)
        self._chains.append(number)

    def move(self, number: int, anchor: int) -> None:
        """Note that a document was verified against another than before, or founds a cluster."""
        self._anchors[number] = anchor

    def join(self, number: int, rank: Any) -> None:
        """Make a document one of those that may come to speak for its cluster; the lowest rank is the best."""
        canonical = self.canonical(number)
        if rank != FIRST or not self._chains.join(canonical, number):
            heappush(self._heaps.setdefault(canonical, []), (rank, number))

    def anchor(self, number: int) -> int:
        """Return the document that `number` was verified against."""
        return self._anchors[number]

    def canonical(self, number: int) -> int:
        """Return the document that speaks for the cluster of `number` now."""
        at = last = self._anchors[number]
        while last in self._heirs:
            last = self._heirs[last]
        while at != last:
            following, self._heirs[at] = self._heirs[at], last
            at = following
        return last

    def replace(self, old: int, new: int, last: int) -> None:
        """Let `new` speak for the cluster of `old`; `last` is the last number given so far."""
        chained, heap = self._chains.first(old), self._heaps.pop(old, [])
        if chained or heap:
            self._chains.replace(old, new)
            self._heaps.pop(new, None)
            if heap:
                self._heaps[new] = heap
        self._heirs.pop(new, None)
        self._heirs[old], self._until[old] = new, last
        self._gone.append((last, old))
        self._anchors[new] = new

    def prolong(self, number: int, last: int) -> list[int]:
        """Keep what says who speaks for the cluster of `number`, the last one given so far; return whose heirs."""
        kept, at = [], self._anchors[number]
        while at in self._heirs:
            self._until[at] = last
            self._gone.append((last, at))
            kept.append(at)
            at = self._heirs[at]
        return kept

    def elect(self, number: int, last: int, known: Known) -> int:
        """Let the best of the members `known` speak for the cluster of `number`, which is forgotten, or 0."""
        while heir := self._best(number):
            if heir in known and self.canonical(heir) == number:
                self.replace(number, heir, last)
                return heir
        return 0

    @property
    def waiting(self) -> int:
        """How many may come to speak, those that were forgotten and not let go of yet included."""
        return len(self._chains) + sum(map(len, self._heaps.values()))

    def _best(self, canonical: int) -> int:
        """Take out the best of those that may speak for a cluster, or return 0."""
        heap, first = self._heaps.get(canonical), self._chains.first(canonical)
        if heap and (not first or heap[0] < (FIRST, first)):
            _, best = heappop(heap)
            if not heap:
                del self._heaps[canonical]
            return best
        if first:
            self._chains.take(canonical)
        return first

    def restore(self, old: int, heir: int, until: int) -> None:
        """Note again who spoke for a cluster, in the order of `until`."""
        self._heirs[old], self._until[old] = heir, until
        self._gone.append((until, old))

    def expire(self, low: int) -> None:
        """Let go of what only documents below `low` need."""
        if self._anchors.expire(low):
            self._chains.expire(low)
            kept = ((head, [each for each in heap if each[1] >= low]) for head, heap in self._heaps.items())
            self._heaps = {head: heap for head, heap in kept if heap}
            for heap in self._heaps.values():
                heapify(heap)
        while self._gone and self._gone[0][0] < low:
            last, old = self._gone.popleft()
            if self._until.get(old) == last:
                del self._until[old]
                self._heirs.pop(old, None)
