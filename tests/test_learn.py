"""What is learned of a feed, what is not, how people decide about it, and that what was learned is found again."""

import gzip
import json
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import Catalogue, Cleaner, DedupError, Document
from dedup.boilerplate.learn.review import review
from dedup.boilerplate.learned import pattern_key
from dedup.boilerplate.units import Units
from dedup.tokens import Tokens

START = datetime(2026, 3, 1, tzinfo=UTC)
SYLLABLES = [a + b for a, b in product("bdklmnrstv", "aeiou")]
FOOT = [
    "Sign up for The Tide, our free newsletter.",
    "Follow us: https://ledger.example/follow",
    "Tide tables by the harbour office",
]


def story(number):
    """Three paragraphs no other number has a sentence of."""
    chance = random.Random(number)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(60)]
    return "\n\n".join(" ".join(words[at : at + 20]).capitalize() + "." for at in (0, 20, 40))


def feed(count, tail=FOOT, head=(), source="ledger.example", first=0):
    """Yield stories, one a day, each with the lines of `tail` under it; "{}" in a line is the number."""
    for number in range(first, first + count):
        lines = ["\n".join(line.format(number) for line in part) for part in (head, tail)]
        text = "\n\n".join(part for part in (lines[0], story(number), lines[1]) if part)
        yield Document(f"{source}/{number}", text, source=source, time=START + timedelta(days=number))


def learned_lines(documents, **settings):
    """Return the lines of all templates but those of lists of other stories."""
    templates = Catalogue.learn(documents, **settings)
    return [line for template in templates if not template.evidence.get("passing") for line in template.lines]


def test_a_stacked_tail_is_one_template_with_its_evidence():
    """Lines that stand together are proposed together, with what a person needs to judge them."""
    (template,) = Catalogue.learn(feed(12))
    assert (template.lines, template.source, template.position) == (tuple(FOOT), "ledger.example", "tail")
    evidence = template.evidence
    assert (evidence["stories"], evidence["of"], evidence["lines"]) == (12, 12, [12, 12, 12])
    assert (evidence["first"], evidence["last"]) == ("2026-03-01", "2026-03-12")
    assert len(evidence["before"]) == 2
    assert evidence["after"] == ["", ""]


@pytest.mark.parametrize(("count", "status"), [(2, "proposed"), (9, "proposed"), (10, "confident")])
def test_ten_stories_make_a_template_confident(count, status):
    """Below that a person should look."""
    assert {template.status for template in Catalogue.learn(feed(count))} == {status}


SLOTS = {
    "names": ("Written by Ann {0}x; edited by Jo Hu in Rome", "Written by {...}; edited by {...}"),
    "a number": ("Read the other {0} stories of the week", "Read the other {...} stories of the week"),
    "an address": ("Write to the desk at desk{0}@ledger.example", "Write to the desk at {...}"),
}


@pytest.mark.parametrize(("line", "learned"), SLOTS.values(), ids=SLOTS)
def test_slots_are_found_by_what_stands_in_them(line, learned):
    """Names, numbers and addresses differ from story to story; the line is one."""
    prose = [
        Document(f"p{n}", f"{story(n)} It was written by Ann and edited in Rome by Jo Hu for Max Roe.", source="other")
        for n in range(100, 103)
    ]
    assert learned in learned_lines([*feed(12, [line]), *prose])


OPENINGS = {
    "a sentence about the story": ("Police ask who saw the crash on road {0} near the harbour on Tuesday.", "proposed"),
    "a line that is none": ("The Ledger, edition {0} of the year", "confident"),
    "a sentence with an address": ("Write to the desk at desk{0}@ledger.example.", "confident"),
}


@pytest.mark.parametrize(("line", "status"), OPENINGS.values(), ids=OPENINGS)
def test_how_stories_of_a_kind_begin_is_not_confident(line, status):
    """What fills the gaps of their first sentence is what they tell of."""
    assert {template.status for template in Catalogue.learn(feed(60, tail=[], head=[line]))} == {status}


def test_a_sentence_with_gaps_below_the_story_is_confident():
    line = "This story was number {0} of the week."
    assert {template.status for template in Catalogue.learn(feed(60, tail=[line]))} == {"confident"}


MOTTO = [
    "The Ledger has told of boats and tides and weather since the harbour was dug, and is read on every pier.",
    "It is printed by those who write it, in the house where the pilots used to wait for a change of wind.",
]

BACKGROUND = "The council closed the ferry in the spring after an engine caught fire off the eastern breakwater."


def forecast(number):
    """A story that says nearly the same every day: each fourth word is another."""
    words, other = story(7).split(), iter(story(500 + number).split())
    return " ".join(next(other).strip(".").lower() if at % 4 == 3 else word for at, word in enumerate(words))


