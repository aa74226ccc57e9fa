"""settings and a seed -> a syndicated feed whose truth is known: JSONL, one document a line, in order of arrival.

The model
---------
*Stories* arrive as a Poisson process of `--per-day` documents a day. A story is a skeleton of sentences with places
left for facts (people, places, organisations, numbers) and a cast of facts. Sentences come from a small grammar over
Zipf-distributed words; every story prefers some forty nouns and verbs of its own. Lengths are those of news: half of
the stories have under 400 words, one in ten under 150, one in ten over 900.

*Tellings* follow a story for hours: their number is geometric with a heavy tail, their delays log-normal around three
hours and at most `--trail` hours. Each is printed by an outlet drawn by Zipf, in that outlet's habits (line width,
capitals in titles, quotation marks, dateline, a footer of its own), with zero to three disclaimers of the built-in
catalogue stacked below. Its relation to the story's first telling is drawn from the rates in `Settings`:

    exact      the same words; wrapped, titled and signed as the outlet likes
    near       up to 3 in 100 words misspelt or replaced, a sentence dropped or added
    excerpt    its first paragraphs, 25 to 70 % of the words, 60 words or more
    expansion  all of it, and 35 to 100 % more
    update     a new lead, an eighth of the numbers moved on, its end cut, a third as much again new

*New stories* are of three kinds: most stand alone; `templates` of them fill a form of the outlet's own (the same
skeleton as the last one, with other facts: relation `template`); `passages` of them quote two to four sentences
of another recent story (relation `distinct`).

*Time*: `time` is when a document was published, and the order of the feed is that of arrival. `late` of the
documents arrive one to `--lateness` hours after they were published, and `timeless` of them carry no time.

Truth
-----
Every document has a member `truth`: `story` (documents of one story may be copies of each other), `relation` and `of`
(the document it was made from: the first telling, the last one of the same form, or the story quoted; null when
it is new), and `boilerplate`, the `[start, end, template]` of what does not belong to the story (code points of
`text`; `outlet` for an outlet's own lines). The relation is that between the stories as they were made. What a
reader would call it may differ where a story is short: one misspelt name in a story of forty words is no small edit.

Limits
------
Grammar is right in the small and sense is absent. Background resemblance was set by measuring a real feed of English
news of 100 to 1,500 distinct 3-grams (`--background FEED` prints the same figures for any feed; README.md has both):
unrelated stories share as many 3-grams on average, but the tail is thinner than in life, where stories quote the
same speeches and laws, and half as many 3-grams of a story are met in any other of some thousands. Words are not
ambiguous and edits are independent, so differences are easier to explain than those of editors; verdict quality is
measured on real pairs, and this feed serves for speed, memory, windows and recall. One language, ASCII and
typographic quotes.

The same settings give the same bytes. Memory is that of the stories still being told.
"""

import argparse
import heapq
import itertools
import json
import random
import re
import statistics
import sys
import tomllib
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

