"""a feed -> the share of all true pairs the index offers for verification, against every pair there is.

Truth is computed, not assumed: the stories (texts without the boilerplate the deduplicator's own cleaner removes) of
all documents as sets of word 3-grams; every pair in which one holds at least `LEAST` of the other's is found by prefix
filtering over the rarest shingles, which misses none, and measured exactly. Exact copies are collapsed first: the
deduplicator answers them by a hash and remembers one.

Then the same documents go through a deduplicator in the order of the feed, and before each is remembered its index is
asked for candidates. Two groups of pairs: *copies* (resemblance .6 or more) and *excerpts* (resemblance below .6, the
smaller story has 60 words or more and stands in the other to .8 or more). Pairs below that are shown as context. For
the pairs that are missed the cause is looked for: the cap on candidates (named once it is lifted), or the index.
"""

import argparse
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from common import conditions, document_of, entries_of, pin, report

from dedup import Deduplicator, _kernel
from dedup.duplicates.settings import RETRIEVAL
from dedup.duplicates.verdict import Verdict

LEAST = 0.6  # containment of the smaller story in the other, below which pairs are not looked for
COPY, EXCERPT, EXCERPT_WORDS = 0.6, 0.8, 60
REQUIRED = {"copies": 0.995, "excerpts": 0.95}
RESEMBLANCES = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
LENGTHS = (0, 30, 60, 100, 200, 400, 800)


@dataclass(slots=True)
class Story:
    """A document's story as a set of shingle hashes."""

    id: str
    words: int
    shingles: frozenset[int]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two stories by place (`first` came earlier), with what they share."""

    first: int
    second: int
    resemblance: float
    containment: float  # of the smaller in the larger
    words: int  # of the smaller

    @property
    def group(self) -> str:
        if self.resemblance >= COPY:
            return "copies"
        return "excerpts" if self.containment >= EXCERPT and self.words >= EXCERPT_WORDS else "others"


# -- truth


def unique_stories(entries: Iterable[dict], seen: Deduplicator) -> Iterator[tuple[dict, Story]]:
    """Yield the documents whose story did not come before, with their stories."""
    width, known = seen.settings.shingle, set()
    for entry in entries:
        removed = seen.cleaner.clean(entry["text"], entry.get("source")).removed
        cuts = array("I", [edge for span in removed for edge in (span.start, span.end)]).tobytes()
        (words,) = _kernel.words([entry["text"]], [cuts], True)
        if words and words not in known:
            known.add(words)
            shingles = frozenset(memoryview(_kernel.shingle(words, width)).cast("Q"))
            yield entry, Story(str(entry["id"]), len(words) // 8, shingles)


def all_pairs(stories: list[Story]) -> list[Pair]:
    """Return every pair in which one story holds at least `LEAST` of the other's shingles."""
    frequency = Counter(shingle for story in stories for shingle in story.shingles)
    holders: dict[int, list[int]] = defaultdict(list)
    for place, story in enumerate(stories):
        for shingle in story.shingles:
            if frequency[shingle] > 1:
                holders[shingle].append(place)
    found: dict[tuple[int, int], Pair] = {}
    for place, story in enumerate(stories):
        spare = len(story.shingles) - ceil(LEAST * len(story.shingles)) + 1  # the other lacks fewer than these
        rarest = sorted(story.shingles, key=lambda shingle: (frequency[shingle], shingle))[:spare]
        for other in {each for shingle in rarest for each in holders.get(shingle, ())} - {place}:
            key = (min(place, other), max(place, other))
            if key not in found:
                shared = len(story.shingles & stories[other].shingles)
                smaller = min((story, stories[other]), key=lambda each: len(each.shingles))
                if shared >= LEAST * len(smaller.shingles):
                    union = len(story.shingles) + len(stories[other].shingles) - shared
                    found[key] = Pair(*key, shared / union, shared / len(smaller.shingles), smaller.words)
    return sorted(found.values(), key=lambda pair: (pair.second, pair.first))


# -- what the index offers


def offers(
    entries: list[dict], wanted: dict[int, list[Pair]], **settings: object
) -> tuple[set[Pair], dict[str, float]]:
    """Return the pairs the index names when the second document comes, and its cost; every document is remembered."""
    found, named_at_all = set(), 0
    with Deduplicator(**settings) as seen:
        for place, entry in enumerate(entries):
            (prepared,) = seen.prepare([document_of(entry)])
            ids, copies, candidates = seen._search(prepared)
            named_at_all += len(array("I", copies + candidates))
            if place in wanted:
                named = {seen._id(number) for number in array("I", copies + candidates)}
                found.update(pair for pair in wanted[place] if str(entries[pair.first]["id"]) in named)
            seen._remember(prepared, ids, seen._open.memory.advance(prepared.document.time), Verdict())
        cost = {"candidates": named_at_all / len(seen), "index bytes": seen.stats["index"] / len(seen)}
    return found, cost


