"""shapes -> what the scanner asks of a line that may have one, and what decides: read anew or as shipped.

Reading the built-in shapes takes longer than cleaning hundreds of texts, compiling them longer than thousands. So it is
done when the package is built: `python -m dedup.boilerplate.readings FILE` writes what the installed package finds
beside the catalogue. Without that file, and for other shapes, all is read anew; expressions are compiled anew too
wherever another `regex` is installed than the one of the build. Numbers are in the byte order of the machine.
"""

import pickle
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dedup.boilerplate.clues import Clues
from dedup.boilerplate.expression import Expressions
from dedup.boilerplate.program import MASK, Programs
from dedup.boilerplate.template import Template
from dedup.boilerplate.words import key_of, word_hashes

if TYPE_CHECKING:
    from regex import Pattern as Regex

SHIPPED = Path(__file__).with_name("catalogue") / "readings.bin"
COLUMNS, SHAPE = 11, 5  # of a clue, as the scanner takes them, and the one for the number of its shape


class ShapeReading(NamedTuple):
    """What is read off a shape: rows of clues, without the number of the shape, and a program.

    `pickled` is the expression as the release `made_by` of `regex` compiled it; b"" where nothing is shipped.
    """

    clues: bytes
    program: bytes
    pickled: bytes = b""
    made_by: bytes = b""

    def expression(self, template: Template) -> "Regex[str]":
        """Return the expression of a template that has this shape; to compile it takes seventy times as long."""
        if not self.pickled or self.made_by != _compiler():
            return template.expression
        return pickle.loads(self.pickled)  # noqa: S301, part of the package

    def clues_of(self, shape: int) -> "array[int]":
        """Return the clues with the number of the shape."""
        rows = array("Q", self.clues)
        rows[SHAPE::COLUMNS] = array("Q", [shape]) * (len(rows) // COLUMNS)
        return rows


class Readings:
    """The readings of shapes, whose programs share classes of characters: those that are shipped, and any other."""

    def __init__(self, shipped: bytes = b"") -> None:
        classes, made_by, *known = _unpacked(shipped) if shipped else [b"", b""]
        self._known = {
            shape.decode(): ShapeReading(clues, program, pickled, made_by)
            for shape, clues, program, pickled in zip(*(known[at::4] for at in range(4)), strict=True)
        }
        self._expressions, self._clues, self._programs = Expressions(), Clues(), Programs(classes)

    @classmethod
    def shipped(cls) -> "Readings":
        """Return the readings that come with dedup; none where the package was installed without being built."""
        return cls(SHIPPED.read_bytes() if SHIPPED.is_file() else b"")

    def of(self, shape: str) -> ShapeReading:
        """Return the reading of a shape."""
        if shape not in self._known:
            self._known[shape] = self._read(shape)
        return self._known[shape]

    def classes(self) -> bytes:
        """Return the classes of characters of all programs, as the scanner takes them."""
        return self._programs.classes()

    def packed(self, expressions: "Mapping[str, Regex[str]]") -> bytes:
        """Return the readings of shapes as they are shipped, with the expressions that those compile to."""
        pieces: list[bytes] = []
        for shape, expression in expressions.items():
            reading = self.of(shape)
            pieces += shape.encode(), reading.clues, reading.program, pickle.dumps(expression, protocol=4)
        return _packed([self.classes(), _compiler(), *pieces])

    def _read(self, shape: str) -> ShapeReading:
        whole = self._expressions.parts(shape)
        rows = array("Q")
        for clue in self._clues.of(whole):
            key = key_of(word_hashes(clue.word)) if clue.word else 0
            edges = [piece for each in (clue.starts, clue.ends) for piece in (each & MASK, each >> 64 & MASK)]
            others = clue.starts >> 128 | clue.ends >> 128 << 1
            rows.extend((key, *edges, 0, clue.longest, ord(clue.holds or "\0"), others, clue.before, clue.after))
        return ShapeReading(rows.tobytes(), self._programs.of(whole))


def _compiler() -> bytes:
    """Return which `regex` is installed: what one has compiled, no other can be trusted to read."""
    import regex

    return str(regex.__version__).encode()


def _packed(pieces: Iterable[bytes]) -> bytes:
    """Return pieces as one, each after its length in four bytes."""
    return zlib.compress(b"".join(array("I", [len(piece)]).tobytes() + piece for piece in pieces), 9)


def _unpacked(data: bytes) -> Iterator[bytes]:
    data, at = zlib.decompress(data), 0
    while at < len(data):
        (length,) = array("I", data[at : at + 4])
        at += 4 + length
        yield data[at - length : at]


if __name__ == "__main__":
    import sys

    from dedup.boilerplate.catalogue import Catalogue

    shapes = {template.shape: template.expression for template in Catalogue.builtin() if template.shape}
    Path(sys.argv[1]).write_bytes(Readings().packed(shapes))
