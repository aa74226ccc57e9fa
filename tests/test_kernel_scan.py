"""The scanner: which templates and shapes may stand in a text, the same from the reference and the native twin."""

import random
import re
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup._kernel import reference
from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.clues import Clues
from dedup.boilerplate.expression import Expressions
from dedup.boilerplate.match import LONG_LINE, Matcher
from dedup.boilerplate.program import Programs
from dedup.boilerplate.view import SHORT_LINE, SHORT_LINES

ALL = 2**64 - 1


def key(words, kernel=reference):
    hashes = kernel.tokenize(words.encode(), True)[0]
    return array("Q", kernel.shingle(hashes, len(hashes) // 8))[0]


def seeds(*rows):
    return b"".join(array("Q", [key(words), len(words.split()), owner, position]) for words, owner, position in rows)


def clue(word="", starts="", ends="", owner=0, longest=300, holds="", others=3, before=300, after=300):
    bitmaps = [sum(1 << ord(each) for each in some) if some else 2**128 - 1 for some in (starts, ends)]
    edges = [piece for bitmap in bitmaps for piece in (bitmap & ALL, bitmap >> 64)]
    row = [key(word) if word else 0, *edges, owner, longest, ord(holds or "\0"), others, before, after]
    return array("Q", row).tobytes()


def scan(kernel, text, *, sown=b"", needed=(), rules=b"", classes=b"", programs=()):
    scanner = kernel.Scanner(sown, array("I", needed).tobytes(), rules, classes, list(programs))
    (found,) = scanner.scan([text])
    if not found:
        return None
    hits, lines = (list(zip(*[iter(array("I", each))] * 3, strict=True)) for each in found[:2])
    return hits, lines, found[2], list(zip(*(array("I", each) for each in found[4:]), strict=True))


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
    ("characters in a row", "来源新华社\n来 源\n来\n源新\n新来&#28304;", clue("来源"), [(0, 5), (6, 9), (15, 25)]),
    ("three in a row", "来源新\n来源\n新来\n源新", clue("来源新"), [(0, 3)]),
    ("a word with an entity", "caf&eacute;", clue("caf&eacute;"), [(0, 11)]),
    ("a word near the beginning", "1 3 by\n1 34 by\n1 34 by 12 by\nby", clue("by", before=4), [(0, 6), (29, 31)]),
    ("a word near the end", "by 45\n1 by 45\nby 456\nby 45 by", clue("by", after=5), [(0, 5), (6, 13), (21, 29)]),
    (
        "near as far as it looks",
        "“1” by\n“12” by\n\u200b1 by\n&#49; by",
        clue("by", before=4),
        [(0, 6), (15, 20), (21, 29)],
    ),
    (
        "near, where it may read otherwise",
        "1 &lt2 by\n\ufffd 345 by\n1 <12 by",
        clue("by", before=4),
        [(0, 9), (10, 18)],
    ),
    ("too long", "1234\n12345\n1 3 5", clue(longest=4), [(0, 4)]),
    ("as long as it looks", "&ldquo;1&rdquo;\n1\u200b2\u200b3\u200b", clue(longest=3), [(0, 15), (16, 22)]),
    ("white space inside counts", "1 \t4\n1\t\t\t5", clue(longest=4), [(0, 4)]),
    ("wide gaps part a line", "One.  Two.   Three. \n  Four", clue(), [(0, 4), (6, 10), (13, 19), (23, 27)]),
    ("a beginning", "(a\n[b\n\u200b (c\nd(", clue(starts="("), [(0, 2), (6, 10)]),
    ("a beginning behind any space", "\xa0(a\n\u2003\u200b(b\n\xa0c", clue(starts="(", others=2), [(0, 3), (4, 8)]),
    ("a beginning escaped", "&#40;a", clue(starts="("), [(0, 6)]),
    ("a beginning out of ASCII", "“a\nb", clue(starts="("), [(0, 2)]),
    ("none out of ASCII", "“a\n(b", clue(starts="(", others=2), [(3, 5)]),
    ("nothing visible", "\u200b\u200b\na", clue(starts="a", others=2), [(3, 4)]),
    ("an end", "a)\nb]\nc )\u200b\n)d", clue(ends=")"), [(0, 2), (6, 10)]),
    ("an end escaped", "a&#41;\na&#42;\na*", clue(ends=")"), [(0, 6), (7, 13)]),
    ("an end, where it may read otherwise", "a &lt2\na & 2", clue(ends=")"), [(0, 6)]),
    ("an end out of ASCII", "a”\nb", clue(ends=")"), [(0, 2)]),
    ("no end out of ASCII", "a”\nb)", clue(ends=")", others=1), [(3, 5)]),
    ("a character", "a@b\na b", clue(holds="@"), [(0, 3)]),
    ("a character, full width", "a：b\na:b\na b", clue(holds=":"), [(0, 3), (4, 7)]),
    ("a character, escaped", "a&#64;b", clue(holds="@"), [(0, 7)]),
    ("a character out of ASCII", "© b\na", clue(holds="©"), [(0, 3)]),
    ("ill-formed bytes", b"\xff(a)\n(b)", clue(starts="(", others=2), [(5, 8)]),
]


@pytest.mark.parametrize(("text", "rule", "lines"), [line[1:] for line in LINES], ids=[line[0] for line in LINES])
def test_lines_that_may_have_a_shape(kernel, text, rule, lines):
    """A clue asks for a word, a length, a beginning, a character: every line with all of them is told."""
    found = scan(kernel, text, rules=rule)
    assert (found and [line[:2] for line in found[1]]) == lines


# -- programs: shape, the lines it may match, others

PROGRAMS = [
    (
        "in order",
        r"(?:Read|View) more",
        ["Read more", "View more"],
        ["Read View", "more Read", "Read more.", "Read", "x"],
    ),
    (
        "letters, and a sign for the last alone",
        r"ab\.c?d+\(\){2}",
        ["ab.cd())", "ab.ddd())"],
        ["abxd())", "ab.c())", "d())", "ab.d()()"],
    ),
    ("what may shout", "Read more", ["READ MORE", "Read More"], ["read more"]),
    ("any case", "(?i:read) more", ["read more", "rEAD more"], ["rEAD"]),
    ("digits", r"\d{1,2}/\d{4}", ["1/1961", "12/1961", "٣/1961"], ["123/1961", "1/19611", "1/196", "/1961", "x/1961"]),
    ("many of them", r"\w{3,40}!", ["abc!", "a" * 60 + "!"], ["ab!", "a b!", "abc"]),
    ("repeated", "(?:ab){2,3}c?", ["abab", "ababababc"], ["ab", "aba", "c", "abcc"]),
    ("the edge of a word", r".*\bby\b.*", ["by", "stand by me", "(by)", "éby"], ["nearby", "byte"]),
    ("signs", "[*•]{0,2} ?[^.]+", ["* a", "•• a", "a"], ["* a.", "."]),
    ("what has to follow", "a?(?=b+$)[bc]+(?=d)?", ["abb", "b"], ["c", "a", "acb"]),
    ("not read: what may not follow", "(?!a)ab(?<=c)", ["ab"], ["b"]),
    ("not read: a group once more", r"(?<org>a+), \g<org>!", ["a, a!", "a, b!"], ["b, a!"]),
    ("spaces of all kinds", "Caffè SS", ["Caffè SS", "Caffè\xa0SS"], ["CaffèSS", "Caffè\u2003SS", "Caffè S"]),
    ("invisible characters", "Caffè SS", ["Caf\xadfè\u200b SS", "Caffè S\ufeffS"], ["Caf\u2061fè SS"]),
    ("a mark of its own", "Caffè SS", ["Caffè SS"], ["Caffe\u0300 SS"]),
    ("nothing told: a letter that may be several", "Caffè SS", ["Caffè ß", "x ß"], ["Caffè S"]),
    (
        "nothing told: references",
        "R & D|©",
        ["R & D", "R &amp; D", "&copy;", "x &lt"],
        ["R + D", "x & y", "x &y", "&1"],
    ),
    ("nothing told: edges a reader does not see", "Caffè", ["Caffè", "\xa0Caffè", "Caffè\u200b", "x\u2003"], ["x"]),
    ("told to the end of a line", "a*", ["a" * 290], ["a" * 290 + "b"]),
]


@pytest.mark.parametrize(
    ("shape", "may", "cannot"), [each[1:] for each in PROGRAMS], ids=[each[0] for each in PROGRAMS]
)
def test_lines_a_shape_may_match(kernel, shape, may, cannot):
    """A program goes through a line as its shape does; what it does not understand may be anything."""
    programs = Programs()
    code = programs.of(Expressions().parts(shape))
    told = [
        line
        for line in (*may, *cannot)
        if scan(kernel, line, rules=clue(), classes=programs.classes(), programs=[code])
    ]
    assert told == may


def test_a_program_in_more_states_than_are_remembered(kernel):
    """What is remembered of a program is begun anew when it is much; the answers stay those of the expression."""
    shape = "[ab]*a[ab]{8}c?[ab]{5}"
    programs = Programs()
    code = programs.of(Expressions().parts(shape))
    scanner = kernel.Scanner(b"", b"", clue(), programs.classes(), [code])
    draw = random.Random(7)
    lines = ["".join(draw.choices("ab", k=250)) for _ in range(12)] * 2
    told = [seen is not None for seen in scanner.scan(lines)]
    assert told == [re.fullmatch(shape, line) is not None for line in lines]
    assert 0 < sum(told) < len(told)


def test_all_programs_of_a_shape_have_to_match(kernel):
    """They stand one after another."""
    programs = Programs()
    code = [
        programs.of(Expressions().parts("[ab]+")) + programs.of(Expressions().parts("[bc]+")),
        programs.of(Expressions().parts("a+")),
    ]
    rules = clue() + clue(owner=1)
    told = [scan(kernel, line, rules=rules, classes=programs.classes(), programs=code) for line in ("bb", "ab", "aa")]
    assert [[owner for _, _, owner in found[1]] if found else [] for found in told] == [[0], [], [1]]


TAKE, FORK, PEEK, DONE = 0 << 24, 2 << 24, 5 << 24, 6 << 24


@pytest.mark.parametrize("program", [[TAKE], [TAKE | 1, DONE], [PEEK | 1, DONE], [FORK | 2, DONE], [7 << 24, DONE]])
def test_a_scanner_refuses_programs_that_lead_nowhere(kernel, program):
    """A program without an end, or with a place or a class that is not there, is a `ValueError`."""
    classes = array("Q", [1, 0, 0]).tobytes()
    with pytest.raises(ValueError, match="a program goes where there is nothing"):
        kernel.Scanner(b"", b"", b"", classes, [array("I", program).tobytes()])


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


@pytest.mark.parametrize(("width", "is_short"), [(SHORT_LINE, True), (SHORT_LINE + 1, False)])
def test_a_short_line_is_as_long_for_the_scanner_as_for_the_matcher(kernel, width, is_short):
    """The matcher looks at the rest of a text anew where the scanner may find it hard-wrapped."""
    text = "\n".join(["x" * width] * 5)
    found = scan(kernel, text)
    assert ((found[2] if found else 0) == SHORT_LINES) is is_short
    assert (LONG_LINE.search(text) is None) is is_short


# text, where its tokens are
PLACES = [
    ("A story.", [(0, 1), (2, 7)]),
    ("“Café” – thé", [(1, 5), (9, 12)]),
    ("caf&eacute; &amp; b", [(0, 11), (18, 19)]),
    ("東京 2026年a", [(0, 1), (1, 2), (3, 7), (7, 8), (8, 9)]),
    ("a\u00adb \U0001f600 c\u0301 d", [(0, 3), (6, 8), (9, 10)]),
    (b"\xffa \xe2\x80 b", [(1, 2), (6, 7)]),
]


@pytest.mark.parametrize(("text", "places"), PLACES)
def test_tokens_are_handed_on(kernel, text, places):
    """Where a text has something to look at, the places of its tokens come with it, in code points."""
    assert scan(kernel, text, rules=clue())[3] == places


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
    rules = clue() + clue("a", starts="(", owner=1, others=2) + clue(owner=2, longest=3, holds="@")
    programs = Programs()
    code = [programs.of(Expressions().parts(shape)) for shape in (r"[a-z\xff]+\b.*", r"\W{2,}", "(?:é|a@)*")]
    tables = (SOWN, array("I", [1, 1, 1]).tobytes(), rules, programs.classes(), code)
    twins = [kernel.Scanner(*tables) for kernel in (native, reference)]
    assert twins[0].scan([data]) == twins[1].scan([data])


# -- clues: shape, (word, longest, holds) of each

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
    ("新华社", {("新华社", 3, "")}),
    ("(?:本报|来源)新华社", {("本报新", 5, ""), ("来源新", 5, "")}),
]


