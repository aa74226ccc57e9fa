"""stories and the documents around them -> which of their words are furniture."""

from array import array
from collections.abc import Callable, Iterable
from typing import NamedTuple

from dedup import _kernel
from dedup.duplicates.memory import Memory, source_number
from dedup.duplicates.story import Story
from dedup.duplicates.verify import Comparison, needs_a_look

IN_SOURCE, ANYWHERE = 2, 5  # other stories that must repeat a run: of the same source, or of any
SAMPLES_SHARED = 2  # sampled shingles a neighbour shares at least
COPIES = 2  # times as many neighbours are looked at for copies as are asked for furniture


class Neighbour(NamedTuple):
    """A document that shares text with a story. Copies of each other have the same `group`."""

    group: int
    same_source: bool
    hashes: bytes  # of its story's tokens, u64


class Told(NamedTuple):
    """A story and whose it is: with its number when it is known, else 0 and the keys it is found by."""

    id: str
    source: str | None
    story: Story
    keys: bytes
    number: int


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
    """What one search knows of the documents around its stories; each is read once."""

    def __init__(self, memory: Memory, neighbours: int, story_of: Callable[[int], Story]) -> None:
        self._memory, self._most, self._story_of = memory, neighbours, story_of
        self._stories: dict[int, Story] = {}
        self._near: dict[bytes | int, list[int]] = {}
        self._own: dict[bytes, set[int]] = {}

    def compare(self, a: Told, b: Told) -> Comparison:
        """Return the comparison of two stories without the furniture that other stories show up."""
        plain = Comparison(a.story, b.story)
        if not needs_a_look(plain):
            return plain
        apart = self._groups(a) | self._groups(b)
        return Comparison(a.story, b.story, self._furniture(a, apart), self._furniture(b, apart))

    def _furniture(self, told: Told, apart: set[int]) -> bytes:
        memory, source = self._memory, source_number(told.source)
        others: dict[int, int] = {}
        for number in self._neighbours(told):
            group = memory.group(number)
            if group not in apart and len(others) < self._most:
                others.setdefault(group, number)
        same = {number: source != 0 and memory.source(number) == source for number in others.values()}
        if sum(same.values()) < IN_SOURCE and len(same) < ANYWHERE:
            return b""
        return furniture(
            told.story,
            (Neighbour(group, same[number], self._story(number).hashes) for group, number in others.items()),
        )

    def _groups(self, told: Told) -> set[int]:
        """Return the groups that tell the same story: its own, or those of its copies."""
        memory = self._memory
        if told.number:
            return {memory.group(told.number)}
        if told.keys not in self._own:
            number = memory.number(told.id)
            groups = {memory.group(number)} if number else set()
            for number in self._neighbours(told)[: COPIES * self._most]:
                copy = Comparison(told.story, self._story(number))
                if memory.group(number) not in groups and copy.is_copy:
                    groups.add(memory.group(number))
            self._own[told.keys] = groups
        return self._own[told.keys]

    def _neighbours(self, told: Told) -> list[int]:
        memory, name = self._memory, told.number or told.keys
        if name not in self._near:
            keys = memory.keys(told.number) if told.number else told.keys
            found = array("I", memory.index.neighbours(keys, memory.since, 2 * COPIES * self._most))
            pairs = zip(found[::2], found[1::2], strict=True)
            self._near[name] = [number for number, shared in pairs if shared >= SAMPLES_SHARED]
        return self._near[name]

    def _story(self, number: int) -> Story:
        if number not in self._stories:
            self._stories[number] = self._story_of(number)
        return self._stories[number]
