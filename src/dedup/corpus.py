"""a whole corpus -> its clusters, with the verdicts of a stream in the same order."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from itertools import tee
from typing import Any, NamedTuple, Unpack

from dedup.boilerplate.cleaner import Cleaner
from dedup.checks import many
from dedup.document import RELATED, Cluster, Document, Match
from dedup.duplicates.archive import UNDATED, Archive, Entry, document
from dedup.duplicates.cluster import clusters
from dedup.duplicates.settings import Settings, SettingsKeywords
from dedup.stream import Deduplicator


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of a corpus, largest first; singletons included.

    `matches` holds every document's id with its best match. `stats` counts `documents`, `clusters`, those that were
    `new` and those of each relation: `exact`, `near`, `excerpt`, `expansion`, `update`, also where there are none.
    """

    items: tuple[Cluster, ...]
    matches: tuple[tuple[str, Match], ...]
    stats: dict[str, int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Cluster]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def rethreshold(
        self, *, resemblance: float = 0.0, words: float = 0.0, order: float = 0.0, lost: int | None = None
    ) -> "Clusters":
        """Return the clusters under stricter numbers, from the evidence kept: no text is read again.

        A member whose match with its canonical document has less `resemblance`, `words` or `order`, or as many
        lost facts as `lost`, leaves and stands alone. `matches` and the other counts of `stats` stay as they are.
        """

        def stays(match: Match) -> bool:
            evidence = match.evidence
            enough = match.resemblance >= resemblance and evidence.words >= words and evidence.order >= order
            return enough and (lost is None or len(evidence.lost) < lost)

        members: dict[str, list[tuple[str, Match]]] = {}
        for cluster in self:
            members[cluster.canonical] = [member for member in cluster.members if stays(member[1])]
            members.update((id, []) for id, match in cluster.members if not stays(match))
        found = clusters(members)
        return Clusters(tuple(found), self.matches, self.stats | {"clusters": len(found)})


class _Answered(NamedTuple):
    """A document by its id, its match with who spoke for its cluster when it came, and whom it is a copy of."""

    id: str
    match: Match | None  # None: it founded a cluster
    original: str | None = None  # None: it is remembered itself


class _Members:
    """Who belongs to whom: first as a deduplicator answers, then as it stands in the end.

    Others may speak for a cluster than did when a document joined. Then the document is verified against them: the
    deduplicator has its text, or, where it is an exact copy and is not remembered, `_copies` has.

    Of documents with one id the one that is remembered counts, and where none is, the last.
    """

    def __init__(self, seen: Deduplicator, copies: Archive) -> None:
        self._seen, self._copies = seen, copies
        self._answered: list[_Answered] = []
        self._remembered: dict[str, int] = {}  # places by id
        self._copied: dict[str, int] = {}  # the same of the last copy that is not remembered
        self._again: set[str] = set()  # ids that came again with another text

    def add(self, document: Document, match: Match | None) -> None:
        """Note the answer to a document; one that says again what is known by its id changes nothing."""
        if match is not None and match.relation == "exact" and match.id == document.id:
            return
        place, joined = len(self._answered), match
        if match is None or match.canonical == document.id:
            joined = None
        elif match.id != match.canonical:
            joined = self._seen.compare(document, match.canonical)
        if match is not None and match.relation == "exact" and not self._is_remembered(document):
            self._copies.put(place, Entry(document.id, document.text, document.title, document.source, b""))
            self._answered.append(_Answered(document.id, joined, match.id))
            self._copied[document.id] = place
            return
        if document.id in self._remembered:
            self._again.add(document.id)
        self._remembered[document.id] = place
        self._answered.append(_Answered(document.id, joined))

    def _is_remembered(self, copy: Document) -> bool:
        return copy.id in self._seen and self._seen.compare(copy, copy.id).relation == "exact"

    def settle(self, *, reelected: bool) -> dict[str, list[tuple[str, Match]]]:
        """Return the members of each cluster by the id of its canonical document, which may have been `reelected`."""
        places = sorted((self._copied | self._remembered).values())
        answered = ((place, self._answered[place]) for place in places)
        ends = [
            (each.id, self._now(place, each) if reelected or self._again else each.match) for place, each in answered
        ]
        found: dict[str, list[tuple[str, Match]]] = {id: [] for id, match in ends if match is None}
        for id, match in ends:
            if match is not None:
                found.setdefault(match.id, []).append((id, match))
        return found

    def _now(self, place: int, answered: _Answered) -> Match | None:
        """Return how a document relates to who speaks for its cluster now; None when it stands for itself."""
        canonical = self._seen.canonical(answered.id if answered.original is None else answered.original)
        if canonical == answered.id:
            return None
        if answered.match is not None and answered.match.id == canonical and canonical not in self._again:
            return answered.match
        again = answered.id if answered.original is None else document(self._copies.get(place), UNDATED)
        match = self._seen.compare(again, canonical)
        return match if match.relation in RELATED else None


def find_clusters(
    documents: Iterable[Document],
    *,
    workers: int | None = None,
    progress: Callable[[int], object] | None = None,
    cleaner: Cleaner | None = None,
    canonical: str | Sequence[str] | Callable[[Document], Any] = "earliest",
    **settings: Unpack[SettingsKeywords],
) -> Clusters:
    """Return the stories of a corpus as clusters around the first document that tells each, or the best of them.

    The verdicts are those of a `Deduplicator` without a window fed in the same order. `canonical` is its policy too:
    "earliest", "longest", a list of sources from the most trusted on, or a function of a document whose lowest value is
    the best. Every member is verified against the document that speaks for its cluster in the end. Of documents with
    one id the latest counts; an exact copy of another document only where nothing else has that id. `workers`
    processes, at most four for each core, prepare documents and never change the answers. (Where processes are spawned,
    as on Windows and macOS, a script that asks for more than one keeps its work under `if __name__ == "__main__":`.)
    `progress` is called with the number of documents answered, after each. `settings` are those of `Settings`. Raises
    `BadType` or `BadValue` for arguments that do not fit.

    >>> story = "The harbour bridge reopened on Monday after two weeks of repairs, the city said."
    >>> found = find_clusters([Document("a", story), Document("b", story.upper()), Document("c", "Rain again.")])
    >>> [len(cluster) for cluster in found]
    [2, 1]
    """
    matches = []
    relations = Counter(dict.fromkeys(("new", *RELATED), 0))
    checked = asdict(Settings.of(settings))
    with closing(Archive()) as copies, Deduplicator(cleaner=cleaner, canonical=canonical, **checked) as seen:
        members = _Members(seen, copies)
        asked, answered = tee(many("documents", documents, "Document"))
        for each, match in zip(answered, seen.add_many(asked, workers=workers), strict=True):
            relations[match.relation if match else "new"] += 1
            members.add(each, match)
            if match is not None:
                matches.append((each.id, match))
            if progress is not None:
                progress(sum(relations.values()))
        found = clusters(members.settle(reelected=canonical != "earliest"))
    stats = {"documents": sum(relations.values()), "clusters": len(found), **relations}
    return Clusters(tuple(found), tuple(matches), stats)
