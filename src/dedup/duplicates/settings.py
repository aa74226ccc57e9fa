"""names -> values: every setting of the duplicates path, its default and the evidence for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, TypedDict

from dedup.checks import positive
from dedup.document import BadType, BadValue, misfit
from dedup.duplicates.recall import by_band, offered

WHOLE_NUMBERS = {
    "shingle": 1000, "permutations": 65535, "bands": 65535, "rows": 65535, "sample": 1000, "candidates": 10**6,
    "neighbours": 1000, "lost": 10**6, "numbers": 10**6, "seed": 2**32 - 1,
}  # fmt: skip
RATES = {"words": 1, "order": 1, "coverage": 1, "swaps": 100, "lost_rate": 100}
PRESETS: dict[str, dict[str, float]] = {
    "strict": {"words": 0.93, "order": 0.90, "coverage": 0.80, "swaps": 1.1, "lost": 5, "lost_rate": 1.0},
    "balanced": {},
    "loose": {"words": 0.80, "order": 0.76, "coverage": 0.50, "swaps": 2.4, "lost": 10, "lost_rate": 4.0, "numbers": 3},
}
RETRIEVAL: dict[str, dict[str, float]] = {
    "sparing": {"permutations": 48, "bands": 16, "rows": 3, "sample": 16},
    "balanced": {},
    "thorough": {"permutations": 256, "bands": 64, "sample": 4, "candidates": 64},
}
PRESETS_OF = {"preset": PRESETS, "retrieval": RETRIEVAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How stories are sketched, found and judged. Every function that takes settings takes these names.

    The numbers of the verdict come from real pairs judged by reading; see docs/verdicts.md for the evidence. What the
    index finds with its numbers is in docs/retrieval.md.

    >>> Settings(bands=16, rows=8).expected_recall(0.8)
    0.947
    >>> Settings.of({"retrieval": "sparing"}).expected_recall(0.3, 400)
    1.0
    >>> Settings.of({"preset": "strict"}).order
    0.9
    """

    shingle: int = 3  # words; longer shingles lose 10-25 points of resemblance per edit load
    permutations: int = 128  # standard error of a resemblance of .5 is .044
    seed: int = 1  # datasketch's default, so signatures can be exchanged
    bands: int = 32  # 32 x 4 offers 87 % of pairs at resemblance .5 and 99 % at .6 for verification
    rows: int = 4
    sample: int = 8  # one shingle in 8 goes into the second index, which finds excerpts
    candidates: int = 32  # verified per document, the most promising first; 16 lose one copy in 160 to other copies
    neighbours: int = 24  # documents of other stories that tell what is furniture
    words: float = 0.85  # share of a's own words found anywhere in b
    order: float = 0.83  # share of a's own words found in b in the same order or in a shared passage
    coverage: float = 0.60  # share of a's own words inside shared shingles
    swaps: float = 1.9  # facts replaced by others, per 100 own words of a
    lost: int = 8  # distinct facts of a that b lacks, and facts replaced: fewer than this
    numbers: int = 1  # sentences of a with other numbers in b, or denied there: fewer than this
    lost_rate: float = 2.5  # in a long text, fewer lost facts than this per 100 own words

    def __post_init__(self) -> None:
        for name, most in WHOLE_NUMBERS.items():
            value = getattr(self, name)
            if type(value) is not int or not (name != "seed") <= value <= most:
                raise BadValue(f"{name} is {value!r}; it is a whole number from {int(name != 'seed')} to {most}")
        for name, most in RATES.items():
            value = getattr(self, name)
            if type(value) not in (int, float) or not 0 <= value <= most:
                raise BadValue(f"{name} is {value!r}; it is a number from 0 to {most}")
        if self.bands * self.rows > self.permutations:
            raise BadValue(
                f"bands x rows is {self.bands} x {self.rows}; that needs {self.bands * self.rows} permutations, "
                f"not {self.permutations}"
            )

    @classmethod
    def of(cls, values: Mapping[str, object]) -> "Settings":
        """Return settings from keyword arguments, by way of the presets of the verdict and of retrieval.

        `preset` is "strict", "balanced" or "loose", `retrieval` "sparing", "balanced" or "thorough". An unknown name
        raises `BadType` listing the known ones, an unknown preset `BadValue`.
        """
        if not isinstance(values, Mapping):
            raise misfit("values", values, "pass a mapping of settings")
        known = [*PRESETS_OF, *(field.name for field in fields(cls))]
        for name in values:
            if name not in known:
                raise BadType(f"{name} is not a setting; the settings are {', '.join(known)}")
        chosen: dict[str, Any] = {}
        for name, presets in PRESETS_OF.items():
            preset = values.get(name, "balanced")
            if not isinstance(preset, str) or preset not in presets:
                raise BadValue(f"{name} is {preset!r}; it is {', '.join(presets)}")
            chosen |= presets[preset]
        return cls(**chosen | {name: value for name, value in values.items() if name not in PRESETS_OF})

    def expected_recall(self, resemblance: float, shingles: int | None = None, other: int | None = None) -> float:
        """Return the share of pairs of that resemblance that are offered for verification, to three places.

        Without `shingles` that of the bands alone; with it, that of texts of so many distinct shingles (and of `other`
        in the text that is known, when they differ), by bands and sampled shingles. Raises `BadType` or `BadValue`.
        """
        if not isinstance(resemblance, int | float):
            raise misfit("resemblance", resemblance, "pass a number from 0 to 1")
        if not 0 <= resemblance <= 1:
            raise BadValue(f"resemblance is {resemblance!r}; it is a number from 0 to 1")
        band = by_band(resemblance, self.bands, self.rows)
        if shingles is None:
            return round(band, 3)
        sizes = positive("shingles", shingles), positive("other", shingles if other is None else other)
        shared = min(round(resemblance * sum(sizes) / (1 + resemblance)), *sizes)
        return round(offered(shared, sizes, band, self.sample), 3)


def preset_with(setting: str, value: str | None) -> str:
    """Return which preset gives a setting a value (as JSON), for people.

    >>> preset_with("coverage", "0.8"), preset_with("bands", "32"), preset_with("bands", "7"), preset_with("seed", "2")
    ("the preset 'strict'", "the retrieval 'balanced'", 'the retrieval', 'what')
    """
    default = next((field.default for field in fields(Settings) if field.name == setting), None)
    for kind, presets in PRESETS_OF.items():
        if any(setting in each for each in presets.values()):
            names = [name for name, each in presets.items() if json.dumps(each.get(setting, default)) == value]
            return f"the {kind} {names[0]!r}" if len(names) == 1 else f"the {kind}"
    return "what"


class SettingsKeywords(TypedDict, total=False):
    """The same as keyword arguments, as functions take them: for type checkers, and `Unpack` in your own functions."""

    preset: Literal["strict", "balanced", "loose"]
    retrieval: Literal["sparing", "balanced", "thorough"]
    shingle: int
    permutations: int
    seed: int
    bands: int
    rows: int
    sample: int
    candidates: int
    neighbours: int
    words: float
    order: float
    coverage: float
    swaps: float
    lost: int
    numbers: int
    lost_rate: float
