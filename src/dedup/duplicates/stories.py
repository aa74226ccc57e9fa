"""numbers of known documents -> their stories, read together and kept while they are in use."""

from array import array
from collections.abc import Iterable, Sequence

from dedup import _kernel
from dedup.duplicates.archive import Archive, body
from dedup.duplicates.store import Store
from dedup.duplicates.story import Story

KEPT = 1 << 24  # bytes that stories take, more or less: those of one kind look at the same neighbours again and again


def furniture(story: Story, others: Iterable[Story], same: bytes) -> bytes:
    """Return one byte a word: FURNITURE where the word stands in a run that others repeat, else 0.

    A run is `story.run` consecutive words; it is furniture when two of the same source have it, which have a byte in
    `same` that is not zero, or five of any.
    """
    width = story.run
    return _kernel.furniture(story.hashes, width, [each.runs(width) for each in others], same)


class Stories:
    """Reads stories out of an archive, and keeps those used last: those in use, and those that were before them."""

    def __init__(self, archive: Archive | Store, width: int) -> None:
        self._archive, self._width = archive, width
        self._used: dict[int, Story] = {}
        self._before: dict[int, Story] = {}
        self._furnished: dict[tuple[int, int], tuple[bytes, bytes, bytes]] = {}  # by how many; by whom, and what
        self._bytes = 0  # of the texts in use

    def get(self, numbers: Sequence[int]) -> list[Story]:
        """Return the stories of known documents."""
        used = self._used
        try:
            return [used[number] for number in numbers]
        except KeyError:
            self._use([number for number in numbers if number not in used])
        return [used[number] for number in numbers]

    def keep(self, number: int, story: Story) -> None:
        """Keep the story of a document that has just become known: one of its kind may follow soon."""
        self._hold({number: story})

    def furniture(self, number: int, others: bytes, same: bytes) -> bytes:
        """Return `furniture` of a known document by others (u32 bytes); asked again about the same ones, it knows."""
        by, of, found = self._furnished.get((number, len(same)), (b"", b"", b""))
        if (by, of) != (others, same):
            (story,) = self.get([number])
            found = furniture(story, self.get(array("I", others)), same)
            self._furnished[number, len(same)] = others, same, found
        return found

    def _use(self, numbers: Sequence[int]) -> None:
        found = {number: self._before[number] for number in numbers if number in self._before}
        missing = [number for number in dict.fromkeys(numbers) if number not in found]
        if missing:
            read = Story.many([body(self._archive.packed(number)) for number in missing], self._width)
            found |= zip(missing, read, strict=True)
        self._hold(found)

    def _hold(self, found: dict[int, Story]) -> None:
        self._used |= found
        self._bytes += sum(len(story.encoded) + 3 * len(story.hashes) for story in found.values())
        if 2 * self._bytes > KEPT:
            self._used, self._before, self._bytes = {}, self._used, 0
            self._furnished.clear()
