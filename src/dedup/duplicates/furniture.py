"""stories and the documents around them -> which of their words are furniture."""

from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dedup import _kernel
from dedup.duplicates.memory import Memory
from dedup.duplicates.settings import Settings
from dedup.duplicates.stories import Stories
from dedup.duplicates.story import Story
from dedup.duplicates.verify import Comparison, Overlap, is_copy, needs_a_look, overlaps

IN_SOURCE, ANYWHERE = 2, 5  # other stories that must repeat a run: of the same source, or of any
SAMPLES_SHARED = 2  # sampled shingles a neighbour shares at least
COPIES = 2  # times as many neighbours are looked at for copies as are asked for furniture


class Neighbour(NamedTuple):
    """A document that shares text with a story. Copies of each other have the same `group`."""

    group: int
    same_source: bool
    hashes: bytes  # of its story's tokens, u64


class Told(NamedTuple):
    """A story and whose it is: with its number when it is known, else 0, its id, and the keys it is found by."""

    story: Story
    source: int
    number: int = 0
    id: str = ""
    keys: bytes = b""


def furniture(story: Story, neighbours: Iterable[Neighbour]) -> bytes:
    """Return one byte a word: FURNITURE where the word stands in a run that other stories repeat, else 0.

    A run is `story.run` consecutive words; it is furniture when neighbours of at least two groups of the same
    source have it, or of five groups anywhere. The groups of the story itself must not be among them.
    """
    others: dict[int, Neighbour] = {}
    for neighbour in neighbours:
        others.setdefault(neighbour.group, neighbour)
    same = bytes(each.same_source for each in others.values())
    hashes = [each.hashes for each in others.values()]
    return _kernel.furniture(story.hashes, story.run, hashes, same, IN_SOURCE, ANYWHERE)


class Surroundings:
    """What one search knows of the documents around its stories; nothing is remembered or forgotten before it ends."""

    def __init__(self, memory: Memory, settings: Settings, stories: Stories) -> None:
        self._memory, self._settings, self._stories = memory, settings, stories
        self._overlaps: dict[bytes, dict[int, Overlap]] = {}
        self._near: dict[bytes, list[tuple[int, int]]] = {}
        self._furnished: dict[tuple[bytes, int, tuple[int, ...]], bytes] = {}
        self._own: dict[bytes, set[int]] = {}
        self._pairs: dict[tuple[bytes, int], Comparison] = {}

    def overlaps(self, story: Story, numbers: Sequence[int]) -> list[Overlap]:
        """Return what shingles a story shares with known documents."""
        known = self._overlaps.setdefault(story.hashes, {})
        missing = [number for number in numbers if number not in known]
        if missing:
            known.update(zip(missing, overlaps(story, self._stories.get(missing)), strict=True))
        return [known[number] for number in numbers]

    def compare(self, a: Told, b: Told) -> Comparison:
        """Return the comparison of two stories without the furniture that other stories show up."""
        if not b.number:
            return self._compare(a, b, *overlaps(a.story, [b.story]))
        name = a.story.hashes, b.number
        if name not in self._pairs:
            self._pairs[name] = self._compare(a, b, *self.overlaps(a.story, [b.number]))
        return self._pairs[name]

    def _compare(self, a: Told, b: Told, overlap: Overlap) -> Comparison:
        plain = Comparison(a.story, b.story, overlap)
        if not needs_a_look(plain):
            return plain
        apart = self._groups(a) | self._groups(b)
        return Comparison(a.story, b.story, overlap, self._furniture(a, apart), self._furniture(b, apart))

    def _furniture(self, told: Told, apart: set[int]) -> bytes:
        memory, story = self._memory, told.story
        others: dict[int, int] = {}  # one of each group
        for number, group in self._neighbours(story):
            if group in apart or group in others:
                continue
            others[group] = number
            if len(others) == self._settings.neighbours:
                break
        name = story.hashes, told.source, tuple(others.values())
        if name not in self._furnished:
            same = [told.source != 0 and memory.source(number) == told.source for number in name[2]]
            enough = sum(same) >= IN_SOURCE or len(same) >= ANYWHERE
            hashes = [each.hashes for each in self._stories.get(name[2])] if enough else []
            self._furnished[name] = furniture(story, map(Neighbour, others, same, hashes)) if enough else b""
        return self._furnished[name]

    def _groups(self, told: Told) -> set[int]:
        """Return the groups that tell the same story: its own, or those of its copies."""
        memory, story = self._memory, told.story
        if told.number:
            return {memory.group(told.number)}
        if story.hashes not in self._own:
            number = memory.holder(told.id, told.keys)
            groups = {memory.group(number)} if number else set()
            near = self._neighbours(story)[: COPIES * self._settings.neighbours]
            shared = self.overlaps(story, [each for each, _ in near])
            groups |= {group for (_, group), overlap in zip(near, shared, strict=True) if is_copy(overlap)}
            self._own[story.hashes] = groups
        return self._own[story.hashes]

    def _neighbours(self, story: Story) -> list[tuple[int, int]]:
        """Return the documents that share the most samples with a story, and their groups."""
        memory, settings, name = self._memory, self._settings, story.hashes
        if name not in self._near:
            samples = _kernel.samples(name, settings.shingle, settings.sample)
            found = array("I", memory.index.neighbours(samples, memory.since, 2 * COPIES * settings.neighbours))
            pairs = zip(found[::2], found[1::2], strict=True)
            self._near[name] = [(number, memory.group(number)) for number, shared in pairs if shared >= SAMPLES_SHARED]
        return self._near[name]
