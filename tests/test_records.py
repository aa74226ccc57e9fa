"""Which lines become which documents, and which bytes of a line may change."""

import json
import sys
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dedup.records.lines import LineReader, TextReader, is_jsonl
from dedup.records.member import BOM, decode, encode, value_of, with_member
from dedup.records.times import parse_time


def dump(value):
    return json.dumps(value, ensure_ascii=False).encode()


def read(entry, names=None, number=1):
    raw = entry if isinstance(entry, bytes) else dump(entry)
    return LineReader(names).read(raw, number)


# -- which member is which field

# name, entry, expected fields of the document
FOUND = [
    ("the plain names", {"id": "a", "text": "t", "title": "h", "source": "s"}, ("a", "t", "h", "s")),
    ("url for id", {"url": "https://a.example/1", "text": "t"}, ("https://a.example/1", "t", None, None)),
    ("guid for id", {"guid": "g", "text": "t"}, ("g", "t", None, None)),
    ("link for id", {"link": "l", "text": "t"}, ("l", "t", None, None)),
    ("id before url", {"url": "u", "id": "a", "text": "t"}, ("a", "t", None, None)),
    ("url where id is null", {"id": None, "url": "u", "text": "t"}, ("u", "t", None, None)),
    ("body for text", {"id": "a", "body": "t"}, ("a", "t", None, None)),
    ("content for text", {"id": "a", "content": "t"}, ("a", "t", None, None)),
    ("text before body", {"id": "a", "body": "b", "text": "t"}, ("a", "t", None, None)),
    ("body where text is null", {"id": "a", "text": None, "body": "b"}, ("a", "b", None, None)),
    ("headline for title", {"id": "a", "text": "t", "headline": "h"}, ("a", "t", "h", None)),
    ("domain for source", {"id": "a", "text": "t", "domain": "d"}, ("a", "t", None, "d")),
    ("publisher for source", {"id": "a", "text": "t", "publisher": "p"}, ("a", "t", None, "p")),
    ("site for source", {"id": "a", "text": "t", "site": "s"}, ("a", "t", None, "s")),
    ("no id: the line number", {"text": "t"}, ("#7", "t", None, None)),
    ("an empty id: the line number", {"id": "", "text": "t"}, ("#7", "t", None, None)),
    ("an id that is a list: the line number", {"id": ["a"], "text": "t"}, ("#7", "t", None, None)),
    ("an integer id", {"id": 12, "text": "t"}, ("12", "t", None, None)),
    ("zero as id", {"id": 0, "text": "t"}, ("0", "t", None, None)),
    ("a huge integer as id", {"id": 10**400, "text": "t"}, ("1" + "0" * 400, "t", None, None)),
    ("a title that is a number", {"id": "a", "text": "t", "title": 5}, ("a", "t", None, None)),
    ("a source that is an object", {"id": "a", "text": "t", "source": {"name": "s"}}, ("a", "t", None, None)),
    ("an empty text", {"id": "a", "text": ""}, ("a", "", None, None)),
    ("a null text", {"id": "a", "text": None}, ("a", "", None, None)),
    ("content where text is empty", {"id": "a", "text": "", "content": "c"}, ("a", "c", None, None)),
    ("body where text is blank", {"id": "a", "text": " \n", "body": "b"}, ("a", "b", None, None)),
    ("body where text is no string", {"id": "a", "text": 5, "body": "b"}, ("a", "b", None, None)),
    ("nothing but blank texts", {"id": "a", "text": " ", "body": ""}, ("a", " ", None, None)),
    ("url where id is empty", {"id": "", "url": "u", "text": "t"}, ("u", "t", None, None)),
    ("headline where title is empty", {"id": "a", "text": "t", "title": "", "headline": "h"}, ("a", "t", "h", None)),
    ("nothing but null texts", {"id": "a", "text": None, "body": None}, ("a", "", None, None)),
    ("a member without a name", {"": "x", "text": "t"}, ("#7", "t", None, None)),
    ("other members", {"text": "t", "Text": "x", "texts": "y", "ID": "z"}, ("#7", "t", None, None)),
    ("escapes", b'{"i\\u0064": "\\u00e9", "te\\u0078t": "\\ud800\\u0000"}', ("é", "\ud800\0", None, None)),
]


