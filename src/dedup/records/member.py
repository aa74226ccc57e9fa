"""a line of JSONL, a name and a value -> the line with that member set: every other byte stays."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

BOM = "\ufeff".encode()
OPENING, QUOTE, BACKSLASH = b'{"\\'
SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
MEMBER = re.compile(  # its value is empty when that is a string, an object or an array
    rb"(?P<name>" + _STRING + rb')[ \t\r\n]*:[ \t\r\n]*(?P<value>[^\s,}\]{\["]*)', re.DOTALL
)
NEXT = re.compile(rb"[ \t\r\n]*,?[ \t\r\n]*")
BRACKET = re.compile(_STRING + rb"|[\[\]{}]", re.DOTALL)


def with_member(raw: bytes, key: str, value: object, *, bad_bytes: bool = False, escaped: bool | None = None) -> bytes:
    r"""Return the JSON object `raw` with one member set, in raw letters or `escaped` as the old value is.

    `raw` must hold an object. When it is not UTF-8 throughout, say so with `bad_bytes`: in what `decode` made of
    such a line, some surrogates stand for bytes.

    >>> with_member(b'{"n": 1.50, "text": "a"}\r\n', "text", "b")
    b'{"n": 1.50, "text": "b"}\r\n'
    """
    place, end = None, _end_without(raw, key)
    for name, start, stop in members(raw) if not end else ():
        end = stop
        if name == key:
            place = (start, stop)
            if not _may_come(raw, key, stop):
                break
    if place:
        start, stop = place
        as_it_was = raw[start:stop].isascii() if escaped is None else escaped
        return raw[:start] + _written(value, as_it_was, bad_bytes) + raw[stop:]
    comma, end = (b", ", end) if end else (b"", _inside(raw))
    added = comma + _written(key, True, bad_bytes) + b": " + _written(value, False, bad_bytes)
    return raw[:end] + added + raw[end:]


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


def _end_without(raw: bytes, key: str) -> int:
    """Return where the members of an object end that surely has no member of that name; 0 when it may have one."""
    if _may_come(raw, key, 0):
        return 0
    end = len(raw[: raw.rindex(b"}")].rstrip(b" \t\r\n"))
    return 0 if raw[end - 1] == OPENING else end


def _may_come(raw: bytes, key: str, at: int) -> bool:
    """Return whether a member of that name may stand behind `at`, however it is written."""
    return not key.isalnum() or raw.find(f'"{key}"'.encode(), at) >= 0 or raw.find(b"\\u", at) >= 0


def line_of(entry: Mapping[str, object]) -> bytes:
    """Return an entry that did not come from JSON as a line of JSONL."""
    try:
        return msgspec.json.encode(entry) + b"\n"
    except (UnicodeEncodeError, TypeError):
        return encode(json.dumps(entry, ensure_ascii=False, default=str), bad_bytes=False) + b"\n"


def value_of(raw: bytes, key: str) -> Any:
    """Return the value of a member of the JSON object `raw`, of which nothing else is read.

    >>> value_of(b'{"n": 1.50, "text": "a"}', "text")
    'a'
    """
    places = {name: (start, stop) for name, start, stop in members(raw)}
    start, stop = places[key]
    return json.loads(decode(raw[start:stop])[0])


def members(raw: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield each top-level member of a JSON object: its name, and where its value stands."""
    at = _inside(raw)
    while member := MEMBER.match(raw, at):
        start, at = member.span("value")
        if start == at:
            at = _string_end(raw, start) if raw[start] == QUOTE else _bracket_end(raw, start)
        yield _name(member["name"][1:-1]), start, at
        at = NEXT.match(raw, at).end()  # type: ignore[union-attr]


def _inside(raw: bytes) -> int:
    """Return where the first member of an object stands, or the brace that closes an empty one."""
    return _skip(raw, _skip(raw, len(BOM) if raw.startswith(BOM) else 0) + 1)


def _skip(raw: bytes, at: int) -> int:
    return SPACE.match(raw, at).end()  # type: ignore[union-attr]


def _string_end(raw: bytes, start: int) -> int:
    """Return where the string at `start` ends: behind the next quote with an even number of backslashes before it."""
    end = start
    while True:
        end = before = raw.index(b'"', end + 1)
        while raw[before - 1] == BACKSLASH:
            before -= 1
        if (end - before) % 2 == 0:
            return end + 1


def _bracket_end(raw: bytes, start: int) -> int:
    """Return where the object or array at `start` ends; brackets are counted, so that no depth is too deep."""
    depth = 0
    for token in BRACKET.finditer(raw, start):
        depth += (token[0] in b"{[") - (token[0] in b"}]")
        if not depth:
            return token.end()
    raise ValueError("the object is not closed")


def _name(name: bytes) -> str:
    text, _ = decode(name)
    return str(json.loads(f'"{text}"')) if "\\" in text else text


def _written(value: object, escaped: bool, bad_bytes: bool) -> bytes:
    if isinstance(value, str) and (not escaped or (value.isascii() and "\x7f" not in value)):
        try:
            return msgspec.json.encode(value)  # the same, several times as fast
        except UnicodeEncodeError:  # a lone surrogate
            pass
    return encode(json.dumps(value, ensure_ascii=escaped), bad_bytes)
