"""every built-in template, mangled as feeds mangle it, at the end of an article: how often all of it is recognised.

A column is a way to mangle, a cell the share of the template's examples that go whole (or are labelled, where the
template only labels) while the article stays as it is, to the token. Stacks put two to four blocks in any order.
The columns that change words or signs are for patterns: the form of a shape is all there is to it.

Beside it, ScanCode's licence matcher (licences.py) on the first example of each template, when it is installed: once it
knows what the patterns say and all other examples, once the very examples that are mangled. *Right* is found with the
right boundaries, by its words or by its lines; *seen* is anything found in the block and nothing in the article. Of
askalono there is a build for Python (pyaskalono 0.2.0), but it knows its own licences only.
"""

import argparse
import html
import json
import random
import re
import sys
import textwrap
from collections import Counter, defaultdict
from pathlib import Path
from time import process_time

from licences import ScanCode, readings
from scoring import figures, read, score, total

from dedup import Catalogue, Cleaner

ARTICLE = """\
The council voted on Monday to keep the old ferry running for another year. Officials said the boat, built in 1961, \
would be repaired over the winter and returned to service by April, when the first visitors are expected on the island.

Residents had asked for the route to be kept open after the bridge closed in spring. "We have no other way to the \
market," said Ann Placeholder, who has lived by the landing for forty years and crosses twice a week.

The repairs are to cost less than a new boat would, the harbour master told the meeting, and the yard has promised to \
be done before the ice is gone. A vote on the bridge is due in summer."""
WORD = re.compile(r"\w+")
LABEL = re.compile(
    r"\A(?:(?:legal )?disclaimer|disclosure|clarification|correction|(?:editor's |please )?note|media contact|source)"
    r"[:\s]\s*(?=\S+\s+\S+\s+\S+\s+\S)",
    re.IGNORECASE,
)


def wrap(width):
    def mangle(text):
        return "\n".join(
            textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")
        )

    return mangle


def hyphenate(text):
    """Wrap at 60 and break the last word of a line where there is room for a part of it."""
    lines = []
    for line in text.split("\n"):
        rest = line
        while len(rest) > 60:
            cut = rest.rfind(" ", 0, 60)
            word = WORD.match(rest, cut + 1)
            if word and word.end() - word.start() > 7 and word[0].isalpha() and word.start() + 4 < 60:
                lines.append(rest[: word.start() + 4] + "-")
                rest = rest[word.start() + 4 :]
            elif cut > 0:
                lines.append(rest[:cut])
                rest = rest[cut + 1 :]
            else:
                break
        lines.append(rest)
    return "\n".join(lines)


def misread(text):
    return "".join(
        character.encode().decode("cp1252", "replace") if character in "“”‘’–—…©®é" else character for character in text
    )


def sprinkle(character):
    def mangle(text):
        chance = random.Random(7)
        return "".join(c + character if c.isalpha() and chance.random() < 0.1 else c for c in text)

    return mangle


def entities(text):
    named = html.escape(text, quote=False)
    for character, name in (
        ("“", "ldquo"),
        ("”", "rdquo"),
        ("’", "rsquo"),
        ("©", "copy"),
        ("—", "mdash"),
        ("–", "ndash"),
    ):
        named = named.replace(character, f"&{name};")
    return named


WHOLE = {  # what happens to a whole text
    "as it is": str,
    "wrap 40": wrap(40),
    "wrap 60": wrap(60),
    "wrap 72": wrap(72),
    "upper case": str.upper,
    "entities": entities,
    "entities twice": lambda text: html.escape(entities(text), quote=False),
    "mojibake": misread,
    "zero-width": sprinkle("\u200b"),
    "soft hyphens": sprinkle("\xad"),
    "no-break spaces": lambda text: text.replace(" ", "\xa0"),
    "RTL marks": sprinkle("\u200f"),
    "LTR marks": sprinkle("\u200e"),
    "broken words": hyphenate,
}


