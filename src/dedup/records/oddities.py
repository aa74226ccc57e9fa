"""lines that were read -> hints at what their fields hold besides: objects for strings, times of other names."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dedup.document import Document
from dedup.records.member import BOM, decode
from dedup.records.times import parse_time

NESTED = (dict, list)
KINDS = {
    dict: "an object",
    list: "an array",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    bytes: "bytes that are not UTF-8",
}
STRINGS = ("id", "title", "source")  # the fields of which objects and arrays are left out
LONGEST_TIME = 40  # characters
OF_TIME = re.compile("time|date|publi|creat|issued|updated", re.IGNORECASE)


def kind_of(value: object) -> str:
    """Return what JSON calls a value.

    >>> kind_of({}), kind_of(1.5), kind_of(True)
    ('an object', 'a number', 'a boolean')
    """
    return KINDS.get(type(value)) or f"a {type(value).__name__}"


def jq(name: str, command: str) -> str:
    r"""Return the command that does something with a member.

    >>> jq("articles", "{0}[]"), jq("the story", "{0}")
    ("jq -c '.articles[]'", 'jq -c \'.["the story"]\'')
    """
    return f"jq -c '{command.format(_path(name))}'"


def how_to_have(name: str, value: object) -> str:
    """Return how to make a string of a member that is an object or an array; "" where nothing says which of it.

    >>> how_to_have("text", {"a": "A story."})
    "; to have it: jq -c '.text = .text.a'"
    """
    inside = _strings(value)
    if not inside and not isinstance(value, list):
        return ""
    part = _path("name" if "name" in inside else inside[0]) if inside else "[0]"
    return f"; to have it: {jq(name, f'{{0}} = {{0}}{part}')}"


def _path(name: str) -> str:
    return f".{name}" if name.isidentifier() and name.isascii() else f".[{json.dumps(name)}]"


def _strings(value: object) -> list[str]:
    """Return the names of an object's members that are strings."""
    return [key for key, each in value.items() if isinstance(each, str)] if isinstance(value, dict) else []


class Oddities:
    """What the fields of the lines so far held, besides what documents were made of."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        self._names = names
        self._nested: dict[str, bytes] = {}  # by field, the first line that has an object or an array there
        self._undated: bytes | None = None  # the first line without a time
        self._dated = False

    def note(self, raw: bytes, values: Mapping[str, Any], document: Document) -> None:
        """Take in a line with the values of its fields."""
        for field in STRINGS:
            if isinstance(values[field], NESTED) and field not in self._nested:
                self._nested[field] = raw
        if document.time is not None or values["time"] is not None:
            self._dated = True
        elif self._undated is None:
            self._undated = raw

    def hints(self) -> Iterator[str]:
        """Yield what was left out because it is no string, and how to have it."""
        for field, raw in self._nested.items():
            entry = _entry(raw)
            name = next(name for name in self._names[field] if isinstance(entry.get(name), NESTED))
            value = entry[name]
            within = f" ({', '.join(inside)})" if (inside := _strings(value)) else ""
            yield f"{name} is {kind_of(value)}{within}, which is left out as the {field}{how_to_have(name, value)}"

    def undated(self) -> str | None:
        """Return a hint at where the times may be when no line has one; None when some has, or there was no line."""
        if self._dated or self._undated is None:
            return None
        found = next((name for name, value in _entry(self._undated).items() if _is_time(name, value)), None)
        return f"it has {found}: pass --time {found}" if found else "name the field that holds it: --time NAME"


def _entry(raw: bytes) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(decode(raw.removeprefix(BOM))[0])
    return entry


def _is_time(name: str, value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TIME and not value.isdigit() and parse_time(value) is not None
    return OF_TIME.search(name) is not None and parse_time(value) is not None
