"""The page about a corpus: what it says, and that nothing a document says can do anything in it."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import browser
import pytest
from samples import FEED, FEED_LINES

import dedup
from dedup.document import Document
from dedup.records.lines import LineReader
from dedup.reporting.gather import Findings, clusters, overview
from dedup.reporting.page import inert
from dedup.reporting.proposals import proposals
from dedup.reporting.timeline import timeline

DOCUMENTS = [LineReader().read(line, number).document for number, line in enumerate(FEED_LINES, 1)]
STORY = "The harbour bridge reopened on Monday after two weeks of repairs, the city said, and the ferry stopped. "
EVIL = [
    "<script>document.title='struck'</script>",
    "</script><script>document.title='struck'</script>",
    "</style><img src=x onerror=\"document.title='struck'\">",
    "<!--<script>",
    "]]></svg><a href=javascript:document.title='struck'>x</a>",
    "\u202egnp.exe \u2066 \u0000 \u2028 \ud800 ${document.title='struck'} $style",
]


def page_data(page, name="overview"):
    """Return the figures a page holds."""
    (found,) = re.findall(rf'<script type="application/json" id="{name}">(.*?)</script>', page)
    return json.loads(found)


@pytest.fixture(scope="module")
def findings():
    numbered = [Document(str(n), d.text, title=d.title, source=d.source, time=d.time) for n, d in enumerate(DOCUMENTS)]
    cleaner = dedup.Cleaner()
    found = dedup.find_clusters(numbered, cleaner=cleaner)
    return Findings(DOCUMENTS, found, [cleaner.clean(d.text, d.source) for d in DOCUMENTS])


def hostile():
    """Documents whose every field tries to break out, each told twice."""
    for number, evil in enumerate([*EVIL, "x" * 1_000_000]):
        for copy in range(2):
            text = f"{STORY}{number} {evil} {number} is the number of this story and of no other one.\n\n{evil}"
            yield Document(f"javascript:document.title='struck'//{evil}{copy}", text, title=evil, source=evil[:99])


# -- what it says


def test_the_figures_are_those_of_the_corpus(findings):
    """Totals, clusters and boilerplate agree with what the library says of each document."""
    figures = overview(findings)
    matches = dict(findings.clusters.matches)
    assert figures["documents"] == len(DOCUMENTS)
    assert figures["duplicates"] == sum(match.duplicate for match in matches.values()) == 16
    assert sum(figures["relations"].values()) == len(DOCUMENTS)
    assert figures["clusters"] == len(clusters(findings))
    assert figures["removed"] == sum(
        len(s.of(d.text)) for d, c in zip(DOCUMENTS, findings.cleaned, strict=True) for s in c.removed
    )
    assert sum(each["spans"] for each in figures["templates"]) == sum(len(each.spans) for each in findings.cleaned)
    bars = figures["timeline"]["bars"]
    assert sum(bar["duplicates"] for bar in bars) <= 16
    assert sum(bar["new"] + bar["duplicates"] for bar in bars) + figures["timeline"]["without"] == len(DOCUMENTS)
    copied = sum(cell[2] for cell in figures["copies"]["cells"]) + figures["copies"]["hidden"]
    assert copied <= figures["duplicates"]


def test_passages_are_the_same_words_on_both_sides(findings):
    """The places of a passage fit the text beside them, as browsers count: in UTF-16."""
    for cluster in clusters(findings):
        there = cluster["canonical"]["text"].encode("utf-16-le", "surrogatepass")
        for member in cluster["members"]:
            here = member["text"].encode("utf-16-le", "surrogatepass")
            for start, end, other_start, other_end in member["passages"]:
                mine, other = here[2 * start : 2 * end], there[2 * other_start : 2 * other_end]
                words = [
                    re.findall(r"\w+", unescape(unescape(each.decode("utf-16-le"))).casefold())
                    for each in (mine, other)
                ]
                assert words[0] == words[1] != []


def test_places_are_counted_as_browsers_count():
    """A letter outside the first plane takes two units."""
    page = dedup.report([Document("a", f"😀😀 {STORY}"), Document("b", f"😀 {STORY}Yes, it did.")])
    cluster = page_data(page, "cluster-0")
    passage = cluster["members"][0]["passages"][0]
    assert (passage[0], passage[2]) == (3, 5)


def test_samples_stand_in_their_context(findings):
    """A sample of boilerplate is what stands between its surroundings."""
    texts = [document.text for document in DOCUMENTS]
    for template in overview(findings)["templates"]:
        for sample in template["samples"]:
            assert sample["text"]
            assert any(sample["before"] + sample["text"] + sample["after"] in text for text in texts) or sample["left"]


FOOT = ["Read more in our app", "Tide tables are <b>printed</b> on page nine"]


def footed(many):
    return [
        Document(
            str(n), f"Story {n} has {' '.join(f'w{n}x{i}' for i in range(40))}.\n\n" + "\n".join(FOOT), source="bay"
        )
        for n in range(many)
    ]


def test_proposals_are_those_of_the_learner():
    """What `Catalogue.learn` finds is on the page with its counts, and where it stands."""
    documents = footed(12)
    (learned,) = dedup.Catalogue.learn(documents)
    found = page_data(dedup.report(documents))["proposals"]
    (row,) = found["rows"]
    assert found["hidden"] == 0
    assert (row["lines"], row["source"], row["status"]) == (FOOT, "bay", learned.status)
    assert (row["stories"], row["words"]) == (12, learned.evidence["words"])
    assert [sample["text"] for sample in row["samples"]] == ["\n".join(FOOT)] * 3
    assert all(
        documents[int(one["id"])].text.endswith(one["before"] + one["text"] + one["after"]) for one in row["samples"]
    )


def test_a_proposal_that_stands_nowhere_as_it_is_has_no_sample():
    """A line spelled otherwise in every text is listed without a place."""
    learned = dedup.Catalogue.learn(footed(4))
    rows = proposals(learned, [Document("a", FOOT[1]), Document("b", FOOT[0].upper())])["rows"]
    assert [row["samples"] for row in rows] == [[]]


START = datetime(2026, 3, 1, tzinfo=UTC)
# name, distances between documents, the least and the most bars
SPANS = [
    ("one moment", timedelta(0), 1, 1),
    ("minutes", timedelta(minutes=1), 10, 20),
    ("days", timedelta(days=1), 10, 300),
    ("years", timedelta(days=400), 10, 300),
]


@pytest.mark.parametrize(("distance", "least", "most"), [case[1:] for case in SPANS], ids=[case[0] for case in SPANS])
def test_a_timeline_fits_its_times(distance, least, most):
    """Whatever time a corpus spans, the bars are neither few nor many, and every document is accounted for."""
    documents = [Document(str(n), "", time=START - n * distance) for n in range(0, 1000, 7)]
    documents += [Document("x", "")]
    line = timeline(documents, {0, 1, 5})
    assert least <= len(line["bars"]) <= most
    numbers = [bar["new"] + bar["duplicates"] for bar in line["bars"]]
    assert sum(numbers) + line["outside"] + line["without"] == len(documents)
    assert [bar["from"] for bar in line["bars"]] == sorted(bar["from"] for bar in line["bars"])


def test_any_time_has_a_place():
    """The first and the last time there is are no trouble."""
    ends = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
    assert len(timeline([Document(str(n), "", time=time) for n, time in enumerate(ends)], set())["bars"]) > 1


def test_wrong_times_do_not_stretch_the_timeline():
    """A few documents of 1970 or 2999 are counted as outside."""
    documents = [Document(str(n), "", time=START + timedelta(hours=n)) for n in range(600)]
    documents += [
        Document("a", "", time=datetime(1, 1, 2, tzinfo=UTC)),
        Document("b", "", time=datetime(9999, 12, 30, tzinfo=UTC)),
    ]
    assert timeline(documents, set())["outside"] >= 2


@pytest.mark.parametrize(
    "documents", [[], [Document("a", "")], [Document("a", STORY)] * 3], ids=["none", "empty", "one id"]
)
def test_a_small_corpus_has_a_page_too(documents):
    """No corpus is too small, and documents may share an id."""
    figures = page_data(dedup.report(documents))
    assert figures["documents"] == len(documents)
    assert figures["duplicates"] == max(0, len(documents) - 1)


def test_nothing_is_left_out_in_silence(findings, monkeypatch):
    """What the page has no room for is counted on it."""
    monkeypatch.setattr("dedup.reporting.gather.MEMBERS", 1)
    monkeypatch.setattr("dedup.reporting.gather.TEXT", 50)
    shown = clusters(findings)
    assert [each["hidden"] for each in shown] == [each["size"] - 2 for each in shown]
    assert all(len(each["canonical"]["text"]) == 50 < each["canonical"]["length"] for each in shown)
    monkeypatch.setattr("dedup.reporting.gather.CLUSTERS", 2)
    assert len(clusters(findings)) == 2 < overview(findings)["clusters"]


def test_the_same_corpus_gives_the_same_page(call, tmp_path):
    """The command writes what the library returns, byte for byte, every time."""
    assert call("report", FEED, "-o", tmp_path / "page.html").status == 0
    assert (tmp_path / "page.html").read_text("utf-8") == dedup.report(DOCUMENTS)


# -- that it is safe


def test_data_cannot_end_its_element():
    """Hostile documents are in the page as data alone: no element more than with any other documents."""
    assert not set("<>&\u2028\ud800") & set(inert(["<b>&amp;</b>", "\u2028\ud800"]))
    page = dedup.report(hostile())
    assert len(re.findall("<script", page)) == 2 + len(re.findall('id="cluster-', page))
    assert page.count("</script") == page.count("<script")
    assert page.count("<style") == page.count("</style") == 1
    assert not re.search("<img|<a href=javascript", page)
    page.encode("utf-8")


def test_the_policy_allows_this_script_alone():
    """The policy names the one style and the one script by their hashes and forbids everything else."""
    (policy,) = re.findall('Content-Security-Policy" content="(.*?)"', dedup.report([]))
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "http" not in policy


# -- in a browser


@pytest.fixture(scope="module")
def window():
    path = browser.find()
    if path is None:
        pytest.skip("needs Chromium")
    opened = browser.Browser(path)
    yield opened
    opened.close()


def test_the_page_draws_itself(window, tmp_path):
    """Totals, charts and every cluster are there; a cluster opens to its members; nothing is complained of."""
    path = tmp_path / "page.html"
    path.write_text(dedup.report([*DOCUMENTS, *footed(12)]), "utf-8")
    for width, dark in ((1200, False), (390, True)):
        window.open(path, width=width, dark=dark, at="#story-0")
        assert window.evaluate("document.querySelectorAll('#clusters details').length") == 13
        assert window.evaluate("document.querySelectorAll('#timeline svg g').length") > 5
        assert window.evaluate("document.querySelectorAll('#copies td.some').length") > 5
        assert window.evaluate("document.querySelectorAll('#proposals details').length") > 0
        window.evaluate("document.querySelector('#proposal-0').open = true")
        assert window.evaluate("document.documentElement.dataset.theme") == ("dark" if dark else "light")
        assert window.evaluate(
            "new Promise(done => setTimeout(() => done(document.querySelectorAll('#story-0 mark').length), 50))"
        )
        assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert window.complaints() == []


def test_the_page_obeys_the_keyboard(window, tmp_path):
    """j moves to the clusters, Enter opens, / finds, t changes the theme."""
    path = tmp_path / "page.html"
    path.write_text(dedup.report(DOCUMENTS), "utf-8")
    window.open(path)

    def press(key, text):
        for kind in ("keyDown", "keyUp"):
            window.call("Input.dispatchKeyEvent", type=kind, key=key, text=text if kind == "keyDown" else "")

    press("j", "j")
    press("j", "j")
    assert window.evaluate("document.activeElement.parentElement.id") == "story-1"
    window.call(
        "Input.dispatchKeyEvent", type="keyDown", key="Enter", code="Enter", text="\r", windowsVirtualKeyCode=13
    )
    window.call("Input.dispatchKeyEvent", type="keyUp", key="Enter", code="Enter", windowsVirtualKeyCode=13)
    assert window.evaluate("document.querySelector('#story-1').open")
    press("t", "t")
    assert window.evaluate("document.documentElement.dataset.theme") == "dark"
    press("/", "/")
    for letter in "pressroom":
        press(letter, letter)
    assert 0 < window.evaluate("document.querySelectorAll('#clusters details:not([hidden])').length") < 13


def test_hostile_documents_stay_inert(window, tmp_path):
    """Markup, links, direction overrides and endless words are shown as text, and nothing runs or loads."""
    path = tmp_path / "page.html"
    path.write_text(dedup.report(hostile()), "utf-8")
    window.open(path, width=390)
    window.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    window.evaluate("new Promise(done => setTimeout(done, 200))")
    assert window.evaluate("[...document.querySelectorAll('details')].every(each => each.querySelector('.inside'))")
    assert window.evaluate("document.querySelectorAll('#clusters details').length") > 2
    assert window.evaluate("document.title") == "dedup report"
    assert window.evaluate("document.querySelectorAll('img, iframe, details a, details script').length") == 0
    assert "<script>document.title" in window.evaluate("document.querySelector('#clusters').textContent")
    assert window.evaluate("document.querySelector('#clusters').textContent.includes('U+202E')")
    assert not window.evaluate("document.querySelector('main').textContent.includes('\\u202e')")
    assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert window.complaints() == []
