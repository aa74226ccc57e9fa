r"""a run's output and its ledger -> the run's input: every drop and every removal undone.

A ledger is JSONL. Its first object names the format, {"ledger": 1, "verb": ..., "end": "\n"}. Each of the others is
about one line of the input, by number: "dropped" holds a line that is not in the output; "removed" lists the spans
that were taken out of a text, in code points of the original, with what stood there and why it went. "member" is
where in a JSON object that text stands, "escaped" that it is to be written in ASCII, "raw" the line as it was when
putting the text back would not spell it the same way, "size" the number of bytes left of a text that is no line.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any

from dedup.document import Cleaned, DedupError, Document
from dedup.records.lines import Line
from dedup.records.member import decode, encode, entry_of, with_member

FORMAT = 1


def header(verb: str, end: bytes) -> bytes:
    """Return the first line of a ledger."""
    return _line({"ledger": FORMAT, "verb": verb, "end": end.decode()})


def dropped(line: Line, reason: Mapping[str, object]) -> bytes:
    """Return the entry of a line that is not in the output."""
    return _line({"line": line.number, "dropped": decode(line.raw)[0], **reason})


def removed(line: Line, document: Document, cleaned: Cleaned, written: bytes) -> bytes:
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
    if _undone(written, entry) != line.raw and _undone(written, entry | {"escaped": True}) == line.raw:
        entry["escaped"] = True
    elif _undone(written, entry) != line.raw:
        entry["raw"] = decode(line.raw)[0]
    return _line(entry)


def restore(output: IO[bytes], ledger: Iterable[bytes]) -> Iterator[bytes]:
    r"""Yield the lines of the input of a run of `dedup clean` or `filter`, from its output and its `--ledger`.

    Raises `DedupError` when the ledger is none, or belongs to another output.

    >>> from io import BytesIO
    >>> ledger = [b'{"ledger": 1, "verb": "filter", "end": "\\n"}', b'{"line": 2, "dropped": "b\\n"}']
    >>> list(restore(BytesIO(b"a\nc\n"), ledger))
    [b'a\n', b'b\n', b'c\n']
    """
    entries = _entries(ledger)
    head = next(entries, None)
    if head is None or head.get("ledger") != FORMAT:
        raise DedupError(f"not a ledger of format {FORMAT}: pass a file that --ledger wrote")
    end = encode(head["end"], bad_bytes=False)
    lines, number = _lines(output, end), 0
    for entry in entries:
        while (number := number + 1) < entry["line"]:
            yield _next(lines, number)
        if "dropped" in entry:
            yield encode(entry["dropped"], bad_bytes=True)
        else:
            written = output.read(entry["size"]) if "size" in entry else _next(lines, number)
            yield encode(entry["raw"], bad_bytes=True) if "raw" in entry else _undone(written, entry)
    yield from lines


def _line(entry: Mapping[str, object]) -> bytes:
    return json.dumps(entry).encode("ascii") + b"\n"


def _entries(ledger: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for number, raw in enumerate(ledger, 1):
        try:
            entry = entry_of(raw)
        except ValueError as error:
            raise DedupError(f"line {number} of the ledger is not JSON: {error}") from error
        yield entry if isinstance(entry, dict) else {}


def _lines(output: IO[bytes], end: bytes) -> Iterator[bytes]:
    if end == b"\n":
        yield from iter(output.readline, b"")
        return
    rest = output.read()
    while rest:
        line, found, rest = rest.partition(end)
        yield line + found


def _next(lines: Iterator[bytes], number: int) -> bytes:
    for line in lines:
        return line
    raise DedupError(f"the output ends before line {number}, which the ledger tells of: pass the output of that run")


def _undone(written: bytes, entry: Mapping[str, Any]) -> bytes:
    """Return what was written with the removed text back in its place."""
    name = entry.get("member")
    text = entry_of(written)[name] if name else decode(written)[0]
    for span in entry["removed"]:
        text = text[: span["start"]] + span["text"] + text[span["start"] :]
    if not name:
        return encode(text, bad_bytes=True)
    return with_member(written, name, text, bad_bytes=decode(written)[1], escaped="escaped" in entry)