NOT_LEARNED = {
    "advice under stories of one kind": [
        *(
            Document(f"w{n}", f"{forecast(n)}\n\n{BACKGROUND}", source="s", time=START + timedelta(days=9 * n))
            for n in range(8)
        ),
        *feed(170, [], source="s", first=1000),
    ],
    "the end of one interview in two stories": [
        Document(f"i{n}", f"{story(n)}\n\n{story(9)[:-1]}", source="s") for n in range(2)
    ],
    "copies of one story": [Document(f"c{n}", story(1) + "\n\n" + story(2), source="s") for n in range(30)],
    "near copies": [
        Document(f"c{n}", f"{story(1)}\n\n{story(2)}\n\nCopy number {n} was printed late.", source="s")
        for n in range(30)
    ],
    "background to a running story": [
        Document(f"b{n}", f"{story(n)}\n\n{BACKGROUND}\n\n{story(n + 50)}", source="s") for n in range(5)
    ],
    "a formula in the middle": [
        Document(f"b{n}", f"{story(n)}\n\nThe company declined to comment.\n\n{story(n + 50)}", source="s")
        for n in range(9)
    ],
    "stories and nothing else": [*feed(12, [])],
    "nothing": [],
    "a word between names that is anywhere": [
        *feed(36, [], ["Ann{0}x march Jo{0}x"]),
        *feed(20, [], first=100),
        *(
            Document(f"m{n}", f"{story(n)}\n\nAnn{n}x march Jo{n}x\n\n{story(n + 50)}", source="ledger.example")
            for n in range(200, 204)
        ),
    ],
    "no words": [Document("1", ""), Document("2", " \n"), Document("3", "…"), Document("4", "…", source="s")],
}


@pytest.mark.parametrize("documents", NOT_LEARNED.values(), ids=NOT_LEARNED)
def test_what_is_not_learned(documents):
    """Copies are one story however many there are, and what stories say in their middle is story."""
    assert learned_lines(documents) == []


RISE_NOW = "Ferry fares at 12 piers rise before the summer holidays"
RISE = "Ferry fares rise before the summer holidays"


def listed(count, lines, days=range(1000), titles=(), foot=FOOT):
    """Yield stories, one a day, over the lines of `foot` a list of others on the days it is there."""
    for number, document in enumerate(feed(count, foot)):
        head, tail = document.text[: -len("\n".join(foot))], "\n".join(foot)
        shown = "".join(f"{line}\n" for line in (lines(number) if callable(lines) else lines) if number in days)
        title = dict(titles).get(number)
        yield Document(document.id, f"{head}{shown}{tail}", title=title, source=document.source, time=document.time)


def slow(number):
    """A line beside which others come and go."""
    return [f"Read {story(2000 + number).split()[0]} now", RISE, f"See {story(3000 + number).split()[0]} here"]


def around(line, titles):
    """Six of the titles, other ones every day, and a line among them."""

    def lines(number):
        shown = [titles[(number + at) % len(titles)] for at in range(6)]
        return [*shown[:3], line, *shown[3:]]

    return lines


THREE = [
    "Harbour wins 3 of the prizes it hoped for",
    "Tide takes 40 boats from the eastern pier",
    "Net of 9 miles is found under old wreck",
]
TITLES = [f"Boat {name} sails again after many years at rest" for name in "ABCDEFGHIJKLMNOPQR"]
LARGEST = "It was the largest that fishermen have ever seen there."
FIRST = "They were counted twice on the quay before anybody believed it."
SECOND = "Nobody had seen the like of it since the lamp was lit."
LISTS = {
    "a title at the top of the page": feed(12, head=[RISE_NOW]),
    "titles with what is said of them": listed(
        12, [line for pair in zip(THREE, (LARGEST, FIRST, SECOND), strict=True) for line in pair]
    ),
    "what is said of a title beside ever other ones": listed(12, lambda n: [LARGEST, *around(RISE, TITLES[:4])(n)[:3]]),
    "what is said in the middle of stories of some days": [
        Document(d.id, d.text.replace("\n\n", f"\n\n{LARGEST}\n\n", 1), source=d.source, time=d.time) for d in feed(12)
    ],
    "the title of one of its stories": listed(12, [RISE], titles={3: RISE}.items()),
    "the title cut short": listed(12, ["Ferry fares rise before the"], titles={3: RISE}.items()),
    "the first line of one of its stories": [
        *listed(12, [RISE]),
        Document("own", f"{RISE}\n\n{story(60)}", source="ledger.example", time=START),
    ],
    "what all have for some days": listed(40, [RISE], days=range(10, 16)),
    "what many have for some weeks, one by one": listed(120, slow, days=range(10, 60, 2)),
    "titles in a row": listed(12, THREE),
    "titles with dates between": listed(12, [line for title in THREE for line in (title, "2 March")]),
    "what stands between ever other titles": listed(12, around(RISE, TITLES[:7])),
    "what stands beside a title": listed(12, [*THREE, LARGEST]),
}


