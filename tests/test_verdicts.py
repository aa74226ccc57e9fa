"""What counts in a verdict and what does not: furniture, lists and addresses, spelling, facts, presets."""

import random
from string import ascii_lowercase

import pytest

from dedup import Deduplicator, Document, compare
from dedup.duplicates.settings import PRESETS, Settings
from dedup.duplicates.story import FACT, FURNITURE, LISTED, Story

STORY = (
    "The ferry between Tolver and the island of Skarn will run again from Monday, eleven weeks after a storm tore "
    "away its landing stage. Harbour master Ines Calder said the new stage had passed its tests on Thursday and would "
    "carry up to 40 cars at a time. Repairs cost 2.3 million pounds, most of it paid by the county. Divers found that "
    "six of the old piles had been eaten hollow by shipworm, which doubled the bill and put back the opening a month."
)
OTHERS = [
    "A bakery in the old town of Pelham has been sold to two sisters who plan to keep its ovens and its staff.",
    "Rain washed out the cricket for a third day running and the umpires called the match off before tea was served.",
    "Firefighters were called to a warehouse by the canal at dawn, where pallets of paper had been smouldering.",
    "The school choir of Brackwater won a prize in Vienna and came home to a brass band on the station platform.",
    "Anglers have asked the council to open the weir gates at night so that the salmon can reach the upper river.",
    "A street of lime trees will be felled next spring because their roots have lifted the pavement by a hand.",
]
FRAME = "You are reading one of three free stories this month, and we would be glad if you stayed with us for longer."


def story(text):
    return Story.of(text, b"", 3)


def marked(text, mark):
    """Return the words of `text` that carry `mark`, as one string."""
    told = story(text)
    return " ".join(told.quote(at, at + 1) for at, marks in enumerate(told.marks) if marks & mark)


def framed(text):
    return f"{FRAME}\n\n{text}\n\n{FRAME}"


# -- furniture: what other stories of the feed repeat


SHARED = "we would be glad if you stayed with us for longer"
FURNISHED = [
    ("two stories of its source", [(1, "a"), (2, "a")], True),
    ("one story of its source", [(1, "a")], False),
    ("two copies of one story", [(1, "a"), (1, "a")], False),
    ("four stories elsewhere", [(1, "b"), (2, "b"), (3, "c"), (4, "d")], False),
    ("five stories elsewhere", [(1, "b"), (2, "b"), (3, "c"), (4, "d"), (5, "e")], True),
    ("one here and three elsewhere", [(1, "a"), (2, "b"), (3, "c"), (4, "d")], False),
    ("one here and four elsewhere", [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "d")], True),
]


@pytest.mark.parametrize(("groups", "found"), [case[1:] for case in FURNISHED], ids=[case[0] for case in FURNISHED])
def test_furniture_is_what_enough_other_stories_repeat(groups, found):
    """A run met in two other stories of the source, or in five anywhere, is furniture; copies count once."""
    told = f"{STORY} {SHARED}"
    seen = read(
        [(f"{OTHERS[group]} {SHARED}{'!' * at} {'Sic' * at}", source) for at, (group, source) in enumerate(groups)]
    )
    share = compare(Document("a", told, source="a"), told.upper() + " Sic", context=seen).evidence.furniture
    words = len(story(SHARED).tokens) / len(story(told).tokens)
    assert share == pytest.approx(words * found, abs=1e-4)


RUNS = [
    ("six words", "glad if you stayed with us", True),
    ("five words", "glad if you stayed with", False),
    ("ten characters", "为了更好的访问体验请", True),
    ("nine characters", "为了更好的访问体验", False),
    ("ten references", "&#24050;&#30475;&#35265;&#20026;&#20102;&#26356;&#22909;&#30340;&#35775;&#38382;", True),
    ("six references", "&#24050;&#30475;&#35265;&#20026;&#20102;&#26356;", False),
]


SLOTS = (
    ("man", "woman"), ("robbery", "burglary", "stabbing", "theft"), ("market", "harbour", "station", "park"),
    ("Monday", "Tuesday", "Sunday"), ("morning", "night"), ("tall", "short"), ("slim", "heavy"),
    ("dark", "fair", "red"), ("black", "blue", "green"), ("white", "grey"),
)  # fmt: skip
APPEAL = (
    "Police are looking for a {} in connection with a {} in the {} on {} {}. The suspect is described as {} and {}, "
    "with {} hair, and was wearing a {} jacket and {} shoes. Anyone with information is asked to call the police on "
    "101 or to speak to an officer in confidence."
)


