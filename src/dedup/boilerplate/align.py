"""pattern words x text words -> the best local alignment: which words stand where, and how complete it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from dedup.boilerplate.template import Branch, Pattern

EXTRA_COST = 0.5  # of a word too many, in matched words
MISSING_COST = 0.25  # of a word too few


@dataclass(frozen=True, slots=True)
class Alignment:
    """Word `positions[i]` of the pattern stands at token `places[i]`; `present` are the words that count."""

    positions: tuple[int, ...]
    places: tuple[int, ...]
    present: tuple[int, ...]
    coverage: float
    score: float


def align(pattern: Pattern, words: Sequence[int], offset: int, floor: float) -> Alignment | None:
    """Align the pattern with `words` (token hashes, the first is token `offset`); None below the floor.

    The longest common subsequence is found by rapidfuzz; stray matches at its ends are cut off.
    """
    from rapidfuzz.distance import LCSseq

    blocks = LCSseq.opcodes(pattern.words, words.tolist() if hasattr(words, "tolist") else words).as_matching_blocks()
    blocks = _best_stretch(pattern, [(block.a, block.b, block.size) for block in blocks if block.size])
    if not blocks:
        return None
    positions = tuple(a + i for a, _, size in blocks for i in range(size))
    places = tuple(offset + b + i for _, b, size in blocks for i in range(size))
    present = tuple(sorted(_present(pattern.root, frozenset(positions))))
    found = len(set(positions) & set(present))
    if not present or found == 0:
        return None
    coverage = found / len(present)
    extra = sum(_extra(pattern, left, right) for left, right in zip(blocks, blocks[1:], strict=False))
    score = coverage * found / (found + extra)
    if coverage < floor or score < floor * 0.8:
        return None
    return Alignment(positions, places, present, round(coverage, 4), round(score, 4))


def _extra(pattern: Pattern, left: tuple[int, int, int], right: tuple[int, int, int]) -> int:
    """Return the number of text words between two matching blocks that no slot and no missing word explains."""
    (a, b, size), (next_a, next_b, _) = left, right
    room = sum(slot.limit for slot in pattern.slots if a + size <= slot.first <= next_a)
    return max(0, next_b - b - size - room - (next_a - a - size))


def _best_stretch(pattern: Pattern, blocks: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return the run of neighbouring blocks with the most matched words less the cost of what lies between."""
    best, best_sum = (0, 0), 0.0
    first, total = 0, 0.0
    for index, block in enumerate(blocks):
        if index > first:
            left = blocks[index - 1]
            missing = block[0] - left[0] - left[2]
            total -= EXTRA_COST * _extra(pattern, left, block) + MISSING_COST * missing
        if total <= 0:
            first, total = index, 0.0
        total += block[2]
        if total > best_sum:
            best, best_sum = (first, index + 1), total
    return blocks[slice(*best)]


def _present(branch: Branch, found: frozenset[int]) -> list[int]:
    """Return the words an occurrence with the words `found` is measured by: choices made, options left out."""
    words = list(branch.words)
    for choice in branch.choices:
        rated = []
        for each in choice.branches:
            present = _present(each, found)
            rated.append((sum(word in found for word in present) / max(1, len(present)), present))
        share, present = max(rated, key=lambda pair: pair[0])
        if share >= 0.5 or not choice.optional:
            words += present
    return words