@pytest.mark.parametrize("documents", LISTS.values(), ids=LISTS)
def test_lists_of_other_stories_are_proposed_last(documents, tmp_path):
    """What a list says passes with the days: it is never sure, and takes no place among the lines of the page."""
    learned = set(learned_lines(documents))
    assert learned >= set(FOOT)
    assert not learned & {RISE, RISE_NOW, RISE[:27], LARGEST, FIRST, SECOND, *THREE, *TITLES}
    templates = list(Catalogue.learn(documents))
    lists = [template for template in templates if template.evidence.get("passing")]
    assert lists == templates[len(templates) - len(lists) :]
    assert {(template.status, template.kind) for template in lists} <= {("proposed", "link-list")}
    Catalogue(templates).save(tmp_path / "rules.toml")
    assert list(Catalogue.load(tmp_path / "rules.toml", proposed=True)) == templates


CASE = "The case is heard by the harbour court in the old customs house this spring."
STAYS = {
    "the name of a column": listed(12, [RISE], titles=[(3, RISE), (4, RISE)]),
    "what most have, however short the feed": listed(12, [RISE]),
    "what stands between two lists that change": listed(18, around(RISE, TITLES)),
    "what few of its days have": listed(60, [RISE], days=(10, 22)),
    "what began lately and goes on": listed(120, slow, days=range(80, 120, 2)),
    "what is found in more stories than the list beside it": [
        *listed(12, [RISE, *THREE]),
        *(
            Document(f"m{n}", f"{story(n)}\n\n{RISE}\n{FOOT[0]}", source="ledger.example", time=START)
            for n in range(100, 130)
        ),
    ],
}


@pytest.mark.parametrize("documents", STAYS.values(), ids=STAYS)
def test_what_looks_like_a_list_and_is_none_is_learned(documents):
    """It takes more than few words without a stop."""
    assert RISE in learned_lines(documents)


NOTICE = "Pursuant to harbour rules no letters go out from this office for 60 days before a vote"


def flat(documents, gap):
    """Return the documents as pages that lost their line ends and their stops."""
    texts = [gap.join(d.text.replace(".", "").split("\n\n")) for d in documents]
    return [Document(d.id, text, source=d.source, time=d.time) for d, text in zip(documents, texts, strict=True)]


def test_a_page_without_line_ends_is_cut_at_its_gaps():
    """Where a page is one line, wide gaps stand for line ends, when it is learned and when it is cleaned."""
    documents = [
        Document(d.id, f"Press Room\n\n{d.text}\n\n{story(n + 100)}\n\n{NOTICE}", source=d.source, time=d.time)
        for n, d in enumerate(feed(12, tail=()))
    ]
    learned = Catalogue.learn(flat(documents, " " * 6))
    assert {line for template in learned for line in template.lines} == {"Press Room", NOTICE}
    page = flat(documents, " " * 6)[0]
    assert {span.of(page.text).strip() for span in Cleaner(learned).clean(page.text, page.source).removed} == {
        "Press Room",
        NOTICE,
    }
    assert not learned_lines(flat(documents, " " * 3))


def test_the_cells_of_a_table_are_no_units():
    """A line of usual length is one, whatever gaps it has."""
    rows = [
        Document(d.id, f"{d.text}\n\nSpring tide{' ' * 9}{n}{' ' * 9}{n * n}", source=d.source)
        for n, d in enumerate(feed(12, tail=()))
    ]
    assert "Spring tide" not in learned_lines(rows)


def parted(*headings, note=""):
    """Return stories with headings between their paragraphs."""
    return [
        Document(d.id, "\n".join(part for pair in zip(d.text.split("\n\n"), (*headings, ""), strict=True)
                                 for part in (*pair, note * bool(pair[1])) if part), source=d.source, time=d.time)
        for d in feed(24, tail=())
    ]  # fmt: skip


def test_headings_of_columns_are_only_labelled():
    """A few words that ever other lines surround may be over a column, or in a sentence: a person says that they go."""
    documents = [*parted("Pros", "Quote of the day"), *feed(12, source="tide.example")]
    learned = Catalogue.learn(documents)
    labels = [template for template in learned if template.action == "label"]
    assert {template.lines for template in labels} == {("Pros",), ("Quote of the day",)}
    assert labels == list(learned)[-2:]
    cleaner = Cleaner(learned)
    for document in documents[:24]:
        cleaned = cleaner.clean(document.text, document.source)
        assert cleaned.text == document.text
        assert [span.of(document.text).strip() for span in cleaned.kept] == ["Pros", "Quote of the day"]
    decided = review(learned, ["s", "a", "r"], lambda _: None)
    assert [(each.status, each.action) for each in decided][1:] == [("accepted", "remove"), ("rejected", "label")]
    assert {each.action for each in Catalogue.learn(documents, known=decided) if each.status == "accepted"} == {
        "remove"
    }


