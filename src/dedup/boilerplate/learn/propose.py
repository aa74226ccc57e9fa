"""judged units of a source -> lines that stand together, as templates with their evidence."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import groupby
from typing import NamedTuple

from dedup.boilerplate.learn.count import Count, Source
from dedup.boilerplate.learn.judge import CONFIDENT, heads, judge, place
from dedup.boilerplate.learn.kind import kind_of
from dedup.boilerplate.learn.passing import passing
from dedup.boilerplate.learned import GAP, pattern_key
from dedup.boilerplate.template import Template
from dedup.boilerplate.units import JOINERS, Units
from dedup.boilerplate.words import word_hashes
from dedup.tokens import Tokens

TOGETHER = 0.5  # share of the rarer line's occurrences in which two lines are neighbours, to be one template
CONTEXTS = 2  # shown of a template
EXCERPT = 100  # code points shown of a context
SPEECH = re.compile(r"\b(?:said|says|told|added)\b", re.IGNORECASE)  # stands between what is quoted
NAMED_SOURCE = re.compile(r"[^\w.]+")


class Proposal(NamedTuple):
    """A unit that is boilerplate: how surely, where, whether of a list that passes, or over what is none.

    Then its words, and what was counted.
    """

    status: str
    position: str
    passing: bool
    heading: bool
    line: str
    counted: Count


def propose(source: Source, decided: Mapping[str, str]) -> list[Template]:
    """Return what was learned of a source as templates; `decided` has the status of lines people have judged."""
    proposals = _proposals(source, decided)
    groups = ([proposals[key] for key in group] for group in _groups(source, proposals))
    return [_template(source, group) for group in groups if not _only_prose(group)]


def name(source: str, line: str) -> str:
    """Return the id of the template of a source that begins with `line`."""
    digest = blake2b("\n".join((source, line)).encode(), digest_size=4).hexdigest()
    return f"{NAMED_SOURCE.sub('-', source.lower()).strip('-') or 'any'}-{digest}"


def _proposals(source: Source, decided: Mapping[str, str]) -> dict[tuple[bool, int], Proposal]:
    """Return what is boilerplate, by whether it is masked and key; a masked line stands for its exact ones."""
    counts = source.counts()
    lists = passing(source, counts)
    status = {
        (count.masked, count.key): ("proposed" if how and (count.masked, count.key) in lists else how, count)
        for how, count in ((judge(count), count) for count in counts)
    }
    taken = [
        (how, count)
        for how, count in status.values()
        if how and (count.masked or not _covered(source, count, how, status))
    ]
    proposals = {}
    for text, group in groupby(sorted(taken, key=lambda each: each[1].places[0]), lambda each: each[1].places[0][0]):
        page = _Page(source, text)
        for how, count in group:
            line = page.line(count.places[0][1], masked=count.masked)
            if line == writable(line) and pattern_key(line) == count.key:
                now = decided.get(line) or (how if source.name else "proposed")
                passes = (count.masked, count.key) in lists
                heading = line not in decided and not passes and heads(count) and kind_of([line]) == "learned"
                if heading and SPEECH.search(line):
                    continue
                proposals[count.masked, count.key] = Proposal(now, place(count), passes, heading, line, count)
    return proposals


def _covered(source: Source, count: Count, how: str, status: dict[tuple[bool, int], tuple[str, Count]]) -> bool:
    text, number = count.places[0]
    masked = int(source.units.masked[source.bounds[text] + number])
    return status.get((True, masked), ("",))[0] in ("confident", how)


class _Page:
    """One text, from which lines are written down."""

    def __init__(self, source: Source, number: int) -> None:
        self.text = source.texts[number].text
        self.tokens = Tokens.of(self.text)
        self.units = Units.of([self.text], [self.tokens], source.names)
        self.slots = self.units.slots.tolist()

    def line(self, unit: int, *, masked: bool) -> str:
        """Return the unit as it is written, with gaps for its slots when it is masked."""
        first, words = int(self.units.first[unit]), int(self.units.words[unit])
        pieces, cut, text = [], int(self.units.start[unit]), self.text
        if masked:
            for begin, end in _gaps(self.tokens, self.slots, first, first + words):
                pieces += [text[cut : self.tokens.starts[begin]], GAP]
                cut = self.tokens.ends[end - 1]
        stop = int(self.units.end[unit])
        while stop < len(text) and not text[stop].isspace() and not text[stop].isalnum():
            stop += 1
        return " ".join("".join([*pieces, text[cut:stop]]).split())


def _gaps(tokens: Tokens, slots: Sequence[bool], first: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the stretches of tokens that one gap stands for: slots, with joiners between them."""
    joiners = frozenset(word_hashes(JOINERS))
    at = first
    while at < end:
        if not slots[at]:
            at += 1
            continue
        begin, stop = at, at + 1
        while at < end and (slots[at] or tokens.hashes[at] in joiners):
            at += 1
            stop = at if slots[at - 1] else stop
        yield begin, stop
        at = stop


