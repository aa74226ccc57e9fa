"""lines that pass -> what is said about them: complaints, progress, one summary, figures for programs."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

from dedup.inputs import Inputs
from dedup.records.lines import Line

SHOWN_FAULTS = 3
FAULTS = ("malformed", "bad bytes", "without text", "blank")


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


def fault_of(line: Line) -> str:
    """Return what is wrong with a line, "" when nothing is."""
    return line.fault or ("bytes that are not UTF-8" if line.bad_bytes else "")


class Tally:
    """Counts what passes, and says so in one line at the end: every line of input is in it once.

    `account` makes the words of the summary that are the verb's own.
    """

    def __init__(self, verb: str, inputs: Inputs, account: "Callable[[Tally], str]") -> None:
        self.verb, self.inputs, self._account = verb, inputs, account
        self.counts: Counter[str] = Counter()
        self._begun = monotonic()
        self._shown = self._after = 0
        self._bar = _bar(verb, inputs)

    def go_on(self, after: int, counts: Mapping[str, int]) -> None:
        """Count on from what an earlier run had counted up to a line."""
        self._after = after
        self.counts.update(counts)

    def _complain(self, line: Line) -> None:
        if self._shown < SHOWN_FAULTS:
            if self._bar is not None:
                self._bar.clear()
            say(f"dedup {self.verb}: line {line.number}: {fault_of(line)}")
        self._shown += 1

    def count(self, line: Line) -> None:
        """Count a line that has been dealt with; of those with something wrong the first few are shown."""
        counts = self.counts
        if line.fault or line.bad_bytes:
            self._complain(line)
        counts["lines"] += 1
        if line.document is not None:
            if line.bad_bytes:
                counts["bad bytes"] += 1
            if not line.document.text.strip():
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
        return 2 if self.counts["malformed"] or self.counts["bad bytes"] else 0

    def summary(self) -> None:
        """Print the one line to standard error."""
        if self._bar is not None:
            self._bar.refresh()
            self._bar.close()
        for hint in self.inputs.hints:
            say(f"dedup {self.verb}: {hint}")
        faults = ", ".join(f"{self.counts[name]:,} {name}" for name in FAULTS if self.counts[name])
        seconds = max(monotonic() - self._begun, 1e-6)
        rate = f"{self.inputs.taken / 1e6:.1f} MB in {seconds:.1f} s"
        begun = f"; gone on after line {self._after:,}" if self._after else ""
        say(f"dedup {self.verb}: {self._account(self)}{begun}{'; ' + faults if faults else ''}; {rate}")

    def stats(self) -> bytes:
        """Return the figures as one JSON object."""
        from dedup import __version__, backend

        figures = {name.replace(" ", "_"): self.counts[name] for name in ("lines", "malformed", "bad bytes")}
        figures |= {name.replace(" ", "_"): number for name, number in sorted(self.counts.items())}
        about = {"verb": self.verb, "version": __version__, "kernel": backend}
        cost = {"bytes": self.inputs.taken, "seconds": round(monotonic() - self._begun, 3)}
        return json.dumps(about | figures | cost).encode() + b"\n"


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
