"""blocks to remove -> spans to remove: with the white space that would be left over."""

from collections.abc import Sequence
from itertools import pairwise

from dedup.boilerplate.blocks import space_after, space_before

BREAKS = "\r\n"


def widen(text: str, blocks: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    r"""Return `blocks` (sorted, apart) grown over white space so that what is left joins tidily.

    Lines that become empty go whole, with the blank lines after them; at the end of the text, with those
    before them. Blocks with only white space between them share it out.

    >>> widen("One.\n\nNotice.\n\nTwo.\n", [(6, 13)])
    [(6, 15)]
    """
    spans: list[tuple[int, int]] = []
    first = 0
    for index in range(1, len(blocks) + 1):
        if index < len(blocks) and space_after(text, blocks[index - 1][1]) >= blocks[index][0]:
            continue
        group = blocks[first:index]
        start, end = _grow(text, group[0][0], group[-1][1])
        edges = [start, *(block[0] for block in group[1:]), end]
        spans += pairwise(edges)
        first = index
    return spans


def are_lines(text: str, pieces: Sequence[tuple[int, int]]) -> bool:
    """Return whether pieces of `text` (sorted, apart) are lines of it also when they are put together."""
    if any(start and text[start - 1] not in BREAKS for start, _ in pieces):
        return False
    *others, (_, last) = pieces
    return all(text[end - 1] in BREAKS for _, end in others) and (
        last == len(text) or text[last - 1] in BREAKS or text[last] in BREAKS
    )


def _grow(text: str, start: int, end: int) -> tuple[int, int]:
    left, right = space_before(text, start), space_after(text, end)
    break_before = _first_break(text, left, start)
    break_after = _first_break(text, end, right)
    opens_line = left == 0 or break_before >= 0
    closes_line = right == len(text) or break_after >= 0
    if left == 0:
        return 0, _line_start(text, right) if break_after >= 0 else right
    if right == len(text):
        if not opens_line:
            return left, break_after if break_after >= 0 else right
        return (_behind_break(text, break_before) if break_after >= 0 else left), right
    if opens_line and closes_line:
        return _line_start(text, start), _line_start(text, right)
    return (left, end) if closes_line else (start, right)


def _first_break(text: str, start: int, end: int) -> int:
    for at in range(start, end):
        if text[at] in BREAKS:
            return at
    return -1


def _behind_break(text: str, position: int) -> int:
    return position + (2 if text.startswith("\r\n", position) else 1)


def _line_start(text: str, position: int) -> int:
    while position > 0 and text[position - 1] not in BREAKS:
        position -= 1
    return position
