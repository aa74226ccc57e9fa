"""Tokens: the words of a text as numbers, each with its place in the text as it came."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import _kernel
from dedup.tokens import CAPITAL, DIGIT, LINE, OWN, START, Tokens

TEXTS = st.lists(
    st.sampled_from(
        [*"aZß12 .\n,-’é中かア한ที่", "\u0301", "\xad", "\u200f", "\ud800", "😀", "&amp;", "&eacute;", "&shy;"]
    )
    | st.characters(),
    max_size=30,
).map("".join)
CUTS = st.lists(st.integers(0, 40), max_size=10).map(lambda edges: sorted(edges[: len(edges) // 2 * 2]))


def slices(text):
    tokens = Tokens.of(text)
    return [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)]


def rows(tokens):
    return list(zip(tokens.hashes, tokens.starts, tokens.ends, tokens.flags, strict=True))


# name, text, its words as they stand in it
SLICES = [
    ("empty", "", []),
    ("words", "The “Wall”, 3rd ed.", ["The", "Wall", "3rd", "ed"]),
    ("entities", "AT&amp;T caf&eacute;s", ["AT", "T", "caf&eacute;s"]),
    ("soft hyphens", "co\xadop", ["co\xadop"]),
    ("own characters", "南湖 ที่นี่", ["南", "湖", "ที่", "นี่"]),
    ("astral characters", "😀 𝒜b 😀c", ["𝒜b", "c"]),
    ("surrogates", "\ud800a\udfff", ["a"]),
]


@pytest.mark.parametrize(("text", "words"), [case[1:] for case in SLICES], ids=[case[0] for case in SLICES])
def test_tokens_slice_to_words(text, words):
    """`text[start:end]` of a token is its word."""
    assert slices(text) == words
    assert len(Tokens.of(text)) == len(words)


def test_the_views_are_numbers():
    """Hashes are 64 bits, places 32, flags 8, whatever the text."""
    for text in ("", "one two"):
        tokens = Tokens.of(text)
        views = (tokens.hashes, tokens.starts, tokens.ends, tokens.flags)
        assert [(view.format, view.itemsize) for view in views] == [("Q", 8), ("I", 4), ("I", 4), ("B", 1)]


def test_flags():
    """Each flag has one meaning."""
    assert list(Tokens.of("One. Two 3\nfour 中").flags) == [START | LINE | CAPITAL, START | CAPITAL, DIGIT, LINE, OWN]


@given(TEXTS)
@settings(deadline=None)
def test_tokens_are_in_order_and_apart(text):
    """Tokens follow one another without overlap inside the text."""
    end = 0
    for _, start, stop, _ in rows(Tokens.of(text)):
        assert end <= start < stop <= len(text)
        end = stop


@given(TEXTS)
@settings(deadline=None)
def test_a_word_alone_is_the_same_word(text):
    """A token's slice, read alone, is that token."""
    assert [list(Tokens.of(word).hashes) for word in slices(text)] == [[each] for each in Tokens.of(text).hashes]


@given(TEXTS, TEXTS)
@settings(deadline=None)
def test_what_stands_before_moves_tokens_and_nothing_else(before, text):
    """Tokens of a text that follows another are the same, further on."""
    shift = len(before) + 1
    tail = [row for row in rows(Tokens.of(f"{before}\n{text}")) if row[1] >= shift]
    assert [(word, start - shift, end - shift) for word, start, end, _ in tail] == [
        row[:3] for row in rows(Tokens.of(text))
    ]


@given(TEXTS, CUTS)
@settings(deadline=None)
def test_words_are_what_begins_in_no_cut(text, cuts):
    """A story has the hash of a token if and only if the token begins in none of its cuts."""
    pairs = [*zip(cuts[::2], cuts[1::2], strict=True)]
    expected = [word for word, place, *_ in rows(Tokens.of(text)) if not any(a <= place < b for a, b in pairs)]
    (words,) = _kernel.words([text.encode("utf-8", "surrogatepass")], [array("I", cuts).tobytes()], True)
    assert array("Q", words).tolist() == expected
