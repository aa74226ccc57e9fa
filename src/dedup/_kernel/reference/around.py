"""a text and the documents around it -> what they share, and which words of it other documents repeat."""

from array import array
from collections.abc import Callable, Iterator

from dedup._kernel.reference.arrays import pack
from dedup._kernel.reference.cover import ANYWHERE, FURNITURE, IN_SOURCE, cover, distinct, furniture, overlaps, runs
from dedup._kernel.reference.describe import places, samples, words
from dedup._kernel.reference.index import Index

OWN = 16  # flag of a word: a character that is one
Read = Callable[[bytes], list[bytes]]


class Stories:
    """How the words of documents are compared; the native twin keeps those that are in use, `kept` bytes of them.

    `sizes` (u32 bytes): words of a shingle; one shingle in so many is a sample; words of a run, and characters where
    most words are one; documents that are asked what they repeat, first and in the end; nearest documents that may be
    copies. `limits` (f64 bytes): resemblance and containment of a copy; own words that two texts need to be related,
    the text and the other; the share of its words that are its own; the share of these that are covered in one of
    them, and in both together.
    """

    def __init__(self, sizes: bytes, limits: bytes, kept: int) -> None:
        if len(sizes) != 28 or len(limits) != 56:
            raise ValueError("sizes and limits are seven numbers each")
        self.width, self.sample, self.run, self.own_run, self.few, self.neighbours, self.likely = array("I", sizes)
        self.resemblance, self.containment, self.own, self.other, self.share, self.coverage, self.both = array(
            "d", limits
        )
        if not self.sample:
            raise ValueError("sample is 0; it is 1 or more")
        if not self.run or not self.own_run:
            raise ValueError("a run is 0 words; it is 1 or more")

    def keep(self, number: int, text: "Around") -> None:
        """Note that a text is that of the document `number` from now on."""


class Around:
    """What one search knows around a text; nothing is remembered or forgotten before it ends.

    `read` returns the texts (UTF-8) of documents (u32 bytes) and their cuts, by turns. Documents older than `since`
    count for nothing. The text is that of the document `number`; or it is not known: a text, its cuts, its words, its
    source, and the group of the document it takes the place of, or 0.
    """

    def __init__(
        self, stories: Stories, index: Index, read: Read, since: int, text: bytes | int, cuts: bytes = b"",
        words: bytes = b"", source: int = 0, group: int = 0,
    ) -> None:  # fmt: skip
        self._stories, self._index, self._read, self._since = stories, index, read, since
        self._number = text if isinstance(text, int) else 0
        if isinstance(text, int):
            (self.words,) = self._words(pack("I", [text]))
            text, cuts = read(pack("I", [text]))
            source, group = index.source(self._number), index.group(self._number)
        else:
            self.words = words
        self._text, self._cuts, self._source, self._group = text, cuts, source, group

    def overlap(self, other: "Around") -> bytes:
        """Return distinct shingles (u32 bytes): in common, of the text, of the other."""
        return pack("I", self._overlap(other.words))

    def overlaps(self, numbers: bytes) -> bytes:
        """Return the same of each of the documents `numbers` (u32 bytes)."""
        return b"".join(pack("I", self._overlap(each)) for each in self._words(numbers))

    def furniture(self, other: "Around", ways: int) -> tuple[bytes, bytes] | None:
        """Return a byte for each word of both texts, FURNITURE where it stands in a run that other stories repeat.

        Both are empty where too few are there to repeat any. None where too little is covered, whatever else will be
        set aside of their words, for the two to be related: of the text (`ways` 1), of either (2), of either or of both
        together (3); 0 asks nothing.
        """
        stories, apart = self._stories, pack("I", {*self._groups(), *other._groups()})
        few = [min(stories.few, stories.neighbours)] if ways else []
        marks = b"", b""
        for most in (*few, stories.neighbours):
            marks = self._repeated(apart, most), other._repeated(apart, most)
            if ways and not self._is_covered(other, *marks, ways):
                return None
        return marks

    def _words(self, numbers: bytes) -> list[bytes]:
        told = self._read(numbers)
        if len(told) * 2 != len(numbers):
            raise ValueError("numbers and texts differ in number")
        return words(told[::2], told[1::2], True)

    def _overlap(self, other: bytes) -> tuple[int, int, int]:
        mine, theirs = distinct(self.words, self._stories.width), distinct(other, self._stories.width)
        (shared,) = array("I", overlaps(mine, [theirs]))
        return shared, len(mine) // 8, len(theirs) // 8

    def _near(self, most: int) -> bytes:
        asked = samples(self.words, self._stories.width, self._stories.sample)
        return self._index.neighbours(asked, self._since, most)

    def _groups(self) -> Iterator[int]:
        """Yield the groups that tell the same story: its own, or those of its copies."""
        yield self._group
        if not self._number:
            near = self._near(self._stories.likely)
            for number, each in zip(array("I", near), self._words(near), strict=True):
                if self._is_copy(*self._overlap(each)):
                    yield self._index.group(number)

    def _is_copy(self, shared: int, size: int, other: int) -> bool:
        stories = self._stories
        contained = shared >= stories.containment * min(size, other) > 0
        return contained or shared >= stories.resemblance * (size + other - shared)

    def _repeated(self, apart: bytes, most: int) -> bytes:
        near = self._near(2 * self._stories.likely)
        numbers, same = self._index.witnesses(near, apart, self._source, most)
        if same.count(1) < IN_SOURCE and len(same) < ANYWHERE:
            return b""
        run = self._run()
        return furniture(self.words, run, [runs(each, run) for each in self._words(numbers)], same)

    def _run(self) -> int:
        """Return how many consecutive words must recur elsewhere to be furniture."""
        longer = sum(byte & 0xC0 == 0x80 for byte in self._text)  # a character that is a word takes three bytes
        if longer + 2 * self._text.count(b"&") <= len(self.words) // 8:  # or a reference
            return self._stories.run
        *_, flags = places(self._text, self._cuts, True)
        return self._stories.own_run if 2 * sum(flag & OWN != 0 for flag in flags) > len(flags) else self._stories.run

    def _is_covered(self, other: "Around", marks: bytes, other_marks: bytes, ways: int) -> bool:
        """Whether enough words are covered; more set aside leaves no more, and so many own words there must be."""
        stories, size, other_size = self._stories, len(self.words) // 8, len(other.words) // 8
        own, other_own = max(stories.own, stories.share * size), max(stories.other, stories.share * other_size)
        _, covered, _, other_covered = cover(self.words, other.words, marks, other_marks, FURNITURE, stories.width)
        return (
            covered >= stories.coverage * own
            or (ways >= 2 and other_covered >= stories.coverage * other_own)
            or (ways >= 3 and covered + other_covered >= stories.both * own)
        )
