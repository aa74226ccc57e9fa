"""streams of bytes -> paths; "-" is standard output, `.gz` and `.zst` are packed."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple
from zlib import crc32

from dedup.document import DedupError
from dedup.streams.errors import OUTPUT, named
from dedup.streams.packed import packer

AFRESH = "pass --afresh to forget what the store remembers and begin anew"
PENDING = 1 << 16  # bytes of output held back before they are written


class Place(NamedTuple):
    """How far an output had come: the size and identity of the file, None of what can take nothing back; its sum."""

    size: int | None
    device: int
    inode: int
    open_line: bool
    sum: int = 0


class Writer:
    """A stream that never leaves half of what it was given, however it is interrupted.

    With `eager`, every line is written as soon as it is given. `descriptor` is that of the file behind it, if any.
    `sum` is the CRC-32 of all it was given, each line counted as ended.
    """

    def __init__(
        self, sink: Callable[[memoryview], int], path: str, *, eager: bool = False, descriptor: int | None = None
    ) -> None:
        self._sink, self._path, self._eager, self._descriptor = sink, path, eager, descriptor
        self._name = OUTPUT if path == "-" else path
        self._packer = packer(path)
        self._to_end = True  # also a file of nothing is a packed one
        self._pending: list[bytes] = []
        self._size = 0
        self._open_line = False
        self.sum = 0

    def write(self, data: bytes) -> None:
        """Take `data`; it is written when enough has come together."""
        self.sum = crc32(data, self.sum)
        self._put(data)

    def _put(self, data: bytes) -> None:
        if self._packer:
            data, self._to_end = self._packer.compress(data), True
        self._pending.append(data)
        self._size += len(data)
        if self._size >= PENDING:
            self.flush()

    def write_line(self, line: bytes, end: bytes = b"\n") -> None:
        """Take a line, on a line of its own also when the one before was not ended."""
        if self._open_line:
            self._put(end)
        self._open_line = not line.endswith(end)
        self.sum = crc32(line + end if self._open_line else line, self.sum)
        self._put(line)
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
        if self._packer and self._to_end:
            self._pending.append(self._packer.flush())
        self.flush()

    def settle(self) -> Place:
        """Write everything, and return where to go on from here; what was packed can be unpacked up to here."""
        self.finish()
        self._packer, self._to_end = packer(self._path), False
        stat = None if self._descriptor is None else os.fstat(self._descriptor)
        if self._descriptor is None or stat is None or not S_ISREG(stat.st_mode):
            return Place(None, 0, 0, self._open_line, self.sum)
        return Place(os.lseek(self._descriptor, 0, os.SEEK_CUR), stat.st_dev, stat.st_ino, self._open_line, self.sum)

    def go_on(self, place: Place) -> None:
        """Cut off what was written after `place`, and go on there.

        Raises `DedupError` when standard output is not the file it was, or a file has not all that was written.
        """
        self._open_line, self.sum, self._to_end = place.open_line, place.sum, False
        if self._descriptor is None:
            return
        stat = os.fstat(self._descriptor)
        if place.size is None:
            if place.sum and S_ISREG(stat.st_mode):
                raise DedupError(
                    f"{self._name}: is a file, and the earlier run wrote elsewhere, as to a pipe: what it wrote would "
                    f"be missing; {AFRESH}"
                )
            return
        if self._path == "-" and (stat.st_dev, stat.st_ino) != (place.device, place.inode):
            raise DedupError(
                f"{self._name}: is not the file that the earlier run wrote to; append to that with >>, or {AFRESH}"
            )
        if stat.st_size < place.size:
            raise DedupError(
                f"{self._name}: holds {stat.st_size:,} of the {place.size:,} bytes that the earlier run wrote "
                f"(> empties a file, >> appends to it); {AFRESH}"
            )
        with named(self._name):
            os.ftruncate(self._descriptor, place.size)
            os.lseek(self._descriptor, place.size, os.SEEK_SET)


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
def open_output(path: str, *, eager: bool = False, place: Place | None = None) -> Iterator[Writer]:
    """Open a file for writing, from `place` on when one is given; raises `DedupError` when it cannot be opened."""
    if path == "-":
        if sys.stdout is None:
            raise DedupError(f"{OUTPUT}: closed")
        sink, descriptor = _standard_output()
        yield from _writing(Writer(sink, path, eager=eager, descriptor=descriptor), place)
        return
    with named(path):
        goes_on = place is not None and place.size is not None
        if goes_on and not Path(path).exists():
            raise DedupError(f"{path}: the output of the earlier run is gone; {AFRESH}")
        file = Path(path).open("r+b" if goes_on else "wb", buffering=0)  # noqa: SIM115 - closed below
    with file:
        number = file.fileno()
        yield from _writing(Writer(partial(os.write, number), path, eager=eager, descriptor=number), place)


def _standard_output() -> tuple[Callable[[memoryview], int], int | None]:
    """Return the way to write to standard output, also when it has been replaced by something that is no file."""
    try:
        number = sys.stdout.fileno()
    except (OSError, ValueError):
        return sys.stdout.buffer.write, None
    return partial(os.write, number), number


def _writing(writer: Writer, place: Place | None) -> Iterator[Writer]:
    if place is not None:
        writer.go_on(place)
    try:
        yield writer
    finally:
        writer.finish()
