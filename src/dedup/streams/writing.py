"""streams of bytes -> paths; "-" is standard output, `.gz` and `.zst` are packed."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from dedup.document import DedupError
from dedup.streams.names import OUTPUT, named
from dedup.streams.packed import Packer, packer

PENDING = 1 << 16  # bytes of output held back before they are written


class Writer:
    """A stream that never leaves half of what it was given, however it is interrupted.

    With `eager`, every line is written as soon as it is given.
    """

    def __init__(
        self, sink: Callable[[memoryview], int], name: str, packer: Packer | None = None, *, eager: bool = False
    ) -> None:
        self._sink, self._name, self._packer, self._eager = sink, name, packer, eager
        self._pending: list[bytes] = []
        self._size = 0
        self._open_line = False

    def write(self, data: bytes) -> None:
        """Take `data`; it is written when enough has come together."""
        data = self._packer.compress(data) if self._packer else data
        self._pending.append(data)
        self._size += len(data)
        if self._size >= PENDING:
            self.flush()

    def write_line(self, line: bytes, end: bytes = b"\n") -> None:
        """Take a line, on a line of its own also when the one before was not ended."""
        if self._open_line:
            self.write(end)
        self._open_line = not line.endswith(end)
        self.write(line)
        if self._eager:
            self.flush()

    def flush(self) -> None:
        """Write what is pending, to its end: an interrupt meanwhile comes after it."""
        data = memoryview(b"".join(self._pending))
        self._pending, self._size = [], 0
        with _interrupts_held_back(), named(self._name):
            while data:
                data = data[self._sink(data) :]

    def finish(self) -> None:
        """Write everything."""
        if self._packer:
            self._pending.append(self._packer.flush())
        self.flush()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


@contextmanager
def open_output(path: str, others: Sequence[str] = (), *, eager: bool = False) -> Iterator[Writer]:
    """Open a file for writing; raises `DedupError` when it cannot be, or is one of the `others` in use."""
    if path == "-":
        if sys.stdout is None:
            raise DedupError(f"{OUTPUT}: closed")
        yield from _writing(Writer(_standard_output(), OUTPUT, eager=eager))
        return
    for other in others:
        if _same_file(path, other):
            raise DedupError(f"{path}: is in use as {other} already; write to another file")
    with named(path):
        file = Path(path).open("wb", buffering=0)  # noqa: SIM115 - closed below
    with file:
        yield from _writing(Writer(partial(os.write, file.fileno()), path, packer(path), eager=eager))


def _same_file(path: str, other: str) -> bool:
    """Return whether both are one regular file; "-" is what standard input comes from."""
    try:
        stat, other_stat = Path(path).stat(), os.fstat(0) if other == "-" else Path(other).stat()
    except OSError:
        return False
    return Path(path).is_file() and os.path.samestat(stat, other_stat)


def _standard_output() -> Callable[[memoryview], int]:
    """Return the way to write to standard output, also when it has been replaced by something that is no file."""
    try:
        return partial(os.write, sys.stdout.fileno())
    except (OSError, ValueError):
        return sys.stdout.buffer.write


def _writing(writer: Writer) -> Iterator[Writer]:
    try:
        yield writer
    finally:
        writer.finish()
