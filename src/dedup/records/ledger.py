r"""a run's output and its ledger -> the run's input: every drop and every removal undone.

A ledger is JSONL. Its first object names the format, {"ledger": 1, "verb": ..., "end": "\n"}. Each of the others is
about one line of the input, by number: "dropped" holds a line that is not in the output; "removed" lists the spans
that were taken out of a text, in code points of the original, with what stood there and why it went. "member" is
where in a JSON object that text stands, "escaped" that it is to be written in ASCII, "raw" the line as it was when
putting the text back would not spell it the same way, "size" the number of bytes left of a text that is no line.
"sum" is the CRC-32 of the output up to there, each line counted as ended. The last object has nothing but the sum of
all of it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any
from zlib import crc32

from dedup.document import Cleaned, DedupError, Document
from dedup.records.lines import Line
from dedup.records.member import decode, encode, value_of, with_member

FORMAT = 1


class BadLedger(DedupError):
    """A ledger that is none, or not that of the output it is to undo."""


def header(verb: str, end: bytes) -> bytes:
    """Return the first line of a ledger."""
    return _line({"ledger": FORMAT, "verb": verb, "end": end.decode()})


def end(sum: int) -> bytes:
    """Return the last line of the ledger of an output with that `sum`."""
    return _line({"sum": sum})


def verb_of(header: bytes) -> str:
    """Return which verb wrote the ledger that begins with a line; raises `BadLedger` when none did."""
    head = next(_entries([header] if header else []), {})
    if head.get("ledger") != FORMAT:
        raise BadLedger(f"not a ledger of format {FORMAT}: pass a file that --ledger wrote")
    return str(head["verb"])


def dropped(line: Line, reason: Mapping[str, object], sum: int) -> bytes:
    """Return the entry of a line that is not in the output, which so far adds up to `sum`."""
    return _line({"line": line.number, "dropped": decode(line.raw)[0], **reason, "sum": sum})


def removed(line: Line, document: Document, cleaned: Cleaned, written: bytes, sum: int) -> bytes:
    """Return the entry of a line, or of a whole text, that was `written` without the spans removed from it."""
    spans = [
        {"start": span.start, "end": span.end, "text": span.of(document.text),
         "kind": span.kind, "template": span.template, "reason": span.reason}
        for span in cleaned.removed
    ]  # fmt: skip
    entry: dict[str, object] = {"line": line.number, "id": document.id, "removed": spans}
    if line.text_name:
        entry["member"] = line.text_name
    if line.whole:
        entry["size"] = len(written)
    if _undone(written, entry) != line.raw:
        if line.text_name and _undone(written, entry | {"escaped": True}) == line.raw:
            entry["escaped"] = True
        else:
            entry["raw"] = decode(line.raw)[0]
    return _line(entry | {"sum": sum})


def restore(output: IO[bytes], ledger: Iterable[bytes]) -> Iterator[bytes]:
    r"""Yield the lines of the input of a run of `dedup clean` or `filter`, from its output and its `--ledger`.

    Raises `DedupError` when the ledger is none, or of another output: no later than at the
    first entry that does not fit, so what has been given until then may be of no use.

    >>> from io import BytesIO
    >>> ledger = [
    ...     b'{"ledger": 1, "verb": "filter", "end": "\\n"}',
    ...     b'{"line": 2, "dropped": "b\\n", "sum": 3723141383}',
    ...     b'{"sum": 21765078}',
    ... ]
    >>> list(restore(BytesIO(b"a\nc\n"), ledger))
    [b'a\n', b'b\n', b'c\n']
    """
    ledger = iter(ledger)
    head = next(ledger, b"")
    verb_of(head)
    written = _Written(output, encode(json.loads(head)["end"], bad_bytes=False))
    number, entry = 0, None
    for entry in _entries(ledger, first=2):
        if "line" not in entry:
            break
        while (number := number + 1) < entry["line"]:
            yield written.line(number)
        if "dropped" in entry:
            written.check(entry, number)
            yield encode(entry["dropped"], bad_bytes=True)
        else:
            raw = written.text(entry["size"]) if "size" in entry else written.line(number)
            written.check(entry, number)
            yield encode(entry["raw"], bad_bytes=True) if "raw" in entry else _undone(raw, entry)
    yield from written.lines
    if entry is None or "line" in entry:
        raise BadLedger("the ledger lacks its end, as of a run that was killed: there may be lines it tells nothing of")
    written.check(entry, number)


class _Written:
    """What a run wrote, read again."""

    def __init__(self, file: IO[bytes], end: bytes) -> None:
        self._file, self._end = file, end
        self._sum = 0
        self.lines = self._lines()

    def _lines(self) -> Iterator[bytes]:
        for line in _split(self._file, self._end):
            self._sum = crc32(line if line.endswith(self._end) else line + self._end, self._sum)
            yield line

    def line(self, number: int) -> bytes:
        """Return the next line, which is line `number` of the input."""
        for line in self.lines:
            return line
        raise BadLedger(f"the output ends before line {number}, which the ledger tells of: pass the output of that run")

    def text(self, size: int) -> bytes:
        """Return the next text, of so many bytes; a line end that it lacks stands between it and the next."""
        text = self._file.read(size)
        self._sum = crc32(text, self._sum)
        if text and not text.endswith(self._end):
            self._sum = crc32(self._file.read(len(self._end)) or self._end, self._sum)
        return text

    def check(self, entry: Mapping[str, Any], number: int) -> None:
        """Raise `BadLedger` when what was read is not what had been written when an entry was made."""
        if entry.get("sum") != self._sum:
            raise BadLedger(f"the output is not the one the ledger tells of, as line {number} shows: pass that one")


def _line(entry: Mapping[str, object]) -> bytes:
    return json.dumps(entry).encode("ascii") + b"\n"


def _entries(ledger: Iterable[bytes], first: int = 1) -> Iterator[dict[str, Any]]:
    for number, raw in enumerate(ledger, first):
        try:
            entry = json.loads(raw)
        except ValueError as error:
            raise BadLedger(f"line {number} of the ledger is not JSON: {error}") from error
        yield entry if isinstance(entry, dict) else {}


def _split(file: IO[bytes], end: bytes) -> Iterator[bytes]:
    if end == b"\n":
        yield from iter(file.readline, b"")
        return
    rest = file.read()
    while rest:
        line, found, rest = rest.partition(end)
        yield line + found


def _undone(written: bytes, entry: Mapping[str, Any]) -> bytes:
    """Return what was written with the removed text back in its place."""
    name = entry.get("member")
    text = _filled(value_of(written, name) if name else decode(written)[0], entry["removed"])
    if not name:
        return encode(text, bad_bytes=True)
    return with_member(written, name, text, bad_bytes=decode(written)[1], escaped="escaped" in entry)


def _filled(text: str, spans: Iterable[Mapping[str, Any]]) -> str:
    """Return a text with spans put back, in order; each says where it starts in what is to be returned."""
    parts: list[str] = []
    at = put_back = 0
    for span in spans:
        rest = span["start"] - put_back
        parts += (text[at:rest], span["text"])
        at, put_back = rest, put_back + len(span["text"])
    return "".join([*parts, text[at:]])