@pytest.mark.parametrize(("entry", "fields"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND])
@pytest.mark.parametrize("spoiled", [False, True], ids=["fast", "slow"])
def test_fields_are_found_by_their_usual_names(entry, fields, spoiled):
    """The first usual name that says something is the field; what has no id is called by its line number."""
    raw = entry if isinstance(entry, bytes) else dump(entry)
    document = read(raw.removesuffix(b"}") + b', "x": "\xff"}' if spoiled else raw, number=7).document
    assert (document.id, document.text, document.title, document.source) == fields
    assert document.time is None


@pytest.mark.parametrize("name", ["time", "published", "date", "timestamp", "created"])
def test_the_time_is_found_by_its_usual_names(name):
    """Each usual name of the time is read."""
    assert read({"text": "t", name: "2026-03-02"}).document.time == datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"text": "t"}, "text"),
        ({"body": "t"}, "body"),
        ({"text": None, "body": "t"}, "body"),
        ({"text": "", "body": "t"}, "body"),
        ({"text": " ", "body": ""}, "text"),
        ({"body": None, "text": None}, "text"),
        (b'{"te\\u0078t": "t"}', "text"),
    ],
)
def test_a_line_knows_where_its_text_stands(entry, name):
    """`text_name` is the member that a cleaned text has to go back to."""
    assert read(entry).text_name == name


def test_names_given_replace_the_usual_ones():
    """A field given by name is looked for under that name alone."""
    names = {"id": "key", "text": "story", "title": "head", "source": "paper", "time": "when"}
    entry = {"key": 5, "story": "s", "head": "h", "paper": "p", "when": 0, "id": "x", "text": "y", "time": 1}
    document = read(entry, names).document
    assert (document.id, document.text, document.title, document.source) == ("5", "s", "h", "p")
    assert document.time == datetime(1970, 1, 1, tzinfo=UTC)


def test_names_given_are_told_apart_from_what_was_met():
    """A reader knows of which names it was given it has met no value."""
    reader = LineReader({"id": "key", "source": "paper", "time": "when", "text": "story"})
    for entry, unmet in (({"id": 1}, "ist"), ({"key": None, "paper": "p"}, "it"), ({"key": 5, "when": "no time"}, "")):
        reader.read(dump(entry | {"story": "t"}), 1)
        assert {field[0] for field in reader.unmet} == {*unmet}


@pytest.mark.parametrize("raw", [b'{"text": "t", "time": %s}', b'{"text": "t\xff", "time": %s}'], ids=["fast", "slow"])
def test_a_time_that_cannot_be_read_is_kept_apart_from_none(raw):
    """A line knows a time that says something and cannot be read; what says nothing is no time."""
    for value, bad in (
        (b'"last Tuesday"', "last Tuesday"),
        (b"[1]", [1]),
        (b'" "', None),
        (b"null", None),
        (b"0", None),
    ):
        assert LineReader().read(raw % value, 1).bad_time == bad


def test_a_name_not_given_leaves_the_usual_ones():
    """None and "" in the overrides mean: look where you usually do."""
    assert read({"text": "t", "url": "u"}, {"id": None, "text": ""}).document.id == "u"


# -- lines that are no documents

