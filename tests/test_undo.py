"""Nothing is taken out without a trace: ledgers, rejects, and the way back."""

import io
import json
import zlib

import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from samples import BODY, BRIDGE, FEED, FEED_LINES, MENAFN, POOL, SEED, SEED_TEXT

import dedup
from dedup.records import ledger
from dedup.records.lines import Line

WASHED = json.dumps({"text": SEED_TEXT.decode(), "n": 1.50}).encode() + b"\n"
ODD = WASHED.replace(b"e", b"\\u0065", 1).replace(b"\\n", b"\\u000a", 2)
# name, options, bytes
FEEDS = [
    ("the example feed", [], FEED.read_bytes()),
    ("odd spellings", [], WASHED[:-1] + b"\r\n" + ODD + b' {"text": null}'),
    ("bad bytes", [], WASHED.replace(b"e", b"\xff", 20) + b'{"text": "\xff", "a": "\xfe"}\n'),
    ("byte order marks", [], b"\xef\xbb\xbf" + WASHED + b"\xef\xbb\xbf" + ODD),
    ("numbers of 5,000 digits", [], WASHED[:-2] + b', "x": ' + b"1" * 5000 + b"}\n" + WASHED),
    ("lines that cannot be read", [], b'{"text": "one"}\n{oops\n\n{oops\n{"text": "one"}\n'),
    ("lines of text", ["--lines"], b"cat\ncat \xff\r\n(Reporting by Ann Lee; Editing by Max Roe)\ncat\n"),
    ("texts between NULs", ["-z"], SEED_TEXT + b"\0" + BODY + MENAFN + b"\0" + SEED_TEXT),
    ("nothing", [], b""),
]


@pytest.mark.parametrize("verb", ["clean", "filter"])
@pytest.mark.parametrize(("options", "data"), [case[1:] for case in FEEDS], ids=[case[0] for case in FEEDS])
def test_a_run_can_be_undone(call, tmp_path, verb, options, data):
    """Output and ledger together are the input, to the byte."""
    (tmp_path / "in").write_bytes(data)
    extra = ["--rejects", tmp_path / "rejects"]
    ran = call(verb, *options, "--ledger", tmp_path / "ledger", *extra, tmp_path / "in", "-o", tmp_path / "out")
    assert ran.complaints == [] or b"oops" in data or b"\xff" in data
    back = call(verb, "--undo", tmp_path / "ledger", tmp_path / "out")
    assert (back.status, back.out, back.err) == (0, data, "")


def test_whole_texts_can_be_undone(call, tmp_path):
    """Cleaned files that came out one after the other are taken apart again."""
    (tmp_path / "b").write_bytes(b"no line end \xff")
    ran = call("clean", "--ledger", tmp_path / "ledger", SEED, tmp_path / "b", SEED, "-o", tmp_path / "out")
    assert ran.status == 2
    assert (tmp_path / "out").read_bytes() == BODY + b"no line end \xff\n" + BODY
    back = call("clean", "--undo", tmp_path / "ledger", tmp_path / "out")
    assert back.out == SEED_TEXT + b"no line end \xff" + SEED_TEXT


@given(st.lists(st.sampled_from([*POOL, WASHED, ODD]), max_size=9), st.sampled_from(["clean", "filter"]))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_run_can_be_undone(call, tmp_path, lines, verb):
    """Whatever lines come, all of them come back."""
    data = b"".join([b'{"text":"one"}\n', *lines])
    (tmp_path / "in").write_bytes(data)
    call(verb, "--ledger", tmp_path / "ledger", tmp_path / "in", "-o", tmp_path / "out")
    assert call(verb, "--undo", tmp_path / "ledger", tmp_path / "out").out == data


