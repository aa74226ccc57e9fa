"""Two texts and how they relate: relations, evidence, shared passages, and the alignment beneath."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup import Deduplicator, Document, compare
from dedup.tokens import Tokens

CONTEXT = Deduplicator()
SEED = (Path(__file__).parents[1] / "examples" / "menafn-ein.txt").read_text("utf-8")
DISCLAIMERS = SEED[SEED.index("Legal Disclaimer:") :]

FERRY = (
    "The ferry between Tolver and the island of Skarn will run again from Monday, eleven weeks after a storm tore "
    "away its landing stage. Harbour master Ines Calder said the new stage had passed its tests on Thursday and would "
    "carry up to 40 cars at a time."
)
COST = (
    "Repairs cost 2.3 million pounds, most of it paid by the county. Divers found in May that six of the old piles "
    "had been eaten hollow by shipworm, which doubled the bill and put back the opening by a month."
)
SUPPLY = (
    "Islanders have lived on a single supply boat since the storm. The shop on Skarn rationed milk and bread in "
    "April, and the school sent its nine pupils home when the heating oil ran out."
)
CROSSING = (
    "The first crossing leaves Tolver at seven in the morning with a brass band on the car deck. Tickets are free on "
    "the first day, and the county has promised not to raise the fares before next summer."
)
PARAGRAPHS = [FERRY, COST, SUPPLY, CROSSING]
STORY = "\n\n".join(PARAGRAPHS)
EDITED = (
    STORY.replace("will run again", "is to sail again")
    .replace("most of it paid", "largely met")
    .replace("Islanders", "People on the island")
)
LATER = (
    "Only hours later the crossing was called off once more. A crack was seen in the ramp as the first lorry drove "
    "over it, and engineers were sent from the mainland to look at the weld before anyone is allowed aboard. "
    "Passengers waited in the rain and most of them gave up by noon. The county said it was sorry and would pay for "
    "rooms in the town until the boat sails, which may take another week."
)
REVISED = "\n\n".join([FERRY, SUPPLY, LATER])
RESULTS = (
    "{} earned {} million dollars in the three months to {}, up from {} million a year earlier, the company said on {}."
    " Sales rose {} percent to {} million dollars, helped by demand in {}. Chief executive {} said the outlook for the "
    "year was unchanged. Shares of the company closed at {} dollars before the results were published."
)
MERROW = RESULTS.format("Merrow Foods", 23.6, "January 31", 19.1, "Tuesday", 8, 412, "Brazil", "Anna Holt", 31.2)
PELHAM = RESULTS.format("Pelham Shipping", 64.2, "April 30", 60.8, "Friday", 3, 977, "Norway", "Jan Vries", 12.7)
HAN = "南湖市图书馆周四宣布，将在全市十二个地铁站设立自助借书柜。"


def relate(a, b):
    return CONTEXT.compare(Document("a", a), Document("b", b))


def words(text):
    return Tokens.of(text).hashes.tolist()


# -- relations: name, a, b, what a is to b

RELATIONS = [
    ("the same", STORY, STORY, "exact"),
    ("other case", STORY.upper(), STORY, "exact"),
    ("other punctuation", STORY.replace(".", " !").replace(",", " –"), STORY, "exact"),
    ("other line ends", STORY.replace(" ", "\n"), STORY, "exact"),
    ("entities", STORY.replace(" ", "&nbsp;").replace(",", "&#44;"), STORY, "exact"),
    ("soft hyphens", STORY.replace("er", "e\xadr"), STORY, "exact"),
    ("other disclaimers", STORY + "\n\n" + DISCLAIMERS, STORY, "exact"),
    ("other disclaimers, the other way", STORY, STORY + "\n\n" + DISCLAIMERS, "exact"),
    ("a byline more", "By Nell Marsh in Tolver\n\n" + STORY, STORY, "exact"),
    ("the same, in Chinese", HAN.replace("，", ","), HAN, "exact"),
    ("small edits", EDITED, STORY, "near"),
    ("one figure changed", STORY.replace("40 cars", "60 cars"), STORY, "update"),
    ("paragraphs in another order", "\n\n".join(reversed(PARAGRAPHS)), STORY, "near"),
    ("one sentence twice", STORY + " " + FERRY[:140], STORY, "near"),
    ("a line more", "A crossing that half the island has waited for.\n\n" + STORY, STORY, "near"),
    ("two paragraphs of four", f"{COST}\n\n{SUPPLY}", STORY, "excerpt"),
    ("the beginning", FERRY, STORY, "excerpt"),
    ("an edited part", COST.replace("most of it paid", "largely met"), STORY, "excerpt"),
    ("all of it and more", STORY, f"{COST}\n\n{SUPPLY}", "expansion"),
    ("all of it and another story", f"{STORY}\n\n{MERROW}", STORY, "expansion"),
    ("later developments", REVISED, STORY, "update"),
    ("earlier developments", STORY, REVISED, "update"),
    ("the same form, other facts", PELHAM, MERROW, "template"),
    ("the same form, the other way", MERROW, PELHAM, "template"),
    ("another story", MERROW, STORY, "distinct"),
    ("another story under the same disclaimers", f"{MERROW}\n\n{DISCLAIMERS}", f"{STORY}\n\n{DISCLAIMERS}", "distinct"),
    ("the same words at random", " ".join(sorted(STORY.split())), STORY, "distinct"),
    ("nothing at all, twice", "", "", "distinct"),
    ("no words, twice", "?!", "?!", "distinct"),
    ("nothing and something", "", STORY, "distinct"),
    ("something and nothing", STORY, "", "distinct"),
    ("one word, twice", "cat", "Cat.", "exact"),
    ("two words", "cat", "dog", "distinct"),
    ("a phrase in a story", "on the first day", STORY, "distinct"),
    ("a phrase and half of it", "the cat sat on the mat", "the cat sat on", "distinct"),
]


@pytest.mark.parametrize(("a", "b", "relation"), [case[1:] for case in RELATIONS], ids=[case[0] for case in RELATIONS])
def test_relations(a, b, relation):
    """A text is to another what a careful reader would say."""
    match = relate(a, b)
    assert match.relation == relation
    assert match.duplicate == (relation in ("exact", "near", "excerpt"))


def test_only_exact_copies_of_a_short_text_are_duplicates():
    """Of cat, dog, cat, the first cat and the dog stay."""
    seen = Deduplicator()
    matches = [seen.add(Document(str(number), text)) for number, text in enumerate(["cat", "dog", "cat"])]
    assert [match and (match.relation, match.id) for match in matches] == [None, None, ("exact", "0")]


def test_texts_without_words_never_match():
    """Empty texts are not copies of each other."""
    seen = Deduplicator()
    assert [seen.add(Document(str(number), text)) for number, text in enumerate(["", "", "...", "\ud800"])] == [
        None
    ] * 4


def test_texts_and_documents_compare_alike():
    """Documents and strings are judged alike; a document lends its id to the match."""
    match = compare(Document("x", EDITED, source="a.example"), Document("y", STORY, title="Ferry"))
    assert (match.id, match.canonical, match.relation) == ("y", "y", "near")
    assert compare(EDITED, STORY) == relate(EDITED, STORY)


@pytest.mark.parametrize(
    "known",
    [
        [],
        [Document("other", MERROW)],
    ],
    ids=["that is empty", "that knows a document"],
)
def test_settings_of_the_context_count(known):
    """`compare` judges by the settings of the context given."""
    with Deduplicator(coverage=1.0) as strict:
        list(strict.add_many(known))
        assert compare(EDITED, STORY).duplicate
        assert not compare(EDITED, STORY, context=strict).duplicate


def numbered(first, count):
    """Return so many words that are met nowhere else, in sentences of ten."""
    words = ["".join(chr(97 + at // 26**k % 26) for k in range(4)) for at in range(first, first + count)]
    return " ".join(" ".join(words[at : at + 10]).capitalize() + "." for at in range(0, count, 10))


LONG, MORE = numbered(1000, 1000), numbered(5000, 150)
ADDITIONS = [
    ("ninety words below", f"{LONG}\n\n{numbered(5000, 90)}", LONG, "near"),
    ("a hundred and fifty words below", f"{LONG}\n\n{MORE}", LONG, "expansion"),
    ("the same within", f"{LONG[:3000]}\n\n{MORE}\n\n{LONG[3000:]}", LONG, "expansion"),
    ("the same strewn", f"{LONG[:3000]} {MORE[:360]} {LONG[3000:4000]} {MORE[360:]} {LONG[4000:]}", LONG, "near"),
    ("the same, which the other has elsewhere", f"{LONG}\n\n{MORE}", f"{MORE}\n\n{LONG}", "near"),
    ("the same in place of as much else", f"{LONG}\n\n{MORE}", f"{LONG}\n\n{numbered(8000, 140)}", "near"),
]


@pytest.mark.parametrize(("a", "b", "relation"), [case[1:] for case in ADDITIONS], ids=[case[0] for case in ADDITIONS])
def test_a_hundred_words_in_one_place_are_no_small_edit(a, b, relation):
    """However long the text, and whatever the share: what b has nothing for is not dropped."""
    assert compare(a, b).relation == relation


# -- evidence


def test_evidence_of_a_changed_figure():
    """A figure that changed is lost, and swapped for the one that stands in its place."""
    evidence = relate(STORY.replace("40 cars", "60 cars"), STORY).evidence
    assert (evidence.lost, evidence.swaps) == (("60",), (("60", "40"),))
    total = len(words(STORY))
    assert evidence.words == evidence.order == round((total - 1) / total, 4)


def test_evidence_of_changed_names():
    """Names are facts; capitals at the beginning of sentences are not."""
    changed = STORY.replace("Ines Calder", "Rolf Thane").replace("Tickets", "Seats")
    evidence = relate(changed, STORY).evidence
    assert evidence.lost == ("Rolf", "Thane")
    assert evidence.swaps == (("Rolf Thane", "Ines Calder"),)


def test_evidence_of_a_fact_left_out():
    """A fact that only one text has is lost from it, but not swapped."""
    longer = STORY.replace("In May", "").replace("storm tore", "storm of 119 kilometres an hour tore")
    evidence = relate(longer, STORY).evidence
    assert (evidence.lost, evidence.swaps) == (("119",), ())
    evidence = relate(STORY, longer).evidence
    assert (evidence.lost, evidence.swaps) == ((), ())


def test_evidence_of_an_exact_copy():
    """A copy in capitals loses nothing."""
    evidence = relate(STORY.upper(), STORY).evidence
    assert (evidence.words, evidence.order, evidence.lost, evidence.swaps) == (1.0, 1.0, (), ())


def test_moved_paragraphs_keep_their_order_within():
    """`order` counts words in shared passages wherever the passage stands."""
    assert relate("\n\n".join(reversed(PARAGRAPHS)), STORY).evidence.order == 1.0


# -- passages


@pytest.mark.parametrize(("a", "b"), [case[1:3] for case in RELATIONS], ids=[case[0] for case in RELATIONS])
def test_passages_are_the_same_words_in_both_texts(a, b):
    """Each passage covers, in code points of the originals, the same words here and there."""
    for passage in relate(a, b).passages:
        here, there = a[passage.start : passage.end], b[passage.other_start : passage.other_end]
        assert here.split()
        assert words(here) == words(there)


def test_passages_of_an_excerpt():
    """An excerpt is one passage, from its first character to its last word."""
    (passage,) = relate(f"{COST}\n\n{SUPPLY}", STORY).passages
    assert STORY[passage.other_start : passage.other_end] + "." == f"{COST}\n\n{SUPPLY}"
    assert passage.start == 0


def test_passages_are_in_order_and_skip_what_differs():
    """A change ends one passage and the next begins behind it."""
    changed = STORY.replace("shipworm", "rust")
    first, second = relate(changed, STORY).passages
    assert changed[first.end : second.start] == " rust, "
    assert STORY[first.other_end : second.other_start] == " shipworm, "


def test_passages_are_worth_showing():
    """A run of a few words that any two stories share is not shown."""
    a = f"{STORY} It was one of the first of its kind."
    b = f"{MERROW} It was one of the last of its kind."
    assert relate(a, b).passages == ()


# -- properties

PIECES = st.sampled_from(
    [
        *PARAGRAPHS,
        STORY.upper(),
        MERROW,
        PELHAM,
        HAN,
        DISCLAIMERS,
        SEED,
        "cat",
        "12",
        "Legal Disclaimer:",
        "(",
        "“",
        "&",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=20) | st.characters(), max_size=5).flatmap(
    lambda parts: st.sampled_from(["\n\n", "\n", " ", ""]).map(lambda glue: glue.join(parts))
)
PAIRS = st.tuples(TEXTS, TEXTS) | st.tuples(TEXTS, TEXTS, TEXTS).map(  # half of them share what the first says
    lambda texts: (f"{texts[0]}\n\n{texts[1]}", f"{texts[2]}\n\n{texts[0]}")
)
SURROGATES = st.lists(st.sampled_from(["\ud800", "\udfff", "\U0010ffff", "\0", "a", " "]), max_size=9).map("".join)


@given(TEXTS)
@example(DISCLAIMERS)
@settings(max_examples=200, deadline=None)
def test_a_text_is_an_exact_copy_of_itself(text):
    """Any text that has a word left when it is clean is its own exact copy; any other is none."""
    assert relate(text, text).relation == ("exact" if words(CONTEXT.cleaner.clean(text).text) else "distinct")


def test_boilerplate_beside_punctuation_is_an_exact_copy_of_itself():
    """A text of nothing but boilerplate and a stray bracket is its own exact copy."""
    assert relate(f"{DISCLAIMERS}\n(", f"{DISCLAIMERS}\n(").relation == "exact"


@given(PAIRS | st.tuples(SURROGATES, TEXTS | SURROGATES))
@example((STORY, f"{SUPPLY}\n\n{MERROW}"))
@settings(max_examples=200, deadline=None)
def test_any_two_texts_can_be_compared(pair):
    """Every pair of texts has a relation and shares within bounds; nothing is raised."""
    match = relate(*pair)
    shares = match.resemblance, match.containment, match.contains, match.evidence.words, match.evidence.order
    assert 0 <= min(shares) <= max(shares) <= 1
    assert match.resemblance <= min(match.containment, match.contains)
    assert match.evidence.order <= match.evidence.words


@given(PAIRS)
@example((STORY, f"{SUPPLY}\n\n{MERROW}"))
@settings(max_examples=200, deadline=None)
def test_the_other_way_round_is_the_mirror_image(pair):
    """Resemblance is symmetric; what contains is contained; a copy is a copy both ways."""
    a, b = pair
    here, there = relate(a, b), relate(b, a)
    assert here.resemblance == there.resemblance
    assert (here.containment, here.contains) == (there.contains, there.containment)
    assert (here.relation == "exact") == (there.relation == "exact")


@given(st.permutations(PARAGRAPHS), st.integers(0, 4), st.sampled_from(["\n", "\n\n", " "]))
@settings(max_examples=50, deadline=None)
def test_paragraphs_of_a_story_are_never_news(paragraphs, count, glue):
    """Any choice of a story's paragraphs, in any order, is a duplicate of it."""
    text = glue.join(paragraphs[:count])
    assert relate(text, STORY).duplicate == (count > 0)
