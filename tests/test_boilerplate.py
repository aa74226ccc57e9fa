"""What the cleaner takes out, what it leaves, and that nothing is lost without a trace."""

import html
import itertools
import pickle
import random
import re
import textwrap
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import Cleaner, clean
from dedup.boilerplate.match import _within
from dedup.boilerplate.section import Mentions
from dedup.boilerplate.view import plain

SEED = (Path(__file__).parents[1] / "examples" / "menafn-ein.txt").read_text("utf-8")
FIRST = SEED.index("Legal Disclaimer:")
SECOND = SEED.index("Legal Disclaimer:", FIRST + 1)
BODY, MENAFN, EIN = SEED[:FIRST], SEED[FIRST:SECOND], SEED[SECOND:]
LABEL = "Legal Disclaimer:\n"
BOTH = {"menafn-disclaimer", "ein-presswire-disclaimer"}
STORY = """\
The council voted on Monday to keep the old ferry running for another year. Officials said the boat, built in
1961, would be repaired over the winter and returned to service by April.

Residents had asked for the route to be kept open after the bridge closed in spring."""


@pytest.fixture(scope="module")
def cleaner():
    return Cleaner()


def templates(spans):
    return {span.template for span in spans}


def wrap(text, width):
    return "\n".join(textwrap.fill(line, width) for line in text.split("\n"))


def entities(text):
    return html.escape(text).replace("“", "&ldquo;").replace("”", "&rdquo;")


def sprinkle(text, character):
    chance = random.Random(7)
    return "".join(c + character if c.isalpha() and chance.random() < 0.1 else c for c in text)


# name, article as it should be left, tail
VARIANTS = [
    ("as it came", BODY, MENAFN + EIN),
    *((f"wrapped at {width}", wrap(BODY, width), wrap(MENAFN + EIN, width)) for width in (40, 60, 72)),
    ("upper case", BODY.upper(), (MENAFN + EIN).upper()),
    ("entities", entities(BODY), entities(MENAFN + EIN)),
    ("entities twice", html.escape(entities(BODY)), html.escape(entities(MENAFN + EIN))),
    ("no-break spaces", BODY.replace(" ", "\xa0"), (MENAFN + EIN).replace(" ", "\xa0")),
    *(
        (name, sprinkle(BODY, character), sprinkle(MENAFN + EIN, character))
        for name, character in (
            ("zero-width spaces", "\u200b"),
            ("soft hyphens", "\xad"),
            ("right-to-left marks", "\u200f"),
            ("left-to-right marks", "\u200e"),
        )
    ),
    ("swapped", BODY, EIN.rstrip() + "\n" + MENAFN),
    ("first glued", BODY.rstrip(), MENAFN + EIN),
    ("first glued, swapped", BODY.rstrip(), EIN.rstrip() + "\n" + MENAFN),
    ("second glued", BODY, MENAFN.rstrip() + EIN),
    ("no label lines", BODY, (MENAFN + EIN).replace(LABEL, "")),
    ("first glued, no label lines", BODY.rstrip(), (MENAFN + EIN).replace(LABEL, "")),
    ("straight quotes", BODY, (MENAFN + EIN).replace("“", '"').replace("”", '"')),
    ("Windows line ends", BODY.replace("\n", "\r\n"), (MENAFN + EIN).replace("\n", "\r\n")),
]


@pytest.mark.parametrize(("article", "tail"), [v[1:] for v in VARIANTS], ids=[v[0] for v in VARIANTS])
def test_both_disclaimers_go_and_the_article_stays(cleaner, article, tail):
    """However the feed mangled it, the tail is recognised and the article is untouched to the byte."""
    cleaned = cleaner.clean(article + tail)
    assert cleaned.text.rstrip() == article.rstrip()
    assert templates(cleaned.removed) == BOTH


WORDS = [
    (name, block, word.span())
    for name, block in (("menafn", MENAFN), ("ein", EIN))
    for word in re.finditer(r"\w+", block)
]


@pytest.mark.parametrize(("name", "block", "place"), WORDS)
def test_any_word_may_be_another(cleaner, name, block, place):
    """A disclaimer with one word replaced, whichever it is, still goes whole."""
    changed = block[: place[0]] + "whatever" + block[place[1] :]
    tail = changed + EIN if name == "menafn" else MENAFN + changed
    cleaned = cleaner.clean(BODY + tail)
    assert cleaned.text == BODY
    assert templates(cleaned.removed) == BOTH


