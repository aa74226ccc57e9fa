"""two stories -> how they relate, with the numbers behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dedup.document import Evidence, Match, Passage
from dedup.duplicates.align import Run, common_order, passages
from dedup.duplicates.settings import Settings
from dedup.duplicates.shingle import shingles
from dedup.tokens import CAPITAL, DIGIT, START, Tokens

GATE = 0.3  # less containment than this both ways is distinct without a closer look
OWN_WORDS = 8  # a story of fewer words is a duplicate only when it is an exact copy
MIRROR_WORDS, MIRROR_ORDER = 0.84, 0.72  # b is inside a as well
EXPANSION_WORDS = 25  # b has at least this many
TEMPLATE_SWAPS = 0.9  # per 100 words of a: the same form with other facts
UPDATE_COVERAGE = 0.5  # of a's words stand in shared shingles
TEMPLATE_COVERAGE, TEMPLATE_CONTAINMENT = 0.2, 0.65
BRIDGE = 3  # fewer equal words than this between two differences make them one
CAPITALISED_TEXT = 0.5  # share of capitals beyond which a capital says nothing
PASSAGE_WORDS = 8  # of a shared run worth showing


@dataclass(frozen=True)
class Story:
    """A text's own words: the tokens outside its boilerplate, ready to be compared."""

    text: str
    tokens: Tokens
    width: int

    @classmethod
    def of(cls, text: str, removed: Iterable[tuple[int, int]], width: int) -> "Story":
        """Return the story of `text` without the spans `removed` (sorted, code points)."""
        return cls(text, Tokens.of(text).outside(removed), width)

    @cached_property
    def words(self) -> list[int]:
        return self.tokens.hashes.tolist()

    @cached_property
    def shingles(self) -> list[int]:
        return shingles(self.tokens, self.width).tolist()

    @cached_property
    def facts(self) -> dict[int, int]:
        """The words that carry facts, with the token where each stands first: numbers, and names by their capital."""
        flags = self.tokens.flags
        capitals = sum(flag & CAPITAL != 0 for flag in flags) > CAPITALISED_TEXT * len(flags)
        telling = DIGIT if capitals else DIGIT | CAPITAL
        facts: dict[int, int] = {}
        for index, (word, flag) in enumerate(zip(self.words, flags, strict=True)):
            if flag & DIGIT or (flag & telling and not flag & START):
                facts.setdefault(word, index)
        return facts

    def quote(self, first: int, last: int) -> str:
        """Return the text of tokens `first` to `last` (exclusive) on one line."""
        return " ".join(self.text[self.tokens.starts[first] : self.tokens.ends[last - 1]].split())


