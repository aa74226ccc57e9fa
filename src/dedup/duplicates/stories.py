"""numbers of known documents -> their stories, read together and kept while they are in use."""

from collections.abc import Sequence

from dedup.duplicates.archive import Archive, body
from dedup.duplicates.store import Store
from dedup.duplicates.story import Story

KEPT = 1 << 22  # bytes of texts: stories of one kind look at the same neighbours again and again


class Stories:
    """Reads stories out of an archive, and keeps those used last."""

    def __init__(self, archive: Archive | Store, width: int) -> None:
        self._archive, self._width = archive, width
        self._kept: dict[int, Story] = {}  # the longest unused first
        self._bytes = 0

    def get(self, numbers: Sequence[int]) -> list[Story]:
        """Return the stories of known documents."""
        kept = self._kept
        missing = [number for number in dict.fromkeys(numbers) if number not in kept]
        if missing:
            read = Story.many([body(self._archive.packed(number)) for number in missing], self._width)
            found = dict(zip(missing, read, strict=True))
            self._bytes += sum(len(story.encoded) for story in read)
        else:
            found = {}
        for number in numbers:
            kept[number] = found[number] if number in found else kept.pop(number)
        stories = [kept[number] for number in numbers]
        self._shrink()
        return stories

    def _shrink(self) -> None:
        while self._bytes > KEPT:
            self._bytes -= len(self._kept.pop(next(iter(self._kept))).encoded)
