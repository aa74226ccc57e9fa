r"""labelled documents -> how much boilerplate a catalogue takes out, and what it takes out wrongly.

One JSON object a line: `text`, `source`, `boilerplate` (`start`, `end`, `kind`), `unsure` (not scored) and `must_keep`
spans, in code points. Scored by `\w+` tokens: precision is the share of removed tokens that are boilerplate, recall the
share of boilerplate that is removed; "syndication" leaves out link lists and platform chrome, which are page residue.
Intervals resample sources, for templates hit or miss whole sources.
"""

import argparse
import json
import random
import re
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from dedup import Catalogue, Cleaner

RESIDUE = {"link-list", "platform-chrome"}
ROUNDS = 2000
WORD = re.compile(r"\w+")


@dataclass
class Score:
    """The counts of one source, or of many added up."""

    right: Counter = field(default_factory=Counter)  # removed boilerplate tokens, by kind
    gold: Counter = field(default_factory=Counter)  # all boilerplate tokens, by kind
    wrong: Counter = field(default_factory=Counter)  # removed other tokens, by template
    removed: Counter = field(default_factory=Counter)  # by template
    counts: Counter = field(default_factory=Counter)  # documents, clean, touched, must_keep, damaged

    def __add__(self, other):
        names = ("right", "gold", "wrong", "removed", "counts")
        return Score(*(getattr(self, name) + getattr(other, name) for name in names))

    def precision(self):
        wrong, right = self.wrong.total(), self.right.total()
        return right / (right + wrong) if right + wrong else 1.0

    def recall(self, without=frozenset()):
        kinds = self.gold.keys() - without
        return sum(self.right[kind] for kind in kinds) / max(1, sum(self.gold[kind] for kind in kinds))


def score(document, spans):
    """Return the score of one document whose `spans` were removed."""
    text, result = document["text"], Score()
    label = [""] * len(text)
    for mark in document["boilerplate"]:
        label[mark["start"] : mark["end"]] = [mark["kind"]] * (mark["end"] - mark["start"])
    for mark in document.get("unsure", ()):
        label[mark["start"] : mark["end"]] = ["?"] * (mark["end"] - mark["start"])
    gone = [""] * len(text)
    for span in spans:
        gone[span.start : span.end] = [span.template] * (span.end - span.start)
    for word in WORD.finditer(text):
        kind, template = label[word.start()], gone[word.start()]
        if kind == "?":
            continue
        if kind:
            result.gold[kind] += 1
        if template:
            result.removed[template] += 1
            (result.right if kind else result.wrong)[kind or template] += 1
    damaged = sum(any(gone[mark["start"] : mark["end"]]) for mark in document.get("must_keep", ()))
    clean = not document["boilerplate"]
    result.counts.update(
        documents=1, clean=clean, touched=clean and bool(result.removed),
        must_keep=len(document.get("must_keep", ())), damaged=damaged,
    )  # fmt: skip
    return result


def interval(scores, measure):
    """Return the 90 % interval of `measure` when sources are drawn anew."""
    draw = random.Random(1)
    drawn = sorted(measure(sum(draw.choices(scores, k=len(scores)), Score())) for _ in range(ROUNDS))
    return drawn[ROUNDS // 20], drawn[-ROUNDS // 20]


def row(name, scores, with_interval=True):
    total = sum(scores, Score())
    measures = (Score.precision, Score.recall, lambda each: each.recall(RESIDUE))
    cells = []
    for measure in measures:
        low, high = interval(scores, measure) if with_interval and len(scores) > 1 else (0, 0)
        cells.append(f"{measure(total):.3f}" + (f" ({low:.2f}-{high:.2f})" if high else ""))
    counts = total.counts
    print(
        f"| {name} | {' | '.join(cells)} | {counts['damaged']}/{counts['must_keep']}"
        f" | {counts['touched']}/{counts['clean']} | {counts['documents']} |"
    )
    return total


def table(names, groups):
    print("| set | precision | recall | syndication | must-keep damaged | clean touched | documents |")
    print("|---|---|---|---|---:|---:|---:|")
    return [row(name, list(scores.values())) for name, scores in zip(names, groups, strict=True) if scores]


def by_source(documents, cleaner):
    scores = {}
    for document in documents:
        spans = cleaner.clean(document["text"], document["source"]).removed
        scores[document["source"]] = scores.get(document["source"], Score()) + score(document, spans)
    return scores


def half_of(source):
    """Return which half a source belongs to: forms were first written on half 0; later, misses of both were read."""
    return zlib.crc32(source.encode()) % 2


def show_details(scores, documents, cleaner, misses):
    total = sum(scores.values(), Score())
    print("\n| kind | tokens | recall |\n|---|---:|---:|")
    for kind, count in total.gold.most_common():
        print(f"| {kind} | {count} | {total.right[kind] / count:.2f} |")
    print("\n| source | tokens | recall | wrong |\n|---|---:|---:|---:|")
    for source, each in sorted(scores.items(), key=lambda pair: -pair[1].gold.total()):
        print(f"| {source} | {each.gold.total()} | {each.recall():.2f} | {each.wrong.total()} |")
    print("\nwrongly removed, by template:", dict(total.wrong.most_common()) or "nothing")
    if misses:
        show_misses(documents, cleaner)


def show_misses(documents, cleaner):
    for document in documents:
        text = document["text"]
        spans = cleaner.clean(text, document["source"]).removed
        gone = {at for span in spans for at in range(span.start, span.end)}
        for mark in document["boilerplate"]:
            words = [word for word in WORD.finditer(text, mark["start"], mark["end"]) if word.start() not in gone]
            if words:
                missed = text[words[0].start() : words[-1].end()]
                print(f"- {document['source']} {mark['kind']} ({len(words)}): {missed[:400]!r}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("labelled", type=Path, help="JSONL of labelled documents")
    parser.add_argument("--catalogue", type=Path, help="templates to add, as written by `dedup learn`")
    parser.add_argument("--proposed", action="store_true", help="take those nobody has reviewed, too")
    parser.add_argument("--without-builtin", action="store_true")
    parser.add_argument("--half", type=int, choices=(0, 1), help="only the sources of one half")
    parser.add_argument("--misses", action="store_true", help="print what was missed")
    options = parser.parse_args()
    catalogue = Catalogue() if options.without_builtin else Catalogue.builtin()
    if options.catalogue:
        settings = {"proposed": True} if options.proposed else {}
        catalogue += Catalogue.load(options.catalogue, **settings)
    cleaner = Cleaner(catalogue)
    documents = [json.loads(line) for line in options.labelled.read_text("utf-8").split("\n") if line]
    if options.half is not None:
        documents = [each for each in documents if half_of(each["source"]) == options.half]
    scores = by_source(documents, cleaner)
    halves = [{name: each for name, each in scores.items() if half_of(name) == half} for half in (0, 1)]
    print(f"{len(catalogue)} templates\n")
    table(("all", "half 0", "half 1"), (scores, *halves))
    show_details(scores, documents, cleaner, options.misses)


if __name__ == "__main__":
    main()