WORDS = Path(__file__).with_suffix(".txt")
CATALOGUE = Path(__file__).parents[1] / "src" / "dedup" / "boilerplate" / "catalogue"
START = datetime(2026, 1, 5, tzinfo=UTC)
RELATIONS = ("exact", "near", "excerpt", "expansion", "update")
LENGTHS = (60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 360, 380, 400, 430, 470, 510, 560, 620, 700, 800, 950, 1300)
TELLINGS = (0,) * 12 + (1, 1, 1, 2, 2, 3, 4, 6)  # times the mean; one story in a hundred is told ten times as often
MASTHEADS = ("Courier", "Daily", "Echo", "Gazette", "Herald", "News", "Post", "Times")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PERIODS = (
    "the first quarter", "the second quarter", "the third quarter", "the fourth quarter", "January", "February",
    "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
OWN = {"n": 30, "v": 16, "j": 8}  # a story's own words, two thirds of all it uses
SHIFT = {"n": 25, "v": 25, "j": 25, "d": 10, "t": 0, "r": 1, "x": 1, "phrases": 20}  # of Zipf-Mandelbrot
STOCK = 0.15  # of the tails are stock phrases
MODIFIED = 0.35  # of the nouns have an adjective
RECENT = 200  # stories that may be quoted
EXCERPT_WORDS = 60


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a feed is made of; rates are shares of the documents they are about."""

    documents: int = field(default=1000, metadata={"help": "how many"})
    seed: int = field(default=1, metadata={"help": "the same seed gives the same feed"})
    per_day: float = field(default=20_000.0, metadata={"help": "documents a day"})
    outlets: int = field(default=200, metadata={"help": "how many print"})
    tellings: float = field(default=1.0, metadata={"help": "later tellings of a story, on average"})
    trail: float = field(default=40.0, metadata={"help": "hours in which a story is told"})
    exact: float = field(default=0.45, metadata={"help": "share of later tellings (weights: they need not add to 1)"})
    near: float = field(default=0.25, metadata={"help": "share of later tellings"})
    excerpt: float = field(default=0.12, metadata={"help": "share of later tellings"})
    expansion: float = field(default=0.08, metadata={"help": "share of later tellings"})
    update: float = field(default=0.10, metadata={"help": "share of later tellings"})
    templates: float = field(default=0.06, metadata={"help": "share of new stories that fill a form"})
    passages: float = field(default=0.03, metadata={"help": "share of new stories that quote another"})
    late: float = field(default=0.01, metadata={"help": "share that arrives late"})
    lateness: float = field(default=24.0, metadata={"help": "hours by which, at most"})
    timeless: float = field(default=0.0, metadata={"help": "share without a time"})
    disclaimed: float = field(default=0.6, metadata={"help": "share of documents with disclaimers below"})


# -- words and sentences


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


# -- stories and their tellings


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


# -- outlets


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


# -- the feed


class Feed:
    """Yields documents in order of arrival."""

    def __init__(self, settings: Settings, blocks: list[tuple[str, str]] | None = None) -> None:
        self.settings, self.language = settings, Language()
        blocks = disclaimers() if blocks is None else blocks
        self.outlets = [Outlet.of(self.language, number, settings.seed, blocks) for number in range(settings.outlets)]
        self._recent: deque[Story] = deque(maxlen=RECENT)
        self._forms: dict[int, tuple[Skeleton, str | None]] = {}  # by outlet, with the id of the last that used it

    def __iter__(self) -> Iterator[dict]:
        return itertools.islice(self._arrivals(), self.settings.documents)

    def _arrivals(self) -> Iterator[dict]:
        settings, chance = self.settings, random.Random(f"{self.settings.seed}/arrivals")
        per_second = settings.per_day / 86400 / (1 + settings.tellings * 1.09)
        pending: list[tuple[float, int, float, int, Story]] = []  # arrival, sequence, time, telling, story
        now, sequence = 0.0, itertools.count()
        for number in itertools.count(1):
            now += chance.expovariate(per_second)
            while pending and pending[0][0] <= now:
                _, _, time, telling, story = heapq.heappop(pending)
                yield self._document(story, telling, time)
            story = self._story(number, now)
            for telling, time in enumerate([now, *self._times(now, chance)]):
                late = chance.uniform(1, settings.lateness) * 3600 if chance.random() < settings.late else 0
                heapq.heappush(pending, (time + late, next(sequence), time, telling, story))

    def _times(self, start: float, chance: random.Random) -> list[float]:
        mean = self.settings.tellings * (10 if chance.random() < 0.01 else 1)
        count = int(chance.choice(TELLINGS) * mean + chance.random())
        delays = (3 * 3600 * chance.lognormvariate(0, 1) for _ in range(count))
        return sorted(start + min(60 + delay, self.settings.trail * 3600) for delay in delays)

    def _story(self, number: int, time: float) -> Story:
        settings, language = self.settings, self.language
        chance = random.Random(f"{settings.seed}/{number}")
        kind, relation, of, quoted = chance.random(), None, None, []
        words = int(chance.choice(LENGTHS) * chance.uniform(0.8, 1.2))
        if kind < settings.templates:
            outlet = self._outlet(number, 0)
            skeleton, of = self._forms.get(outlet) or (self._form(outlet), None)
            relation = of and "template"
            self._forms[outlet] = skeleton, str(number)
        else:
            skeleton = Skeleton.of(language, chance, words)
            if kind < settings.templates + settings.passages and self._recent:
                source = chance.choice(self._recent)
                quoted, relation, of = _quotation(source.paragraphs(), chance), "distinct", source.id
        story = Story(number, relation, of, skeleton, Cast.of(language, chance, skeleton.places), quoted, language)
        self._recent.append(story)
        return story

    def _form(self, outlet: int) -> Skeleton:
        chance = random.Random(f"{self.settings.seed}/form/{outlet}")
        return Skeleton.of(self.language, chance, chance.randrange(80, 300))

    def _outlet(self, story: int, telling: int) -> int:
        return draw(random.Random(f"{self.settings.seed}/{story}/{telling}"), range(len(self.outlets)))[0]

    def _document(self, story: Story, telling: int, time: float) -> dict:
        settings = self.settings
        chance = random.Random(f"{settings.seed}/{story.number}/{telling}/text")
        outlet = self.outlets[self._outlet(story.number, telling)]
        relation, of = story.relation, story.of
        if telling:
            weights = [getattr(settings, relation) for relation in RELATIONS]
            relation, of = chance.choices(RELATIONS, weights)[0], story.id
        day = START + timedelta(seconds=round(time))
        told = story.retell(relation, chance) if telling else story.paragraphs()
        text, spans = outlet.print(told, day, story.cast.facts["l0"], chance.random() < settings.disclaimed)
        title = story.skeleton.title.format_map(story.cast.facts)
        if telling and chance.random() < 0.5:
            title = told[0][0][:90].rsplit(" ", 1)[0]
        return {
            "id": f"{story.id}.{telling}" if telling else story.id,
            "source": outlet.name,
            "time": None if chance.random() < settings.timeless else day.isoformat(),
            "language": "en",
            "title": title.upper() if outlet.capitals else title,
            "text": text,
            "truth": {"story": story.id, "relation": relation, "of": of, "boilerplate": spans},
        }


def _quotation(paragraphs: list[list[str]], chance: random.Random) -> list[str]:
    sentences = [sentence for paragraph in paragraphs for sentence in paragraph]
    size = min(len(sentences), chance.randrange(2, 5))
    first = chance.randrange(len(sentences) - size + 1)
    return sentences[first : first + size]


# -- measuring a feed's background


def background(path: Path, limit: int = 4000) -> Iterator[str]:
    """Yield lines that say how much unrelated documents of a feed share."""
    chance, kept = random.Random(1), []
    held: dict[tuple[str, ...], list[int]] = {}
    for shingles in itertools.islice(_shingle_sets(path, chance), limit):
        common = Counter(number for shingle in shingles for number in held.get(shingle, ()))
        if max(common.values(), default=0) <= 0.3 * len(shingles):
            for shingle in shingles:
                held.setdefault(shingle, []).append(len(kept))
            kept.append(shingles)
    shares = []
    for _ in range(100_000):
        a, b = chance.sample(kept, 2)
        shares.append(len(a & b) / len(a | b))
    shares.sort()
    points = {name: shares[int(len(shares) * at)] for name, at in (("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999))}
    yield f"{len(kept)} unrelated documents, {statistics.fmean(map(len, kept)):.0f} distinct 3-grams each"
    yield f"resemblance of two: mean {statistics.fmean(shares):.5f}, " + ", ".join(
        f"{k} {v:.4f}" for k, v in points.items()
    )
    for size in (100, 500, 1000, 2000, 3000):
        if size <= len(kept):
            df = Counter(shingle for each in kept[:size] for shingle in each)
            seen = statistics.fmean(sum(df[shingle] > 1 for shingle in each) / len(each) for each in kept[:size])
            yield f"of {size} documents: {seen:.1%} of the 3-grams of one stand in another"


def _shingle_sets(path: Path, chance: random.Random) -> Iterator[set[tuple[str, ...]]]:
    import gzip

    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines]
    chance.shuffle(entries)
    for entry in entries:
        if str(entry.get("language") or "en").startswith("en"):
            text = entry.get("text") or ""
            for start, end, _ in reversed(entry.get("truth", {}).get("boilerplate", ())):
                text = text[:start] + text[end:]
            words = re.findall(r"\w+", text.lower())
            shingles = set(zip(words, words[1:], words[2:], strict=False))
            if 100 <= len(shingles) <= 1500:
                yield shingles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for each in fields(Settings):
        name = "--" + each.name.replace("_", "-")
        parser.add_argument(
            name, type=type(each.default), default=each.default, help=f"{each.metadata['help']} (%(default)s)"
        )
    parser.add_argument("--background", type=Path, metavar="FEED", help="measure a feed instead of making one")
    arguments = vars(parser.parse_args())
    path = arguments.pop("background")
    if path:
        print(*background(path), sep="\n")
        return
    for document in Feed(Settings(**arguments)):
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
