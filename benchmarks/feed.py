"""texts -> verdicts: speed of every engine on the same documents, and what each finds that the others do not.

Every engine starts from the same `str` objects and says of each document, in order, whether an earlier one holds the
same story. Peers get word 3-grams, 128 permutations, 32 bands of 4 where they let one choose, resemblance .5 or more,
and their best documented way; making shingles in Python is part of the time of those that want shingles. dedup runs
with its defaults (boilerplate cut, every match verified), and once with an empty catalogue. One core.

A peer's *hit* is a document for which it names an earlier one. Hits dedup does not call duplicates are looked at by
dedup's own relation of the two texts: expansions and updates are new versions, templates and distinct texts are
rejected on purpose; *missed* counts those dedup itself calls duplicates when shown the pair. Where a feed has truth
(syndicate.py), recall is over documents made as exact, near or excerpt of one that came earlier, and alarms are
documents called duplicates though no earlier document tells their story.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common import conditions, document_of, entries_of, pin, report, size, take_turns
from syndicate import Feed, Settings

from dedup import Catalogue, Cleaner, Deduplicator, Match, compare

WIDTH, PERMUTATIONS, BANDS, ROWS = 3, 128, 32, 4
BATCH = 1000  # documents a peer's batch call takes
DUPLICATES = ("exact", "near", "excerpt")


def shingles(text: str) -> list[str]:
    """Return the word 3-grams of a text, as users of the peers make them."""
    words = text.lower().split()
    return [" ".join(words[i : i + WIDTH]) for i in range(max(1, len(words) - WIDTH + 1))]


# -- engines: texts -> for each document, the earlier documents it names (their places), or a bool where it names none


def dedup(entries: list[dict], cleaner: Cleaner | None = None) -> tuple[Deduplicator, list[Match | None]]:
    seen = Deduplicator(cleaner=cleaner)
    return seen, list(seen.add_many(map(document_of, entries)))


def datasketch(texts: list[str], threshold: float) -> list[list[int]]:
    from datasketch import MinHash, MinHashLSH

    empty, index, hits = MinHash(num_perm=PERMUTATIONS), MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS), []
    for number, text in enumerate(texts):
        minhash = empty.copy()
        minhash.update_batch([shingle.encode() for shingle in shingles(text)])
        hits.append(index.query(minhash))
        index.insert(number, minhash, check_duplication=False)
    return hits


def rensa_deduplicator(texts: list[str], threshold: float) -> list[bool]:
    from rensa import RMinHashDeduplicator

    known, new = RMinHashDeduplicator(threshold, PERMUTATIONS, True, BANDS, 42), []
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        new += known.add_pairs([(str(number), shingles(text)) for number, text in enumerate(batch, start)])
    return [not each for each in new]


def rensa_lsh(texts: list[str], threshold: float, rho: bool = False) -> list[bool]:
    """Return flags: a document shares a band with any other, before or after it."""
    from rensa import RMinHash, RMinHashLSH

    sketch = RMinHash.digest_matrix_from_token_sets_rho if rho else RMinHash.digest_matrix_from_token_sets
    index = RMinHashLSH(threshold, PERMUTATIONS, BANDS)
    matrix = sketch([shingles(text) for text in texts], PERMUTATIONS, 42)
    return index.insert_matrix_and_query_duplicate_flags(matrix)


def gaoya(texts: list[str], threshold: float) -> list[list[int]]:
    from gaoya.minhash import MinHashStringIndex

    index = MinHashStringIndex(32, threshold, BANDS, ROWS, None, "word", True, (WIDTH, WIDTH), "smallvec")
    hits = []
    for number, text in enumerate(texts):
        hits.append(index.query(text))
        index.insert_document(number, text)
    return hits


PEERS: dict[str, tuple[str, Callable]] = {
    "datasketch MinHashLSH": ("datasketch", datasketch),
    "rensa Deduplicator": ("rensa", rensa_deduplicator),
    "rensa LSH, unverified flags": ("rensa", rensa_lsh),
    "rensa LSH rho, unverified flags": ("rensa", lambda texts, threshold: rensa_lsh(texts, threshold, rho=True)),
    "gaoya": ("gaoya", gaoya),
}
NAMED = ("datasketch MinHashLSH", "rensa Deduplicator", "gaoya")  # those whose hits name the earlier document
ASKED = {"rensa Deduplicator": 8, "gaoya": 8, "datasketch MinHashLSH": 40}  # times their speed


def earlier(name: str, texts: list[str], hits: list) -> dict[int, list[int]]:
    """Return the earlier documents each hit names; asked of rensa afterwards, as its deduplicator answers yes or no."""
    if name != "rensa Deduplicator":
        return {number: found for number, found in enumerate(hits) if found}
    from rensa import RMinHashDeduplicator

    known = RMinHashDeduplicator(0.5, PERMUTATIONS, True, BANDS, 42)
    named = {}
    for number, text in enumerate(texts):
        if hits[number]:
            named[number] = [int(key) for key in known.get_duplicate_sets([shingles(text)])[0]]
        known.add_pairs([(str(number), shingles(text))])
    return named


# -- what was found


@dataclass
class Account:
    """A peer's hits, by what dedup says of them."""

    hits: int
    unverified: int  # exact resemblance of the texts below the threshold
    both: int
    versions: Counter[str]
    rejected: Counter[str]
    missed: list[tuple[str, str]]
    samples: list[dict[str, object]]


