"""the titles of two stories -> how much of each the texts bear out."""

from itertools import compress
from typing import NamedTuple

from dedup import _kernel
from dedup.duplicates.numerals import is_number
from dedup.duplicates.story import Story
from dedup.tokens import Tokens


class Title(NamedTuple):
    """What a title says that neither text nor the other title does."""

    told: float = 1.0  # the share of its distinct words that one of them has
    numbers: tuple[str, ...] = ()  # that none of them has


def titles(a: Story, b: Story) -> tuple[Title, Title]:
    """Return what the titles of two stories say beyond the stories; nothing where they are one, or one is missing."""
    if a.title == b.title or not a.title or not b.title:
        return Title(), Title()
    one, two = Tokens.of(a.title), Tokens.of(b.title)
    told = a.hashes + b.hashes
    return _title(a.title, one, told + two.hashes.tobytes()), _title(b.title, two, told + one.hashes.tobytes())


def _title(title: str, words: Tokens, told: bytes) -> Title:
    lacked, _ = _kernel.lacked(words.hashes.tobytes(), told)
    missing = set(compress(words.hashes, lacked))
    if not missing:
        return Title()
    numbers = dict.fromkeys(
        title[words.starts[at] : words.ends[at]]
        for at, word in enumerate(words.hashes)
        if word in missing and is_number(word, words.flags[at])
    )
    return Title(1 - len(missing) / len(set(words.hashes)), tuple(numbers))
