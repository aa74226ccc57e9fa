"""texts -> signatures: speed of every engine on the same texts, with the error of its estimate beside it.

Word 3-grams, 128 permutations. Every engine starts from the same `str` objects and takes its best documented way;
where an engine wants shingles, making them in Python is part of its time. The error compares the estimated with the
exact resemblance (of the engine's own shingles) for pairs of a text and the same text with words replaced.
"""

import argparse
import gzip
import json
import os
import random
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from common import conditions
from sketchers import PERMUTATIONS, TWO, VALUES, WIDTH, Engine, engines, estimate, exact_resemblance

PAIRS = 300
EXAMPLES = Path(__file__).parents[1] / "examples" / "feed.jsonl"


def read_texts(path: Path | None, language: str | None, limit: int) -> list[str]:
    opened = gzip.open if path and path.suffix == ".gz" else open
    texts: list[str] = []
    with opened(path or EXAMPLES, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry.get("text") and (language is None or entry.get("language") == language):
                texts.append(entry["text"])
            if len(texts) == limit:
                break
    return texts if path else (texts * (limit // len(texts) + 1))[:limit]


def error(name: str, run: Engine, texts: list[str]) -> dict[str, float] | None:
    """Return bias and RMSE of the estimate over pairs, with the RMSE theory gives for the same pairs."""
    if name not in VALUES:
        return None
    chance = random.Random(1)
    long = [text for text in texts if 150 <= len(text.split()) <= 2000][:PAIRS]
    changed = []
    for text in long:
        words, rate = text.split(), chance.uniform(0.01, 0.4)
        changed.append(" ".join(f"replaced{chance.randrange(10**6)}" if chance.random() < rate else w for w in words))
    values = VALUES[name](run(long + changed))
    differences, variances = [], []
    for i, (text, other) in enumerate(zip(long, changed, strict=True)):
        exact = exact_resemblance(name, text, other)
        differences.append(estimate(values[i], values[i + len(long)]) - exact)
        variances.append(exact * (1 - exact) / PERMUTATIONS)
    return {
        "bias": statistics.fmean(differences),
        "rmse": statistics.fmean(d * d for d in differences) ** 0.5,
        "theory": statistics.fmean(variances) ** 0.5,
    }


# -- measuring


def measure(runs: dict[str, Engine], inputs: dict[str, object], rounds: int, core: int) -> dict[str, list[float]]:
    """Return the seconds of every run in every round; engines take turns, in a new order each round.

    Every engine has one core, those named for two threads have two. Making the results counts, freeing them does not.
    """
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    order = list(runs)
    for number in range(rounds + 1):
        random.Random(number).shuffle(order)
        for name in order:
            os.sched_setaffinity(0, {core, (core + 1) % os.cpu_count()} if name.endswith(TWO) else {core})
            begun = perf_counter()
            made = runs[name](inputs[name])
            ended = perf_counter()
            if number:  # the first round warms up
                seconds[name].append(ended - begun)
            del made
    os.sched_setaffinity(0, {core})
    return seconds


def inputs_of(runs: dict[str, Engine], texts: list[str]) -> dict[str, object]:
    """Return the texts for every engine, as an Arrow array where the engine reads one."""
    arrow = [name for name in runs if "Arrow" in name]
    if not arrow:
        return dict.fromkeys(runs, texts)
    import pyarrow

    return dict.fromkeys(runs, texts) | dict.fromkeys(arrow, pyarrow.array(texts))


def level_rows(arguments: argparse.Namespace) -> list[dict[str, object]]:
    """Measure dedup at every SIMD level and in the reference kernel, each in a process of its own."""
    rows = []
    from dedup import _kernel

    levels = getattr(_kernel._chosen, "SIMD_LEVELS", ())
    for kernel, level in [*(("native", level) for level in levels), ("reference", "")]:
        command = [sys.executable, __file__, "--only", "dedup", "--limit", str(arguments.limit if level else 50)]
        command += ["--core", str(arguments.core), "--rounds", str(arguments.rounds if level else 1), "--json"]
        command += ["--language", arguments.language] if arguments.language else []
        command += [str(arguments.feed)] if arguments.feed else []
        environment = os.environ | {"DEDUP_KERNEL": kernel, "DEDUP_SIMD": level}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        rows += [{**row, "engine": f"dedup, {level or kernel}"} for row in json.loads(done.stdout)["rows"]]
    return rows


def row(name: str, seconds: list[float], texts: list[str], quality: dict[str, float] | None) -> dict[str, object]:
    median, size = statistics.median(seconds), sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    return {
        "engine": name,
        "MB/s": size / median / 1e6,
        "documents/s": len(texts) / median,
        "seconds": seconds,
        "error": quality,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("feed", nargs="?", type=Path, help="JSONL with a member `text`, may be .gz")
    parser.add_argument("--language", help="only documents with this `language`")
    parser.add_argument("--limit", type=int, default=4000, help="documents")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--core", type=int, default=0, help="the core for one thread; the next one is used for two")
    parser.add_argument("--only", help="one engine")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("-o", "--output", type=Path, help="write the raw numbers to this file")
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {arguments.core})
    texts = read_texts(arguments.feed, arguments.language, arguments.limit)
    runs: dict[str, Engine] = {}
    for name, make in engines():
        if arguments.only in (None, name):
            try:
                runs[name] = make()
            except ImportError as missing:
                print(f"left out: {name} ({missing})", file=sys.stderr)
    seconds = measure(runs, inputs_of(runs, texts), arguments.rounds, arguments.core)
    rows = [row(name, seconds[name], texts, error(name, run, texts)) for name, run in runs.items()]
    if arguments.only is None:
        rows += level_rows(arguments)
    about = conditions(shingle=WIDTH, permutations=PERMUTATIONS, documents=len(texts), language=arguments.language)
    report = {**about, "rows": rows}
    if arguments.output:
        arguments.output.write_text(json.dumps(report, indent=1))
    print(json.dumps(report) if arguments.json else table(rows))


def table(rows: list[dict[str, object]]) -> str:
    yard = next((r["MB/s"] for r in rows if r["engine"].startswith("text.lower")), None)
    lines = ["| engine | MB/s | documents/s | x split | RMSE / theory | bias |", "|---|---:|---:|---:|---:|---:|"]
    for r in rows:
        quality = r["error"]
        shown = f"{quality['rmse'] / quality['theory']:.2f} | {quality['bias']:+.4f}" if quality else "- | -"
        ratio = f"{r['MB/s'] / yard:.2f}" if yard else "-"
        lines.append(f"| {r['engine']} | {r['MB/s']:.1f} | {r['documents/s']:,.0f} | {ratio} | {shown} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
