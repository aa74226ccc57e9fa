"""sentences with places and a cast of facts -> a story, told and told again."""

import random
from dataclasses import dataclass

from syndication.prose import Language, Writer, draw

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PERIODS = (
    "the first quarter", "the second quarter", "the third quarter", "the fourth quarter", "January", "February",
    "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
EXCERPT_WORDS = 60


@dataclass
class Cast:
    """The facts of one telling of a skeleton: what its places `{p0} {s0} {o0} {l0} {k7} ...` stand for."""

    facts: dict[str, str]

    @classmethod
    def of(cls, language: Language, chance: random.Random, places: dict[str, None]) -> "Cast":
        facts = {}
        for number in range(4):
            surname = chance.choice(language.surnames)
            facts[f"p{number}"], facts[f"s{number}"] = f"{chance.choice(language.first)} {surname}", surname
            facts[f"o{number}"] = f"{chance.choice(language.surnames)} {chance.choice(language.orgs)}"
            facts[f"l{number}"] = draw(chance, language.places)[0]
        for place in places:
            facts[place] = number_for(place[0], chance)
        return cls(facts)


def number_for(kind: str, chance: random.Random) -> str:
    if kind == "k":
        return (
            f"{chance.choice((chance.randrange(2, 20), chance.randrange(20, 1000), chance.randrange(1000, 90_000))):,}"
        )
    if kind == "m":
        return f"${chance.randrange(1, 1000)}.{chance.randrange(10)} {chance.choice(('million', 'billion'))}"
    if kind == "c":
        return f"{chance.randrange(1, 100)}.{chance.randrange(10)} percent"
    return chance.choice(DAYS if kind == "w" else PERIODS)


@dataclass
class Skeleton:
    """Sentences with places for facts."""

    title: str
    paragraphs: list[list[str]]
    places: dict[str, None]

    @classmethod
    def of(cls, language: Language, chance: random.Random, words: int) -> "Skeleton":
        places: dict[str, None] = {}
        writer = Writer(language, chance, places)
        return cls(writer.title(), writer.paragraphs(words), places)

    def tell(self, cast: Cast) -> list[list[str]]:
        return [[sentence.format_map(cast.facts) for sentence in paragraph] for paragraph in self.paragraphs]


@dataclass
class Story:
    """One story: its first telling as sentences in paragraphs, and how to tell it again."""

    number: int
    relation: str | None
    of: str | None
    skeleton: Skeleton
    cast: Cast
    quoted: list[str]
    language: Language

    @property
    def id(self) -> str:
        return str(self.number)

    def paragraphs(self) -> list[list[str]]:
        told = self.skeleton.tell(self.cast)
        return [*told[:2], self.quoted, *told[2:]] if self.quoted else told

    def retell(self, relation: str, chance: random.Random) -> list[list[str]]:
        """Return the paragraphs of a later telling."""
        told = self.paragraphs()
        return told if relation == "exact" else getattr(self, f"_{relation}")(told, chance)

    def _near(self, told: list[list[str]], chance: random.Random) -> list[list[str]]:
        rate, sentences = chance.randrange(1, 31) / 1000, sum(map(len, told))
        told = [[_edited(sentence, rate, self.language, chance) for sentence in paragraph] for paragraph in told]
        change = chance.random() if sentences > 10 else 1
        if change < 0.3:
            del chance.choice([paragraph for paragraph in told if len(paragraph) > 1] or [[""]])[-1]
        elif change < 0.6:
            told[-1].append(self._more(1, chance)[0][0])
        return told

    def _excerpt(self, told: list[list[str]], chance: random.Random) -> list[list[str]]:
        wanted = max(EXCERPT_WORDS, _words(told) * chance.randrange(25, 71) // 100)
        kept: list[list[str]] = []
        for paragraph in told:
            for index, sentence in enumerate(paragraph):
                if _words(kept) >= wanted:
                    return kept
                if index == 0:
                    kept.append([])
                kept[-1].append(sentence)
        return kept

    def _expansion(self, told: list[list[str]], chance: random.Random) -> list[list[str]]:
        return told + self._more(_words(told) * chance.randrange(35, 101) // 100, chance)

    def _update(self, told: list[list[str]], chance: random.Random) -> list[list[str]]:
        places = list(self.skeleton.places)
        moved = {place: number_for(place[0], chance) for place in chance.sample(places, len(places) // 8)}
        told = self.skeleton.tell(Cast(self.cast.facts | moved))
        fresh, share = self._more(_words(told) // 3, chance), chance.randrange(60, 81)
        kept = told[: max(1, len(told) * share // 100)]
        return [*fresh[:1], *kept, *fresh[1:]]

    def _more(self, words: int, chance: random.Random) -> list[list[str]]:
        """Return further paragraphs of the same story."""
        places: dict[str, None] = {}
        made = Writer(self.language, chance, places).paragraphs(words)
        facts = self.cast.facts | {place: number_for(place[0], chance) for place in places}
        return [[sentence.format_map(facts) for sentence in paragraph] for paragraph in made]


def _words(paragraphs: list[list[str]]) -> int:
    return sum(sentence.count(" ") + 1 for paragraph in paragraphs for sentence in paragraph)


def _edited(sentence: str, rate: float, language: Language, chance: random.Random) -> str:
    """Return the sentence with that share of its plain words misspelt or replaced by others."""
    words = sentence.split(" ")
    for index, word in enumerate(words):
        if chance.random() < rate and len(word) > 3 and word.isalpha() and word.islower():
            at = chance.randrange(1, len(word) - 1)
            swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            words[index] = swapped if chance.random() < 0.5 else draw(chance, language.words["j"])[0]
    return " ".join(words)
