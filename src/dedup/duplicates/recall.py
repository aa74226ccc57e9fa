"""how much two texts share -> the chance that the index offers the one for the other."""

from itertools import accumulate
from math import exp, lgamma, log
from operator import mul

ENOUGH_SAMPLES, LEAST_SHARE = 2, 7  # as the index has them: two samples, and one in seven of the smaller text


def by_band(resemblance: float, bands: int, rows: int) -> float:
    """Return the chance that two signatures of that resemblance share a band."""
    return 1 - (1 - resemblance**rows) ** bands


def offered(shared: int, sizes: tuple[int, int], band: float, sample: int) -> float:
    """Return the chance that a document is a candidate for another.

    They have `sizes` distinct shingles, `shared` of them in common, and `band` is the chance that they share a band.
    Each shingle is sampled once in `sample`. The other is a candidate when it shares a band or two samples (the only
    one, where there is but one), and these are one in `LEAST_SHARE` of the samples of the smaller text.
    """
    own, others = (_chances(size - shared, sample) for size in sizes)
    more = [*map(mul, _tails(own), _tails(others))]

    def enough(most: int) -> float:
        """Return the chance that one of the texts has at most so many samples that are not shared."""
        return 1 - more[most + 1] if most + 1 < len(more) else 1.0

    total = 0.0
    for samples, chance in enumerate(_chances(shared, sample)):
        without = enough((LEAST_SHARE - 1) * samples) if samples >= ENOUGH_SAMPLES else own[0] * (samples > 0)
        total += chance * (band * enough((LEAST_SHARE - 1) * samples + LEAST_SHARE) + (1 - band) * without)
    return total


def _chances(shingles: int, sample: int) -> list[float]:
    """Return how likely it is that 0, 1, 2 ... of so many shingles are sampled."""
    if sample == 1:
        return [0.0] * shingles + [1.0]
    taken, left, ways = log(1 / sample), log(1 - 1 / sample), lgamma(shingles + 1)
    return [
        exp(ways - lgamma(count + 1) - lgamma(shingles - count + 1) + count * taken + (shingles - count) * left)
        for count in range(shingles + 1)
    ]


def _tails(chances: list[float]) -> list[float]:
    """Return the chance of so many or more, for 0, 1, 2 ..."""
    return [*accumulate(reversed(chances))][::-1]
