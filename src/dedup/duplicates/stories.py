"""numbers of known documents -> their stories, read together and kept while they are in use."""

from array import array
from collections.abc import Sequence

from dedup import _kernel
from dedup.duplicates.archive import Archive, body, title_of
from dedup.duplicates.settings import Settings
from dedup.duplicates.store import Store
from dedup.duplicates.story import OWN_RUN, RUN, Story
from dedup.duplicates.verify import (
    COPY_CONTAINMENT,
    COPY_RESEMBLANCE,
    EXPANSION_WORDS,
    OWN_SHARE,
    OWN_WORDS,
    UPDATE_COVERAGE,
)

KEPT = 1 << 22  # bytes that stories take, more or less: those of one kind look at the same neighbours again and again
WORDS_KEPT = 3 << 22  # the same of what the kernel knows of them
FEW = 6  # neighbours show what a form is, mostly; only where they leave enough covered are all of them asked
COPIES = 2  # times as many neighbours are looked at for copies as are asked for furniture


class Stories:
    """Reads stories out of an archive, and keeps those used last: those in use, and those that were before them."""

    def __init__(self, archive: Archive | Store, settings: Settings) -> None:
        self._archive, self._width = archive, settings.shingle
        self._used: dict[int, Story] = {}
        self._before: dict[int, Story] = {}
        self._bytes = 0  # of the texts in use
        few, most = min(FEW, settings.neighbours), settings.neighbours
        sizes = array("I", (settings.shingle, settings.sample, RUN, OWN_RUN, few, most, COPIES * most))
        limits = array(
            "d",
            (
                COPY_RESEMBLANCE, COPY_CONTAINMENT, OWN_WORDS, EXPANSION_WORDS, OWN_SHARE, settings.coverage,
                UPDATE_COVERAGE,
            ),
        )  # fmt: skip
        self.words = _kernel.Stories(sizes.tobytes(), limits.tobytes(), WORDS_KEPT)

    def get(self, numbers: Sequence[int]) -> list[Story]:
        """Return the stories of known documents."""
        used = self._used
        try:
            return [used[number] for number in numbers]
        except KeyError:
            self._use([number for number in numbers if number not in used])
        return [used[number] for number in numbers]

    def read(self, numbers: bytes) -> list[bytes]:
        """Return the texts (UTF-8) of known documents (u32 bytes) and their cuts, by turns."""
        packed = self._archive.packed
        return [part for number in array("I", numbers) for part in body(packed(number))]

    def keep(self, number: int, story: Story) -> None:
        """Keep the story of a document that has just become known: one of its kind may follow soon."""
        self._hold({number: story})

    def _use(self, numbers: Sequence[int]) -> None:
        found = {number: self._before[number] for number in numbers if number in self._before}
        missing = [number for number in dict.fromkeys(numbers) if number not in found]
        if missing:
            packed = [self._archive.packed(number) for number in missing]
            read = Story.many([*map(body, packed)], self._width)
            for story, data in zip(read, packed, strict=True):
                story.title = title_of(data)
            found |= zip(missing, read, strict=True)
        self._hold(found)

    def _hold(self, found: dict[int, Story]) -> None:
        self._used |= found
        self._bytes += sum(len(story.encoded) + 3 * len(story.hashes) for story in found.values())
        if 2 * self._bytes > KEPT:
            self._used, self._before, self._bytes = {}, self._used, 0
