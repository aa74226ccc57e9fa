"""options -> the streams a verb works on: batches of lines in, lines and the account of them out."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Protocol

from dedup.checks import positive
from dedup.cores import cores
from dedup.document import Cleaned, DedupError, Document
from dedup.inputs import Inputs
from dedup.records import ledger
from dedup.records.arrow import RowWriter
from dedup.records.fields import FIELDS
from dedup.records.lines import Line
from dedup.stream import Deduplicator
from dedup.streams import Writer, open_output
from dedup.verbs.files import check_inputs
from dedup.verbs.resume import Progress
from dedup.verbs.tally import Tally, fault_of


class Sink(Protocol):
    """Where lines go; `raw` is what stands there now."""

    def write(self, line: Line, raw: bytes) -> None: ...


class _LineSink:
    def __init__(self, writer: Writer, end: bytes) -> None:
        self._writer, self._end = writer, end

    def write(self, line: Line, raw: bytes) -> None:
        if raw or not line.whole:
            self._writer.write_line(raw, self._end)


class Job:
    """What a run reads, writes and counts; `workers` processes work lines out."""

    def __init__(self, options: Namespace, tally: Tally, stack: ExitStack, progress: Progress | None = None) -> None:
        self._options, self._stack, self.tally, self._progress = options, stack, tally, progress
        self._at_once = getattr(options, "line_buffered", False)
        workers = getattr(options, "workers", None)
        self.workers = cores() if workers is None else positive("--workers", workers, "pass 1 or more, or leave it out")
        if self._at_once:
            self.workers = 1  # where each line is to be answered at once
        self._batches = progress.begin() if progress else tally.inputs.batches()
        if progress:
            tally.go_on(progress.after, progress.counts, progress.times)
        self._writers: dict[str, Writer] = {}
        named = (getattr(options, "ledger", None), options.rejects)
        self._ledger, self._rejects = (self.writer(path) if path else None for path in named)
        self._stats = self._opened(options.stats) if options.stats else None
        if self._ledger and not (progress and progress.place(options.ledger)):
            self._ledger.write(ledger.header(tally.verb, tally.inputs.end))

    def writer(self, path: str) -> Writer:
        """Open one more file for writing; of a run that goes on, where it stopped."""
        self._writers[path] = self._opened(path)
        return self._writers[path]

    def _opened(self, path: str) -> Writer:
        place = self._progress.place(path) if self._progress else None
        return self._stack.enter_context(open_output(path, eager=self._at_once, place=place))

    def sink(self, path: str) -> Sink:
        """Open a file for lines; one that ends in .parquet takes rows of tables."""
        if not path.endswith(".parquet"):
            return _LineSink(self.writer(path), self.tally.inputs.end)
        return self._stack.enter_context(RowWriter(path))

    def batches(self) -> Iterator[list[Line] | None]:
        """Yield the lines, with --strict up to the first that cannot be read; None where the next is not there yet.

        With --line-buffered each comes alone.
        """
        for batch in self._believed():
            if self._at_once:
                yield from ([line] for line in batch)
            else:
                yield batch or None

    def _believed(self) -> Iterator[list[Line]]:
        for batch in self._batches:
            if self._options.strict:
                faulty = next((index for index, line in enumerate(batch) if line.fault or line.bad_bytes), None)
                if faulty is not None:
                    yield batch[:faulty]
                    raise DedupError(f"{self.tally.inputs.place(batch[faulty].number)}: {fault_of(batch[faulty])}")
            yield batch

    def settle(self, answered: Sequence[Line] = (), *, done: bool = False) -> None:
        """Make what was answered last, where there is a store, and show how far things are."""
        if self._progress:
            places = {path: writer.settle() for path, writer in self._writers.items()}
            self._progress.commit(answered, self.tally, places, done=done)
        self.tally.progress()

    def documents(self) -> Iterator[Document]:
        """Yield the documents alone, for a verb that does not hand lines on."""
        return (document for _, document in self.numbered_documents())

    def numbered_documents(self) -> Iterator[tuple[int, Document]]:
        """Yield the same with the numbers of their lines."""
        for batch in self.batches():
            for line in batch or ():
                if self.put_aside(line):
                    continue
                self.tally.count(line)
                if line.document is not None:
                    yield line.number, line.document
            self.tally.progress()

    def put_aside(self, line: Line) -> bool:
        """Return whether a line is not to be handed on, as it cannot be read; then it is dealt with."""
        if not line.fault or self._rejects is None:
            return False
        self._rejects.write_line(line.raw)
        self.note_drop(line, {"fault": line.fault})
        self.tally.count(line)
        self.tally.counts["put aside"] += 1
        return True

    def note_drop(self, line: Line, reason: dict[str, object]) -> None:
        """Put a line that is not handed on into the ledger."""
        if self._ledger:
            self._ledger.write(ledger.dropped(line, reason, self._sum))

    def note_removed(self, line: Line, document: Document, cleaned: Cleaned, written: bytes) -> None:
        """Put what was taken out of a line, which has been `written` without it, into the ledger."""
        if self._ledger:
            self._ledger.write(ledger.removed(line, document, cleaned, written, self._sum))

    @property
    def _sum(self) -> int:
        return self._writers[self._options.output].sum

    def finish(self) -> None:
        """Write the figures, and the end of the ledger of an output."""
        if self._ledger and self._options.output in self._writers:
            self._ledger.write(ledger.end(self._sum))
        if self._stats:
            self._stats.write(self.tally.stats())


@contextmanager
def job(
    verb: str,
    options: Namespace,
    account: Callable[[Tally], str],
    figures: Sequence[str],
    text: str = "lines",
    store: Deduplicator | None = None,
) -> Iterator[Job]:
    """Open what the options name; at the end, also an early one, everything is written, and summed up if there is any.

    `figures` are what the verb counts. With the deduplicator of a store, an earlier run of the same command is gone on
    with.
    """
    check_inputs(options.files)
    names = {field: getattr(options, field) for field in FIELDS}
    window = getattr(options, "window", None) is not None
    inputs = Inputs(
        options.files, names, options.shape or text,
        forced=options.shape is not None, stored=store is not None, window=window,
    )  # fmt: skip
    tally = Tally(verb, inputs, account, timed=bool(options.time or window))
    tally.counts.update(dict.fromkeys(figures, 0))
    with ExitStack() as stack:
        stack.push(tally.sum_up)
        work = Job(options, tally, stack, None if store is None else Progress(options, store, inputs))
        stack.callback(work.finish)
        yield work
