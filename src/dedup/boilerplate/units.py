"""texts -> units: lines, and the sentences of long ones, each with a key of its words and one with its slots masked.

A line as long as a page is one that lost its line ends: it is cut at its wide gaps too.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dedup.boilerplate.blocks import SENTENCE_ENDS
from dedup.boilerplate.words import word_hashes
from dedup.tokens import CAPITAL, DIGIT, LINE, OWN, START, Tokens

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[Any]]
    # says which of these capitalised words (token hashes) are names in this feed, to be masked
    Names = Callable[[Numbers], Numbers]

LONG_LINE = 140  # code points; a longer line is cut into its sentences
FLAT_LINE = 600  # a longer line is a page without line ends, unless a paragraph
WIDE_GAP = " " * 4  # stands between the lines of such a page
WRAPPED_LINE = 25  # code points from which on a line may go on in the next one
SENTENCE_WORDS = 8  # from so many words on, what ends like a sentence reads like story
LONG_UNIT = 20  # and from so many whatever its end
ENDS = frozenset(SENTENCE_ENDS)
ADDRESS = re.compile(
    r"https?://|www\.|@|\.(?:com|org|net|gov|edu|info|biz|io|tv|me|eu|app|news|(?:co|com|org|gov|ac)\.[a-z]{2})(?!\w)"
)
ADDRESS_SIGNS = (
    "://",
    "www.",
    "@",
    ".com",
    ".org",
    ".net",
    ".gov",
    ".edu",
    ".info",
    ".io",
    ".tv",
    ".eu",
    ".co",
    ".news",
)
ADDRESS_HEAD = re.compile(r"[\w.+-]{0,64}\Z")
ADDRESS_TAIL = re.compile(r"[^\s()<>\[\]\"]*")
CALENDAR = (
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday"
)
JOINERS = "at in and of for the on by"  # between two slots they make one: "Ann Lee in Rome and Max Roe"
ABBREVIATIONS = (
    "sen sens rep reps dr mr mrs ms st gov gen col lt sgt maj capt cmdr adm jr sr prof rev hon pres messrs no nos inc "
    "corp ltd co cos bros dept univ est fig figs vol art sec pp eds approx ext tel vs cf viz bzw ca nr str jan feb mar "
    "apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun ave blvd calif conn fla ga ill "
    "ind kan ky mass md mich minn miss mo neb nev ariz ark ala colo del okla ore pa tenn tex va vt wash wis wyo"
)
SLOT = 0x9E3779B97F4A7C15  # stands in a masked key for whatever fills a slot
BASE = 0xD6E8FEB86659FD93


@dataclass(frozen=True, slots=True)
class Units:
    """The units of some texts, in order; entry `i` of every array tells of unit `i`.

    `text` is the number of its text, `start` and `end` are code points from its first word to its last,
    `first` its first token among those of all the texts. `exact` and `masked` are keys; `literals` counts the
    words that are no slots, `numbers` those with digits, `addresses` those inside an address, `capitals` those with a
    capital; in `weight` a character that is a word of its own counts half. `sentence` tells that it ends like one,
    `story` that it reads like one.
    """

    text: "Numbers"
    start: "Numbers"
    end: "Numbers"
    first: "Numbers"
    words: "Numbers"
    exact: "Numbers"
    masked: "Numbers"
    literals: "Numbers"
    numbers: "Numbers"
    addresses: "Numbers"
    capitals: "Numbers"
    weight: "Numbers"
    sentence: "Numbers"
    story: "Numbers"
    slots: "Numbers"  # of every token: is it masked

    def __len__(self) -> int:
        return len(self.text)

    @classmethod
    def of(cls, texts: Sequence[str], tokens: Sequence[Tokens], names: "Names") -> "Units":
        """Return the units of `texts`; a unit without a word is none."""
        import numpy as np

        hashes, starts, ends, flags, owner = _together(tokens)
        if not len(hashes):
            return cls(*[owner] * 12, *[owner.astype(bool)] * 3)
        first = np.flatnonzero(_beginnings(texts, hashes, starts, ends, flags, owner))
        last = np.append(first[1:], len(hashes)) - 1
        addresses = _in_addresses(texts, tokens)
        digits, capital = (flags & DIGIT) > 0, (flags & CAPITAL) > 0
        slots = addresses | digits | _are_names(hashes, capital, names)
        words = last - first + 1
        kept, literal = _masked(hashes, slots, first, words)
        sentence = _ends_sentence(texts, owner[first], ends[last])
        weight = words - np.add.reduceat((flags & OWN) > 0, first, dtype=np.int64) / 2
        literals = np.add.reduceat(literal, first, dtype=np.int64)
        in_address = np.add.reduceat(addresses, first, dtype=np.int64)
        return cls(
            text=owner[first],
            start=starts[first],
            end=ends[last],
            first=first,
            words=words,
            exact=keys(hashes, np.ones(len(hashes), bool), first, words),
            masked=keys(np.where(slots, np.uint64(SLOT), hashes), kept, first, words),
            literals=literals,
            numbers=np.add.reduceat(digits & ~addresses, first, dtype=np.int64),
            addresses=in_address,
            capitals=np.add.reduceat(capital, first, dtype=np.int64),
            weight=weight,
            sentence=sentence,
            story=(sentence & (weight >= SENTENCE_WORDS) & (in_address == 0)) | (weight >= LONG_UNIT),
            slots=slots,
        )


def _together(tokens: Sequence[Tokens]) -> "tuple[Numbers, Numbers, Numbers, Numbers, Numbers]":
    """Return hashes, starts, ends and flags of the tokens of all texts, and the number of the text of each."""
    import numpy as np

    return (
        np.concatenate([np.frombuffer(each.hashes, np.uint64) for each in tokens]),
        np.concatenate([np.frombuffer(each.starts, np.uint32) for each in tokens]).astype(np.int64),
        np.concatenate([np.frombuffer(each.ends, np.uint32) for each in tokens]).astype(np.int64),
        np.concatenate([np.frombuffer(each.flags, np.uint8) for each in tokens]),
        np.repeat(np.arange(len(tokens)), [len(each) for each in tokens]),
    )


def _are_names(hashes: "Numbers", capital: "Numbers", names: "Names") -> "Numbers":
    """Return for each token whether it is a name, or of the calendar, and has a capital."""
    import numpy as np

    found, places = capital.copy(), np.flatnonzero(capital)
    found[places] = names(hashes[places]) | within(hashes[places], _hashes(CALENDAR))
    return found


def keys(hashes: "Numbers", kept: "Numbers", first: "Numbers", words: "Numbers") -> "Numbers":
    """Return one 64-bit key for each unit: a polynomial in the `kept` ones of its token hashes, in order."""
    import numpy as np

    counted = np.cumsum(kept)
    rank = counted - np.repeat(counted[first] - kept[first], words) - 1
    return np.add.reduceat(np.where(kept, _mixed(hashes) * _powers(int(words.max()))[rank], np.uint64(0)), first)


def opening_keys(hashes: "Numbers") -> "Numbers":
    """Return the keys of the first word, the first two words, ... of one text."""
    import numpy as np

    sums: Numbers = np.cumsum(_mixed(hashes) * _powers(len(hashes))[: len(hashes)])
    return sums


def _mixed(hashes: "Numbers") -> "Numbers":
    import numpy as np

    mixed: Numbers = (hashes ^ (hashes >> np.uint64(29))) * np.uint64(SLOT | 1)
    return mixed


def _powers(count: int) -> "Numbers":
    import numpy as np

    return np.cumprod(np.full(count + 1, BASE, np.uint64))


def within(values: "Numbers", ordered: "Numbers") -> "Numbers":
    """Return for each of `values` whether it is among the `ordered` ones."""
    import numpy as np

    if not len(ordered):
        return np.zeros(len(values), bool)
    found: Numbers = ordered[np.minimum(np.searchsorted(ordered, values), len(ordered) - 1)] == values
    return found


def _hashes(words: str) -> "Numbers":
    import numpy as np

    return np.array(sorted(word_hashes(words)), np.uint64)


def _beginnings(
    texts: Sequence[str], hashes: "Numbers", starts: "Numbers", ends: "Numbers", flags: "Numbers", owner: "Numbers"
) -> "Numbers":
    """Return for each token whether a unit begins with it."""
    import numpy as np

    lines = (flags & LINE) > 0
    small = (flags & (START | CAPITAL | DIGIT | OWN)) == 0
    line_at = np.maximum.accumulate(np.where(lines, np.arange(len(lines)), 0))
    inner = np.flatnonzero(lines & small)
    inner = inner[inner > 0]
    inner = inner[ends[inner - 1] - starts[line_at[inner - 1]] >= WRAPPED_LINE]
    for at in inner.tolist():
        text = texts[owner[at]]
        if text[starts[at]].islower() and text[ends[at - 1] : starts[at]].strip() in ("", ",", "-", "–", "—"):
            lines[at] = False
    opening = np.flatnonzero(lines)
    closing = np.append(opening[1:], len(lines)) - 1
    size = np.repeat(ends[closing] - starts[opening], closing - opening + 1)
    gaps = np.flatnonzero((size[1:] > FLAT_LINE) & ~lines[1:] & (starts[1:] - ends[:-1] >= len(WIDE_GAP))) + 1
    for at in gaps.tolist():
        lines[at] = WIDE_GAP in texts[owner[at]][ends[at - 1] : starts[at]]
    long = size > LONG_LINE
    sentences = np.flatnonzero(long & ((flags & START) > 0) & ~lines)
    shortened = within(hashes[sentences - 1], _hashes(ABBREVIATIONS)) | (
        ends[sentences - 1] - starts[sentences - 1] == 1
    )
    for at, short in zip(sentences.tolist(), shortened.tolist(), strict=True):
        text = texts[owner[at]]
        abbreviated = short and not flags[at - 1] & OWN and text[ends[at - 1]] == "."
        lines[at] = not abbreviated and not text[starts[at]].islower()
    return lines


def _in_addresses(texts: Sequence[str], tokens: Sequence[Tokens]) -> "Numbers":
    """Return for each token whether it stands in a URL, an e-mail address, a domain or a handle."""
    import numpy as np

    inside = np.zeros(sum(map(len, tokens)), bool)
    offset = 0
    for text, each in zip(texts, tokens, strict=True):
        if any(sign in text for sign in ADDRESS_SIGNS):
            spans = np.array([*_addresses(text)], np.int64).reshape(-1, 2)
            edges = offset + np.searchsorted(np.frombuffer(each.starts, np.uint32), spans)
            for start, end in edges.tolist():
                inside[start:end] = True
        offset += len(each)
    return inside


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    reached = 0
    for sign in ADDRESS.finditer(text):
        start, end = sign.span()
        if start < reached:
            continue
        if text[start] in "@.":
            start = ADDRESS_HEAD.search(text, max(reached, start - 64), start).start()  # type: ignore[union-attr]
        reached = ADDRESS_TAIL.match(text, end).end()  # type: ignore[union-attr]
        yield start, reached


def _masked(hashes: "Numbers", slots: "Numbers", first: "Numbers", words: "Numbers") -> tuple["Numbers", "Numbers"]:
    """Return which tokens a masked key is made of, and which of those are literal: slots that join become one."""
    import numpy as np

    places = np.arange(len(hashes))
    begin, end = np.repeat(first, words), np.repeat(first + words, words)
    joiners = within(hashes, _hashes(JOINERS)) & ~slots
    before = np.concatenate(([-1], np.maximum.accumulate(np.where(joiners, -1, places))[:-1]))
    after = np.minimum.accumulate(np.where(joiners, len(hashes), places)[::-1])[::-1]
    follows_slot = (before >= begin) & slots[before]
    precedes_slot = (after < end) & slots[np.minimum(after, len(hashes) - 1)]
    literal = ~slots & ~(joiners & follows_slot & precedes_slot)
    return literal | (slots & ~follows_slot), literal


def _ends_sentence(texts: Sequence[str], owner: "Numbers", ends: "Numbers") -> "Numbers":
    import numpy as np

    pairs = zip(owner.tolist(), ends.tolist(), strict=True)
    return np.array([not ENDS.isdisjoint(texts[text][end : end + 3]) for text, end in pairs], bool)
