"""a source and what repeats in it -> the units of its lists of other stories, which pass with the days."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import TYPE_CHECKING

from dedup.boilerplate.learn.count import Count, Source, last_before, next_after
from dedup.boilerplate.learn.kind import kind_of
from dedup.boilerplate.units import opening_keys, within
from dedup.tokens import Tokens

if TYPE_CHECKING:
    from dedup.boilerplate.units import Numbers

LEAST = 4  # words of a headline; fewer name a section
PART = 0.5  # share of a headline that is shown at least where it is cut short
LIST_DAYS = 14  # in which a list has changed
SLOW_LIST_DAYS = 60  # days in which a slow one has, line by line
DENSE = 0.2  # share of the stories of its days that have a line of a list
MISSED = 3  # stories after its last that should have had a line, were it still there
BLOCK_COMPANY = 0.8  # share of its places with one neighbour from which on a line is part of a block
TITLE_WORDS = 6  # words that make a line with names, figures or capitals more than the name of a page
RUN = 3  # such lines one after the other, with what is said of them between, make a list
SENTENCES = 2  # that are said of a title at most, on average
INSIDE = 0.5  # share of its places at either edge of the story below which a line stands in the middle
ROUNDS = 20  # in which the company of a list is looked for; longer lists have more than one line that surely is
STEADIER = 2  # times as many stories that tell a line of the page from the lines of the list around it
FURNITURE = ("copyright", "legal-disclaimer", "newsletter")  # kinds that no line in the company of a list is taken for


def passing(source: Source, counts: Sequence[Count]) -> set[tuple[bool, int]]:
    """Return whether masked, and the key, of the units that are lines of lists of other stories.

    These are the headlines of the source's own stories, what is on many of its pages for some days and then on none,
    sentences in the middle of stories of some days only, and lines that read like titles, several in a row or at the
    top of the page; then what stands beside one and the same of them, or between any, or is a sentence and has no other
    company, unless it is steadier than they are.
    """
    if not len(source.units):
        return set()
    lists = _Lists(source, [count for count in counts if not count.masked])
    units, found = source.units, lists.found()
    return {
        (masked, key)
        for masked in (False, True)
        for key in _mostly(units.masked if masked else units.exact, found).tolist()
    }


class _Lists:
    """The units of a source, the stories of each, and which of them are lines of a list."""

    def __init__(self, source: Source, exact: Sequence[Count]) -> None:
        import numpy as np

        self.source, self.units, self.exact = source, source.units, exact
        keys = np.array([count.key for count in exact], np.uint64)
        order = np.argsort(keys)
        self.repeated = within(self.units.exact, keys[order])
        places = np.searchsorted(keys[order], self.units.exact[self.repeated])
        self.stories = np.ones(len(self.units), np.int64)
        self.stories[self.repeated] = np.array([count.stories for count in exact], np.int64)[order][places]
        self.long = self.units.words >= LEAST
        self.may = self.long & (self.units.addresses == 0)

    def found(self) -> "Numbers":
        """Return for each unit whether it is a line of a list: what surely is, then its company, and theirs."""
        found = self._sure()
        for _ in range(ROUNDS):
            size = found.sum()
            more = self._between(found) | self._beside(found) | self._teasers(found)
            more &= self.may & ~found
            found |= more & ~self._furniture(more)
            found |= within(self.units.exact, _mostly(self.units.exact, found))
            if found.sum() == size:
                break
        return found

    def _sure(self) -> "Numbers":
        import numpy as np

        days = _Days(self.source)
        daily = np.array(sorted(count.key for count in self.exact if days.passed(count)), np.uint64)
        keys = np.union1d(daily, _headlines(self.source))
        brief = within(
            self.units.exact, np.array(sorted(count.key for count in self.exact if _brief(count)), np.uint64)
        )
        sure: Numbers = within(self.units.exact, keys) | self._titles() | (brief & ~self._furniture(brief))
        sure &= self.repeated
        return sure

    def _titles(self) -> "Numbers":
        """Return for each unit whether it reads like a title and is the first line of its text, or is one of several.

        Between those there may be dates, and two sentences to a title at most.
        """
        import numpy as np

        units, long = self.units, np.flatnonzero(self.long)
        title: Numbers = (units.masked != units.exact) | (2 * units.capitals > units.words)
        title &= (units.weight >= TITLE_WORDS) & ~units.sentence & (units.addresses == 0) & self.repeated
        title &= 2 * units.literals >= units.words  # a contact is mostly slots
        row = (title | (self.repeated & units.story & units.sentence))[long]
        new = np.append(True, np.diff(row) | (np.diff(units.text[long]) != 0))[: len(long)]
        run = np.cumsum(new) - 1
        titles, lines = np.bincount(run, title[long]), np.bincount(run)
        in_a_row = np.zeros(len(units), bool)
        in_a_row[long] = ((titles >= RUN) & (lines <= (1 + SENTENCES) * titles))[run]
        top = np.arange(len(units)) == self.source.bounds[units.text]
        title &= in_a_row | top
        return title

    def _between(self, found: "Numbers") -> "Numbers":
        """Return for each unit whether lines of a list are above and below it, with no story between them."""
        import numpy as np

        places, text = np.arange(len(found)), self.units.text
        begin, end = self.source.bounds[text], self.source.bounds[text + 1]
        story = ~self.repeated & self.units.story
        above, below = last_before(found, places, begin), next_after(found, places, end)
        story_above, story_below = last_before(story, places, begin), next_after(story, places, end)
        near = (above > story_above) & (below >= 0) & ((story_below < 0) | (below < story_below))
        near &= self.stories <= STEADIER * np.maximum(self.stories[above], self.stories[below])
        return near

    def _beside(self, found: "Numbers") -> "Numbers":
        """Return for each unit whether half of those like it have one and the same line of a list beside them."""
        import numpy as np

        text = self.units.text
        inner = text[1:] == text[:-1]
        _, number, often = np.unique(self.units.exact, return_inverse=True, return_counts=True)
        result = np.zeros(len(found), bool)
        for wanted, step in ((np.append(False, inner & found[:-1]), -1), (np.append(inner & found[1:], False), 1)):
            places = np.flatnonzero(wanted & self.repeated)
            pairs = number[places] * len(found) + number[places + step]
            _, which, times = np.unique(pairs, return_inverse=True, return_counts=True)
            result[places] |= 2 * times[which] >= often[number[places]]
        return result

    def _teasers(self, found: "Numbers") -> "Numbers":
        """Return for each unit whether it reads like story and has no company but that of lists, whatever their lines.

        What says something about the author stands beside lists as well, but in a block of its own.
        """
        import numpy as np

        inner = self.units.text[1:] == self.units.text[:-1]
        alone = np.array(sorted(count.key for count in self.exact if count.company < BLOCK_COMPANY), np.uint64)
        beside = np.append(False, inner & found[:-1]) | np.append(inner & found[1:], False)
        teaser: Numbers = self.units.story & (self.stories <= STEADIER * self.stories[found].max(initial=0))
        teaser &= within(self.units.exact, np.intersect1d(alone, _mostly(self.units.exact, beside)))
        return teaser

    def _furniture(self, wanted: "Numbers") -> "Numbers":
        """Return for each of the `wanted` units whether it says what no headline does."""
        import numpy as np

        places = np.flatnonzero(wanted)
        _, first, number = np.unique(self.units.exact[places], return_index=True, return_inverse=True)
        says = [kind_of([self.source.line(int(place))]) in FURNITURE for place in places[first]]
        result = np.zeros(len(wanted), bool)
        result[places] = np.array(says, bool)[number]
        return result


def _brief(count: Count) -> bool:
    """True for what reads like story, stands in the middle of stories and was seen for some days only."""
    inside = count.story and not count.address and max(count.tail, count.head) < INSIDE
    return inside and count.days is not None and count.days < LIST_DAYS


class _Days:
    """When the stories of a source are from."""

    def __init__(self, source: Source) -> None:
        first: dict[int, float] = {}
        for text, story in zip(source.texts, source.stories.tolist(), strict=True):
            if text.first is not None:
                first[story] = min(first.get(story, text.first.timestamp()), text.first.timestamp())
        self._times = sorted(first.values())

    def passed(self, count: Count) -> bool:
        """True for what many stories of some days have, or, by itself, many of some weeks and then none."""
        if count.first is None or count.last is None or count.days is None or count.address:
            return False
        after = len(self._times) - bisect_right(self._times, count.last.timestamp())
        inside = len(self._times) - after - bisect_left(self._times, count.first.timestamp())
        density = count.stories / max(1, inside)
        if density < DENSE or 2 * inside > len(self._times):
            return False
        alone = count.company < BLOCK_COMPANY and count.words >= TITLE_WORDS
        return count.days < LIST_DAYS or (alone and count.days < SLOW_LIST_DAYS and density * after >= MISSED)


def _headlines(source: Source) -> "Numbers":
    """Return the keys of what may be shown of the headlines of a source, each that of one story only.

    What opens several stories is the name of a column.
    """
    import numpy as np

    pairs = [*_openings(source)]
    keys = np.concatenate([np.empty(0, np.uint64), *(keys for keys, _ in pairs)])
    story = np.repeat(np.array([story for _, story in pairs], np.int64), [len(keys) for keys, _ in pairs])
    order = np.lexsort((story, keys))
    keys, story = keys[order], story[order]
    new = np.append(True, (keys[1:] != keys[:-1]) | (story[1:] != story[:-1]))[: len(keys)]
    keys, stories = np.unique(keys[new], return_counts=True)
    ones: Numbers = keys[stories == 1]
    return ones


def _openings(source: Source) -> Iterator[tuple["Numbers", int]]:
    """Yield the keys of what may be shown of each title and first line, whole or cut short, with its story."""
    import numpy as np

    for number, (text, story) in enumerate(zip(source.texts, source.stories.tolist(), strict=True)):
        lines: Iterable[str] = [text.title]
        first = int(source.bounds[number])
        if first < source.bounds[number + 1] and not source.units.sentence[first]:
            lines = [text.title, source.line(first)]
        for line in lines:
            hashes = np.frombuffer(Tokens.of(line).hashes, np.uint64)
            least = max(LEAST, ceil(len(hashes) * PART))
            if len(hashes) >= least:
                yield opening_keys(hashes)[least - 1 :], story


def _mostly(keys: "Numbers", found: "Numbers") -> "Numbers":
    """Return, in order, the keys of which at least half the units are among the `found` ones."""
    import numpy as np

    values, number, often = np.unique(keys, return_inverse=True, return_counts=True)
    most: Numbers = values[2 * np.bincount(number, found) >= often]
    return most
