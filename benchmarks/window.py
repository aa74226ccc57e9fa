"""two weeks of a feed, a window of two days -> is memory flat, and are the answers those of comparing with everything?

First part: a generated feed of `--days` at `--per-day`, some of it late, runs through a deduplicator with a window; the
curve shows what is remembered and what the process holds, every `--every` days. It is flat when the last third is no
larger than the middle third (5 % over, for the feed's own ups and downs).

Second part: a smaller feed, and for every document the answer of the oracle in tests/oracle.py, which compares it
with every document of the window and asks no index. Every answer that differs is printed with the oracle's, whose
resemblance and containment say how much there was for an index to see.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from common import conditions, document_of, pin, report, resident
from syndicate import Feed, Settings

from dedup import Deduplicator, Document

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from oracle import Oracle

LATE, TIMELESS, OVER = 0.03, 0.01, 1.05


def feed(documents: int, per_day: float, seed: int) -> Iterator[Document]:
    settings = Settings(documents=documents, per_day=per_day, late=LATE, timeless=TIMELESS, seed=seed)
    return map(document_of, Feed(settings))


def curve(arguments: argparse.Namespace) -> list[dict[str, float]]:
    every, points, begun = timedelta(days=arguments.every), [], perf_counter()
    with Deduplicator(window=timedelta(days=arguments.window)) as seen:
        empty, start, following = resident(), None, every
        for document in feed(int(arguments.days * arguments.per_day), arguments.per_day, arguments.seed):
            seen.add(document)
            start = start or document.time
            if document.time and document.time - start >= following:
                points.append(
                    {"days": following / timedelta(days=1), "remembered": len(seen), "resident": resident() - empty}
                )
                points[-1]["seconds"] = perf_counter() - begun
                following += every
    return points


def is_flat(points: list[dict[str, float]], name: str) -> bool:
    values = [point[name] for point in points]
    third = len(values) // 3
    return max(values[-third:]) <= OVER * max(values[third:-third])


def differences(arguments: argparse.Namespace) -> tuple[int, list[dict[str, object]]]:
    window, found, related = timedelta(days=arguments.window), [], 0
    with Deduplicator(window=window) as seen:
        oracle = Oracle(seen, window)
        for document in feed(arguments.compared, arguments.compared / arguments.days, arguments.seed + 1):
            expected = oracle.add(document)
            answer = seen.add(document)
            related += expected is not None
            if (answer and (answer.relation, answer.id)) != (expected and (expected.relation, expected.id)):
                shown = {"document": document.id, "answer": _shown(answer), "oracle": _shown(expected)}
                found.append(shown)
    return related, found


def _shown(match) -> str:
    if match is None:
        return "new"
    return f"{match.relation} of {match.id}, resemblance {match.resemblance:.2f}, containment {match.containment:.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=14.0)
    parser.add_argument("--window", type=float, default=2.0, help="days")
    parser.add_argument("--per-day", type=float, default=10_000.0, help="documents, for the curve")
    parser.add_argument("--every", type=float, default=0.5, help="days between points of the curve")
    parser.add_argument("--compared", type=int, default=3000, help="documents that are compared with everything")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, help="write the raw numbers to this file")
    arguments = parser.parse_args()
    pin(arguments.core)
    points = curve(arguments)
    for point in points:
        megabytes = point["resident"] / 1e6
        print(f"day {point['days']:5.1f}: {point['remembered']:7,} remembered, {megabytes:8.1f} MB", flush=True)
    flat = {name: is_flat(points, name) for name in ("remembered", "resident")}
    print("flat: " + ", ".join(f"{name} {'yes' if yes else 'NO'}" for name, yes in flat.items()), flush=True)
    related, found = differences(arguments)
    print(f"{arguments.compared:,} documents against everything, {related:,} related: {len(found)} answers differ")
    for each in found:
        print(f"    {each['document']}: {each['answer']}; oracle: {each['oracle']}")
    report(conditions(**vars(arguments)) | {"curve": points, "flat": flat, "differences": found}, arguments.output)


if __name__ == "__main__":
    main()
