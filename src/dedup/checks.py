"""what a caller hands over -> the same, or an error that names the argument, the value and the fix."""

from collections.abc import Iterable, Iterator
from operator import index
from typing import TypeVar

from dedup.document import BadValue, misfit

Kind = TypeVar("Kind")
Many = TypeVar("Many", bound=Iterable[object])


def expect(name: str, value: object, kind: type[Kind], fix: str) -> Kind:
    """Return `value` when it is of a kind; raises `BadType`."""
    if not isinstance(value, kind):
        raise misfit(name, value, fix)
    return value


def every(name: str, values: Iterable[object], kind: type[Kind], fix: str) -> Iterator[Kind]:
    """Yield `values`, of which each `name` is to be of a kind; what can be told before the first is told at once."""
    return (expect(name, value, kind, fix) for value in many(f"{name}s", values, kind.__name__))


def positive(name: str, value: int, fix: str = "pass 1 or more") -> int:
    """Return a whole number of at least one; raises `BadType` or `BadValue`.

    >>> positive("workers", 2)
    2
    """
    try:
        number = index(value)
    except TypeError:
        raise misfit(name, value, fix) from None
    if number < 1:
        raise BadValue(f"{name} is {number}; {fix}")
    return number


def many(name: str, values: Many, of: str) -> Many:
    """Return `values`, of which there can be any number: one text in the place of many is refused with `BadType`."""
    fix = f"pass an iterable of {of}"
    if isinstance(values, str | bytes):
        raise misfit(name, values, fix)
    try:
        iter(values)
    except TypeError:
        raise misfit(name, values, fix) from None
    return values