def account(
    named: dict[int, list[int]], entries: list[dict], answers: list[Match | None], seen: Deduplicator, threshold: float
) -> Account:
    found = Account(len(named), 0, 0, Counter(), Counter(), [], [])
    for number, others in named.items():
        answer, text = answers[number], entries[number]["text"]
        other = max(others, key=lambda each: resemblance(text, entries[each]["text"]))
        below = resemblance(text, entries[other]["text"]) < threshold
        found.unverified += below
        if answer is not None and answer.duplicate:
            found.both += 1
            continue
        match = compare(document_of(entries[number]), document_of(entries[other]), context=seen)
        pair = (entries[number]["id"], entries[other]["id"])
        if match.duplicate:
            found.missed.append(pair)
        else:
            (found.versions if match.relation in ("expansion", "update") else found.rejected)[match.relation] += 1
        shown = {"pair": pair, "relation": match.relation, "words": match.evidence.words, "order": match.evidence.order}
        found.samples.append(
            shown | {"lost": match.evidence.lost[:8], "swaps": match.evidence.swaps[:4], "below": below}
        )
    found.samples = random.Random(1).sample(found.samples, min(40, len(found.samples)))
    return found


def resemblance(text: str, other: str) -> float:
    left, right = set(shingles(text)), set(shingles(other))
    return len(left & right) / len(left | right)


def against_truth(entries: list[dict], flagged: list[bool]) -> dict[str, float] | None:
    """Return recall over the copies whose original came earlier, and false alarms."""
    if "truth" not in entries[0]:
        return None
    come: set[str] = set()
    stories: set[str] = set()
    copies, found, alarms = 0, 0, 0
    for entry, flag in zip(entries, flagged, strict=True):
        truth = entry["truth"]
        if truth["relation"] in DUPLICATES and truth["of"] in come:
            copies += 1
            found += flag
        alarms += flag and truth["story"] not in stories
        come.add(entry["id"])
        stories.add(truth["story"])
    return {"copies": copies, "recall": found / copies, "alarms": alarms, "flagged": sum(flagged)}


# -- measuring