def test_slots_name_the_provider(cleaner):
    """The values that vary are returned with the span."""
    slots = [span.slots for span in cleaner.clean(SEED).removed]
    assert slots == [{"provider": "MENAFN", "role": "provider"}, {"provider": "EIN Presswire", "role": "author"}]


def test_spans_are_the_removed_text(cleaner):
    """Each span covers exactly what was taken out of the original."""
    cleaned = cleaner.clean(SEED)
    assert [span.of(SEED) for span in cleaned.removed] == [MENAFN, EIN]
    assert cleaned.text == BODY


QUOTED = re.sub(r"\s+", " ", MENAFN[len(LABEL) :]).strip()
KEPT = {
    "paraphrased in a story": "MENAFN says on its site that it provides the information as is, without warranty of any "
    "kind, and that readers with complaints or copyright issues should contact the provider.",
    "quoted inside a sentence": f"The page, which says {QUOTED[:-1]}, was changed on Friday.",
    "quoted in full after a colon": f"The notice on the site reads:\n\n{QUOTED}",
    "quoted in quotation marks": f"The notice is short. “{QUOTED}” Lawyers disagree about what it means.",
    "the word about": "About 200 people came to the meeting.",
    "the word source": "Source of the fire was a heater, the brigade said.",
    "a formula of prose": "A representative for the company declined to comment.",
    "reporting as a noun": "Reporting by local papers was patchy, and two of the three victims were never named.",
    "the act as news": "Congress passed the Private Securities Litigation Reform Act of 1995 over a veto.",
    "a word between lost commas": "There are two reasons  First  the ferry is old  and second  nobody has the money",
    "the title of a film": f"About THE LAMP\n\nTHE LAMP is a film about a keeper and his house.\n\n{STORY}",
}


@pytest.mark.parametrize("paragraph", KEPT.values(), ids=KEPT)
def test_stories_about_boilerplate_are_stories(cleaner, paragraph):
    """What a news story says or quotes in its middle is not removed."""
    text = f"{STORY}\n\n{paragraph}\n\n{STORY}\n"
    assert cleaner.clean(text).text == text


def test_a_guard_says_why_it_kept_something(cleaner):
    """A recognised quotation is labelled, and the reason names the guard."""
    text = f"{STORY}\n\nThe notice on the site reads:\n\n{QUOTED}\n\n{STORY}\n"
    (span,) = cleaner.clean(text).kept
    assert (span.action, span.reason) == ("label", "kept: is introduced as a quotation")


def test_what_a_page_puts_below_a_colon_is_no_quotation(cleaner):
    """An advertisement stands where it stands."""
    text = f"{STORY}\n\nHere are the funds that take money for the harbour:\n\nAdvertisement\n\n{STORY}\n"
    (span,) = cleaner.clean(text).removed
    assert span.of(text).strip() == "Advertisement"


def test_nothing_but_boilerplate_is_kept_whole(cleaner):
    """A text that would vanish is kept, and says so."""
    cleaned = cleaner.clean(MENAFN + EIN)
    assert cleaned.text == MENAFN + EIN
    assert cleaned.all_boilerplate
    assert templates(cleaned.kept) == BOTH
    assert not cleaned.removed


CATALOGUE = Cleaner().catalogue
EXAMPLES = [(template, example) for template in CATALOGUE for example in template.examples]
NEAR_MISSES = [(template, text) for template in CATALOGUE for text in template.near_misses]


@pytest.mark.parametrize(("template", "example"), EXAMPLES, ids=[template.id for template, _ in EXAMPLES])
def test_every_example_of_the_catalogue_is_recognised(cleaner, template, example):
    """A template's own examples are removed whole from an article, or labelled where it only labels."""
    block = example.strip()
    text = f"{block}\n\n{STORY}\n" if template.position == "head" else f"{STORY}\n\n{block}\n"
    cleaned = cleaner.clean(text)
    if template.action == "remove":
        assert cleaned.text.strip() == STORY
    else:
        assert template.id in templates(cleaned.kept)


