"""what is left of a page below boilerplate, lists of other stories, blocks cut short, and what a person rejected."""

import pytest

from dedup import Catalogue, Cleaner

STORY = (
    "The council voted on Monday to keep the old ferry running for another year. Officials said the boat, built in "
    "1961, carries some four hundred people a day across the river and costs less than a bus.\n\n"
    "Residents on the far bank had asked for the route to be kept open after the bridge closed in spring, and many of "
    "them came to the meeting with lamps in their hands and left it with a smile.\n"
)


@pytest.fixture(scope="module")
def cleaner():
    return Cleaner()


BELOW = {
    "titles of other stories": "Share this:\nFerry sunk in the harbour of Sampleton\nWhy lamps are lit at noon\n",
    "a list with dates": "Related Articles\nFerry sunk in the harbour\nJanuary 5, 2026\nWhy lamps are lit at noon\n",
    "a list without a heading": "Leave a Reply\nOur lamps\nOur harbours\nPrevious\nNext\n",
    "an author no one has named": "Jane Example is a professor of harbour law at Sampleton University.\n",
    "a company's last paragraph": "Example Works is a leading maker of lamps for lighthouses.\n",
    "a block with a known paragraph in it": (
        "About Example Works\n\nExample Works is a leading maker of lamps for lighthouses, with offices in nine towns. "
        "It was founded in 1961 by two brothers who had been at sea, and has kept their name on its door.\n\n"
        "Example Works employs four hundred people, ships to nine countries, keeps a museum of lamps beside its gate "
        "and pays for the light at the end of the pier, which has not gone out in sixty years.\n"
    ),
}


@pytest.mark.parametrize("below", BELOW.values(), ids=BELOW)
def test_it_goes_and_the_story_stays(cleaner, below):
    cleaned = cleaner.clean(f"{STORY}\n{below}")
    assert cleaned.text == STORY
    assert not cleaner.clean(cleaned.text).removed


LINE_UPS = (
    "Rovers: Adams; Brown, Cole, Dunn, Evans; Finn, Hughes, Innes; Jones, King, Moss\n"
    "United: Quinn; Reid, Shaw, Todd, Underwood; Vance, Webb, Young; Ash, Bell, Carr\nReferee: M Dean\n"
)
CAST = "Cast\n\nAnn Lee as the widow\nSam Roe as the engineer\nNora Voss as the mayor\n"
SAID = "What they said\n\nAnn Lee: I never thought we would win\nSam Roe: It is a film about us\nNora Voss: I cried\n"
POINTS = "Key points\n\nThe bridge will be closed from May\nFerries will run all night\nA tunnel was ruled out\n"
INTERRUPTIONS = (
    "Advertisement",
    "Story continues below",
    "Advertisement - story continues below",
    "Scroll down for video",
    "Anzeige",
    "Continua depois da publicidade",
    "广告",
)
CALLS = ("Share on Facebook", "Sign up for our newsletter", "Follow us on Twitter", "Read more: Why the ferry closed")


@pytest.mark.parametrize("below", [LINE_UPS, CAST, SAID, POINTS], ids=["line-ups", "cast", "quotes", "points"])
@pytest.mark.parametrize("above", INTERRUPTIONS)
def test_the_story_goes_on_below_an_interruption(cleaner, above, below):
    assert cleaner.clean(f"{STORY}\n{above}\n\n{below}").text.strip() == f"{STORY}\n{below}".strip()


@pytest.mark.parametrize("below", [LINE_UPS, CAST, SAID], ids=["line-ups", "cast", "quotes"])
@pytest.mark.parametrize("end", ["", "\n© 2026 The Ledger. All rights reserved.\n"], ids=["at the end", "above rights"])
@pytest.mark.parametrize("above", CALLS)
def test_who_played_or_spoke_stays_below_a_call(cleaner, above, below, end):
    assert below.strip() in cleaner.clean(f"{STORY}\n{above}\n\n{below}{end}").text


