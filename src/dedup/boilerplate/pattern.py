"""words, slots, alternatives and optional parts -> what can follow what in a text."""

from dataclasses import dataclass
from functools import cached_property


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