INSIDE = "no field text or body or content or articleBody; it has "
LINES = "make lines of what is in it: jq -c '"
# name, line, words of the fault
FAULTS = [
    ("a list", b'["text", "t"]', "not a JSON object"),
    ("a number", b"12", "not a JSON object"),
    ("a string", b'"text"', "not a JSON object"),
    ("null", b"null", "not a JSON object"),
    ("cut short", b'{"text": "t', "not JSON"),
    ("two objects", b'{"text": "t"}{"text": "t"}', "not JSON"),
    ("not JSON at all", b"A headline", "not JSON"),
    ("two byte order marks", BOM * 2 + b'{"text": "t"}', "not JSON"),
    ("a byte order mark within", b'{"text": ' + BOM + b'"t"}', "not JSON"),
    ("a bare NUL in a string", b'{"text": "a\0b"}', "not JSON"),
    ("lists nested too deep", b'{"text": "t", "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "JSON nested too deep"),
    ("objects nested too deep", b'{"x": ' * 200_000 + b"1" + b"}" * 200_000, "JSON nested too deep"),
    ("an integer of 5,000 digits", b'{"text": "t", "id": ' + b"1" * 5000 + b"}", "a number of too many digits"),
    ("no text, no strings", b'{"id": 5}', "no field text or body or content or articleBody"),
    ("an empty object", b"{}", "no field text or body or content"),
    ("text that is a number", b'{"text": 5}', "text is a number, not a string"),
    ("text that is a list", b'{"text": ["t"]}', "text is an array, not a string; to have it: jq -c '.text = .text[0]'"),
    (
        "body that is an object",
        b'{"body": {"html": "t"}}',
        "body is an object, not a string; to have it: jq -c '.body = .body.html'",
    ),
    ("content that is a truth value", b'{"content": false}', "content is a boolean, not a string"),
    (
        "text inside of an object",
        b'{"id": "1", "article": {"text": "t"}}',
        f"{INSIDE}article, an object: {LINES}.article'",
    ),
    ("text inside of an array", b'{"articles": [{"text": "t"}]}', f"{INSIDE}articles, an array: {LINES}.articles[]'"),
    ("text inside of many words", b'{"the story": {"text": "t"}}', f'the story, an object: {LINES}.["the story"]\''),
]


@pytest.mark.parametrize(("raw", "words"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_faults_say_what_is_wrong(raw, words):
    """A line that is no document says why, and keeps its bytes and number."""
    line = read(raw, number=3)
    assert (line.document, line.raw, line.number) == (None, raw, 3)
    assert words in line.fault
    assert len(line.fault) < 200


# name, overrides, entry, field to pass
ADVICE = [
    ("the longest string", {}, {"id": "a", "story": "a long text", "head": "short"}, "--text story"),
    ("whatever was asked for", {"text": "story"}, {"id": "a", "text": "a long text"}, "--text text"),
    ("not what is no string", {}, {"tags": ["a long list of", "many words"], "lede": "t"}, "--text lede"),
]


def test_a_field_is_not_taken_for_the_text():
    """What is another field by its name is listed and not proposed."""
    assert read({"id": "2", "source": "a long name"}).fault == f"{INSIDE}id, source"


@pytest.mark.parametrize(("names", "entry", "advice"), [case[1:] for case in ADVICE], ids=[case[0] for case in ADVICE])
def test_a_line_without_the_text_field_advises(names, entry, advice):
    """The fault lists the strings of the line and names the option that would take the longest as text."""
    fault = read(entry, names).fault
    assert fault.endswith(f"pass {advice}")
    assert all(name in fault for name in entry if isinstance(entry[name], str))


@pytest.mark.parametrize("rest", [b"}", b', "x": "\xff"}', b', "x": ' + b"1" * 5000 + b"}"], ids=["", "bad", "big"])
@pytest.mark.parametrize("number", [1, 7])
def test_a_byte_order_mark_is_no_fault(number, rest):
    """Files that begin with one may have been put together, so any line may."""
    raw = BOM + b'{"id": "a", "text": "t"' + rest
    line = read(raw, number=number)
    assert (line.raw, line.fault, line.bad_bytes) == (raw, "", b"\xff" in raw)
    assert (line.document.id, line.document.text) == ("a", "t")


def test_a_byte_order_mark_alone_is_a_blank_line():
    """As of a file that holds nothing else."""
    assert (read(BOM + b"\r\n").document, read(BOM + b"\r\n").fault) == (None, "")


@pytest.mark.parametrize("raw", [b"", b"\n", b"\r\n", b" \t \n"])
@pytest.mark.parametrize("reader", [LineReader(), TextReader()], ids=["JSONL", "text"])
def test_a_blank_line_is_neither_document_nor_fault(raw, reader):
    """Blank lines hold nothing and are not wrong."""
    line = reader.read(raw, 1)
    assert (line.raw, line.document, line.fault) == (raw, None, "")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"cat\n", "cat"),
        (b"cat\r\n", "cat"),
        (b"cat", "cat"),
        (b"  cat and dog \n", "  cat and dog "),
        (b'{"text": "t"}\n', '{"text": "t"}'),
        (b"a\0b\n", "a\0b"),
        (b"\xc3\xa9\xff\n", "é\udcff"),
    ],
)
def test_a_line_of_plain_text_is_a_document(raw, text):
    """In plain text each line is the text of one document, called by its number."""
    line = TextReader().read(raw, 7)
    assert (line.document.id, line.document.text, line.bad_bytes) == ("#7", text, b"\xff" in raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELD_NAMES = st.sampled_from(["id", "url", "text", "body", "title", "source", "time", "date", "story"])


@given(st.dictionaries(FIELD_NAMES, JSON) | JSON)
@settings(deadline=None)
def test_any_json_is_a_document_or_a_fault(value):
    """Whatever a line of JSON holds, it becomes a document or says why not."""
    line = read(json.dumps(value).encode())
    assert (line.document is None) == bool(line.fault)


@given(st.binary())
@settings(deadline=None)
def test_any_bytes_are_a_document_a_fault_or_blank(raw):
    """Whatever bytes come, reading them raises nothing and loses none."""
    line = read(raw)
    assert line.raw == raw
    assert line.document is not None or bool(line.fault) == bool(raw.removeprefix(BOM).strip())


# -- times

DAY = datetime(2026, 3, 2, tzinfo=UTC)
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
EPOCH = int(MORNING.timestamp())
TIMES = [
    ("ISO with Z", "2026-03-02T08:00:00Z", MORNING),
    ("ISO with a zone", "2026-03-02T12:00:00+04:00", MORNING),
    ("ISO with a zone without colon", "2026-03-02T03:30:00-0430", MORNING),
    ("ISO without a zone is UTC", "2026-03-02T08:00:00", MORNING),
    ("ISO with a space", "2026-03-02 08:00:00", MORNING),
    ("ISO with fractions", "2026-03-02T08:00:00.250Z", MORNING.replace(microsecond=250_000)),
    ("ISO, basic", "20260302T080000Z", MORNING),
    ("ISO, date only", "2026-03-02", DAY),
    ("spaces around", "  2026-03-02T08:00:00Z\n", MORNING),
    ("RFC 2822", "Mon, 02 Mar 2026 08:00:00 +0000", MORNING),
    ("RFC 2822, another zone", "Mon, 02 Mar 2026 12:00:00 +0400", MORNING),
    ("RFC 2822, GMT", "Mon, 2 Mar 2026 08:00:00 GMT", MORNING),
    ("RFC 2822, a named zone", "Mon, 02 Mar 2026 03:00:00 EST", MORNING),
    ("RFC 2822, zone unknown", "Mon, 02 Mar 2026 08:00:00 -0000", MORNING),
    ("RFC 2822, no weekday", "2 Mar 2026 08:00:00 +0000", MORNING),
    ("seconds", EPOCH, MORNING),
    ("seconds with fractions", EPOCH + 0.5, MORNING.replace(microsecond=500_000)),
    ("milliseconds", EPOCH * 1000, MORNING),
    ("microseconds", EPOCH * 10**6, MORNING),
    ("nanoseconds as a string", str(EPOCH * 10**9), MORNING),
    ("seconds as a string", str(EPOCH), MORNING),
    ("seconds with fractions as a string", f"{EPOCH}.5", MORNING.replace(microsecond=500_000)),
    ("a day in digits", 20260302, MORNING.replace(hour=0)),
    ("a day in digits as a string", "20260302", MORNING.replace(hour=0)),
    ("a day and minutes in digits", "202603020800", MORNING),
    ("a day and seconds in digits", "20260302080000", MORNING),
    ("a day and seconds in digits, a number", 20260302080000, MORNING),
    ("digits that are no day are seconds", 20261302, datetime(1970, 8, 23, 12, 8, 22, tzinfo=UTC)),
    ("a zone in letters", "2026-03-02 08:00:00 UTC", MORNING),
    ("milliseconds as a string", str(EPOCH * 1000), MORNING),
    ("the epoch", 0, datetime(1970, 1, 1, tzinfo=UTC)),
    ("before the epoch", -86_400, datetime(1969, 12, 31, tzinfo=UTC)),
    ("null", None, None),
    ("true is no number", True, None),
    ("false is no number", False, None),
    ("an empty string", "", None),
    ("spaces", "  ", None),
    ("junk", "last Tuesday", None),
    ("a month that is none", "2026-13-02", None),
    ("a day that is none", "2026-02-30T08:00:00Z", None),
    ("a short number as a string", "12345", None),
    ("digits that are no number", "²²²²²²²²²²", None),
    ("5,000 digits", "1" * 5000, None),
    ("a list", ["2026-03-02"], None),
    ("an object", {"$date": "2026-03-02"}, None),
    ("too far ahead", 10**21, None),
    ("too far ahead as a string", "9" * 21, None),
    ("more than a float holds", 10**400, None),
    ("infinity", float("inf"), None),
    ("not a number", float("nan"), None),
    ("before the year 1, once in UTC", "0001-01-01T00:00:00+14:00", None),
    ("after the year 9999, once in UTC", "9999-12-31T23:59:59-12:00", None),
]


@pytest.mark.parametrize(("value", "expected"), [case[1:] for case in TIMES], ids=[case[0] for case in TIMES])
def test_times_are_read_as_feeds_write_them(value, expected):
    """ISO 8601, RFC 2822 and epoch numbers become UTC times; anything else is no time."""
    found = parse_time(value)
    assert found == expected
    assert found is None or found.tzinfo is UTC


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="needs a time zone that can be set")
def test_times_do_not_depend_on_the_place(monkeypatch):
    """A time without a zone is UTC wherever the program runs."""
    monkeypatch.setenv("TZ", "XYZ+5")
    time.tzset()
    try:
        assert parse_time("2026-03-02T08:00:00") == parse_time("Mon, 02 Mar 2026 08:00:00 -0000") == MORNING
        assert parse_time(EPOCH) == MORNING
    finally:
        monkeypatch.undo()
        time.tzset()


