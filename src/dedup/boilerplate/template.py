"""TOML entry -> template: one known block, its fields checked, its pattern and its shape read when they are needed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dedup.boilerplate.evidence import fault_of
from dedup.boilerplate.expression import Expressions, NotTaken
from dedup.boilerplate.pattern import BadPattern, Pattern
from dedup.boilerplate.words import packed_words
from dedup.document import DedupError

if TYPE_CHECKING:
    from regex import Pattern as Regex

KINDS = (
    "legal-disclaimer", "copyright", "syndication-notice", "credit-line", "dateline", "contact", "about-block",
    "disclosure", "forward-looking", "regulatory-notice", "link-footer", "link-list", "newsletter", "tracking-id",
    "end-marker", "machine-generated", "correction-note", "platform-chrome", "learned",
)  # fmt: skip
POSITIONS = ("head", "tail", "end", "line", "any")
RUNS = ("", "paragraphs", "more", "lines", "titles", "stranger", "fields", "name")
ACTIONS = ("remove", "label")
STATUSES = ("", "accepted", "confident", "proposed", "rejected")
WAITING, DECIDED = ("confident", "proposed"), ("accepted", "rejected")  # what a person is to judge, and has

SIMPLE_FOLDING = "(?-f)"  # letters are one when the other case of each is one: what else there is takes long to compile
BLOCK = re.compile(r"\(\?P?<block>")  # in a shape, around the part of the line that goes
_DAY = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")


class BadTemplate(DedupError, ValueError):
    """A template that cannot be read; the message names the template, the fault and the fix."""


class UnknownTemplate(DedupError, KeyError):
    """No template with that id is in the catalogue."""

    __str__ = Exception.__str__  # a KeyError shows its message in quotes


@dataclass(frozen=True)
class Template:
    """One known block of boilerplate. Fields are those of the catalogue's TOML; see docs/templates.md."""

    id: str
    kind: str
    pattern: str = ""
    shape: str = ""
    run: str = ""
    echo: str = ""
    lines: tuple[str, ...] = ()
    provider: str = ""
    lang: str = ""
    position: str = "tail"
    action: str = "remove"
    source: str = ""
    coverage: float = 0.0
    required: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    examples: tuple[str, ...] = field(default=(), compare=False)
    near_misses: tuple[str, ...] = field(default=(), compare=False)
    notes: str = field(default="", compare=False)
    status: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "Template":
        """Return the template a TOML table describes; raises `BadTemplate`."""
        template = cls.shipped(entry)
        try:
            if template.pattern:
                _ = template.compiled
            if template.shape:
                _ = template.expression
                Expressions().parts(template.shape)
        except NotTaken as fault:
            raise BadTemplate(f"template {template.id!r}: {fault}; see docs/templates.md for what does") from None
        except RecursionError:
            raise BadTemplate(f"template {template.id!r} is nested too deep; write it as several") from None
        return template

    @classmethod
    def shipped(cls, entry: Mapping[str, Any]) -> "Template":
        """Return the same of a table whose shape is known to compile; that is what takes time."""
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
        }
        name = values.get("id", "?")
        unknown = sorted(values.keys() - cls.__dataclass_fields__.keys())
        if unknown:
            raise BadTemplate(f"template {name!r} has the unknown key {unknown[0]!r}; see docs/templates.md")
        if not values.get("id") or not values.get("kind"):
            raise BadTemplate(f"template {name!r} lacks an id or a kind")
        wrong = next(
            (key for key, value in values.items() if not _is_of_kind(value, cls.__dataclass_fields__[key])), ""
        )
        if wrong:
            raise BadTemplate(
                f"template {name!r}: {wrong} is {entry[wrong]!r}; see docs/templates.md for what it can be"
            )
        template = cls(**values)
        for fault in _faults(template):
            raise BadTemplate(f"template {name!r}{fault}")
        return template

    def holds_on(self, day: date) -> bool:
        """Return whether `day` is between `since` and `until`, both of which may be a month or a year."""
        written = day.isoformat()
        return self.since <= written and (not self.until or written[: len(self.until)] <= self.until)

    @property
    def rule(self) -> tuple[object, ...]:
        """What answers depend on: not what is written for people, nor how a rule that holds came to hold."""
        fields = (each.name for each in self.__dataclass_fields__.values() if each.compare and each.name != "status")
        return (*(getattr(self, name) for name in fields), self.status == "rejected")

    @cached_property
    def cuts(self) -> bool:
        """Whether only a part of the line goes: what the group `block` of the shape has."""
        return BLOCK.search(self.shape) is not None

    @cached_property
    def expression(self) -> "Regex[str]":
        """The shape as a regular expression; raises `BadTemplate`."""
        import regex

        try:
            return regex.compile(SIMPLE_FOLDING + self.shape, regex.VERSION1)
        except regex.error as error:
            place = error.pos - len(SIMPLE_FOLDING)
            raise BadTemplate(
                f"template {self.id!r}: shape does not compile: {error.msg} at position {place}"
            ) from error

    @cached_property
    def shouted(self) -> "Regex[str]":
        """The shape for texts all in capitals, where case says nothing."""
        import regex

        return regex.compile(SIMPLE_FOLDING + self.shape, regex.VERSION1 | regex.IGNORECASE)

    @cached_property
    def compiled(self) -> Pattern:
        """The pattern as word hashes and slots; raises `BadTemplate`."""
        try:
            return Pattern.of(self.pattern)
        except BadPattern as fault:
            raise BadTemplate(f"template {self.id!r}: {fault}") from None

    @cached_property
    def required_words(self) -> tuple[tuple[bytes, ...], ...]:
        """The phrases an occurrence must hold, as token hashes."""
        return tuple(tuple(map(packed_words, phrase.split("|"))) for phrase in self.required)

    @cached_property
    def forbidden_words(self) -> tuple[bytes, ...]:
        """The phrases an occurrence must not hold, as token hashes."""
        return tuple(map(packed_words, self.forbidden))

    @cached_property
    def floor(self) -> float:
        """The share of literal words an occurrence must have; shorter templates must be more complete."""
        if self.coverage:
            return self.coverage
        words = self.compiled.expected
        return 1.0 if words <= 3 else 0.8 if words < 10 else 0.7 if words < 30 else 0.65