def test_a_ledger_tells_why(call, tmp_path):
    """Each entry names the line, and the reason in the words of the verdict."""
    call("filter", "--ledger", tmp_path / "drops", FEED, "-o", tmp_path / "out")
    head, *drops, end = map(json.loads, (tmp_path / "drops").read_bytes().splitlines())
    assert head == {"ledger": 1, "verb": "filter", "end": "\n"}
    for drop in drops:
        assert drop["dropped"].encode() == FEED_LINES[drop["line"] - 1]
        assert drop["relation"] in ("exact", "near", "excerpt")
    assert end == {"sum": zlib.crc32((tmp_path / "out").read_bytes())}
    call("clean", "--ledger", tmp_path / "cuts", FEED, "-o", tmp_path / "out")
    head, *cuts, end = map(json.loads, (tmp_path / "cuts").read_bytes().splitlines())
    assert end == {"sum": zlib.crc32((tmp_path / "out").read_bytes())}
    for cut in cuts:
        text = json.loads(FEED_LINES[cut["line"] - 1])["text"]
        assert all(text[span["start"] : span["end"]] == span["text"] for span in cut["removed"])
        assert all({"kind", "template", "reason"} <= span.keys() for span in cut["removed"])
        assert "raw" not in cut


def test_the_library_undoes_too():
    """`dedup.restore` is what --undo calls."""
    drop = json.dumps({"line": 1, "dropped": "a\n", "sum": 0}).encode()
    ledger = [b'{"ledger": 1, "verb": "filter", "end": "\\n"}', drop, b'{"sum": %d}' % zlib.crc32(b"b\n")]
    assert list(dedup.restore(io.BytesIO(b"b\n"), ledger)) == [b"a\n", b"b\n"]


LEDGERS = [
    ("nothing", b"", "not a ledger"),
    ("another file", FEED.read_bytes(), "not a ledger"),
    ("no JSON", b"oops\n", "line 1 of the ledger is not JSON"),
    (
        "of another output",
        b'{"ledger": 1, "verb": "filter", "end": "\\n"}\n{"line": 9, "dropped": "a"}\n',
        "before line 2",
    ),
]


@pytest.mark.parametrize(("data", "words"), [case[1:] for case in LEDGERS], ids=[case[0] for case in LEDGERS])
def test_a_ledger_that_does_not_fit(call, tmp_path, data, words):
    """What is no ledger, or not that of the output, is an error and no guess."""
    (tmp_path / "ledger").write_bytes(data)
    (tmp_path / "out").write_bytes(b"one line\n")
    ran = call("filter", "--undo", tmp_path / "ledger", tmp_path / "out")
    assert ran.status == 2
    assert words in ran.err
    assert str(tmp_path / "ledger") in ran.err


def ledgers(call, tmp_path):
    """Filter and clean the example feed, each with its ledger."""
    for verb in ("filter", "clean"):
        call(verb, "--ledger", tmp_path / f"{verb}.ledger", FEED, "-o", tmp_path / verb)
    call("clean", "--ledger", tmp_path / "whole.ledger", SEED, SEED, "-o", tmp_path / "whole")


LINES_OUT = b"".join(FEED_LINES[:40])
# name, verb, ledger, bytes in place of its output (None: the output of the other verb), words
OTHERS = [
    ("the input in place of the output", "clean", "clean", FEED.read_bytes(), "not the one the ledger tells of"),
    ("lines of another file", "filter", "filter", LINES_OUT, "not the one the ledger tells of"),
    ("the output of another verb", "clean", "clean", None, "not the one the ledger tells of"),
    ("a text that is no JSON", "clean", "clean", b"oops\n" * 56, "not the one the ledger tells of"),
    ("one text in place of two", "clean", "whole", BODY, "not the one the ledger tells of"),
    ("a ledger of another verb", "clean", "filter", FEED.read_bytes(), "is of dedup filter: pass it to dedup filter"),
]


@pytest.mark.parametrize(
    ("verb", "name", "data", "words"), [case[1:] for case in OTHERS], ids=[case[0] for case in OTHERS]
)
def test_an_output_that_is_not_the_ledgers(call, tmp_path, verb, name, data, words):
    """What was not written by the run of the ledger is not taken for it, whatever it looks like."""
    ledgers(call, tmp_path)
    (tmp_path / "other").write_bytes((tmp_path / "filter").read_bytes() if data is None else data)
    ran = call(verb, "--undo", tmp_path / f"{name}.ledger", tmp_path / "other")
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert words in ran.err
    assert f"{name}.ledger: " in ran.err


