"""The template language, the catalogue as data, and the small parts of the boilerplate path."""

import sys
from array import array
from importlib.util import find_spec

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from dedup import Catalogue, Cleaner, DedupError
from dedup.boilerplate.blocks import line_at
from dedup.boilerplate.match import Matcher
from dedup.boilerplate.readings import SHIPPED, Readings
from dedup.boilerplate.seam import widen
from dedup.boilerplate.seeds import Sower
from dedup.boilerplate.template import BadTemplate, Template

ENTRY = {"id": "t", "kind": "copyright"}

BAD = [
    ({"kind": "copyright", "pattern": "a"}, "lacks an id"),
    ({"id": "t", "pattern": "a"}, "lacks an id or a kind"),
    (ENTRY, "needs one of pattern, shape and lines"),
    ({**ENTRY, "pattern": "a", "shape": "b"}, "needs one of pattern, shape and lines"),
    ({**ENTRY, "kind": "rubbish", "pattern": "a"}, "kind is 'rubbish'"),
    ({**ENTRY, "pattern": "a", "position": "middle"}, "position is 'middle'"),
    ({**ENTRY, "pattern": "a", "action": "delete"}, "action is 'delete'"),
    ({**ENTRY, "pattern": "a", "patern": "b"}, "unknown key 'patern'"),
    ({**ENTRY, "pattern": "{colour} only"}, r"slot \{colour\}"),
    ({**ENTRY, "pattern": "see {text}"}, "needs a limit"),
    ({**ENTRY, "pattern": "[open"}, "not closed with ']'"),
    ({**ENTRY, "pattern": "(a|b"}, r"not closed with '\)'"),
    ({**ENTRY, "pattern": "close]"}, "unexpected ']'"),
    ({**ENTRY, "pattern": "{name} {date}"}, "no literal word"),
    ({**ENTRY, "shape": "(unclosed"}, r"shape does not compile: missing \) at position 9"),
    ({**ENTRY, "shape": r"a \h b"}, r"'\\h ' at position 2 is nothing a shape takes; see docs/templates.md"),
    ({**ENTRY, "shape": "(?:Read more){e<=1}"}, "'{e<' at position 13 is nothing a shape takes"),
    ({**ENTRY, "shape": r"[[:alpha:]]+"}, r"'\[\[:' at position 0 is nothing a shape takes"),
    ({**ENTRY, "shape": "(?x) a b"}, r"'\(\?x' at position 0 is nothing a shape takes"),
    ({**ENTRY, "shape": "(a|(?1))b"}, r"'\(\?1' at position 3 is nothing a shape takes"),
    ({**ENTRY, "shape": "(" * 5000 + ")" * 5000}, "is nested too deep; write it as several"),
    ({**ENTRY, "pattern": "a " + "[" * 5000 + "b" + "]" * 5000}, "is nested too deep; write it as several"),
    ({**ENTRY, "pattern": "a b {text:<=9999999999} c"}, "has no limit to speak of; write at most 1000"),
    ({**ENTRY, "pattern": "a b c", "coverage": 5.0}, "coverage is 5.0; it is a share from 0 to 1"),
    ({**ENTRY, "pattern": "a b c", "coverage": float("nan")}, "coverage is nan; it is a share from 0 to 1"),
    ({**ENTRY, "pattern": "a b c", "until": "2026-13"}, "until is '2026-13'; write a day, month or year"),
    ({**ENTRY, "lines": ["a b"], "evidence": {"words": "many"}}, "evidence has words = 'many'; write a whole number"),
    (
        {**ENTRY, "lines": ["a b"], "evidence": {"last": "soon"}},
        "evidence has last = 'soon'; write a day as 2026-01-05",
    ),
    ({**ENTRY, "lines": ["a b"], "evidence": {"lines": 3}}, "evidence has lines = 3; write a list of whole numbers"),
    ({**ENTRY, "shape": "a)|(b"}, "shape does not compile: unbalanced parenthesis at position 1"),
]


