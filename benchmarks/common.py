"""files and settings -> what several benchmarks need: documents, medians, versions, memory."""

import gzip
import importlib.metadata
import json
import os
import platform
import random
import re
import statistics
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import perf_counter

from dedup import Document
from dedup.inputs import Inputs

PACKAGES = (
    "syndedup", "datasketch", "rensa", "gaoya", "FastSketchLSH", "datatrove", "daft", "numpy", "pyarrow", "rapidfuzz",
)  # fmt: skip


def entries_of(path: Path, language: str | None = None) -> Iterator[dict]:
    """Yield the objects of a JSONL file (`.gz` or not) that have a text, in the language when one is given."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if entry.get("text") and (not language or str(entry.get("language") or "").startswith(language)):
                yield entry


def documents(path: str) -> Iterator[Document]:
    """Yield the documents of a feed, as `dedup` reads it."""
    for batch in Inputs([path], {}, "lines").batches():
        yield from (line.document for line in batch if line.document is not None)


def document_of(entry: dict) -> Document:
    """Return the document; a time that is no aware ISO 8601 is left out."""
    return Document(str(entry["id"]), entry["text"], source=entry.get("source"), time=_time(entry.get("time")))


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return time if time and time.tzinfo else None


def size(texts: Iterable[str]) -> int:
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)


def take_turns(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of every run in every round; the runs take turns, in another order each round."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    order = list(runs)
    for number in range(rounds):
        random.Random(number).shuffle(order)
        for name in order:
            begun = perf_counter()
            runs[name]()
            seconds[name].append(perf_counter() - begun)
    return seconds


def quantiles(values: list[float]) -> dict[str, float]:
    ordered = sorted(values)
    at = {name: ordered[min(len(ordered) - 1, int(share * len(ordered)))] for name, share in SHARES.items()}
    return {"mean": statistics.fmean(ordered), **at, "max": ordered[-1]}


SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999}


def resident() -> int:
    """Return the resident memory of this process in bytes, after giving back what is free."""
    import ctypes
    import gc

    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak() -> int:
    """Return the most memory this process has taken, in bytes, without what it was started from."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status)[1])


def pin(core: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})


def conditions(**settings: object) -> dict[str, object]:
    """Return what a report must say beside its figures."""
    import dedup

    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "settings": settings,
        "date": datetime.now().astimezone().date().isoformat(),
        "machine": {"processor": _processor(), "cores": os.cpu_count(), "python": platform.python_version()},
        "backend": dedup.backend,
        "versions": versions,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def report(figures: dict[str, object], output: Path | None) -> None:
    """Write the raw numbers to a file when one is named."""
    if output:
        output.write_text(json.dumps(figures, indent=1, default=str))
        print(f"raw numbers: {output}", file=sys.stderr)
