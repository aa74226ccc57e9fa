"""paths -> streams of bytes; "-" is standard input, what is packed is unpacked."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader, BytesIO, RawIOBase
from pathlib import Path
from select import select
from stat import S_ISREG
from typing import IO, Any, cast

from dedup.document import DedupError
from dedup.streams.errors import INPUT, named
from dedup.streams.packed import Unpacker, packing, unpacked

AT_ONCE = 1 << 20  # bytes read at a time: some hundred documents


class Reader:
    """A stream of bytes: in whole lines as they arrive, or all of it.

    `path` is the file behind it, "-" for standard input, `pipe` its descriptor when one may have to wait for it;
    `taken` says how many bytes came out of it, unpacked; `unpacker`, once something was read, what they came out of,
    None when it was not packed.
    """

    def __init__(self, read: Callable[[], bytes], path: str, file: IO[bytes] | None, pipe: int | None = None) -> None:
        self._read, self.path, self._file, self._pipe = read, path, file, pipe
        self.name = INPUT if path == "-" else path
        self._ahead = b""
        self._whole = False
        self.unpacker: Unpacker | None = None
        self.taken = 0

    def tell(self) -> int:
        """Return how many bytes of the file were read; what came out of it when it cannot be told."""
        known = self._file is not None and self._file.seekable() and not self._whole
        return self._file.tell() if self._file and known else self.taken

    def _must_wait(self) -> bool:
        """Return whether nothing is there to be read, of what can be asked that: a pipe."""
        return not self._ahead and self._pipe is not None and not select([self._pipe], [], [], 0)[0]

    def _more(self) -> bytes:
        if self._ahead:
            more, self._ahead = self._ahead, b""
            return more
        with named(self.name):
            more = self._read()
        self.taken += len(more)
        return more

    def peek(self, size: int | None = None) -> bytes:
        """Return the beginning of the stream, up to the end of the first line that is not blank or further.

        With `size`, as many bytes or more, if there are.
        """
        parts = [self._more()]
        while parts[-1] and (sum(map(len, parts)) < size if size else b"\n" not in parts[-1].lstrip()):
            parts.append(self._more())
        self._ahead = b"".join(parts)
        return self._ahead

    def lines(self, end: bytes = b"\n") -> Iterator[list[bytes]]:
        """Yield the lines with their ends, in lists of those that arrived together; only the last may lack its end.

        An empty list says that the next lines have not arrived yet.
        """
        pending: list[bytes] = []
        while True:
            if self._must_wait():
                yield []
            if not (more := self._more()):
                break
            lines = _split(more, end)
            if pending and (len(lines) > 1 or lines[0].endswith(end)):
                lines[0] = b"".join([*pending, lines[0]])
                pending = []
            if not lines[-1].endswith(end):
                pending.append(lines.pop())
            if lines:
                yield lines
        if pending:
            yield [b"".join(pending)]

    def read(self) -> bytes:
        """Return the rest of the stream."""
        return b"".join(iter(self._more, b""))

    def file(self) -> IO[bytes]:
        """Return the rest of the stream as a file that can be read but not rewound."""
        return BufferedReader(_Rest(self._more), AT_ONCE)

    def seekable(self) -> IO[bytes]:
        """Return the whole stream, of which nothing but `peek` was asked, as a file that can be rewound."""
        if self._file is None or not self._file.seekable() or self.unpacker:
            return BytesIO(self.read())
        with named(self.name):
            self.taken, self._ahead, self._whole = self._file.seek(0, os.SEEK_END), b"", True
            self._file.seek(0)
        return self._file


class _Rest(RawIOBase):
    def __init__(self, more: Callable[[], bytes]) -> None:
        self._more, self._left = more, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._left = self._left or memoryview(self._more())
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def _split(data: bytes, end: bytes) -> list[bytes]:
    if end == b"\n":
        return BytesIO(data).readlines()
    *lines, rest = data.split(end)
    return [line + end for line in lines] + ([rest] if rest else [])


@contextmanager
def open_input(path: str) -> Iterator[Reader]:
    """Open a file for reading; raises `DedupError` naming it when it cannot be opened or read."""
    if path == "-":
        if sys.stdin is None:
            raise DedupError(f"{INPUT}: closed")
        file = cast("IO[bytes]", sys.stdin.buffer)
        yield _reader(file, path)
        return
    with named(path):
        file = Path(path).open("rb")  # noqa: SIM115 - closed below
    with file:
        yield _reader(file, path)


def _reader(file: IO[bytes], path: str) -> Reader:
    """Return a reader of as much of a file as is asked, of what there is of a pipe."""
    number = _descriptor(file)
    pipe = None if number is None or S_ISREG(os.fstat(number).st_mode) else number
    full = number is not None and pipe is None
    source: Any = None

    def read() -> bytes:
        nonlocal source
        if source is None:
            reader.unpacker = unpacked(file, packing(file, path))
            source = reader.unpacker or file
        return bytes(source.read(AT_ONCE) if full else source.read1(AT_ONCE))

    reader = Reader(read, path, file, None if os.name == "nt" else pipe)
    return reader


def _descriptor(file: IO[bytes]) -> int | None:
    try:
        return file.fileno()
    except (OSError, ValueError, AttributeError):
        return None
