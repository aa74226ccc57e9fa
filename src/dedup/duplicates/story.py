"""text -> its story: the words outside boilerplate, and what kind of words they are."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

from dedup import _kernel
from dedup.duplicates.numerals import HASHES, is_number
from dedup.tokens import CAPITAL, LINE, OWN, Tokens

FACT, FURNITURE, LISTED, RESPELLED, SHOWN = 1, 2, 4, 8, 16  # marks of a word; SHOWN: a fact where it is first met

SIGNS = ("://", "www.", "@")  # of an address: it goes on as far as printable ASCII does
ENDS_ADDRESS = re.compile("[^!-~]")
LIST_LINES = 3  # this many list lines together make a list
LIST_WORDS, LIST_CHARACTERS, LIST_UNCASED = 14, 40, 8  # words of a list line at most, by script
SENTENCE_ENDS = frozenset('.!?。！？…"”»:;,،।؛')
CLOSED = frozenset(end + "\n" for end in SENTENCE_ENDS)
LEFT_WORDS = 8  # beside the lists; with fewer left, the lists are the story
SENTENCE_WORDS = 8  # a line of no more is no sentence
HAS = {flag: bytes(byte & flag != 0 for byte in range(256)) for flag in (CAPITAL, LINE, OWN)}  # for translate
HAS_SHOWN = bytes(byte & SHOWN != 0 for byte in range(256))
RUN, OWN_RUN = 6, 10  # consecutive words that make furniture, and characters where each is a word


@dataclass(eq=False)
class Story:
    """A text's own words: the tokens outside its cuts, ready to be compared.

    `hashes` (u64 bytes) is all it takes to see whether two stories have anything to do with each other; what else
    there is to know is found out when asked for.
    """

    encoded: bytes  # UTF-8
    cuts: bytes  # start and end pairs of what is no story (u32, code points, sorted)
    width: int
    hashes: bytes
    title: str = ""

    @classmethod
    def of(cls, text: str, cuts: bytes, width: int, title: str = "") -> "Story":
        """Return the story of `text` without `cuts`."""
        (story,) = cls.many([(text.encode("utf-8", "surrogatepass"), cuts)], width)
        story.title = title
        return story

    @classmethod
    def many(cls, bodies: Sequence[tuple[bytes, bytes]], width: int) -> "list[Story]":
        """Return the stories of texts (UTF-8) with their cuts."""
        words = _kernel.words([text for text, _ in bodies], [cuts for _, cuts in bodies], True)
        return [cls(text, cuts, width, hashes) for (text, cuts), hashes in zip(bodies, words, strict=True)]

    def __len__(self) -> int:
        return len(self.hashes) // 8

    @cached_property
    def text(self) -> str:
        return self.encoded.decode("utf-8", "surrogatepass")

    @cached_property
    def tokens(self) -> Tokens:
        return Tokens.from_kernel(self.hashes, *_kernel.places(self.encoded, self.cuts, True))

    @cached_property
    def seams(self) -> tuple[int, ...]:
        """The words before which something was cut out, in order."""
        return tuple(bisect_left(self.tokens.starts, start) for start in array("I", self.cuts)[::2])

    @cached_property
    def marks(self) -> bytes:
        """One byte of marks a word: facts, addresses (which are furniture) and lists."""
        return joined(_kernel.facts(self.hashes, bytes(self.tokens.flags), HASHES), self.aside)

    @cached_property
    def aside(self) -> bytes:
        """The marks of addresses and lists alone; empty when there are none."""
        addresses = _signs(self.text)
        lists = _may_have_lists(self.text)
        if not addresses and not lists:
            return b""
        marks = bytearray(len(self))
        for first, last in self._addresses(addresses):
            marks[first:last] = bytes((FURNITURE,)) * (last - first)
        ranges = [*self._lists()] if lists else []
        if len(marks) - sum(last - first for first, last in ranges) >= LEFT_WORDS:
            for first, last in ranges:
                for at in range(first, last):
                    marks[at] |= LISTED
        return bytes(marks)

    def _addresses(self, signs: Iterable[int]) -> Iterator[tuple[int, int]]:
        """Links and mail addresses around `signs`, as ranges of tokens."""
        text, end = self.text, 0
        for sign in signs:
            if sign < end:
                continue
            behind = ENDS_ADDRESS.search(text, sign)
            start, end = sign, behind.start() if behind else len(text)
            while start and "!" <= text[start - 1] <= "~":
                start -= 1
            first = bisect_left(self.tokens.starts, start)
            yield first, bisect_left(self.tokens.starts, end, first)

    def _lists(self) -> Iterator[tuple[int, int]]:
        """Lists, menus and tables: lines one after another that are short, end no sentence and continue none.

        A line that comes twice, as the picture and the words of one link do, may be as long as it likes.
        """
        flags, text, starts, ends = bytes(self.tokens.flags), self.text, self.tokens.starts, self.tokens.ends
        edges = _lines(flags)
        told = bytes(  # lines that surely go on or end a sentence
            [
                text[starts[at]].islower() or text[(close := ends[end - 1]) : close + 2] in CLOSED
                for at, end in pairwise(edges)
            ]
        )
        if bytes(LIST_LINES) not in told:
            return
        most = LIST_WORDS if 100 * _count(flags, CAPITAL) >= len(flags) else LIST_UNCASED
        lines = [text[starts[at] : ends[end - 1]] for at, end in pairwise(edges)]
        twice = {line for line, below in pairwise(lines) if line == below}
        together, first = 0, 0  # lines, and the token where they begin
        for (at, end), is_told, line in zip(pairwise(edges), told, lines, strict=True):
            if not is_told and self._is_item(at, end, flags, len(flags) if line in twice else most):
                first = first if together else at
                together += 1
            else:
                if together >= LIST_LINES:
                    yield first, at
                together = 0
        if together >= LIST_LINES:
            yield first, len(flags)

    def _is_item(self, first: int, last: int, flags: bytes, most: int) -> bool:
        words = last - first
        if words > most and (words > LIST_CHARACTERS or 2 * _count(flags[first:last], OWN) <= words):
            return False
        text, tokens = self.text, self.tokens
        end = tokens.ends[last - 1]
        behind = text[end : tokens.starts[last] if last < len(flags) else None].partition("\n")[0].rstrip()
        return (behind or text[end - 1])[-1] not in SENTENCE_ENDS

    def is_number(self, at: int) -> bool:
        """Whether token `at` is a number, in digits or in a word."""
        return is_number(self.tokens.hashes[at], self.tokens.flags[at])

    @cached_property
    def _begins(self) -> bytes:
        return bytes(self.tokens.flags).translate(HAS[LINE])

    @cached_property
    def _has_capitals(self) -> bool:
        return not self.text.islower()

    def line_words(self, at: int) -> int:
        """Return how many words the line of token `at` has; of a sentence that goes on in others, more than are few."""
        begins, size = self._begins, len(self)
        first, last = max(0, begins.rfind(1, 0, at + 1)), begins.find(1, at + 1) % (size + 1)
        while last - first <= SENTENCE_WORDS and first and self._goes_on(first):
            first = max(0, begins.rfind(1, 0, first))
        while last - first <= SENTENCE_WORDS and last < size and self._goes_on(last):
            last = begins.find(1, last + 1) % (size + 1)
        return last - first

    def _goes_on(self, at: int) -> bool:
        """Whether the line that begins with token `at` goes on with the one before; untold without capitals."""
        return self._has_capitals and self.text[self.tokens.starts[at]].islower()

    def shown(self, at: int) -> int:
        """Return where the fact that token `at` is, is first met as one."""
        if self.marks[at] & SHOWN:
            return at
        shown, word = self.marks.translate(HAS_SHOWN), self.tokens.hashes[at]
        place = shown.find(1)
        while self.tokens.hashes[place] != word:
            place = shown.find(1, place + 1)
        return place

    def quote(self, first: int, last: int) -> str:
        """Return the text of tokens `first` to `last` (exclusive) on one line."""
        return " ".join(self.text[self.tokens.starts[first] : self.tokens.ends[last - 1]].split())


def joined(*marks: bytes) -> bytes:
    """Return all marks of the same words together; some may be empty."""
    held = [each for each in marks if each]
    if len(held) < 2:
        return held[0] if held else b""
    together = 0
    for each in held:
        together |= int.from_bytes(each, "little")
    return together.to_bytes(len(held[0]), "little")


def _signs(text: str) -> list[int]:
    """Return where the signs of addresses stand."""
    places = []
    for sign in SIGNS:
        at = text.find(sign)
        while at >= 0:
            places.append(at)
            at = text.find(sign, at + len(sign))
    return sorted(places)


def _may_have_lists(text: str) -> bool:
    """Whether enough lines for a list end no sentence, whatever the tokens are: no list has another line."""
    lines = text.splitlines()
    if len(lines) != text.count("\n") + (text[-1:] != "\n"):
        return True  # lines end in several ways
    left = LIST_LINES
    for line in lines:
        if line and line[-1] not in SENTENCE_ENDS and (line := line.rstrip()) and line[-1] not in SENTENCE_ENDS:
            left -= 1
            if not left:
                return True
    return False


def _lines(flags: bytes) -> list[int]:
    """Return the tokens where lines begin, and where the last one ends."""
    lines = flags[1:].translate(HAS[LINE]).split(b"\1")
    return [0, *accumulate(len(line) + 1 for line in lines)] if flags else []


def _count(flags: bytes, flag: int) -> int:
    return flags.translate(HAS[flag]).count(1)
