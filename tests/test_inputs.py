"""Files of every format as the documents of one stream."""

import gzip
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pyarrow
import pytest
import zstandard
from pyarrow import ipc, parquet

from dedup import DedupError
from dedup.inputs import Inputs
from dedup.records.feeds import plain

BRIDGE = "The harbour bridge reopened on Monday after two weeks of repairs, the city said."
ROWS = [
    {"id": "a", "text": BRIDGE, "source": "ledger.example", "when": datetime(2026, 3, 1, tzinfo=UTC), "n": 1.5},
    {"id": "b", "text": None, "source": None, "when": None, "n": float("nan")},
    {"id": "c", "text": "Another story.", "source": "x", "when": datetime(2026, 3, 2, tzinfo=UTC), "n": None},
]
TABLE = pyarrow.Table.from_pylist(ROWS)
RSS = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>Ledger</title><item><title>Bridge &amp; all</title>
<link>https://ledger.example/1</link><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate>
<description>&lt;p&gt;{BRIDGE}&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</description></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Ledger</title><entry><id>urn:1</id><title>Bridge</title>
<updated>2026-03-02T08:00:00Z</updated><link href="https://ledger.example/1"/>
<summary>short</summary>
<content type="html">&lt;p&gt;{BRIDGE}&lt;/p&gt;&lt;p&gt;Second.&lt;/p&gt;</content></entry></feed>"""
PAGE = f"<html><head><title>Bridge</title></head><body><nav>Menu</nav><main><p>{BRIDGE * 5}</p></main></body></html>"


def record(kind, body, **fields):
    head = {"WARC-Type": kind, "WARC-Record-ID": "<urn:uuid:1>", "WARC-Target-URI": "https://ledger.example/1"}
    head |= {"WARC-Date": "2026-03-02T08:00:00Z", **fields, "Content-Length": str(len(body))}
    return b"WARC/1.0\r\n" + "".join(f"{k}: {v}\r\n" for k, v in head.items()).encode() + b"\r\n" + body + b"\r\n\r\n"


WET = record("warcinfo", b"x") + record("conversion", BRIDGE.encode() + b" \xff", **{"Content-Type": "text/plain"})
HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
WARC = record("response", HTTP + PAGE.encode(), **{"Content-Type": "application/http; msgtype=response"})
WARC += record("response", HTTP.replace(b"text/html", b"image/png") + b"\x89PNG")


def as_parquet(table=TABLE):
    out = io.BytesIO()
    parquet.write_table(table, out)
    return out.getvalue()


def as_arrow(new=ipc.new_file, table=TABLE):
    out = io.BytesIO()
    with new(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


@pytest.fixture
def read(tmp_path):
    """Read some bytes as a file of that name."""

    def read(data, name="in", text="lines", **options):
        (tmp_path / name).write_bytes(data)
        inputs = Inputs([str(tmp_path / name)], {"time": options.pop("time", None)}, text, **options)
        return inputs, [line for batch in inputs.batches() for line in batch]

    return read


# name, bytes, kind, ids, texts
FORMATS = [
    ("JSONL", b'\n{"id": "a", "text": "one"}\n{"id": 2, "text": "two"}', "jsonl", ["a", "2"], ["one", "two"]),
    ("Parquet", as_parquet(), "table", ["a", "b", "c"], [BRIDGE, "", "Another story."]),
    ("Arrow", as_arrow(), "table", ["a", "b", "c"], [BRIDGE, "", "Another story."]),
    ("an Arrow stream", as_arrow(ipc.new_stream), "table", ["a", "b", "c"], [BRIDGE, "", "Another story."]),
    ("RSS", RSS.encode(), "feed", ["https://ledger.example/1"], [BRIDGE]),
    ("Atom", ATOM.encode(), "feed", ["urn:1"], [f"{BRIDGE}\nSecond."]),
    ("WET", WET, "warc", ["<urn:uuid:1>"], [BRIDGE + " \udcff"]),
    ("WARC", WARC, "warc", ["<urn:uuid:1>"], [BRIDGE * 5]),
    ("lines", b"one\ntwo", "lines", ["#1", "#2"], ["one", "two"]),
    ("nothing", b"", "", [], []),
    ("blank lines", b" \n\n", "", [], []),
]


@pytest.mark.parametrize(
    ("pack", "name"),
    [
        (bytes, "in"),
        (gzip.compress, "in.gz"),
        (zstandard.compress, "in.zst"),
        (gzip.compress, "in"),
        (zstandard.compress, "in"),
    ],
    ids=["plain", ".gz", ".zst", "gzip", "zstd"],
)
@pytest.mark.parametrize(("data", "kind", "ids", "texts"), [case[1:] for case in FORMATS], ids=[c[0] for c in FORMATS])
def test_a_format_is_known_by_how_it_begins(read, data, kind, ids, texts, pack, name):
    """No name or option is needed, and packing makes no difference, whether or not the name tells of it."""
    packed = pack(data)
    inputs, lines = read(packed, name)
    documents = [line.document for line in lines if line.document]
    assert (inputs.kind, [each.id for each in documents]) == (kind, ids)
    assert [each.text for each in documents] == texts
    assert inputs.position == len(packed) == inputs.size
    assert inputs.taken == len(data)


@pytest.mark.parametrize(("data"), [RSS.encode(), ATOM.encode(), WET, WARC, as_parquet()])
def test_what_was_no_line_becomes_one(read, data):
    """An entry is written as JSONL that reads back as the same document."""
    _, lines = read(data, time="when" if data.startswith(b"PAR1") else None)
    _, again = read(b"".join(line.raw for line in lines), time="when" if data.startswith(b"PAR1") else None)
    assert [line.document for line in again] == [line.document for line in lines]
    assert lines[0].document.time is not None
    assert lines[0].document.source == "ledger.example"


def test_a_page_has_its_title(read):
    """The title of a page is the title of its document; what is no page is left out."""
    _, (line,) = read(WARC)
    assert line.document.title == "Bridge"


# kind of text, bytes, texts, ends
TEXTS = [
    ("null", b'{"text": "one\ntwo"}\0three\n\0\0four', ['{"text": "one\ntwo"}', "three", "four"], b"\0"),
    ("lines", b'{"text": "one"}\ntwo\n', ['{"text": "one"}', "two"], b"\n"),
    ("whole", b'{"text": "one"}\ntwo\n', ['{"text": "one"}\ntwo\n'], b"\n"),
]


@pytest.mark.parametrize(("text", "data", "texts", "end"), TEXTS, ids=[case[0] for case in TEXTS])
def test_text_is_text_when_told_so(read, text, data, texts, end):
    """Told that the input is text, and of what shape, nothing is guessed; no byte is lost."""
    inputs, lines = read(data, text=text, forced=True)
    assert [line.document.text for line in lines if line.document] == texts
    assert b"".join(line.raw for line in lines) == data
    assert inputs.end == end


def test_a_column_that_is_not_utf8_costs_its_rows_alone(read):
    """A row that cannot be read is a fault; its neighbours are documents."""
    offsets = pyarrow.py_buffer(b"".join(n.to_bytes(4, "little") for n in (0, 1, 2, 3)))
    text = pyarrow.StringArray.from_buffers(3, offsets, pyarrow.py_buffer(b"a\xffb"))
    _, lines = read(as_parquet(pyarrow.table({"text": text})))
    assert [bool(line.fault) for line in lines] == [False, True, False]


DAY = datetime(2026, 3, 2, tzinfo=UTC)
BYTES = [pyarrow.binary(), pyarrow.large_binary(), pyarrow.binary_view(), pyarrow.binary(5)]
# name, columns beside the text, the id and the time of the document
VALUES = [
    ("a day", {"time": [date(2026, 3, 2)]}, "#1", DAY),
    ("a time without a zone", {"time": [datetime(2026, 3, 2)]}, "#1", DAY),
    ("a time in bytes", {"time": [b"2026-03-02"]}, "#1", DAY),
    ("a decimal number as time", {"time": [Decimal("1772409600.00")]}, "#1", DAY),
    ("a decimal number as id", {"id": [Decimal("1.50")]}, "1.50", None),
    ("bytes as id", {"id": ["é".encode()]}, "é", None),
    ("bytes that are no text as id", {"id": [b"\xff"]}, "#1", None),
    ("an id of 16 bytes", {"id": pyarrow.array([bytes(16)], pyarrow.uuid())}, f"{UUID(int=0)}", None),
]


@pytest.mark.parametrize(("columns", "id", "time"), [case[1:] for case in VALUES], ids=[case[0] for case in VALUES])
def test_a_row_is_read_as_its_line_is(read, columns, id, time):
    """Days, decimal numbers and bytes of a table are fields as in the JSONL that comes out."""
    _, (line,) = read(as_arrow(table=pyarrow.table({"text": [BRIDGE], **columns})))
    assert (line.document.id, line.document.time, line.bad_time) == (id, time, None)
    if columns.get("id") != [b"\xff"]:
        _, (again,) = read(line.raw)
        assert again.document == line.document


@pytest.mark.parametrize("type", BYTES, ids=str)
def test_bytes_that_are_utf8_are_a_text(read, type):
    """A column without a mark of text, as old writers of Parquet leave it, is text; other columns stay bytes."""
    _, lines = read(
        as_arrow(table=pyarrow.table({"text": pyarrow.array([b"caf\xc3\xa9", b"caf\xe9\xe9"], type), "n": [b"a"] * 2}))
    )
    assert [line.document and line.document.text for line in lines] == ["café", None]
    assert [line.fault for line in lines] == ["", "text is bytes that are not UTF-8, not a string"]
    assert json.loads(lines[0].raw) == {"text": "café", "n": "YQ=="}


# name, values out of range, their type, the second text: its row may be the fault
UNKNOWN = [
    ("microseconds", 1 << 60, pyarrow.timestamp("us"), ["two"]),
    ("days", 1 << 30, pyarrow.date32(), ["two"]),
    ("a duration", 1 << 62, pyarrow.duration("s"), ["two"]),
    ("inside of a list", [1 << 60], pyarrow.list_(pyarrow.timestamp("us")), []),
]


@pytest.mark.parametrize(("value", "type", "second"), [case[1:] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN])
def test_what_python_has_no_value_for_costs_at_most_its_row(read, value, type, second):
    """A value that is out of range is told as Arrow writes it, or its row is a fault; the others are documents."""
    column = pyarrow.array([None, value, None], type)
    _, lines = read(as_parquet(pyarrow.table({"text": ["one", "two", "three"], "n": column})))
    assert [line.document.text for line in lines if line.document] == ["one", *second, "three"]
    assert [bool(line.fault) for line in lines] == [False, not second, False]


def test_a_time_out_of_range_is_a_time_that_cannot_be_read(read):
    """It is counted among those, and costs nothing else."""
    column = pyarrow.array([1 << 60], pyarrow.timestamp("us"))
    _, (line,) = read(as_parquet(pyarrow.table({"text": ["one"], "time": column})))
    assert line.document.text == "one"
    assert line.bad_time == f"<value out of range: {1 << 60}>"


BROKEN = [
    ("XML of another kind", b"<?xml version='1.0'?><note/>", "neither RSS nor Atom: pass --whole"),
    ("Parquet cut short", as_parquet()[:200], "in: "),
    ("Arrow cut short", as_arrow()[:300], "in: "),
]


@pytest.mark.parametrize(("data", "words"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_file_that_is_not_what_it_begins_as(read, data, words):
    """A file that breaks its format is an error that names it."""
    with pytest.raises(DedupError, match=words):
        read(data)


@pytest.mark.parametrize(
    ("data", "package", "extra"),
    [
        (as_parquet(), "pyarrow", "parquet"),
        (WET, "warcio.archiveiterator", "warc"),
        (RSS.encode(), "feedparser", "feeds"),
    ],
    ids=["parquet", "warc", "feeds"],
)
def test_what_is_missing_is_named(read, monkeypatch, data, package, extra):
    """Without the package for a format, the error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, package, None)
    with pytest.raises(DedupError, match=rf"pip install 'syndedup\[{extra}\]'"):
        read(data)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One &amp; two<br>three</p>\n<p> four\nfive</p>", "One & two\nthree\nfour five"),
        ("<style>p{}</style>seen<script>if (a<b) x</script>", "seen"),
        ("no markup < at all", "no markup < at all"),
        ("<p>never closed <b>bold", "never closed bold"),
        ("</script>after", "after"),
    ],
)
def test_markup_of_feeds_becomes_lines(html, text):
    """Blocks become lines; scripts and styles are no text."""
    assert plain(html) == text


