"""a pattern as it is written -> words, slots, alternatives and optional parts: what can follow what in a text."""

import re
from dataclasses import dataclass
from functools import cached_property

from dedup.boilerplate.words import word_hashes

# how many tokens a slot of each type may span
SLOT_TOKENS = {
    "provider": 6, "name": 6, "names": 24, "org": 12, "place": 8, "date": 8, "url": 30, "email": 10, "phone": 12,
    "number": 6, "ticker": 6, "id": 10,
}  # fmt: skip
MOST_TOKENS = 1000  # in any slot
_PIECES = re.compile(r"\{[^{}]*\}|[\[\]()|]|[^\[\](){}|]+")
_SLOT = re.compile(r"(?:(?P<name>[a-z_]+):)?(?P<type>[a-z]+)(?::?<=(?P<limit>\d+))?\Z")
_ALTERNATIVES = re.compile(r"(?P<name>[a-z_]+)=(?P<values>.+)\Z", re.DOTALL)


class BadPattern(ValueError):
    """A pattern that cannot be read; the message names the fault and the fix."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where a value stands: before word `first` when free, over words `first` to `last` when literal."""

    name: str
    type: str
    first: int
    last: int
    limit: int


@dataclass(frozen=True, slots=True)
class Branch:
    """What stands or falls together, in order: words (indices into the pattern), slots and choices."""

    items: tuple["int | Slot | Choice", ...]

    @property
    def words(self) -> tuple[int, ...]:
        """The words of the branch itself."""
        return tuple(item for item in self.items if isinstance(item, int))

    @property
    def choices(self) -> tuple["Choice", ...]:
        """The choices among them."""
        return tuple(item for item in self.items if isinstance(item, Choice))

    def expected(self) -> int:
        """The number of words every occurrence is expected to have."""
        return len(self.words) + sum(
            min(branch.expected() for branch in choice.branches) for choice in self.choices if not choice.optional
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, of which one is present, or none when `optional`."""

    branches: tuple[Branch, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A pattern with its choices made: the words left, and the slots among them."""

    words: tuple[int, ...]
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Pattern:
    """A compiled pattern: the words of all branches in one sequence, as token hashes."""

    words: tuple[int, ...]
    root: Branch
    slots: tuple[Slot, ...]

    @classmethod
    def of(cls, written: str) -> "Pattern":
        """Return the pattern of a template as it is written in the catalogue; raises `BadPattern`."""
        return _Reader(written).read()

    @cached_property
    def readings(self) -> dict[bytes, Reading]:
        """Readings met so far, by the words and slots they have, as the kernel tells them."""
        return {}

    @cached_property
    def whole(self) -> Reading:
        """The reading with all branches in a row."""
        return Reading(self.words, self.slots)

    @cached_property
    def expected(self) -> int:
        """The number of words of the shortest reading."""
        return self.root.expected()

    def always_has(self, width: int) -> bool:
        """Return whether every reading of the pattern has `width` words in a row."""
        return not _runs_short_of(width, self.root, {0})

    def grams(self, width: int) -> list[tuple[int, ...]]:
        """Return every `width` words (as indices) that can follow each other in a text."""
        following: dict[int, set[int]] = {index: set() for index in range(len(self.words))}
        _link(self.root, set(), following)
        grams: list[tuple[int, ...]] = [(index,) for index in following]
        for _ in range(width - 1):
            grams = [(*gram, after) for gram in grams for after in sorted(following[gram[-1]])]
        return grams


def _link(branch: Branch, before: set[int], following: dict[int, set[int]]) -> set[int]:
    """Note which word can follow which; return the words the branch can end with, none after a slot."""
    for item in branch.items:
        if isinstance(item, int):
            for word in before:
                following[word].add(item)
            before = {item}
        elif isinstance(item, Slot):
            before = set()
        else:
            ends = set(before) if item.optional else set()
            for each in item.branches:
                ends |= _link(each, before, following)
            before = ends
    return before


def _runs_short_of(width: int, branch: Branch, lengths: set[int]) -> set[int]:
    """Return the lengths of the last run in readings that have had no run of `width` words, given those before."""
    for item in branch.items:
        if isinstance(item, int):
            lengths = {length + 1 for length in lengths if length + 1 < width}
        elif isinstance(item, Slot):
            lengths = {0} if lengths else set()
        else:
            kept = set(lengths) if item.optional else set()
            lengths = kept.union(*(_runs_short_of(width, each, lengths) for each in item.branches))
    return lengths


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pieces = _PIECES.findall(pattern)[::-1]
        self.words: list[int] = []
        self.slots: list[Slot] = []

    def read(self) -> Pattern:
        root = self.branch("")
        if self.pieces:
            raise BadPattern(f"unexpected {self.pieces[-1]!r} in the pattern")
        if not self.words:
            raise BadPattern("the pattern has no literal word")
        return Pattern(tuple(self.words), root, tuple(self.slots))

    def branch(self, stops: str) -> Branch:
        items: list[int | Slot | Choice] = []
        while self.pieces and self.pieces[-1] not in tuple(stops):
            piece = self.pieces.pop()
            if piece in ("[", "("):
                items.append(self.choice(optional=piece == "[", closing="])"[piece == "("]))
            elif piece.startswith("{"):
                items.append(self.slot(piece[1:-1].strip()))
            elif piece in ("]", ")", "|"):
                raise BadPattern(f"unexpected {piece!r} in the pattern")
            else:
                items += self.literal(piece)
        return Branch(tuple(items))

    def literal(self, text: str) -> range:
        first = len(self.words)
        self.words += word_hashes(text)
        return range(first, len(self.words))

    def choice(self, optional: bool, closing: str) -> Choice:
        branches = []
        while True:
            branches.append(self.branch(closing + "|"))
            if not self.pieces:
                raise BadPattern(f"a group is not closed with {closing!r}")
            if self.pieces.pop() == closing:
                return Choice(tuple(branches), optional)

    def slot(self, text: str) -> Slot | Choice:
        first = len(self.words)
        if literal := _ALTERNATIVES.match(text):
            branches = tuple(Branch(tuple(self.literal(value))) for value in literal["values"].split("|"))
            self.slots.append(Slot(literal["name"], "literal", first, len(self.words), 0))
            return Choice(branches, optional=False)
        match = _SLOT.match(text)
        if match is None or (match["type"] != "text" and match["type"] not in SLOT_TOKENS):
            raise BadPattern(f"slot {{{text}}} is not {{type}}, {{name:type}}, {{text:<=k}} or {{name=A|B}}")
        if match["type"] == "text" and not match["limit"]:
            raise BadPattern(f"slot {{{text}}} needs a limit, as in {{text:<=12}}")
        limit = int((match["limit"] or "")[:9] or SLOT_TOKENS[match["type"]])
        if limit > MOST_TOKENS:
            raise BadPattern(f"slot {{{text}}} has no limit to speak of; write at most {MOST_TOKENS}")
        slot = Slot(match["name"] or match["type"], match["type"], first, first, limit)
        self.slots.append(slot)
        return slot
