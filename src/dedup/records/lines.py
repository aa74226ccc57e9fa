"""lines of JSONL or text -> documents; a line itself is never touched."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import msgspec

from dedup.document import Document
from dedup.records.fields import FIELDS
from dedup.records.member import BOM, decode
from dedup.records.times import parse_time


@dataclass(slots=True)
class Line:
    """One line of input: `raw` as it came, and its document unless `fault` says why there is none.

    A blank line has neither. `text_name` is the member the text stands in; `bad_bytes` tells that the line is
    not UTF-8 throughout; `whole` that it is a whole file; `row` is where a line came from that was no line, as in
    Parquet.
    """

    raw: bytes
    number: int
    document: Document | None = None
    text_name: str = ""
    fault: str = ""
    bad_bytes: bool = False
    whole: bool = False
    row: Any = field(default=None, compare=False)


def documents_of(lines: Sequence[Line]) -> list[Document]:
    """Return the documents of lines, of which some may have none."""
    return [line.document for line in lines if line.document is not None]


def is_jsonl(head: bytes) -> bool:
    """Return whether the first non-space byte is "{"."""
    return head.lstrip().removeprefix(BOM).lstrip()[:1] == b"{"


class TextReader:
    """Turns lines, or texts between NUL bytes, into documents that are called by their number."""

    def read(self, raw: bytes, number: int) -> Line:
        """Return line `number` with its document; a blank line has none."""
        if not raw.strip(b" \t\r\n\v\f\0"):
            return Line(raw, number)
        text, bad_bytes = decode(raw)
        return Line(raw, number, Document(f"#{number}", text.rstrip("\r\n\0")), bad_bytes=bad_bytes)


class EntryReader:
    """Turns objects into documents. `names` says under which name alone a field is looked for."""

    def __init__(self, names: Mapping[str, str | None] | None = None) -> None:
        given = {field: (name,) for field, name in (names or {}).items() if name}
        self.names: dict[str, tuple[str, ...]] = {**FIELDS, **given}

    def line(
        self, raw: bytes, number: int, entry: Mapping[str, Any], *, bad_bytes: bool = False, row: Any = None
    ) -> Line:
        """Return line `number`, of which `entry` holds at least the members that are fields."""
        name = self._find("text", entry)
        if name is None:
            return Line(raw, number, fault=self._no_text(entry), bad_bytes=bad_bytes, row=row)
        if not isinstance(entry[name], str | None):
            fault = f"{name} is a {type(entry[name]).__name__}, not a string"
            return Line(raw, number, fault=fault, bad_bytes=bad_bytes, row=row)
        values = {field: entry.get(self._find(field, entry) or "") for field in ("id", "title", "source", "time")}
        document = _document(number, entry[name] or "", **values)
        return Line(raw, number, document, name, bad_bytes=bad_bytes, row=row)

    def _find(self, field: str, entry: Mapping[str, Any]) -> str | None:
        present = [name for name in self.names[field] if name in entry]
        return next((name for name in present if entry[name] is not None), present[0] if present else None)

    def _no_text(self, entry: Mapping[str, Any]) -> str:
        texts = [name for name, value in entry.items() if isinstance(value, str)]
        wanted = " or ".join(self.names["text"])
        if not texts:
            return f"no field {wanted}"
        longest = max(texts, key=lambda name: len(entry[name]))
        return f"no field {wanted}; it has {', '.join(texts[:6])}: pass --text {longest}"


class LineReader(EntryReader):
    """Turns lines of JSONL into documents. Members that are no fields are not decoded."""

    def __init__(self, names: Mapping[str, str | None] | None = None) -> None:
        super().__init__(names)
        members = sorted({name for group in self.names.values() for name in group})
        slots = {f"m{number}": name for number, name in enumerate(members)}
        entry = msgspec.defstruct("Entry", [(slot, object, None) for slot in slots], rename=slots, gc=False)
        self._decode = msgspec.json.Decoder(entry).decode
        place = {name: slot for slot, name in slots.items()}
        self._text, self._id, self._title, self._source, self._time = (
            _values([place[name] for name in self.names[field]]) for field in ("text", "id", "title", "source", "time")
        )

    def read(self, raw: bytes, number: int) -> Line:
        """Return line `number` with its document, or with the fault that keeps it from being one."""
        try:
            entry = self._decode(raw)
        except (ValueError, RecursionError, msgspec.MsgspecError):
            return self._read_slowly(raw, number)
        texts = self._text(entry)
        text = _first(texts)
        if not isinstance(text, str) or not (raw.isascii() or _is_utf8(raw)):
            return self._read_slowly(raw, number)
        title, source = _first(self._title(entry)), _first(self._source(entry))
        document = _document(number, text, _first(self._id(entry)), title, source, _first(self._time(entry)))
        return Line(raw, number, document, self.names["text"][texts.index(text)])

    def _read_slowly(self, raw: bytes, number: int) -> Line:
        """Read what the fast decoder refuses, with all its members, and say what is wrong with it."""
        if not raw.strip():
            return Line(raw, number)
        text, bad_bytes = decode(raw)
        try:
            entry = json.loads(text.removeprefix("\ufeff") if number == 1 else text)
        except (ValueError, RecursionError) as error:
            return Line(raw, number, fault=f"not JSON: {error}", bad_bytes=bad_bytes)
        if not isinstance(entry, dict):
            return Line(raw, number, fault="not a JSON object", bad_bytes=bad_bytes)
        return self.line(raw, number, entry, bad_bytes=bad_bytes)


def _values(slots: Sequence[str]) -> Callable[[object], tuple[Any, ...]]:
    """Return what gets the values of some slots, None where a member is missing."""
    return attrgetter(*slots, slots[0])  # of one name alone, attrgetter would give no tuple


def _first(values: tuple[Any, ...]) -> Any:
    for value in values:
        if value is not None:
            return value
    return None


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _document(number: int, text: str, id: Any, title: Any, source: Any, time: Any) -> Document:
    return Document(
        _id(id) or f"#{number}",
        text,
        title=title if isinstance(title, str) else None,
        source=source if isinstance(source, str) else None,
        time=parse_time(time),
    )


def _id(value: Any) -> str:
    try:
        return str(value) if isinstance(value, str | int) else ""
    except ValueError:  # Python writes no integer of more than some thousand digits
        return ""