@pytest.mark.parametrize(("entry", "fault"), BAD, ids=[fault for _, fault in BAD])
def test_a_bad_template_says_what_is_wrong(entry, fault):
    """Errors name the template, the fault and the way out."""
    with pytest.raises(DedupError, match=fault):
        Cleaner(Catalogue([Template.of(entry)]))


GRAMS = [
    ("one two three", 3, {(0, 1, 2)}, True),
    ("one [two] three", 2, {(0, 1), (1, 2), (0, 2)}, True),
    ("one (two|deux) three", 3, {(0, 1, 3), (0, 2, 3)}, True),
    ("one {name} two three", 2, {(1, 2)}, True),
    ("one {name} [two three]", 2, {(1, 2)}, False),
    ("(one two|deux) {name}", 2, {(0, 1)}, False),
]


@pytest.mark.parametrize(("pattern", "width", "grams", "always"), GRAMS)
def test_words_in_a_row_of_a_pattern(pattern, width, grams, always):
    """Runs of words go through choices and options, stop at slots, and are certain or not."""
    compiled = Template.of({**ENTRY, "pattern": pattern}).compiled
    assert set(compiled.grams(width)) == grams
    assert compiled.always_has(width) is always


def test_required_and_forbidden_phrases():
    """A required phrase must stand in the occurrence, a forbidden one must not."""
    entry = {**ENTRY, "pattern": "this notice is {text:<=8} by the publisher of record", "required": ["of record"]}
    text = "A story.\n\nThis notice is {} by the publisher of record.\n"
    guarded = Template.of({**entry, "forbidden": ["not made"]})
    texts = [text.format("made"), text.format("not made")]
    matcher = Matcher([guarded])
    found = [matcher.find(seen, "") for seen in matcher.scan(texts)]
    assert [len(each) for each in found] == [1, 0]


def test_templates_of_a_source_hold_for_it_alone():
    """A template with a source is used for that source and no other."""
    own = Template.of({**ENTRY, "pattern": "the ledger keeps the coast informed", "source": "ledger.example"})
    cleaner = Cleaner(Catalogue([own]))
    text = "A story.\n\nThe Ledger keeps the coast informed.\n"
    assert cleaner.clean(text, "ledger.example").text == "A story.\n"
    assert cleaner.clean(text, "courier.example").text == text
    assert cleaner.clean(text).text == text


def test_what_is_shipped_is_what_is_read_off_the_shapes():
    """A native build comes with the readings of every built-in shape; they are those read anew, also when packed."""
    templates = {template.shape: template for template in Catalogue.builtin() if template.shape}
    shapes = {shape: template.expression for shape, template in templates.items()}
    anew = Readings().packed(shapes)
    assert SHIPPED.is_file() is (find_spec("dedup._kernel._native") is not None)
    for packed in (anew, *([SHIPPED.read_bytes()] if SHIPPED.is_file() else [])):
        assert Readings(packed).packed(shapes) == anew
    read = Readings(anew)
    for shape, template in templates.items():
        shipped = read.of(shape).expression(template)
        assert shipped is not template.expression
        assert (shipped.pattern, shipped.flags) == (template.expression.pattern, template.expression.flags)


def test_expressions_compiled_for_another_regex_are_compiled_anew(monkeypatch):
    """What one release of regex compiled, no other reads; clues and programs hold for all."""
    templates = {template.shape: template for template in Catalogue.builtin() if template.shape}
    packed = Readings().packed({shape: template.expression for shape, template in templates.items()})
    monkeypatch.setattr(regex, "__version__", "2.5.1")
    read, anew = Readings(packed), Readings()
    for shape, template in templates.items():
        assert read.of(shape)[:2] == anew.of(shape)[:2]
        assert read.of(shape).expression(template) is template.expression


TAKEN = [
    ("(?i)read more at", "READ More at"),
    ("(?i:stop) now", "ſtop now"),
    ("(?i)ſtop now", "STOP now"),
    ("(?i)kelvin (?-i:News)", "\u212aelvin News"),
    (r"\u2022 [\u2013x]\x2d more", "• –- more"),
    (r"a{,2}b end", "aab end"),
    (r"(?P<a>ab) \g<a> end", "ab ab end"),
    (r"(a|b)(\1){2} end", "bbb end"),
    (r"(?>foo|fo) (?s:.)++ end|x", "x"),
    (r"[^a-z]+ (?<!\d)end(?=$)", "AB end"),
]


