"""text -> token hashes, as templates hold them, and the keys of runs of them."""

from array import array
from collections.abc import Iterable

from dedup import _kernel


def word_hashes(text: str) -> tuple[int, ...]:
    """Return the token hashes of `text`."""
    return tuple(memoryview(packed_words(text)).cast("Q"))


def packed_words(text: str) -> bytes:
    """Return the token hashes of `text`, eight bytes each."""
    return _kernel.tokenize(text.encode("utf-8", "surrogatepass"), True)[0]


def key_of(words: Iterable[int]) -> int:
    """Return the hash of a run of words (token hashes), as the scanner makes it."""
    hashes = array("Q", words)
    (key,) = memoryview(_kernel.shingle(hashes.tobytes(), len(hashes))).cast("Q")
    return key
