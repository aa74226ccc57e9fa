"""many documents -> the cost of one more: latency of single adds, and memory per document, as the window fills.

Documents come from a file made by syndicate.py, read `--replicas` times: from the second time on the letters of all
words outside boilerplate are exchanged (the same way throughout a replica, ids and times moved on), which makes new
stories of the same lengths, repetitions and copies, and is faster than making them. They are added as `add_many` up
to each checkpoint; then the next `--timed` documents are added one by one, each on the clock (text to verdict:
cleaning, sketching, searching, verifying, remembering), with Python's garbage collector as users have it. Memory is
what the process grew by since the deduplicator was empty, per document remembered, with what the object itself
accounts for beside it. The last two checkpoints give the slope, and the slope times 10^7 what ten million would take.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from time import perf_counter, perf_counter_ns

from common import conditions, document_of, entries_of, pin, quantiles, report, resident

from dedup import Catalogue, Cleaner, Deduplicator, Document

CHECKPOINTS = (10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
TEN_MILLION = 10_000_000


def replicas(path: Path, count: int) -> Iterator[Document]:
    """Yield the documents of a file so many times, each time with other letters."""
    shift = timedelta()
    for number in range(count):
        first = last = None
        table = _exchange(number)
        for entry in entries_of(path):
            document = document_of(entry)
            first, last = first or document.time, document.time or last
            text = _translated(entry, table) if number else entry["text"]
            time = document.time and document.time + shift
            yield Document(f"{number}/{document.id}", text, source=document.source, time=time)
        shift += last - first


def _exchange(number: int) -> dict[int, int]:
    letters = list(ascii_lowercase)
    random.Random(number).shuffle(letters)
    other = "".join(letters)
    return str.maketrans(ascii_lowercase + ascii_uppercase, other + other.upper())


def _translated(entry: dict, table: dict[int, int]) -> str:
    parts, end = [], 0
    for start, stop, _ in entry["truth"]["boilerplate"]:
        parts += [entry["text"][end:start].translate(table), entry["text"][start:stop]]
        end = stop
    return "".join(parts) + entry["text"][end:].translate(table)


def checkpoints(documents: Iterator[Document], seen: Deduplicator, timed: int, sizes: list[int]) -> Iterator[dict]:
    empty = resident()
    added = 0
    for size in sizes:
        begun = perf_counter()
        filled = sum(1 for _ in seen.add_many(islice(documents, size - added)))
        seconds, added = perf_counter() - begun, added + filled
        if added < size:
            print(f"the file has only {added:,} documents", file=sys.stderr)
            return
        grown = resident() - empty
        point = {"documents": added, "remembered": len(seen), "add_many documents/s": filled / seconds}
        point |= {"resident bytes/document": grown / len(seen), "resident": grown, "account": own_account(seen)}
        batch = list(islice(documents, timed))
        microseconds = []
        for document in batch:
            start = perf_counter_ns()
            seen.add(document)
            microseconds.append((perf_counter_ns() - start) / 1000)
        added += len(batch)
        yield point | {"microseconds of one add": quantiles(microseconds)}


def own_account(seen: Deduplicator) -> dict[str, float]:
    """Return bytes per document as the deduplicator accounts for them."""
    return {
        name: value / max(1, len(seen)) for name, value in seen.stats.items() if name in ("index", "memory", "disk")
    }


COLUMNS = ("documents", "remembered", "add_many/s", "p50 us", "p90", "p99", "max", "resident bytes each", "own account")


def row(point: dict) -> str:
    one = [f"{point['microseconds of one add'][name]:,.0f}" for name in ("p50", "p90", "p99", "max")]
    counts = [f"{point[name]:,.0f}" for name in ("documents", "remembered", "add_many documents/s")]
    account = ", ".join(f"{name} {value:,.0f}" for name, value in point["account"].items())
    return f"| {' | '.join([*counts, *one, format(point['resident bytes/document'], ',.0f'), account])} |"


def ten_million(points: list[dict]) -> str:
    before, last = points[-2:]
    slope = (last["resident"] - before["resident"]) / (last["remembered"] - before["remembered"])
    return f"\nslope {slope:,.0f} bytes a document: {slope * TEN_MILLION / 1e9:.1f} GB for 10^7 documents"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "feed", type=Path, help="JSONL made by syndicate.py; with the replicas, of a million documents and some"
    )
    parser.add_argument("--replicas", type=int, default=5, help="times the file is read")
    parser.add_argument("--window", type=float, default=2.0, help="days")
    parser.add_argument("--most", type=int, default=CHECKPOINTS[-1], help="the last checkpoint")
    parser.add_argument("--timed", type=int, default=5000, help="single adds on the clock at each checkpoint")
    parser.add_argument("--empty-catalogue", action="store_true", help="without boilerplate templates")
    parser.add_argument("--store", type=Path, help="keep it in this file")
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, help="write the raw numbers to this file")
    arguments = parser.parse_args()
    pin(arguments.core)
    cleaner = Cleaner(Catalogue()) if arguments.empty_catalogue else Cleaner()
    place = {"path": arguments.store} if arguments.store else {}
    points = []
    print(f"| {' | '.join(COLUMNS)} |\n|{'---:|' * len(COLUMNS)}")
    with Deduplicator(window=timedelta(days=arguments.window), cleaner=cleaner, **place) as seen:
        seen.find(Document("warm", "A first text, so that everything is loaded."))
        documents = replicas(arguments.feed, arguments.replicas)
        sizes = [size for size in CHECKPOINTS if size <= arguments.most]
        for point in checkpoints(documents, seen, arguments.timed, sizes):
            points.append(point)
            print(row(point), flush=True)
    if len(points) > 1:
        print(ten_million(points))
    if arguments.store:
        size = arguments.store.stat().st_size
        print(f"store: {size / points[-1]['remembered']:,.0f} bytes a document")
    report(conditions(**vars(arguments)) | {"points": points}, arguments.output)


if __name__ == "__main__":
    main()
