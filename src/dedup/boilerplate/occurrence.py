"""a template, and where a text has it -> occurrence: what every way to find a template gives."""

from collections.abc import Mapping
from typing import NamedTuple

from dedup.boilerplate.template import Template

FORM_WEIGHT = 0.5  # of a shape without a provider, against the words of a known block


class Occurrence(NamedTuple):
    """A template found in a text: `first` to `last` (inclusive) in tokens, `start` to `end` in code points.

    `coverage` is the share of the template's words found, `score` also counts words that are too many.
    """

    template: Template
    start: int
    end: int
    first: int
    last: int
    coverage: float
    score: float
    slots: Mapping[str, str]

    @property
    def weight(self) -> float:
        """What decides between occurrences that overlap: score x length in words, half for a form anyone may use."""
        known = self.template.pattern or self.template.provider or self.template.run
        return self.score * max(1, self.last - self.first + 1) * (1.0 if known else FORM_WEIGHT)
