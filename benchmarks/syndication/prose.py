"""a word list and a seed -> sentences with places left for facts."""

import itertools
import random
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

WORDS = Path(__file__).with_name("words.txt")
OWN = {"n": 30, "v": 16, "j": 8}  # a story's own words, two thirds of all it uses
SHIFT = {"n": 25, "v": 25, "j": 25, "d": 10, "t": 0, "r": 1, "x": 1, "phrases": 20}  # of Zipf-Mandelbrot
STOCK = 0.15  # of the tails are stock phrases
MODIFIED = 0.35  # of the nouns have an adjective


class Language:
    """The words, and the phrases sentences are put together from."""

    def __init__(self) -> None:
        lists: dict[str, list[str]] = {}
        for part in WORDS.read_text("utf-8").split("\n[")[1:]:
            name, _, body = part.partition("]\n")
            lists[name] = [" ".join(each.split()) for each in body.split("|")] if "|" in body else body.split()
        self.first, self.places, self.orgs = lists["first"], lists["places"], lists["orgs"]
        self.surnames = [(a + b).capitalize() for a in lists["surnames"] for b in lists["surends"]]
        self.words = {
            "n": lists["nouns"] + [a + b for b in lists["rare"] for a in lists["roots"]],
            "v": lists["verbs"] + [a + b for b in ("ised", "ated", "ened") for a in lists["roots"]],
            "j": lists["adjectives"] + [a + b for b in ("al", "ous", "ive", "less") for a in lists["roots"]],
            "d": lists["adverbs"],
            "t": lists["determiners"],
            "r": lists["prepositions"],
            "x": lists["auxiliaries"],
        }
        self.phrases = {
            name: [
                [(part[1:2], part[2:]) if part[0] == "@" else ("", part) for part in each.split()]
                for each in lists[name]
            ]
            for name in ("subjects", "predicates", "tails", "leads", "quotes", "stock")
        }


@lru_cache
def zipf(size: int, shift: int) -> list[int]:
    """Return cumulative Zipf-Mandelbrot weights, whole numbers so that every machine draws alike."""
    return list(itertools.accumulate(10**9 // (rank + shift) for rank in range(1, size + 1)))


def draw(chance: random.Random, items: Sequence, count: int = 1, shift: int = 3) -> list:
    """Return `count` of `items`, those in front more often."""
    return chance.choices(items, cum_weights=zipf(len(items), shift), k=count)


class Writer:
    """Writes sentences of one story: its own words come back, and its facts are left as places."""

    def __init__(self, language: Language, chance: random.Random, places: dict[str, None]) -> None:
        self.language, self.chance, self.places = language, chance, places
        self._own = {kind: draw(chance, language.words[kind], count, SHIFT[kind]) for kind, count in OWN.items()}
        self._words: dict[str, list[str]] = {kind: [] for kind in language.words}
        self._phrases: dict[str, list] = {name: [] for name in language.phrases}

    def _more_words(self, kind: str) -> list[str]:
        stock = self._words[kind]
        stock += draw(self.chance, self.language.words[kind], 12, SHIFT[kind])
        if kind in self._own:
            stock += stock + stock
            stock[0::3], stock[1::3] = (self.chance.choices(self._own[kind], k=12) for _ in range(2))
        return stock

    def _phrase(self, name: str, words: list[str]) -> None:
        stock = self._phrases[name]
        if not stock:
            stock += draw(self.chance, self.language.phrases[name], 16, SHIFT["phrases"])
        for kind, text in stock.pop():
            if not kind:
                words.append(text)
            elif kind in "nvjdtrx":
                if kind == "n" and self.chance.random() < MODIFIED:
                    words.append((self._words["j"] or self._more_words("j")).pop())
                words.append((self._words[kind] or self._more_words(kind)).pop() + text)
            elif kind in "psol":
                words.append(f"{{{kind}{int(4 * self.chance.random() ** 2)}}}{text}")
            else:
                place = f"{kind}{len(self.places)}"
                self.places[place] = None
                words.append(f"{{{place}}}{text}")

    def sentence(self) -> str:
        dice, words = self.chance.random(), []
        if dice < 0.12:
            self._phrase("quotes", words)
            if dice < 0.06:
                words.append("and")
                self._phrase("quotes", words)
            words[0] = "“" + words[0][0].upper() + words[0][1:]
            words[-1] += ",”"
            words += (f"{{s{int(dice * 30)}}}", "said")
        else:
            if dice < 0.35:
                self._phrase("leads", words)
            self._clause(words)
            if dice > 0.5:
                words[-1] += "," if dice < 0.7 else ""
                words.append(("and", "but", "while", "as", "and")[int(dice * 1000) % 5])
                self._clause(words)
        text = " ".join(words)
        return text[0].upper() + text[1:] + "."

    def _clause(self, words: list[str]) -> None:
        self._phrase("subjects", words)
        self._phrase("predicates", words)
        dice = self.chance.random()
        self._phrase("stock" if dice < STOCK else "tails", words)
        if dice > 0.5:
            self._phrase("tails", words)

    def paragraphs(self, words: int) -> list[list[str]]:
        """Return sentences of about so many words in all, a few to a paragraph."""
        made, count = [], 0
        while count < words:
            paragraph = [self.sentence() for _ in range(self.chance.choice((1, 1, 2, 2, 3, 4)))]
            count += sum(sentence.count(" ") + 1 for sentence in paragraph)
            made.append(paragraph)
        return made

    def title(self) -> str:
        words: list[str] = []
        self._phrase("subjects", words)
        self._phrase("predicates", words)
        text = " ".join(words)
        return text[0].upper() + text[1:]
