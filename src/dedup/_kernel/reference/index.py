"""the keys of documents -> which documents to look at: the same id, the same story, candidates, neighbours."""

import sys
from array import array
from collections import Counter

from dedup._kernel.reference.arrays import pack

FIRST_BAND = 2  # after the keys of the id and of the story
ENOUGH_SAMPLES = 2  # make a candidate where no band does, and a neighbour
LEAST_SHARE = 7  # one sample in seven of the smaller text, or it is not worth a look


class Postings:
    """32-bit keys -> the numbers of the documents that hold them; a key keeps its `limit` newest numbers."""

    def __init__(self, limit: int) -> None:
        if limit < 1:
            raise ValueError(f"limit is {limit}; it is 1 or more")
        self.limit = limit
        self.low = 1
        self.crowded_out = self.probes = 0
        self._numbers: dict[int, list[int]] = {}

    def add(self, key: int, number: int) -> None:
        """Note that document `number` holds `key`."""
        numbers = self.numbers(key)
        if number not in numbers:
            if len(numbers) >= self.limit:
                numbers.remove(min(numbers))
                self.crowded_out += 1
            numbers.append(number)
        self._numbers[key] = numbers

    def drop(self, key: int, number: int) -> None:
        """Forget that document `number` holds `key`."""
        self._numbers[key] = [each for each in self._numbers.get(key, ()) if each != number]

    def numbers(self, key: int) -> list[int]:
        """Return the numbers that hold `key`."""
        self.probes += 1
        return [number for number in self._numbers.get(key, ()) if number >= self.low]

    def expire(self, low: int) -> None:
        """Forget every number below `low`."""
        self.low = max(self.low, low)
        self._numbers = {key: held for key, held in self._numbers.items() if max(held, default=0) >= self.low}

    @property
    def bytes(self) -> int:
        """Return an estimate of the memory held, in bytes."""
        return sys.getsizeof(self._numbers) + sum(map(sys.getsizeof, self._numbers.values()))