def stripped(block):
    """Without the punctuation that is not part of an address or a number."""
    return re.sub(r"(?<=\w)[,;.](?=\s|$)", "", re.sub(r"[“”‘’\"()«»]", "", block))


def without_label(block):
    return LABEL.sub("", block)


def another_word(block):
    words = [word for word in WORD.finditer(block) if word[0].isalpha() and len(word[0]) > 3]
    if len(WORD.findall(block)) < 8 or not words:
        return block
    word = words[len(words) // 2]
    return block[: word.start()] + "whatever" + block[word.end() :]


def truncated(block):
    words = list(WORD.finditer(block))
    return block[: words[len(words) * 6 // 10].start()].rstrip() if len(words) >= 20 else block


BLOCK = {  # what happens to the block alone
    "stripped": stripped,
    "label missing": without_label,
    "one word replaced": another_word,
    "truncated": truncated,
}


def cells(template, example, article=ARTICLE):
    """Yield `(column, article as it should stay, text, place of the block)` for one example."""
    block = example.strip()
    for name, mangle in WHOLE.items():
        yield (name, *joined(template, mangle(article), mangle(block), "\n\n"))
    for name, mangle in BLOCK.items() if template.pattern else ():
        yield (name, *joined(template, article, mangle(block), "\n\n"))
    if template.pattern and template.position != "head":
        yield ("glued", *joined(template, article, block, " "))


def joined(template, article, block, between):
    text = f"{block}{between}{article}" if template.position == "head" else f"{article}{between}{block}"
    start = 0 if template.position == "head" else len(article) + len(between)
    return article, text, (start, start + len(block))


def words_of(text, places):
    return [word.start() for word in WORD.finditer(text) if any(start <= word.start() < end for start, end in places)]


def spans_of(cleaner, template, text):
    """Return where spans count for a template: they do to its block what it asks for."""
    action = template.action
    return [(span.start, span.end) for span in cleaner.clean(text).spans if action == "label" or span.action == action]


def holds(cleaner, template, text, place):
    """True when the spans cover the block's words and no other."""
    return words_of(text, spans_of(cleaner, template, text)) == words_of(text, [place])


def matrix(cleaner, templates):
    """Return for each column `[(template, held)]`."""
    found = defaultdict(list)
    for template in templates:
        for example in template.examples:
            for column, _, text, place in cells(template, example):
                found[column].append((template, holds(cleaner, template, text, place)))
    return found


def stacks(cleaner, templates, count, seed=1):
    """Return how many of `count` stacks of two to four blocks are peeled to the last word."""
    draw = random.Random(seed)
    tails = [each for each in templates if each.action == "remove" and each.position != "head" and each.examples]
    peeled = []
    for _ in range(count):
        chosen = draw.sample(tails, draw.randint(2, 4))
        blocks = [draw.choice(each.examples).strip() for each in chosen]
        text = ARTICLE + "\n\n" + "\n\n".join(blocks)
        peeled.append((chosen, cleaner.clean(text).text.strip() == ARTICLE))
    return peeled


def engines(cleaner, templates):
    """Return for each engine a function of template and text that gives the spans found, in one way or in two."""
    found = {"dedup": lambda template, text: [spans_of(cleaner, template, text)]}
    texts = [text for each in templates if each.pattern for text in readings(each.pattern)]
    try:
        others = ScanCode(texts + [example.strip() for each in templates for example in each.examples[1:]])
        all_texts = ScanCode(texts + [example.strip() for each in templates for example in each.examples])
    except ImportError as error:
        print(f"left out, not installed: {error.name}", file=sys.stderr)
        return found
    found["ScanCode, other examples"] = lambda _, text: others.find(text)
    found["ScanCode, these examples"] = lambda _, text: all_texts.find(text)
    return found


def side_by_side(found, templates):
    """Return for each `(column, engine, of patterns?)` how many texts there were, right and seen; and the seconds."""
    counts, seconds = defaultdict(Counter), Counter()
    for template in (each for each in templates if len(each.examples) > (not each.pattern)):
        for column, _, text, place in cells(template, template.examples[0]):
            for name, find in found.items():
                begun = process_time()
                ways = find(template, text)
                seconds[name] += process_time() - begun
                counts[column, name, bool(template.pattern)].update(judged(ways, text, place))
    return counts, seconds


def judged(ways, text, place):
    """Return whether the spans are the block's, in one of the ways, and whether they are inside it alone."""
    found, block = [words_of(text, spans) for spans in ways], words_of(text, [place])
    return {"texts": 1, "right": block in found, "seen": bool(found[0]) and set(found[0]) <= set(block)}


def stories(path):
    """Yield labelled documents without what is marked."""
    for line in Path(path).read_text("utf-8").rstrip("\n").split("\n"):
        document = json.loads(line)
        text, marks = document["text"], document["boilerplate"] + document.get("unsure", [])
        for mark in sorted(marks, key=lambda mark: -mark["start"]):
            text = text[: mark["start"]] + text[mark["end"] :]
        yield text


def show_documents(found, cleaner, templates, labelled):
    """Print in how many texts without boilerplate each engine finds some, and its scores on labelled documents."""
    removed = {name: lambda text, find=find: find(None, text)[0] for name, find in found.items()}
    removed["dedup"] = lambda text: [(span.start, span.end) for span in cleaner.clean(text).removed]
    texts = {"near misses": [text for each in templates for text in each.near_misses]}
    if labelled:
        texts["labelled documents without their marks"] = list(stories(labelled))
    for what, every in texts.items():
        alarms = ", ".join(f"{name} {sum(bool(find(text)) for text in every)}" for name, find in removed.items())
        print(f"something found in {what}, of {len(every)}: {alarms}")
    for name, find in removed.items() if labelled else ():
        counts = total([(each.source, score(each, find(each.text))) for each in read(labelled)])
        shares = ", ".join(f"{key} {value:.3f}" for key, value in figures(counts).items())
        print(f"{name} on {labelled}: {shares}, must-keep spans damaged {counts['damaged']} of {counts['must keep']}")


def show_peers(found, templates):
    """Print the table of engines side by side."""
    counts, seconds = side_by_side(found, templates)
    columns = list(dict.fromkeys(column for column, _, _ in counts))
    for of_patterns, what in ((True, "patterns"), (False, "shapes")):
        print(f"\n| column, first examples of {what} | texts | " + " | ".join(f"{name}: right, seen" for name in found))
        print("|---|---:|" + "---:|" * len(found))
        for column in columns:
            each = [counts[column, name, of_patterns] for name in found]
            if texts := each[0]["texts"]:
                shares = " | ".join(f"{one['right'] / texts:.3f}, {one['seen'] / texts:.3f}" for one in each)
                print(f"| {column} | {texts} | {shares} |")
    shown = sum(one["texts"] for (_, name, _), one in counts.items() if name == "dedup")
    print("\ntexts a second:", ", ".join(f"{name} {shown / seconds[name]:.0f}" for name in found))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--misses", action="store_true", help="name the templates that are missed")
    parser.add_argument("--labelled", help="labelled documents, to compare engines on them, too")
    options = parser.parse_args()
    catalogue, cleaner = Catalogue.builtin(), Cleaner()
    print("| column | examples | recognised |\n|---|---:|---:|")
    table = matrix(cleaner, catalogue)
    table["stacks"] = [(chosen[0], held) for chosen, held in stacks(cleaner, list(catalogue), 400)]
    for column, results in table.items():
        print(f"| {column} | {len(results)} | {sum(held for _, held in results) / len(results):.3f} |")
    if options.misses:
        for column, results in table.items():
            print(f"\n{column}:", ", ".join(sorted({template.id for template, held in results if not held})))
    if len(found := engines(cleaner, list(catalogue))) > 1:
        show_peers(found, list(catalogue))
        show_documents(found, cleaner, list(catalogue), options.labelled)


if __name__ == "__main__":
    main()