@pytest.mark.parametrize(("shape", "line"), TAKEN, ids=[shape for shape, _ in TAKEN])
def test_what_a_shape_takes_is_found(shape, line):
    """A line that the expression matches is found, whatever it is made of."""
    template = Template.of({**ENTRY, "shape": shape})
    assert template.expression.fullmatch(line)
    assert len(Cleaner(Catalogue([template])).clean(f"A ferry ran again.\n\n{line}\n").spans) == 1


RULES = [
    ("another number of stories", {"evidence": {"stories": 13}}, True),
    ("another note", {"notes": "seen on Monday"}, True),
    ("accepted", {"status": "accepted"}, True),
    ("rejected", {"status": "rejected"}, False),
    ("another line", {"lines": ["Read more there"]}, False),
    ("of a source", {"source": "ledger"}, False),
    ("that only labels", {"action": "label"}, False),
]


@pytest.mark.parametrize(("change", "same"), [case[1:] for case in RULES], ids=[case[0] for case in RULES])
def test_cleaners_are_the_same_when_their_answers_are(change, same):
    """What is written for people makes no other cleaner; what decides does, and so does the order."""
    entry = {**ENTRY, "lines": ["Read more here"], "status": "confident", "evidence": {"stories": 12}}
    other = Template.of({**ENTRY, "id": "other", "lines": ["Follow us"]})
    one, two = Template.of(entry), Template.of({**entry, **change})
    first = Cleaner(Catalogue([one, other])).identity
    assert (first == Cleaner(Catalogue([two, other])).identity) is same
    assert first != Cleaner(Catalogue([other, one])).identity


def test_what_no_file_can_hold_leaves_the_file(tmp_path):
    """A template that TOML cannot hold is refused before anything is written."""
    (tmp_path / "rules.toml").write_text("as it was")
    with pytest.raises(BadTemplate, match=r"a lone surrogate cannot be saved, as behind .*; take it out"):
        Catalogue([Template("x", "learned", lines=("Read \ud800 more",))]).save(tmp_path / "rules.toml")
    assert (tmp_path / "rules.toml").read_text() == "as it was"


def test_a_long_pattern_is_read_in_linear_time():
    """Four times the words are four times the work to find the seeds of a pattern."""
    words = [f"w{number:b}" for number in range(2000)]

    def calls(count):
        template, made = Template.of({**ENTRY, "pattern": " ".join(words[:count])}), []
        _ = template.compiled
        sys.setprofile(lambda *_: made.append(1))
        try:
            Sower().sow(0, template, array("Q"))
        finally:
            sys.setprofile(None)
        return len(made)

    assert calls(2000) < 5 * calls(500)


def test_a_block_that_a_line_lacks_leaves_the_line():
    """Of a line that has the shape without the group that goes, nothing goes."""
    template = Template.of({**ENTRY, "shape": "A caption(?<block> by the desk)?"})
    spans = Cleaner(Catalogue([template])).clean("A ferry ran.\n\nA caption\n\nA caption by the desk\n").spans
    assert [(span.start, span.end) for span in spans] == [(34, 46)]


def test_a_catalogue_without_shapes_reads_none(monkeypatch):
    """What is shipped for shapes is left where it is."""
    monkeypatch.setattr(Readings, "shipped", lambda: pytest.fail("the readings of shapes were read"))
    assert Cleaner(Catalogue([Template.of({**ENTRY, "pattern": "email us here"})])).clean("A story.").spans == ()


