"""hostile feeds -> the work they cost, counted: four times the feed must be four times the work, in bounded memory.

Each case is a feed of n documents (or a text of n words), run at n and at 4n. Work is what the deduplicator counts of
itself (probes of the index, verifications of pairs) and the calls the interpreter makes; none may grow by more than
`GROWTH` from n to 4n (16 would be quadratic; a little over 4 is the start, when keys have not met their limit yet),
but for `FILLING` a document: an empty index answers with less work than a full one, and among many short texts a few
keys of 32 bits are the same by chance.
Beside them the seconds, for reading only, and the memory the process grew by.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from common import conditions, report, resident

from dedup import Deduplicator, Document

GROWTH = 6.5
FILLING = 20
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
COUNTED = ("probes", "verifications", "calls")
SENTENCE = "The council of a harbour town voted to repair its old bridge after storms had shut the ferry for nine days."
WORDS = SENTENCE.lower().rstrip(".").split()


def story(number: int, words: int = 120) -> str:
    """Return a text of its own for every number."""
    return " ".join(f"{WORDS[(at * 7 + number) % len(WORDS)]} w{number}x{at}" for at in range(words // 2))


def copies(n: int) -> Iterator[Document]:
    """One text, over and over."""
    return (Document(str(place), story(0)) for place in range(n))


def near_copies(n: int) -> Iterator[Document]:
    """One text, every time with another last sentence."""
    return (Document(str(place), f"{story(0)} This was telling number {place} of it.") for place in range(n))


def one_half(n: int) -> Iterator[Document]:
    """Texts that share one half; the other is their own."""
    return (Document(str(place), f"{story(0)}\n\n{story(place + 1)}") for place in range(n))


def one_sentence(n: int) -> Iterator[Document]:
    """Texts of their own above one sentence that all have."""
    return (Document(str(place), f"{story(place + 1)}\n\n{SENTENCE}") for place in range(n))


def empty(n: int) -> Iterator[Document]:
    """Texts without a word."""
    return (Document(str(place), "" if place % 2 else " \n— !") for place in range(n))


def one_word(n: int) -> Iterator[Document]:
    """Two texts of one word n times each, and one with another word at its end."""
    return (Document(name, "a " * n + end) for name, end in (("a", ""), ("b", ""), ("c", "b")))


def few_words(n: int) -> Iterator[Document]:
    """Two long texts of the same three words in different order."""
    return (
        Document(name, " ".join("abc"[(at * step) % 7 % 3] for at in range(n))) for name, step in (("a", 3), ("b", 5))
    )


def one_time(n: int) -> Iterator[Document]:
    """Texts of their own, all of the same moment, which then leave the window together."""
    for place in range(n):
        yield Document(str(place), story(place + 1, 30), time=NOON)
    yield Document("later", story(0), time=NOON + timedelta(days=9))


def one_id(n: int) -> Iterator[Document]:
    """One id, every time with another text."""
    return (Document("live", story(place + 1, 40)) for place in range(n))


def backwards(n: int) -> Iterator[Document]:
    """Texts of their own, each older than the one before."""
    return (Document(str(p), story(p + 1, 30), time=NOON - timedelta(seconds=p * 86400 * 3 // n)) for p in range(n))


@dataclass(frozen=True)
class Case:
    """A hostile feed; `size`: documents (or words) in the full run; `kept`: how many may be remembered at most."""

    feed: Callable[[int], Iterator[Document]]
    size: int
    kept: Callable[[int], int]


CASES = {
    "one text, over and over": Case(copies, 1_000_000, lambda n: 1),
    "near copies of one text": Case(near_copies, 100_000, lambda n: n),
    "one half shared by all": Case(one_half, 100_000, lambda n: n),
    "one sentence shared by all": Case(one_sentence, 100_000, lambda n: n),
    "nothing but empty texts": Case(empty, 100_000, lambda n: n),
    "one word, over and over": Case(one_word, 1_000_000, lambda n: 2),
    "three words in two orders": Case(few_words, 200_000, lambda n: 2),
    "one time for all": Case(one_time, 100_000, lambda n: 1),
    "one id for all": Case(one_id, 100_000, lambda n: 1),
    "each older than the one before": Case(backwards, 100_000, lambda n: n),
}


def run(case: Case, n: int) -> dict[str, int]:
    """Return the work a case costs at size n, and how many documents are remembered in the end."""
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += 1

    with Deduplicator(window=timedelta(days=2)) as seen:
        documents = list(case.feed(n))
        sys.setprofile(count)
        try:
            for _ in seen.add_many(documents):
                pass
        finally:
            sys.setprofile(None)
        return {name: seen.stats[name] for name in ("probes", "verifications")} | {"calls": calls, "kept": len(seen)}


def is_more(part: int, full: int, n: int) -> bool:
    """Return whether the work at n is more than it may be after that at n/4."""
    return full > GROWTH * part + FILLING * n


def child(name: str, n: int) -> None:
    """Run one case and print its work, time and memory as JSON."""
    case = CASES[name]
    before, begun, held = resident(), perf_counter(), 0
    with Deduplicator(window=timedelta(days=2)) as seen:
        for place, _ in enumerate(seen.add_many(case.feed(n))):
            if place % 50_000 == 0:
                held = max(held, resident() - before)
        held = max(held, resident() - before)
        work = {key: seen.stats[key] for key in ("probes", "verifications")} | {"kept": len(seen)}
    print(json.dumps(work | {"seconds": perf_counter() - begun, "resident": held}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="of the sizes of the full run")
    parser.add_argument("--only", help="one case")
    parser.add_argument("--child", nargs=2, metavar=("CASE", "N"), help=argparse.SUPPRESS)
    parser.add_argument("-o", "--output", type=Path, help="write the raw numbers to this file")
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child[0], int(arguments.child[1]))
        return
    rows, bad = {}, False
    print("| case | n | kept | probes, x from n/4 | verifications, x | us each, x | MB, x |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, case in CASES.items():
        if arguments.only not in (None, name):
            continue
        n = max(1000, int(case.size * arguments.scale))
        part, full = (
            json.loads(subprocess.check_output([sys.executable, __file__, "--child", name, str(size)]))
            for size in (n // 4, n)
        )
        rows[name] = {"n": n, "part": part, "full": full}
        ratio = {key: full[key] / max(part[key], 1) for key in full}
        bad |= full["kept"] > case.kept(n) or any(is_more(part[key], full[key], n) for key in COUNTED if key in full)
        print(
            f"| {name} | {n:,} | {full['kept']:,} | {full['probes']:,} {ratio['probes']:.2f} "
            f"| {full['verifications']:,} {ratio['verifications']:.2f} "
            f"| {full['seconds'] / n * 1e6:.1f} {ratio['seconds']:.2f} "
            f"| {full['resident'] / 1e6:.0f} {ratio['resident']:.2f} |",
            flush=True,
        )
    report(conditions(**vars(arguments)) | {"cases": rows}, arguments.output)
    sys.exit(bad)


if __name__ == "__main__":
    main()