def test_a_form_that_is_filled_again_becomes_furniture():
    """Police appeals of one source, each with other small words: near one another at first, and no copies for that."""
    chance = random.Random(4)
    with Deduplicator() as seen:
        matches = [
            seen.add(Document(str(number), APPEAL.format(*map(chance.choice, SLOTS)), source="a"))
            for number in range(100)
        ]
    copies = [match for match in matches if match is not None and match.duplicate and match.relation != "exact"]
    assert len(copies) < 10


@pytest.mark.parametrize(("run", "is_furniture"), [case[1:] for case in RUNS], ids=[case[0] for case in RUNS])
def test_short_runs_are_language(run, is_furniture):
    """Five words that recur are no furniture; of characters that are words each, nine are none."""
    seen = Deduplicator(sample=1)
    for number, other in enumerate(OTHERS):
        seen.add(Document(f"feed-{number}", f"{other} {run}"))
    assert (compare(f"{run} 1", f"{run} 2", context=seen).evidence.furniture > 0) == is_furniture


def read(documents):
    seen = Deduplicator()
    for number, (text, source) in enumerate(documents):
        seen.add(Document(f"feed-{number}", text, source=source))
    return seen


def test_a_frame_makes_no_duplicates_once_the_feed_has_shown_it():
    """Two short stories in one long frame look alike; the feed tells the frame from the stories."""
    a = Document("a", framed(OTHERS[4][:60]), source="s")
    b = Document("b", framed(OTHERS[5][:60]), source="s")
    seen = read([(framed(text), "s") for text in OTHERS[:4]])
    assert compare(a, b).evidence.furniture == 0
    match = compare(a, b, context=seen)
    assert match.relation == "distinct"
    assert match.evidence.furniture > 0.6


def test_an_unknown_source_is_not_one_source():
    """Without their sources, four stories in one frame are too few to tell."""
    a, b = Document("a", framed(OTHERS[4][:60])), Document("b", framed(OTHERS[5][:60]))
    assert compare(a, b, context=read([(framed(text), None) for text in OTHERS[:4]])).evidence.furniture == 0


def test_copies_in_other_frames_are_copies_once_the_feed_has_shown_the_frames():
    """A story in a frame of half its length is the story, when the frame is known as furniture."""
    a, b = Document("a", f"{STORY[:230]}\n\n{FRAME}\n\n{FRAME.upper()}", source="s"), Document("b", STORY[:230])
    assert not compare(a, b).duplicate
    seen = read([(framed(text), "s") for text in OTHERS[:4]])
    assert compare(a, b, context=seen).relation == "near"


def test_a_story_that_many_copy_is_no_furniture():
    """The copies of a story never turn its own words into furniture, whether the feed knows the pair or not."""
    copies = [(f"{STORY} {text}", source) for text, source in zip(OTHERS, "sstuvw", strict=True)]
    seen = read([*copies, (STORY, "s")])
    for a in (Document("new", STORY, source="s"), Document("feed-0", copies[0][0], source="s")):
        match = compare(a, Document("b", STORY, source="s"), context=seen)
        assert match.relation in ("exact", "expansion")
        assert match.evidence.furniture == 0


def test_the_stream_judges_as_compare_does():
    """What `add` answers is what `compare` says in the context of what was read before."""
    seen = read([(framed(text), "s") for text in OTHERS[:4]])
    for text in (framed(OTHERS[4]), framed(OTHERS[5]), f"{framed(OTHERS[4])} Nobody was hurt."):
        document = Document(text[-30:], text, source="s")
        expected = {each: seen.compare(document, each).relation for each in [f"feed-{n}" for n in range(4)]}
        match = seen.add(document)
        assert match is None or match.id not in expected or expected[match.id] == match.relation


# -- lists and addresses: what a text's shape gives away

