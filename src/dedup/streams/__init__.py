"""paths <-> streams of bytes whose errors name them."""

from dedup.streams.errors import INPUT, OUTPUT, lower, named
from dedup.streams.reading import Reader, open_input
from dedup.streams.writing import Place, Writer, open_output

__all__ = ["INPUT", "OUTPUT", "Place", "Reader", "Writer", "lower", "named", "open_input", "open_output"]
