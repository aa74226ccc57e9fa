"""a whole corpus -> its clusters, with the verdicts of a stream in the same order."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import tee
from typing import Any

from dedup.boilerplate.cleaner import Cleaner
from dedup.document import Cluster, Document, Match
from dedup.duplicates.cluster import clusters
from dedup.duplicates.settings import Settings
from dedup.stream import Deduplicator


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of a corpus, largest first; singletons included.

    `matches` holds every document's id with its best match; `stats` counts documents, clusters and relations.
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


def find_clusters(
    documents: Iterable[Document],
    *,
    workers: int | None = None,
    progress: Callable[[int], object] | None = None,
    cleaner: Cleaner | None = None,
    **settings: Any,
) -> Clusters:
    """Return the stories of a corpus as clusters around the first document that tells each.

    The verdicts are those of a `Deduplicator` without a window fed in the same order. `workers` processes
    prepare documents and never change the answers; `progress` is called with the number of documents answered, after
    each. Settings: see `dedup.duplicates.settings.Settings`.

    >>> story = "The harbour bridge reopened on Monday after two weeks of repairs, the city said."
    >>> found = find_clusters([Document("a", story), Document("b", story.upper()), Document("c", "Rain again.")])
    >>> [len(cluster) for cluster in found]
    [2, 1]
    """
    members: dict[str, list[tuple[str, Match]]] = {}
    matches = []
    relations: Counter[str] = Counter()
    checked = asdict(Settings.of(settings))
    with Deduplicator(cleaner=cleaner, **checked) as seen:
        asked, answered = tee(documents)
        for document, match in zip(answered, seen.add_many(asked, workers=workers), strict=True):
            relations[match.relation if match else "new"] += 1
            if match is None or match.canonical == document.id:
                members.setdefault(document.id, [])
            elif match.id == match.canonical:
                members[match.canonical].append((document.id, match))
            else:
                members[match.canonical].append((document.id, seen.compare(document, match.canonical)))
            if match is not None:
                matches.append((document.id, match))
            if progress is not None:
                progress(sum(relations.values()))
    found = clusters(members)
    stats = {"documents": sum(relations.values()), "clusters": len(found), **relations}
    return Clusters(tuple(found), tuple(matches), stats)
