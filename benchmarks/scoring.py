"""labelled documents and removed spans -> precision and recall by word, kind and source, with intervals."""

import json
import random
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from pathlib import Path

WORD = re.compile(r"\w+")
PAGE = ("link-list", "platform-chrome")  # what a web page leaves behind; the other kinds are syndication's own
ROUNDS = 1000


class Labelled:
    """A text whose boilerplate is marked: `boilerplate` has kinds, `unsure` is not scored, `must_keep` must stay."""

    def __init__(self, entry: dict) -> None:
        self.id, self.source, self.text = entry["id"], entry.get("source"), entry["text"]
        self.boilerplate, self.must_keep = entry["boilerplate"], entry.get("must_keep", [])
        self.starts = [match.start() for match in WORD.finditer(self.text)]
        self.kinds = [""] * len(self.starts)
        for span in self.boilerplate:
            self._mark(span, span["kind"])
        for span in entry.get("unsure", []):
            self._mark(span, "unsure")

    def _mark(self, span: dict, kind: str) -> None:
        for index in self.words(span["start"], span["end"]):
            self.kinds[index] = kind

    def words(self, start: int, end: int) -> range:
        """Return the numbers of the words that begin in a span."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))


def read(path: str) -> list[Labelled]:
    """Return the labelled documents of a JSONL file."""
    with Path(path).open(encoding="utf-8") as lines:
        return [Labelled(json.loads(line)) for line in lines]


def score(document: Labelled, removed: list[tuple[int, int]]) -> Counter:
    """Return what was removed of one document, counted in words, must-keep spans and clean documents."""
    gone = {index for start, end in removed for index in document.words(start, end)}
    counts: Counter = Counter()
    for index, kind in enumerate(document.kinds):
        if kind == "unsure":
            continue
        counts["removed"] += index in gone
        if kind:
            counts["boilerplate"] += 1
            counts["found"] += index in gone
            counts["of", kind] += 1
            counts["found", kind] += index in gone
            counts["syndication"] += kind not in PAGE
            counts["syndication found"] += kind not in PAGE and index in gone
    counts["must keep"] = len(document.must_keep)
    counts["damaged"] = sum(
        any(start < span["end"] and span["start"] < end for start, end in removed) for span in document.must_keep
    )
    counts["clean"] = not document.boilerplate
    counts["clean touched"] = not document.boilerplate and bool(removed)
    return counts


def figures(counts: Counter) -> dict[str, float]:
    """Return precision, recall and recall of the syndication kinds."""
    return {
        "precision": counts["found"] / counts["removed"] if counts["removed"] else 1.0,
        "recall": counts["found"] / max(1, counts["boilerplate"]),
        "syndication": counts["syndication found"] / max(1, counts["syndication"]),
    }


def total(scores: list[tuple[str | None, Counter]]) -> Counter:
    """Return the sum of the counts of `(source, counts)` pairs."""
    return sum((counts for _, counts in scores), Counter())


def intervals(scores: list[tuple[str | None, Counter]], seed: int = 1) -> dict[str, tuple[float, float]]:
    """Return the range that holds 90 % of the figures when sources are drawn anew, with replacement."""
    by_source = defaultdict(Counter)
    for source, counts in scores:
        by_source[source].update(counts)
    sources, chance = [*by_source.values()], random.Random(seed)
    drawn = [figures(sum(chance.choices(sources, k=len(sources)), Counter())) for _ in range(ROUNDS)]
    ranges = {}
    for name in drawn[0]:
        values = sorted(each[name] for each in drawn)
        ranges[name] = (values[ROUNDS // 20], values[-ROUNDS // 20])
    return ranges
