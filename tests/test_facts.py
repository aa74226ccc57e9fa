"""What a title says and which numbers a sentence has: when the same words tell something else."""

from textwrap import fill

import pytest

from dedup import Deduplicator, Document, compare, find_clusters
from dedup.duplicates.figures import GLUED, _figures
from dedup.duplicates.numerals import figure, value
from dedup.duplicates.story import Story

STORY = (
    "The ferry between Tolver and the island of Skarn will run again from Monday, eleven weeks after a storm tore "
    "away its landing stage. Harbour master Ines Calder said the new stage had passed its tests on Thursday and would "
    "carry up to 40 cars at a time. Repairs cost 2.3 million pounds, most of it paid by the county."
)
MORE = (
    "Divers found that six of the old piles had been eaten hollow by shipworm, which doubled the bill and put back the "
    "opening by a month. Islanders have lived on a single supply boat since the storm. The shop rationed milk and "
    "bread in April, and the school sent its pupils home when the heating oil ran out. The first crossing leaves at "
    "noon with a brass band on the car deck. Tickets are free on the first day, and nobody will be asked for more "
    "before the summer."
)
CARD = (
    "Written by the staff of the Skarn Mirror for its readers on the coast. Coming up soon: a conference of harbour "
    "masters in Oslo, a fair for small boats at Pelham, a seminar on ropes and knots, and the yearly dinner of pilots."
)


def titled(text, title, id="a"):
    return Document(id, text, title=title, source="mirror")


# -- titles: name, text of a, its title, text of b, its title, what a is to b

OTHER, SAME = "Bakery sold by two sisters", "Ferry to Skarn runs again"
HALF = "Bakery of Pelham sold to sisters"
TITLES = [
    ("the same title", CARD, SAME, CARD, SAME, "exact"),
    ("no title on one side", CARD, SAME, CARD, None, "exact"),
    ("a title that the text tells, another that it tells", STORY, SAME, STORY, "Storm cost county millions", "exact"),
    ("a title told by the other's title", CARD, f"{SAME} soon", CARD, f"Soon: {SAME}", "exact"),
    ("two titles that no text tells", CARD, SAME, CARD, OTHER, "distinct"),
    ("a title that the text half tells", CARD, HALF, CARD, SAME, "exact"),
    ("the same around another date", f"{CARD} May 3", SAME, f"{CARD} June 4", OTHER, "distinct"),
    ("a card inside a longer one", CARD, OTHER, f"{CARD} {MORE[:300]}", SAME, "distinct"),
    ("a card with an end of its own", f"{CARD} More next week.", OTHER, CARD, SAME, "distinct"),
    ("parts of a series", CARD, "Ropes of the coast, part 3", CARD, "Ropes of the coast, part 4", "template"),
    ("parts in words", CARD, "Ropes of the coast: part three", CARD, "Ropes of the coast: part four", "template"),
    ("numbers that the text tells", STORY, "40 cars for Skarn", STORY, "2.3 million for Skarn", "exact"),
    ("a long story under another title", f"{STORY} {MORE}", OTHER, f"{STORY} {MORE}", "Rain again", "exact"),
]


@pytest.mark.parametrize(
    ("a", "title", "b", "other", "relation"), [case[1:] for case in TITLES], ids=[case[0] for case in TITLES]
)
def test_a_short_text_is_told_by_its_title_too(a, title, b, other, relation):
    """Fewer than 150 own words: two fifths of a title must be told somewhere, and its number be no other."""
    assert compare(titled(a, title), titled(b, other, "b")).relation == relation


def test_a_title_shows_its_evidence():
    """The share of its words that are told, and numbers that only the titles have."""
    part = compare(titled(CARD, "Ropes of Oslo, part 3"), titled(CARD, "Ropes of Oslo, part 4", "b")).evidence
    assert (part.title, part.lost, part.swaps) == (0.8, ("3",), (("3", "4"),))
    other = compare(titled(CARD, "Bakery sold"), titled(CARD, SAME, "b")).evidence
    assert (other.words, other.title, other.lost, other.swaps) == (1, 0, (), ())
    assert compare(CARD, CARD).evidence.title == 1


@pytest.mark.parametrize("path", [False, True], ids=["in memory", "in a store"])
def test_what_is_remembered_has_its_title(tmp_path, path):
    """A card under another title is new; each of them is found again under its own."""
    seen = Deduplicator(path=tmp_path / "seen" if path else None)
    assert seen.add(titled(CARD, SAME, "1")) is None
    assert seen.add(titled(CARD, OTHER, "2")) is None
    if path:
        seen.close()
        seen = Deduplicator(path=tmp_path / "seen")
    for title, known in ((OTHER, "2"), (SAME, "1")):
        match = seen.add(titled(CARD, title, "new"))
        assert (match.id, match.relation) == (known, "exact")
        assert [each.id for each in seen.find(titled(CARD, title, "new"))] == [known]
        assert seen.compare("1", "2").relation == seen.compare("2", "1").relation == "distinct"
    seen.close()


