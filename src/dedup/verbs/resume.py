"""a store and a command -> where an earlier run of that command goes on, and what is noted on the way there."""

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from dedup.document import DedupError
from dedup.inputs import Inputs
from dedup.records.lines import Line, digest
from dedup.stream import Deduplicator
from dedup.streams import Place
from dedup.verbs.tally import Tally

ASIDE = (
    "verb",
    "store",
    "afresh",
    "undo",
    "stats",
    "line_buffered",
    "workers",
)  # options that change nothing of the output


class Progress:
    """How far a run has come, in the note of its store: after which line, with what counts, up to where outputs go.

    The note is committed with the answers it speaks of, so that whatever happens in between never happened: the same
    command on the same input goes on after that line, and cuts off what was written later.
    """

    def __init__(self, options: Namespace, seen: Deduplicator, inputs: Inputs) -> None:
        self._seen, self._inputs = seen, inputs
        self._run = json.loads(json.dumps({name: value for name, value in vars(options).items() if name not in ASIDE}))
        self._first = ""
        self._note: dict[str, Any] = json.loads(seen.note or b"{}")
        if self._note and self._note["run"] != self._run:
            self._refuse_unfinished(options.store)
            self._note = {}

    def _refuse_unfinished(self, store: str) -> None:
        was = self._note["run"]
        name = next(name for name in (*self._run, *was) if was.get(name) != self._run.get(name))
        if not self._note["done"]:
            raise DedupError(
                f"the store {store!r} is in the middle of a run with {name} {was.get(name)!r}, which is now "
                f"{self._run.get(name)!r}: repeat that command to finish it, or pass --afresh to forget all that "
                "the store remembers and begin anew"
            )

    @property
    def after(self) -> int:
        """The line after which this run goes on, 0 when it begins."""
        return int(self._note.get("line", 0))

    @property
    def counts(self) -> Mapping[str, int]:
        """What was counted up to there."""
        return dict(self._note.get("counts", {}))

    @property
    def times(self) -> list[str]:
        """The first and the last time up to there, where there was one."""
        return list(self._note.get("times", []))

    def place(self, path: str) -> Place | None:
        """Return up to where an output was written, None when it is to begin."""
        place = self._note.get("places", {}).get(path)
        return Place(*place) if place else None

    def begin(self) -> Iterator[list[Line]]:
        """Return the lines that are to be answered; an input that begins otherwise than it did is a new one."""
        batches = self._inputs.batches()
        if not self.after:
            return self._from_first(batches)
        first = next(filter(None, batches), [])
        if not first or digest(first[0].raw) != self._note["first"]:
            self._note = {}
            return self._from_first(chain([first] if first else [], batches))
        self._first = self._note["first"]
        self._inputs.after = self.after
        return self._checked(first, batches)

    def _from_first(self, batches: Iterator[list[Line]]) -> Iterator[list[Line]]:
        for batch in batches:
            self._first = self._first or (digest(batch[0].raw) if batch else "")
            yield batch

    def _checked(self, first: list[Line], batches: Iterator[list[Line]]) -> Iterator[list[Line]]:
        """Yield what comes after the last line that was answered, when that is what it was."""
        answered = [line for line in first if line.number <= self.after]
        self._inputs.passed = answered[-1].raw
        rest = chain([first[len(answered) :]], batches)
        head = next(filter(None, rest), [])
        if self._inputs.number < self.after or digest(self._inputs.passed) != self._note["last"]:
            raise DedupError(
                f"line {self.after} of the input is not what the earlier run read there; pass --afresh to forget what "
                "the store remembers and begin anew"
            )
        return chain([head] if head else [], rest)

    def commit(self, last: Line | None, tally: Tally, places: Mapping[str, Place], *, done: bool) -> None:
        """Make all answers last, with how far they go."""
        if last is not None:
            self._note |= {"line": last.number, "last": digest(last.raw), "first": self._first}
        counted = {"counts": dict(tally.counts), "times": tally.times}
        self._note |= {"run": self._run, "done": done, "places": dict(places), **counted}
        self._seen.commit(json.dumps(self._note).encode("ascii"))