def test_headings_that_several_sources_have_are_proposed_for_no_other():
    """What is only labelled at home is not taken out elsewhere."""
    documents = [
        Document(f"{town}/{n}", f"{d.text}\n{town}{n}x", source=f"{town}.example", time=d.time)
        for town in ("tide", "quay", "reef")
        for n, d in enumerate(parted("Pros", "Quote of the day"))
    ]
    learned = [template for template in Catalogue.learn(documents) if "Quote of the day" in template.lines]
    assert {template.source for template in learned} == {"tide.example", "quay.example", "reef.example"}
    assert {template.action for template in learned} == {"label"}


NO_HEADINGS = {
    "beside what is of the page": parted(
        "Prices today", "Deals", note="Compared in over 24,000 shops of the harbour towns"
    ),
    "what a page says": parted("Scroll down for the map", "Share this"),
}


@pytest.mark.parametrize("documents", NO_HEADINGS.values(), ids=NO_HEADINGS)
def test_what_looks_like_a_heading_and_is_of_the_page(documents):
    """Lines that have company, or words that tell, go."""
    assert {template.action for template in Catalogue.learn(documents)} == {"remove"}


OFFER = "Sign up for our free newsletter and be the first to know of the tide."
SENTENCES = {
    "about its author, in a block over ever other titles": (
        MOTTO[0],
        listed(12, lambda n: [*MOTTO, *around(RISE, TITLES[4:8])(n)[:3]]),
    ),
    "in far more stories than any title beside it": (
        LARGEST,
        listed(40, lambda n: [LARGEST, *around(RISE, TITLES)(n)[:3]]),
    ),
    "of subscriptions, in the middle of stories of some days": (
        OFFER,
        [Document(d.id, d.text.replace("\n\n", f"\n\n{OFFER}\n\n", 1), source=d.source, time=d.time) for d in feed(12)],
    ),
}


@pytest.mark.parametrize(("line", "documents"), SENTENCES.values(), ids=SENTENCES)
def test_sentences_near_lists_or_in_the_middle_that_are_of_the_page(line, documents):
    """A sentence is taken for what is said of a title only where nothing else goes with it."""
    assert line in learned_lines(documents)


RIGHTS = "All rights reserved by the owners of this house"


@pytest.mark.parametrize(("line", "stays"), [(RIGHTS, True), (RISE, False)], ids=["rights", "title"])
def test_the_company_of_a_list_ends_at_what_no_title_says(line, stays):
    """The footer under a list that never changed is not taken for more of it."""
    assert (line in learned_lines(listed(12, [*THREE, line]))) is stays


def test_sentences_alone_in_stories_of_one_matter_are_not_learned():
    """A docket is under every story about the case, each time over another credit."""
    stories = [f"{story(n)}\n\n{story(n + 50)}\n\n{forecast(n)}" for n in range(12)]
    texts = [f"{text}\n\n{CASE}\nRead the other {n + 20} stories of the week" for n, text in enumerate(stories)]
    documents = [
        Document(f"c{n}", text, source="s", time=START + timedelta(days=9 * n)) for n, text in enumerate(texts)
    ]
    others = list(feed(300, ["Read the other {} stories of the week"], source="s", first=1000))
    assert learned_lines([*documents, *others]) == ["Read the other {...} stories of the week"]
    strangers = [
        Document(d.id, f"{story(2000 + n)}\n\n{d.text[d.text.index(CASE) :]}", source="s", time=d.time)
        for n, d in enumerate(documents)
    ]
    assert CASE in learned_lines([*strangers, *others])


@pytest.mark.parametrize(("line", "learned"), [("", False), ("Write to the desk at desk@ledger.example", True)])
def test_prose_in_the_middle_of_few_stories_needs_a_word_of_furniture(line, learned):
    """A passage that six stories share may be a passage of six stories."""
    texts = [
        "\n\n".join([story(n), story(n + 20), "\n".join([*MOTTO, line]), story(n + 40).split("\n\n")[0]])
        for n in range(6)
    ]
    documents = [
        Document(f"m{n}", text, source="s", time=START + timedelta(days=20 * n)) for n, text in enumerate(texts)
    ]
    assert (MOTTO[0] in learned_lines(documents)) is learned