@pytest.mark.parametrize(("shape", "expected"), CLUES, ids=[shape for shape, _ in CLUES])
def test_clues_of_a_shape(shape, expected):
    """What every match must hold is read off the expression."""
    assert {(each.word, each.longest, each.holds) for each in Clues().of(Expressions().parts(shape))} == expected


PLACES = [
    ("first", "Read (?:it|all) now", {("read", 0, 15 - 3)}),
    ("after others", "[*•]{0,2}(?:Dr )?signed", {("signed", 5, 6)}),
    ("the farthest of several", r"(?:In |By )\d{2}, (?:May|all July)", {("may", 11, 4), ("july", 11, 4)}),
    ("each way by itself", r"\(?(?:Like .{2}|.{4} sign)", {("like", 1, 7), ("sign", 6, 4)}),
]


@pytest.mark.parametrize(("shape", "expected"), [each[1:] for each in PLACES], ids=[each[0] for each in PLACES])
def test_where_the_word_of_a_clue_stands(shape, expected):
    """No more characters than the expression allows stand before the word, and from its beginning on."""
    clues = Clues().of(Expressions().parts(shape))
    assert {(each.word, each.before, each.after) for each in clues} == expected


SHAPES = [template for template in CATALOGUE if template.shape]


@pytest.mark.parametrize("template", SHAPES, ids=[template.id for template in SHAPES])
def test_every_example_of_a_shape_has_its_clues(template):
    """No example of a shape is passed over by the scanner."""
    matcher = Matcher([template])
    for example in template.examples:
        (sighting,) = matcher.scan([f"A story.\n{example}\n"])
        assert sighting.lines


PROSE = """\
The council voted on Monday to keep the old ferry running for another year, The Associated Press reported.
About 400 people a day cross the river, and 12 of them told a reporter, "We would like to subscribe to that."
Jane Example, who was an editor of the Ledger for nine years, is a member of the board: "Contact us," she said.
"Follow the money," he wrote / and read more of it to the leading photographer of the town, who shared it on Twitter.
5,000 readers liked the photo by Reuters. Getty, the source, said all rights were reserved in its 2024 report.
"""


def test_shapes_say_enough():
    """Prose with the words that shapes ask for is not told: few lines need the expression."""
    assert MATCHER.scan([PROSE]) == [None]


def test_a_scanner_refuses_tables_that_are_none(kernel):
    """A table cut short, or a seed of a template that is none, is a `ValueError`."""
    for sown, needed in ((SOWN[:-8], (1, 1, 1)), (SOWN, (1,))):
        with pytest.raises(ValueError, match="seed"):
            kernel.Scanner(sown, array("I", needed).tobytes(), b"", b"", [])
