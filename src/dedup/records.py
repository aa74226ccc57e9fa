"""lines of JSONL or text -> documents, and changed documents -> lines: what is not changed passes byte for byte."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dedup.document import Document

FIELDS = {
    "id": ("id", "url", "guid", "link"),
    "text": ("text", "body", "content"),
    "title": ("title", "headline"),
    "source": ("source", "domain", "publisher", "site"),
    "time": ("time", "published", "date", "timestamp", "created"),
}
EPOCH_MILLISECONDS = 100_000_000_000  # numbers above are milliseconds, below seconds
SPACE = " \t\r\n"
BOM = "\ufeff".encode()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of input: `raw` as it came, and its document unless `fault` says why there is none.

    A blank line has neither. `text_name` is the member the text stands in; `bad_bytes` tells that the line is
    not UTF-8 throughout.
    """

    raw: bytes
    number: int
    document: Document | None = None
    text_name: str = ""
    fault: str = ""
    bad_bytes: bool = False


def is_jsonl(head: bytes) -> bool:
    """Return whether the first non-space byte is "{"."""
    return head.lstrip().removeprefix(BOM).lstrip()[:1] == b"{"


def decode(data: bytes) -> tuple[str, bool]:
    """Return the text of UTF-8 bytes, and whether some were not UTF-8: each of those is one lone surrogate."""
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape"), True


def encode(text: str, bad_bytes: bool) -> bytes:
    """Return the bytes `decode` would read as `text`; other surrogates, which were escapes in JSON, stay escapes."""
    try:
        return text.encode("utf-8", "surrogateescape" if bad_bytes else "strict")
    except UnicodeEncodeError:
        bytes_of_input = range(0xDC80, 0xDD00) if bad_bytes else range(0)
        escaped = (
            f"\\u{ord(c):04x}" if 0xD800 <= ord(c) < 0xE000 and ord(c) not in bytes_of_input else c for c in text
        )
        return "".join(escaped).encode("utf-8", "surrogateescape")


class LineReader:
    """Turns lines into documents. `names` overrides where a field is looked for."""

    def __init__(self, names: Mapping[str, str | None] | None = None, *, jsonl: bool) -> None:
        self._jsonl = jsonl
        given = {field: (name,) for field, name in (names or {}).items() if name}
        self._names = {**FIELDS, **given}

    def read(self, raw: bytes, number: int) -> Line:
        """Return line `number` with its document, or with the fault that keeps it from being one."""
        if not raw.strip():
            return Line(raw, number)
        text, bad_bytes = decode(raw)
        if not self._jsonl:
            return Line(raw, number, Document(f"#{number}", text.rstrip("\r\n")), bad_bytes=bad_bytes)
        try:
            entry = json.loads(text.removeprefix("\ufeff") if number == 1 else text)
        except (ValueError, RecursionError) as error:
            return Line(raw, number, fault=f"not JSON: {error}", bad_bytes=bad_bytes)
        if not isinstance(entry, dict):
            return Line(raw, number, fault="not a JSON object", bad_bytes=bad_bytes)
        name = self._find("text", entry)
        if name is None:
            return Line(raw, number, fault=self._no_text(entry), bad_bytes=bad_bytes)
        if not isinstance(entry[name], str | None):
            fault = f"{name} is a {type(entry[name]).__name__}, not a string"
            return Line(raw, number, fault=fault, bad_bytes=bad_bytes)
        return Line(raw, number, self._document(entry, entry[name] or "", number), name, bad_bytes=bad_bytes)

    def _find(self, field: str, entry: Mapping[str, Any]) -> str | None:
        present = [name for name in self._names[field] if name in entry]
        return next((name for name in present if entry[name] is not None), present[0] if present else None)

    def _no_text(self, entry: Mapping[str, Any]) -> str:
        texts = [name for name, value in entry.items() if isinstance(value, str)]
        wanted = " or ".join(self._names["text"])
        if not texts:
            return f"no field {wanted}"
        longest = max(texts, key=lambda name: len(entry[name]))
        return f"no field {wanted}; it has {', '.join(texts[:6])}: pass --text {longest}"

    def _document(self, entry: Mapping[str, Any], text: str, number: int) -> Document:
        names = {field: self._find(field, entry) for field in ("id", "title", "source", "time")}
        value = {field: None if name is None else entry[name] for field, name in names.items()}
        id = value["id"]
        return Document(
            str(id) if isinstance(id, str | int) and id != "" else f"#{number}",
            text,
            title=value["title"] if isinstance(value["title"], str) else None,
            source=value["source"] if isinstance(value["source"], str) else None,
            time=parse_time(value["time"]),
        )


def parse_time(value: object) -> datetime | None:
    """Return a time as found in feeds: ISO 8601, RFC 2822, seconds or milliseconds since 1970; None if it is neither.

    >>> parse_time("2026-03-02T08:00:00Z").isoformat()
    '2026-03-02T08:00:00+00:00'
    """
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if abs(value) > EPOCH_MILLISECONDS else value, UTC)
        if not isinstance(value, str) or not value.strip():
            return None
        return _aware(_parse_words(value.strip()))
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None


def _parse_words(value: str) -> datetime:
    if value.isdigit() and len(value) >= 9:
        return datetime.fromtimestamp(int(value) / (1000 if int(value) > EPOCH_MILLISECONDS else 1), UTC)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        from email.utils import parsedate_to_datetime

        return parsedate_to_datetime(value)


def _aware(time: datetime) -> datetime:
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return aware.astimezone(UTC)


def with_member(line: Line, key: str, value: object) -> bytes:
    """Return a JSONL line with one member set; every other byte stays."""
    text, bad_bytes = decode(line.raw)
    spans, end = _members(text)
    if key in spans:
        start, stop = spans[key]
        ascii_only = text[start:stop].isascii()
        changed = text[:start] + json.dumps(value, ensure_ascii=ascii_only) + text[stop:]
    else:
        comma = ", " if spans else ""
        changed = f"{text[:end]}{comma}{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}{text[end:]}"
    return encode(changed, bad_bytes)


def _members(text: str) -> tuple[dict[str, tuple[int, int]], int]:
    """Return where each top-level value of a JSON object stands, and where its members end."""
    decoder = json.JSONDecoder()
    spans: dict[str, tuple[int, int]] = {}
    at = _skip(text, _skip(text, text.startswith("\ufeff")) + 1)
    end = at
    while text[at] != "}":
        key, at = decoder.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        _, end = decoder.raw_decode(text, start)
        spans[key] = (start, end)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return spans, end


def _skip(text: str, at: int) -> int:
    while text[at] in SPACE:
        at += 1
    return at