def test_several_files_are_one_stream(tmp_path):
    """Numbers run on from file to file, and a stream of lines is what its first line is."""
    for name, data in (("a", b"\n"), ("b", b'{"text": "one"}\n'), ("c", b"{oops\n"), ("d", as_parquet())):
        (tmp_path / name).write_bytes(data)
    inputs = Inputs([str(tmp_path / name) for name in "abcd"], {}, "lines")
    lines = [line for batch in inputs.batches() for line in batch]
    assert [line.number for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [bool(line.fault) for line in lines[:4]] == [False, False, True, False]
    assert json.loads(lines[3].raw)["n"] == 1.5
    assert [inputs.place(line.number).removeprefix(f"{tmp_path}/") for line in lines] == [
        "a: line 1", "b: line 1", "c: line 1", "d: row 1", "d: row 2", "d: row 3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "noun"),
    [
        ([b"one\n"], "line"),
        ([b""], "line"),
        ([b"", as_parquet()], "row"),
        ([RSS.encode(), ATOM.encode()], "item"),
        ([WET], "page"),
        ([b"one\n", as_parquet()], "document"),
    ],
)
def test_what_an_input_is_made_of(tmp_path, files, noun):
    """Lines, rows, items or pages; of several kinds, documents."""
    paths = [tmp_path / str(number) for number, _ in enumerate(files)]
    for path, data in zip(paths, files, strict=True):
        path.write_bytes(data)
    inputs = Inputs([*map(str, paths)], {}, "lines")
    list(inputs.batches())
    assert inputs.noun == noun


def test_kinds_that_are_mixed_bring_a_hint(tmp_path):
    """JSONL after text is text, for a pipe of both to be the same; that is said. Text after JSONL cannot be read."""
    (tmp_path / "a").write_bytes(b"one\n")
    (tmp_path / "b").write_bytes(b'{"text": "one"}\n')
    for names, hints in (("ab", 1), ("ba", 0), ("aa", 0), ("bb", 0)):
        inputs = Inputs([str(tmp_path / name) for name in names], {}, "lines")
        list(inputs.batches())
        told = f"{tmp_path / 'b'}: JSONL, taken as text like the file before it; give each kind a run of its own"
        assert inputs.hints == [told] * hints


LEFT_OUT = "which is left out as the"
# a line, what is said of it
INSIDE = [
    ({"source": {"id": "cnn", "name": "CNN"}}, f"source is an object (id, name), {LEFT_OUT} source", ".source.name"),
    ({"publisher": {"url": "x"}}, f"publisher is an object (url), {LEFT_OUT} source", ".publisher = .publisher.url"),
    ({"title": {"rendered": "A"}}, f"title is an object (rendered), {LEFT_OUT} title", ".title = .title.rendered"),
    ({"id": {"n": 5}}, f"id is an object, {LEFT_OUT} id", ""),
    ({"domain": ["a.example"]}, f"domain is an array, {LEFT_OUT} source", ".domain = .domain[0]"),
    ({"source": {"name": "CNN"}, "domain": "cnn.example"}, "", ""),
    ({"source": "CNN", "publisher": {"name": "CNN"}}, "", ""),
    ({"author": {"name": "Ann"}}, "", ""),
]


@pytest.mark.parametrize(("entry", "said", "how"), INSIDE)
def test_what_is_inside_of_a_field_is_not_looked_for_but_told_of(read, entry, said, how):
    """A field that holds an object or array, and has no string under another name, brings a hint how to have it."""
    inputs, lines = read((json.dumps({"text": "one", **entry}) + "\n").encode() * 2)
    assert all(line.document for line in lines)
    assert len(inputs.hints) == bool(said)
    assert all(hint.startswith(said) and how in hint for hint in inputs.hints)
    if "domain" in entry and not said:
        assert lines[0].document.source == "cnn.example"


NEVER = "no line has a time, so that none grows old; "
# name, a line, the start of the hint
UNDATED = [
    ("another name", b'{"text": "one", "dateline": "2026-03-02T08:00Z"}\n', f"{NEVER}it has dateline: pass --time"),
    ("seconds", b'{"text": "one", "n": 5, "issued_ts": 1767225600}\n', f"{NEVER}it has issued_ts"),
    ("no time", b'{"text": "one", "n": 1767225600}\n', f"{NEVER}name the field that holds"),
    ("text", b"one\n", "text has no times, so that none of it grows old"),
    ("a time in the second line", b'{"text": "one"}\n{"text": "two", "time": "2026-03-02"}\n', ""),
    ("a time that cannot be read", b'{"text": "one", "time": "noon"}\n', ""),
    ("NewsAPI", b'{"text": "one", "publishedAt": "2026-03-02T08:00:00Z"}\n', ""),
    ("schema.org", b'{"articleBody": "one", "datePublished": "2026-03-02"}\n', ""),
    ("RSS", b'{"text": "one", "pubDate": "Mon, 02 Mar 2026 08:00:00 GMT"}\n', ""),
    ("others", b'{"text": "one", "created_at": "2026-03-02"}\n{"text": "two", "published_at": "2026-03-02"}\n', ""),
    ("nothing", b"\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("data", "hint"), [case[1:] for case in UNDATED], ids=[case[0] for case in UNDATED])
def test_a_window_without_times_brings_a_hint(read, data, hint):
    """Nothing grows old where nothing has a time: the hint names the field that may hold it."""
    inputs, _ = read(data, window=True)
    assert [each.removeprefix("--window: ")[: len(hint)] for each in inputs.hints] == ([hint] if hint else [])
    assert not read(data)[0].hints


@pytest.mark.parametrize(
    ("data", "names", "hints"),
    [
        (b'{"text": "one"}\n', {"time": "when", "id": None}, ["--time when: no line has a value there"]),
        (b'{"text": "one", "when": null}\n', {"time": "when"}, ["--time when: no line has a value there"]),
        (b'{"text": "one"}\n{"text": "two", "when": 5}\n', {"time": "when"}, []),
        (as_parquet(), {"time": "when", "source": "paper"}, ["--source paper: no row has a value there"]),
        (b"one\n", {"id": "key"}, ["--id key: no line has a value there"]),
        (b"", {"id": "key"}, []),
    ],
)
def test_a_name_that_nothing_has_brings_a_hint(tmp_path, data, names, hints):
    """A field that was named and that no line has may be a slip of the pen."""
    (tmp_path / "in").write_bytes(data)
    inputs = Inputs([str(tmp_path / "in")], names, "lines")
    list(inputs.batches())
    assert inputs.hints == hints