@pytest.mark.parametrize(("template", "text"), NEAR_MISSES, ids=[template.id for template, _ in NEAR_MISSES])
@pytest.mark.parametrize("form", ["{0}", "{1}\n\n{0}", "{1}\n\n{0}\n\n{1}"], ids=["alone", "last", "inside"])
def test_no_near_miss_of_the_catalogue_is_touched(cleaner, template, text, form):
    """A template's near misses are prose and stay."""
    text = form.format(text, STORY)
    assert cleaner.clean(text).text == text


CUT = [
    ("in brackets", "The ferry at dusk. (AP Photo/Jane Example, File)", "The ferry at dusk."),
    ("in brackets, before a button", "The ferry (Jane Example/AFP via Getty Images) More", "The ferry"),
    ("behind a sentence", "The ferry at dusk. Photograph: Jane Example/AP", "The ferry at dusk."),
    ("an agency's", "The ferry, May 4, 2020. REUTERS/Jane Example/File Photo", "The ferry, May 4, 2020."),
    ("before the caption", "Image copyright Getty Images Image caption The ferry at dusk", "The ferry at dusk"),
    ("after a reference", "Tea &amp; cake. (Photo:&nbsp;Jane Example)", "Tea &amp; cake."),
    ("in Chinese", "渡轮将继续运营一年。（记者 李四）", "渡轮将继续运营一年。"),
]

HEADLINES = [
    ("渡轮将继续运营一年--样例新闻网", "渡轮将继续运营一年"),
    ("渡轮将继续运营一年_新闻资讯_样例网", "渡轮将继续运营一年"),
    ("港口早报|渡轮将继续运营一年-样例网", "港口早报|渡轮将继续运营一年"),
    ("渡轮-铁路-公路，居民自己选择", "渡轮-铁路-公路，居民自己选择"),
]


@pytest.mark.parametrize(("line", "left"), [cut[1:] for cut in CUT], ids=[cut[0] for cut in CUT])
def test_a_credit_is_cut_out_of_its_caption(cleaner, line, left):
    """Of a line whose shape names the block, the block goes and the caption stays."""
    text = f"{STORY}\n\n{line}\n\nThe yard is to begin in autumn.\n"
    assert cleaner.clean(text).text == text.replace(line, left)


@pytest.mark.parametrize(("line", "left"), HEADLINES)
def test_the_name_of_a_site_is_cut_off_its_headline(cleaner, line, left):
    """The headline may stand nowhere else."""
    assert cleaner.clean(f"{line}\n\n{STORY}\n").text == f"{left}\n\n{STORY}\n"


SECTIONS = {
    "broken at its links": "About the Author\nJane Example\nEditor, Sample News\nJane has covered harbours for the\n"
    "Sample Herald\n, the\nExample Post\nand others since 1990. She is a member of the\nUniversity of Sampleton\n"
    "Harbour Council\nof the coast.",
    "with figures that are links": "About Example Works\nExample Works has lent harbours more than\n$2.1 billion\n"
    "in nine countries and\n14 towns\nfor lamps.",
    "as long as the law likes it": "Important Information\n\n" + "The lamps may fail, and you may lose them. " * 90,
    "with a paragraph known by itself": "About Example Corp.\n\nExample Corp. is a global provider of pumps. It "
    "was founded in 1901 and serves customers in 40 countries.",
    "behind a hard space": "\xa0About Example Works\n\nExample Works makes lamps for the harbours of nine countries.",
}


@pytest.mark.parametrize("block", SECTIONS.values(), ids=SECTIONS)
def test_a_headed_block_goes_to_its_end(cleaner, block):
    """Line ends that links have left behind are no ends, nor are short lines between them headings."""
    assert cleaner.clean(f"{STORY}\n\n{block}\n").text == f"{STORY}\n"


def test_a_heading_ends_the_block_above(cleaner):
    """A short line below a whole sentence heads what follows."""
    block = "About Example Works\n\nExample Works makes lamps for harbours.\n"
    story = "What the town says\n\nThe lamps are dear. The town has bought none since the flood, and has no plans to."
    cleaned = cleaner.clean(f"{STORY}\n\n{block}\n{story}\n")
    assert cleaned.text == f"{STORY}\n\n{story}\n"


ADDRESSES = [
    ("visit https://example.com/lamps.  Sample Works has nine yards.", "https://example.com/lamps", 1),
    ("visit www.example.com or call 555-010-0199.", "www.example.com", 0),
    ("please visit:  www.example.com  or write to us.", "www.example.com", 0),
]