def test_copies_do_not_make_a_line_confident():
    """Forty copies of four stories are four stories."""
    copies = [
        Document(f"{d.id}-{n}", d.text.replace(".", ";", n % 3), source=d.source) for d in feed(4) for n in range(10)
    ]
    assert {template.status for template in Catalogue.learn(copies)} == {"proposed"}


def test_the_order_of_documents_makes_no_difference():
    """Nor does a document that comes twice, or a text with two titles."""
    documents = [
        *listed(12, [RISE], titles=[(3, "Fares stay"), (4, "Old news of boats")]),
        *(Document(f"{d.id}b", d.text, title=RISE, source=d.source, time=d.time) for d in [*listed(12, [RISE])][3:5]),
        *feed(12),
        *feed(12, ["Share: Facebook | X", "More from us"], source="tribune.example", first=40),
    ]
    once = Catalogue.learn(documents).toml()
    for seed in range(3):
        shuffled = random.Random(seed).sample(documents, len(documents))
        assert Catalogue.learn([*shuffled, *shuffled[:5]]).toml() == once
        assert Catalogue.learn(shuffled, texts=20).toml() == Catalogue.learn(documents, texts=20).toml()


def test_memory_is_bounded_and_every_source_keeps_its_share():
    """A feed larger than the limit is sampled, the same from every source."""
    many = [*feed(60), *feed(12, ["Share: Facebook | X", "More from us"], source="small.example", first=100)]
    found = {template.source: template.evidence["of"] for template in Catalogue.learn(many, texts=30)}
    assert found == {"ledger.example": 18, "small.example": 12}
    with pytest.raises(ValueError, match="texts is 0; pass 1 or more"):
        Catalogue.learn(many, texts=0)


def test_lines_of_several_sources_are_proposed_for_all():
    """What three sources have in common is proposed, never more, for a source that is not known."""
    documents = [each for n, s in enumerate(("a", "b", "c")) for each in feed(12, FOOT[:1], source=s, first=20 * n)]
    (wide,) = (template for template in Catalogue.learn(documents) if not template.source)
    assert (wide.lines, wide.status, wide.evidence["sources"]) == ((FOOT[0],), "proposed", 3)
    nowhere = [Document(each.id, each.text) for each in feed(12)]
    assert {template.status for template in Catalogue.learn(nowhere)} == {"proposed"}


@pytest.fixture(scope="module")
def rules(tmp_path_factory):
    path = tmp_path_factory.mktemp("learned") / "rules.toml"
    few = feed(3, ["Share: Facebook | X", "More from the tribune"], source="tribune.example", first=40)
    Catalogue.learn([*feed(12, head=["The Ledger | Home | Boats"]), *few]).save(path)
    return path


@pytest.fixture(scope="module")
def both(rules):
    return Cleaner(Catalogue.builtin() + Catalogue.load(rules))


def test_only_what_is_confident_or_accepted_is_applied(rules):
    """And only in its source; `proposed` takes the rest for evaluation."""
    assert {template.status for template in Catalogue.load(rules)} == {"confident"}
    assert {template.status for template in Catalogue.load(rules, proposed=True)} == {"confident", "proposed"}
    text = f"{story(900)}\n\nSIGN UP for the tide — our free\xa0newsletter\nTide tables\u00ad by the harbour office.\n"
    cleaner = Cleaner(Catalogue.load(rules))
    assert cleaner.clean(text, "ledger.example").text == story(900) + "\n"
    assert not cleaner.clean(text, "tribune.example").spans
    assert not cleaner.clean(text).spans


def test_a_learned_span_tells_its_reason(rules):
    """The span names its template and the stories behind it."""
    (document,) = feed(1, first=901)
    (span,) = Cleaner(Catalogue.load(rules)).clean(document.text, document.source).removed
    assert (span.kind, span.reason) == ("newsletter", "learned from 12 stories of ledger.example")
    assert span.of(document.text).strip() == "\n".join(FOOT)


def test_what_stands_between_and_behind_learned_lines_goes_with_them(rules):
    """New links in a known tail are no story; a new sentence is."""
    tail = [FOOT[0], "Ferry fares rise", FOOT[2], "Fog on the coast"]
    text = "\n".join([story(902), "", *tail])
    cleaner = Cleaner(Catalogue.load(rules))
    assert cleaner.clean(text, "ledger.example").text.strip() == story(902)
    kept = f"{text}\n{BACKGROUND}"
    assert BACKGROUND in cleaner.clean(kept, "ledger.example").text


IN_STORY = {
    "a line of the tail near the top": f"{FOOT[2]}\n\n{story(903)}\n\n{story(904)}",
    "quoted": f"{story(903)}\n\n“{FOOT[0]}”\n\n{story(904)}",
    "inside a sentence": f"{story(903)}\n\nThe page says {FOOT[0].lower()}\n\n{story(904)}",
}


