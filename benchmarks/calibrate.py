"""judged pairs (and the feed they come from) -> how good the verdicts are, and the curves behind the defaults.

    python benchmarks/calibrate.py PAIRS.jsonl --feed FEED.jsonl.gz -o calibration/verdicts.json

A pair is a line with `a` and `b` (id, text, source), `relation` and `confidence`. With `--feed`, every pair is
judged twice: alone, and in the context of a deduplicator that has read the feed; further readings
(calibration/*-reading.tsv: ids, labels and reasons, no text) are scored too. Documents that share fewer than
two sampled shingles with any of the pairs cannot change a verdict and are not read, unless `--all` is given.
"""

import argparse
import csv
import gzip
import json
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from dedup import Deduplicator, Document, _kernel
from dedup.document import DUPLICATES, RELATIONS
from dedup.duplicates.decide import relate
from dedup.duplicates.settings import PRESETS, Settings

LABELS = (
    "exact", "near", "excerpt", "expansion", "update", "template", "shared-passage", "boilerplate-only", "distinct",
)  # fmt: skip
OURS = {"shared-passage": "distinct", "boilerplate-only": "distinct", "exact": "near"}  # exact and near count as one
CURVES = {
    "words": (0.75, 0.8, 0.85, 0.9, 0.95), "order": (0.7, 0.75, 0.8, 0.83, 0.86, 0.9, 0.94),
    "coverage": (0.0, 0.4, 0.6, 0.7, 0.8, 0.9), "swaps": (0.5, 1.0, 1.5, 1.9, 2.3, 3.0),
    "lost": (3, 5, 6, 8, 10, 14), "numbers": (1, 2, 3, 8), "lost_rate": (0.5, 1.0, 2.0, 2.5, 3.0, 4.0, 6.0),
}  # fmt: skip
READINGS = Path(__file__).parent / "calibration"


def lines(path):
    with (gzip.open if path.endswith(".gz") else Path.open)(Path(path), "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def document(entry):
    return Document(entry["id"], entry["text"] or "", title=entry.get("title"), source=entry["source"])


def samples(text, settings):
    (words,) = _kernel.words([text], [b""], True)
    return set(memoryview(_kernel.samples(words, settings.shingle, settings.sample)).cast("I"))


def readings(feed):
    """Return the pairs of each further reading, with their texts from the feed."""
    rows = {}
    for path in sorted(READINGS.glob("*-reading.tsv")):
        with path.open(encoding="utf-8") as file:
            rows[path.stem] = list(csv.DictReader(file, delimiter="\t"))
    wanted = {row[side] for pairs in rows.values() for row in pairs for side in "ab"}
    found = {entry["id"]: entry for entry in lines(feed) if entry["id"] in wanted}
    return {
        name: [{**row, "a": found[row["a"]], "b": found[row["b"]]} for row in pairs] for name, pairs in rows.items()
    }


def read(feed, pairs, everything):
    """Return a deduplicator that has read `feed`."""
    seen = Deduplicator()
    wanted = {key for pair in pairs for side in "ab" for key in samples(pair[side]["text"], seen.settings)}
    for entry in lines(feed):
        if everything or len(wanted & samples(entry["text"] or "", seen.settings)) >= 2:
            seen.add(document(entry))
    return seen


def compared(pairs, seen):
    """Return the comparisons of all pairs: what is measured does not depend on the thresholds."""
    return [(pair, seen._comparison(document(pair["a"]), document(pair["b"]))) for pair in pairs]


def judged(comparisons, settings):
    return [(pair["relation"], relate(comparison, settings), pair) for pair, comparison in comparisons]


def score(verdicts):
    truth = [(label in DUPLICATES, relation in DUPLICATES) for label, relation, _ in verdicts]
    hits, false, missed = truth.count((True, True)), truth.count((False, True)), truth.count((True, False))
    right = sum(OURS.get(label, label) == OURS.get(relation, relation) for label, relation, _ in verdicts)
    return {
        "pairs": len(verdicts),
        "f1": round(2 * hits / max(1, 2 * hits + false + missed), 3),
        "precision": round(hits / max(1, hits + false), 3),
        "recall": round(hits / max(1, hits + missed), 3),
        "relation": round(right / max(1, len(verdicts)), 3),
    }


def table(verdicts):
    counts = defaultdict(Counter)
    for label, relation, _ in verdicts:
        counts[label][relation] += 1
    print(f"  {'':18}" + "".join(f"{relation:>10}" for relation in RELATIONS))
    for label in LABELS:
        print(f"  {label:18}" + "".join(f"{counts[label][relation] or '':>10}" for relation in RELATIONS))


def by_source(verdicts):
    """Score every dataset the pairs come from by itself, and all others."""
    names = {pair["a"].get("dataset") for _, _, pair in verdicts}
    return {
        str(name): {
            "within": score([each for each in verdicts if each[2]["a"].get("dataset") == name]),
            "without": score([each for each in verdicts if each[2]["a"].get("dataset") != name]),
        }
        for name in sorted(map(str, names))
    }


def report(name, comparisons):
    high = [each for each in comparisons if each[0]["confidence"] == "high"]
    results = {"high": score(judged(high, Settings())), "all": score(judged(comparisons, Settings()))}
    for which, figures in results.items():
        print(f"{name}, {which}: " + "  ".join(f"{key} {value}" for key, value in figures.items()))
    table(judged(high, Settings()))
    results["presets"] = {preset: score(judged(high, Settings.of({"preset": preset}))) for preset in PRESETS}
    for preset, figures in results["presets"].items():
        print(f"  {preset:10}" + "  ".join(f"{key} {value}" for key, value in figures.items()))
    results["curves"] = {
        setting: {str(value): score(judged(high, replace(Settings(), **{setting: value}))) for value in values}
        for setting, values in CURVES.items()
    }
    results["sources"] = by_source(judged(high, Settings()))
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs")
    parser.add_argument("--feed")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("-o", "--output")
    options = parser.parse_args()
    sets = {"development": list(lines(options.pairs))}
    contexts = {"alone": Deduplicator()}
    if options.feed:
        sets |= readings(options.feed)
        contexts["in context"] = read(options.feed, [pair for pairs in sets.values() for pair in pairs], options.all)
    results = {
        f"{name}, {context}": report(f"{name}, {context}", compared(pairs, seen))
        for context, seen in contexts.items()
        for name, pairs in sets.items()
    }
    if options.output:
        Path(options.output).write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
