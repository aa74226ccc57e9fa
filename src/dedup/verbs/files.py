"""options -> the files a run reads and writes: none for two things, and no rows of Parquet where there can be none."""

import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import NamedTuple

from dedup.document import DedupError
from dedup.streams import OUTPUT, named

READ = ("store", "rules", "compare_run", "undo", "update")
WRITTEN = ("output", "dropped", "ledger", "rejects", "stats", "run_report")
ROWS = (("clean", "output"), ("filter", "output"), ("filter", "dropped"))  # what can be written as rows
NO_ROWS = ("store", "undo", "ledger", "mark", "annotate", "explain", "diff")  # options with which nothing can


class _Use(NamedTuple):
    role: str
    path: str
    writes: bool


def check_files(options: Namespace) -> None:
    """Raise `DedupError` when a run would write over what it reads, two things to one file, or lines as Parquet.

    Nothing has been opened then: every file is as it was.
    """
    in_use = [_Use("the input", path, False) for path in options.files]
    in_use += [_Use(flag(name), path, False) for name in READ if (path := getattr(options, name, None)) is not None]
    for name in WRITTEN:
        path = getattr(options, name, None)
        if path is None or (name == "output" and path == "-" and getattr(options, "update", None) is not None):
            continue
        new = _Use(flag(name), path, True)
        for other in in_use:
            if _is_same(new, other):
                raise DedupError(
                    f"{new.role} is {OUTPUT if path == '-' else path}, in use as {other.role} already; "
                    "name another file"
                )
        in_use.append(new)
        if path.endswith(".parquet"):
            _check_rows(options, name, path)


def check_names(options: Namespace) -> None:
    """Raise `DedupError` when a file is called by no name."""
    names = {flag(name): getattr(options, name, None) for name in (*READ, "review", *WRITTEN)}
    if "" in (options.files if "files" in options else (options.a, options.b)):
        raise DedupError("the input is '': the name of a file is empty; name one, or - for standard input")
    for option, path in names.items():
        if path == "":
            raise DedupError(f"{option} is '': the name of a file is empty; name one, or leave {option} out")


def check_inputs(paths: Sequence[str]) -> None:
    """Raise `DedupError` when an input is not there or cannot be opened; a pipe is left alone."""
    for path in paths:
        with named(path):
            if path != "-" and _is_plain(Path(path)):
                Path(path).open("rb").close()


def _is_plain(path: Path) -> bool:
    mode = path.stat().st_mode
    return S_ISREG(mode) or S_ISDIR(mode)


def flag(name: str) -> str:
    """Return an option as it is written.

    >>> flag("run_report")
    '--run-report'
    """
    return f"--{name.replace('_', '-')}"


def _check_rows(options: Namespace, name: str, path: str) -> None:
    if (options.verb, name) not in ROWS:
        raise DedupError(f"{flag(name)} is {path}; only kept or cleaned rows are written as Parquet: name another file")
    for other in NO_ROWS:
        if getattr(options, other, None):
            raise DedupError(f"{flag(name)} is {path}; with {flag(other)} lines are written, not rows: write JSONL")


def _is_same(new: _Use, other: _Use) -> bool:
    """Return whether both are one regular file, or standard output."""
    if new.path == other.path == "-" and other.writes:
        return True
    try:
        stat, other_stat = _stat(new), _stat(other)
    except OSError:  # what is not there yet can only be called the same
        return "-" not in (new.path, other.path) and Path(new.path).resolve() == Path(other.path).resolve()
    return S_ISREG(stat.st_mode) and os.path.samestat(stat, other_stat)


def _stat(use: _Use) -> os.stat_result:
    if use.path == "-":
        return os.fstat(int(use.writes))
    return Path(use.path).stat()
