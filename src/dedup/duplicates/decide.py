"""the numbers of a verdict and the settings -> how two stories relate."""

from dedup.duplicates.measure import Measures, Side
from dedup.duplicates.settings import Settings
from dedup.duplicates.verify import (
    EXPANSION_WORDS,
    OWN_WORDS,
    UPDATE_COVERAGE,
    Comparison,
    is_own,
    needs_a_look,
)

MIRROR_WORDS, MIRROR_ORDER = 0.84, 0.72  # b is told by a, too: a copy, not an excerpt
TEMPLATE_SWAPS = 0.8  # per 100 words of a: the same form with other facts
TEMPLATE_DIFFERENCES = 4  # such swaps are spread over at least this many differences
TEMPLATE_SLOTTED = 0.6  # or this share of what differs stands in slots of a shared form
INTERLEAVED = 45  # shared words between two differences at most; else they share a block, not a telling
UPDATE_DIFFERENCES = 2  # at least; one alone is a shared beginning or end
SHORT = 150  # own words; a text of fewer is told by its title, too
TOLD = 0.4  # more of the words of such a title are borne out by the texts, or it is the title of another story


def relate(comparison: Comparison, settings: Settings) -> str:
    """Return the relation of a to b: the decision list of docs/design.md (Duplicates), first that holds."""
    a, b = comparison.a, comparison.b
    if not needs_a_look(comparison):
        return _untold(comparison) or "exact" if len(a) and comparison.is_exact else "distinct"
    measures = comparison.measures
    inside = _inside(measures.a, settings) and is_own(measures.a.own, a, OWN_WORDS)
    if inside and _keeps_facts(measures, settings) and not comparison.adds:
        if untold := _untold(comparison):
            return untold
        if len(comparison.contradictions) >= settings.numbers:
            return "template" if _shares_form(measures, len(a)) else "update"
        other = measures.b
        mirror = other.found >= MIRROR_WORDS * other.own and other.ordered >= MIRROR_ORDER * other.own
        return "near" if mirror else "excerpt"
    if (
        _inside(measures.b, settings)
        and is_own(measures.b.own, b, EXPANSION_WORDS)
        and _swap_rate(measures, measures.a.own) < TEMPLATE_SWAPS
    ):
        return "expansion"
    if _shares_form(measures, len(a)):
        return "template"
    covered = (measures.a.covered + measures.b.covered) / max(1, measures.a.own + measures.b.own)
    interleaved = measures.differences >= UPDATE_DIFFERENCES and measures.stretch < INTERLEAVED
    told_again = covered >= UPDATE_COVERAGE and interleaved and is_own(measures.a.own, a, OWN_WORDS)
    return "update" if told_again else "distinct"


def _untold(comparison: Comparison) -> str:
    """Return what a text that b has is all the same when its title tells of something else, or "" when it does not."""
    mine, other = comparison.titles
    if mine.told == 1 or comparison.measures.a.own >= SHORT:
        return ""
    if mine.told <= TOLD:
        return "distinct"
    return "template" if mine.numbers and other.numbers else ""


def _inside(side: Side, settings: Settings) -> bool:
    """Whether a text is told by the other: its words are there, in order, and in runs."""
    return (
        side.found >= settings.words * side.own
        and side.ordered >= settings.order * side.own
        and side.covered >= settings.coverage * side.own
    )


def _keeps_facts(measures: Measures, settings: Settings) -> bool:
    """Whether few enough facts are lost or swapped."""
    own = measures.a.own
    return (
        len(measures.a.lost) < max(settings.lost, settings.lost_rate * own / 100)
        and len(measures.swaps) < settings.lost
        and _swap_rate(measures, own) <= settings.swaps
    )


def _swap_rate(measures: Measures, words: int) -> float:
    return 100 * len(measures.swaps) / max(1, words)


def _shares_form(measures: Measures, words: int) -> bool:
    """Whether facts differ in the slots of a shared form."""
    if measures.stretch >= INTERLEAVED and measures.slotted < TEMPLATE_SLOTTED:
        return False
    swapped = len(measures.swaps) >= 2 and _swap_rate(measures, words) >= TEMPLATE_SWAPS
    return (swapped and measures.differences >= TEMPLATE_DIFFERENCES and measures.stretch < INTERLEAVED) or (
        measures.slots >= 2 and measures.slotted >= TEMPLATE_SLOTTED
    )