@dataclass(frozen=True)
class Comparison:
    """Everything measured about story `a` against story `b`."""

    a: Story
    b: Story

    @cached_property
    def _sets(self) -> tuple[set[int], set[int]]:
        return set(self.a.shingles), set(self.b.shingles)

    @cached_property
    def shared(self) -> int:
        """The number of distinct shingles in common."""
        left, right = self._sets
        return len(left & right)

    @property
    def resemblance(self) -> float:
        left, right = self._sets
        return self.shared / max(1, len(left) + len(right) - self.shared)

    @property
    def containment(self) -> float:
        return self.shared / max(1, len(self._sets[0]))

    @property
    def contains(self) -> float:
        return self.shared / max(1, len(self._sets[1]))

    @cached_property
    def runs(self) -> list[Run]:
        return passages(self.a.words, self.b.words, self.a.shingles, self.b.shingles)

    @cached_property
    def aligned(self) -> list[Run]:
        return common_order(self.a.words, self.b.words, self.runs)

    @cached_property
    def _other_runs(self) -> list[Run]:
        return passages(self.b.words, self.a.words, self.b.shingles, self.a.shingles)

    @cached_property
    def coverage(self) -> float:
        """The share of a's words inside shared shingles."""
        return _share(_covered(self.runs), self.a.words)

    @cached_property
    def other_coverage(self) -> float:
        """The share of b's words inside shared shingles."""
        return _share(_covered(self._other_runs), self.b.words)

    @cached_property
    def order(self) -> float:
        """The share of a's words that stand in b in the same order, or in a shared passage."""
        return _share(_covered(self.runs) | _covered(self.aligned), self.a.words)

    @cached_property
    def other_order(self) -> float:
        """The share of b's words that stand in a in the same order, or in a shared passage."""
        aligned = {place for run in self.aligned for place in range(run.other, run.other + run.size)}
        return _share(_covered(self._other_runs) | aligned, self.b.words)

    @cached_property
    def words(self) -> float:
        """The share of a's words found anywhere in b."""
        other = set(self.b.words)
        return sum(word in other for word in self.a.words) / max(1, len(self.a.words))

    @cached_property
    def other_words(self) -> float:
        """The share of b's words found anywhere in a."""
        other = set(self.a.words)
        return sum(word in other for word in self.b.words) / max(1, len(self.b.words))

    @cached_property
    def lost(self) -> tuple[str, ...]:
        """The facts of a that b lacks, as they stand in a."""
        other = set(self.b.words)
        return tuple(self.a.quote(at, at + 1) for word, at in self.a.facts.items() if word not in other)

    @cached_property
    def differences(self) -> list[tuple[range, range]]:
        """The stretches of a and b between aligned words, merged when only a few equal words lie between."""
        merged: list[tuple[range, range]] = []
        first, other = 0, 0
        for run in [*self.aligned, Run(len(self.a.words), len(self.b.words), 0)]:
            if run.first > first or run.other > other:
                if merged and first - merged[-1][0].stop < BRIDGE:
                    before = merged.pop()
                    merged.append((range(before[0].start, run.first), range(before[1].start, run.other)))
                else:
                    merged.append((range(first, run.first), range(other, run.other)))
            first, other = run.first + run.size, run.other + run.size
        return merged

    @cached_property
    def swaps(self) -> tuple[tuple[str, str], ...]:
        """Differences with, on each side, a fact the other text lacks: (in a, in b)."""
        left, right = set(self.a.words), set(self.b.words)
        found = []
        for mine, other in self.differences:
            if _has_new_fact(self.a, mine, right) and _has_new_fact(self.b, other, left):
                found.append((self.a.quote(mine.start, mine.stop), self.b.quote(other.start, other.stop)))
        return tuple(found)

    def swap_rate(self) -> float:
        """Swaps per 100 words of a."""
        return 100 * len(self.swaps) / max(1, len(self.a.words))

    def passages(self) -> tuple[Passage, ...]:
        """The shared runs worth showing, in code points of the two texts."""
        a, b = self.a.tokens, self.b.tokens
        least = min(PASSAGE_WORDS, len(self.a.words), len(self.b.words))
        return tuple(
            Passage(
                a.starts[run.first],
                a.ends[run.first + run.size - 1],
                b.starts[run.other],
                b.ends[run.other + run.size - 1],
            )
            for run in self.runs
            if run.size >= least
        )


def relate(comparison: Comparison, settings: Settings) -> str:
    """Return the relation of a to b: the decision list of docs/design.md, first that holds."""
    a, b = comparison.a, comparison.b
    if not a.words or not b.words:
        return "distinct"
    if a.words == b.words:
        return "exact"
    if max(comparison.containment, comparison.contains) < GATE or len(a.words) < OWN_WORDS:
        return "distinct"
    mirror = comparison.other_words >= MIRROR_WORDS and comparison.other_order >= MIRROR_ORDER
    if (
        comparison.containment >= settings.containment
        and comparison.words >= settings.words
        and comparison.order >= settings.order
        and len(comparison.lost) < settings.lost
        and comparison.swap_rate() <= settings.swaps
    ):
        return "near" if mirror else "excerpt"
    if mirror and len(b.words) >= EXPANSION_WORDS and comparison.swap_rate() < TEMPLATE_SWAPS:
        return "expansion"
    framed = comparison.coverage >= TEMPLATE_COVERAGE or comparison.containment >= TEMPLATE_CONTAINMENT
    if framed and len(comparison.swaps) >= 2 and comparison.swap_rate() >= TEMPLATE_SWAPS:
        return "template"
    return "update" if comparison.coverage >= UPDATE_COVERAGE else "distinct"


def match(comparison: Comparison, relation: str, *, id: str, canonical: str) -> Match:
    """Return the relation with its evidence: a to b, which is the document `id` of the cluster around `canonical`."""
    evidence = Evidence(
        words=round(comparison.words, 4),
        order=round(comparison.order, 4),
        lost=comparison.lost,
        swaps=comparison.swaps,
        furniture=0.0,
    )
    return Match(
        id, canonical, relation, round(comparison.resemblance, 4), round(comparison.containment, 4),
        round(comparison.contains, 4), evidence, comparison.passages(),
    )  # fmt: skip


def _covered(runs: Iterable[Run]) -> set[int]:
    return {place for run in runs for place in range(run.first, run.first + run.size)}


def _share(places: set[int], words: Sequence[int]) -> float:
    return len(places) / max(1, len(words))


def _has_new_fact(story: Story, stretch: range, other: set[int]) -> bool:
    return any(story.words[at] in story.facts and story.words[at] not in other for at in stretch)