@pytest.mark.parametrize("text", IN_STORY.values(), ids=IN_STORY)
def test_learned_lines_out_of_place_stay(rules, text):
    """A line is removed where the feed has it."""
    assert Cleaner(Catalogue.load(rules)).clean(text, "ledger.example").text == text


def test_a_text_of_learned_lines_alone_is_kept(rules):
    """Nothing becomes empty in silence."""
    cleaned = Cleaner(Catalogue.load(rules)).clean("\n".join(FOOT), "ledger.example")
    assert cleaned.all_boilerplate
    assert cleaned.text == "\n".join(FOOT)


PARTS = st.sampled_from(
    [*FOOT, "The Ledger | Home | Boats", BACKGROUND, "Fog", "“Well,”", "", " ", "漢字。", "\ud800", "---"]
)


@given(st.lists(st.tuples(PARTS, st.sampled_from(["\n", "\n\n", " ", "\r\n", ""])), max_size=12))
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_and_cleaning_twice_changes_nothing(both, parts):
    """As for every template."""
    text = "".join(piece for pair in parts for piece in pair)
    cleaned = both.clean(text, "ledger.example")
    assert len(cleaned.text) + sum(span.end - span.start for span in cleaned.removed) == len(text)
    assert not both.clean(cleaned.text, "ledger.example").removed


@given(
    st.lists(st.sampled_from(["Ann", "ann", "at", "and", "7", "x@y.org", "Rome", ",", "(", "Sen.", "\n"]), max_size=30)
)
@settings(max_examples=100, deadline=None)
def test_units_tile_the_words_and_keys_tell_them_apart(pieces):
    """Every token is in one unit; equal words have equal keys, in whatever text they stand."""
    text = " ".join(pieces)
    tokens = Tokens.of(text)
    units = Units.of([text, text], [tokens, tokens], lambda hashes: hashes == hashes)
    half = len(units) // 2
    assert units.words.sum() == 2 * len(tokens)
    assert units.exact[:half].tolist() == units.exact[half:].tolist()
    for unit in range(half):
        assert pattern_key(text[units.start[unit] : units.end[unit]]) == units.exact[unit]


SPLIT = {
    "a short line is a unit": ("One. Two.", ["One. Two"]),
    "a long one is cut into sentences": (f"{'Very ' * 40}long. Next one.", [("Very " * 40) + "long", "Next one"]),
    "not at abbreviations": (f"{'Very ' * 40}long Sen. Lee and J. Hu.", [f"{'Very ' * 40}long Sen. Lee and J. Hu"]),
    "wrapped lines are one": (
        "The harbour office said the\nferry would sail.",
        ["The harbour office said the\nferry would sail"],
    ),
    "a list is not": ("Boats\nferries\nnets", ["Boats", "ferries", "nets"]),
}


@pytest.mark.parametrize(("text", "expected"), SPLIT.values(), ids=SPLIT)
def test_how_a_text_is_cut_into_units(text, expected):
    """Lines, and the sentences of long ones."""
    units = Units.of([text], [Tokens.of(text)], lambda hashes: hashes < 0)
    assert [text[start:end] for start, end in zip(units.start, units.end, strict=True)] == expected


def test_decisions_survive_and_lines_expire(rules):
    """Accepted and rejected lines stay so when the feed is learned anew; what is not met for long goes."""
    known = Catalogue.load(rules, proposed=True)
    answers = iter(["maybe", "r", "s", "a"])
    asked = []
    decided = review(known, answers, asked.append)
    assert [template.status for template in decided] == ["rejected", "confident", "accepted"]
    assert asked[0].startswith(
        "[1 of 3] ledger.example: confident, tail; 12 of 12 stories, seen 2026-03-01 to 2026-03-12"
    )
    assert sum("accept, reject, skip or quit?" in line for line in asked) == 4
    again = Catalogue.learn(feed(12, first=1), known=decided)
    by_line = {template.lines[0]: template.status for template in again}
    assert by_line == {FOOT[0]: "rejected", "The Ledger | Home | Boats": "confident", "Share: Facebook | X": "accepted"}
    later = Catalogue.learn(feed(12, ["Now on paper, too"], first=200), known=again)
    assert {template.lines[0] for template in later} == {FOOT[0], "Now on paper, too"}


def test_the_end_of_the_answers_quits(rules):
    """Nothing is decided that was not said."""
    known = Catalogue.load(rules, proposed=True)
    assert review(known, ["a"], lambda _: None).toml() == known.toml().replace("confident", "accepted", 1)
    assert review(known, [], lambda _: None).toml() == known.toml()


