"""The traps of boilerplate removal, one by one: what looks like boilerplate and is none, and the reverse."""

import pytest

from dedup import Catalogue, Cleaner

ARTICLE = """\
The council voted on Monday to keep the old ferry running for another year. Officials said the boat, built in 1961,
would be repaired over the winter and returned to service by April.

Residents had asked for the route to be kept open after the bridge closed in spring, and the harbour master agreed."""
DISCLAIMER = (
    "MENAFN provides the information “as is” without warranty of any kind. We do not accept any responsibility or "
    "liability for the accuracy, content, images, videos, licenses, completeness, legality, or reliability of the "
    "information contained in this article. If you have any complaints or copyright issues related to this article, "
    "kindly contact the provider above."
)
SAFE_HARBOUR = (
    "Before we begin, today's call contains forward-looking statements within the meaning of the Private Securities "
    "Litigation Reform Act of 1995."
)
SYNDIGATE = "© 2026 The Example Times Provided by SyndiGate Media Inc. (Syndigate.info)."
OWNED = (
    "Copyright 2031 Sample Holdings. All rights reserved. This material may not be published, broadcast, rewritten or "
    "redistributed."
)
CREDIT = "(Reporting by Jane Example; Editing by John Sample)"


def tail(*blocks):
    return "\n\n".join([ARTICLE, *blocks])


def inside(*blocks):
    return "\n\n".join([ARTICLE, *blocks, ARTICLE])


# Texts that must not lose a character: number of the trap, what it is, text.
STAY = [
    (1, "an article about the disclaimer quotes it", inside(f"The notice on the site reads in full:\n\n{DISCLAIMER}")),
    (1, "a disclaimer in quotation marks", inside(f"“{DISCLAIMER}” That is all the site has to say for itself today.")),
    (2, "an act in the news", tail("The Private Securities Litigation Reform Act of 1995 was passed over a veto.")),
    (
        3,
        "guidance in forward-looking statements",
        tail(
            "Forward-Looking Statements\n\nThis release contains forward-looking statements: revenue for the year is "
            "expected to be between $41 million and $44 million, with a margin of 12%."
        ),
    ),
    (
        4,
        "the opening of an earnings call",
        f"Operator: Good morning. {SAFE_HARBOUR}\n\nJane Example: Thank you. {ARTICLE}",
    ),
    (5, "a copied article", "\n\n".join([ARTICLE] * 4)),
    (7, "market tables", tail("Gold 1,402.10\nSilver 22.31\nCopper 3.05", "BULLION: Gold 999 10 g Rs 61,200")),
    (7, "a horoscope", tail("Aries: A letter brings news.", "Taurus: Keep to the road.", "Gemini: Call a friend.")),
    (8, "a formula of prose", tail("A representative for Example Corp. declined to comment.")),
    (9, "a recurring heading", inside("These are the main moves in markets:", "What the analysts say")),
    (10, "a dateline word alone", tail("Roma", "London")),
    (11, "an agency named in prose", tail("That is what the news agency Reuters writes.")),
    (
        11,
        "a credit that goes on as a sentence",
        inside("The Associated Press contributed to this report about ongoing investigations into the bank."),
    ),
    (12, "a correction", tail("Correction: An earlier version of this article misspelled the name of the mayor.")),
    (12, "a currency note", tail("($1 = 0.9210 euros)")),
    (13, "a refrain", "\n\n".join(["O row, row on,\nand mind the tide,", "The night is long,", "O row, row on,"] * 3)),
    (15, "About as a word", tail("About 200 people came to the landing on the first day.")),
    (15, "source as a word", tail("Source of the fire was a heater, the brigade said.")),
    (15, "contacts as a word", tail("Contacts between the two towns were broken off.")),
    (22, "a translation no one has written a template for", tail("Informace jsou poskytovány bez jakékoli záruky.")),
    (23, "a cut-off text", ARTICLE[:-20] + "… [+9853 chars]"),
    (24, "the same words in another order", tail(" ".join(sorted(DISCLAIMER.split(), key=str.casefold)))),
    (25, "an attribution the licence asks for", tail(
        "This article is republished from The Conversation under a Creative Commons license. Read the original article."
    )),
]  # fmt: skip


@pytest.fixture(scope="module")
def cleaner():
    return Cleaner()


@pytest.mark.parametrize("text", [text for _, _, text in STAY], ids=[f"{number} {name}" for number, name, _ in STAY])
def test_what_only_looks_like_boilerplate_stays(cleaner, text):
    """Nothing is removed; it may be labelled."""
    assert cleaner.clean(text).text == text


