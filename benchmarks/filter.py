"""a JSONL file -> seconds of `dedup filter` and `dedup clean`, beside jq and peer pipelines on the same file.

Every run is a process of its own that reads the file and writes JSONL; the runs take turns, and the medians of wall and
processor time count. `jq -c .` parses and prints each line. Where the feed has truth (syndicate.py), recall and alarms
are those of feed.py. The peers have no command that filters a stream: each gets a loop over the lines in its documented
way, in the same words as benchmarks/feed.py, and answers from its index alone:

- rensa: `RMinHashDeduplicator.add_pairs` in batches, as in its README;
- datasketch: `MinHashLSH`, query and insert for each document, as in its documentation;
- datatrove: the four stages of its MinHash example over a file, in one process, with spaCy's English tokens; it keeps
  one of each set of documents that are linked by shared bands;
- text-dedup: its command over a file, as in its README (pairs checked by their exact resemblance, as many processes as
  there are cores), with an empty cache each time; the lines it keeps are written by their numbers.

A peer that is not installed is left out. The stages of `dedup filter` are measured in one process and one thread:
reading and finding the fields, preparing (cleaning and keys), answers (index and verification), writing.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from shutil import which
from time import perf_counter, process_time
from typing import BinaryIO

from common import conditions, report

from dedup import Deduplicator
from dedup.inputs import Inputs
from dedup.records.fields import FIELDS
from dedup.streams import open_output

THRESHOLD, BATCH = 0.5, 1000
PEERS = ("rensa", "datasketch", "datatrove", "text_dedup")


def loop(peer: str) -> None:
    """Filter standard input to standard output with a peer, in this process."""
    from feed import BANDS, PERMUTATIONS, shingles

    out = sys.stdout.buffer
    if peer == "datatrove":
        run_datatrove(out)
    elif peer == "text_dedup":
        run_text_dedup(out)
    elif peer == "rensa":
        from rensa import RMinHashDeduplicator

        known, number = RMinHashDeduplicator(THRESHOLD, PERMUTATIONS, True, BANDS, 42), 0
        while lines := list(islice(sys.stdin.buffer, BATCH)):
            texts = [json.loads(line).get("text") or "" for line in lines]
            new = known.add_pairs([(str(place), shingles(text)) for place, text in enumerate(texts, number)])
            number += len(lines)
            out.writelines(line for line, first in zip(lines, new, strict=True) if first)
    else:
        from datasketch import MinHash, MinHashLSH

        empty, index = MinHash(num_perm=PERMUTATIONS), MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
        for number, line in enumerate(sys.stdin.buffer):
            minhash = empty.copy()
            minhash.update_batch([each.encode() for each in shingles(json.loads(line).get("text") or "")])
            if not index.query(minhash):
                out.write(line)
            index.insert(number, minhash, check_duplication=False)
    out.flush()


def run_datatrove(out: BinaryIO) -> None:
    """Filter standard input by way of files, in the four stages of datatrove's MinHash example."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
    )
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers.jsonl import JsonlWriter
    from datatrove.utils.typeshelper import Languages
    from feed import BANDS, ROWS, WIDTH

    config = MinhashConfig(n_grams=WIDTH, num_buckets=BANDS, hashes_per_bucket=ROWS)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in.jsonl").write_bytes(sys.stdin.buffer.read())
        signatures, buckets, remove, kept = (f"{folder}/{name}" for name in ("signatures", "buckets", "remove", "kept"))
        reader = JsonlReader(folder, glob_pattern="in.jsonl")
        for stage, tasks in (
            ([reader, MinhashDedupSignature(signatures, config, language=Languages.english)], 1),
            ([MinhashDedupBuckets(signatures, buckets, config=config)], BANDS),
            ([MinhashDedupCluster(buckets, remove, config=config)], 1),
            ([reader, MinhashDedupFilter(remove), JsonlWriter(kept, compression=None)], 1),
        ):
            run = LocalPipelineExecutor(
                stage, tasks=tasks, workers=1, logging_dir=f"{folder}/logs", skip_completed=False
            )
            run.run()
        for part in sorted(Path(kept).iterdir()):
            out.write(part.read_bytes())


TEXT_DEDUP = """
[input]
input_type = "local_files"
file_type = "json"
read_arguments = {{path = "json", data_files = "in.jsonl", split = "train"}}
[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_perm = {PERMUTATIONS}
bands = {BANDS}
rows = {ROWS}
threshold = {THRESHOLD}
ngram_size = {WIDTH}
check_false_positive = true
[output]
output_dir = "output"
keep_index_column = true
[debug]
"""


def run_text_dedup(out: BinaryIO) -> None:
    """Filter standard input by way of files, with the command of text-dedup."""
    from datasets import load_from_disk
    from feed import BANDS, PERMUTATIONS, ROWS, WIDTH

    settings = {"BANDS": BANDS, "PERMUTATIONS": PERMUTATIONS, "ROWS": ROWS, "WIDTH": WIDTH, "THRESHOLD": THRESHOLD}
    with tempfile.TemporaryDirectory() as folder:
        lines = sys.stdin.buffer.readlines()
        Path(folder, "in.jsonl").write_bytes(b"".join(lines))
        Path(folder, "config.toml").write_text(TEXT_DEDUP.format(**settings))
        offline = {"HF_HOME": f"{folder}/cache", "HF_HUB_OFFLINE": "1"}
        command = [sys.executable, "-m", "text_dedup.minhash"]
        subprocess.run(command, cwd=folder, env=os.environ | offline, stdout=subprocess.DEVNULL, check=True)
        out.writelines(lines[number] for number in load_from_disk(f"{folder}/output")["__INDEX__"])


