"""the nouns: what goes in (documents), and what comes out (spans, matches, clusters). Frozen, no behaviour."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

DUPLICATES = ("exact", "near", "excerpt")
RELATED = (*DUPLICATES, "expansion", "update")
PROVENANCE = {  # slots of templates -> what they tell of a text
    "provider": "provider", "publisher": "provider", "outlet": "provider", "site": "provider", "holder": "provider",
    "issuer": "issuer", "organisation": "issuer", "company": "issuer", "agency": "agency", "wire": "agency",
    "names": "byline", "author": "byline", "reporters": "byline", "name": "byline", "signed": "byline",
    "editors": "editor", "editor": "editor", "date": "date", "day": "date", "url": "permalink", "ticker": "ticker",
}  # fmt: skip
RELATIONS = (*RELATED, "template", "distinct")


class DedupError(Exception):
    """The base of every error dedup raises on purpose: a misuse or what a file holds, never what a text says.

    An argument that cannot be used is also the `TypeError`, `ValueError` or `KeyError` that it is in any library. A
    file that cannot be read or written is an `OSError`, as from `open`; only a store says it as a `DedupError`.
    """


class BadType(DedupError, TypeError):
    """An argument is of a wrong type, or there is none of that name."""


class BadValue(DedupError, ValueError):
    """An argument has a value that cannot be used."""


class UnknownDocument(DedupError, KeyError):
    """No document with that id is known."""

    __str__ = Exception.__str__  # a KeyError shows its message in quotes


class IncompatibleSignatures(DedupError, ValueError):
    """Two signatures were made in different ways, so comparing them would mean nothing."""


def misfit(name: str, value: object, fix: str) -> BadType:
    """Return the error for an argument of another type, which is shown, shortened where it is long."""
    shown = repr(value)
    return BadType(f"{name} is {shown[:40] + '...' if len(shown) > 43 else shown} ({type(value).__name__}); {fix}")


def check_time(name: str, time: object) -> None:
    """Raise what fits when `time` is not an aware `datetime`."""
    if not isinstance(time, datetime):
        raise misfit(name, time, "pass an aware datetime")
    if time.utcoffset() is None:
        raise BadValue(f"{name} is {time.isoformat()} without a zone; pass an aware datetime")


@dataclass(frozen=True, slots=True)
class Document:
    """One text of a feed.

    `time` is when the document was published, as an aware `datetime`; without one it counts as new. Raises `BadType`
    for fields of other types, `BadValue` for a time without a zone.

    >>> Document("a1", "The bridge reopened on Monday.", source="ledger.example").id
    'a1'
    """

    id: str
    text: str
    title: str | None = field(default=None, kw_only=True)
    source: str | None = field(default=None, kw_only=True)
    time: datetime | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        source, title, time = self.source, self.title, self.time
        if (
            type(self.id) is not str
            or type(self.text) is not str
            or (source is not None and type(source) is not str)
            or (title is not None and type(title) is not str)
            or (time is not None and (type(time) is not datetime or time.utcoffset() is None))
        ):
            self._check()

    def _check(self) -> None:
        """Raise what fits when a field is of another type; the same that was seen at a glance, in full."""
        for name in ("id", "text"):
            if not isinstance(getattr(self, name), str):
                raise misfit(name, getattr(self, name), "pass a str")
        for name in ("title", "source"):
            if not isinstance(getattr(self, name), str | None):
                raise misfit(name, getattr(self, name), "pass a str or None")
        if self.time is not None:
            check_time("time", self.time)


@dataclass(frozen=True, slots=True)
class Span:
    """A recognised stretch of a text: half-open, in code points of the original.

    `action` is "remove" or "label" (recognised but kept); `reason` says why in words.
    """

    start: int
    end: int
    kind: str
    template: str
    score: float
    slots: Mapping[str, str]
    action: str
    reason: str

    def __reduce__(self) -> tuple[type["Span"], tuple[object, ...]]:
        return Span, (
            self.start, self.end, self.kind, self.template, self.score, self.slots, self.action, self.reason
        )  # fmt: skip

    def of(self, text: str) -> str:
        """Return the part of `text` the span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its boilerplate, and the account of it.

    `text` plus the removed spans is the original, character for character. When nothing but boilerplate was
    found, `all_boilerplate` is true and the text is kept whole.
    """

    text: str
    spans: tuple[Span, ...] = ()
    all_boilerplate: bool = False

    def __reduce__(self) -> tuple[type["Cleaned"], tuple[str, tuple[Span, ...], bool]]:
        return Cleaned, (self.text, self.spans, self.all_boilerplate)

    @property
    def removed(self) -> tuple[Span, ...]:
        """The spans that were taken out."""
        return tuple([span for span in self.spans if span.action == "remove"])

    @property
    def kept(self) -> tuple[Span, ...]:
        """The spans that were recognised and left in place."""
        return tuple([span for span in self.spans if span.action != "remove"])

    @property
    def provenance(self) -> dict[str, str]:
        """What the spans' slots say of where the text is from, the first of each kind.

        `provider`, `issuer`, `agency`, `byline`, `editor`, `date`, `permalink` and `ticker`, as far as known.
        """
        known: dict[str, str] = {}
        for span in self.spans:
            for slot, value in span.slots.items():
                if slot in PROVENANCE and value:
                    known.setdefault(PROVENANCE[slot], value)
        return known


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of text two documents share: code points of each original, half-open."""

    start: int
    end: int
    other_start: int
    other_end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The numbers behind a relation, all from the point of view of the first document.

    `words`: share of its words found anywhere in the other. `order`: share found there in the same order or
    in a shared passage. `lost`: facts (numbers, names) the other lacks. `swaps`: facts that stand where the
    other has different ones, and few words that the other denies. `furniture`: share of its words set aside:
    furniture of the feed, addresses and lists. `title`: share of the words of its title that one of the texts
    or the other's title has; 1 where either has none.
    """

    words: float
    order: float
    lost: tuple[str, ...]
    swaps: tuple[tuple[str, str], ...]
    furniture: float
    title: float = 1.0


@dataclass(frozen=True, slots=True)
class Match:
    """How one document relates to another that is known already.

    `id` is the other document, `canonical` the one its cluster stands around. `resemblance` is the share of
    shingles in common (Broder 1997); `containment` the share of this document's shingles found in the other,
    `contains` the share of the other's found in this one.
    """

    id: str
    canonical: str
    relation: str
    resemblance: float
    containment: float
    contains: float
    evidence: Evidence
    passages: tuple[Passage, ...] = ()

    @property
    def duplicate(self) -> bool:
        """True when dropping the document loses no more than small edits: exact, near, excerpt."""
        return self.relation in DUPLICATES


@dataclass(frozen=True, slots=True)
class Cluster:
    """Documents that tell one story, each verified against the canonical one.

    `members` pairs every other document's id with its match; `floor` is the lowest resemblance among them.
    """

    canonical: str
    members: tuple[tuple[str, Match], ...] = ()

    @property
    def floor(self) -> float:
        """The lowest resemblance of a member to the canonical document; 1.0 when it stands alone."""
        return min((match.resemblance for _, match in self.members), default=1.0)

    def __len__(self) -> int:
        return 1 + len(self.members)
