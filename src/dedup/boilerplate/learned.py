"""lines with slots, and a text -> occurrences of whole lines and sentences that were learned from its source."""

from collections.abc import Iterable, Sequence

from dedup.boilerplate.occurrence import Occurrence
from dedup.boilerplate.template import Template
from dedup.boilerplate.units import SLOT, Units, keys, within
from dedup.boilerplate.words import word_hashes
from dedup.tokens import Tokens

GAP = "{...}"  # stands in a line for names, numbers, dates and addresses
FEW = 12  # words in a unit between two learned ones that goes with them
REPORT_FIGURES = 3  # numbers from which on a unit with slots is a report, not a form
SURE_STATUS = ("confident", "accepted")


def pattern_words(line: str) -> list[int]:
    """Return the token hashes of a line, with one mark for each of its gaps."""
    first, *others = line.split(GAP)
    words = [*word_hashes(first)]
    for piece in others:
        words += [SLOT, *word_hashes(piece)]
    return words


def pattern_key(line: str) -> int:
    """Return the key that the units a line describes have."""
    import numpy as np

    words = np.array(pattern_words(line), np.uint64)
    return int(keys(words, np.ones(len(words), bool), np.array([0]), np.array([len(words)]))[0]) if len(words) else 0


class LearnedLines:
    """Finds units that are lines of templates: one look-up for each unit, however many lines there are."""

    def __init__(self, templates: Iterable[Template]) -> None:
        import numpy as np

        self._exact: dict[int, Template] = {}
        self._masked: dict[int, Template] = {}
        literal: set[int] = set()
        for template in templates:
            for line in template.lines:
                if GAP in line:
                    self._masked.setdefault(pattern_key(line), template)
                    literal.update(pattern_words(line))
                else:
                    self._exact.setdefault(pattern_key(line), template)
        self._literal = np.array(sorted(literal), np.uint64)

    def find(self, text: str, tokens: Tokens) -> list[Occurrence]:
        """Return the occurrences in `text`, in order."""
        if not len(tokens):
            return []
        units = Units.of([text], [tokens], lambda hashes: ~within(hashes, self._literal))
        found = self._known(units)
        if not any(found):
            return []
        _keep_in_place(found, units)
        _complete(found, units)
        return _occurrences(found, units, text, tokens)

    def _known(self, units: Units) -> list[Template | None]:
        masked_as = (units.numbers < REPORT_FIGURES) | (units.addresses > 0)
        known = zip(units.exact.tolist(), units.masked.tolist(), masked_as.tolist(), strict=True)
        return [
            self._exact.get(exact) or (self._masked.get(masked) if may_mask else None)
            for exact, masked, may_mask in known
        ]


def by_source(templates: Iterable[Template]) -> dict[str, LearnedLines]:
    """Return the lines that hold for each source that has any of its own, and under "" those for every other.

    Where several templates have a line, the one of the source itself and then the first has it.
    """
    with_lines = [template for template in templates if template.lines]
    everywhere = [template for template in with_lines if not template.source]
    own: dict[str, list[Template]] = {"": []} if everywhere else {}
    for template in with_lines:
        if template.source:
            own.setdefault(template.source, []).append(template)
    return {source: LearnedLines([*some, *everywhere]) for source, some in own.items()}


def _keep_in_place(found: list[Template | None], units: Units) -> None:
    """Let go of what belongs to the tail and has story behind it, or to the head and comes late."""
    story = units.story.tolist()
    behind = 0
    for at in range(len(found) - 1, -1, -1):
        template = found[at]
        if template is None:
            behind += story[at]
        elif (template.position == "tail" and behind > 1 and at < len(found) / 2) or (
            template.position == "head" and at > len(found) / 2
        ):
            found[at] = None


def _complete(found: list[Template | None], units: Units) -> None:
    """Take in what stands between learned units, or after the last, and does not read like story."""
    story, words = units.story.tolist(), units.words.tolist()
    anchor = None
    for at in range(len(found) - 1, -1, -1):
        template = found[at]
        if template is not None and template.status in SURE_STATUS and _takes(template):
            anchor = at
        elif template is None and story[at]:
            break
    if anchor is not None and any(each and not one for each, one in zip(story[:anchor], found[:anchor], strict=True)):
        for at in range(anchor, len(found)):
            found[at] = found[at] or found[at - 1]
    for at in range(1, len(found) - 1):
        if _takes(found[at - 1]) and _takes(found[at + 1]) and not story[at] and words[at] <= FEW:
            found[at] = found[at] or found[at - 1]


def _takes(template: Template | None) -> bool:
    return template is not None and template.action == "remove"


def _occurrences(found: Sequence[Template | None], units: Units, text: str, tokens: Tokens) -> list[Occurrence]:
    """Return one occurrence for each run of units of one template, with the signs that belong to them."""
    occurrences: list[Occurrence] = []
    begin, end, first, words = (each.tolist() for each in (units.start, units.end, units.first, units.words))
    at = 0
    while at < len(found):
        template = found[at]
        stop = at + 1
        while stop < len(found) and found[stop] is template:
            stop += 1
        if template is not None:
            start = _left(text, end[at - 1] if at else 0, begin[at])
            finish = _right(text, end[stop - 1], begin[stop] if stop < len(found) else len(text))
            last = first[stop - 1] + words[stop - 1] - 1
            occurrences.append(Occurrence(template, start, finish, first[at], last, 1.0, 1.0, {}))
        at = stop
    return occurrences


def _left(text: str, low: int, start: int) -> int:
    """Return where the signs before a unit begin that are on its line and not of the unit before it."""
    gap = text[low:start]
    cut = max(gap.rfind("\n"), gap.rfind("\r")) + 1
    if not cut and low:
        cut = next((at for at, sign in enumerate(gap) if sign.isspace()), len(gap))
    return low + len(gap) - len(gap[cut:].lstrip())


def _right(text: str, end: int, high: int) -> int:
    """Return where the signs end that close a unit: those on its line, up to white space when another follows."""
    gap = text[end:high]
    line = next((at for at, sign in enumerate(gap) if sign in "\r\n"), None)
    if line is not None:
        return end + len(gap[:line].rstrip())
    if high == len(text):
        return end + len(gap.rstrip())
    return end + next((at for at, sign in enumerate(gap) if sign.isspace()), len(gap))
