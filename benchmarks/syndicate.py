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
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syndication.background import background
from syndication.outlet import Outlet, disclaimers
from syndication.prose import Language, draw
from syndication.telling import Cast, Skeleton, Story

START = datetime(2026, 1, 5, tzinfo=UTC)
RELATIONS = ("exact", "near", "excerpt", "expansion", "update")
LENGTHS = (60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 360, 380, 400, 430, 470, 510, 560, 620, 700, 800, 950, 1300)
TELLINGS = (0,) * 12 + (1, 1, 1, 2, 2, 3, 4, 6)  # times the mean; one story in a hundred is told ten times as often
RECENT = 200  # stories that may be quoted


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