@given(JSON | st.text() | st.integers() | st.floats())
@settings(deadline=None)
def test_no_value_is_too_odd_for_a_time(value):
    """Whatever stands in a time field gives an aware time or none."""
    found = parse_time(value)
    assert found is None or found.tzinfo is not None


ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=ZONES, min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)))
@settings(deadline=None)
def test_every_iso_time_is_understood(moment):
    """A time written by `isoformat` is read as the same moment."""
    assert parse_time(moment.isoformat()) == moment


# -- bytes and text


@given(st.binary())
@settings(deadline=None)
def test_bytes_survive_decoding(data):
    """Any bytes come back as they were, and what is not UTF-8 is noticed."""
    text, bad_bytes = decode(data)
    assert encode(text, bad_bytes) == data
    assert bad_bytes == (data.decode("utf-8", "ignore").encode() != data)


@given(st.text(st.characters(categories=["L", "Cs"])))
@settings(deadline=None)
def test_surrogates_of_json_become_escapes(text):
    """A lone surrogate in a text from good JSON can only be written as an escape, and is."""
    assert json.loads(encode(f'"{text}"', bad_bytes=False)) == json.loads(json.dumps(text))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b'{"text": "t"}', True),
        (b'\n\r\n \t{"text"', True),
        (b"{", True),
        (b'\xef\xbb\xbf{"text"', True),
        (b"", False),
        (b" \n", False),
        (b"[{", False),
        (b'"{', False),
        (b"A {story}", False),
        (b"\xff{", False),
    ],
)
def test_jsonl_begins_with_a_brace(head, expected):
    """The first byte that is no space decides."""
    assert is_jsonl(head) is expected