@pytest.mark.parametrize("change", ["more", "fewer", "changed"])
@pytest.mark.parametrize("name", ["clean", "filter"])
def test_the_end_of_an_output_counts_too(call, tmp_path, name, change):
    """Lines after the last that the ledger tells of are those that were written."""
    ledgers(call, tmp_path)
    lines = (tmp_path / name).read_bytes().splitlines(keepends=True)
    lines = {"more": [*lines, lines[-1]], "fewer": lines[:-1], "changed": [*lines[:-1], b"{}\n"]}[change]
    (tmp_path / name).write_bytes(b"".join(lines))
    ran = call(name, "--undo", tmp_path / f"{name}.ledger", tmp_path / name)
    assert ran.status == 2
    assert f"{name}.ledger: " in ran.err


def test_a_ledger_without_its_end(call, tmp_path):
    """Of a run that was killed, there may be lines the ledger tells nothing of."""
    ledgers(call, tmp_path)
    entries = (tmp_path / "filter.ledger").read_bytes().splitlines(keepends=True)
    (tmp_path / "filter.ledger").write_bytes(b"".join(entries[:-1]))
    ran = call("filter", "--undo", tmp_path / "filter.ledger", tmp_path / "filter")
    assert (ran.status, ran.out) == (2, FEED.read_bytes())
    assert "the ledger lacks its end" in ran.err


def cut(pieces, *, json_line):
    """Return what was written of a text of pieces, of which every second was removed, its ledger, and the input."""
    text, kept, spans = "".join(pieces), "".join(pieces[::2]), []
    at = 0
    for number, piece in enumerate(pieces):
        if number % 2:
            spans.append(dedup.Span(at, at + len(piece), "learned", "t", 1.0, {}, "remove", "known"))
        at += len(piece)

    def raw(of):
        return json.dumps({"text": of}).encode() + b"\n" if json_line else of.encode() + b"\n"

    name = "text" if json_line else ""
    line = Line(raw(text), 1, dedup.Document("1", text), name)
    entry = ledger.removed(line, line.document, dedup.Cleaned(kept, tuple(spans)), raw(kept), zlib.crc32(raw(kept)))
    return raw(kept), [ledger.header("clean", b"\n"), entry, ledger.end(zlib.crc32(raw(kept)))], raw(text)


@given(st.lists(st.text("ab é😀"), max_size=12), st.booleans())
def test_all_spans_come_back_in_their_places(pieces, json_line):
    """Also those that are empty, that touch, or that stand at either end; the ledger need not hold the line again."""
    written, entries, expected = cut(pieces, json_line=json_line)
    assert b'"raw"' not in entries[1]
    assert b"".join(dedup.restore(io.BytesIO(written), entries)) == expected


@pytest.mark.parametrize("json_line", [True, False])
def test_many_spans_cost_what_they_hold(json_line):
    """A text of 12 MB with 100,000 spans: to copy all of it for each would take minutes."""
    written, entries, expected = cut(
        ["A story of that day, and more of it, told at length. " * 2, "Read on. "] * 100_000, json_line=json_line
    )
    assert b"".join(dedup.restore(io.BytesIO(written), entries)) == expected


# arguments, words
CONTRADICTIONS = [
    ("clean --undo ledger out --explain --strict", "leave out --explain, --strict"),
    ("clean --undo ledger out --policy aggressive", "leave out --policy"),
    ("clean --undo ledger out --run-report report", "leave out --run-report"),
    ("filter --undo ledger out -z", "leave out --null"),
    ("filter --undo ledger out --whole", "leave out --whole"),
    ("filter --undo ledger out --store seen", "leave out --store"),
    ("filter --undo ledger out --text body", "leave out --text"),
    ("filter --mark --ledger ledger out", "leave out --mark and --whole"),
    ("filter --whole --ledger ledger out", "leave out --mark and --whole"),
    ("clean --diff --ledger ledger out", "leave out --annotate, --explain and --diff"),
]


