"""matches -> clusters around canonical documents."""

from collections.abc import Iterable, Mapping

from dedup.document import Cluster, Match


def clusters(members: Mapping[str, Iterable[tuple[str, Match]]]) -> list[Cluster]:
    """Return one cluster per canonical document of `members`, largest first, then in the order given.

    A document joins only by a match with the canonical one, so nothing is chained: A like B and B like C
    never brings A to C.
    """
    found = [Cluster(canonical, tuple(matches)) for canonical, matches in members.items()]
    return sorted(found, key=len, reverse=True)
