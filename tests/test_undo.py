"""Nothing is taken out without a trace: ledgers, rejects, and the way back."""

import io
import json

import pyarrow
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from test_cli import BODY, BRIDGE, FEED, FEED_LINES, MENAFN, POOL, SEED, SEED_TEXT, call  # noqa: F401

import dedup

WASHED = json.dumps({"text": SEED_TEXT.decode(), "n": 1.50}).encode() + b"\n"
ODD = WASHED.replace(b"e", b"\\u0065", 1).replace(b"\\n", b"\\u000a", 2)
# name, options, bytes
FEEDS = [
    ("the example feed", [], FEED.read_bytes()),
    ("odd spellings", [], WASHED[:-1] + b"\r\n" + ODD + b' {"text": null}'),
    ("bad bytes", [], WASHED.replace(b"e", b"\xff", 20) + b'{"text": "\xff", "a": "\xfe"}\n'),
    ("lines that cannot be read", [], b'{"text": "one"}\n{oops\n\n{oops\n{"text": "one"}\n'),
    ("lines of text", ["--lines"], b"cat\ncat \xff\r\n(Reporting by Ann Lee; Editing by Max Roe)\ncat\n"),
    ("texts between NULs", ["-z"], SEED_TEXT + b"\0" + BODY + MENAFN + b"\0" + SEED_TEXT),
    ("nothing", [], b""),
]


@pytest.mark.parametrize("verb", ["clean", "filter"])
@pytest.mark.parametrize(("options", "data"), [case[1:] for case in FEEDS], ids=[case[0] for case in FEEDS])
def test_a_run_can_be_undone(call, tmp_path, verb, options, data):  # noqa: F811
    """Output and ledger together are the input, to the byte."""
    (tmp_path / "in").write_bytes(data)
    extra = ["--rejects", tmp_path / "rejects"]
    ran = call(verb, *options, "--ledger", tmp_path / "ledger", *extra, tmp_path / "in", "-o", tmp_path / "out")
    assert ran.complaints == [] or b"oops" in data or b"\xff" in data
    back = call(verb, "--undo", tmp_path / "ledger", tmp_path / "out")
    assert (back.status, back.out, back.err) == (0, data, "")


def test_whole_texts_can_be_undone(call, tmp_path):  # noqa: F811
    """Cleaned files that came out one after the other are taken apart again."""
    (tmp_path / "b").write_bytes(b"no line end \xff")
    ran = call("clean", "--ledger", tmp_path / "ledger", SEED, tmp_path / "b", SEED, "-o", tmp_path / "out")
    assert ran.status == 2
    assert (tmp_path / "out").read_bytes() == BODY + b"no line end \xff" + BODY
    back = call("clean", "--undo", tmp_path / "ledger", tmp_path / "out")
    assert back.out == SEED_TEXT + b"no line end \xff" + SEED_TEXT


@given(st.lists(st.sampled_from([*POOL, WASHED, ODD]), max_size=9), st.sampled_from(["clean", "filter"]))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_run_can_be_undone(call, tmp_path, lines, verb):  # noqa: F811
    """Whatever lines come, all of them come back."""
    data = b"".join([b'{"text":"one"}\n', *lines])
    (tmp_path / "in").write_bytes(data)
    call(verb, "--ledger", tmp_path / "ledger", tmp_path / "in", "-o", tmp_path / "out")
    assert call(verb, "--undo", tmp_path / "ledger", tmp_path / "out").out == data


def test_a_ledger_tells_why(call, tmp_path):  # noqa: F811
    """Each entry names the line, and the reason in the words of the verdict."""
    call("filter", "--ledger", tmp_path / "drops", FEED, "-o", tmp_path / "out")
    head, *drops = map(json.loads, (tmp_path / "drops").read_bytes().splitlines())
    assert head == {"ledger": 1, "verb": "filter", "end": "\n"}
    for drop in drops:
        assert drop["dropped"].encode() == FEED_LINES[drop["line"] - 1]
        assert drop["relation"] in ("exact", "near", "excerpt")
    call("clean", "--ledger", tmp_path / "cuts", FEED, "-o", tmp_path / "out")
    head, *cuts = map(json.loads, (tmp_path / "cuts").read_bytes().splitlines())
    for cut in cuts:
        text = json.loads(FEED_LINES[cut["line"] - 1])["text"]
        assert all(text[span["start"] : span["end"]] == span["text"] for span in cut["removed"])
        assert all({"kind", "template", "reason"} <= span.keys() for span in cut["removed"])
        assert "raw" not in cut


def test_the_library_undoes_too():
    """`dedup.restore` is what --undo calls."""
    ledger = [b'{"ledger": 1, "verb": "filter", "end": "\\n"}', b'{"line": 1, "dropped": "a\\n"}']
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
def test_a_ledger_that_does_not_fit(call, tmp_path, data, words):  # noqa: F811
    """What is no ledger, or not that of the output, is an error and no guess."""
    (tmp_path / "ledger").write_bytes(data)
    (tmp_path / "out").write_bytes(b"one line\n")
    ran = call("filter", "--undo", tmp_path / "ledger", tmp_path / "out")
    assert ran.status == 2
    assert words in ran.err


@pytest.mark.parametrize("verb", ["clean", "filter", "cluster"])
def test_rejects_are_put_aside(call, tmp_path, verb):  # noqa: F811
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


def test_rows_of_tables_pass_whole(call, tmp_path):  # noqa: F811
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
    assert "write JSONL" in call("filter", FEED, "-o", tmp_path / "kept.parquet").err
    assert "write JSONL" in call("filter", "--mark", tmp_path / "in.parquet", "-o", tmp_path / "x.parquet").err


def test_filtering_whole_files_names_those_to_keep(call, tmp_path):  # noqa: F811
    """With --whole each file is a document."""
    paths = [tmp_path / name for name in "abc"]
    for path, text in zip(paths, (BRIDGE, BRIDGE.upper(), "Another story."), strict=True):
        path.write_text(text)
    ran = call("filter", "--whole", *paths, "-D", tmp_path / "dropped")
    assert ran.out.decode().split() == [str(paths[0]), str(paths[2])]
    assert (tmp_path / "dropped").read_text().split() == [str(paths[1])]


def test_clusters_are_those_of_the_library(call):  # noqa: F811
    """One object per cluster, largest first; every document is in one of them."""
    clusters = call("cluster", FEED).objects
    sizes = [cluster["size"] for cluster in clusters]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(sizes) == len(FEED_LINES)
    for cluster in clusters:
        assert cluster["size"] == 1 + len(cluster["members"])
        assert cluster["floor"] == min([1.0, *(member["resemblance"] for member in cluster["members"])])
