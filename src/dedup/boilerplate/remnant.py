"""guarded occurrences -> the lines of a text's tail that stand below them and read like no story."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from dedup.boilerplate.blocks import CLOSERS, SENTENCE_ENDS
from dedup.boilerplate.layers import Guarded
from dedup.boilerplate.occurrence import Occurrence
from dedup.boilerplate.sighting import Sighting

STORY = 60  # words that have to stand above a tail
LARGEST_SHARE = 0.5  # of what stands above: more is a list that is the story
LINE_WORDS = 24
LINE_SIGNS = 160  # code points, for scripts that do not set words apart
BARS = frozenset(("link-list", "newsletter", "platform-chrome"))  # what stands between a story and others
TITLES = 3  # lines that may stand between the story and the first block of its page
STOPS = frozenset("。，！？।")  # of sentences in scripts that have no capitals to tell a title by
MOSTLY = 0.6  # share of a line from which on an occurrence has it
DIGITS = "0123456789"
DIGIT_SHARE = 0.3  # share of digits that makes a line one of a table
FACT = re.compile(r"\d")
FACT_WORDS = 6  # in a line that is one of a list of facts: a title of another story is longer
LABELLED = re.compile(r"\s*\w+: \w+,")
OF_STORY = re.compile(  # "Rovers: Adams; Brown", "Ann Lee: I cried", "Ann Lee as the widow"
    r"\s*\w+(?: \w+){0,2}: [^;]{1,80};|\s*\w+(?: \w+){1,2}: (?!\S+@)|\s*[A-Z][\w'’-]+(?: [A-Z][\w'’-]+){1,2} as \w"
)
INTERRUPTS = re.compile(
    r"\b(?:advert\w*|ads?|anzeigen?|werbung|publi\w+|pubblicità|reklam\w*|реклам\w*|iklan|annons|annons?e|annonce|"
    r"sponsored|(?:story|article|post|text|content|video) continue[sd]?|(?:keep|continue) (?:reading|scrolling)|"
    r"scroll|skip|sigue leyendo|lees verder|tekst gaat verder)\b|广告|廣告|広告|광고|إعلان|विज्ञापन",
    re.IGNORECASE,
)
PAGE = frozenset(("link-list", "link-footer", "newsletter", "copyright", "platform-chrome"))

TailLine = tuple[int, int, Occurrence | None]  # start, end (code points), the lowest occurrence on it that goes


def remnants(seen: Sighting, guarded: Sequence[Guarded]) -> list[Occurrence]:
    r"""Return an occurrence for each stretch of such lines, as part of the block above it.

    The tail is what follows the last line that reads like story: a sentence, a long line, figures. What is left of a
    page there, below something that goes and belongs to the end of a text or is a list of links, goes with it; but
    not a list of facts at the very end, below a call that may stand between two paragraphs.
    """
    going = [each for each, objection in guarded if not objection]
    text = seen.text
    if not any(_tells(each, text) for each in going):
        return []
    tail, top = _tail(text, guarded)
    if all(each for _, _, each in tail):
        return []
    above = seen.tokens_until(top)
    if above < STORY or not _ends_sentence(text[:top].rstrip()):
        return []
    found = _stretches(seen, tail)
    if sum(each.last - each.first + 1 for each in found) > above * LARGEST_SHARE:
        return []
    lowest = max(each.start for each in going)
    return [each for each in found if not _is_of_story(each, text, at_end=each.end > lowest)]


def _is_of_story(each: Occurrence, text: str, *, at_end: bool) -> bool:
    block = text[each.start : each.end]
    return not _ends_page(each) and (_is_told_of(block) or (at_end and _has_facts(block)))


def _stretches(seen: Sighting, tail: Sequence[TailLine]) -> list[Occurrence]:
    """Return the lines of the tail that are of no block as part of the block above, those side by side together."""
    text, found = seen.text, list[Occurrence]()
    owner = _owner_of_the_top(text, tail)
    for start, end, each in reversed(tail):
        if each is not None:
            owner = each if owner is not None or _tells(each, text) else None
        elif owner is not None:
            last = bisect_right(seen.starts, end - 1) - 1
            if found and found[-1].template is owner.template and not text[found[-1].end : start].strip():
                found[-1] = found[-1]._replace(end=end, last=last)
                continue
            first = bisect_right(seen.ends, start)
            part = owner._replace(start=start, end=end, first=first, last=last, coverage=0.0, score=0.0, slots={})
            found.append(part)
    return found


def _owner_of_the_top(text: str, tail: Sequence[TailLine]) -> Occurrence | None:
    """Return the first block of the tail when it is of a page and a few titles of other stories stand above it."""
    for titles, (start, end, each) in enumerate(reversed(tail)):
        if each is not None:
            return each if titles and each.template.kind in BARS and _tells(each, text) else None
        if titles == TITLES or not _reads_like_title(text[start:end]):
            return None
    return None


def _reads_like_title(line: str) -> bool:
    ends_open = line[-1].isalnum() or line[-1] in ")…"
    return ends_open and not line[0].islower() and STOPS.isdisjoint(line)


def _tells(each: Occurrence, text: str) -> bool:
    """True when what stands below `each` is no story: not for an advertisement or a photographer's name."""
    template = each.template
    if template.position in ("tail", "end"):
        return True
    return template.kind in PAGE and not (
        template.kind != "link-list" and INTERRUPTS.search(text, each.start, each.end)
    )


