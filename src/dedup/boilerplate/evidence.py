"""the evidence of a template, which a person may have changed -> what is wrong with it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any


def fault_of(evidence: Mapping[str, Any]) -> str:
    """Return what is wrong with evidence, "" when it can be used; keys that mean nothing to dedup hold anything.

    >>> fault_of({"stories": "many"})
    "evidence has stories = 'many'; write a whole number"
    """
    for key in KINDS.keys() & evidence.keys():
        holds, what = KINDS[key]
        if not holds(evidence[key]):
            return f"evidence has {key} = {evidence[key]!r}; write {what}"
    return ""


def _is_number(value: object) -> bool:
    return type(value) is int


def _is_day(value: object) -> bool:
    try:
        return date.fromisoformat(str(value)).isoformat() == str(value)
    except ValueError:
        return False


def _are(kind: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list | tuple) and all(type(each) is kind for each in value)


NUMBER, DAY = (_is_number, "a whole number"), (_is_day, "a day as 2026-01-05")
NUMBERS, TEXTS = (_are(int), "a list of whole numbers"), (_are(str), "a list of texts")
KINDS: dict[str, tuple[Callable[[object], bool], str]] = {
    "stories": NUMBER, "of": NUMBER, "sources": NUMBER, "words": NUMBER, "lines": NUMBERS, "before": TEXTS,
    "after": TEXTS, "first": DAY, "last": DAY,
}  # fmt: skip