# Texts that must come back as the article: number of the trap, what it is, text.
GO = [
    (16, "glued to the last sentence", ARTICLE + DISCLAIMER),
    (16, "glued credit", f"{ARTICLE} {CREDIT}"),
    (17, "stacked", tail(CREDIT, "Our Standards: The Thomson Reuters Trust Principles.", DISCLAIMER)),
    (17, "stacked the other way", tail(DISCLAIMER, CREDIT)),
    (17, "stacked with a rule between", tail(CREDIT, "-----", DISCLAIMER)),
    (19, "entities", tail(DISCLAIMER.replace("“", "&ldquo;").replace("”", "&rdquo;"))),
    (19, "entities twice", tail(DISCLAIMER.replace("“", "&amp;ldquo;").replace("”", "&amp;rdquo;"))),
    (19, "mojibake", tail(DISCLAIMER.replace("“", "â€œ").replace("”", "â€\x9d"))),
    (19, "zero-width", tail(DISCLAIMER.replace("a", "a\u200b"))),
    (19, "soft hyphens", tail(DISCLAIMER.replace("or", "o\xadr"))),
    (19, "full-width", tail("Ｒｅｐｏｒｔｉｎｇ ｂｙ Jane Example")),
    (20, "right to left and left to right", tail(f"\u202b{SYNDIGATE}\u202c")),
    (21, "another owner", tail(OWNED)),
]  # fmt: skip


@pytest.mark.parametrize("text", [text for _, _, text in GO], ids=[f"{number} {name}" for number, name, _ in GO])
def test_what_only_looks_like_story_goes(cleaner, text):
    """The article is left, whole and alone."""
    assert cleaner.clean(text).text.strip() == ARTICLE


def test_trap_6_a_text_of_boilerplate_alone_is_kept(cleaner):
    """A page that is only a notice is not returned empty: it is flagged."""
    cleaned = cleaner.clean(DISCLAIMER)
    assert cleaned.text == DISCLAIMER
    assert cleaned.all_boilerplate


def test_trap_14_the_provider_is_a_slot_and_no_verdict_about_the_source(cleaner):
    """A blog that copied a disclosure is not taken for the platform: the slot says what the text says."""
    (span,) = cleaner.clean(tail(DISCLAIMER), "blog.example").removed
    assert span.slots["provider"] == "MENAFN"


def test_trap_18_boilerplate_in_the_middle_is_cut_out_and_the_rest_stays(cleaner):
    """Items joined to one text keep their stories; only the lines between them go."""
    text = inside("Lire aussi : Le bac reprend du service")
    assert cleaner.clean(text).text == f"{ARTICLE}\n\n{ARTICLE}"


def test_every_trap_is_here():
    """The list of traps is complete."""
    named = {6, 14, 18} | {number for number, _, _ in STAY} | {number for number, _, _ in GO}
    assert named == set(range(1, 26))


def test_a_cut_off_text_is_said_to_be_incomplete(cleaner):
    """The mark of a cut is labelled as the end of what there is."""
    (span,) = cleaner.clean(ARTICLE[:-20] + "… [+9853 chars]").kept
    assert span.kind == "end-marker"


def test_a_guard_is_named(cleaner):
    """What a guard keeps says why."""
    reasons = {
        "holds figures": tail("Forward-Looking Statements\n\nSales are expected to be forward-looking by $5 million."),
        "is introduced as a quotation": inside(f"The notice on the site reads in full:\n\n{DISCLAIMER}"),
        "has less than 40 words of story before it": (
            "The mill in the next town was sold on Monday to a maker of lamps.\n\n"
            "About Example Works\n\nExample Works makes lamps for lighthouses and harbours."
        ),
        "is not at the end": inside("About Example Works\n\nExample Works makes lamps for lighthouses and harbours."),
    }
    for reason, text in reasons.items():
        assert [span.reason for span in cleaner.clean(text).kept] == [f"kept: {reason}"]


def test_the_catalogue_is_as_broad_as_it_says():
    """At least 150 templates, 100 providers or forms, 12 languages, and every kind."""
    catalogue = list(Catalogue.builtin())
    forms = {template.provider or template.id for template in catalogue}
    languages = {template.lang for template in catalogue} - {"", "mul"}
    assert len(catalogue) >= 150
    assert len(forms) >= 100
    assert len(languages) >= 12
    assert len({template.kind for template in catalogue}) == 18
