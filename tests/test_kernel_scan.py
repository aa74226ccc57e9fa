"""The scanner: which templates and shapes may stand in a text, the same from the reference and the native twin."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup._kernel import reference
from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.match import Matcher
from dedup.boilerplate.shape import ANY, clues

ALL = 2**64 - 1


def key(words, kernel=reference):
    hashes = kernel.tokenize(words.encode(), True)[0]
    return array("Q", kernel.shingle(hashes, len(hashes) // 8))[0]


def seeds(*rows):
    return b"".join(array("Q", [key(words), len(words.split()), owner, position]) for words, owner, position in rows)


def clue(word="", starts="", owner=0, longest=300, holds="", digits=0, wide=True, before=ANY, after=ANY):
    bitmap = sum(1 << ord(character) for character in starts) if starts else 2**128 - 1
    row = [key(word) if word else 0, bitmap & ALL, bitmap >> 64, owner, longest, ord(holds or "\0"), digits, wide]
    return array("Q", [*row, before, after]).tobytes()


def scan(kernel, text, *, sown=b"", needed=(), rules=b""):
    (found,) = kernel.Scanner(sown, array("I", needed).tobytes(), rules).scan([text])
    return found and (*(list(zip(*[iter(array("I", each))] * 3, strict=True)) for each in found[:2]), found[2])


# -- seeds: name, text, what is needed, hits

SOWN = seeds(("all rights reserved", 0, 2), ("rights reserved", 1, 0), ("reserved", 2, 5), ("no rights reserved", 0, 7))
HITS = [
    ("none", "The bridge reopened.", (1, 1, 1), None),
    ("three widths", "All rights reserved.", (1, 1, 1), [(0, 2, 0), (1, 0, 1), (2, 5, 2)]),
    ("folded", "ALL “Rights”\nreserved", (1, 1, 1), [(0, 2, 0), (1, 0, 1), (2, 5, 2)]),
    ("entities", "all&nbsp;rights reser&shy;ved", (1, 1, 1), [(0, 2, 0), (1, 0, 1), (2, 5, 2)]),
    ("the first words", "reserved", (1, 1, 1), [(2, 5, 0)]),
    ("too few positions", "All rights reserved. All rights reserved.", (2, 3, 2), None),
    ("enough positions", "All rights reserved. No rights reserved.", (2, 9, 9), [(0, 2, 0), (0, 7, 3)]),
    ("in order of place", "Reserved, not reserved.", (9, 9, 1), [(2, 5, 0), (2, 5, 2)]),
]


@pytest.mark.parametrize(("text", "needed", "hits"), [h[1:] for h in HITS], ids=[h[0] for h in HITS])
def test_seeds_are_met(kernel, text, needed, hits):
    """Runs of words are found wherever they stand, and told when their template has enough of them."""
    found = scan(kernel, text, sown=SOWN, needed=needed)
    assert (found and found[0]) == hits


# -- lines: name, text, rule, the lines found

LINES = [
    ("any line", "One.\n\n Two. \n", clue(), [(0, 4), (7, 11)]),
    (
        "every line end",
        "a\r\nb\vc\fd\x1ce\x85f\u2028g",
        clue(),
        [(0, 1), (3, 4), *((i, i + 1) for i in range(5, 14, 2))],
    ),
    ("white space only", " \t \n\x1f", clue(), None),
    ("a word", "By hand.\nNear by.\nNearby.", clue("by"), [(0, 8), (9, 17)]),
    ("a word with an entity", "caf&eacute;", clue("caf&eacute;"), [(0, 11)]),
    ("too long", "1234\n12345\n1 3 5", clue(longest=4), [(0, 4)]),
    ("as long as it looks", "&ldquo;1&rdquo;\n1\u200b2\u200b3\u200b", clue(longest=3), [(0, 15), (16, 22)]),
    ("white space inside counts", "1 \t4\n1\t\t\t5", clue(longest=4), [(0, 4)]),
    ("wide gaps part a line", "One.  Two.   Three. \n  Four", clue(), [(0, 4), (6, 10), (13, 19), (23, 27)]),
    ("a beginning", "(a\n[b\n\u200b (c\nd(", clue(starts="("), [(0, 2), (6, 10)]),
    ("a beginning escaped", "&#40;a", clue(starts="("), [(0, 6)]),
    ("a beginning out of ASCII", "“a\nb", clue(starts="("), [(0, 2)]),
    ("none out of ASCII", "“a\n(b", clue(starts="(", wide=False), [(3, 5)]),
    ("nothing visible", "\u200b\u200b\na", clue(starts="a", wide=False), [(3, 4)]),
    ("a character", "a@b\na b", clue(holds="@"), [(0, 3)]),
    ("a character, full width", "a：b\na:b\na b", clue(holds=":"), [(0, 3), (4, 7)]),
    ("a character, escaped", "a&#64;b", clue(holds="@"), [(0, 7)]),
    ("a character out of ASCII", "© b\na", clue(holds="©"), [(0, 3)]),
    ("a digit", "a1\nb\n٣", clue(digits=1), [(0, 2), (5, 6)]),
    ("digits enough", "1\n1a2\n1 ٣\n1&#50;", clue(digits=2), [(2, 5), (6, 9), (10, 16)]),
    ("a word at the beginning", "By hand.\n“By hand\nNear by.", clue("by", before=0), [(0, 8), (9, 17)]),
    ("a word near the end", "By hand.\nBy one hand.", clue("by", after=1), [(0, 8)]),
    ("the first of two", "by one by hand\nnot by me, by hand", clue("by", before=0), [(0, 14)]),
    ("a word anywhere beside an ampersand", "near & by\nnear by", clue("by", before=0), [(0, 9)]),
    ("ill-formed bytes", b"\xff(a)\n(b)", clue(starts="(", wide=False), [(5, 8)]),
]


@pytest.mark.parametrize(("text", "rule", "lines"), [line[1:] for line in LINES], ids=[line[0] for line in LINES])
def test_lines_that_may_have_a_shape(kernel, text, rule, lines):
    """A clue asks for a word, a length, a beginning, a character, a digit: every line with all of them is told."""
    found = scan(kernel, text, rules=rule)
    assert (found and [line[:2] for line in found[1]]) == lines


ODD = [
    ("plain", "well-known\n", 0),
    ("a word broken off", "well-\nknown", 1),
    ("a hyphen at the end", "well-\n", 0),
    ("a hyphen before white space", "well- \r\n\nknown", 1),
    ("quotes misread", "â€œword", 2),
    ("letters misread", "cafÃ© Â© 2026", 2),
    ("a French word", "âge, Ãge, âé", 0),
]


@pytest.mark.parametrize(("text", "oddities"), [odd[1:] for odd in ODD], ids=[odd[0] for odd in ODD])
def test_what_may_be_odd_about_a_text(kernel, text, oddities):
    """Words broken at a line end and characters read in another encoding are noticed."""
    found = scan(kernel, text)
    assert (found[2] if found else 0) == oddities


CATALOGUE = list(Catalogue.builtin())
MATCHER = Matcher(CATALOGUE)
EXAMPLES = [text for template in CATALOGUE for text in (*template.examples, *template.near_misses)]
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(EXAMPLES), st.text(max_size=40), st.text(alphabet="a-1@(.:：&#4;\n\r\t \u200bâ€é", max_size=30)
    ),
    max_size=4,
).flatmap(lambda parts: st.sampled_from(["\n", "", " ", "\r\n"]).map(lambda glue: glue.join(parts)))


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_both_kernels_see_the_same(text):
    """Texts of boilerplate and anything else give the same sightings from both kernels, alone and in a batch."""
    native = pytest.importorskip("dedup._kernel._native")
    twins = [kernel.Scanner(*MATCHER.tables) for kernel in (native, reference)]
    assert twins[0].scan([text, "", text]) == twins[1].scan([text, "", text])


@given(st.binary(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_a_text(data):
    """Bytes that are no UTF-8 give the same sightings from both kernels."""
    native = pytest.importorskip("dedup._kernel._native")
    rules = clue() + clue("a", starts="(", owner=1, wide=False) + clue(owner=2, longest=3, digits=1)
    twins = [kernel.Scanner(SOWN, array("I", [1, 1, 1]).tobytes(), rules) for kernel in (native, reference)]
    assert twins[0].scan([data]) == twins[1].scan([data])


# -- clues: shape, (word, longest, holds, digit) of each

CLUES = [
    ("(?:Read|View) more", {("read", 9, ""), ("view", 9, "")}),
    ("Contacts?: .*", {("contact", 310, ":"), ("contacts", 310, ":")}),
    ("(?i:source)[:：] ?AFP", {("source", 11, ":")}),
    (r"[\w.]+@[\w.]+", {("", 601, "@")}),
    (r"\p{Lu}\w+ \(PAP\)", {("pap", 307, ")")}),
    (r"pre\w*", {("", 303, "")}),
    (r"(?:© ?|Copyright )\d{4}", {("", 6, "©"), ("copyright", 14, "")}),
    ("a|b{2}", {("a", 1, ""), ("bb", 2, "")}),
    (r".*\bmailing list", {("mailing", 312, "")}),
    ("[(（]C[)）]", {("c", 3, ")")}),
    ("新华社", {("新", 3, "")}),
]


AROUND = [  # shape, (word, before, after, digits) of each
    ("(?:Read|View) the more", {("read", 0, 2, 0), ("view", 0, 2, 0)}),
    (r"[*•]{0,2} ?Follow us on \w{2,9}", {("follow", 0, 11, 0)}),
    (r"[^\n]{3,40} \(Reuters\)", {("reuters", 40, 0, 0)}),
    (r"(?:Updated|Posted on) \d{1,2}/\d{4}", {("updated", 0, 6, 5), ("posted", 0, 7, 5)}),
    (r"(?<org>.{2,5}), (?:\g<org>|Source) PR", {("pr", 305, 0, 0)}),
]


@pytest.mark.parametrize(("shape", "expected"), AROUND, ids=[shape for shape, _ in AROUND])
def test_how_much_stands_around_a_clue(shape, expected):
    """How many words can stand before and after the word of a clue is read off the expression, and its digits."""
    assert {(each.word, each.before, each.after, each.digits) for each in clues(shape)} == expected


@pytest.mark.parametrize(("shape", "expected"), CLUES, ids=[shape for shape, _ in CLUES])
def test_clues_of_a_shape(shape, expected):
    """What every match must hold is read off the expression."""
    assert {(each.word, each.longest, each.holds) for each in clues(shape)} == expected


SHAPES = [template for template in CATALOGUE if template.shape]


@pytest.mark.parametrize("template", SHAPES, ids=[template.id for template in SHAPES])
def test_every_example_of_a_shape_has_its_clues(template):
    """No example of a shape is passed over by the scanner."""
    matcher = Matcher([template])
    for example in template.examples:
        (sighting,) = matcher.scan([f"A story.\n{example}\n"])
        assert sighting.lines


def test_shapes_say_enough():
    """Every built-in shape asks for a word, a character or a digit, or is short: few lines need the expression."""
    weak = {
        template.id
        for template in SHAPES
        for each in clues(template.shape)
        if not (each.word or each.holds or each.digits) and each.longest > 90
    }
    assert not weak


def test_a_scanner_refuses_tables_that_are_none(kernel):
    """A table cut short, or a seed of a template that is none, is a `ValueError`."""
    for sown, needed in ((SOWN[:-8], (1, 1, 1)), (SOWN, (1,))):
        with pytest.raises(ValueError, match="seed"):
            kernel.Scanner(sown, array("I", needed).tobytes(), b"")