MENU = "Home\nPolitics\nThe Skarn Ferry Runs Again\nA bakery is sold\nRain stops play"
LONG = [text.rstrip(".") for text in OTHERS[:2]]
TWICE = "\n".join([LONG[0], LONG[0], LONG[1], LONG[1]])
LISTS = [
    ("a menu", f"{STORY}\n{MENU}", MENU),
    ("two lines", f"{STORY}\nHome\nPolitics", ""),
    ("lines that end sentences", f"{STORY}\nIt rained.\nIt poured.\nIt stopped.", ""),
    ("lines that go on", f"{STORY}\nIt rained and\nthen it poured and\nthen it stopped", ""),
    ("long lines", f"{STORY}\n" + "\n".join(text.rstrip(".") for text in OTHERS[:3]), ""),
    ("nothing but a list", MENU, ""),
    ("long lines that come twice", f"{STORY}\n{TWICE}", TWICE),
    ("long lines that come again later", f"{STORY}\n{LONG[0]}\n{LONG[1]}\n{LONG[0]}\n{LONG[1]}", ""),
]


@pytest.mark.parametrize(("text", "listed"), [case[1:] for case in LISTS], ids=[case[0] for case in LISTS])
def test_lists_are_told_by_their_shape(text, listed):
    """Three short lines in a row that end no sentence are a list, unless they are all there is."""
    assert marked(text, LISTED) == " ".join(listed.split())


def test_a_list_is_no_evidence():
    """Two different stories beside one list of headlines are different stories; a list that is lost is still lost."""
    a, b = f"{OTHERS[0]}\n{MENU}\n{MENU}", f"{OTHERS[1]}\n{MENU}\n{MENU}"
    assert compare(a, b).relation == "distinct"
    assert compare(f"{STORY}\nIn Busan 17\nIn Oslo 23\nIn Quito 31", STORY).evidence.lost == ("17", "23", "31")


def test_addresses_are_furniture():
    """Links and mail addresses are no words of a story, and the numbers in them no facts."""
    text = "Write to ann@ledger.example or see https://ledger.example/2026/03/02/ferry-88 by Monday"
    assert marked(text, FURNITURE) == "ann ledger.example https ledger.example 2026 03 02 ferry-88".replace(
        "ledger.example", "ledger example"
    ).replace("ferry-88", "ferry 88")
    assert marked(text, FACT).split()[-1] == "Monday"
    assert compare(f"https://ledger.example/2026/03/02/ferry-88 {STORY}", STORY).evidence.lost == ()


def test_headlines_in_capitals_hold_no_names():
    """Where most words of a line begin with a capital, capitals say nothing; digits do."""
    assert marked(f"The Pelham Bakery Opens On 3 March\n{STORY}", FACT).startswith("3 Tolver Skarn")
    assert "Skarn" in marked(STORY, FACT)


# -- spelling

SPELLINGS = [
    ("British and American", "organised", "organized", True),
    ("a letter dropped", "harbour", "harbor", True),
    ("an inflection", "repairs", "repair", True),
    ("joined", "policy makers", "policymakers", True),
    ("in Tamil", "தொடர்புகள்", "தொடர்ப்புகள்", True),
    ("with an article, in Arabic", "الرئيس", "والرئيس", True),
    ("another word", "storm", "flood", False),
    ("the opposite", "legal", "illegal", False),
    ("another number", "section12a", "section13a", False),
    ("short words", "on", "in", False),
]


@pytest.mark.parametrize(("one", "two", "same"), [case[1:] for case in SPELLINGS], ids=[case[0] for case in SPELLINGS])
def test_words_in_other_spelling_are_the_same_words(one, two, same):
    """A word that only spelling or inflection sets apart counts as found, and as in order."""
    template = f"{STORY} The last of the {{}} was seen to at noon. {OTHERS[0]}"
    evidence = compare(template.format(one), template.format(two)).evidence
    assert (evidence.words == evidence.order == 1.0) == same


# -- facts lost and swapped


def test_an_insertion_is_no_swap():
    """A fact that gave way to a paragraph was moved or cut, not swapped."""
    longer = STORY.replace("on Thursday", "while " + OTHERS[3][:-1])
    evidence = compare(STORY, longer).evidence
    assert evidence.lost == ("Thursday",)
    assert evidence.swaps == ()


