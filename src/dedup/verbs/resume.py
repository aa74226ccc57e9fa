"""a store and a command -> where an earlier run of that command goes on, and what is noted on the way there."""

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from dedup.document import DedupError
from dedup.inputs import Inputs
from dedup.records.lines import Line, Running, digest
from dedup.stream import Deduplicator
from dedup.streams import Place
from dedup.streams.writing import AFRESH
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


def _read(note: bytes, store: str) -> dict[str, Any]:
    """Return what a run noted in its store, nothing when none did."""
    try:
        read = json.loads(note or b"{}")
    except ValueError:
        read = None
    if not isinstance(read, dict) or (note and not {"run", "done"} <= read.keys()):
        raise DedupError(
            f"the store {store!r} holds a note that is of no run of dedup filter, or damaged: name another store, or "
            f"{AFRESH}"
        )
    return read


class Progress:
    """How far a run has come, in the note of its store: after which line, with what counts, up to where outputs go.

    The note is committed with the answers it speaks of, so that whatever happens in between never happened: the same
    command on the same input goes on after that line, and cuts off what was written later.
    """

    def __init__(self, options: Namespace, seen: Deduplicator, inputs: Inputs) -> None:
        self._seen, self._inputs = seen, inputs
        self._run = json.loads(json.dumps({name: value for name, value in vars(options).items() if name not in ASIDE}))
        self._store, self._lines = options.store, Running()
        self._note = _read(seen.note, options.store)
        if self._note and self._note["run"] != self._run:
            self._refuse_unfinished()
            self._note = {}
        elif self.after and "lines" not in self._note:
            self._refuse_older()
            self._note = {}

    def _refuse_unfinished(self) -> None:
        was = self._note["run"]
        name = next(name for name in (*self._run, *was) if was.get(name) != self._run.get(name))
        if not self._note["done"]:
            raise DedupError(
                f"the store {self._store!r} is in the middle of a run with {name} {was.get(name)!r}, which is now "
                f"{self._run.get(name)!r}: repeat that command to finish it, or {AFRESH}"
            )

    def _refuse_older(self) -> None:
        if not self._note["done"]:
            raise DedupError(
                f"the store {self._store!r} is in the middle of a run of an earlier dedup, which noted too little "
                f"to go on: finish it with that, name another store, or {AFRESH}"
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
        """Return the lines that are to be answered: those after the last that was, if all up to it are what they were.

        An input that begins otherwise than it did is a new one; so is what has changed after a run that was done.
        """
        batches = self._inputs.batches()
        if not self.after:
            return batches
        first = next(filter(None, batches), [])
        if not first or digest(first[0].raw) != self._note["first"]:
            self._note = {}
            return chain([first] if first else [], batches)
        return self._checked(chain([first], batches))

    def _checked(self, batches: Iterator[list[Line]]) -> Iterator[list[Line]]:
        """Return what comes after the last line that was answered, or everything when the lines up to it are others."""
        done, in_files = self._note["done"], self._inputs.size is not None
        held = []  # what cannot be read again, as from a pipe
        new: list[Line] = []
        for batch in batches:
            self._lines.add(line.raw for line in batch if line.number <= self.after)
            new = [line for line in batch if line.number > self.after]
            if done and not in_files:
                held.append(batch)
            else:
                self._inputs.after, self._inputs.passed = self.after, self._lines
            if self._inputs.number >= self.after:
                break
        if self._inputs.number >= self.after and self._lines.digest == self._note["lines"]:
            return chain([new] if new else [], batches)
        self._refuse_changed()
        self._note, self._lines = {}, Running()
        if not in_files:
            return chain(held, batches)
        self._inputs.rewind()
        return self._inputs.batches()

    def _refuse_changed(self) -> None:
        if not self._note["done"]:
            raise DedupError(
                f"the store {self._store!r} is in the middle of a run, and the input is not what that run had read up "
                f"to line {self.after}: pass that input to finish it, name another store, or {AFRESH}"
            )

    def commit(self, answered: Sequence[Line], tally: Tally, places: Mapping[str, Place], *, done: bool) -> None:
        """Make all answers last, with how far they go: up to and with the lines `answered`."""
        if answered:
            self._lines.add(line.raw for line in answered)
            first = self._note.get("first") or digest(answered[0].raw)
            self._note |= {"line": answered[-1].number, "lines": self._lines.digest, "first": first}
        counted = {"counts": dict(tally.counts), "times": tally.times}
        self._note |= {"run": self._run, "done": done, "places": dict(places), **counted}
        self._seen.commit(json.dumps(self._note).encode("ascii"))