class Index:
    """Documents, numbered from 1 in the order they are added, and the keys (u32 bytes) they are found by.

    The keys of a document: of its id, of its story, one per band, then one per sampled shingle; of a document
    without words that of its id alone. A document is a candidate when it shares a band or two samples, and of
    the samples of the smaller text one in seven, not counting keys that so many share that they forget.
    """

    def __init__(self, bands: int, limit: int) -> None:
        self._bands, self._postings = bands, Postings(limit)
        self._known: dict[int, list[int]] = {}  # by number: time, size, samples, source, group
        self._last = 0

    def add(self, keys: bytes, size: int, time: int, source: int, group: int) -> int:
        """Remember a document and return its number; `time` is 2**63 - 1 when it has none.

        `group` is what copies of a document have in common, 0 for its own number; `source` is 0 when it has none.
        """
        values = array("I", keys)
        if len(values) != 1 and len(values) < FIRST_BAND + self._bands:
            raise ValueError("a document has the key of its id, or that, its story's, one per band and samples")
        self._last += 1
        samples = max(0, len(values) - FIRST_BAND - self._bands)
        self._known[self._last] = [max(time, 1 - 2**63), size, samples, source, group or self._last]
        for key in values:
            self._postings.add(key, self._last)
        return self._last

    def skip(self, next: int) -> None:
        """Give the next document the number `next`, if it would be lower."""
        self._last = max(self._last, next - 1)

    def drop(self, number: int, keys: bytes) -> None:
        """Forget one document; `keys` are those it was added with."""
        if number in self._known:
            for key in array("I", keys):
                self._postings.drop(key, number)
            del self._known[number]

    def expire(self, low: int) -> None:
        """Forget every document numbered below `low`."""
        low = min(low, self._last + 1)
        self._postings.expire(low)
        self._known = {number: each for number, each in self._known.items() if number >= low}

    def find(self, keys: bytes, since: int, most: int) -> tuple[bytes, bytes, bytes]:
        """Return the numbers (u32 bytes) of documents with the same id, with the same story, and of candidates.

        Stories and candidates are those of time `since` or later; the `most` candidates that share most come
        first, then the oldest.
        """
        values = array("I", keys)
        ids = self.holders(values[0]) if values else b""
        if len(values) < FIRST_BAND + self._bands:
            return ids, b"", b""
        stories = sorted(number for number in self._postings.numbers(values[1]) if self._visible(number, since))
        banded: Counter[int] = Counter()
        for key in values[FIRST_BAND : FIRST_BAND + self._bands]:
            banded.update(self._postings.numbers(key))
        samples = values[FIRST_BAND + self._bands :]
        shared, crowded = self._sampled(samples)
        count = len(samples)
        needed = min(max(count, 1), ENOUGH_SAMPLES)

        def is_candidate(number: int) -> bool:
            if not self._visible(number, since) or (not banded[number] and shared[number] < needed):
                return False
            least = min(count, self._known[number][2])
            return (shared[number] + (banded[number] > 0)) * LEAST_SHARE + crowded >= least

        found = sorted(filter(is_candidate, {*banded, *shared}), key=lambda each: (-shared[each], -banded[each], each))
        return ids, pack("I", stories), pack("I", found[:most])

    def neighbours(self, samples: bytes, since: int, most: int) -> bytes:
        """Return the numbers (u32 bytes) of the documents that share the most of some sampled shingles, two or more."""
        shared, _ = self._sampled(array("I", samples))
        known = [number for number, count in shared.items() if count >= ENOUGH_SAMPLES and self._visible(number, since)]
        return pack("I", sorted(known, key=lambda each: (-shared[each], each))[:most])

    def witnesses(self, numbers: bytes, apart: bytes, source: int, most: int) -> tuple[bytes, bytes]:
        """Return of some documents the first `most` of one group each, none of the groups `apart` (all u32 bytes).

        With them comes a byte for each, not zero when it is of the source.
        """
        groups, found = set(array("I", apart)), list[int]()
        for number in array("I", numbers):
            if len(found) == most:
                break
            if self.group(number) not in groups:
                groups.add(self.group(number))
                found.append(number)
        return pack("I", found), bytes(source != 0 and self.source(number) == source for number in found)

    def holders(self, key: int) -> bytes:
        """Return the numbers (u32 bytes) of the documents with that key."""
        return pack("I", sorted(number for number in self._postings.numbers(key) if number in self._known))

    def _sampled(self, samples: "array[int]") -> tuple[Counter[int], int]:
        """Return how many samples each document shares, and how many keys are crowded."""
        shared: Counter[int] = Counter()
        crowded = 0
        for key in samples:
            numbers = self._postings.numbers(key)
            shared.update(numbers)
            crowded += len(numbers) >= self._postings.limit
        return shared, crowded

    def _visible(self, number: int, since: int) -> bool:
        return number in self._known and self._known[number][0] >= since

    def _document(self, number: int) -> list[int]:
        if number not in self._known:
            raise IndexError(f"no document has the number {number}")
        return self._known[number]

    def time(self, number: int) -> int:
        """Return the time of a document."""
        return self._document(number)[0]

    def size(self, number: int) -> int:
        """Return the size a document was added with."""
        return self._document(number)[1]

    def source(self, number: int) -> int:
        """Return the source of a document."""
        return self._document(number)[3]

    def group(self, number: int) -> int:
        """Return what copies of a document have in common."""
        return self._document(number)[4]

    def set_time(self, number: int, time: int) -> None:
        """Give a document another time."""
        if number in self._known:
            self._known[number][0] = time

    def date(self, time: int) -> None:
        """Give `time` to every document without one."""
        for each in self._known.values():
            if each[0] == 2**63 - 1:
                each[0] = time

    def older(self, time: int) -> bytes:
        """Return the numbers (u32 bytes) of the documents older than `time`."""
        return pack("I", [number for number, each in self._known.items() if each[0] < time])

    def oldest(self) -> int:
        """Return the lowest number that is remembered, or 0."""
        return next(iter(self._known), 0)

    def __contains__(self, number: int) -> bool:
        return number in self._known

    def __len__(self) -> int:
        return len(self._known)

    @property
    def crowded_out(self) -> int:
        """Return how many postings gave way because their key was too common."""
        return self._postings.crowded_out

    @property
    def probes(self) -> int:
        """Return how many places were looked at, ever: the work of searching."""
        return self._postings.probes

    @property
    def bytes(self) -> int:
        """Return an estimate of the memory held, in bytes."""
        return self._postings.bytes + sys.getsizeof(self._known)
