"""lines that pass -> what is said about them: complaints, progress, one summary, figures for programs."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from dedup.document import DedupError
from dedup.inputs import Inputs
from dedup.records.lines import Line

SHOWN_FAULTS = 3
SHOWN_OF_TIME = 60  # characters
FAULTS = ("malformed", "bad bytes", "without text", "blank")
TIME_FAULTS = ("without time", "unreadable time")  # which matter to a run that looks at times


def say(message: str) -> None:
    """Print a message to standard error; when nobody can take it, the data are still written."""
    if sys.stderr is None:
        return
    try:
        print(message, file=sys.stderr, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def count(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> count(1, "line"), count(1200, "line")
    ('1 line', '1,200 lines')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _counted(number: int, fault: str) -> str:
    return count(number, "bad byte") if fault == "bad bytes" else f"{number:,} {fault}"


def fault_of(line: Line) -> str:
    """Return what is wrong with a line, "" when nothing is but its time."""
    return line.fault or ("bytes that are not UTF-8" if line.bad_bytes else "")


def _fault_of_time(line: Line) -> str:
    time = repr(line.bad_time)[:SHOWN_OF_TIME]
    return f"the time {time} cannot be read, and counts as now; write ISO 8601, RFC 2822, or seconds since 1970"


class Tally:
    """Counts what passes, and says so in one line at the end: every line of input is in it once.

    `account` makes the words of the summary that are the verb's own. With `timed`, times that are missing or cannot
    be read are told of too, and the first and the last that was read.
    """

    def __init__(self, verb: str, inputs: Inputs, account: "Callable[[Tally], str]", *, timed: bool = False) -> None:
        self.verb, self.inputs, self._account, self._timed = verb, inputs, account, timed
        self.counts = Counter(dict.fromkeys(("lines", *FAULTS, *TIME_FAULTS, "put aside"), 0))
        self._begun = monotonic()
        self._shown = self._after = 0
        self._earlier: Counter[str] = Counter()
        self._times: tuple[datetime, ...] = ()
        self._bar = _bar(verb, inputs)

    def go_on(self, after: int, counts: Mapping[str, int], times: Iterable[str]) -> None:
        """Count on from what an earlier run had counted up to a line."""
        self._after, self._earlier = after, Counter(counts)
        self.counts.update(counts)
        for time in times:
            self._reach(datetime.fromisoformat(time))

    @property
    def times(self) -> list[str]:
        """The first and the last time of all documents; nothing when none had one."""
        return [time.isoformat() for time in self._times]

    def _reach(self, time: datetime) -> None:
        first, last = self._times or (time, time)
        self._times = (min(first, time), max(last, time))

    def _complain(self, line: Line, fault: str) -> None:
        if self._shown < SHOWN_FAULTS:
            if self._bar is not None:
                self._bar.clear()
            say(f"dedup {self.verb}: {self.inputs.place(line.number)}: {fault}")
        self._shown += 1

    def count(self, line: Line) -> None:
        """Count a line that has been dealt with; of those with something wrong the first few are shown."""
        counts = self.counts
        if fault := fault_of(line):
            self._complain(line, fault)
        if self._timed and line.bad_time is not None:
            self._complain(line, _fault_of_time(line))
        counts["lines"] += 1
        if line.document is not None:
            if line.document.time is None:
                counts["without time" if line.bad_time is None else "unreadable time"] += 1
            else:
                self._reach(line.document.time)
            if line.bad_bytes:
                counts["bad bytes"] += 1
            if not line.document.text or line.document.text.isspace():
                counts["without text"] += 1
        else:
            counts["bad bytes"] += line.bad_bytes
            counts["malformed" if line.fault else "blank"] += 1

    def progress(self) -> None:
        """Show how far things are, when standard error is a terminal."""
        if self._bar is None:
            return
        rate = self.counts["lines"] / max(monotonic() - self._begun, 1e-6)
        share = f", {self.counts['kept'] / max(1, self.counts['lines']):.0%} kept" if self.verb == "filter" else ""
        self._bar.set_postfix_str(f"{rate:,.0f} documents/s{share}", refresh=False)
        self._bar.update(self.inputs.position - self._bar.n)

    def status(self) -> int:
        """Return the exit status: 2 when anything was wrong with the input."""
        bad = self.counts["malformed"] + self.counts["bad bytes"] or self.inputs.damaged
        return 2 if bad or (self._timed and self.counts["unreadable time"]) else 0

    def sum_up(self, _: object, error: BaseException | None, __: object) -> None:
        """Print the one line to standard error, unless a run failed before anything was done."""
        since = self.counts - self._earlier
        if self._bar is not None:
            self._bar.refresh()
            self._bar.close()
        if isinstance(error, DedupError) and not since["lines"]:
            return
        for hint in self.inputs.hints:
            say(f"dedup {self.verb}: {hint}")
        told = (*FAULTS, *TIME_FAULTS) if self._timed else FAULTS
        faults = ", ".join(_counted(self.counts[name], name) for name in told if self.counts[name])
        seconds = max(monotonic() - self._begun, 1e-6)
        rate = f"{self.inputs.taken / 1e6:.1f} MB in {seconds:.1f} s"
        lines = f"{count(since['lines'], self.inputs.noun)} and {since['kept']:,} kept in this run"
        begun = f"; gone on after line {self._after:,}: {lines}" if self._after else ""
        times = " to ".join(time.date().isoformat() for time in self._times) if self._timed else ""
        parts = (f"{self._account(self)}{begun}", times and f"times {times}", faults, rate)
        say(f"dedup {self.verb}: {'; '.join(filter(None, parts))}")

    def stats(self) -> bytes:
        """Return the figures as one JSON object."""
        from dedup import __version__, backend

        figures = {name.replace(" ", "_"): number for name, number in self.counts.items()}
        about = {"verb": self.verb, "version": __version__, "kernel": backend}
        times = dict(zip(("first_time", "last_time"), self.times or (None, None), strict=True))
        cost = {"bytes": self.inputs.taken, "seconds": round(monotonic() - self._begun, 3)}
        return json.dumps(about | figures | times | cost).encode() + b"\n"


def _bar(verb: str, inputs: Inputs) -> Any:
    """Return a progress bar on a terminal, None elsewhere."""
    if sys.stderr is None or not sys.stderr.isatty():
        return None
    from shutil import get_terminal_size

    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread of its own: processes are forked
    return tqdm(
        total=inputs.size, desc=f"dedup {verb}", unit="B", unit_scale=True, leave=False, file=sys.stderr,
        ncols=get_terminal_size().columns, mininterval=0.2, miniters=1,
    )  # fmt: skip