@pytest.mark.parametrize(("command", "words"), CONTRADICTIONS, ids=[case[0] for case in CONTRADICTIONS])
def test_options_that_contradict_a_ledger(call, tmp_path, monkeypatch, command, words):
    """What undoing has no use for is refused, and so is a ledger of what cannot be undone."""
    monkeypatch.chdir(tmp_path)
    ran = call(*command.split())
    assert ran.status == 2
    assert words in ran.err


@pytest.mark.parametrize("verb", ["clean", "filter", "cluster"])
def test_rejects_are_put_aside(call, tmp_path, verb):
    """Lines that cannot be read go to the file, to the byte, and not to the output; they count as before."""
    data = b'{"text": "one"}\n{oops \xff\n\n[1]\n{"text": "two"}'
    (tmp_path / "in").write_bytes(data)
    ran = call(verb, "--rejects", tmp_path / "rejects", "--stats", tmp_path / "stats", tmp_path / "in")
    assert ran.status == 2
    assert (tmp_path / "rejects").read_bytes() == b"{oops \xff\n[1]\n"
    assert b"oops" not in ran.out
    assert "2 malformed" in ran.summary
    stats = json.loads((tmp_path / "stats").read_bytes())
    assert (stats["verb"], stats["lines"], stats["malformed"], stats["blank"]) == (verb, 5, 2, 1)
    assert stats["bytes"] == len(data)


def test_rows_of_tables_pass_whole(call, tmp_path):
    """Parquet in, Parquet out: kept rows have every column as it was; of cleaned ones only the text changes."""
    schema = pyarrow.schema([("text", pyarrow.large_string()), ("n", pyarrow.int8()), ("at", pyarrow.timestamp("ns"))])
    rows = [
        {"text": SEED_TEXT.decode(), "n": 1, "at": 5},
        {"text": BRIDGE, "n": 2, "at": None},
        {"text": BRIDGE, "n": 3, "at": 7},
    ]
    table = pyarrow.Table.from_pylist(rows, schema)
    parquet.write_table(table, tmp_path / "in.parquet", row_group_size=2)
    call("filter", tmp_path / "in.parquet", "-o", tmp_path / "kept.parquet", "-D", tmp_path / "dropped.parquet")
    assert parquet.read_table(tmp_path / "kept.parquet") == table.slice(0, 2)
    assert parquet.read_table(tmp_path / "dropped.parquet") == table.slice(2)
    call("clean", tmp_path / "in.parquet", "-o", tmp_path / "clean.parquet")
    clean = parquet.read_table(tmp_path / "clean.parquet")
    assert clean.drop_columns("text") == table.drop_columns("text")
    assert clean.schema == table.schema
    assert clean["text"].to_pylist() == [BODY.decode(), BRIDGE, BRIDGE]


def test_filtering_whole_files_names_those_to_keep(call, tmp_path):
    """With --whole each file is a document."""
    paths = [tmp_path / name for name in "abc"]
    for path, text in zip(paths, (BRIDGE, BRIDGE.upper(), "Another story."), strict=True):
        path.write_text(text)
    ran = call("filter", "--whole", *paths, "-D", tmp_path / "dropped")
    assert ran.out.decode().split() == [str(paths[0]), str(paths[2])]
    assert (tmp_path / "dropped").read_text().split() == [str(paths[1])]


def test_clusters_are_those_of_the_library(call):
    """One object per cluster, largest first; every document is in one of them."""
    clusters = call("cluster", FEED).objects
    sizes = [cluster["size"] for cluster in clusters]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == len(FEED_LINES)
    for cluster in clusters:
        assert cluster["size"] == 1 + len(cluster["members"])
        assert cluster["floor"] == min([1.0, *(member["resemblance"] for member in cluster["members"])])
