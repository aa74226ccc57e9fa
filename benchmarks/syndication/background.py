"""a feed -> how much its unrelated documents share."""

import gzip
import itertools
import json
import random
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from pathlib import Path


def background(path: Path, limit: int = 4000) -> Iterator[str]:
    """Yield lines that say how much unrelated documents of a feed share."""
    chance, kept = random.Random(1), []
    held: dict[tuple[str, ...], list[int]] = {}
    for shingles in itertools.islice(_shingle_sets(path, chance), limit):
        common = Counter(number for shingle in shingles for number in held.get(shingle, ()))
        if max(common.values(), default=0) <= 0.3 * len(shingles):
            for shingle in shingles:
                held.setdefault(shingle, []).append(len(kept))
            kept.append(shingles)
    shares = []
    for _ in range(100_000):
        a, b = chance.sample(kept, 2)
        shares.append(len(a & b) / len(a | b))
    shares.sort()
    points = {name: shares[int(len(shares) * at)] for name, at in (("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999))}
    yield f"{len(kept)} unrelated documents, {statistics.fmean(map(len, kept)):.0f} distinct 3-grams each"
    yield f"resemblance of two: mean {statistics.fmean(shares):.5f}, " + ", ".join(
        f"{k} {v:.4f}" for k, v in points.items()
    )
    for size in (100, 500, 1000, 2000, 3000):
        if size <= len(kept):
            df = Counter(shingle for each in kept[:size] for shingle in each)
            seen = statistics.fmean(sum(df[shingle] > 1 for shingle in each) / len(each) for each in kept[:size])
            yield f"of {size} documents: {seen:.1%} of the 3-grams of one stand in another"


def _shingle_sets(path: Path, chance: random.Random) -> Iterator[set[tuple[str, ...]]]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines]
    chance.shuffle(entries)
    for entry in entries:
        if str(entry.get("language") or "en").startswith("en"):
            text = entry.get("text") or ""
            for start, end, _ in reversed(entry.get("truth", {}).get("boilerplate", ())):
                text = text[:start] + text[end:]
            words = re.findall(r"\w+", text.lower())
            shingles = set(zip(words, words[1:], words[2:], strict=False))
            if 100 <= len(shingles) <= 1500:
                yield shingles
