"""`dedup cluster`: a corpus -> its clusters, one JSON object each."""

import json
from argparse import Namespace

from dedup.boilerplate.cleaner import Cleaner
from dedup.corpus import find_clusters
from dedup.document import Cluster, DedupError
from dedup.verbs.filter import verdict
from dedup.verbs.job import job
from dedup.verbs.rules import catalogue
from dedup.verbs.tally import Tally, count
from dedup.workers import cores


def run(options: Namespace) -> int:
    """Cluster and return the exit status."""
    canonical = _policy(options.canonical)
    with job("cluster", options, _account) as work:
        out = work.writer(options.output)
        cleaner = Cleaner(catalogue(options.rules))
        for cluster in find_clusters(work.documents(), cleaner=cleaner, canonical=canonical, workers=cores()):
            out.write(json.dumps(_entry(cluster)).encode("ascii") + b"\n")
            work.tally.counts["clusters"] += 1
            work.tally.counts["alone"] += not cluster.members
            work.tally.counts["largest"] = max(work.tally.counts["largest"], len(cluster))
    return work.tally.status()


def _policy(canonical: str) -> str | list[str]:
    if canonical.startswith("sources="):
        return canonical.removeprefix("sources=").split(",")
    if canonical not in ("earliest", "longest"):
        raise DedupError(
            f"--canonical is {canonical!r}; pass earliest, longest, or sources=FIRST,SECOND from the most trusted on"
        )
    return canonical


def _entry(cluster: Cluster) -> dict[str, object]:
    members = [{**verdict(match), "id": id} for id, match in cluster.members]
    for member in members:
        del member["canonical"]
    return {"canonical": cluster.canonical, "size": len(cluster), "floor": cluster.floor, "members": members}


def _account(tally: Tally) -> str:
    counts = tally.counts
    return (
        f"{count(counts['lines'], 'line')} in, {count(counts['clusters'], 'cluster')}, "
        f"{counts['alone']:,} of a single document, the largest of {counts['largest']:,}"
    )
