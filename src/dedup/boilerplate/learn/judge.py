"""what repeats -> what is boilerplate: by its stories, its place in them and its company."""

from dedup.boilerplate.learn.count import MANY_STORIES, Count
from dedup.boilerplate.learned import REPORT_FIGURES

CONFIDENT = 10  # stories of one source; below, a person should look
SEVERAL = 5  # stories from which on a masked unit counts, and an exact one in the middle of a text
EDGE = 0.8  # share of occurrences with no story on one side that makes a unit part of the head or the tail
NEARLY_ALWAYS = 0.95  # the same for what stands in many stories, but not in all
HALF_HEAD = 0.5  # share of its occurrences at the head that calls for a look
LATE = 0.9  # share of its occurrences in the second half that makes a unit part of what ends a text
STEADY, VERY_STEADY = 0.5, 0.7  # share of its occurrences beside a steadier unit that speaks for a unit
COMMON = 0.05  # share of the source's stories that makes even a short unit part of the page
COMMON_FORM = 0.03  # the same for a form in the tail
COMMON_HEAD = 0.02  # the same for a short form at the head
BACKGROUND_DAYS = 14  # days over which a sentence of few stories was seen: background to the news goes sooner
RECENT_DAYS = 3  # the same for what ends four stories
KIN = 0.1  # kinship of stories of one kind; the releases of one company reach it too, but over weeks
DISTANT_KIN = KIN / 2  # the same for what reads like story
LOOSE_COMPANY = 0.5  # share of its places with one neighbour below which half of that is enough for a sentence
PROSE_WORDS = 12  # words that make a unit in the middle no formula
HEADING = 5  # words in the heading of a column, at most
OTHERS = 0.7  # share of its places with other neighbours that makes a unit stand by itself
FORMS = 3  # ways to fill a unit that make its gaps gaps


def judge(count: Count) -> str:
    """Return "confident", "proposed", or "" for what is no boilerplate as far as one can tell.

    A unit at the edge of its texts, or beside one that is steadier, needs few stories; one in the middle of them
    many: there the prose formulas and the headings of columns are, and the sentences of stories that go on.
    """
    if count.words <= 3 and count.sentence:
        return ""  # "Sen.", "Dr.": what a splitter leaves
    if _of_one_kind(count):
        return ""
    if count.masked:
        status = _masked(count)
        return "proposed" if status and _leads(count) else status
    if count.words < 4 and count.numbers == count.words:
        return ""
    if count.stories >= CONFIDENT:
        return _frequent(count)
    if count.stories >= SEVERAL:
        return "proposed" if _several(count) else ""
    return "proposed" if (_few(count) if count.stories > 2 else _two(count)) else ""


def _of_one_kind(count: Count) -> bool:
    """True for what stands in stories that share more than it: a weather report's advice, a running story's past."""
    if count.share >= COMMON or count.address:
        return False
    if count.story and count.company < LOOSE_COMPANY and count.kinship >= DISTANT_KIN:
        return True
    if count.kinship < KIN:
        return False
    return (
        count.steady < STEADY
        or (count.days or 0) < BACKGROUND_DAYS
        or (count.stories == 2 and _reads_like_story(count))
    )


def place(count: Count) -> str:
    """Return where the unit belongs: "tail", "head" or "any"."""
    if count.stories >= MANY_STORIES and count.share < 1 and max(count.tail, count.head) < NEARLY_ALWAYS:
        return "any"
    return "tail" if count.tail >= EDGE else "head" if count.head >= EDGE else "any"


def heads(count: Count) -> bool:
    """True for a few words by themselves in the middle of texts: over a column, or in a sentence cut at its links.

    What is the page's own has something of the page beside it, or the same above or below it.
    """
    if count.masked or count.words > HEADING or count.sentence or count.address or count.numbers:
        return False
    alone = place(count) == "any" and count.company < LOOSE_COMPANY
    return alone and min(count.before, count.after) >= OTHERS * len(count.places)


