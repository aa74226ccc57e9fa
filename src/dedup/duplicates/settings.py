"""names -> values: every setting of the duplicates path, its default and the evidence for it."""

from dataclasses import dataclass, fields
from typing import Any

WHOLE_NUMBERS = {
    "shingle": 1000, "permutations": 65535, "bands": 65535, "rows": 65535, "sample": 1000, "candidates": 10**6,
    "lost": 10**6, "seed": 2**32 - 1,
}  # fmt: skip
RATES = {"words": 1, "order": 1, "containment": 1, "swaps": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How stories are sketched, found and judged. Every function that takes settings takes these names.

    The numbers of the verdict come from real pairs judged by reading; see docs/design.md for the evidence.

    >>> Settings(bands=16, rows=8).expected_recall(0.8)
    0.947
    """

    shingle: int = 3  # words; longer shingles lose 10-25 points of resemblance per edit load
    permutations: int = 128  # standard error of a resemblance of .5 is .044
    seed: int = 1  # datasketch's default, so signatures can be exchanged
    bands: int = 32  # 32 x 4 offers 87 % of pairs at resemblance .5 and 99 % at .6 for verification
    rows: int = 4
    sample: int = 8  # one shingle in 8 goes into the second index, which finds excerpts
    candidates: int = 32  # verified per document, the most promising first; 16 lose one copy in 160 to other copies
    words: float = 0.88  # share of a's words found anywhere in b
    order: float = 0.80  # share of a's words found in b in the same order or in a shared passage
    containment: float = 0.60  # share of a's shingles found in b
    swaps: float = 1.9  # facts replaced by others, per 100 words of a
    lost: int = 8  # distinct facts of a that b lacks: fewer than this

    def __post_init__(self) -> None:
        for name, most in WHOLE_NUMBERS.items():
            value = getattr(self, name)
            if type(value) is not int or not (name != "seed") <= value <= most:
                raise ValueError(f"{name} is {value!r}; it is a whole number from {int(name != 'seed')} to {most}")
        for name, most in RATES.items():
            value = getattr(self, name)
            if type(value) not in (int, float) or not 0 <= value <= most:
                raise ValueError(f"{name} is {value!r}; it is a number from 0 to {most}")
        if self.bands * self.rows > self.permutations:
            raise ValueError(
                f"bands x rows is {self.bands} x {self.rows}; that needs {self.bands * self.rows} permutations, "
                f"not {self.permutations}"
            )

    @classmethod
    def of(cls, values: dict[str, Any]) -> "Settings":
        """Return settings from keyword arguments; an unknown name raises `TypeError` listing the known ones."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise TypeError(f"{name} is not a setting; the settings are {', '.join(known)}")
        return cls(**values)

    def expected_recall(self, resemblance: float) -> float:
        """Return the share of pairs of that resemblance that share a band, to three places."""
        return round(1 - (1 - resemblance**self.rows) ** self.bands, 3)
