"""paths -> byte streams whose errors name them; "-" is a standard stream, `.gz` is packed and unpacked."""

import gzip
import os
import signal
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, cast

from dedup.document import DedupError

PENDING = 1 << 16  # bytes of output held back before they are written
INPUT, OUTPUT = "standard input", "standard output"


@contextmanager
def named(name: str) -> Iterator[None]:
    """Turn an error of the system or of a packed file into one that names the stream; a broken pipe passes."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DedupError(f"{name}: {lower(error.strerror or str(error))}") from error
    except (EOFError, zlib.error) as error:
        raise DedupError(f"{name}: {lower(str(error))}") from error


def lower(message: str) -> str:
    """Return a message with its first letter in lower case.

    >>> lower("No such file or directory")
    'no such file or directory'
    """
    return message[:1].lower() + message[1:]


class Reader:
    """A stream of bytes, by line or whole."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream, self.name = stream, name

    def __iter__(self) -> Iterator[bytes]:
        while True:
            with named(self.name):
                line = self._stream.readline()
            if not line:
                return
            yield line

    def read(self) -> bytes:
        """Return the rest of the stream."""
        with named(self.name):
            return self._stream.read()


@contextmanager
def open_input(path: str) -> Iterator[Reader]:
    """Open a file for reading; raises `DedupError` naming it when it cannot be opened or read."""
    if path == "-":
        if sys.stdin is None:
            raise DedupError(f"{INPUT}: closed")
        yield Reader(sys.stdin.buffer, INPUT)
        return
    if path.endswith(".zst"):
        raise DedupError(
            f"cannot read {path}: .zst is not supported; unpack it first, as in: zstd -dc {path} | dedup ..."
        )
    with named(path):
        file = Path(path).open("rb")  # noqa: SIM115 - closed below
    with file:
        packed = path.endswith(".gz")
        yield Reader(cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if packed else file, path)


def read_lines(paths: Sequence[str]) -> Iterator[bytes]:
    """Yield the lines of several files as one stream."""
    for path in paths:
        with open_input(path) as stream:
            yield from stream


class Writer:
    """A stream that never leaves half of what it was given, however it is interrupted."""

    def __init__(self, sink: Callable[[memoryview], int], name: str, *, packed: bool) -> None:
        self._sink, self._name = sink, name
        self._pending: list[bytes] = []
        self._size = 0
        self._open_line = False
        self._packer = zlib.compressobj(wbits=31) if packed else None

    def write(self, data: bytes) -> None:
        """Take `data`; it is written when enough has come together."""
        data = self._packer.compress(data) if self._packer else data
        self._pending.append(data)
        self._size += len(data)
        if self._size >= PENDING:
            self.flush()

    def write_line(self, line: bytes) -> None:
        """Take a line, on a line of its own also when the one before was not ended."""
        if self._open_line:
            self.write(b"\n")
        self._open_line = not line.endswith(b"\n")
        self.write(line)

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
def open_output(path: str, others: Sequence[str] = ()) -> Iterator[Writer]:
    """Open a file for writing; raises `DedupError` when it cannot be, or is one of the `others` in use."""
    if path == "-":
        if sys.stdout is None:
            raise DedupError(f"{OUTPUT}: closed")
        yield from _writing(Writer(_standard_output(), OUTPUT, packed=False))
        return
    if path.endswith(".zst"):
        raise DedupError(f"cannot write {path}: .zst is not supported; write to standard output and pack that")
    for other in others:
        if _same_file(path, other):
            raise DedupError(f"{path}: is in use as {other} already; write to another file")
    with named(path):
        file = Path(path).open("wb", buffering=0)  # noqa: SIM115 - closed below
    with file:
        yield from _writing(Writer(partial(os.write, file.fileno()), path, packed=path.endswith(".gz")))


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