def _frequent(count: Count) -> str:
    at_edge = count.tail >= EDGE or (count.head >= EDGE and not _reads_like_story(count))
    if count.words < 4 and count.share < COMMON and not count.address and not (count.tail >= EDGE and count.words > 1):
        return ""
    if at_edge or count.share >= COMMON or count.stories >= MANY_STORIES or count.steady >= EDGE:
        return "confident"
    if count.steady >= STEADY:
        return "proposed" if count.sentence else "confident"
    if count.words >= PROSE_WORDS and count.kinship < DISTANT_KIN and (count.days or 0) >= BACKGROUND_DAYS:
        return "proposed"
    return "proposed" if count.address or count.late >= LATE or count.head >= HALF_HEAD else ""


def _several(count: Count) -> bool:
    if count.words < 2 and not count.address:
        return False
    if count.tail >= EDGE:
        return True
    if count.head >= EDGE:
        return (
            count.words > 2 and count.steady >= STEADY and (not count.sentence or (count.days or 0) >= BACKGROUND_DAYS)
        )
    return count.late >= LATE and (count.address or count.steady >= VERY_STEADY)


def _few(count: Count) -> bool:
    days = count.days
    if count.tail >= EDGE:
        if _reads_like_story(count) and count.steady < STEADY:
            return (days is None and count.stories > 3) or (
                days is not None and days >= (BACKGROUND_DAYS if count.stories < 4 else RECENT_DAYS)
            )
        return count.words > 1 or count.address or count.steady >= STEADY
    if count.head >= EDGE:
        return count.steady >= STEADY and count.words > 2 and not count.sentence
    return _is_beside_the_end(count) and (count.address or not count.sentence or (days or 0) >= BACKGROUND_DAYS)


def _two(count: Count) -> bool:
    if count.tail < EDGE or (count.words < 2 and not count.address):
        return False
    if (count.sentence or count.story) and not count.address:
        return count.steady >= STEADY and (count.days or 0) >= BACKGROUND_DAYS / 2
    return count.steady >= STEADY or count.address or count.words > 2


def _masked(count: Count) -> str:
    if count.forms < FORMS:
        return ""  # the exact lines say it better
    if count.literals < 2 and not count.address and place(count) == "any":
        return ""  # a word between names, anywhere: "the cities of March and Ely"
    if count.numbers >= REPORT_FIGURES and not count.address:
        return ""  # a market report is a form, but its figures are the news
    if count.stories < SEVERAL:
        fits = count.stories > 2 and count.tail >= EDGE and count.literals > 2
        return "proposed" if fits and (count.address or not count.sentence) else ""
    confident = count.stories >= CONFIDENT
    if count.literals > 2:
        if count.tail >= EDGE or (count.head >= EDGE and not _reads_like_story(count)):
            steady = not count.sentence or count.address or count.share >= COMMON_FORM or count.steady >= STEADY
            return "confident" if confident and steady else "proposed"
        if count.share >= COMMON:
            return "confident" if confident else "proposed"
        return "proposed" if _is_beside_the_end(count) and (count.address or not count.sentence) else ""
    if (count.tail >= EDGE and (confident or count.share >= COMMON_FORM)) or (
        count.head >= EDGE and confident and count.share >= COMMON_HEAD
    ):
        return "confident" if confident and count.share >= COMMON else "proposed"
    return ""


def _leads(count: Count) -> bool:
    """True for a sentence above all story: what fills its gaps is what the story tells of, a road and a day."""
    return count.head >= EDGE and count.tail < EDGE and count.sentence and not count.address


def _is_beside_the_end(count: Count) -> bool:
    """True for what mostly stands beside steadier units in the second half."""
    return count.late >= LATE and count.steady >= VERY_STEADY


def _reads_like_story(count: Count) -> bool:
    return count.story and not count.address
