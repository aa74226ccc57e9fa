"""a whole corpus -> its clusters, with the verdicts of a stream in the same order."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
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


def find_clusters(
    documents: Iterable[Document], *, workers: int | None = None, cleaner: Cleaner | None = None, **settings: Any
) -> Clusters:
    """Return the stories of a corpus as clusters around the first document that tells each.

    The verdicts are those of a `Deduplicator` without a window fed in the same order. `workers` never changes
    the answers. Settings: see `dedup.duplicates.settings.Settings`.

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
        for document in documents:
            match = seen.add(document)
            relations[match.relation if match else "new"] += 1
            if match is None or match.canonical == document.id:
                members.setdefault(document.id, [])
            elif match.id == match.canonical:
                members[match.canonical].append((document.id, match))
            else:
                members[match.canonical].append((document.id, seen.compare(document, match.canonical)))
            if match is not None:
                matches.append((document.id, match))
    found = clusters(members)
    stats = {"documents": sum(relations.values()), "clusters": len(found), **relations}
    return Clusters(tuple(found), tuple(matches), stats)
