"""the texts of one source -> what repeats in them: each unit with its stories, its place and its neighbours."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from dedup import _kernel
from dedup.boilerplate.learn.sample import Text
from dedup.boilerplate.learn.stories import WIDTH
from dedup.boilerplate.units import Units
from dedup.tokens import Tokens

if TYPE_CHECKING:
    from dedup.boilerplate.units import Names, Numbers

BATCH = 500  # texts at a time
MANY_STORIES = 20  # stories from which on a unit needs no witnesses
WITNESSES = 8  # texts whose kinship is looked at
STEADY_STORIES = 5  # stories from which on a masked unit counts as repeated, and a neighbour as steady


@dataclass(frozen=True, slots=True)
class Count:
    """How often one unit, exact or masked, occurs in a source, and where.

    `stories` counts clusters of copies, `texts` the texts; `share` is the share of the source's stories.
    Shares of its occurrences: `tail` with nothing that reads like story behind them, `head` with none before,
    `late` in the second half, `steady` beside a unit of at least as many stories (5 or more), `company` beside one
    and the same unit, or at the edge of the text. `before` and `after` count the different units outside the repeated
    run it stands in, `forms` the ways it is filled.
    `kinship` is the share of 3-word shingles that the rest of the stories have in common, two by two (the median);
    0 where that does not matter: from twenty stories on, of what reads like no story from five.
    """

    key: int
    masked: bool
    stories: int
    share: float
    places: tuple[tuple[int, int], ...]  # (text, number of the unit in it), in order
    tail: float
    head: float
    late: float
    steady: float
    company: float
    before: int
    after: int
    forms: int
    words: int
    literals: int
    numbers: int
    address: bool
    sentence: bool
    story: bool
    kinship: float
    first: datetime | None
    last: datetime | None

    @property
    def days(self) -> int | None:
        """The days between the first and the last time it was seen; None when there are no times."""
        return (self.last - self.first).days if self.first and self.last else None


class Source:
    """The texts of one source, cut into units."""

    def __init__(self, name: str, texts: Sequence[Text], stories: Sequence[int], names: "Names") -> None:
        import numpy as np

        self.name, self.texts, self.names = name, texts, names
        self.stories = np.array(stories, np.int64)
        batches = []
        for begin in range(0, len(texts), BATCH):
            some = [each.text for each in texts[begin : begin + BATCH]]
            batches.append(Units.of(some, [Tokens.of(text) for text in some], names))
        self.units = _joined(batches)
        self.bounds = np.searchsorted(self.units.text, np.arange(len(texts) + 1))

    def line(self, unit: int) -> str:
        """Return a unit as it is written where it stands."""
        return self.texts[int(self.units.text[unit])].text[self.units.start[unit] : self.units.end[unit]]

    def counts(self) -> list[Count]:
        """Return everything that repeats in at least two stories."""
        return [*_Counter(self).counts()] if len(self.units) else []


def _joined(batches: Sequence[Units]) -> Units:
    import numpy as np

    offset, moved = 0, []
    for batch in batches:
        moved.append(batch.text + offset)
        offset += BATCH
    fields = {
        name: np.concatenate([getattr(batch, name) for batch in batches])
        for name in Units.__dataclass_fields__
        if name not in ("text", "slots")
    }
    return Units(text=np.concatenate(moved), slots=np.empty(0, bool), **fields)


class _Counter:
    """Looks at the units of one source from all sides."""

    def __init__(self, source: Source) -> None:
        import numpy as np

        self.source, units = source, source.units
        self.story = source.stories[units.text]
        self.all_stories = len(np.unique(source.stories))
        self.has_slots = units.masked != units.exact
        self.exact = _stories(units.exact, self.story)
        self.masked = np.where(self.has_slots & (units.literals > 0), _stories(units.masked, self.story), 1)
        self.strength = np.maximum(self.exact, np.where(self.masked >= STEADY_STORIES, self.masked, 1))
        places = np.arange(len(units))
        begin, end = source.bounds[units.text], source.bounds[units.text + 1]
        unique = self.strength < 2
        self.before = last_before(unique, places, begin)
        self.after = next_after(unique, places, end)
        story = unique & units.story
        story_before, story_after = last_before(story, places, begin) >= 0, next_after(story, places, end) >= 0
        self.tail = ~story_after & story_before
        self.head = ~story_before & story_after
        self.late = places - begin >= (end - begin) / 2
        left = np.where(places > begin, self.strength[places - 1], 1)
        right = np.where(places + 1 < end, self.strength[np.minimum(places + 1, len(units) - 1)], 1)
        self.neighbour = np.maximum(left, right)
        self.company = {masked: _company(source, keys) for masked, keys in ((False, units.exact), (True, units.masked))}
        self._rests: dict[int, Numbers] = {}

    def counts(self) -> Iterator[Count]:
        import numpy as np

        units = self.source.units
        for masked, keys, counts in ((False, units.exact, self.exact), (True, units.masked, self.masked)):
            chosen = np.flatnonzero(counts >= 2)
            chosen = chosen[np.argsort(keys[chosen], kind="stable")]
            edges = np.flatnonzero(np.diff(keys[chosen])) + 1
            for places in np.split(chosen, edges):
                if len(places):
                    yield self._count(places, masked)

    def _count(self, places: "Numbers", masked: bool) -> Count:
        source, units, one = self.source, self.source.units, places[0]
        stories = int((self.masked if masked else self.exact)[one])
        texts = [source.texts[number] for number in units.text[places]]
        times = [time for text in texts for time in (text.first, text.last) if time]
        numbers = units.text[places]
        steady = self.neighbour[places] >= max(STEADY_STORIES, stories)
        return Count(
            key=int((units.masked if masked else units.exact)[one]),
            masked=masked,
            stories=stories,
            share=stories / self.all_stories,
            places=tuple(zip(numbers.tolist(), (places - source.bounds[numbers]).tolist(), strict=True)),
            tail=float(self.tail[places].mean()),
            head=float(self.head[places].mean()),
            late=float(self.late[places].mean()),
            steady=float(steady.mean()),
            company=float(self.company[masked][one]),
            before=self._different(self.before[places]),
            after=self._different(self.after[places]),
            forms=self._different(places),
            words=int(units.words[one]),
            literals=int(units.literals[one]),
            numbers=int(units.numbers[one]),
            address=bool(units.addresses[one]),
            sentence=bool(units.sentence[one]),
            story=bool(units.story[one]),
            kinship=self._kinship(numbers) if stories < (MANY_STORIES if units.story[one] else STEADY_STORIES) else 0.0,
            first=min(times, default=None),
            last=max(times, default=None),
        )

    def _kinship(self, texts: "Numbers") -> float:
        import numpy as np

        _, first = np.unique(self.source.stories[texts], return_index=True)
        witnesses = texts[first][:: max(1, len(first) // WITNESSES)][:WITNESSES].tolist()
        shares = []
        for one, other in pairwise([*witnesses, witnesses[0]]):
            mine, others = self._rest(one), self._rest(other)
            shared = len(np.intersect1d(mine, others, assume_unique=True))
            shares.append(shared / max(1, min(len(mine), len(others))))
        return float(np.median(shares))

    def _rest(self, text: int) -> "Numbers":
        """Return the shingles of what a text has that does not repeat."""
        import numpy as np

        if text not in self._rests:
            source, tokens = self.source, Tokens.of(self.source.texts[text].text)
            places = np.arange(source.bounds[text], source.bounds[text + 1])
            places = places[self.strength[places] < 2]
            starts = np.frombuffer(tokens.starts, np.uint32)
            begin = np.searchsorted(starts, source.units.start[places])
            end = begin + source.units.words[places]
            edges = zip(begin.tolist(), end.tolist(), strict=True)
            shingles = b"".join(_kernel.shingle(bytes(tokens.hashes[one:other]), WIDTH) for one, other in edges)
            self._rests[text] = np.unique(np.frombuffer(shingles, np.uint64))
        return self._rests[text]

    def _different(self, places: "Numbers") -> int:
        """Return how many different units stand at `places`; the edge of a text is one of them."""
        return len({-1 if place < 0 else int(self.source.units.exact[place]) for place in places.tolist()})


def _stories(keys: "Numbers", story: "Numbers") -> "Numbers":
    """Return for each unit the number of stories its key is found in."""
    import numpy as np

    order = np.lexsort((story, keys))
    keys, story = keys[order], story[order]
    new_key = np.append(True, keys[1:] != keys[:-1])
    new_pair = new_key | np.append(True, story[1:] != story[:-1])
    number = np.cumsum(new_key) - 1
    counts = np.bincount(number, new_pair).astype(np.int64)
    result = np.empty(len(keys), np.int64)
    result[order] = counts[number]
    return result


def _company(source: Source, keys: "Numbers") -> "Numbers":
    """Return for each unit how often the same unit is next to those with its key, above or below; an edge is one."""
    import numpy as np

    _, unit = np.unique(source.units.exact, return_inverse=True)
    _, number, often = np.unique(keys, return_inverse=True, return_counts=True)
    inner = source.units.text[1:] == source.units.text[:-1]
    above, below = np.append(-1, np.where(inner, unit[:-1], -1)), np.append(np.where(inner, unit[1:], -1), -1)
    most = np.zeros(len(often), np.int64)
    for beside in (above, below):
        pairs, times = np.unique(number * (len(unit) + 1) + beside + 1, return_counts=True)
        np.maximum.at(most, pairs // (len(unit) + 1), times)
    return (most / often)[number]


def last_before(wanted: "Numbers", places: "Numbers", begin: "Numbers") -> "Numbers":
    """Return for each place the last wanted one before it in its text, or -1."""
    import numpy as np

    found = np.append(-1, np.maximum.accumulate(np.where(wanted, places, -1))[:-1])
    return np.where(found >= begin, found, -1)


def next_after(wanted: "Numbers", places: "Numbers", end: "Numbers") -> "Numbers":
    """Return for each place the next wanted one after it in its text, or -1."""
    import numpy as np

    size = len(places)
    found = np.append(np.minimum.accumulate(np.where(wanted, places, size)[::-1])[::-1][1:], size)
    return np.where(found < end, found, -1)
