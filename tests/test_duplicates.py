"""Two texts and how they relate: relations, evidence, shared passages, and the alignment beneath."""

from functools import cache
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup import Deduplicator, Document, compare
from dedup._kernel import shingle
from dedup.duplicates import align
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
    ("one figure changed", STORY.replace("40 cars", "60 cars"), STORY, "near"),
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
    with Deduplicator(containment=1.0) as strict:
        list(strict.add_many(known))
        assert compare(EDITED, STORY).duplicate
        assert not compare(EDITED, STORY, context=strict).duplicate


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


@given(TEXTS | SURROGATES, TEXTS | SURROGATES)
@settings(max_examples=200, deadline=None)
def test_any_two_texts_can_be_compared(a, b):
    """Every pair of texts has a relation and shares within bounds; nothing is raised."""
    match = relate(a, b)
    shares = match.resemblance, match.containment, match.contains, match.evidence.words, match.evidence.order
    assert all(0 <= share <= 1 for share in shares)
    assert match.resemblance <= min(match.containment, match.contains)
    assert match.evidence.order <= match.evidence.words


@given(TEXTS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_the_other_way_round_is_the_mirror_image(a, b):
    """Resemblance is symmetric; what contains is contained; a copy is a copy both ways."""
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


# -- the alignment beneath

WIDTH = 3
SEQUENCES = st.lists(st.integers(1, 4), max_size=25)


def keys(tokens):
    return memoryview(
        shingle(memoryview(b"".join(each.to_bytes(8, "little") for each in tokens)).tobytes(), WIDTH)
    ).cast("Q")


def passages(left, right):
    return align.passages(left, right, list(keys(left)), list(keys(right)))


def places(runs):
    return {place for run in runs for place in range(run.first, run.first + run.size)}


def check(runs, left, right):
    for run in runs:
        assert run.size > 0
        assert left[run.first : run.first + run.size] == right[run.other : run.other + run.size]
        assert len(left[run.first : run.first + run.size]) == run.size


def check_ascending(runs):
    for before, after in pairwise(runs):
        assert before.first + before.size <= after.first
        assert before.other + before.size <= after.other


def longest_common(left, right):
    """The length of a longest common subsequence, by its definition."""

    @cache
    def length(i, j):
        if i == len(left) or j == len(right):
            return 0
        if left[i] == right[j]:
            return 1 + length(i + 1, j + 1)
        return max(length(i + 1, j), length(i, j + 1))

    return length(0, 0)


@given(SEQUENCES, SEQUENCES)
@settings(deadline=None)
def test_common_order_is_a_longest_common_subsequence(left, right):
    """No common subsequence is longer than the runs together."""
    runs = align.common_order(left, right, [])
    check(runs, left, right)
    check_ascending(runs)
    assert sum(run.size for run in runs) == longest_common(left, right)


@given(SEQUENCES, SEQUENCES, st.sampled_from([0, 1, 9, 40]))
@settings(max_examples=300, deadline=None)
def test_common_order_of_texts_too_long_to_align_is_still_common_and_in_order(left, right, cells):
    """Past the limit of cells the runs may be fewer, but each is shared and all ascend in both texts."""
    with patch.object(align, "CELLS", cells):
        runs = align.common_order(left, right, passages(left, right))
    check(runs, left, right)
    check_ascending(runs)
    assert sum(run.size for run in runs) <= longest_common(left, right)


@given(SEQUENCES)
@settings(deadline=None)
def test_a_text_too_long_to_align_is_aligned_with_itself(tokens):
    """Past the limit, a copy is still a copy."""
    with patch.object(align, "CELLS", 0):
        assert places(align.common_order(tokens, tokens, passages(tokens, tokens))) == set(range(len(tokens)))


def test_what_stands_between_passages_is_aligned_where_it_fits():
    """Past the limit, the stretches between fixed passages are aligned when they are small enough."""
    left, right = [1, 2, 3, 7, 8, 4, 5, 6], [1, 2, 3, 8, 9, 4, 5, 6]
    for cells, expected in ((3, {0, 1, 2, 5, 6, 7}), (4, {0, 1, 2, 4, 5, 6, 7})):
        with patch.object(align, "CELLS", cells):
            assert places(align.common_order(left, right, passages(left, right))) == expected


def test_one_passage_out_of_order_does_not_hide_the_others():
    """Past the limit, the passages that are fixed are those that make the longest chain in order."""
    one, two, three, moved = [1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]
    left = [*moved, 20, *one, 21, *two, 22, *three]
    right = [*one, 30, *two, 31, *three, 32, *moved]
    with patch.object(align, "CELLS", 0):
        assert [run.first for run in align.common_order(left, right, passages(left, right))] == [4, 8, 12]


@given(SEQUENCES, SEQUENCES)
@settings(max_examples=300, deadline=None)
def test_passages_cover_what_stands_in_shared_shingles(left, right):
    """Runs are shared, at least a shingle long, and cover the tokens of every shared shingle and no others."""
    runs = passages(left, right)
    check(runs, left, right)
    width = min(WIDTH, len(left))
    shared = set(keys(right))
    windows = [range(at, at + width) for at, key in enumerate(keys(left)) if key in shared]
    assert places(runs) == {place for window in windows for place in window}
    assert all(run.size >= width for run in runs)


@given(SEQUENCES, SEQUENCES)
@settings(deadline=None)
def test_passages_go_on_as_long_as_they_are_shared(left, right):
    """No run could be one token longer."""
    for run in passages(left, right):
        end, other = run.first + run.size, run.other + run.size
        assert end == len(left) or other == len(right) or left[end] != right[other]


def test_a_passage_that_stands_in_several_places_continues_the_last():
    """Among equal places the one that follows on is taken."""
    left = [1, 2, 3, 9, 4, 5, 6]
    right = [4, 5, 6, 0, 1, 2, 3, 8, 4, 5, 6]
    assert passages(left, right) == [align.Run(0, 4, 3), align.Run(4, 8, 3)]


def test_equal_keys_of_different_words_are_no_passage():
    """A hash that lies is found out."""
    assert align.passages([1, 2, 3], [4, 5, 6], [77], [77]) == []


class Counted(list):
    """A list that counts how often an item is read."""

    reads = 0

    def __getitem__(self, index):
        Counted.reads += 1
        return super().__getitem__(index)


REPEATED = [
    ("one word", [1], [1]),
    ("two words in turn", [1, 2], [1, 2]),
    ("a phrase", [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
    ("a phrase that is cut", [1, 1, 1, 2], [1, 1, 1, 1, 3]),
    ("one word and a shorter text", [1], [1, 1, 1, 1, 1, 1, 1, 1, 2]),
]


@pytest.mark.parametrize(("left", "right"), [case[1:] for case in REPEATED], ids=[case[0] for case in REPEATED])
def test_passages_take_linear_time(left, right):
    """A text of one phrase over and over costs a fixed number of reads per word."""
    size = 2_000
    left, right = Counted(left * (size // len(left))), Counted(right * (size // len(right)))
    here, there = list(keys(left)), list(keys(right))
    Counted.reads = 0
    align.passages(left, right, here, there)
    assert Counted.reads < 2 * align.PLACES * (WIDTH + 1) * size
