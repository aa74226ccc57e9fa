"""two stories -> the numbers of a verdict, and the match that shows them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from dedup import _kernel
from dedup.document import Evidence, Match, Passage
from dedup.duplicates.figures import exchanged
from dedup.duplicates.measure import Alignment, Difference, Measures, runs, stretches
from dedup.duplicates.negation import turned
from dedup.duplicates.settings import Settings
from dedup.duplicates.spelling import respelled
from dedup.duplicates.story import FURNITURE, LISTED, RESPELLED, Story, joined
from dedup.duplicates.titles import Title, titles

GATE = 0.25  # less containment than this both ways is distinct without a closer look
OWN_WORDS = 8  # a story of fewer words of its own is a duplicate only when it is an exact copy
OWN_SHARE = 0.4  # of a text must be its own, or it is mostly frame and proves nothing
ADDED = 100  # words in one place are no edit, however long the text
NEWS, NEWS_FACTS = 40, 3  # nor are so many with facts that b lacks, but at the end, which may be the publisher's
EXPANSION_WORDS = 25  # b has at least this many of its own
UPDATE_COVERAGE = 0.38  # of the own words of both stand in shared shingles
PASSAGE_WORDS = 8  # of a shared run worth showing
COPY_RESEMBLANCE, COPY_CONTAINMENT = 0.90, 0.97  # from here on, two documents tell one story, frame and all
# Ways in which enough of two texts may be covered to relate them, each with those before it: what is covered of a
# makes a duplicate, of b an expansion, of both together an update.
AS_DUPLICATE, AS_EXPANSION, AS_UPDATE = 1, 2, 3
NOT_OWN = FURNITURE | LISTED
Overlap = tuple[int, int, int]  # distinct shingles of two stories: in common, of the one, of the other


def resemblance(overlap: Overlap) -> float:
    """Return the share of shingles in common."""
    shared, size, other = overlap
    return shared / max(1, size + other - shared)


def is_close(overlap: Overlap) -> bool:
    """Whether two stories share enough to be worth a closer look."""
    shared, size, other = overlap
    return shared >= GATE * max(1, min(size, other))


def is_copy(overlap: Overlap) -> bool:
    """Whether two documents tell one story, frame and all."""
    shared, size, other = overlap
    return shared >= COPY_RESEMBLANCE * (size + other - shared) or shared >= COPY_CONTAINMENT * min(size, other) > 0


@dataclass(eq=False)
class Comparison:
    """Everything measured about story `a` against story `b`.

    `overlap` is the number of distinct shingles in common, of a and of b. `a_furniture` and `b_furniture` hold a
    byte a word, the mark FURNITURE or 0; empty when no feed is known.
    """

    a: Story
    b: Story
    overlap: Overlap
    a_furniture: bytes = b""
    b_furniture: bytes = b""

    @property
    def is_exact(self) -> bool:
        """Whether both tell the same words: no fact is lost then, nothing spelled in another way."""
        return self.a.hashes == self.b.hashes

    @property
    def resemblance(self) -> float:
        return resemblance(self.overlap)

    @property
    def containment(self) -> float:
        return self.overlap[0] / max(1, self.overlap[1])

    @property
    def contains(self) -> float:
        return self.overlap[0] / max(1, self.overlap[2])

    @cached_property
    def alignment(self) -> Alignment:
        if self.is_exact:
            return Alignment.whole(len(self.a))
        return Alignment.of(self.a.hashes, self.b.hashes, self.a.width)

    @cached_property
    def measures(self) -> Measures:
        a, b, found = self.a, self.b, self.alignment
        if self.is_exact:
            blank = bytes(len(a))
            marks = joined(a.aside, self.a_furniture) or blank, joined(b.aside, self.b_furniture) or blank
            return Measures.of(a.hashes, b.hashes, *marks, found)
        lacked = _kernel.lacked(a.hashes, b.hashes)
        a_marks = joined(a.marks, self.a_furniture, lacked[0])
        b_marks = joined(b.marks, self.b_furniture, lacked[1])
        mine, other = respelled(a, b, self.stretches, lacked)
        return Measures.of(a.hashes, b.hashes, _respelled(a_marks, mine), _respelled(b_marks, other), found)

    @cached_property
    def stretches(self) -> list[Difference]:
        """What stands between aligned words."""
        return stretches(len(self.a), len(self.b), self.alignment.common)

    @cached_property
    def contradictions(self) -> list[Difference]:
        """The differences where a sentence of a says otherwise in b: gives another number, or denies it."""
        found = exchanged(self.a, self.b, self.a_furniture, self.alignment)
        denied = turned(self.a, self.b, self.stretches)
        return [*found, *_apart(denied, found)]

    @cached_property
    def titles(self) -> tuple[Title, Title]:
        """What the titles of a and of b say that the stories do not."""
        return titles(self.a, self.b)

    @property
    def words(self) -> float:
        """The share of a's own words found anywhere in b."""
        return self.measures.a.found / max(1, self.measures.a.own)

    @property
    def order(self) -> float:
        """The share of a's own words that stand in b in the same order, or in a shared passage."""
        return self.measures.a.ordered / max(1, self.measures.a.own)

    @property
    def adds(self) -> bool:
        """Whether a tells in one place so much of its own, or news, that b has nothing for, there or elsewhere."""
        gaps = [
            (first, last, other_last - other_first)
            for first, last, other_first, other_last in self.stretches
            if last - first - (other_last - other_first) >= NEWS
        ]
        if not gaps:
            return False
        marks = bytearray(joined(self.a.aside, self.a_furniture) or bytes(len(self.a)))
        for first, _, size in runs(self.alignment.passages):
            marks[first : first + size] = bytes((NOT_OWN,)) * size
        lost = self.measures.a.lost
        for first, last, other in gaps:
            own = sum(not each & NOT_OWN for each in marks[first:last]) - other
            facts = sum(not marks[at] & NOT_OWN for at in lost[bisect_left(lost, first) : bisect_left(lost, last)])
            if own >= ADDED or (own >= NEWS and facts >= NEWS_FACTS and last < len(marks)):
                return True
        return False

    @property
    def lost(self) -> tuple[str, ...]:
        """The facts of a that b lacks, as they stand in a."""
        places = map(self.a.shown, self.measures.a.lost)
        return tuple(self.a.quote(at, at + 1) for at in places) + self.titles[0].numbers

    @property
    def swaps(self) -> tuple[tuple[str, str], ...]:
        """Differences with, on each side, a fact the other text lacks: (in a, in b).

        Other contradictions come next, with a word before and behind; and last the titles.
        """
        swaps = self.measures.swaps
        found = [
            (self.a.quote(first, last), self.b.quote(other_first, other_last))
            for first, last, other_first, other_last in swaps
        ]
        found += [
            (_quoted_around(self.a, each[0], each[1]), _quoted_around(self.b, each[2], each[3]))
            for each in _apart(self.contradictions, swaps)
        ]
        mine, other = self.titles
        titles = [(" ".join(mine.numbers), " ".join(other.numbers))] if mine.numbers and other.numbers else []
        return (*found, *titles)

    @property
    def furniture(self) -> float:
        """The share of a's words set aside as furniture or lists."""
        return 1 - self.measures.a.own / max(1, len(self.a))

    def passages(self) -> tuple[Passage, ...]:
        """The shared runs worth showing, in code points of the two texts; one with a cut inside is several."""
        a, b = self.a.tokens, self.b.tokens
        least = min(PASSAGE_WORDS, len(a), len(b))
        return tuple(
            Passage(a.starts[first], a.ends[first + size - 1], b.starts[other], b.ends[other + size - 1])
            for run in runs(self.alignment.passages)
            if run[2] >= least
            for first, other, size in self._uncut(*run)
        )

    def _uncut(self, first: int, other: int, size: int) -> Iterator[tuple[int, int, int]]:
        """Yield the parts of a shared run between the cuts of either text."""
        if not (self.a.seams or self.b.seams):
            yield first, other, size
            return
        edges = {0, size}
        for seams, at in ((self.a.seams, first), (self.b.seams, other)):
            inside = slice(bisect_right(seams, at), bisect_left(seams, at + size))
            edges |= {seam - at for seam in seams[inside]}
        for begin, end in pairwise(sorted(edges)):
            yield first + begin, other + begin, end - begin


