"""paths -> their documents, whatever the format: batches of lines as they arrive."""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import Any

from dedup.document import Document
from dedup.misread import check_encoding, check_text, is_array
from dedup.records import arrow, feeds, warc
from dedup.records.lines import Line, LineReader, Running, TextReader, by_content, by_place, is_jsonl
from dedup.records.member import BOM, decode, line_of
from dedup.streams import Reader, open_input

TOGETHER = 256  # entries of a format without lines that are handed on at a time
NOUNS = {"null": "text", "whole": "file", "table": "row", "warc": "page", "feed": "item"}  # others are lines


class Inputs:
    """The documents of some files, as one stream.

    JSONL, Parquet, Arrow, WARC, WET, RSS and Atom are recognised by how a file begins; anything else is text, of
    which each line is a document, or each stretch between NUL bytes ("null"), or each file ("whole"). With
    `forced`, everything is text. `kind` says what is being read: "jsonl", "table", "warc", "feed" or the kind of
    text; "" as long as nothing but blank lines was seen. Of the lines up to number `after` none is yielded, and each is
    added to `passed`. With `stored`, documents without an id are called as no others in one store are;
    with `window`, times matter.
    """

    def __init__(
        self,
        paths: Sequence[str],
        names: Mapping[str, str | None],
        text: str,
        *,
        forced: bool = False,
        stored: bool = False,
        window: bool = False,
    ) -> None:
        self._paths, self._names, self._text, self._forced = paths, names, text, forced
        self._window = window
        self._naming = by_content if stored else by_place
        self._stdin_at = 0
        self._begin()

    def _begin(self) -> None:
        self._number = self.after = 0
        self.passed = Running()
        self._reader: Reader | None = None
        self._taken = self._position = 0
        self.kind = self._of_lines = ""
        self._fields = LineReader(self._names, self._naming)
        self._begun: list[tuple[int, str, str]] = []  # lines before each file, its name, and what its lines are
        self.damaged = False  # whether bytes were passed over
        self.hints: list[str] = []  # on what may not be read as it is meant

    @property
    def number(self) -> int:
        """How many lines were read."""
        return self._number

    @property
    def noun(self) -> str:
        """What the input is made of: lines, rows, items ..., or documents when of several kinds."""
        nouns = {noun for _, _, noun in self._begun if noun} or {"line"}
        return nouns.pop() if len(nouns) == 1 else "document"

    def place(self, number: int) -> str:
        """Return where line `number` of all stands: of several files in which, and there in which line."""
        before, name, noun = next(file for file in reversed(self._begun) if file[0] < number)
        noun = noun or "line"
        if noun == "file":
            return name
        return f"{noun} {number}" if len(self._paths) == 1 else f"{name}: {noun} {number - before}"

    def name_apart(self, line: Line, id: str) -> str:
        """Return what to call the document of a line whose id another has."""
        return id + self._naming(f"#{line.number}", line.raw)

    @property
    def taken(self) -> int:
        """How many bytes were read, after unpacking."""
        return self._taken + (self._reader.taken if self._reader else 0)

    @property
    def position(self) -> int:
        """How many bytes of the files were read, before unpacking."""
        return self._position + (self._reader.tell() if self._reader else 0)

    @property
    def size(self) -> int | None:
        """The size of all files together; None when one is no regular file."""
        return None if None in (sizes := [_size(path) for path in self._paths]) else sum(map(int, filter(None, sizes)))

    @property
    def end(self) -> bytes:
        """What ends a line of the input, and so of the output."""
        return b"\0" if self._text == "null" else b"\n"

    def batches(self) -> Iterator[list[Line]]:
        """Yield all lines in lists of those that arrived together, an empty one where the next is not there yet.

        Raises `DedupError` when a file cannot be read.
        """
        if "-" in self._paths and self.size is not None:
            self._stdin_at = sys.stdin.buffer.tell()
        for path in self._paths:
            with open_input(path) as self._reader:
                yield from self._read(self._reader)
                if self._reader.unpacker and self._reader.unpacker.trailing:
                    self.damaged = True
                    self.hints.append(f"{self._reader.name}: what stands behind the packed bytes was passed over")
                self._taken += self._reader.taken
                self._position += self._reader.tell()
                self._reader = None
        for field in self._fields.unmet if self._number > self.after else ():
            self.hints.append(f"--{field} {self._names[field]}: no {self.noun} has a value there")
        self.hints += self._fields.oddities.hints()
        if self._window and not self._names.get("time"):
            self._look_for_times()

    def rewind(self) -> None:
        """Forget all that was read, so that it can be read again; only of files that have a `size`."""
        self._begin()
        if "-" in self._paths:
            sys.stdin.buffer.seek(self._stdin_at)

    def _look_for_times(self) -> None:
        """Hint at a window that is of no use, as nothing has a time."""
        if self._number > self.after and self.kind in ("lines", "null", "whole"):
            self.hints.append("--window: text has no times, so that none of it grows old")
        elif hint := self._fields.oddities.undated():
            self.hints.append(f"--window: no {self.noun} has a time, so that none grows old; {hint}")

    def _read(self, reader: Reader) -> Iterator[list[Line]]:
        head = reader.peek(2 if self._forced else None)
        check_encoding(reader.name, head)
        kind = self._text if self._forced else self._recognised(reader, head)
        self.kind = kind or self.kind
        self._begun.append((self._number, reader.name, NOUNS.get(kind, "line") if kind else ""))
        if kind in ("", "jsonl"):
            return self._numbered(self._fields, reader.lines())
        if kind in ("table", "warc", "feed"):
            return _together(self._entries(reader, head))
        return self._read_text(reader)

    def _recognised(self, reader: Reader, head: bytes) -> str:
        """Return what a file is taken as, with a hint when it may be meant as something else."""
        looks = _kind(head) or (self._text if head.strip() else "")
        if looks in ("lines", "whole"):
            check_text(reader.name, array=_is_array(reader, head))
        kind = looks
        if self._text == "lines" and looks in ("jsonl", "lines"):  # a stream of lines is what its first line is
            kind = self._of_lines = self._of_lines or looks
        if looks == "jsonl" != kind:
            hint = "JSONL, taken as text like the file before it; give each kind a run of its own"
            self.hints.append(f"{reader.name}: {hint}")
        elif kind == "jsonl" and head.removeprefix(BOM).lstrip().partition(b"\n")[0].strip() == b"{":
            hint = "taken as JSONL, but an object is on many lines; of JSON make JSONL: jq -c ."
            self.hints.append(f"{reader.name}: {hint}")
        return kind

    def _read_text(self, reader: Reader) -> Iterator[list[Line]]:
        if self.kind != "whole":
            return self._numbered(TextReader(self._naming), reader.lines(self.end))
        raw = reader.read()
        text, bad_bytes = decode(raw)
        lines = self._unread([raw])
        id = self._naming(reader.name, raw) if reader.path == "-" else reader.name
        document = Document(id, text)
        return iter([[Line(raw, self._number, document, bad_bytes=bad_bytes, whole=reader.path)] for raw in lines])

    def _numbered(self, lines: LineReader | TextReader, batches: Iterable[list[bytes]]) -> Iterator[list[Line]]:
        for batch in batches:
            unread = self._unread(batch)
            if unread or not batch:
                yield list(map(lines.read, unread, range(self._number - len(unread) + 1, self._number + 1)))

    def _unread(self, batch: list[bytes]) -> list[bytes]:
        """Count lines, and return those after number `after`."""
        passed = min(max(0, self.after - self._number), len(batch))
        self._number += len(batch)
        self.passed.add(batch[:passed])
        return batch[passed:]

    def _entries(self, reader: Reader, head: bytes) -> Iterator[Line]:
        for entry, row in self._found(reader, head):
            raw = b"" if isinstance(entry, str) else line_of(entry)
            if not self._unread([raw]):
                continue
            if isinstance(entry, str):
                yield Line(raw, self._number, fault=entry, row=row)
            else:
                yield self._fields.line(raw, self._number, entry, row=row)

    def _found(self, reader: Reader, head: bytes) -> Iterator[tuple[dict[str, Any] | str, Any]]:
        if self.kind == "table":
            names = {name for group in self._fields.names.values() for name in group}
            return arrow.entries(reader.seekable(), head, reader.name, names)
        if self.kind == "warc":
            return ((entry, None) for entry in warc.entries(reader.file(), reader.name))
        return ((entry, None) for entry in feeds.entries(reader.read(), reader.name))


def _kind(head: bytes) -> str:
    """Return what a file is by how it begins; "" when it is text or nothing."""
    if arrow.is_table(head):
        return "table"
    if head.startswith(b"WARC/"):
        return "warc"
    if is_jsonl(head):
        return "jsonl"
    return "feed" if head.removeprefix(BOM).lstrip().lower().startswith(feeds.HEADS) else ""


def _is_array(reader: Reader, head: bytes) -> bool:
    """Return whether a file is a JSON array, reading on as long as it may be."""
    told, size = is_array(head, ended=False), len(head)
    while told is None:
        head = reader.peek(size + 1)
        told, size = is_array(head, ended=len(head) <= size), len(head)
    return told


def _together(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, TOGETHER)):
        yield batch


def _size(path: str) -> int | None:
    try:
        stat = os.fstat(sys.stdin.fileno()) if path == "-" else Path(path).stat()
    except (OSError, ValueError, AttributeError):
        return None
    return stat.st_size if S_ISREG(stat.st_mode) else None
