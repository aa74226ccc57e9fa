"""a story -> the text an outlet prints, and where its boilerplate stands."""

import random
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from syndication.prose import Language, draw

CATALOGUE = Path(__file__).parents[2] / "src" / "dedup" / "boilerplate" / "catalogue"
MASTHEADS = ("Courier", "Daily", "Echo", "Gazette", "Herald", "News", "Post", "Times")


def disclaimers() -> list[tuple[str, str]]:
    """Return (template, text) of every English block that stands below stories, from the built-in catalogue."""
    found = []
    for path in sorted(CATALOGUE.glob("*.toml")):
        for entry in tomllib.loads(path.read_text("utf-8"))["template"]:
            if entry.get("lang") == "en" and entry.get("position", "tail") == "tail" and len(entry["id"]) > 3:
                found += [(entry["id"], text.strip()) for text in entry.get("examples", ())[:1]]
    return found


@dataclass
class Outlet:
    """A paper's habits: how it prints a story, and what it puts around it."""

    name: str
    width: int | None
    capitals: bool
    typographic: bool
    dateline: str
    below: list[str]
    stack: list[tuple[str, str]]

    @classmethod
    def of(cls, language: Language, number: int, seed: int, blocks: list[tuple[str, str]]) -> "Outlet":
        chance = random.Random(f"{seed}/outlet/{number}")
        town = chance.choice(language.places)
        name = f"{town} {chance.choice(MASTHEADS)} {number}"
        slug = name.lower().replace(" ", "")
        lines = [
            f"Read more at www.{slug}.example", f"Copyright 2026 {name}. All rights reserved.",
            f"Follow the {name} on social media for the latest from {town} and around the world.",
            f"Sign up for the {name} morning letter: the best of our reporting, in your inbox before breakfast.",
            f"This story first appeared in the {name}. Letters to the editor: letters@{slug}.example",
            f"The {name} is supported by its readers. Become a member from $3 a month.",
        ]  # fmt: skip
        return cls(
            name=name,
            width=chance.choice((None, None, None, 66, 72, 76, 80)),
            capitals=chance.random() < 0.1,
            typographic=chance.random() < 0.5,
            dateline=chance.choice(("", "", "", f"({name})", f"({town[:3].upper()})", "--")),
            below=chance.sample(lines, chance.choice((0, 1, 1, 2, 3))),
            stack=draw(chance, blocks, chance.choice((1, 1, 2, 3))) if blocks else [],
        )

    def print(self, story: list[list[str]], day: datetime, place: str, disclaimed: bool) -> tuple[str, list[list]]:
        """Return the text and the `[start, end, template]` of its boilerplate."""
        parts: list[tuple[str, str, str | None]] = []  # what goes before, text, template
        if self.dateline:
            parts.append(("", f"{place.upper()}, {day:%B} {day.day} {self.dateline}".rstrip(" -") + " --", "outlet"))
        for paragraph in story:
            before = "" if not parts else " " if parts[-1][2] else "\n\n"
            parts.append((before, self._wrapped(" ".join(paragraph)), None))
        parts += [("\n\n", self._wrapped(line), "outlet") for line in self.below]
        parts += [("\n\n", text, template) for template, text in self.stack if disclaimed]
        text, spans = "", []
        for before, part, template in parts:
            if template:
                spans.append([len(text) + len(before), len(text) + len(before) + len(part), template])
            text += before + part
        return (text if self.typographic else plain(text)), spans

    def _wrapped(self, text: str) -> str:
        if self.width is None:
            return text
        lines = re.compile(rf"(\S{{{self.width}}}\S*|.{{1,{self.width}}})(?: |$)")
        return lines.sub(r"\1\n", text)[:-1]


def plain(text: str) -> str:
    return text.replace("“", '"').replace("”", '"').replace("‘", "'").replace("’", "'")
