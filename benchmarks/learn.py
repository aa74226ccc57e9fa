"""a feed and labelled documents of it -> what is learned from it unreviewed, alone and beside the built-in templates.

Beside it, what filters of corpora delete that read the same feed (deletion.py); a peer not installed loses its rows.

python benchmarks/learn.py FEED.jsonl[.gz] LABELLED.jsonl [-o learn.json] [--rules rules.toml]
"""

import argparse
import json
from pathlib import Path
from time import process_time

from common import conditions, documents, peak
from deletion import deletions
from scoring import figures, intervals, read, score, total

import dedup

CONFIGURATIONS = ("built-in", "confident", "confident + built-in", "everything", "everything + built-in")
WIDTH = 34


def catalogue(name, rules):
    """Return the templates of one configuration."""
    parts = []
    if "confident" in name or "everything" in name:
        parts.append(dedup.Catalogue.load(rules, proposed="everything" in name))
    if "built-in" in name:
        parts.append(dedup.Catalogue.builtin())
    return sum(parts[1:], parts[0])


def cleaned(name, rules):
    """Return the function that gives what one configuration removes of a document."""
    cleaner = dedup.Cleaner(catalogue(name, rules))
    return lambda each: [(span.start, span.end) for span in cleaner.clean(each.text, each.source).removed]


def measure(labelled, removed_of):
    """Return the scores of one configuration, one for each document, and the words wrongly removed by document."""
    scores, wrong = [], {}
    for document in labelled:
        counts = score(document, removed_of(document))
        scores.append((document.source, counts))
        if counts["removed"] > counts["found"]:
            wrong[document.id] = counts["removed"] - counts["found"]
    return scores, wrong


def report(name, scores, wrong):
    """Print one configuration and return it as plain values."""
    counts = total(scores)
    now, ranges = figures(counts), intervals(scores)
    shown = "  ".join(f"{key} {value:.3f} ({ranges[key][0]:.3f}-{ranges[key][1]:.3f})" for key, value in now.items())
    print(f"{name:{WIDTH}} {shown}")
    print(
        f"{'':{WIDTH}} must-keep spans damaged {counts['damaged']} of {counts['must keep']}, clean documents touched "
        f"{counts['clean touched']} of {counts['clean']}, words wrongly removed {counts['removed'] - counts['found']}"
    )
    kinds = {kind: (counts["found", kind], of) for (what, kind), of in pairs(counts) if what == "of"}
    return {"figures": now, "intervals": ranges, "kinds": kinds, "wrong": wrong, "sources": by_source(scores)}


def pairs(counts):
    """Return the counts that are kept by kind."""
    return [(key, value) for key, value in counts.items() if isinstance(key, tuple)]


def by_source(scores):
    """Return the figures of each source."""
    names = sorted({source or "" for source, _ in scores})
    sums = {name: total([pair for pair in scores if (pair[0] or "") == name]) for name in names}
    return {name: figures(counts) | {"words": counts["boilerplate"]} for name, counts in sums.items()}


def main():
    """Learn, apply, score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feed")
    parser.add_argument("labelled")
    parser.add_argument("-o", "--output")
    parser.add_argument("--rules", default="rules.toml", help="where to write what was learned")
    options = parser.parse_args()
    begun = process_time()
    learned = dedup.Catalogue.learn(documents(options.feed))
    seconds = process_time() - begun
    learned.save(options.rules)
    memory = peak() / 1e6
    confident = sum(template.status == "confident" for template in learned)
    print(f"learned {len(learned):,} blocks, {confident:,} confident, in {seconds:.0f} s of one core, {memory:.0f} MB")
    labelled = read(options.labelled)
    results = {name: report(name, *measure(labelled, cleaned(name, options.rules))) for name in CONFIGURATIONS}
    peers = {}
    for name, spans, spent, used in deletions(options.feed, {document.id for document in labelled}):
        entry = report(name, *measure(labelled, lambda each, spans=spans: spans.get(each.id, [])))
        print(f"{'':{WIDTH}} {spent:.0f} s of one core, {used:.0f} MB")
        peers[name] = entry | {"seconds": spent, "megabytes": used}
    print(f"\n{'kind':20} {'words':>6}  " + "  ".join(f"{name:>22}" for name in CONFIGURATIONS))
    for kind, (_, words) in sorted(results["built-in"]["kinds"].items(), key=lambda item: -item[1][1]):
        shares = "  ".join(f"{results[name]['kinds'][kind][0] / words:22.2f}" for name in CONFIGURATIONS)
        print(f"{kind:20} {words:6}  {shares}")
    if options.output:
        entry = conditions() | {"seconds": seconds, "megabytes": memory, "results": results, "peers": peers}
        Path(options.output).write_text(json.dumps(entry, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