NEAR = {
    "addresses of a company": "Media Email: ann@lamps.example\nCustomer Support: sam@lamps.example\n",
    "titles that begin with a word": "Opinion: Why the ferry closed\nWatch: Ferry sinks in the harbour\n",
    "one title with a colon of three": "Ferry disaster: captain blamed\nWhy lamps are lit at noon\nA harbour rebuilt\n",
    "titles under a link and an advertisement": "Advertisement\nFerry sunk in the harbour\nWhy lamps are lit at noon\n",
}


@pytest.mark.parametrize("below", NEAR.values(), ids=NEAR)
def test_titles_below_a_call_go(cleaner, below):
    assert cleaner.clean(f"{STORY}\nShare on Facebook\n\n{below}").text == STORY


STAYS = {
    "a person of the story": (
        "Officials credited Jane Example, who has run the harbour office of the town for nine years.\n\n"
        "Jane Example is a professor of harbour law at Sampleton University.\n"
    ),
    "a table": "Share this:\nFerry 1961 400 1.20\nBridge 1975 9000 0.00\n",
    "names below a call": "Sign up for our newsletter\n\nThe victims\n\nAnna Roe, 34\n\nJohn Doe, 41\n",
    "results below a call": "Get the latest sports news in your inbox\n\nOther results\n\nEagles 24, Hawks 17\n",
    "names below a link": "Read more: Why the ferry closed\n\nThe dead are\nAnna Roe, 34, of Lake Drive\n",
    "votes below a call": "Follow us on Twitter\n\nFor: Cho, Roe, Doe\nAgainst: Field, Souza\n",
    "a recipe below a call": "Follow us on Instagram\n\nIngredients\n2 eggs\n200 g flour\nA pinch of salt\n",
    "sentences below a list": "Related Articles\n\nThe two boats are not for sale.\n",
    "lines above what goes": "The boats of the harbour\nThe lamps of the pier\n\nAll rights reserved.\n",
    "a list below a photographer's name": "(Ann Lee/Reuters)\n\nThe ferry\nThe bridge\n",
}


@pytest.mark.parametrize("below", STAYS.values(), ids=STAYS)
def test_what_reads_like_story_stays(cleaner, below):
    calls = ("Share", "Related", "Sign up", "Get the", "Follow us", "Read more")
    lines = [line for line in below.splitlines() if line and not line.startswith(calls)]
    kept = cleaner.clean(f"{STORY}\n{below}").text
    assert all(line in kept for line in lines if line not in ("All rights reserved.", "(Ann Lee/Reuters)"))


def test_a_list_that_is_the_story_stays(cleaner):
    """More lines than half of the words above them are no remnant."""
    listed = "".join(f"The harbour of the town with lamp number {number} on its pier\n" for number in range(12))
    assert listed in cleaner.clean(f"{STORY}\nShare this:\n{listed}").text


def test_the_reason_says_what_stands_above(cleaner):
    spans = cleaner.clean(f"{STORY}\nShare this:\nFerry sunk in the harbour of Sampleton\n").removed
    assert spans[-1].reason == f"stands below {spans[0].template} and reads like no story"


def test_a_conservative_policy_leaves_it():
    text = f"{STORY}\nShare this:\nFerry sunk in the harbour of Sampleton\n"
    assert Cleaner(policy="conservative").clean(text).text == f"{STORY}\nFerry sunk in the harbour of Sampleton\n"


def test_what_a_person_rejected_stays(tmp_path):
    """Even below what goes; and a label says so."""
    rules = tmp_path / "rules.toml"
    entry = '[[template]]\nid = "ledger-tables"\nkind = "learned"\nlines = ["Tide tables by the harbour office"]\n'
    rules.write_text(entry + 'source = "ledger.example"\nstatus = "rejected"\n')
    text = f"{STORY}\nShare this:\nTide tables by the harbour office\n"
    assert "Tide tables" not in Cleaner().clean(text, "ledger.example").text
    cleaned = Cleaner(Catalogue.builtin() + Catalogue.load(rules)).clean(text, "ledger.example")
    assert "Tide tables" in cleaned.text
    assert [span.reason for span in cleaned.kept] == ["kept: a person rejected it"]