@pytest.mark.parametrize(("end", "target", "stays"), ADDRESSES, ids=[end for end, *_ in ADDRESSES])
def test_an_address_ends_with_its_line(cleaner, end, target, stays):
    """What two spaces set off from an address is another line, and the slot's value is the address."""
    text = f"{STORY}\n\nFor more information, {end}\n"
    (span,) = cleaner.clean(text).removed
    assert span.slots["target"] == target
    assert (text[span.end :].strip() != "") == stays


def test_the_catalogue_is_broad():
    """The built-in catalogue covers at least 25 templates of at least 8 kinds."""
    assert len(CATALOGUE) >= 25
    assert len({template.kind for template in CATALOGUE}) >= 8


BLOCKS = st.sampled_from([MENAFN, EIN, *(example for _, example in EXAMPLES)])
PROSE = st.sampled_from(
    [
        STORY,
        "One line.",
        "a well-\nknown",
        "â€œQuotedâ€\x9d",
        MENAFN[:200],
        wrap(STORY, 50),
        "“Quoted,” she said",
        "",
        "\n",
        " ",
        "\u200f",
        "漢字。",
        "\ud800",
    ]
)
TEXTS = st.lists(st.one_of(BLOCKS, PROSE, st.text(max_size=20)), max_size=8).flatmap(
    lambda parts: st.sampled_from(["\n\n", "\n", " ", ""]).map(lambda glue: glue.join(parts))
)


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_kept_and_removed_make_up_the_original(text):
    """Spans are in order and apart, and the text is the original minus the removed ones."""
    cleaned = PROPERTY_CLEANER.clean(text)
    left, end = "", 0
    for span in cleaned.spans:
        assert 0 <= span.start < span.end <= len(text)
        if span.action == "remove":
            assert span.start >= end
            left += text[end : span.start]
            end = span.end
    assert left + text[end:] == cleaned.text


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_cleaning_twice_changes_nothing(text):
    """What was cleaned is clean."""
    assert not PROPERTY_CLEANER.clean(PROPERTY_CLEANER.clean(text).text).removed


PROPERTY_CLEANER = Cleaner()


def test_clean_is_the_cleaner_with_defaults(cleaner):
    """`dedup.clean(text)` gives the answer of `Cleaner().clean(text)`."""
    assert clean(SEED) == cleaner.clean(SEED)


@pytest.mark.parametrize(
    "text",
    [
        MENAFN * 2000,
        "Legal Disclaimer: " * 20_000,
        "warranty of any kind " * 20_000,
        "x" * 10**6,
        "\n" * 10**5,
        "(" * 10**5,
    ],
    ids=["a disclaimer 2,000 times", "its label", "its words", "one word", "empty lines", "brackets"],
)
def test_hostile_texts_are_only_texts(cleaner, text):
    """Texts built to hurt are answered, and nothing of them is lost."""
    cleaned = cleaner.clean(text)
    assert len(cleaned.text) + sum(span.end - span.start for span in cleaned.removed) == len(text)


@pytest.mark.parametrize("glue", [" ", "", "\n"])
def test_forty_notices_go_at_once(glue):
    """However many blocks come to an edge one after another, a text of usual length is done with at one go."""
    cleaned = clean(f"{STORY}\n\n{STORY}\n\n" + glue.join(["記事・写真の無断転載を禁じます。"] * 40))
    assert len(cleaned.removed) > 30
    assert not clean(cleaned.text).removed


CALLED = "The council of the harbour town asked Ann Carrow to look after its old ferry for nine days."
NAMED = [
    ("in a sentence above", f"{CALLED} ", True),
    ("in part of another word", CALLED.replace("Carrow", "Carrows"), False),
    ("in a byline", "By Ann Carrow", False),
    ("behind two spaces, in few words", "Nine words of a line in which nobody is  called Carrow", False),
    ("nowhere", "", False),
]


@pytest.mark.parametrize(("above", "is_named"), [case[1:] for case in NAMED], ids=[case[0] for case in NAMED])
def test_a_story_tells_of_those_it_names(above, is_named):
    """A name is told where its last word stands in a line of more than a few words, above what is asked about."""
    text = f"{above}\n\nAnn Carrow is a professor.\n\n{CALLED}"
    mentions = Mentions(text)
    assert mentions.before("Ann Carrow", len(above) + 2) is is_named
    assert mentions.before("Ann Carrow", len(text)) is True
    assert mentions.before("", len(text)) is False


