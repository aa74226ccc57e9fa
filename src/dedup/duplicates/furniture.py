"""stories and the documents around them -> what they share that no other story repeats."""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from dedup.duplicates.memory import Memory
from dedup.duplicates.settings import Settings
from dedup.duplicates.stories import Stories, furniture
from dedup.duplicates.story import Story
from dedup.duplicates.verify import Comparison, Overlap, are_covered, is_copy, may_be_copies, needs_a_look, overlaps

IN_SOURCE, ANYWHERE = 2, 5  # other stories that must repeat a run: of the same source, or of any
FEW = 6  # of them show what a form is, mostly; only where they leave enough covered are all of them asked
COPIES = 2  # times as many neighbours are looked at for copies as are asked for furniture


class Told(NamedTuple):
    """A story and whose it is: with its number when it is known, else 0, its id, and the keys it is found by."""

    story: Story
    source: int
    number: int = 0
    id: str = ""
    keys: bytes = b""


class Surroundings:
    """What one search knows of the documents around its stories; nothing is remembered or forgotten before it ends."""

    def __init__(self, memory: Memory, settings: Settings, stories: Stories) -> None:
        self._memory, self._settings, self._stories = memory, settings, stories
        self._overlaps: dict[bytes, dict[int, Overlap]] = {}
        self._near: dict[bytes, tuple[bytes, bytes]] = {}
        self._groups: dict[bytes, bytes] = {}
        self._furnished: dict[tuple[bytes, bytes, bytes], bytes] = {}
        self._pairs: dict[tuple[bytes, int], Comparison] = {}

    def overlap(self, story: Story, number: int) -> Overlap:
        """Return what shingles a story shares with a known document."""
        found = self._overlaps.get(story.hashes, {}).get(number)
        return self.overlaps(story, [number])[0] if found is None else found

    def overlaps(self, story: Story, numbers: Sequence[int]) -> list[Overlap]:
        """Return what shingles a story shares with known documents."""
        known = self._overlaps.setdefault(story.hashes, {})
        missing = [number for number in numbers if number not in known]
        if missing:
            known.update(zip(missing, overlaps(story, self._stories.get(missing)), strict=True))
        return [known[number] for number in numbers]

    def compare(self, a: Told, b: Told) -> Comparison:
        """Return the comparison of two stories without the furniture that other stories show up."""
        name = a.story.hashes, b.number
        if b.number and name in self._pairs:
            return self._pairs[name]
        overlap = self.overlap(a.story, b.number) if b.number else overlaps(a.story, [b.story])[0]
        pair = Comparison(a.story, b.story, overlap)
        if needs_a_look(pair):
            pair = Comparison(a.story, b.story, overlap, *self._furniture(a, b, self._settings.neighbours))
        if b.number:
            self._pairs[name] = pair
        return pair

    def may_relate(self, a: Told, b: Told) -> bool:
        """Whether enough words of two stories are covered and no furniture for them to be related."""
        few = self._furniture(a, b, min(FEW, self._settings.neighbours))
        return are_covered(a.story, b.story, *few, self._settings)

    def _furniture(self, a: Told, b: Told, others: int) -> tuple[bytes, bytes]:
        """Return which words of two stories are furniture, by so many stories of other groups around each."""
        apart = self._group(a) + self._group(b)
        return self._repeated(a, apart, others), self._repeated(b, apart, others)

    def _repeated(self, told: Told, apart: bytes, most: int) -> bytes:
        story, index = told.story, self._memory.index
        numbers, same = index.witnesses(self._neighbours(told)[0], apart, told.source, most)
        if same.count(1) < IN_SOURCE and len(same) < ANYWHERE:
            return b""
        if told.number:
            return self._stories.furniture(told.number, numbers, same)
        name = story.hashes, numbers, same
        if name not in self._furnished:
            self._furnished[name] = furniture(story, self._stories.get(array("I", numbers)), same)
        return self._furnished[name]

    def _group(self, told: Told) -> bytes:
        """Return the groups that tell the same story (u32 bytes): its own, or those of its copies."""
        memory, name = self._memory, told.story.hashes
        if told.number:
            return array("I", (memory.index.group(told.number),)).tobytes()
        if name not in self._groups:
            number, copies = memory.holder(told.id, told.keys), self._copies(told)
            groups = map(memory.index.group, [number, *copies] if number else copies)
            self._groups[name] = array("I", dict.fromkeys(groups)).tobytes()
        return self._groups[name]

    def _copies(self, told: Told) -> list[int]:
        """Return which of the nearest neighbours are copies of a story; most cannot be, by what they surely lack."""
        story, most = told.story, COPIES * self._settings.neighbours
        near, facts = (array("I", each) for each in self._neighbours(told))
        likely = [near[at] for at in may_be_copies(len(story), facts[: 3 * most])]
        return [each for each, overlap in zip(likely, self.overlaps(story, likely), strict=True) if is_copy(overlap)]

    def _neighbours(self, told: Told) -> tuple[bytes, bytes]:
        """Return the documents that share the most samples with a story, and what `may_be_copies` asks of each."""
        story, name = told.story, told.story.hashes
        found = self._near.get(name)
        if found is None:
            most = 2 * COPIES * self._settings.neighbours
            samples = story.samples(self._settings.sample)
            found = self._near[name] = self._memory.index.neighbours(samples, self._memory.since, most)
        return found