def commands() -> dict[str, list[str]]:
    """Return what is run, by name, as far as it is installed."""
    found = {"dedup filter": [sys.executable, "-m", "dedup", "filter"]}
    found["dedup clean"] = [sys.executable, "-m", "dedup", "clean"]
    if jq := which("jq"):
        found["jq -c ."] = [jq, "-c", "."]
    for peer in PEERS:
        try:
            __import__(peer)
        except ImportError:
            continue
        found[f"{peer} loop"] = [sys.executable, __file__, "--loop", peer]
    for name in {"jq -c .", *(f"{peer} loop" for peer in PEERS)} - found.keys():
        print(f"left out, not installed: {name}", file=sys.stderr)
    return found


def timed(command: list[str], path: Path, output: Path) -> tuple[float, float, int]:
    """Return the wall and processor seconds of a run and the lines it wrote."""
    with path.open("rb") as lines, output.open("wb") as kept:
        begun = perf_counter()
        process = subprocess.Popen(command, stdin=lines, stdout=kept, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        seconds = perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 2):  # 2: lines that could not be read
        raise SystemExit(f"{command} ended with {process.returncode}")
    with output.open("rb") as kept:
        return seconds, used.ru_utime + used.ru_stime, sum(1 for _ in kept)


def truth(path: Path, output: Path) -> dict[str, float] | None:
    """Return recall and false alarms of the lines left out, for a feed whose truth is known (syndicate.py)."""
    from feed import against_truth

    entries, kept = ([json.loads(line) for line in file.open("rb")] for file in (path, output))
    ids = {entry.get("id") for entry in kept}
    return against_truth(entries, [entry.get("id") not in ids for entry in entries])


def stages(path: Path, output: Path) -> dict[str, float]:
    """Return the processor seconds of each stage of `dedup filter`, one after the other."""
    spent = dict.fromkeys(("reading", "preparing", "answers", "writing"), 0.0)

    def measured(stage: str, work: Callable, *arguments: object) -> object:
        begun = process_time()
        result = work(*arguments)
        spent[stage] += process_time() - begun
        return result

    batches = Inputs([str(path)], dict.fromkeys(FIELDS), "lines").batches()
    with Deduplicator() as seen, open_output(str(output)) as out:
        while (batch := measured("reading", next, batches, None)) is not None:
            documents = [line.document for line in batch if line.document]
            prepared = measured("preparing", seen.prepare, documents)
            matches = iter(measured("answers", lambda every: [*map(seen.answer, every)], prepared))
            kept = [line.raw for line in batch if not line.document or not ((m := next(matches)) and m.duplicate)]
            measured("writing", lambda raws: [*map(out.write_line, raws)], kept)
    return spent


def measure(path: Path, rounds: int) -> dict[str, object]:
    runs: dict[str, list[tuple[float, float, int]]] = {}
    found, truths = commands(), {}
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "out")
        for _ in range(rounds):
            for name, command in found.items():
                runs.setdefault(name, []).append(timed(command, path, output))
                truths[name] = truth(path, output)
        spent = stages(path, output)
    size = path.stat().st_size
    rows = []
    for name, each in runs.items():
        wall, cpu = (statistics.median(column) for column in list(zip(*each, strict=True))[:2])
        rows.append(
            {"run": name, "seconds": wall, "cpu": cpu, "MB/s": size / wall / 1e6, "lines out": each[-1][2], "all": each}
            | {"truth": truths[name]}
        )
    return {"bytes": size, "rows": rows, "stages": spent}


def table(figures: dict[str, object]) -> str:
    lines = [
        f"{figures['lines']:,} lines, {figures['bytes'] / 1e6:.1f} MB",
        "",
        "| run | seconds | processor s | MB/s | dedup filter is faster by | lines out | recall | alarms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    ours = next(row["seconds"] for row in figures["rows"] if row["run"] == "dedup filter")
    lines += [
        f"| {row['run']} | {row['seconds']:.2f} | {row['cpu']:.2f} | {row['MB/s']:.1f} | {row['seconds'] / ours:.2f} "
        f"| {row['lines out']:,} | "
        + ("{recall:.3f} | {alarms} |".format(**row["truth"]) if row["truth"] else "- | - |")
        for row in figures["rows"]
    ]
    whole = sum(figures["stages"].values())
    shares = ", ".join(f"{name} {value:.2f} s ({value / whole:.0%})" for name, value in figures["stages"].items())
    return "\n".join([*lines, "", f"Where the time of `dedup filter` goes, one thread: {shares}."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("feed", nargs="?", type=Path, help="JSONL, not packed")
    parser.add_argument("--limit", type=int, help="use the first so many lines")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--loop", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("-o", "--output", type=Path, help="write the raw numbers to this file")
    arguments = parser.parse_args()
    if arguments.loop:
        loop(arguments.loop)
        return
    if arguments.feed is None:
        parser.error("name a FEED of JSONL")
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as part:
        with arguments.feed.open("rb") as whole:
            lines = list(islice(whole, arguments.limit))
        part.writelines(lines)
        part.flush()
        figures = conditions(**vars(arguments)) | {"lines": len(lines)} | measure(Path(part.name), arguments.rounds)
    print(table(figures))
    report(figures, arguments.output)


if __name__ == "__main__":
    main()
