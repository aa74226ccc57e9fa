"""`dedup cluster`: a corpus -> its clusters, one JSON object each."""

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace

from dedup.boilerplate.cleaner import Cleaner
from dedup.corpus import find_clusters
from dedup.document import Cluster, DedupError, Document
from dedup.show import match_members
from dedup.verbs.job import Job, job
from dedup.verbs.rules import catalogue
from dedup.verbs.tally import Tally, count

FIGURES = ("clusters", "alone", "largest", "renamed")


def run(options: Namespace) -> int:
    """Cluster and return the exit status."""
    canonical, cleaner = _policy(options.canonical), Cleaner(catalogue(options.rules))
    with job("cluster", options, _account, FIGURES) as work:
        out = work.writer(options.output)
        found = find_clusters(
            _told_apart(work), cleaner=cleaner, canonical=canonical, workers=work.workers,
            preset=options.preset, retrieval=options.retrieval,
        )  # fmt: skip
        for cluster in found:
            out.write(json.dumps(_entry(cluster)).encode("ascii") + b"\n")
            work.tally.counts["clusters"] += 1
            work.tally.counts["alone"] += not cluster.members
            work.tally.counts["largest"] = max(work.tally.counts["largest"], len(cluster))
    return work.tally.status()


def _told_apart(work: Job) -> Iterator[Document]:
    """Yield the documents; one whose id another has had is called by it and its line, or it would take its place."""
    known: set[str] = set()
    for number, document in work.numbered_documents():
        id = document.id
        while id in known:
            id = f"{id}#{number}"
        known.add(id)
        work.tally.counts["renamed"] += id != document.id
        yield document if id == document.id else replace(document, id=id)


def _policy(canonical: str) -> str | list[str]:
    if canonical.startswith("sources="):
        return canonical.removeprefix("sources=").split(",")
    if canonical not in ("earliest", "longest"):
        raise DedupError(
            f"--canonical is {canonical!r}; pass earliest, longest, or sources=FIRST,SECOND from the most trusted on"
        )
    return canonical


def _entry(cluster: Cluster) -> dict[str, object]:
    members = [{**match_members(match), "id": id} for id, match in cluster.members]
    for member in members:
        del member["canonical"]
    return {"canonical": cluster.canonical, "size": len(cluster), "floor": cluster.floor, "members": members}


def _account(tally: Tally) -> str:
    counts = tally.counts
    renamed = f"; {counts['renamed']:,} with the id of an earlier one, called ID#LINE" if counts["renamed"] else ""
    return (
        f"{count(counts['lines'], tally.inputs.noun)} in, {count(counts['clusters'], 'cluster')}, "
        f"{counts['alone']:,} of a single document, the largest of {counts['largest']:,}{renamed}"
    )
