"""documents -> what the page shows of them, as plain JSON values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dedup.boilerplate.template import Template
from dedup.corpus import Clusters
from dedup.document import Cleaned, Cluster, Document, Match
from dedup.reporting.proposals import proposals
from dedup.reporting.sample import SAMPLES, sample
from dedup.reporting.timeline import timeline

CLUSTERS = 300  # shown, the largest
MEMBERS = 40  # shown of a cluster
TEXT = 12_000  # code points shown of a text
ALL_TEXT = 6_000_000  # code points shown of all texts together
SOURCES = 16  # in the table of who copies whom

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Findings:
    """A corpus and what was found in it; clusters and matches call documents by their place in `documents`."""

    documents: Sequence[Document]
    clusters: Clusters
    cleaned: Sequence[Cleaned]
    learned: Sequence[Template] = ()

    def document(self, id: str) -> Document:
        """Return the document that `clusters` calls by that id."""
        return self.documents[int(id)]


def overview(findings: Findings) -> Json:
    """Return the figures of the whole corpus."""
    documents, matches = findings.documents, dict(findings.clusters.matches)
    characters = sum(len(document.text) for document in documents)
    left = sum(len(cleaned.text) for cleaned in findings.cleaned)
    relations = Counter(match.relation for match in matches.values())
    return {
        "documents": len(documents),
        "sources": len({document.source for document in documents} - {None}),
        "characters": characters,
        "duplicates": sum(match.duplicate for match in matches.values()),
        "relations": {"new": len(documents) - len(matches), **relations},
        "stories": len(findings.clusters),
        "clusters": sum(len(cluster) > 1 for cluster in findings.clusters),
        "touched": sum(bool(cleaned.removed) for cleaned in findings.cleaned),
        "removed": characters - left,
        "timeline": timeline(documents, {int(id) for id, match in matches.items() if match.duplicate}),
        "templates": _templates(findings),
        "copies": _copies(findings, matches),
        "proposals": proposals(findings.learned, documents),
    }


def clusters(findings: Findings) -> list[Json]:
    """Return the largest clusters with the texts of their members, as many as a page can hold."""
    shown: list[Json] = []
    room = ALL_TEXT
    for cluster in findings.clusters:
        if len(cluster) < 2 or len(shown) == CLUSTERS or room <= 0:
            break
        shown.append(_cluster(findings, cluster))
        room -= sum(len(each["text"]) for each in (shown[-1]["canonical"], *shown[-1]["members"]))
    return shown


def _cluster(findings: Findings, cluster: Cluster) -> Json:
    canonical = findings.document(cluster.canonical)
    everyone = [canonical, *(findings.document(id) for id, _ in cluster.members)]
    times = sorted(each.time for each in everyone if each.time)
    members = cluster.members[:MEMBERS]
    return {
        "size": len(cluster),
        "floor": cluster.floor,
        "relations": Counter(match.relation for _, match in cluster.members),
        "sources": len({each.source for each in everyone} - {None}),
        "first": times[0].isoformat() if times else None,
        "last": times[-1].isoformat() if times else None,
        "hidden": len(cluster.members) - len(members),
        "canonical": _document(canonical),
        "members": [_member(findings.document(id), canonical, match) for id, match in members],
    }


def _document(document: Document) -> Json:
    return {
        "id": document.id,
        "title": document.title or " ".join(document.text[:300].split())[:120],
        "source": document.source,
        "time": document.time.isoformat() if document.time else None,
        "text": document.text[:TEXT],
        "length": len(document.text),
    }


def _member(document: Document, canonical: Document, match: Match) -> Json:
    here, there = _Utf16(document.text[:TEXT]), _Utf16(canonical.text[:TEXT])
    passages = [
        [here.at(each.start), here.at(each.end), there.at(each.other_start), there.at(each.other_end)]
        for each in match.passages
    ]
    return _document(document) | {
        "relation": match.relation,
        "duplicate": match.duplicate,
        "resemblance": match.resemblance,
        "containment": match.containment,
        "contains": match.contains,
        "lost": match.evidence.lost[:12],
        "swaps": match.evidence.swaps[:12],
        "passages": passages,
    }


class _Utf16:
    """Places in a text in UTF-16 units, as browsers count, instead of code points."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._plain = max(text, default="") < "\U00010000"

    def at(self, place: int) -> int:
        place = min(place, len(self._text))
        return place if self._plain else place + sum(letter > "\uffff" for letter in self._text[:place])


def _templates(findings: Findings) -> list[Json]:
    """Return what was recognised by template, that which took most text first."""
    found: dict[tuple[str, str, str], Json] = {}
    for document, cleaned in zip(findings.documents, findings.cleaned, strict=True):
        for span in cleaned.spans:
            key = (span.template, span.kind, span.action)
            entry = found.setdefault(key, {"spans": 0, "characters": 0, "sources": Counter(), "samples": []})
            entry["spans"] += 1
            entry["characters"] += span.end - span.start
            entry["sources"][document.source or "unknown"] += 1
            if len(entry["samples"]) < SAMPLES and not any(each["id"] == document.id for each in entry["samples"]):
                entry["samples"].append(sample(document, span.start, span.end, span.reason))
    rows = [
        {"template": template, "kind": kind, "action": action}
        | entry
        | {"sources": entry["sources"].most_common(6), "outlets": len(entry["sources"])}
        for (template, kind, action), entry in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["characters"], row["template"], row["action"]))


def _copies(findings: Findings, matches: Mapping[str, Match]) -> Json:
    """Return who copies whom: for each pair of sources the number of duplicates the first has of the second."""
    pairs: Counter[tuple[str, str]] = Counter()
    for id, match in matches.items():
        source, origin = findings.document(id).source, findings.document(match.canonical).source
        if match.duplicate and source and origin:
            pairs[source, origin] += 1
    weight: Counter[str] = Counter()
    for (source, origin), number in pairs.items():
        weight[source] += number
        weight[origin] += number
    names = sorted(weight, key=lambda name: (-weight[name], name))[:SOURCES]
    place = {name: index for index, name in enumerate(names)}
    cells = [[place[a], place[b], number] for (a, b), number in sorted(pairs.items()) if a in place and b in place]
    return {"sources": names, "cells": cells, "hidden": sum(pairs.values()) - sum(cell[2] for cell in cells)}
