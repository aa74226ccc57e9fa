"""a regular expression -> its parts, and what can be told of each of them without the rest."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from operator import or_

from dedup import _kernel

LONGEST = 300  # code points; longer lines are never machine-made one-liners
STRINGS = 400  # the most strings a part may stand for to be spelt out
LISTED = 12  # the most characters of a class that are spelt out
ASCII = (1 << 128) - 1
OTHERS = 1 << 128  # in a bitmap of characters: those that are not ASCII
LETTERS = "aZ5éßжЯαबب漢あア한กğ"
COMMON = ":)(.,-"  # characters that say little, the least last
FULL_WIDTH = 0xFEE0  # from "!" to its full-width form
FOLDED = frozenset("iksIKS")  # letters that others, not ASCII, are cases of
_ESCAPE = r"\\(?:[pP]\{[^}]*\}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[dDwWsSnrtfv]|[\W_])"
_ATOM = re.compile(
    r"\(\?(?:#[^)]*|[ims]+)\)|\(\?(?:<?[=!]|P?<\w+>|>|[ims]*(?:-[ims]+)?:)|\((?![?*])"
    rf"|{_ESCAPE}|\\(?:[bBAZz]|[1-9][0-9]*|g<\w+>)|\[\^?\]?(?:{_ESCAPE}|[^\]\\\[])*\]|[^\\\[({{]",
    re.DOTALL,
)
_LETTER = r"[^\\\[()|.^$*+?{]|\\[\W_]"  # stands for itself
_LETTERS = re.compile(rf"(?:{_LETTER})+(?![*+?{{])")
_COUNT = re.compile(r"(?:([*+?])|\{(?=,?\d)(\d*)(,?)(\d*)\})[?+]?")
_IGNORING = re.compile(r"\(\?[ms]*i[ims]*[-:)]")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}


class NotTaken(ValueError):
    """A piece of a regular expression that shapes do not take, and where it stands."""

    def __init__(self, piece: str, place: int) -> None:
        super().__init__(f"'{piece}' at position {place} is nothing a shape takes")


Characters = tuple[int, bool]  # a bitmap of ASCII, and whether all other characters are among them


@dataclass(frozen=True, slots=True)
class Part:
    """What can be told of a part of an expression without knowing the rest of it."""

    starts: int = 0  # bitmaps of the characters it may begin with, and end with
    ends: int = 0
    longest: int = 0
    empty: bool = True  # may it be nothing
    word_first: bool = False  # may it begin, or end, with a character of a word
    word_last: bool = False
    strings: tuple[str, ...] | None = ("",)  # all it may be, when that is little
    holds: str = ""  # a character it always holds
    items: tuple["Part", ...] = ()  # a sequence of parts
    branches: tuple["Part", ...] = ()  # alternatives
    repeated: tuple["Part", int, int] | None = None  # a part, at least and at most so often
    characters: tuple[Characters, ...] = ()  # one of each, one after another
    border: bool = False  # no word reaches over it, as for "\\b"
    ahead: "Part | None" = None  # what has to follow, whatever else does


def sequence(items: Sequence[Part]) -> Part:
    if len(items) == 1:
        return items[0]
    longest, empty = sum(item.longest for item in items), all(item.empty for item in items)
    strings: tuple[str, ...] | None = ("",)
    for item in items:
        if strings is not None and item.strings is not None and len(strings) * len(item.strings) <= STRINGS:
            strings = tuple(map("".join, product(strings, item.strings)))
        else:
            strings = None
    first = next((item.word_first for item in items if item.word_first or not item.empty), False)
    last = next((item.word_last for item in reversed(items) if item.word_last or not item.empty), False)
    starts, ends = _edge(items, "starts"), _edge(reversed(items), "ends")
    return Part(starts, ends, longest, empty, first, last, strings, _telling(items), tuple(items))


def _edge(items: Iterable[Part], name: str) -> int:
    """Return the characters a sequence may begin with, or end with, the parts at that edge first."""
    found = 0
    for item in items:
        found |= getattr(item, name)
        if not item.empty:
            break
    return found


def _telling(items: Iterable[Part]) -> str:
    """Return the character that says most of those the parts always hold."""
    return min(filter(None, [item.holds for item in items]), key=COMMON.find, default="")


def _choice(branches: list[Part]) -> Part:
    if len(branches) == 1:
        return branches[0]
    known = [branch.strings for branch in branches if branch.strings is not None]
    strings = tuple(dict.fromkeys(text for each in known for text in each)) if len(known) == len(branches) else None
    holds = {branch.holds for branch in branches}
    return Part(
        reduce(or_, (branch.starts for branch in branches)),
        reduce(or_, (branch.ends for branch in branches)),
        max(branch.longest for branch in branches),
        any(branch.empty for branch in branches),
        any(branch.word_first for branch in branches),
        any(branch.word_last for branch in branches),
        strings if strings is not None and len(strings) <= STRINGS else None,
        holds.pop() if len(holds) == 1 else "",
        branches=tuple(branches),
    )


def _repeated(part: Part, low: int, high: int) -> Part:
    if (low, high) == (1, 1):
        return part
    if high <= 2 and part.strings is not None and len(part.strings) ** high <= STRINGS:
        return _choice([sequence([part] * count) for count in range(low, high + 1)])
    more = replace(part, longest=0, empty=True, strings=None, items=(), branches=(), repeated=None, characters=())
    return replace(
        part,
        longest=part.longest * high,
        empty=part.empty or low == 0,
        strings=None,
        holds=part.holds if low else "",
        items=(part,) * low + (more,) * (high > low),
        branches=(),
        repeated=(part, low, high),
        characters=(),
    )


def _character(source: str, ignoring_case: bool) -> Part:
    """Return the part for one character. What may shout may be a capital."""
    known = _spelt_out(source)
    if re.match(r"\\[g1-9]", source):  # a group once more, which may be anything
        return ANYTHING
    if known is None:
        ascii, is_word, wide = _class(source, ignoring_case)
        any_other = wide or "\\d" in source
        starts, ends = ascii | OTHERS * wide, ascii | OTHERS * any_other
        return Part(starts, ends, 1, False, is_word, is_word, None, characters=((ascii, any_other),))
    ascii = 0
    for case in {case for each in known for case in _cases(each, ignoring_case)}:
        ascii |= 1 << ord(case) if len(case) == 1 and case < "\x80" else 0
    is_word = _holds_words("".join(known))
    plain = {chr(ord(each) - FULL_WIDTH) if "！" <= each <= "～" else each for each in known}
    holds = plain.pop() if len(plain) == 1 and not is_word else ""
    wide = max(known) > "\x7f" or (ignoring_case and not FOLDED.isdisjoint(known))
    both = ascii | OTHERS * wide
    return Part(both, both, 1, False, is_word, is_word, tuple(known), holds.strip(), characters=((ascii, wide),))


def _cases(character: str, ignoring_case: bool) -> tuple[str, ...]:
    capital = character.upper()
    return (character, capital, character.lower(), capital.lower()) if ignoring_case else (character, capital)


def _holds_words(text: str) -> bool:
    return bool(_kernel.tokenize(text.encode("utf-8", "surrogatepass"), False)[0])


def _run(letters: list[Part]) -> Part:
    """Return the part for single characters one after another, each of them certain."""
    first, last = letters[0], letters[-1]
    return Part(
        first.starts,
        last.ends,
        len(letters),
        False,
        first.word_first,
        last.word_last,
        ("".join([text for letter in letters for text in letter.strings or ()]),),
        _telling(letters),
        characters=tuple([characters for letter in letters for characters in letter.characters]),
    )


def _spelt_out(source: str) -> list[str] | None:
    """Return the characters a literal or a class lists, or None when it has ranges, properties or many."""
    if source[0] == "[":
        pieces = re.findall(rf"{_ESCAPE}|.", source[1:-1], re.DOTALL)
        if source[1] == "^" or "-" in pieces[1:-1] or len(pieces) > LISTED:
            return None
        known = [_spelt_out(piece) for piece in pieces]
        return [text for each in known if each for text in each] if all(known) else None
    if source[0] == "\\" and len(source) > 1:
        if source[1] in _ESCAPES:
            return [_ESCAPES[source[1]]]
        if source[1] in "xu":
            return [chr(int(source[2:], 16))]
        return None if source[1].isalnum() else [source[1]]
    return None if source == "." else [source]


def _class(source: str, ignoring_case: bool) -> tuple[int, bool, bool]:
    """Return the ASCII characters of a class as a bitmap, and whether it has any of words, and any not ASCII.

    Digits of other scripts are left out: no shape begins with one.
    """
    import regex

    flags = regex.VERSION1 | regex.DOTALL | (regex.IGNORECASE if ignoring_case else 0)
    matches = regex.compile(source, flags).fullmatch
    found = {chr(point) for point in range(128) if matches(chr(point))}
    starts = sum(1 << ord(each) for each in found | {each.upper() for each in found})
    wide = (
        not source.isascii() or source[:2] == "[^" or re.search(r"\\[pPwWsSDxu]", source) is not None or source == "."
    )
    wide |= ignoring_case and not FOLDED.isdisjoint(found)
    return starts, any(map(matches, LETTERS)), wide


_ANY = ASCII | OTHERS
ANYTHING = _repeated(Part(_ANY, _ANY, 1, False, True, True, None, characters=((ASCII, True),)), 0, LONGEST)


class Expressions:
    """Reads regular expressions (of the `regex` module), and what a character says once for all of them."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, bool], Part] = {}

    def parts(self, expression: str) -> Part:
        """Return the parts of an expression that compiles; raises `NotTaken` for what could not be looked for."""
        return _Reader(expression, self).read()

    def letters(self, source: str, ignoring_case: bool) -> Part:
        """Return the part for characters that stand for themselves, one after another."""
        key = source, ignoring_case
        if key not in self._read:
            sources = re.findall(_LETTER, source)
            self._read[key] = _run([self.character(each, ignoring_case) for each in sources])
        return self._read[key]

    def character(self, source: str, ignoring_case: bool) -> Part:
        """Return the part for one character: a literal, an escape, or a class."""
        key = source, ignoring_case
        if key not in self._read:
            self._read[key] = _character(source, ignoring_case)
        return self._read[key]


