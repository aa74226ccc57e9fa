"""The fitter: where patterns stand in a text and how complete, the same from the reference and the native twin."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup._kernel import reference
from dedup.boilerplate.align import Alignment, row
from dedup.boilerplate.seeds import Sower
from dedup.boilerplate.template import Template
from dedup.boilerplate.words import word_hashes

SLOTS = ("{name}", "{place}", "{text:<=3}", "{kind=a b|c}")


def template(pattern, coverage=0.5):
    return Template.of({"id": "t", "kind": "copyright", "pattern": pattern, "coverage": coverage})


def hits_of(templates, words):
    """Return a hit for every word of every template wherever it stands."""
    return sorted(
        (owner, place, position)
        for owner, each in enumerate(templates)
        for position, word in enumerate(each.compiled.words)
        for place in range(len(words))
        if words[place] == word
    )


def fit(kernel, templates, text, needed=1):
    words = word_hashes(text)
    hits = array(
        "I", [number for owner, place, position in hits_of(templates, words) for number in (owner, position, place)]
    )
    fitter = kernel.Fitter([row(each, needed) for each in templates])
    return fitter.fit(array("Q", words).tobytes(), hits.tobytes())


def aligned(kernel, pattern, text):
    each = template(pattern)
    return [Alignment.of(each.compiled, *found) for _, *found in fit(kernel, [each], text)]


READ = [  # pattern, text, places, coverage
    ("one two three", "zero one two three four", (1, 2, 3), 1.0),
    ("one two three", "One, “TWO” – three!", (0, 1, 2), 1.0),
    ("one [two] three", "one three", (0, 1), 1.0),
    ("one [two] three", "one two three", (0, 1, 2), 1.0),
    ("one (two|deux) three", "one deux three", (0, 1, 2), 1.0),
    ("one {name} three", "one Ann Lee three", (0, 3), 1.0),
    ("one {kind=two|deux zwei} three", "one deux zwei three", (0, 1, 2, 3), 1.0),
    ("one two three four five", "one two whatever four five", (0, 1, 3, 4), 0.8),
    ("one two three four five", "one two four five", (0, 1, 2, 3), 0.8),
    ("one two [and then {text:<=5}]", "one two", (0, 1), 1.0),
    (
        "the post appeared first on {org}",
        "the ferry sails at ten sharp the post appeared first on Ledger",
        (6, 7, 8, 9, 10),
        1.0,
    ),
]


@pytest.mark.parametrize(("pattern", "text", "places", "coverage"), READ)
def test_where_a_pattern_stands(kernel, pattern, text, places, coverage):
    """Which words of the text the words of a pattern stand at, and the share found."""
    (found,) = aligned(kernel, pattern, text)
    assert found.places == places
    assert found.coverage == pytest.approx(coverage, abs=1e-4)


def test_a_pattern_that_stands_in_several_places(kernel):
    """Each occurrence is found, and none where too little of it stands."""
    story = "gulls wheel over the harbour while boats go out and come in again and again " * 2
    text = f"one two three four. {story} One two three. {story} Five. {story} one two whatever four."
    found = aligned(kernel, "one two three four", text)
    assert [len(each.places) for each in found] == [4, 3, 3]


def test_a_text_may_end_before_a_pattern(kernel):
    """A block whose first dozen words are the last of the text is one; elsewhere it is not."""
    words = "this notice was put here by the publisher and tells you at length what it does not promise anyone else"
    head = " ".join(words.split()[:13])
    (found,) = fit(kernel, [template(words, 0.9)], f"gulls wheel over harbours {head}")
    assert (found[4], found[6]) == (1.0, True)
    assert not fit(kernel, [template(words, 0.9)], f"gulls wheel over harbours {head} is how one begins")


def test_positions_that_are_needed(kernel):
    """Nothing is aligned before enough different words are met."""
    assert fit(kernel, [template("one two three")], "one two three", needed=3)
    assert not fit(kernel, [template("one two three")], "one one two", needed=3)


WORDS = st.sampled_from(["a", "b", "c", "d", "e"])
PIECES = st.recursive(
    WORDS | st.sampled_from(SLOTS),
    lambda inner: (
        st.lists(st.lists(inner, min_size=1, max_size=3).map(" ".join), min_size=1, max_size=3)
        .map("|".join)
        .flatmap(lambda branches: st.sampled_from(["(" + branches + ")", "[" + branches + "]"]))
    ),
    max_leaves=6,
)
PATTERNS = st.lists(PIECES, min_size=1, max_size=6).map(lambda pieces: "a " + " ".join(pieces))
TEXTS = st.lists(WORDS | st.just("x"), max_size=40).map(" ".join)


@given(st.lists(st.tuples(PATTERNS, st.sampled_from([0.2, 0.5, 0.65, 1.0])), min_size=1, max_size=2), TEXTS)
@settings(max_examples=300, deadline=None)
def test_both_kernels_fit_the_same(patterns, text):
    """Patterns of every form fit texts of the same few words in the same way, to the last bit."""
    native = pytest.importorskip("dedup._kernel._native")
    templates = [template(*each) for each in patterns]
    assert fit(native, templates, text) == fit(reference, templates, text)


def test_a_scanner_fits_what_it_meets(kernel):
    """A scanner that is given a fitter tells the fits of each of its texts, as the fitter would of their hits alone."""
    templates, seeds = [template("one two three"), template("the post appeared first on {org}")], array("Q")
    for owner, each in enumerate(templates):
        Sower().sow(owner, each, seeds)
    scanner = kernel.Scanner(seeds.tobytes(), array("I", [1, 1]).tobytes(), b"", b"", [])
    fitter = kernel.Fitter([row(each, 1) for each in templates])
    texts = ["Gulls. " * 20 + "The post appeared first on Ledger.", "One two three.", "The post appeared first on a."]
    for text, found in zip(texts, scanner.scan(texts, fitter), strict=True):
        assert found[3]
        assert found[3] == fitter.fit(array("Q", word_hashes(text)).tobytes(), found[0])
    assert [found[3] for found in scanner.scan(texts)] == [[], [], []]


def test_a_fitter_refuses_what_is_no_pattern(kernel):
    """Tables and hits that point outside of each other are a `ValueError`."""
    words, slots, items, *rest = row(template("one [two {name}]"), 1)
    outside = array("i", [0, 9, 1, 0]).tobytes()
    for bad in ((words, outside, items, *rest), (words, slots, items[:-4], *rest), (words[:8], slots, items, *rest)):
        with pytest.raises(ValueError, match="pattern"):
            kernel.Fitter([bad])
    fitter = kernel.Fitter([(words, slots, items, *rest)])
    for hit in ((1, 0, 0), (0, 2, 0), (0, 0, 1)):
        with pytest.raises(ValueError, match="a hit is of no pattern"):
            fitter.fit(words[:8], array("I", hit).tobytes())