def by_second(pairs: Iterable[Pair]) -> dict[int, list[Pair]]:
    grouped: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        grouped[pair.second].append(pair)
    return grouped


# -- the account


def band(value: float, edges: tuple[float, ...]) -> str:
    index = max(at for at, edge in enumerate(edges) if value >= edge)
    return f"{edges[index]:g} to {edges[index + 1]:g}" if index + 1 < len(edges) else f"{edges[index]:g} and more"


def account(pairs: list[Pair], found: set[Pair]) -> dict[str, object]:
    groups: dict[str, object] = {}
    for name in ("copies", "excerpts", "others"):
        members = [pair for pair in pairs if pair.group == name]
        if not members:
            continue
        documents = by_second(members)
        some = sum(any(pair in found for pair in held) for held in documents.values())
        tables = {
            "by resemblance": _shares(members, found, lambda pair: band(pair.resemblance, RESEMBLANCES)),
            "by words": _shares(members, found, lambda pair: band(pair.words, LENGTHS)),
        }
        groups[name] = {
            "pairs": len(members),
            "recall": sum(pair in found for pair in members) / len(members),
            "documents": len(documents),
            "documents with one offered at least": some / len(documents),
            **tables,
        }
    return groups


def _shares(pairs: list[Pair], found: set[Pair], name) -> dict[str, tuple[int, float]]:
    grouped: dict[str, list[bool]] = defaultdict(list)
    for pair in pairs:
        grouped[name(pair)].append(pair in found)
    ordered = sorted(grouped.items(), key=lambda each: float(each[0].split()[0]))
    return {key: (len(held), sum(held) / len(held)) for key, held in ordered}


def causes(entries: list[dict], pairs: list[Pair], found: set[Pair], retrieval: str) -> dict[str, Counter[str]]:
    """Return why pairs of the two groups were not offered."""
    missed = [pair for pair in pairs if pair not in found and pair.group != "others"]
    if not missed:
        return {}
    uncapped, _ = offers(entries, by_second(missed), retrieval=retrieval, candidates=10**6)
    why: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in missed:
        why[pair.group]["more candidates than are verified" if pair in uncapped else "index"] += 1
    return why


def show(groups: dict[str, object], why: dict[str, Counter[str]]) -> Iterator[str]:
    for name, figures in groups.items():
        required = f", required {REQUIRED[name]}" if name in REQUIRED else ""
        some = figures["documents with one offered at least"]
        yield f"{name}: {figures['recall']:.4f} of {figures['pairs']:,} pairs offered{required}"
        yield f"    {some:.4f} of {figures['documents']:,} documents have one at least"
        for title in ("by resemblance", "by words"):
            shown = "; ".join(f"{key}: {share:.4f} of {count:,}" for key, (count, share) in figures[title].items())
            yield f"    {title}: {shown}"
        if why.get(name):
            yield f"    missed by: {dict(why[name])}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("feed", type=Path, help="JSONL with `id` and `text`, may be .gz")
    parser.add_argument("--language", default="en", help="only documents whose `language` begins so")
    parser.add_argument("--limit", type=int, default=20_000, help="documents")
    parser.add_argument("--retrieval", choices=RETRIEVAL, default="balanced", help="the preset")
    parser.add_argument("--candidates", type=int, help="verified per document, when not those of the preset")
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, help="write the raw numbers to this file")
    arguments = parser.parse_args()
    pin(arguments.core)
    feed = (
        entry for entry, _ in zip(entries_of(arguments.feed, arguments.language), range(arguments.limit), strict=False)
    )
    entries, stories = map(list, zip(*unique_stories(feed, Deduplicator()), strict=True))
    print(f"{len(stories):,} different stories of {arguments.limit:,} documents", file=sys.stderr)
    pairs = all_pairs(stories)
    capped = {} if arguments.candidates is None else {"candidates": arguments.candidates}
    found, cost = offers(entries, by_second(pairs), retrieval=arguments.retrieval, **capped)
    groups, why = account(pairs, found), causes(entries, pairs, found, arguments.retrieval)
    print(*show(groups, why), sep="\n")
    print("per document: " + ", ".join(f"{value:,.1f} {name}" for name, value in cost.items()))
    figures = conditions(**vars(arguments)) | {"stories": len(stories), "groups": groups, "missed": why, "cost": cost}
    report(figures, arguments.output)
    for name, least in REQUIRED.items():
        if name in groups and groups[name]["recall"] < least:
            sys.exit(f"{name}: {groups[name]['recall']:.4f} is below the {least} required")


if __name__ == "__main__":
    main()