def test_many_who_are_not_told_of_cost_what_few_do(monkeypatch):
    """A text is searched once for those it tells of, not once for each of them."""
    calls = []
    words = Mentions._words
    monkeypatch.setattr(Mentions, "_words", lambda self: (calls.append(1), words(self))[1])
    names = ("".join(pair) for pair in itertools.product("Kmnr", "aeio", "bdg", "aeu", "stx"))
    people = [f"Ann {name.title()} is a professor of history at the college." for name in names]
    assert len(clean(f"{CALLED}\n" + "\n".join(people)).spans) == len(people)
    assert len(calls) == 1


@pytest.mark.parametrize("gap", ["  ", "   "])
def test_a_part_of_a_line_does_not_tell_of_its_own_subject(gap):
    """However many spaces set it off, and however many there are."""
    work = "is a professor of history at the college above the harbour of the town."
    people = [f"Ann {name} {work}" for name in ("Kabas", "Kabes", "Kabis", "Kabos", "Kabus", "Mabas")]
    assert len(clean(gap.join([CALLED, *people])).spans) == len(people)


def test_one_who_stands_nowhere_is_looked_for_alone(monkeypatch):
    """Not all words of a text are noted for a name that it does not have."""
    monkeypatch.setattr(Mentions, "_words", lambda self: pytest.fail("all words were noted"))
    assert len(clean(f"{CALLED}\nAnn Kabas is a professor of history at the college.").spans) == 1


TOLD = f"{CALLED} {CALLED}"
REMAINDERS = [
    ("with nothing in it", f"{TOLD}\n\n[Advertisement\n\n]{TOLD}\n", 0),
    ("at whose end a line is cut", f"{TOLD}\n[Advertisement\n]{TOLD}[\n(Editing by Ann Lee)\n]", 0),
    ("with words of a template over a seam", f"{TOLD}\nAll rights\n[(Editing by Ann Lee)\n]reserved.\n", 1),
    ("with a broken word over a seam", f"{TOLD}\nthe har-\n[(Editing by Ann Lee)\n]bour\n", 1),
    ("with a line put together", f"{TOLD}\nAdver[\n(Editing by Ann Lee)\n]tisement\n", 1),
    ("with the end of a line", f"{TOLD}\n[(Editing by Ann Lee)\nThe ]Advertisement\n", 1),
    ("with the beginning of a line", f"{TOLD}\nAdvertisement[ here\n(Editing by Ann Lee)\n]", 1),
    ("with a line in it", f"[Advertisement\n\n]{TOLD}\n(Editing by Ann Lee)\n", 1),
    ("with words of a template in it", f"[Advertisement\n]{TOLD}\nAll rights reserved.\n", 1),
]


@pytest.mark.parametrize(("text", "scans"), [case[1:] for case in REMAINDERS], ids=[case[0] for case in REMAINDERS])
def test_what_is_left_is_scanned_where_there_may_be_something(cleaner, monkeypatch, text, scans):
    """What is seen in the pieces of a text is what is seen in them as a text, which takes a scan for some of them."""
    matcher, pieces = cleaner._matcher, re.split(r"[\[\]]", text)
    edges = [0, *itertools.accumulate(map(len, pieces))]
    kept = [place for place in list(itertools.pairwise(edges))[::2] if place[0] < place[1]]
    (seen,) = matcher.scan(["".join(pieces)])
    (sought,) = matcher.scan(["".join(pieces[::2])])
    seen.oddities, calls, scan = 0, [], matcher.scan
    monkeypatch.setattr(matcher, "scan", lambda texts: (calls.append(1), scan(texts))[1])
    found = matcher.rescan(seen, "".join(pieces[::2]), kept)
    assert (found and (found.hits, found.lines, found.oddities)) == (
        sought and (sought.hits, sought.lines, sought.oddities)
    )
    assert len(calls) == scans


PHRASES = [
    ("at the beginning", [512, 1], True),
    ("at the end", [2, 256], True),
    ("across words, and again at one", [2], True),
    ("across two words alone", [65536], False),
    ("in another order", [2, 1], False),
]