def _ends_page(each: Occurrence) -> bool:
    """True when what stands below `each` is of a page: not for a call between two paragraphs."""
    template = each.template
    return template.kind == "copyright" or (template.position in ("tail", "end") and template.kind != "newsletter")


def _is_told_of(block: str) -> bool:
    """True for line-ups, casts and what people said: half of the lines say who they are about."""
    lines = [line for line in block.splitlines() if line.strip()]
    about = {match.group() for match in map(OF_STORY.match, lines) if match}
    return len(about) > 1 and 2 * len(about) >= len(lines)


def _has_facts(block: str) -> bool:
    """True when a third of the lines are short and have a number, or are a word and the names it stands for."""
    lines = [line for line in block.splitlines() if line.strip()]
    return 3 * sum(map(_is_fact, lines)) >= len(lines)


def _is_fact(line: str) -> bool:
    return (FACT.search(line) is not None and len(line.split()) <= FACT_WORDS) or LABELLED.match(line) is not None


def _tail(text: str, guarded: Sequence[Guarded]) -> tuple[list[TailLine], int]:
    """Return the lines of the tail from the last up, and where the tail begins.

    Above it stands the lowest line of which most stays and that reads like story, or has an occurrence, unless all it
    has belong at the head of a story: they are the date or the byline of another. Of what has many lines, those in the
    middle are left out.
    """
    tail: list[TailLine] = []
    below = len(text)
    last = len(guarded)  # of these, the ones that begin before the line ends
    while below > 0:
        above = text.rfind("\n", 0, below)
        body = text[above + 1 : below]
        start, end = above + 1 + len(body) - len(body.lstrip()), above + 1 + len(body.rstrip())
        below = above
        if start >= end:
            continue
        while last and guarded[last - 1][0].start >= end:
            last -= 1
        here = _reaching_into(start, guarded, last)
        going = [each for each, objection in here if not objection]
        gone = sum(min(end, each.end) - max(start, each.start) for each in going)
        of_a_head = here and all(each.template.position == "head" for each, _ in here)
        if gone / (end - start) <= MOSTLY and not of_a_head and (here or _reads_like_story(text[start:end])):
            return tail, end
        owner = going[0] if going else None
        tail.append((start, end, owner))
        if owner is not None and owner.start < start and gone == end - start:
            below = text.find("\n", owner.start)
    return tail, 0


def _reaching_into(start: int, guarded: Sequence[Guarded], last: int) -> list[Guarded]:
    """Return those of the first `last` occurrences that end behind `start`, from the last up."""
    first = last
    while first and guarded[first - 1][0].end > start:
        first -= 1
    return [*guarded[first:last]][::-1]


def _reads_like_story(line: str) -> bool:
    if len(line) > LINE_SIGNS or len(line.split()) > LINE_WORDS or line[-1] in ".:。：।;,،" or line[0] in '"“„«':
        return True
    figures = sum(map(line.count, DIGITS)) if line.isascii() else sum(map(str.isdigit, line))
    return figures > DIGIT_SHARE * len(line)


def _ends_sentence(text: str) -> bool:
    return text.rstrip(CLOSERS)[-1:] in SENTENCE_ENDS