def test_saved_is_loaded_and_faults_are_named(rules, tmp_path):
    """TOML out is TOML in; a bad file says what is wrong."""
    known = Catalogue.load(rules, proposed=True)
    known.save(tmp_path / "again.toml")
    assert (tmp_path / "again.toml").read_bytes() == rules.read_bytes()
    (tmp_path / "bad.toml").write_bytes(b"\xff")
    with pytest.raises(DedupError, match="is not UTF-8"):
        Catalogue.load(tmp_path / "bad.toml")
    (tmp_path / "bad.toml").write_text('[[template]]\nid = "x"\nkind = "learned"\nlines = ["a b"]\nstatus = "sure"\n')
    with pytest.raises(DedupError, match="status is 'sure'; it is one of"):
        Catalogue.load(tmp_path / "bad.toml")


@pytest.mark.parametrize("last", ['"2026-01-05"', "2026-01-05"])
def test_what_is_known_does_not_expire_by_a_time_that_is_none(tmp_path, last):
    """A feed whose times are those of nothing (the year 1) keeps what was learned, however its day is written."""
    (tmp_path / "rules.toml").write_text(f"""[[template]]
id = "x"
kind = "learned"
lines = ["Read more in our app"]
[template.evidence]
last = {last}
""")
    known = Catalogue.load(tmp_path / "rules.toml", proposed=True)
    zero = datetime(1, 1, 1, tzinfo=UTC)
    learned = Catalogue.learn([Document("a", "A ferry ran again.", source="ledger", time=zero)], known=known)
    assert [template.id for template in learned] == ["x"]


def test_evidence_of_any_kind_is_saved(tmp_path):
    """Whatever TOML holds as evidence of a template is there when it is saved and read again."""
    (tmp_path / "rules.toml").write_text("""[[template]]
id = "x"
kind = "learned"
lines = ["a b c"]
[template.evidence]
first = 2026-01-05
"seen on" = 2026-01-05T10:00:00Z
at = 10:30:00
by = {name = "Ann", "also by" = [1.5, inf, {sure = true}]}
""")
    known = Catalogue.load(tmp_path / "rules.toml", proposed=True)
    known.save(tmp_path / "again.toml")
    assert Catalogue.load(tmp_path / "again.toml", proposed=True)["x"].evidence == known["x"].evidence
    assert len(known["x"].evidence) == 4


HOSTILE = {
    "one line over and over": ["Read more\n" * 20_000] * 2 + [story(1) + "\nRead more"],
    "a long line": ["word " * 60_000, "word " * 60_001, "x" * 200_000],
    "a list without end": ["\n".join([*THREE, *(f"so it goes on and on {n:b}" for n in range(9000))])] * 2
    + [story(n) + "\n" + "\n".join([*THREE, *(f"so it goes on and on {n:b}" for n in range(9000))]) for n in (1, 2)],
    "lone surrogates": [f"{story(n)}\n\nFollow \ud800 us all" for n in range(12)],
    "the mark of a gap": [f"{story(n)}\n\nFollow {{...}} us all" for n in range(12)],
    "only signs": ["\n" * 1000, "( " * 1000, "\u200b" * 1000],
}


@pytest.mark.parametrize("texts", HOSTILE.values(), ids=HOSTILE)
def test_hostile_feeds_are_only_feeds(texts, tmp_path):
    """Whatever a feed holds, what is learned can be saved, read and applied."""
    learned = Catalogue.learn(Document(f"d{n}", text, source="s\u200b é") for n, text in enumerate(texts))
    learned.save(tmp_path / "rules.toml")
    loaded = Catalogue.load(tmp_path / "rules.toml", proposed=True)
    assert len(loaded) == len(learned)
    for text in texts:
        cleaned = Cleaner(loaded).clean(text, "s\u200b é")
        assert len(cleaned.text) + sum(span.end - span.start for span in cleaned.removed) == len(text)


def dedup(*arguments, stdin=""):
    return subprocess.run(
        [sys.executable, "-m", "dedup", *map(str, arguments)], input=stdin, capture_output=True, text=True
    )


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.jsonl"
    path.write_text(
        "".join(
            json.dumps({"id": d.id, "text": d.text, "source": d.source, "time": d.time.isoformat()}) + "\n"
            for d in feed(12)
        )
    )
    return path