def numbered(count, changed):
    """Return a text of `count` sentences, the first `changed` with a number that no other has."""
    plain = "They walked along the quiet water until the lamps were lit and nobody spoke of it"
    return " ".join(
        f"{plain} {'after' * 2} {chr(97 + n % 26) * 3}{chr(97 + n // 26) * 3} {9000 + n if n < changed else ''}."
        for n in range(count)
    )


LOSSES = [
    ("seven of a short text", 16, 7, True),
    ("eight of a short text", 16, 8, False),
    ("eight of a long text", 60, 8, True),
    ("twenty of a long text", 60, 20, True),
    ("thirty of a long text", 60, 30, False),
]


@pytest.mark.parametrize(
    ("count", "lost", "duplicate"), [case[1:] for case in LOSSES], ids=[case[0] for case in LOSSES]
)
def test_how_many_facts_may_be_lost(count, lost, duplicate):
    """Fewer than eight, or in a long text fewer than 2.5 per 100 words."""
    match = compare(numbered(count, lost), numbered(count, 0))
    assert len(match.evidence.lost) == lost
    assert match.duplicate == duplicate


def test_a_text_that_is_mostly_frame_is_no_duplicate():
    """What is left must be two fifths of the text."""
    address = "https://ledger.example/" + "/".join(f"part{n}" for n in range(90))
    assert compare(f"{STORY} {address[:200]}", STORY).duplicate
    assert not compare(f"{STORY} {address} {address}", f"{STORY} {address} {address} More.").duplicate


def test_a_shared_ending_is_no_update():
    """Two short stories that end in one sentence are two stories; with a shared middle too they are one, revised."""
    ending = "Nobody was hurt, the police said, and an inquiry will follow in May."
    assert compare(f"{OTHERS[0]} {ending}", f"{OTHERS[1]} {ending}").relation == "distinct"
    middle = OTHERS[2]
    a, b = f"{OTHERS[0]} {middle} {OTHERS[3]} {ending}", f"{OTHERS[1]} {middle} {OTHERS[4]} {ending}"
    assert compare(a, b).relation == "update"


# -- presets


def test_presets_are_nested():
    """What strict drops balanced drops, and what balanced drops loose drops: every limit is wider."""
    strict, balanced, loose = (Settings.of({"preset": name}) for name in PRESETS)
    for name in PRESETS["strict"]:
        values = [getattr(each, name) for each in (strict, balanced, loose)]
        assert values == sorted(values, reverse=name in ("words", "order", "coverage"))
        assert len(set(values)) == 3


def test_a_preset_can_be_adjusted():
    """A setting beside a preset wins over it; an unknown preset lists the known."""
    assert Settings.of({"preset": "strict", "lost": 7}) == Settings(**{**PRESETS["strict"], "lost": 7})
    assert Deduplicator(preset="loose").settings.order == PRESETS["loose"]["order"]
    with pytest.raises(ValueError, match="preset is 'lax'; it is strict, balanced, loose"):
        Settings.of({"preset": "lax"})


# -- what is no furniture, and no passage


SOURCES = {"one source": lambda number: "a", "many sources": str, "no source": lambda number: None}


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
@pytest.mark.parametrize("changed", [2, 4])
def test_near_copies_do_not_make_furniture_of_their_story(changed, source):
    """However many come, with whatever words changed: they are one story."""
    chance = random.Random(9)
    base = ["".join(chance.choices(ascii_lowercase, k=6)) for _ in range(200)]

    def telling(number):
        words = list(base)
        for at in chance.sample(range(200), changed):
            words[at] = "".join(chance.choices(ascii_lowercase, k=6))
        return Document(str(number), " ".join(words), source=source(number))

    with Deduplicator() as seen:
        relations = [match and match.relation for match in map(seen.add, map(telling, range(20)))]
    assert relations == [None, *["near"] * 19]


def test_passages_hold_no_boilerplate():
    """Where something was cut out, a passage ends and another begins."""
    above, below = STORY.split(". ", 1)
    texts = f"{above}.\n\nADVERTISEMENT\n\n{below}", f"{above}.\n\n{below}"
    for a, b in (texts, texts[::-1]):
        shown = [(a[each.start : each.end], b[each.other_start : each.other_end]) for each in compare(a, b).passages]
        assert shown == [(above, above), (below[:-1], below[:-1])]