def _groups(source: Source, proposals: dict[tuple[bool, int], Proposal]) -> list[list[tuple[bool, int]]]:
    """Return the lines that stand together, in the order in which they mostly do."""
    where: dict[tuple[int, int], tuple[bool, int]] = {}
    for key, one in proposals.items():
        for occurrence in one.counted.places:
            where.setdefault(occurrence, key)
    pairs = Counter((key, where[text, unit + 1]) for (text, unit), key in where.items() if (text, unit + 1) in where)
    times = Counter(where.values())
    parents = {key: key for key in proposals}

    def root(key: tuple[bool, int]) -> tuple[bool, int]:
        while parents[key] != key:
            parents[key] = key = parents[parents[key]]
        return key

    for (above, below), together in sorted(pairs.items()):
        alike = proposals[above][:4] == proposals[below][:4]
        if alike and together >= TOGETHER * min(times[above], times[below]):
            low, high = sorted((root(above), root(below)))
            parents[high] = low
    groups: dict[tuple[bool, int], list[tuple[bool, int]]] = {}
    for key in sorted(proposals):
        groups.setdefault(root(key), []).append(key)
    order = {key: _order(source, one.counted) for key, one in proposals.items()}
    return [sorted(group, key=lambda key: (order[key], key)) for group in groups.values()]


def _only_prose(group: Sequence[Proposal]) -> bool:
    """True for sentences in the middle of few stories that say nothing furniture says."""
    counts = [one.counted for one in group]
    few = group[0].position == "any" and max(count.stories for count in counts) < CONFIDENT
    plain = few and any(count.story for count in counts) and not any(count.address for count in counts)
    return plain and group[0].status == "proposed" and kind_of(one.line for one in group) == "learned"


def _order(source: Source, count: Count) -> float:
    """Return how far down its texts a unit stands on average, from 0 to 1."""
    shares = [unit / int(source.bounds[text + 1] - source.bounds[text]) for text, unit in count.places]
    return sum(shares) / len(shares)


def _template(source: Source, group: Sequence[Proposal]) -> Template:
    most = max(group, key=lambda one: one.counted.stories).counted
    times = [time for one in group for time in (one.counted.first, one.counted.last) if time]
    texts = {text for one in group for text, _ in one.counted.places}
    evidence = {
        "stories": most.stories,
        "of": round(most.stories / most.share),
        "lines": [one.counted.stories for one in group],
        "words": sum(one.counted.words * len(one.counted.places) for one in group),
        "texts": len(texts),
        **({"passing": True} if group[0].passing else {}),
        **({"first": min(times).date().isoformat(), "last": max(times).date().isoformat()} if times else {}),
        **_contexts(source, group),
    }
    return Template(
        id=name(source.name, group[0].line),
        kind="link-list" if group[0].passing else kind_of(one.line for one in group),
        lines=tuple(one.line for one in group),
        source=source.name,
        position=group[0].position,
        action="label" if group[0].heading else "remove",
        status=group[0].status,
        evidence=evidence,
    )


def _contexts(source: Source, group: Sequence[Proposal]) -> dict[str, list[str]]:
    """Return what stands before and after the group where it was met, for a person to judge by."""
    first, last = dict(reversed(group[0].counted.places)), dict(group[-1].counted.places)
    before, after = [], []
    for text in sorted(first.keys() & last.keys())[:CONTEXTS]:
        begin, end = source.bounds[text], source.bounds[text + 1]
        above, below = begin + first[text] - 1, begin + last[text] + 1
        before.append(_excerpt(source, above)[-EXCERPT:] if above >= begin else "")
        after.append(_excerpt(source, below)[:EXCERPT] if below < end else "")
    return {"before": before, "after": after}


def _excerpt(source: Source, unit: int) -> str:
    return writable(" ".join(source.line(unit).split()))


def writable(text: str) -> str:
    """Return `text` without what TOML cannot hold: halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode()