def test_cards_under_other_titles_are_no_cluster():
    """Every title founds a cluster of its own."""
    titles = ["Ferry runs again", "Bakery sold", "Choir wins prize", "Ferry runs again"]
    found = find_clusters([titled(CARD, title, str(at)) for at, title in enumerate(titles)])
    assert sorted((each.canonical, [id for id, _ in each.members]) for each in found) == [
        ("0", ["3"]), ("1", []), ("2", []),
    ]  # fmt: skip


# -- numbers: name, of STORY, what takes its place, what the story is then to itself

NUMBERS = [
    ("in digits", "40 cars", "60 cars", "update"),
    ("in a word", "eleven weeks", "twelve weeks", "update"),
    ("with the words around it", "carry up to 40 cars at", "take no more than 35 cars at", "update"),
    ("after the point", "2.3 million", "2.6 million", "update"),
    ("digits that changed places", "2.3 million", "3.2 million", "update"),
    ("one that stands elsewhere", "that six of", "that eleven of", "update"),
    (
        "in a lead that was rewritten",
        "had passed its tests on Thursday and would carry up to 40 cars at a time",
        "was tested by divers for a whole day this week and found to be safe for 60 cars and two buses",
        "update",
    ),
    (
        "in an insertion",
        "by a month",
        "by a month, as the county told 30 islanders at a meeting in the school hall",
        "near",
    ),
    ("in one word", "eleven weeks", "eleven-week", "near"),
    ("a word for digits", "eleven weeks", "11 weeks", "near"),
    ("an ordinal", "eleven weeks", "11th week", "near"),
    ("leading noughts", "40 cars", "040 cars", "near"),
    ("grouped", "40 cars at a time", "4 0 cars at a time", "near"),
    ("taken out", "up to 40 cars", "many cars", "near"),
    ("in a name", "from Monday,", "from Monday, Channel 4 says,", "near"),
    ("no number", "new stage", "other stage", "near"),
]


@pytest.mark.parametrize(("old", "new", "relation"), [case[1:] for case in NUMBERS], ids=[case[0] for case in NUMBERS])
def test_another_number_in_a_sentence_is_news(old, new, relation):
    """One number that stands for another is enough, also under `strict`; `loose` takes it for an edit."""
    a, b = f"{STORY} {MORE}", f"{STORY} {MORE}".replace(old, new)
    assert (compare(a, b).relation, compare(b, a).relation) == (relation, relation)
    assert compare(a, b, context=Deduplicator(preset="strict")).relation == relation
    assert compare(a, b, context=Deduplicator(preset="loose")).relation == "near"


# -- negations: name, of a sentence, what takes its place, what the story is then to itself

DENIED = [
    ("not", "was signed", "was not signed", "update"),
    ("never", "was signed", "was never signed", "update"),
    ("in one word", "can be", "cannot be", "update"),
    ("contracted", "was signed", "wasn’t signed", "update"),
    ("what carries it", "they signed", "they did not signed", "update"),
    ("without", "with a guard", "without a guard", "update"),
    ("in German", "er hat es gesagt", "er hat es nicht gesagt", "update"),
    ("an article in German", "es gab eine Absage", "es gab keine Absage", "update"),
    ("in Russian", "он был там", "он не был там", "update"),
    ("in Chinese", "他说船会开", "他说船不会开", "update"),
    ("no number", "berth 5", "berth No. 5", "near"),
    ("two ways to deny", "was not signed", "was never signed", "near"),
    ("other words as well", "was signed", "was not yet written", "near"),
    ("elsewhere in the sentence", "they did not say he was ill", "they say he was not ill", "update"),
]


@pytest.mark.parametrize(("old", "new", "relation"), [case[1:] for case in DENIED], ids=[case[0] for case in DENIED])
def test_what_a_copy_denies_is_news(old, new, relation):
    """One word that turns a sentence is enough, whichever text has it; it is shown among the swaps."""
    told = f"The mayor went on, and in the words of the pilots, {{}}, as the union heard it. {STORY} {MORE}"
    a, b = told.format(old), told.format(new)
    one, other = compare(a, b), compare(b, a)
    assert (one.relation, other.relation) == (relation, relation)
    assert other.evidence.swaps == tuple((mine, yours) for yours, mine in one.evidence.swaps)
    assert bool(one.evidence.swaps) is (relation == "update")


def test_a_negation_in_a_line_of_its_own_is_no_news():
    """What a short line says belongs to the frame."""
    a, b = (f"Story{word} shared\n\n{STORY} {MORE}" for word in (" not", ""))
    assert compare(a, b).relation == compare(b, a).relation == "near"


def test_what_is_denied_is_shown_with_the_words_around_it():
    """Also at the edges of a text."""
    a, b = f"Not all of them agreed. {STORY} {MORE} They did not", f"All of them agreed. {STORY} {MORE} They did"
    assert compare(a, b).evidence.swaps == (("Not all", "All"), ("did not", "did"))


HYPHENATED = [
    ("the same in digits", "twenty-two", "22", "near"),
    ("another in words", "twenty-two", "twenty-three", "update"),
    ("another in digits", "twenty-two", "23", "update"),
    ("grouped", "12,700", "12700", "near"),
    ("another group", "12,700", "12,900", "update"),
    ("another decimal", "12.7", "12.9", "update"),
    ("a fraction more", "12.7", "13.7", "update"),
]