def _is_of_kind(value: Any, key: Field[Any]) -> bool:
    """Return whether a value is what a field takes: a table, a number, strings, or a string."""
    if key.default_factory is not MISSING:
        return isinstance(value, Mapping)
    if isinstance(key.default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(key.default, tuple):
        return isinstance(value, tuple) and all(isinstance(each, str) for each in value)
    return isinstance(value, str)


def _faults(template: Template) -> Iterator[str]:
    """Yield what is wrong with the values of a template."""
    known = {"kind": KINDS, "position": POSITIONS, "action": ACTIONS, "run": RUNS, "status": STATUSES}
    for key, values in known.items():
        if getattr(template, key) not in values:
            yield f": {key} is {getattr(template, key)!r}; it is one of {', '.join(values)}"
    if not 0 <= template.coverage <= 1:
        yield f": coverage is {template.coverage}; it is a share from 0 to 1"
    for key, day in (("since", template.since), ("until", template.until)):
        if day and not _is_day(day):
            yield f": {key} is {day!r}; write a day, month or year as 2026-01-05"
    if template.run and not template.shape:
        yield ": run needs a shape, the heading of what it takes in"
    if bool(template.pattern) + bool(template.shape) + bool(template.lines) != 1:
        yield " needs one of pattern, shape and lines"
    if fault := fault_of(template.evidence):
        yield f": {fault}"


def _is_day(written: str) -> bool:
    try:
        date.fromisoformat(f"{written}-01-01"[:10])
    except ValueError:
        return False
    return _DAY.fullmatch(written) is not None