def test_the_command_learns_asks_and_applies(corpus, tmp_path):
    """`dedup learn`, `--review` through a pipe, `--update`, and `dedup clean --rules`."""
    rules = tmp_path / "rules.toml"
    done = dedup("learn", corpus, "-o", rules)
    assert done.stderr.startswith("dedup learn: 12 documents, 1 template of 1 source: 1 confident, 0 proposed")
    assert dedup("learn", corpus).stdout == rules.read_text()
    assert dedup("clean", "--rules", rules, corpus).stdout.count("Tide tables") == 0
    done = dedup("learn", "--review", rules, stdin="r\n")
    assert "1 of 1" in done.stderr
    assert f"0 templates accepted, 1 rejected, 0 not decided; {rules}" in done.stderr
    assert (done.stdout, done.returncode) == ("", 0)
    assert dedup("learn", corpus, "--update", rules).returncode == 0
    assert 'status = "rejected"' in rules.read_text()
    assert dedup("clean", "--rules", rules, corpus).stdout.count("Tide tables") == 12


@pytest.mark.parametrize("answer", ["a", "r"])
def test_decisions_are_not_written_over(corpus, tmp_path, answer):
    """A file that holds any is refused as the output, and --update named; one of proposals alone is written anew."""
    rules = tmp_path / "rules.toml"
    for _ in range(2):
        assert dedup("learn", corpus, "-o", rules).returncode == 0
    dedup("learn", "--review", rules, stdin=f"{answer}\n")
    decided = rules.read_bytes()
    done = dedup("learn", corpus, "-o", rules)
    assert (done.returncode, rules.read_bytes()) == (2, decided)
    assert f"--output is {rules}, which holds 1 accepted or rejected templates; " in done.stderr
    assert f"carry them forward with --update {rules}, or name another file" in done.stderr
    (tmp_path / "proposals.toml").touch()
    assert dedup("learn", corpus, "--update", rules, "-o", tmp_path / "proposals.toml").returncode == 0
    assert 'status = "' in (tmp_path / "proposals.toml").read_text()


@pytest.mark.parametrize("option", ["-o", "--update"])
def test_what_was_learned_before_is_there_until_all_is(corpus, tmp_path, option):
    """A run that comes to no end leaves the file as it was, and no other one."""
    rules = tmp_path / "rules.toml"
    dedup("learn", corpus, "-o", rules)
    before = rules.read_bytes()
    with corpus.open("a") as file:
        file.write("{oops\n")
    done = dedup("learn", "--strict", corpus, option, rules)
    assert (done.returncode, rules.read_bytes()) == (2, before)
    assert sorted(tmp_path.iterdir()) == [corpus, rules]


def test_a_packed_file_and_a_link_are_written_through(corpus, tmp_path):
    """What a name ends in packs the file, and a link to it stays one."""
    dedup("learn", corpus, "-o", tmp_path / "rules.toml.gz")
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "rules.toml")
    dedup("learn", corpus, "-o", link)
    assert link.is_symlink()
    assert gzip.decompress((tmp_path / "rules.toml.gz").read_bytes()) == (tmp_path / "rules.toml").read_bytes()


@pytest.mark.parametrize("verb", [["filter", "--mark"], ["cluster"]], ids=["filter", "cluster"])
def test_what_was_learned_counts_for_no_story(tmp_path, verb):
    """A story without the tail its source has is an excerpt of it, and with the rules the same story."""
    rules, texts = tmp_path / "rules.toml", [f"{story(950)}\n\n" + "\n".join(MOTTO), story(950)]
    Catalogue.learn(feed(12, MOTTO)).save(rules)
    lines = "".join(json.dumps({"text": text, "source": "ledger.example"}) + "\n" for text in texts)
    for options, relation in [([], "excerpt"), (["--rules", rules], "exact")]:
        assert f'"relation": "{relation}"' in dedup(*verb, *options, stdin=lines).stdout


def test_the_report_shows_what_was_learned(corpus, tmp_path):
    """With the rules the tail is boilerplate of the page."""
    rules = tmp_path / "rules.toml"
    dedup("learn", corpus, "-o", rules)
    (template,) = Catalogue.load(rules, proposed=True)
    for options, known in [([], False), (["--rules", rules], True)]:
        page = dedup("report", *options, corpus).stdout
        assert (f'{{"template":"{template.id}","kind":"{template.kind}","action":"remove"' in page) is known


FAULTS = {
    "no such rules": (["--update", "none.toml"], "none.toml: no such file or directory"),
    "no such review": (["--review", "none.toml"], "none.toml: no such file or directory"),
    "no texts": (["--texts", "0"], "--texts is 0; pass 1 or more, or leave it out"),
}


@pytest.mark.parametrize(("arguments", "message"), FAULTS.values(), ids=FAULTS)
def test_faults_of_the_command(corpus, arguments, message):
    """One line that names the argument, and status 2."""
    done = dedup("learn", *([] if "--review" in arguments else [corpus]), *arguments)
    assert (done.stderr, done.returncode) == (f"dedup learn: {message}\n", 2)
