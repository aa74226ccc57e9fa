"""number -> what a document said: texts out of memory, in temporary files once they are many."""

import struct
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from typing import IO, NamedTuple

from dedup.document import DedupError, Document
from dedup.duplicates.column import Column

SEGMENT = 1 << 18  # bytes that are written, and let go of, together: a millisecond of work
IN_MEMORY = 2 << 20  # bytes of the youngest texts that stay in memory
AHEAD = 6 << 10  # bytes that are read together: most entries
HEADER = struct.Struct("<5I")
SIZE = struct.Struct("<Q")  # of an entry, before it


class Entry(NamedTuple):
    """What is kept of a document to tell its story again; `cuts`: removed spans (u32 pairs, code points)."""

    id: str
    text: str
    title: str | None
    source: str | None
    cuts: bytes


UNDATED = 2**63 - 1  # the time of a document that has none, before any has one
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


def instant(time: datetime) -> int:
    """Return a time in microseconds since 1970, UTC."""
    return (time - EPOCH) // MICROSECOND


FIRST, LAST = (instant(end.replace(tzinfo=UTC)) for end in (datetime.min, datetime.max))


def document(entry: Entry, time: int) -> Document:
    """Return the document an entry was made of; its time in UTC, of which there is no more than of years."""
    moment = None if time == UNDATED else EPOCH + min(max(time, FIRST), LAST) * MICROSECOND
    return Document(entry.id, entry.text, title=entry.title, source=entry.source, time=moment)


def pack(entry: Entry) -> bytes:
    """Return an entry as bytes."""
    title = b"" if entry.title is None else b"+" + entry.title.encode("utf-8", "surrogatepass")
    source = b"" if entry.source is None else b"+" + entry.source.encode("utf-8", "surrogatepass")
    id, text = entry.id.encode("utf-8", "surrogatepass"), entry.text.encode("utf-8", "surrogatepass")
    header = HEADER.pack(len(id), len(title), len(source), len(entry.cuts), len(text))
    return b"".join((header, id, title, source, entry.cuts, text))


def unpack(data: bytes) -> Entry:
    """Return the entry of bytes `pack` made; raises `struct.error` or `ValueError` for others."""
    parts, at = [], HEADER.size
    for size in HEADER.unpack_from(data):
        parts.append(data[at : at + size])
        at += size
    if at != len(data):
        raise ValueError(f"an entry of {at} bytes has {len(data)}")
    id, title, source, cuts, text = parts
    return Entry(_text(id), _text(text), _optional(title), _optional(source), cuts)


def body(data: bytes) -> tuple[bytes, bytes]:
    """Return the text (UTF-8) and the cuts of the entry of bytes `pack` made."""
    *_, cuts, text = HEADER.unpack_from(data)
    end = len(data) - text
    return data[end:], data[end - cuts : end]


def title_of(data: bytes) -> str:
    """Return the title of the entry of bytes `pack` made, "" where it has none."""
    id, title, *_ = HEADER.unpack_from(data)
    start = HEADER.size + id
    return _text(data[start : start + title][1:])


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _optional(data: bytes) -> str | None:
    return _text(data[1:]) if data else None


class Archive:
    """An append-only store in segments: in memory up to `in_memory` bytes, then in an unnamed temporary file.

    A segment whose documents have all expired is used again, so the file is as large as the window. When the disk
    is full `put` raises `DedupError`, the document is not kept, and everything else still is.
    """

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._most = max(1, in_memory // SEGMENT)
        self._places = Column("Q")
        self._tail = bytearray()
        self._segments = {0: self._tail}  # in memory
        self._spilled: dict[int, int] = {}  # the place in the file of the others
        self._low, self._oldest, self._newest = 0, 0, 0  # of all; in memory
        self._file: IO[bytes] | None = None
        self._free: list[int] = []
        self._file_segments = 0

    def put(self, number: int, entry: Entry, *_: int) -> None:
        """Keep an entry; numbers come in order."""
        data = pack(entry)
        while self._newest - self._oldest >= self._most:
            self._spill()
        self._places.append(number, self._newest * SEGMENT + len(self._tail))
        data = SIZE.pack(len(data)) + data
        while len(self._tail) + len(data) > SEGMENT:
            room = SEGMENT - len(self._tail)
            self._tail += data[:room]
            data = data[room:]
            self._newest += 1
            self._tail = self._segments[self._newest] = bytearray()
        self._tail += data

    def get(self, number: int) -> Entry:
        """Return the entry of a number that has not expired."""
        return unpack(self.packed(number))

    def id(self, number: int) -> str:
        """Return the id of the same entry."""
        place = self._places[number] + SIZE.size
        size, *_ = HEADER.unpack(self._read(place, HEADER.size))
        return _text(self._read(place + HEADER.size, size))

    def packed(self, number: int) -> bytes:
        """Return the entry as bytes."""
        place = self._places[number]
        ahead = min(AHEAD, SEGMENT - place % SEGMENT)
        begin = self._read(place, max(ahead, SIZE.size))
        end = SIZE.size + SIZE.unpack_from(begin)[0]
        if end <= len(begin):
            return begin[SIZE.size : end]
        return begin[SIZE.size :] + self._read(place + len(begin), end - len(begin))

    def expire(self, low: int) -> None:
        """Let go of what only entries below `low` need; `low` may be one more than the last number."""
        first = self._places[low] // SEGMENT if self._places.holds(low) else self._newest
        self._free += [self._spilled.pop(segment) for segment in range(self._low, min(first, self._oldest))]
        for segment in range(self._oldest, first):
            del self._segments[segment]
        self._low, self._oldest = max(self._low, first), max(self._oldest, first)
        self._places.expire(low)

    def close(self) -> None:
        """Give the disk space back."""
        if self._file is not None:
            self._file.close()

    @property
    def sizes(self) -> tuple[int, int]:
        """The memory and the disk space held, in bytes."""
        return sum(map(len, self._segments.values())), self._file_segments * SEGMENT

    def _spill(self) -> None:
        place = self._free[-1] if self._free else self._file_segments
        try:
            if self._file is None:
                self._file = TemporaryFile(prefix="dedup-", buffering=0)  # noqa: SIM115
            _write(self._file, place * SEGMENT, self._segments[self._oldest])
        except OSError as error:
            raise DedupError(
                f"cannot keep more texts in a temporary file: {error.strerror}; free disk space, point TMPDIR to a "
                "larger disk, or pass a smaller window or max_documents"
            ) from error
        if self._free:
            self._free.pop()
        else:
            self._file_segments += 1
        self._spilled[self._oldest] = place
        del self._segments[self._oldest]
        self._oldest += 1

    def _read(self, place: int, size: int) -> bytes:
        segment, at = divmod(place, SEGMENT)
        if at + size <= SEGMENT:
            return self._part(segment, at, size)
        parts = []
        while size:
            some = min(size, SEGMENT - at)
            parts.append(self._part(segment, at, some))
            segment, at, size = segment + 1, 0, size - some
        return b"".join(parts)

    def _part(self, segment: int, at: int, size: int) -> bytes:
        held = self._segments.get(segment)
        if held is not None:
            return bytes(memoryview(held)[at : at + size])
        if self._file is None:
            return b""
        self._file.seek(self._spilled[segment] * SEGMENT + at)
        return self._file.read(size)


def _write(file: IO[bytes], at: int, data: bytearray) -> None:
    file.seek(at)
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
