"""a heading line -> the block it heads: which of the lines below belong to it."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from dedup.boilerplate.blocks import Block, line_at, space_after
from dedup.boilerplate.view import plain

LONGEST_RUN = 2400  # code points; what is headed so and goes on for longer is a story of its own
LISTED_WORDS = 12  # words in a line of a list of contacts or links
MOST_LISTED = 14  # lines of such a list
TITLE_WORDS = 24  # words in a line of a list of other stories
HEADING_WORDS = 9
BYLINE_WORDS = 12  # words in a line that may name an author without telling of one
ADDRESS = ("@", "http", "www.")
FIELDS = 12  # lines of a record's head, from its length to its copyright
FIELD_WORDS = 8  # words in each of them
RIGHTS = re.compile(r"(?:©|\(?c\)?(?= \d{4})|copyright\b).*", re.IGNORECASE)


def block_end(text: str, end: int, run: str, stops: Sequence[int], echo: str = "") -> int | None:
    """Return where the block ends whose heading ends at `end`, or None when nothing there is headed by it.

    `run` is "paragraphs", "lines" for a list of short ones, "titles" for one of other stories, or "more" when the
    heading is a paragraph itself. The block ends before any of `stops` (sorted) and before another heading. With
    `echo`, it ends with the last line that holds one of those words. Unless it is "more", some line has to stand below
    the heading. Of a "stranger" the line is all: a paragraph about `echo`, whom the story above does not name. "fields"
    are the short lines down to one that claims the rights.
    """
    if run == "fields":
        return _rights_below(text, end)
    if run == "stranger":
        return None if _is_named(echo, text[: line_at(text, end - 1).start]) else end
    last = telling = end
    stops = () if run == "titles" else stops  # dates and credits stand in a list of stories
    for line in _lines_below(text, end, stops):
        following = space_after(text, line.body_end)
        if not _belongs(run, text, line, following) or line.body_end - end > LONGEST_RUN:
            break
        last = line.body_end
        telling = last if _echoes(echo, text[line.body_start : last]) else telling
    return telling if telling > end or run == "more" else None


def _rights_below(text: str, end: int) -> int | None:
    for count, line in enumerate(_lines_below(text, end, ())):
        body = text[line.body_start : line.body_end]
        if RIGHTS.match(body):
            return line.body_end
        if count == FIELDS or len(body.split()) > FIELD_WORDS:
            break
    return None


def _lines_below(text: str, end: int, stops: Sequence[int]) -> Iterator[Block]:
    at = space_after(text, end)
    stop = stops[bisect_right(stops, end)] if bisect_right(stops, end) < len(stops) else len(text)
    listed = 0
    while at < stop and listed < MOST_LISTED * 4:
        line = line_at(text, at)
        if line.body_end > stop:
            return
        yield line
        at = space_after(text, line.body_end)
        listed += 1


def _belongs(run: str, text: str, line: Block, following: int) -> bool:
    body = text[line.body_start : line.body_end]
    if run == "titles":
        return len(body.split()) <= TITLE_WORDS and body[-1] not in ".。:：।" and body[0] not in '"“‘«„'
    return _is_listed(body) if run == "lines" else not _is_heading(text, line, following)


def _is_listed(body: str) -> bool:
    """True for a line of names, numbers and addresses: short, and no sentence."""
    words = body.split()
    has_address = any(sign in body for sign in ADDRESS) or sum(map(str.isdigit, body)) >= 7
    return len(words) <= LISTED_WORDS and (has_address or body[-1] not in ".?!…:" or len(words[-1]) <= 5)


def _is_heading(text: str, line: Block, following: int) -> bool:
    """True for a short line without an end that stands above another."""
    body = text[line.body_start : line.body_end]
    if following == len(text) or len(body.split()) > HEADING_WORDS or body[-1] in '.?!…,;)"”':
        return False
    return not any(sign in body for sign in ADDRESS)


def _echoes(echo: str, below: str) -> bool:
    """True when a word that says something in `echo` is met again."""
    words = [word.strip(".,:;!?()[]*\"“”'’®™") for word in echo.split()]
    telling = [word.casefold() for word in words if len(word) > 3 and word[:1].isupper()] or [
        word.casefold() for word in words if word
    ]
    folded = plain(below).casefold()
    return not echo or any(word in folded for word in telling)


def _is_named(name: str, above: str) -> bool:
    """True when the story `above` tells of the one whose `name` that is; a byline or a credit does not."""
    last = re.compile(rf"\b{re.escape(name.rsplit(maxsplit=1)[-1])}\b") if name else None
    at = 0
    while last is not None and (found := last.search(above, at)):
        line = line_at(above, found.start())
        if len(above[line.start : line.end].split()) > BYLINE_WORDS:
            return True
        at = line.end
    return False
