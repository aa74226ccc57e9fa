"""paths -> their documents, whatever the format: batches of lines as they arrive."""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import Any

from dedup.document import Document
from dedup.records import arrow, feeds, warc
from dedup.records.lines import EntryReader, Line, LineReader, TextReader, is_jsonl
from dedup.records.member import BOM, decode, line_of
from dedup.streams import Reader, open_input

TOGETHER = 256  # entries of a format without lines that are handed on at a time
TABLES = (b"PAR1", b"ARROW1")
ARRAY = re.compile(rb"\s*\[\s*(?:\{|$)")


class Inputs:
    """The documents of some files, as one stream.

    JSONL, Parquet, Arrow, WARC, WET, RSS and Atom are recognised by how a file begins; anything else is text, of
    which each line is a document, or each stretch between NUL bytes ("null"), or each file ("whole"). With
    `forced`, everything is text. `kind` says what is being read: "jsonl", "table", "warc", "feed" or the kind of
    text; "" as long as nothing but blank lines was seen. Of the lines up to number `after` none is yielded; `passed`
    is the last of them.
    """

    def __init__(
        self, paths: Sequence[str], names: Mapping[str, str | None], text: str, *, forced: bool = False
    ) -> None:
        self._paths, self._names, self._text, self._forced = paths, names, text, forced
        self._number = self.after = 0
        self.passed = b""
        self._reader: Reader | None = None
        self._taken = self._position = 0
        self.kind = self._of_lines = ""
        self.hints: list[str] = []  # on what was taken as text and looks like something else

    @property
    def number(self) -> int:
        """How many lines were read."""
        return self._number

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
        for path in self._paths:
            with open_input(path) as self._reader:
                yield from self._read(self._reader)
                self._taken += self._reader.taken
                self._position += self._reader.tell()
                self._reader = None

    def _read(self, reader: Reader) -> Iterator[list[Line]]:
        if self._forced:
            self.kind = self._text
            return self._read_text(reader)
        head = reader.peek()
        kind = _kind(head) or (self._text if head.strip() or self._text == "whole" else "")
        if self._text == "lines" and kind in ("jsonl", "lines"):  # a stream of lines is what its first line is
            kind = self._of_lines = self._of_lines or kind
        self.kind = kind or self.kind
        if kind in ("lines", "whole") and (hint := _hint(reader.name, head)):
            self.hints.append(hint)
        if kind in ("", "jsonl"):
            return self._numbered(LineReader(self._names), reader.lines())
        if kind in ("table", "warc", "feed"):
            return _together(self._entries(reader, head))
        return self._read_text(reader)

    def _read_text(self, reader: Reader) -> Iterator[list[Line]]:
        if self.kind != "whole":
            return self._numbered(TextReader(), reader.lines(self.end))
        raw = reader.read()
        text, bad_bytes = decode(raw)
        lines = self._unread([raw])
        document = Document(reader.name, text)
        return iter([[Line(raw, self._number, document, bad_bytes=bad_bytes, whole=True)] for raw in lines])

    def _numbered(self, lines: LineReader | TextReader, batches: Iterable[list[bytes]]) -> Iterator[list[Line]]:
        for batch in batches:
            unread = self._unread(batch)
            if unread or not batch:
                yield list(map(lines.read, unread, range(self._number - len(unread) + 1, self._number + 1)))

    def _unread(self, batch: list[bytes]) -> list[bytes]:
        """Count lines, and return those after number `after`."""
        passed = min(max(0, self.after - self._number), len(batch))
        self._number += len(batch)
        if passed:
            self.passed = batch[passed - 1]
        return batch[passed:]

    def _entries(self, reader: Reader, head: bytes) -> Iterator[Line]:
        fields = EntryReader(self._names)
        for entry, row in self._found(reader, head):
            raw = b"" if isinstance(entry, str) else line_of(entry)
            if not self._unread([raw]):
                continue
            if isinstance(entry, str):
                yield Line(raw, self._number, fault=entry, row=row)
            else:
                yield fields.line(raw, self._number, entry, row=row)

    def _found(self, reader: Reader, head: bytes) -> Iterator[tuple[dict[str, Any] | str, Any]]:
        if self.kind == "table":
            return arrow.entries(reader.seekable(), head, reader.name)
        if self.kind == "warc":
            return ((entry, None) for entry in warc.entries(reader.file(), reader.name))
        return ((entry, None) for entry in feeds.entries(reader.read(), reader.name))


def _kind(head: bytes) -> str:
    """Return what a file is by how it begins; "" when it is text or nothing."""
    if head.startswith(TABLES):
        return "table"
    if head.startswith(b"WARC/"):
        return "warc"
    if is_jsonl(head):
        return "jsonl"
    return "feed" if head.removeprefix(BOM).lstrip().lower().startswith(feeds.HEADS) else ""


def _hint(name: str, head: bytes) -> str:
    """Return what to do with what is taken as text and looks like something else, "" when it does not."""
    if name.removesuffix(".gz").removesuffix(".zst").endswith((".csv", ".tsv")):
        return f"{name}: taken as text; to have the columns of a table read, make JSONL of it"
    if ARRAY.match(head):
        return f"{name}: taken as text; of a JSON array make JSONL: jq -c '.[]'"
    return ""


def _together(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, TOGETHER)):
        yield batch


def _size(path: str) -> int | None:
    try:
        stat = os.fstat(sys.stdin.fileno()) if path == "-" else Path(path).stat()
    except (OSError, ValueError, AttributeError):
        return None
    return stat.st_size if S_ISREG(stat.st_mode) else None
