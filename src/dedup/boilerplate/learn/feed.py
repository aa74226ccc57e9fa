"""documents, and what was known -> templates: each source by itself, then what several have in common."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from dedup.boilerplate.learn.count import Source
from dedup.boilerplate.learn.kind import kind_of
from dedup.boilerplate.learn.propose import name, propose, writable
from dedup.boilerplate.learn.sample import Sample
from dedup.boilerplate.learn.stories import Feed
from dedup.boilerplate.template import DECIDED, Template
from dedup.boilerplate.words import word_hashes
from dedup.document import Document

FORGOTTEN = timedelta(days=90)  # a line not met for so long before the end of the feed expires
WIDE = 3  # sources that make a line one of no source in particular
WIDE_WORDS = 4


def learn(documents: Iterable[Document], known: Iterable[Template], texts: int) -> list[Template]:
    """Return the templates of a feed, what takes away most first, lists and headings last; see `Catalogue.learn`."""
    known = list(known)
    sample = Sample(texts).add_all(documents)
    sources = [(source, some) for source, some in sample.sources() if source == writable(source)]
    feed = Feed(text.text for _, some in sources for text in some)
    decisions = _decisions(known)
    learned: list[Template] = []
    at = 0
    for source, some in sources:
        stories = feed.stories[at : at + len(some)]
        at += len(some)
        learned += propose(Source(source, some, stories, feed.names), decisions.get(source, {}))
    learned += _wide(learned, decisions.get("", {}))
    newest = max((text.last for _, some in sources for text in some if text.last), default=None)
    learned += _remembered(known, learned, newest.date() if newest else None)
    return sorted(learned, key=_rank)


def _rank(template: Template) -> tuple[bool, bool, int, str]:
    evidence = template.evidence
    return template.action == "label", evidence.get("passing", False), -evidence.get("words", 0), template.id


def _decisions(known: Iterable[Template]) -> dict[str, dict[str, str]]:
    """Return the status people gave to lines, by source."""
    decisions: dict[str, dict[str, str]] = {}
    for template in known:
        if template.status in DECIDED:
            decisions.setdefault(template.source, {}).update(dict.fromkeys(template.lines, template.status))
    return decisions


def _wide(learned: Iterable[Template], decided: dict[str, str]) -> Iterator[Template]:
    """Yield the lines that several sources have in common, as proposals for all others."""
    homes: dict[str, list[tuple[Template, int]]] = {}
    for template in learned:
        for line, stories in zip(template.lines, template.evidence["lines"], strict=True):
            goes = template.action == "remove" and template.status != "rejected"
            if (
                template.source
                and goes
                and not template.evidence.get("passing")
                and len(word_hashes(line)) >= WIDE_WORDS
            ):
                homes.setdefault(line, []).append((template, stories))
    for line, found in sorted(homes.items()):
        if len(found) < WIDE:
            continue
        stories = sum(number for _, number in found)
        evidence = {
            "stories": stories,
            "sources": len(found),
            "lines": [stories],
            "words": stories * len(word_hashes(line)),
            **_seen([template for template, _ in found]),
        }
        positions = {template.position for template, _ in found}
        yield Template(
            id=name("", line),
            kind=kind_of([line]),
            lines=(line,),
            position=positions.pop() if len(positions) == 1 else "any",
            status=decided.get(line, "proposed"),
            evidence=evidence,
        )


def _seen(templates: Iterable[Template]) -> dict[str, str]:
    times = [template.evidence[key] for template in templates for key in ("first", "last") if key in template.evidence]
    return {"first": min(times), "last": max(times)} if times else {}


def _remembered(known: Iterable[Template], learned: Iterable[Template], newest: date | None) -> Iterator[Template]:
    """Yield what was known and not met again, unless it has expired; what was rejected never does."""
    met = {(template.source, line) for template in learned for line in template.lines}
    for template in known:
        left = tuple(line for line in template.lines if (template.source, line) not in met)
        if template.lines and not left:
            continue
        last = template.evidence.get("last")
        expires = bool(template.lines) and template.status != "rejected"
        if expires and last and newest and newest - date.fromisoformat(str(last)) > FORGOTTEN:
            continue
        if left == template.lines:
            yield template
            continue
        counts = dict(zip(template.lines, template.evidence.get("lines", ()), strict=False))
        evidence = {**template.evidence, "lines": [counts.get(line, 0) for line in left]}
        yield replace(template, id=name(template.source, left[0]), lines=left, evidence=evidence)