# -- one member set


def set_member(raw, name, value):
    return with_member(raw, name, value, bad_bytes=decode(raw)[1])


# name, line, value, line with the member "text" set to the value
SET = [
    ("raw letters stay raw", '{"text": "café"}', "thé", '{"text": "thé"}'),
    ("escapes stay escapes", '{"text": "caf\\u00e9"}', "thé", '{"text": "th\\u00e9"}'),
    ("escapes elsewhere stay", '{"url": "a\\/b\\u00e9", "text": "é"}', "è", '{"url": "a\\/b\\u00e9", "text": "è"}'),
    ("spellings of numbers stay", '{"a": 1.50, "b": 1E5, "text": "t"}', "u", '{"a": 1.50, "b": 1E5, "text": "u"}'),
    ("spaces and line end stay", ' { "text"\t:  "t" ,"a":1 } \r\n', "u", ' { "text"\t:  "u" ,"a":1 } \r\n'),
    ("an inner namesake stays", '{"a": {"text": "t"}, "text": "t"}', "u", '{"a": {"text": "t"}, "text": "u"}'),
    ("of namesakes the one that is read", '{"text": "s", "text": "t"}', "u", '{"text": "s", "text": "u"}'),
    ("a name in escapes", '{"te\\u0078t": "t"}', "u", '{"te\\u0078t": "u"}'),
    ("signs of JSON in strings", '{"a": "}\\",{", "text": "\\\\"}', '"}', '{"a": "}\\",{", "text": "\\"}"}'),
    ("backslashes before quotes", '{"a": "\\\\\\"", "text": "\\"t\\\\"}', "\\", '{"a": "\\\\\\"", "text": "\\\\"}'),
    ("a control among escapes", '{"text": "t"}', "\x7f\x1f", '{"text": "\\u007f\\u001f"}'),
    ("a control among raw letters", '{"text": "é"}', "\x7f\x1fé", '{"text": "\x7f\\u001fé"}'),
    ("a surrogate among escapes", '{"text": "\\ud800 t"}', "\ud800 u", '{"text": "\\ud800 u"}'),
    ("a surrogate among raw letters", '{"text": "é\\ud800 t"}', "é\ud800", '{"text": "é\\ud800"}'),
    ("a surrogate that looks like a byte", '{"text": "é\\udcff t"}', "é\udcff", '{"text": "é\\udcff"}'),
    ("no member yet", '{"a": 1}\n', "u", '{"a": 1, "text": "u"}\n'),
    ("no member at all", "{}", "u", '{"text": "u"}'),
    ("nothing but space", "{ }\r\n", "u", '{ "text": "u"}\r\n'),
    ("bad bytes elsewhere stay", '{"a": "\udcff", "text": "t"}', "u", '{"a": "\udcff", "text": "u"}'),
    ("bad bytes in the text stay", '{"text": "t\udcff\udcfe"}', "\udcff\udcfe", '{"text": "\udcff\udcfe"}'),
    ("a surrogate and bad bytes", '{"text": "t\\ud800\udcff"}', "\ud800\udcff", '{"text": "\\ud800\udcff"}'),
    ("a surrogate beside bad bytes", '{"a": "\udcff"}', "\ud800", '{"a": "\udcff", "text": "\\ud800"}'),
]


