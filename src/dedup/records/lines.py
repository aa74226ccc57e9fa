"""lines of JSONL or text -> documents; a line itself is never touched."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import chain
from operator import attrgetter
from typing import Any

import msgspec

from dedup.document import Document
from dedup.records.fields import FIELDS
from dedup.records.member import BOM, decode
from dedup.records.oddities import NESTED, Oddities, how_to_have, jq, kind_of
from dedup.records.times import parse_time


@dataclass(slots=True)
class Line:
    """One line of input: `raw` as it came, and its document unless `fault` says why there is none.

    A blank line has neither. `text_name` is the member the text stands in; `bad_bytes` tells that the line is
    not UTF-8 throughout; `bad_time` is a time that cannot be read; `whole` is the path of the file it is all of;
    `row` is where a line came from that was no line, as in Parquet.
    """

    raw: bytes
    number: int
    document: Document | None = None
    text_name: str = ""
    fault: str = ""
    bad_bytes: bool = False
    bad_time: object = None
    whole: str = ""
    row: Any = field(default=None, compare=False)


def documents_of(lines: Sequence[Line]) -> list[Document]:
    """Return the documents of lines, of which some may have none."""
    return [line.document for line in lines if line.document is not None]


Naming = Callable[[str, bytes], str]  # of the name of a place, and what stands there


def by_place(place: str, raw: bytes) -> str:
    """Return the id of a document that has none, among those of one run."""
    return place


def by_content(place: str, raw: bytes) -> str:
    """Return the same among those of all runs on a store, each of which has such a place."""
    return f"{place}:{digest(raw)}"


def digest(raw: bytes) -> str:
    """Return 16 characters that tell a line from others."""
    return blake2b(raw, digest_size=8).hexdigest()


class Running:
    """The same of many lines, as they come."""

    def __init__(self) -> None:
        self._hash = blake2b(digest_size=8)

    def add(self, lines: Iterable[bytes]) -> None:
        """Take some more lines."""
        for raw in lines:
            self._hash.update(b"%d " % len(raw))
            self._hash.update(raw)

    @property
    def digest(self) -> str:
        """The digest of all that were added."""
        return self._hash.hexdigest()


def is_jsonl(head: bytes) -> bool:
    """Return whether the first non-space byte is "{"."""
    return head.lstrip().removeprefix(BOM).lstrip()[:1] == b"{"


class TextReader:
    """Turns lines, or texts between NUL bytes, into documents that are called by their number."""

    def __init__(self, naming: Naming = by_place) -> None:
        self._naming = naming

    def read(self, raw: bytes, number: int) -> Line:
        """Return line `number` with its document; a blank line has none."""
        if not raw.strip(b" \t\r\n\v\f\0"):
            return Line(raw, number)
        text, bad_bytes = decode(raw)
        document = Document(self._naming(f"#{number}", raw), text.rstrip("\r\n\0"))
        return Line(raw, number, document, bad_bytes=bad_bytes)


class EntryReader:
    """Turns objects into documents. `names` says under which name alone a field is looked for.

    A document without an id is called by the number of its line, as `naming` has it.
    `unmet` are the fields of those names of which no value was met yet; a fault tells when it is the text. `oddities`
    says what else was met of the fields.
    """

    def __init__(self, names: Mapping[str, str | None] | None = None, naming: Naming = by_place) -> None:
        self._naming = naming
        given = {field: (name,) for field, name in (names or {}).items() if name}
        self.names: dict[str, tuple[str, ...]] = {**FIELDS, **given}
        self.unmet = {*given} - {"text"}
        self.oddities = Oddities(self.names)

    def line(
        self, raw: bytes, number: int, entry: Mapping[str, Any], *, bad_bytes: bool = False, row: Any = None
    ) -> Line:
        """Return line `number`, of which `entry` holds at least the members that are fields."""
        name = self._text_name(entry)
        if name is None:
            return Line(raw, number, fault=self._no_text(entry), bad_bytes=bad_bytes, row=row)
        if not isinstance(entry[name], str | None):
            fault = f"{name} is {kind_of(entry[name])}, not a string{how_to_have(name, entry[name])}"
            return Line(raw, number, fault=fault, bad_bytes=bad_bytes, row=row)
        values = {field: _first([entry.get(name) for name in self.names[field]]) for field in FIELDS if field != "text"}
        return self._made(raw, number, entry[name] or "", name, values, bad_bytes, row)

    def _made(
        self, raw: bytes, number: int, text: str, name: str, values: dict[str, Any], bad_bytes: bool = False,
        row: Any = None,
    ) -> Line:  # fmt: skip
        id, title, source = _id(values["id"]) or self._naming(f"#{number}", raw), values["title"], values["source"]
        document = Document(
            id,
            text,
            title=title if isinstance(title, str) else None,
            source=source if isinstance(source, str) else None,
            time=parse_time(values["time"]),
        )
        if self.unmet:
            self.unmet -= {field for field, value in values.items() if value is not None}
        self.oddities.note(raw, values, document)
        line = Line(raw, number, document, name, bad_bytes=bad_bytes, row=row)
        if document.time is None and not _is_blank(values["time"]):
            line.bad_time = values["time"]
        return line

    def _text_name(self, entry: Mapping[str, Any]) -> str | None:
        """Return the first name of a string that is not blank, or of any value, or of any member."""
        present = [name for name in self.names["text"] if name in entry]
        told = (name for name in present if isinstance(entry[name], str) and not _is_blank(entry[name]))
        some = (name for name in present if entry[name] is not None)
        return next(chain(told, some, present), None)

    def _no_text(self, entry: Mapping[str, Any]) -> str:
        wanted = f"no field {' or '.join(self.names['text'])}"
        strings = [name for name, value in entry.items() if isinstance(value, str)]
        others = {name for field, names in self.names.items() if field != "text" for name in names}
        longest = max((name for name in strings if name not in others), key=lambda name: len(entry[name]), default="")
        if longest:
            return f"{wanted}; it has {', '.join(strings[:6])}: pass --text {longest}"
        nested = next((name for name, value in entry.items() if value and isinstance(value, NESTED)), None)
        if nested is None:
            return f"{wanted}; it has {', '.join(strings[:6])}" if strings else wanted
        how = jq(nested, "{0}[]" if isinstance(entry[nested], list) else "{0}")
        return f"{wanted}; it has {nested}, {kind_of(entry[nested])}: make lines of what is in it: {how}"


class LineReader(EntryReader):
    """Turns lines of JSONL into documents. Members that are no fields are not decoded."""

    def __init__(self, names: Mapping[str, str | None] | None = None, naming: Naming = by_place) -> None:
        super().__init__(names, naming)
        members = sorted({name for group in self.names.values() for name in group})
        slots = {f"m{number}": name for number, name in enumerate(members)}
        entry = msgspec.defstruct("Entry", [(slot, object, None) for slot in slots], rename=slots, gc=False)
        self._decode = msgspec.json.Decoder(entry).decode
        place = {name: slot for slot, name in slots.items()}
        values = {field: _values([place[name] for name in self.names[field]]) for field in FIELDS}
        self._text = values.pop("text")
        self._others = [*values.items()]

    def read(self, raw: bytes, number: int) -> Line:
        """Return line `number` with its document, or with the fault that keeps it from being one."""
        try:
            entry = self._decode(raw.removeprefix(BOM))
        except (ValueError, RecursionError, msgspec.MsgspecError):
            return self._read_slowly(raw, number)
        texts = self._text(entry)
        text = _first(texts)
        if not isinstance(text, str) or not (raw.isascii() or _is_utf8(raw)):
            return self._read_slowly(raw, number)
        values = {field: _first(get(entry)) for field, get in self._others}
        return self._made(raw, number, text, self.names["text"][texts.index(text)], values)

    def _read_slowly(self, raw: bytes, number: int) -> Line:
        """Read what the fast decoder refuses, with all its members, and say what is wrong with it."""
        if not raw.removeprefix(BOM).strip():
            return Line(raw, number)
        text, bad_bytes = decode(raw.removeprefix(BOM))
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError) as error:
            return Line(raw, number, fault=_wrong(error), bad_bytes=bad_bytes)
        if not isinstance(entry, dict):
            return Line(raw, number, fault="not a JSON object", bad_bytes=bad_bytes)
        return self.line(raw, number, entry, bad_bytes=bad_bytes)


def _wrong(error: Exception) -> str:
    """Return what is wrong with a line that Python's reader of JSON refuses."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error}"
    return "JSON nested too deep" if isinstance(error, RecursionError) else "a number of too many digits"


def _values(slots: Sequence[str]) -> Callable[[object], tuple[Any, ...]]:
    """Return what gets the values of some slots, None where a member is missing."""
    return attrgetter(*slots, slots[0])  # of one name alone, attrgetter would give no tuple


def _first(values: Sequence[Any]) -> Any:
    """Return the first value that says something, or the first that is there; nothing is looked for inside of one."""
    for value in values:
        if not _is_blank(value) and not isinstance(value, NESTED):
            return value
    for value in values:
        if value is not None:
            return value
    return None


def _is_blank(value: object) -> bool:
    return value is None or value == "" or (isinstance(value, str) and value.isspace())


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _id(value: Any) -> str:
    try:
        return str(value) if isinstance(value, str | int) else ""
    except ValueError:  # Python writes no integer of more than some thousand digits
        return ""
