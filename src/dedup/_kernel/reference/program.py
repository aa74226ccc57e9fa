"""a line and a program of an expression -> whether the expression may match the line, told character by character."""

from array import array
from collections.abc import Iterator, Sequence

TAKE, SPAN, FORK, JUMP, BORDER, PEEK, DONE = range(7)
STEP_SHIFT = 24
INVISIBLE = {0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF}
SPACES = {0xA0, 0x2007, 0x2009, 0x202F, 0x3000}
_SHOWN = dict.fromkeys(INVISIBLE) | dict.fromkeys(SPACES, " ")

_WORD = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


Program = Sequence[tuple[int, int]]


class Programs:
    """Expressions, each as one program or several, one after another, that all have to match.

    A program is u32 numbers: a step in the highest byte, and a place in the program or the number of a class. `take`
    a character of a class, `span` as many as there are, `fork` to go on in two places, `jump` to one, go on at a
    `border` of a word, or where a character of a class follows (`peek`), `done`, which ends it. `classes` are triples:
    two halves of a bitmap of ASCII, and whether all other characters are in it.
    """

    def __init__(self, classes: Sequence[tuple[int, ...]], expressions: Sequence[bytes]) -> None:
        self._classes = [(high << 64 | low, others) for low, high, others in classes]
        self._expressions = [list(_programs(each)) for each in expressions]
        for program in (program for programs in self._expressions for program in programs):
            rooms = {FORK: len(program), JUMP: len(program), BORDER: 1 << 24, DONE: 1 << 24}
            sound = all(step <= DONE and at < rooms.get(step, len(self._classes)) for step, at in program)
            if not sound or program[-1][0] != DONE:
                raise ValueError("a program goes where there is nothing")

    def may_match(self, expression: int, line: str) -> bool:
        """Return whether a line, read without what is invisible, every space as " ", may be matched.

        What has no program may match anything.
        """
        shown = line.translate(_SHOWN)
        programs = self._expressions[expression] if expression < len(self._expressions) else []
        return all(self._accepts(program, shown) for program in programs)

    def _accepts(self, program: Program, line: str) -> bool:
        places, before = {0}, ""
        for character in line:
            places, before = set(self._reached(program, places, before, character)), character
            if not places:
                return False
        return len(program) in self._reached(program, places, before, "")

    def _reached(self, program: Program, places: set[int], before: str, character: str) -> Iterator[int]:
        """Yield the places after `character`; at the end of the line, the program's own end."""
        open_, seen = list(places), set()
        while open_:
            place = open_.pop()
            if place in seen:
                continue
            seen.add(place)
            step, at = program[place]
            if step == TAKE and self._has(at, character):
                yield place + 1
            elif step == SPAN:
                open_.append(place + 1)
                if self._has(at, character):
                    yield place
            elif step == FORK:
                open_ += at, place + 1
            elif step == JUMP:
                open_.append(at)
            elif (step == BORDER and _may_part(before, character)) or (step == PEEK and self._has(at, character)):
                open_.append(place + 1)
            elif step == DONE and not character:
                yield len(program)

    def _has(self, number: int, character: str) -> bool:
        ascii_, others = self._classes[number]
        return bool(character) and bool(ascii_ >> ord(character) & 1 if character < "\x80" else others)


def _programs(numbers: bytes) -> Iterator[Program]:
    program = []
    for number in array("I", numbers):
        program.append((number >> STEP_SHIFT, number & ((1 << STEP_SHIFT) - 1)))
        if program[-1][0] == DONE:
            yield program
            program = []
    if program:
        yield program


def _may_part(before: str, after: str) -> bool:
    left, right = (character != "" and character in _WORD for character in (before, after))
    return left != right or before > "\x7f" or after > "\x7f"