@pytest.mark.parametrize(("line", "value", "expected"), [case[1:] for case in SET], ids=[case[0] for case in SET])
def test_a_member_is_set_in_place(line, value, expected):
    """Setting a member changes its value and no other byte, in the way of writing the line has."""
    raw = line.encode("utf-8", "surrogateescape")
    assert set_member(raw, "text", value) == expected.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize(("line", "expected"), [(case[1], case[3]) for case in SET], ids=[case[0] for case in SET])
def test_a_member_that_was_set_is_what_is_read(line, expected):
    """The value of a member is that of the whole line, of which nothing else is read."""
    raw = expected.encode("utf-8", "surrogateescape")
    assert value_of(raw, "text") == parsed(raw)["text"]
    assert value_of(BOM + b'{"x": ' + b"1" * 5000 + b", " + raw.lstrip()[1:], "text") == parsed(raw)["text"]


TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\udc80\udcff\n"\\'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def lines(draw):
    """Draw an object as a line of JSON in odd but legal spacing, and where the value of each member stands."""

    def written(value):
        text = json.dumps(value, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 1])))
        return text.encode("utf-8", "surrogateescape")

    space = st.text(" \t\r\n", max_size=2).map(str.encode)
    raw, places = draw(space) + b"{", {}
    for index, (name, value) in enumerate(draw(st.dictionaries(TEXT, VALUES, max_size=5)).items()):
        raw += (b"," if index else b"") + draw(space) + written(name) + draw(space) + b":" + draw(space)
        start, raw = len(raw), raw + written(value)
        places[name] = (start, len(raw))
        raw += draw(space)
    return raw + draw(space) + b"}" + draw(space), places


def parsed(raw):
    return json.loads(decode(raw)[0])


@given(lines(), VALUES | st.just("\ud800"), st.data())
@settings(deadline=None)
def test_a_present_member_changes_alone(line, value, data):
    """Before and after the value of the member, every byte stays."""
    raw, places = line
    assume(places)
    name = data.draw(st.sampled_from(sorted(places)))
    start, stop = places[name]
    result = set_member(raw, name, value)
    assert parsed(result) == parsed(raw) | {name: value}
    assert result.startswith(raw[:start])
    assert result[start:].endswith(raw[stop:])


@given(lines(), VALUES | st.just("\ud800"))
@settings(deadline=None)
def test_a_new_member_is_added_last(line, value):
    """Without the new member, the line is what it was."""
    raw, places = line
    assume("dedup" not in places)
    result = set_member(raw, "dedup", value)
    assert list(parsed(result).items()) == [*parsed(raw).items(), ("dedup", value)]
    start = result.index(b', "dedup": ' if places else b'"dedup": ')
    stop = start + len(result) - len(raw)
    assert result[:start] + result[stop:] == raw


def test_what_can_be_read_can_be_changed():
    """No depth of nesting is shallow enough to be read and too deep for a member to be set."""
    readable = 0
    for depth in range(100, sys.getrecursionlimit() + 100):
        line = read(b'{"text": "t", "x": ' + b"[" * depth + b"]" * depth + b"}")
        if line.document is not None:
            assert set_member(line.raw, "text", "u") == line.raw.replace(b'"t"', b'"u"')
            readable += 1
    assert readable