def test_a_shape_that_is_not_shipped_is_read_beside_those_that_are():
    """The own shape's lines go, others like them stay, and the built-in shapes hold as before."""
    own = Template.of({**ENTRY, "id": "own", "shape": r"Heard [œø-ÿ§0-3]{3} times by \p{Lu}\w+"})
    cleaner = Cleaner(Catalogue([own]) + Catalogue.builtin())
    text = (
        "A story.\n\nHeard 121 times by Éva\n\nHeard 141 times by Éva\n\n(Reporting by Ann Lee; Editing by Max Roe)\n"
    )
    assert cleaner.clean(text).text == "A story.\n\nHeard 141 times by Éva\n"


def test_a_catalogue_saved_and_loaded_is_the_same(tmp_path):
    """`save` writes what `load` reads."""
    catalogue = Catalogue.builtin()
    catalogue.save(tmp_path / "all.toml")
    assert list(Catalogue.load(tmp_path / "all.toml")) == list(catalogue)


def test_catalogues_add_up_and_refuse_double_ids():
    """`a + b` has the templates of both; an id twice is an error that names it."""
    one, two = (Catalogue([Template.of({**ENTRY, "id": name, "pattern": name})]) for name in ("one", "two"))
    assert [template.id for template in one + two] == ["one", "two"]
    with pytest.raises(DedupError, match="two templates have the id 'one'"):
        _ = one + one


def test_a_file_that_is_no_toml_is_named(tmp_path):
    """A broken catalogue file raises with its name."""
    (tmp_path / "broken.toml").write_text("[[template")
    with pytest.raises(DedupError, match=r"broken\.toml is not TOML"):
        Catalogue.load(tmp_path / "broken.toml")


WIDENED = [
    ("a line between paragraphs", "One.\n\nNotice.\n\nTwo.\n", ["Notice."], "One.\n\nTwo.\n"),
    ("a line between lines", "One.\nNotice.\nTwo.\n", ["Notice."], "One.\nTwo.\n"),
    ("the last paragraph", "One.\n\nNotice.\n", ["Notice."], "One.\n"),
    ("the last line, unterminated", "One.\nNotice.", ["Notice."], "One."),
    ("the first paragraph", "Notice.\n\nOne.\n", ["Notice."], "One.\n"),
    ("the first sentence", "Notice. One.\n", ["Notice."], "One.\n"),
    ("the end of a line", "One. Notice.\nTwo.\n", ["Notice."], "One.\nTwo.\n"),
    ("the end of the last line", "One. Notice.\n", ["Notice."], "One.\n"),
    ("glued to the last line", "One.Notice.\n", ["Notice."], "One.\n"),
    ("the middle of a line", "One. Notice. Two.\n", ["Notice."], "One. Two.\n"),
    ("an indented line", "One.\n  Notice.\n  Two.\n", ["Notice."], "One.\n  Two.\n"),
    ("two in a row", "One.\n\nNotice.\n\nSecond.\n", ["Notice.", "Second."], "One.\n"),
    ("two apart", "Notice.\nOne.\nSecond.\n", ["Notice.", "Second."], "One.\n"),
    ("Windows line ends", "One.\r\n\r\nNotice.\r\n", ["Notice."], "One.\r\n"),
    ("everything", "Notice.\n", ["Notice."], ""),
]


@pytest.mark.parametrize(("text", "blocks", "left"), [w[1:] for w in WIDENED], ids=[w[0] for w in WIDENED])
def test_seams_are_tidy(text, blocks, left):
    """What is left after a removal reads as if the block had never been there."""
    places = [(text.index(block), text.index(block) + len(block)) for block in blocks]
    spans = widen(text, places)
    for start, end in reversed(spans):
        text = text[:start] + text[end:]
    assert text == left
    assert len(spans) == len(places)


@given(st.text(alphabet="ab \n\r\t\x0b\u2028").filter(lambda text: "  " not in text))
def test_blocks_tile_the_text(text):
    """Each position is in one line; lines follow each other without a gap and know what is not white space."""
    lines = [line_at(text, position) for position in range(len(text))]
    assert [text[line.start : line.end] for line in dict.fromkeys(lines)] == text.splitlines(keepends=True)
    for position, line in enumerate(lines):
        assert line.start <= position < line.end
        assert text[line.body_start : line.body_end] == text[line.start : line.end].strip()
