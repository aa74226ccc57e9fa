"""a feed -> how fast boilerplate is found in it: against one regular expression, with more templates, in hostile text.

Seconds of the processor, the least of several rounds in which the runs take turns.
"""

import argparse
import re
from dataclasses import replace
from pathlib import Path
from time import process_time

import regex
from common import conditions, entries_of, report, size

from dedup import Catalogue, Cleaner
from dedup.boilerplate.clues import Clues
from dedup.boilerplate.expression import Expressions
from dedup.boilerplate.pattern import SLOT_TOKENS

LETTERS = "abcdefghij"
BATCH = 256  # texts, as the commands take them
PIECE = re.compile(r"\{[^{}]*\}|[\[\]()|]|[^\[\](){}|]+")
SIGNS = {"[": "(?:", "]": ")?", "(": "(?:", ")": ")", "|": "|"}
WORD = re.compile(r"(?<![\\\w<{(?])[^\W\d_]{2,}(?![\w>}])")  # in a shape, and no part of its syntax
HOSTILE = 10_000_000  # characters
HOSTILE_TEMPLATE = "menafn-disclaimer"


def expression_of(template):
    """Return a template as one regular expression: its words with anything but words between them."""
    if template.shape:
        return f"^(?:{re.sub(r'[(][?]<[a-z_]+>', '(?:', template.shape)})$"
    return "".join(map(_piece, PIECE.findall(template.pattern)))


def _piece(piece):
    if piece in SIGNS:
        return SIGNS[piece]
    if "=" in piece and piece[0] == "{":
        return "(?:" + "|".join(map(_piece, piece[1:-1].partition("=")[2].split("|"))) + ")"
    if piece[0] == "{":
        kind = re.search(r"(?:[a-z_]+:)?([a-z]+)(?::?<=(\d+))?\}", piece)
        return rf"(?:\W*\b\w+){{0,{kind[2] or SLOT_TOKENS[kind[1]]}}}?"
    return "".join(rf"\W*\b{re.escape(word)}\b" for word in re.findall(r"\w+", piece))


def alternation(templates):
    """Return the templates as one expression that ignores case; those that refer to their own groups are left out."""
    branches = [expression_of(each) for each in templates if r"\g<" not in each.shape]
    return regex.compile("|".join(branches), regex.IGNORECASE | regex.MULTILINE | regex.VERSION1)


def multiplied(templates, times):
    """Return the templates and as many others of the same form as make them `times` as many; each has other words.

    Shapes that a line may have without any of their words have no words to vary.
    """
    made = list(templates)
    for number in range(1, times):

        def other(word, ending=LETTERS[number]):
            return f"{word[0]}x{ending}"

        for each in templates:
            if each.pattern:
                pattern = re.sub(r"(\{[^{}]*\})|\w+", lambda word: word[1] or other(word), each.pattern)
                made.append(replace(each, id=f"{each.id}-{number}", pattern=pattern, required=(), forbidden=()))
            elif each.shape and all(clue.word for clue in Clues().of(Expressions().parts(each.shape))):
                made.append(replace(each, id=f"{each.id}-{number}", shape=WORD.sub(other, each.shape)))
    return made


def clean(cleaner, texts):
    for first in range(0, len(texts), BATCH):
        cleaner.spans_many(texts[first : first + BATCH])


def least_seconds(runs, rounds):
    """Return the least seconds of each run; the runs take turns."""
    seconds = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            begun = process_time()
            run()
            seconds[name].append(process_time() - begun)
    return {name: min(each) for name, each in seconds.items()}


def hostile_text(length):
    (template,) = (each for each in Catalogue.builtin() if each.id == HOSTILE_TEMPLATE)
    words = " ".join(re.findall(r"\w+", template.examples[0])) + " "
    return words * (length // len(words))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("feed", type=Path, help="JSONL with a text in every line")
    parser.add_argument("--language", default="en")
    parser.add_argument("--limit", type=int, default=3000, help="texts")
    parser.add_argument("--few", type=int, default=30, help="texts for the regular expression, which is slow")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    entries = entries_of(options.feed, options.language)
    texts = [entry["text"] for entry, _ in zip(entries, range(options.limit), strict=False)]
    templates = list(Catalogue.builtin())
    cleaner = Cleaner()
    spans = cleaner.spans_many(texts)
    plain = [text for text, found in zip(texts, spans, strict=True) if not found]
    few = plain[: options.few]
    many = multiplied(templates, 10)
    larger, expression, hostile = Cleaner(Catalogue(many)), alternation(templates), hostile_text(HOSTILE)
    runs = {
        "texts without boilerplate": (plain, lambda: clean(cleaner, plain)),
        f"the same, {len(many)} templates": (plain, lambda: clean(larger, plain)),
        "all texts": (texts, lambda: clean(cleaner, texts)),
        f"all texts, {len(many)} templates": (texts, lambda: clean(larger, texts)),
        f"{len(few)} of those without": (few, lambda: clean(cleaner, few)),
    }
    slow = {
        "the same, one regular expression": (few, lambda: [expression.search(text) for text in few]),
        "hostile, a quarter": ([hostile[: HOSTILE // 4]], lambda: cleaner.clean(hostile[: HOSTILE // 4])),
        "hostile": ([hostile], lambda: cleaner.clean(hostile)),
    }
    least = least_seconds({name: run for name, (_, run) in runs.items()}, options.rounds)
    least |= least_seconds({name: run for name, (_, run) in slow.items()}, 1)
    print(f"{len(templates)} templates, {len(texts)} texts, {len(plain)} without boilerplate\n")
    print("| | texts | MB | MB/s | microseconds a text |\n|---|---:|---:|---:|---:|")
    rows = {}
    for name, (given, _) in (runs | slow).items():
        megabytes = size(given) / 1e6
        rows[name] = {"texts": len(given), "MB": megabytes, "seconds": least[name]}
        each = least[name] / len(given) * 1e6
        print(f"| {name} | {len(given)} | {megabytes:.1f} | {megabytes / least[name]:.1f} | {each:,.0f} |")
    settings = {"templates": len(templates), "limit": options.limit, "rounds": options.rounds}
    report({**conditions(**settings), "rows": rows}, options.output)


if __name__ == "__main__":
    main()