EMPTY = {each: Part() for each in ("^", "$", r"\B", r"\A", r"\Z", r"\z")} | {r"\b": Part(strings=None, border=True)}


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, shape: str, expressions: Expressions) -> None:
        self.shape, self.at, self.ignoring_case = shape, 0, False
        self.expressions = expressions

    def read(self) -> Part:
        branches = [self.branch()]
        while self.shape.startswith("|", self.at):
            self.at += 1
            branches.append(self.branch())
        return _choice(branches)

    def branch(self) -> Part:
        items = []
        while self.at < len(self.shape) and self.shape[self.at] not in "|)":
            items.append(self.counted(self.atom()))
        return sequence(items)

    def atom(self) -> Part:
        if letters := _LETTERS.match(self.shape, self.at):
            self.at = letters.end()
            return self.expressions.letters(letters[0], self.ignoring_case)
        match = _ATOM.match(self.shape, self.at)
        if match is None:
            raise NotTaken(self.shape[self.at : self.at + 3], self.at)
        source = match[0]
        self.at += len(source)
        if source[0] != "(":
            return EMPTY.get(source) or self.expressions.character(source, self.ignoring_case)
        if source[-1] == ")":
            self.ignoring_case |= _IGNORING.match(source) is not None
            return Part()
        outside = self.ignoring_case
        self.ignoring_case |= _IGNORING.match(source) is not None
        inner = self.read()
        self.ignoring_case = outside
        self.at += 1
        if source == "(?=":
            return Part(ahead=inner)
        return Part() if source in ("(?!", "(?<=", "(?<!") else inner

    def counted(self, part: Part) -> Part:
        match = _COUNT.match(self.shape, self.at)
        if match is None:
            return part
        self.at = match.end()
        sign, low, comma, high = match.groups()
        if sign:
            return _repeated(part, int(sign == "+"), 1 if sign == "?" else LONGEST)
        return _repeated(part, int(low or 0), int(high or (LONGEST if comma else low)))
