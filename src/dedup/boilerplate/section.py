"""a heading line -> the block it heads: which of the lines below belong to it."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import repeat

from dedup.boilerplate.blocks import SENTENCE_ENDS, Block, line_at, space_after
from dedup.boilerplate.view import plain

LONGEST_RUN = 4000  # code points; what is headed so and goes on for longer is a story of its own
LISTED_WORDS = 12  # words in a line of a list of contacts or links
MOST_LINES = 120  # below a heading
TITLE_WORDS = 24  # words in a line of a list of other stories
HEADING_WORDS = 9
PROSE = ("paragraphs", "more")
NAME_WORDS = 6  # in a line that is nothing but a name
NAME_LINES = 2  # lines of a name and a title that may stand between a heading and what it heads
JOINTS = {
    "a", "an", "and", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "than", "the", "to", "was", "with",
}  # fmt: skip
LINE_ENDS = f'{SENTENCE_ENDS}:"”)'  # signs behind which the next line begins anew
BYLINE_WORDS = 12  # words in a line that may name an author without telling of one
FEW_NAMES = 4  # that are looked for one by one, before all words of a text are noted
ADDRESS = ("@", "http", "www.")
FIELDS = 12  # lines of a record's head, from its length to its copyright
FIELD_WORDS = 8  # words in each of them
WORD = re.compile(r"\w+")
RIGHTS = re.compile(r"(?:©|\(?c\)?(?= \d{4})|copyright\b).*", re.IGNORECASE)


def block_end(text: str, end: int, run: str, stops: Sequence[int], echo: str = "") -> int | None:
    """Return where the block ends whose heading ends at `end`, or None when nothing there is headed by it.

    `run` is "paragraphs", "lines" for a list of short ones, "titles" for one of other stories, "name" for one line, or
    "more" when the heading is a paragraph itself. The block ends before any of `stops` (sorted) and before another
    heading. With `echo`, it ends with the last line that holds one of those words. Unless it is "more", some line has
    to stand below the heading. "fields" are the short lines down to one that claims the rights.
    """
    if run == "fields":
        return _rights_below(text, end)
    if run == "name":
        below = next(_lines_below(text, end), None)
        return below.body_end if below is not None and _is_name(text[below.body_start : below.body_end]) else None
    telling = _last_telling(text, end, run, () if run == "titles" else stops, echo)  # dates stand in a list of stories
    return telling if telling > end or run == "more" else None


def _last_telling(text: str, end: int, run: str, stops: Sequence[int], echo: str) -> int:
    """Return where the last line ends that belongs to the block and holds a word of `echo`, or `end`.

    Names may stand between a heading and what it heads. A sentence with links in it may be broken into lines.
    """
    telling, names, told, broken = end, NAME_LINES if run == "paragraphs" else 0, False, False
    for line in _lines_below(text, end):
        body, following = text[line.body_start : line.body_end], space_after(text, line.body_end)
        stopped = bisect_left(stops, line.body_start) < bisect_left(stops, line.body_end)
        if line.body_end - end > LONGEST_RUN or (stopped and not broken):
            break
        if broken or _belongs(run, text, line, following):
            told = _echoes(echo, body) or (told and (broken or _goes_on(body)))
            telling, names = line.body_end if told else telling, 0
            close = text.count("\n", line.body_end, following) < 2
            broken = close and run in PROSE and _breaks_off(body, broken)
        elif not names:
            break
        else:
            names -= 1
    return telling


def _breaks_off(body: str, broken: bool) -> bool:
    """True when the sentence goes on in the next line: `broken` when this line is in the middle of one."""
    words = body.split()
    return body[-1] not in LINE_ENDS and (broken or len(words) > HEADING_WORDS or words[-1] in JOINTS)


def _rights_below(text: str, end: int) -> int | None:
    for count, line in enumerate(_lines_below(text, end)):
        body = text[line.body_start : line.body_end]
        if RIGHTS.match(body):
            return line.body_end
        if count == FIELDS or len(body.split()) > FIELD_WORDS:
            break
    return None


def _lines_below(text: str, end: int) -> Iterator[Block]:
    at = space_after(text, end)
    for _ in range(MOST_LINES):
        if at == len(text):
            return
        line = line_at(text, at)
        yield line
        at = space_after(text, line.body_end)


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
    goes_on = _goes_on(text[following]) or body.split()[-1] in JOINTS
    return not goes_on and not any(sign in body for sign in ADDRESS)


def _goes_on(body: str) -> bool:
    """True for a line that goes on with the one above."""
    return body[0].islower() or body[0] in ",;.)"


def _is_name(body: str) -> bool:
    """True for a line of a few capitalised words."""
    words = [word for word in body.split() if word not in ("and", "&", "de", "van", "von", "of", "the")]
    return 0 < len(words) <= NAME_WORDS and all(word[0].isupper() for word in words) and body[-1] not in LINE_ENDS


def _echoes(echo: str, below: str) -> bool:
    """True when a word that says something in `echo` is met again."""
    words = [word.strip(".,:;!?()[]*\"“”'’®™") for word in echo.split()]
    telling = [word.casefold() for word in words if len(word) > 3 and word[:1].isupper()] or [
        word.casefold() for word in words if word
    ]
    folded = plain(below).casefold()
    return not echo or any(word in folded for word in telling)


class Mentions:
    """Whom the lines of a text tell of, and from where on; bylines and credits tell of nobody."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._asked = 0
        self._places: dict[str, int] | None = None  # by word

    def before(self, name: str, position: int) -> bool:
        """Return whether a line that begins before `position` holds the last word of a name."""
        last = max(WORD.findall(name.rsplit(maxsplit=1)[-1]) if name.strip() else (), key=len, default="")
        self._asked += 1
        if self._asked <= FEW_NAMES and (not last or self._text.find(last, 0, position) < 0):
            return False
        if self._places is None:
            self._places = dict(reversed([*self._words()]))
        return self._places.get(last, position) < position

    def _words(self) -> Iterator[tuple[str, int]]:
        at = 0
        for line in self._text.splitlines(keepends=True):
            for piece in line.split("  "):
                if len(piece.split(None, BYLINE_WORDS)) > BYLINE_WORDS:
                    yield from zip(WORD.findall(piece), repeat(at + len(piece) - len(piece.lstrip(" "))))
                at += len(piece) + 2
            at -= 2
