"""stories and the documents around them -> what they share that no other story repeats."""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

from dedup import _kernel
from dedup.duplicates.memory import Memory
from dedup.duplicates.stories import Stories
from dedup.duplicates.story import Story
from dedup.duplicates.verify import Comparison, Overlap, needs_a_look


class Subject(NamedTuple):
    """A story and whose it is: its number when it is known, else its source, id, and the keys it is found by."""

    story: Story
    number: int = 0
    source: int = 0
    id: str = ""
    keys: bytes = b""


class Surroundings:
    """What one search knows of the documents around its stories; nothing is remembered or forgotten before it ends."""

    def __init__(self, memory: Memory, stories: Stories) -> None:
        self._memory, self._stories = memory, stories
        self._new: dict[bytes, _kernel.Around] = {}  # by the words of a story that is not known
        self._known: dict[int, _kernel.Around] = {}
        self._overlaps: dict[tuple[bytes, int], Overlap] = {}
        self._pairs: dict[tuple[bytes, str, int], Comparison] = {}

    def overlaps(self, subject: Subject, numbers: Sequence[int]) -> list[Overlap]:
        """Return what shingles a story shares with known documents."""
        found = array("I", self._around(subject).overlaps(array("I", numbers).tobytes())).tolist()
        shared = list(zip(found[::3], found[1::3], found[2::3], strict=True))
        words = subject.story.hashes
        self._overlaps.update(zip([(words, number) for number in numbers], shared, strict=True))
        return shared

    def compare(self, a: Subject, b: Subject) -> Comparison:
        """Return the comparison of two stories without the furniture that other stories show up."""
        name = a.story.hashes, a.story.title, b.number
        if b.number and name in self._pairs:
            return self._pairs[name]
        overlap = self._overlap(a, b)
        pair = Comparison(a.story, b.story, overlap)
        marks = self._around(a).furniture(self._around(b), 0) if needs_a_look(pair) else None
        if marks is not None:
            pair = Comparison(a.story, b.story, overlap, *marks)
        if b.number:
            self._pairs[name] = pair
        return pair

    def compare_covered(self, a: Subject, number: int, ways: int) -> Comparison | None:
        """Return the same for a close document that is known; None where too little is covered in all of `ways`."""
        marks = self._around(a).furniture(self._beside(number), ways)
        if marks is None:
            return None
        (story,) = self._stories.get([number])
        pair = Comparison(a.story, story, self._overlap(a, Subject(story, number)), *marks)
        self._pairs[a.story.hashes, a.story.title, number] = pair
        return pair

    def keep(self, number: int, subject: Subject) -> None:
        """Note that a story is that of the document `number` from now on."""
        self._stories.keep(number, subject.story)
        if subject.story.hashes in self._new:
            self._stories.words.keep(number, self._new[subject.story.hashes])

    def _overlap(self, a: Subject, b: Subject) -> Overlap:
        found = self._overlaps.get((a.story.hashes, b.number))
        if found is None:
            shared, size, other = array("I", self._around(a).overlap(self._around(b)))
            found = shared, size, other
        return found

    def _around(self, subject: Subject) -> _kernel.Around:
        if subject.number:
            return self._beside(subject.number)
        story, memory = subject.story, self._memory
        if story.hashes not in self._new:
            holder = memory.holder(subject.id, subject.keys)
            group = memory.index.group(holder) if holder else 0
            place = self._stories.words, memory.index, self._stories.read, memory.since
            self._new[story.hashes] = _kernel.Around(
                *place, story.encoded, story.cuts, story.hashes, subject.source, group
            )
        return self._new[story.hashes]

    def _beside(self, number: int) -> _kernel.Around:
        if number not in self._known:
            memory, stories = self._memory, self._stories
            self._known[number] = _kernel.Around(stories.words, memory.index, stories.read, memory.since, number)
        return self._known[number]
