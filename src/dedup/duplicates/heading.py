"""the titles of two stories -> how much of each the texts bear out."""

from itertools import compress
from typing import NamedTuple

from dedup import _kernel
from dedup.duplicates.numerals import is_number
from dedup.duplicates.story import Story
from dedup.tokens import Tokens


class Heading(NamedTuple):
    """What a title says that neither text nor the other title does."""

    told: float = 1.0  # the share of its distinct words that one of them has
    numbers: tuple[str, ...] = ()  # that none of them has


def headings(a: Story, b: Story) -> tuple[Heading, Heading]:
    """Return what the titles of two stories say beyond the stories; nothing where they are one, or one is missing."""
    if a.title == b.title or not a.title or not b.title:
        return Heading(), Heading()
    one, two = Tokens.of(a.title), Tokens.of(b.title)
    told = a.hashes + b.hashes
    return _heading(a.title, one, told + two.hashes.tobytes()), _heading(b.title, two, told + one.hashes.tobytes())


def _heading(title: str, words: Tokens, told: bytes) -> Heading:
    lacked, _ = _kernel.lacked(words.hashes.tobytes(), told)
    missing = set(compress(words.hashes, lacked))
    if not missing:
        return Heading()
    numbers = dict.fromkeys(
        title[words.starts[at] : words.ends[at]]
        for at, word in enumerate(words.hashes)
        if word in missing and is_number(word, words.flags[at])
    )
    return Heading(1 - len(missing) / len(set(words.hashes)), tuple(numbers))