@pytest.mark.parametrize(("phrase", "stands"), [case[1:] for case in PHRASES], ids=[case[0] for case in PHRASES])
def test_a_phrase_stands_where_its_words_do(phrase, stands):
    """What the numbers of two words have in common with those of a phrase says nothing."""
    assert _within(array("Q", phrase).tobytes(), array("Q", [512, 1, 2, 256]).tobytes()) is stands


def test_a_part_of_a_line_is_found_with_few_looks_at_it(monkeypatch):
    """To find what stands before and behind a reference, a line is read a few dozen times, however long it is."""
    shown = []
    monkeypatch.setattr("dedup.boilerplate.shapes.plain", lambda line: (shown.append(len(line)), plain(line))[1])
    text = f"AT&amp;T {' '.join(f'w{at}' for at in range(300))} end. (Click here to enlarge)"
    (span,) = clean(text).spans
    assert span.of(text).strip() == "(Click here to enlarge)"
    assert 0 < sum(shown) < 40 * len(text)


POLICIES = [
    ("default", {}, {"credit-line", "legal-disclaimer"}),
    ("conservative", {}, {"legal-disclaimer"}),
    ("label-only", {}, set()),
    ("aggressive", {}, {"credit-line", "legal-disclaimer", "correction-note"}),
    ("conservative", {"credit-line": "remove"}, {"credit-line", "legal-disclaimer"}),
    ("default", {"legal-disclaimer": "label"}, {"credit-line"}),
]


@pytest.mark.parametrize(("policy", "actions", "kinds"), POLICIES)
def test_a_policy_says_what_is_removed(policy, actions, kinds):
    """Policies and the actions of single kinds decide; what stays is labelled all the same."""
    text = f"{STORY}\n\n(Reporting by Jane Example)\n\n($1 = 0.9210 euros)\n\n{MENAFN}"
    cleaned = Cleaner(policy=policy, actions=actions).clean(text)
    assert {span.kind for span in cleaned.removed} == kinds
    assert {span.kind for span in cleaned.spans} == {"credit-line", "legal-disclaimer", "correction-note"}


def test_a_policy_that_is_none_is_named():
    """Misconfiguration raises, and says what there is."""
    with pytest.raises(ValueError, match="policy is 'harsh'; it is one of aggressive, default"):
        Cleaner(policy="harsh")
    with pytest.raises(ValueError, match="actions has the kind 'junk'"):
        Cleaner(actions={"junk": "remove"})
    with pytest.raises(ValueError, match="actions has 'drop' for contact"):
        Cleaner(actions={"contact": "drop"})


def test_provenance_is_what_the_slots_say(cleaner):
    """Provider, issuer, byline and permalink are read off the blocks, removed or kept."""
    text = (
        f"{STORY}\n\nSOURCE Example Holdings, Inc.\n\n"
        "View source version on businesswire.com: https://www.example.com/news/1\n\n"
        f"(Reporting by Jane Example; Editing by John Sample)\n\n{MENAFN}"
    )
    assert cleaner.clean(text).provenance == {
        "issuer": "Example Holdings, Inc.",
        "permalink": "https://www.example.com/news/1",
        "byline": "Jane Example",
        "editor": "John Sample",
        "provider": "MENAFN",
    }
    assert cleaner.clean(STORY).provenance == {}


def test_what_was_cleaned_can_be_pickled(cleaner):
    """What comes back from another process is what was sent."""
    cleaned = cleaner.clean(SEED)
    assert cleaned.spans
    assert pickle.loads(pickle.dumps(cleaned)) == cleaned


def test_slots_belong_to_their_reader(cleaner):
    """What is done to the slots of a span changes no other, though a line that was met before is not read again."""
    text = "The bridge reopened.\n\n(With inputs from ANI)\n"
    slots = cleaner.clean(text).spans[0].slots
    assert slots.pop("agencies") == "ANI"
    assert cleaner.clean(text).spans[0].slots == {"agencies": "ANI"}


def test_many_spans_are_the_spans_of_each(cleaner):
    """A batch gives the spans of its texts, nothing for those without boilerplate."""
    texts = [SEED, STORY, "", MENAFN + EIN]
    assert cleaner.spans_many(texts) == [cleaner.clean(text).spans for text in texts]