@pytest.mark.parametrize(
    ("old", "new", "relation"), [case[1:] for case in HYPHENATED], ids=[case[0] for case in HYPHENATED]
)
def test_a_number_is_read_whole(old, new, relation):
    """With what groups its digits or joins its words, wherever else parts of it stand."""
    told = (
        f"{STORY} {MORE} The old bridge carried 12 and later 700 or 900 carts a day, and 13 or twenty-three at night."
    )
    a, b = (f"{told} In all {number} people came to look at it." for number in (old, new))
    assert compare(a, b).relation == compare(b, a).relation == relation


@pytest.mark.parametrize("width", [28, 40, 72])
def test_a_number_in_a_narrow_column_is_in_a_sentence(width):
    """Lines that go on in the next are no lines of their own."""
    a, b = (fill(f"{STORY} {MORE}".replace("40 cars", cars), width) for cars in ("40 cars", "60 cars"))
    assert compare(a, b).relation == compare(b, a).relation == "update"


def test_paragraphs_that_changed_places_put_no_number_for_another():
    """What stands in a shared passage was moved."""
    parts = f"{STORY} {MORE}".split(". ")
    a, b = ". ".join(parts), ". ".join(parts[5:] + parts[:5])
    assert (compare(a, b).relation, compare(a, b).evidence.swaps) == ("near", ())


# -- news: name, what a story has more, what it is then to itself

LINE = "The line will go on to Kingsbay, Pelham, Tirana and Oslo"
NEWS = [
    ("a few words", "The pilots were glad.", "near"),
    ("forty words without facts", "And so it went on for the rest of that long day, " * 4, "near"),
    ("forty words with facts", f"{LINE}, said Anna Holm of the Skarn Line, " + "and so on, " * 10, "expansion"),
    ("facts in fewer words", f"{LINE}.", "near"),
    ("none at all", "", "exact"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "relation"), [case[1:] for case in NEWS], ids=[case[0] for case in NEWS])
def test_news_in_one_place_are_no_small_edit(more, relation):
    """Forty words with three facts the other text lacks make a text longer, however long it was."""
    told = f"{STORY} {MORE} " * 3
    assert compare(f"{told}{more} {STORY}", f"{told}{STORY}").relation == relation


def test_tails_of_two_publishers_put_no_number_for_another():
    """What each of them says below the story, with its prices and addresses, is no news; at the end of a long text."""
    a = f"{STORY} {MORE} The Kingsbay Post is supported by its readers. Become a member from 3 pounds a month today."
    b = f"{STORY} {MORE} Letters to the editor: letters7@mirror.example. Call 555 0199 or join 40 others at our office."
    assert compare(a, b).relation == compare(b, a).relation == "near"


def test_numbers_behind_exchanged_names_are_names():
    """Stations that put their own names into a story copy it."""
    a, b = (f"{STORY} {MORE} A reporter of {name} saw it." for name in ("Tirana News 5", "Kingsbay Post 7"))
    assert compare(a, b).relation == "near"


def test_numbers_in_lines_of_their_own_are_no_news():
    """What stands in short lines, a count of words or a page, belongs to the frame."""
    a, b = (f"Sheet {count}\n\n{STORY} {MORE}" for count in (411, 438))
    assert compare(a, b).relation == "near"
    assert compare(a, b).evidence.swaps == (("411", "438"),)


def test_number_words_are_facts():
    """They are lost and swapped like digits, in several languages; one that is an article is no fact."""
    told = f"{STORY} The council voted seven to two, and went home in the evening with one of them away."
    changed = told.replace("seven to two", "nine to none").replace("one of them", "some")
    evidence = compare(told, changed).evidence
    assert (evidence.lost, evidence.swaps) == (("seven", "two"), (("seven to two", "nine to none"),))
    evidence = compare(f"{STORY} Es waren sieben.", f"{STORY} Es waren zwölf.").evidence
    assert evidence.swaps == (("sieben", "zwölf"),)


FIGURES = [
    ("7", 7, "7"), ("07", 7, "7"), ("seven", 7, "7"), ("sieben", 7, "7"), ("22nd", None, "22"),
    ("1990s", None, "1990"), ("2026", None, "2026"), ("ferry", None, "0"), ("9" * 5000, None, "9" * 5000),
]  # fmt: skip


@pytest.mark.parametrize(("word", "number", "digits"), FIGURES, ids=[case[0][:12] for case in FIGURES])
def test_what_a_number_word_stands_for(word, number, digits):
    """Words and a few digits have a value; every number has digits."""
    assert (value(word), figure(word)) == (number, digits)


def test_a_long_chain_of_digits_is_read_in_parts():
    """A number has few parts: what is glued to a change is not read anew for each change in the chain."""
    story = Story.of(",".join(map(str, range(400))), b"", 3)
    mine, _ = _figures(story, story, (200, 201, 200, 201), (bytes(400), bytes(400)))
    assert len("".join(mine.all)) < 3 * 2 * (GLUED + 1)
