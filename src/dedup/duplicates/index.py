"""signature and sampled shingles -> candidates: the documents worth verifying."""

from array import array
from collections.abc import Callable

from dedup import _kernel
from dedup.duplicates.settings import Settings
from dedup.duplicates.sketch import Signature

KEY_LIMIT = 64  # documents kept per key; a key that more share says little
SAMPLES_SHARED = 2  # sampled shingles that make a candidate where no band does


class Index:
    """Two posting lists over documents numbered upwards from 1.

    Bands of the signature find texts that resemble each other as wholes; sampled shingles find a text that
    stands inside another. About 0.7 KB per document of 400 words. Expiry is a moving low-water mark.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bands = _kernel.Postings(KEY_LIMIT)
        self._samples = _kernel.Postings(KEY_LIMIT)

    def add(self, number: int, signature: Signature, sample: bytes) -> None:
        """Remember document `number`, which must be higher than all before."""
        self._bands.add(signature.bands(self._settings.bands, self._settings.rows), number)
        self._samples.add(sample, number)

    def candidates(self, signature: Signature, sample: bytes, wanted: Callable[[int], bool]) -> list[int]:
        """Return the numbers of `wanted` documents that may match, most promising first, then oldest first."""
        banded = _pairs(self._bands.find(signature.bands(self._settings.bands, self._settings.rows)))
        shared = _pairs(self._samples.find(sample))
        needed = min(SAMPLES_SHARED, max(1, len(sample) // 4))
        numbers = {*banded, *(number for number, count in shared.items() if count >= needed)}
        ranked = sorted(
            filter(wanted, numbers), key=lambda number: (-shared.get(number, 0), -banded.get(number, 0), number)
        )
        return ranked[: self._settings.candidates]

    def expire(self, low: int) -> None:
        """Forget every document numbered below `low`."""
        self._bands.expire(low)
        self._samples.expire(low)

    @property
    def crowded_out(self) -> int:
        """Return how many postings gave way because their key was too common."""
        return self._bands.crowded_out + self._samples.crowded_out

    @property
    def bytes(self) -> int:
        """The memory of the posting lists."""
        return self._bands.bytes + self._samples.bytes


def _pairs(found: bytes) -> dict[int, int]:
    numbers = array("I", found)
    return dict(zip(numbers[::2], numbers[1::2], strict=True))