def measure(entries: list[dict], arguments: argparse.Namespace) -> dict[str, object]:
    texts, threshold = [entry["text"] for entry in entries], arguments.threshold
    made: dict[str, object] = {}

    def keep(name: str, run: Callable[[], object]) -> Callable[[], None]:
        return lambda: made.__setitem__(name, run())

    runs = {"dedup": keep("dedup", lambda: dedup(entries))}
    runs["dedup, empty catalogue"] = keep("dedup, empty catalogue", lambda: dedup(entries, Cleaner(Catalogue())))
    for name, (package, run) in PEERS.items():
        try:
            __import__(package)
        except ImportError:
            print(f"left out: {name}", file=sys.stderr)
            continue
        runs[name] = keep(name, lambda run=run: run(texts, threshold))
    seconds = take_turns(runs, arguments.rounds)
    ratios = {name: sorted(a / b for a, b in zip(seconds[name], seconds["dedup"], strict=True)) for name in runs}
    seen, answers = made["dedup"]
    rows = []
    for name in runs:
        median = sorted(seconds[name])[len(seconds[name]) // 2]
        hits = (
            [bool(m and m.duplicate) for m in made[name][1]]
            if name.startswith("dedup")
            else list(map(bool, made[name]))
        )
        rows.append(
            {
                "engine": name,
                "documents/s": len(texts) / median,
                "MB/s": size(texts) / median / 1e6,
                "dedup is faster by": ratios[name][len(ratios[name]) // 2],
                "asked": ASKED.get(name),
                "seconds": seconds[name],
                "called duplicates": sum(hits),
                "truth": against_truth(entries, hits),
            }
        )
        if name in NAMED:
            rows[-1]["account"] = vars(account(earlier(name, texts, made[name]), entries, answers, seen, threshold))
    relations = Counter(match.relation if match else "new" for match in answers)
    return {"documents": len(texts), "bytes": size(texts), "relations": relations, "rows": rows}


def table(figures: dict[str, object]) -> str:
    lines = [
        f"{figures['documents']:,} documents, {figures['bytes'] / 1e6:.1f} MB; dedup says {dict(figures['relations'])}",
        "",
        "| engine | documents/s | MB/s | dedup is faster by | asked | called duplicates | recall | alarms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in figures["rows"]:
        truth = row["truth"]
        shown = f"{truth['recall']:.4f} | {truth['alarms']}" if truth else "- | -"
        lines.append(
            f"| {row['engine']} | {row['documents/s']:,.0f} | {row['MB/s']:.1f} | {row['dedup is faster by']:.2f} "
            f"| {row['asked'] or '-'} | {row['called duplicates']:,} | {shown} |"
        )
    lines += ["", "| hits of | all | dedup too | new versions | rejected | missed | under the threshold in fact |"]
    lines.append("|---|---:|---:|---|---|---:|---:|")
    for row in figures["rows"]:
        if found := row.get("account"):
            lines.append(
                f"| {row['engine']} | {found['hits']:,} | {found['both']:,} | {_counts(found['versions'])} "
                f"| {_counts(found['rejected'])} | {len(found['missed'])} | {found['unverified']} |"
            )
    return "\n".join(lines)


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counter.most_common()) or "0"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("feed", nargs="?", type=Path, help="JSONL with a member `text`, may be .gz")
    parser.add_argument("--language", default="en", help="only documents of the feed whose `language` begins so")
    parser.add_argument("--limit", type=int, default=10_000, help="documents of the feed, and generated ones")
    parser.add_argument("--threshold", type=float, default=0.5, help="resemblance the peers ask for")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, help="write the raw numbers to this file")
    arguments = parser.parse_args()
    pin(arguments.core)
    feeds = {"generated": list(Feed(Settings(documents=arguments.limit)))}
    if arguments.feed:
        entries = entries_of(arguments.feed, arguments.language)
        feeds[arguments.feed.name] = [entry for entry, _ in zip(entries, range(arguments.limit), strict=False)]
    figures = conditions(**vars(arguments))
    for name, entries in feeds.items():
        figures[name] = measure(entries, arguments)
        print(f"\n## {name}: {table(figures[name])}", flush=True)
    report(figures, arguments.output)


if __name__ == "__main__":
    main()
