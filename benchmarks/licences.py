"""templates -> ScanCode's licence matcher with their texts as its rules, and where in a text it finds them.

ScanCode has no slots: a rule is a text, matched word by word with gaps. So a pattern becomes a rule for each way to
read it, with its slots left out; an example becomes a rule as it stands. *Legalese*, the words that a match may start
from, are those of at most one rule in twenty: with its own list of such words it finds less, with all words no more and
takes 4 to 15 times as long. It reports words, and the lines from the first to the last of them.

    pip install scancode-toolkit-mini "typecode[full]" "pluggy<1.6"
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice, pairwise

PIECES = re.compile(r"\{[^{}]*\}|[\[\]()|]|[^\[\](){}|]+")
READINGS = 64  # of one pattern, the first so many
COMMON = 0.05  # the share of rules from which on a word is no legalese

Spans = list[tuple[int, int]]


def readings(pattern: str) -> list[str]:
    """Return the texts a pattern stands for, with nothing where a slot is."""
    pieces = PIECES.findall(pattern)[::-1]

    def branch(stops: str) -> list[str]:
        texts = [""]
        while pieces and pieces[-1] not in stops:
            piece = pieces.pop()
            options = group(piece) if piece in "[(" else values(piece) if piece[0] == "{" else [piece]
            texts = list(islice((text + option for option in options for text in texts), READINGS))
        return texts

    def group(opening: str) -> list[str]:
        closing, texts = "])"[opening == "("], []
        while not texts or pieces.pop() != closing:
            texts += branch("|" + closing)
        return texts + [""] * (opening == "[")

    return [" ".join(text.split()) for text in branch("|])")]


def values(slot: str) -> list[str]:
    """Return what a slot that names its words can be, or nothing."""
    named = re.fullmatch(r"\{\w+=([^<].*)\}", slot, re.DOTALL)
    return named[1].split("|") if named else [" "]


class ScanCode:
    """An index of rules, one for each different text."""

    def __init__(self, texts: Iterable[str]) -> None:
        from licensedcode.index import LicenseIndex
        from licensedcode.models import Rule
        from licensedcode.tokenize import index_tokenizer

        rules = {tuple(index_tokenizer(text)): text for text in texts}
        rules.pop((), None)
        spread = Counter(word for tokens in rules for word in set(tokens))
        words = sorted(word for word, count in spread.items() if count <= COMMON * len(rules))
        self.index = LicenseIndex(
            [
                Rule(license_expression=f"block-{n}", identifier=f"{n}.RULE", text=text, is_license_notice=True)
                for n, text in enumerate(rules.values())
            ],
            _legalese={word: number for number, word in enumerate(words)},
        )

    def find(self, text: str) -> tuple[Spans, Spans]:
        """Return the places of the words found, and of the lines they stand in."""
        matches = self.index.match(query_string=text)
        if not matches:
            return [], []
        tokens, lines = self._tokens(text), self._lines(text)
        if len(tokens) != len(matches[0].query.tokens):
            raise ValueError(f"{len(tokens)} words were counted, {len(matches[0].query.tokens)} by ScanCode")
        return (
            [(tokens[match.qspan.start][0], tokens[match.qspan.end][1]) for match in matches],
            [(lines[match.start_line - 1][0], lines[match.end_line - 1][1]) for match in matches],
        )

    def _tokens(self, text: str) -> Spans:
        """Return the places of the words ScanCode numbers: those that are in a rule and no stop word."""
        from licensedcode.stopwords import STOPWORDS
        from licensedcode.tokenize import query_pattern

        known = self.index.dictionary.keys() - STOPWORDS
        return [word.span() for word in re.finditer(query_pattern, text) if word[0].lower() in known]

    def _lines(self, text: str) -> Spans:
        ends = [0]
        for line in text.splitlines(keepends=True):
            ends.append(ends[-1] + len(line))
        return list(pairwise(ends))
