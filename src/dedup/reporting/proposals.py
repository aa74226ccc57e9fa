"""what the learner proposes -> the rows the page shows, with samples from the corpus, as plain JSON values."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dedup.boilerplate.learned import GAP
from dedup.boilerplate.template import Template
from dedup.document import Document
from dedup.reporting.sample import SAMPLES, sample

PROPOSALS = 200  # shown, those that would take most words


def proposals(learned: Iterable[Template], documents: Sequence[Document]) -> dict[str, Any]:
    """Return the learned templates, those first that would take most away, and how many are not shown."""
    by_source: dict[str, list[Document]] = {}
    for document in documents:
        by_source.setdefault(document.source or "", []).append(document)
    ranked = sorted(learned, key=lambda each: (-each.evidence.get("words", 0), each.id))
    rows = [_row(each, by_source.get(each.source, documents)) for each in ranked[:PROPOSALS]]
    return {"rows": rows, "hidden": len(ranked) - len(rows)}


def _row(template: Template, documents: Iterable[Document]) -> dict[str, Any]:
    evidence = template.evidence
    return {
        "source": template.source or None,
        "status": template.status,
        "position": template.position,
        "lines": template.lines,
        "stories": evidence.get("stories", 0),
        "of": evidence.get("of"),
        "words": evidence.get("words", 0),
        "first": evidence.get("first"),
        "last": evidence.get("last"),
        "samples": [one for one, _ in zip(_samples(template, documents), range(SAMPLES), strict=False)],
    }


def _samples(template: Template, documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
    """Yield where the lines that are the same everywhere stand, one after the other, or the first of them alone."""
    lines = [line for line in template.lines if GAP not in line]
    for document in documents:
        start = document.text.find(lines[0]) if lines else -1
        if start < 0:
            continue
        end = start + len(lines[0])
        for line in lines[1:]:
            at = document.text.find(line, end)
            if at < 0 or document.text[end:at].strip():
                break
            end = at + len(line)
        yield sample(document, start, end, "as it stands in the corpus")
