"""parts of a regular expression -> programs for the kernel, which tell the lines it cannot match from the others.

They see less than the expression: no look-around but for what has to follow its first parts, which has a program of its
own, no reference to a group, long repetitions as endless ones.
"""

from array import array
from collections.abc import Sequence
from functools import reduce
from operator import or_

from dedup.boilerplate.expression import ANYTHING, ASCII, Characters, Part, sequence

TAKE, SPAN, FORK, JUMP, BORDER, PEEK, DONE = range(7)
STEP_SHIFT = 24
LEAST = 3  # copies of a longer part that has to be there more than once
COPIES = 8  # of a character that is repeated; of one that may be more often, as many as there have to be
MASK = 2**64 - 1


class Programs:
    """Programs that share classes of characters; `classes` are those of earlier ones."""

    def __init__(self, classes: bytes = b"") -> None:
        rows = memoryview(classes).cast("Q")
        triples = zip(rows[::3], rows[1::3], rows[2::3], strict=True)
        self._classes: dict[Characters, int] = {
            (high << 64 | low, bool(others)): number for number, (low, high, others) in enumerate(triples)
        }
        self._code: list[tuple[int, int]] = []

    def classes(self) -> bytes:
        """Return the classes of the programs so far, as the kernel takes them."""
        return array(
            "Q", [number for bits, others in self._classes for number in (bits & MASK, bits >> 64, others)]
        ).tobytes()

    def of(self, part: Part) -> bytes:
        """Return the programs of an expression, one after another; a line it matches is matched by all."""
        ahead = [sequence([*part.items[:at], each.ahead, ANYTHING]) for at, each in enumerate(part.items) if each.ahead]
        return b"".join([self._of(each) for each in (part, *ahead)])

    def _of(self, part: Part) -> bytes:
        self._code = []
        self._add(part)
        self._put(DONE)
        return array("I", [step << STEP_SHIFT | at for step, at in self._code]).tobytes()

    def _put(self, step: int, at: int = 0) -> int:
        self._code.append((step, at))
        return len(self._code) - 1

    def _class(self, characters: Characters) -> int:
        return self._classes.setdefault(characters, len(self._classes))

    def _add(self, part: Part) -> None:
        if part.border:
            self._put(BORDER)
        elif part.repeated:
            self._add_repeated(*part.repeated)
        elif part.characters:
            for each in part.characters:
                self._put(TAKE, self._class(each))
        elif part.branches:
            self._add_branches(sorted(part.branches, key=lambda branch: branch.starts & -branch.starts))
        else:
            for item in part.items:
                self._add(item)

    def _add_branches(self, branches: Sequence[Part]) -> None:
        """Add alternatives, halved again and again, so that those whose beginning is not there are not looked at."""
        if not any(branch.empty for branch in branches):
            starts = reduce(or_, (branch.starts for branch in branches))
            self._put(PEEK, self._class((starts & ASCII, True)))
        if len(branches) == 1:
            self._add(branches[0])
            return
        half = len(branches) // 2
        other = self._put(FORK)
        self._add_branches(branches[:half])
        end = self._put(JUMP)
        self._aim(other)
        self._add_branches(branches[half:])
        self._aim(end)

    def _add_repeated(self, part: Part, low: int, high: int) -> None:
        is_one = len(part.characters) == 1
        if is_one and high > COPIES:
            for _ in range(min(low, COPIES)):
                self._add(part)
            self._put(SPAN, self._class(part.characters[0]))
            return
        forks = []
        for count in range(high if is_one else min(max(low, 1), LEAST)):
            if count >= low:
                forks.append(self._put(FORK))
            begin = len(self._code)
            self._add(part)
        if high > 1 and not is_one:
            self._put(FORK, begin)
        for fork in forks:
            self._aim(fork)

    def _aim(self, at: int) -> None:
        """Let a fork or jump go where the next step will be."""
        self._code[at] = self._code[at][0], len(self._code)