def _apart(differences: Iterable[Difference], others: Sequence[Difference]) -> Iterator[Difference]:
    """Yield the differences that are no part of any of the others, which are in order."""
    starts = [(each[0], each[2]) for each in others]
    for each in differences:
        at = bisect_right(starts, (each[0], each[2])) - 1
        if at < 0 or each[1] > others[at][1] or each[3] > others[at][3]:
            yield each


def _quoted_around(story: Story, first: int, last: int) -> str:
    return story.quote(max(0, first - 1), min(len(story), last + 1))


def _respelled(marks: bytes, places: Sequence[int]) -> bytes:
    """Return the marks with RESPELLED at some places."""
    if not places:
        return marks
    changed = bytearray(marks)
    for at in places:
        changed[at] |= RESPELLED
    return bytes(changed)


def needs_a_look(comparison: Comparison) -> bool:
    """Whether the words must be aligned to tell the relation; before, furniture is of no use."""
    return is_close(comparison.overlap) and not comparison.is_exact


def may_relate(comparison: Comparison, settings: Settings, ways: int) -> bool:
    """Whether enough own words are covered for any of RELATED; if not, there is no need to align the words.

    `ways`: AS_DUPLICATE, AS_EXPANSION or AS_UPDATE.
    """
    a, b = comparison.a, comparison.b
    aside = joined(comparison.a_furniture, a.aside), joined(comparison.b_furniture, b.aside)
    own, covered, other_own, other_covered = _cover(a, b, *aside)
    own_enough, share = is_own(own, a, OWN_WORDS), (covered + other_covered) / max(1, own + other_own)
    told, telling = covered >= settings.coverage * own, other_covered >= settings.coverage * other_own
    enough = (
        own_enough and told,
        is_own(other_own, b, EXPANSION_WORDS) and telling,
        own_enough and share >= UPDATE_COVERAGE,
    )
    return any(enough[:ways])


def _cover(a: Story, b: Story, a_marks: bytes, b_marks: bytes) -> tuple[int, int, int, int]:
    """Return how many words of a count, how many of them stand in shared shingles, and the same of b."""
    return _kernel.cover(a.hashes, b.hashes, a_marks, b_marks, NOT_OWN, a.width)


def is_own(own: int, story: Story, words: int) -> bool:
    """Whether a story has so many words of its own, and they are not the smaller part of it."""
    return own >= words and own >= OWN_SHARE * len(story)


def match(comparison: Comparison, relation: str, *, id: str, canonical: str) -> Match:
    """Return the relation with its evidence: a to b, which is the document `id` of the cluster around `canonical`."""
    evidence = Evidence(
        words=round(comparison.words, 4),
        order=round(comparison.order, 4),
        lost=comparison.lost,
        swaps=comparison.swaps,
        furniture=round(comparison.furniture, 4),
        title=round(comparison.titles[0].told, 4),
    )
    return Match(
        id, canonical, relation, round(comparison.resemblance, 4), round(comparison.containment, 4),
        round(comparison.contains, 4), evidence, comparison.passages(),
    )  # fmt: skip
