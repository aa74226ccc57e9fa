"""No file is read and written at once, nor written for two things; Parquet is written where there are rows."""

import json
import shlex

import pyarrow
import pytest
from command import POSIX, complaint, redirected, run
from pyarrow import ipc, parquet
from samples import BRIDGE, FEED, FERRY

ROWS = [{"id": "1", "text": BRIDGE}, {"id": "2", "text": FERRY}, {"id": "3", "text": BRIDGE}]


@pytest.fixture
def place(tmp_path, monkeypatch, call):
    """A directory with a feed, the same as Parquet, rules, a run report, and a store."""
    (tmp_path / "feed.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), tmp_path / "feed.parquet")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alias").symlink_to("feed.jsonl")
    (tmp_path / "dangling").symlink_to("new")
    call("learn", FEED, "-o", "rules.toml")
    call("clean", FEED, "-o", "cleaned", "--run-report", "run.json", "--ledger", "ledger")
    call("filter", "feed.jsonl", "--store", "seen.db", "-o", "kept")
    return tmp_path


# arguments, option that cannot be, what the file is in use as
TWICE = [
    ("clean feed.jsonl -o feed.jsonl", "--output", "the input"),
    ("clean feed.jsonl -o ./alias", "--output", "the input"),
    ("filter feed.jsonl -o feed.jsonl", "--output", "the input"),
    ("filter feed.jsonl -D feed.jsonl", "--dropped", "the input"),
    ("filter feed.parquet -o feed.parquet", "--output", "the input"),
    ("clean feed.parquet -o feed.parquet", "--output", "the input"),
    ("cluster feed.jsonl --stats feed.jsonl", "--stats", "the input"),
    ("filter --store seen.db feed.jsonl -o seen.db", "--output", "--store"),
    ("filter --store seen.db --afresh feed.jsonl --rejects seen.db", "--rejects", "--store"),
    ("clean --rules rules.toml feed.jsonl -o rules.toml", "--output", "--rules"),
    ("clean --compare-run run.json feed.jsonl --run-report run.json", "--run-report", "--compare-run"),
    ("clean --undo ledger cleaned -o ledger", "--output", "--undo"),
    ("clean --undo ledger cleaned -o cleaned", "--output", "the input"),
    ("learn --update rules.toml feed.jsonl -o rules.toml", "--output", "--update"),
    ("filter feed.jsonl -o new -D new", "--dropped", "--output"),
    ("filter feed.jsonl -o new -D dangling", "--dropped", "--output"),
    ("filter feed.parquet -o new.parquet -D new.parquet", "--dropped", "--output"),
    ("filter feed.jsonl -o new --ledger x/../new --stats y", "--ledger", "--output"),
    ("filter feed.jsonl --ledger new --rejects new", "--rejects", "--ledger"),
    ("filter feed.jsonl -D -", "--dropped is standard output", "--output"),
    ("filter feed.jsonl --ledger -", "--ledger is standard output", "--output"),
    ("clean feed.jsonl --stats -", "--stats is standard output", "--output"),
    ("filter feed.jsonl -o new --rejects - --stats -", "--stats is standard output", "--rejects"),
]


@pytest.mark.parametrize(("command", "option", "role"), TWICE, ids=[case[0] for case in TWICE])
def test_a_file_is_in_use_once(place, call, command, option, role):
    """The option and what the file is already are named, before anything is opened: every file stays as it is."""
    (place / "x").mkdir()
    before = {path: path.read_bytes() for path in place.glob("*") if path.is_file()}
    said = complaint(call(*command.split()))
    assert said.startswith(option)
    assert said.endswith(f", in use as {role} already; name another file")
    assert {path: path.read_bytes() for path in place.glob("*") if path.is_file()} == before


# arguments that are in order
ONCE = [
    "filter feed.jsonl -o new -D -",
    "filter feed.jsonl -o /dev/null -D /dev/null",
    "learn feed.jsonl --update rules.toml --stats -",
    "clean --compare-run run.json feed.jsonl --run-report next.json",
]


@pytest.mark.parametrize("command", ONCE)
def test_what_is_not_the_same_is_not_refused(place, call, command):
    """Standard output is free when the output is a file; what keeps nothing can be used for all."""
    assert call(*command.split()).complaints == []


@POSIX
@pytest.mark.parametrize(("verb", "option"), [("clean", "-o"), ("filter", "-o"), ("filter", "-D")])
def test_the_input_is_never_overwritten_from_behind(place, verb, option):
    """An output that is also the file behind standard input is refused as well."""
    before = (place / "feed.jsonl").read_bytes()
    ran = run(verb, option, place / "feed.jsonl", command=redirected(f"<{shlex.quote(str(place / 'feed.jsonl'))}"))
    assert "feed.jsonl, in use as the input" in complaint(ran)
    assert (place / "feed.jsonl").read_bytes() == before


@POSIX
@pytest.mark.parametrize("arguments", [["feed.jsonl"], ["other", "-D", "feed.jsonl"]], ids=["input", "dropped"])
def test_standard_output_is_a_file_too(place, arguments):
    """What is read, or written by name, is not also appended to by the shell."""
    before = (place / "feed.jsonl").read_bytes()
    (place / "other").write_bytes(before)
    ran = run("filter", *arguments, command=redirected(">>feed.jsonl"), cwd=place)
    assert "in use as" in complaint(ran)
    assert (place / "feed.jsonl").read_bytes() == before


def test_rows_are_there_when_all_are(place, call):
    """A Parquet file that is written over is the old one until the new one is whole."""
    (place / "kept.parquet").write_bytes(b"old")
    assert call("filter", "feed.parquet", "-o", "kept.parquet", "-D", "dropped.parquet").complaints == []
    assert parquet.read_table("kept.parquet").to_pylist() == ROWS[:2]
    assert parquet.read_table("dropped.parquet").to_pylist() == ROWS[2:]
    assert not list(place.glob("*.new"))


def test_a_run_that_failed_leaves_the_rows_that_were_there(place, call):
    """What an earlier run wrote stays under its name; what the one that failed wrote, in batches, is in FILE.new."""
    many = pyarrow.table({"id": [str(n) for n in range(2_000)], "text": [f"{n} {BRIDGE}" for n in range(2_000)]})
    parquet.write_table(many, "bad.parquet", row_group_size=1_000, use_dictionary=False, compression="none")
    data = bytearray((place / "bad.parquet").read_bytes())
    second = parquet.ParquetFile("bad.parquet").metadata.row_group(1).column(1).data_page_offset
    data[second : second + 50] = bytes(50)
    (place / "bad.parquet").write_bytes(data)
    for name in ("kept", "cleaned"):
        (place / f"{name}.parquet").write_bytes(b"old")
    for verb, name in (("filter", "kept"), ("clean", "cleaned")):
        ran = call(verb, "bad.parquet", "-o", f"{name}.parquet")
        assert (ran.status, "bad.parquet: " in ran.err) == (2, True)
        assert (place / f"{name}.parquet").read_bytes() == b"old"
    assert parquet.read_table("cleaned.parquet.new").to_pylist() == many.to_pylist()[:768]
    assert call("filter", "--strict", "torn.jsonl", "feed.parquet", "-o", "new.parquet").status == 2
    assert not list(place.glob("new.parquet*"))


@pytest.mark.parametrize(
    "type", [pyarrow.string_view(), pyarrow.binary_view(), pyarrow.binary(), pyarrow.large_binary()], ids=str
)
def test_rows_come_out_whatever_the_texts_are_kept_as(place, call, type):
    """As views, as bytes: the columns are those that came in."""
    texts = [f"{BRIDGE}\n\n(Reporting by Ann Lee)", FERRY, BRIDGE]
    columns = {
        "text": pyarrow.array(texts).cast(pyarrow.binary()).cast(type),
        "tags": pyarrow.array([["a"]] * 3, pyarrow.list_(type)),
    }
    with ipc.new_file("in.arrow", pyarrow.table(columns).schema) as file:
        file.write_table(pyarrow.table(columns))
    assert call("filter", "in.arrow", "-o", "kept.parquet").complaints == []
    assert call("clean", "in.arrow", "-o", "cleaned.parquet").complaints == []
    kept, cleaned = parquet.read_table("kept.parquet"), parquet.read_table("cleaned.parquet")
    assert kept.column("text").cast("string").to_pylist() == texts[:2]
    assert cleaned.column("text").cast("string").to_pylist() == [BRIDGE, *texts[1:]]
    assert kept.schema.types == cleaned.schema.types == [type, pyarrow.list_(type)]


# arguments, words of the message
NO_ROWS = [
    ("clean --annotate feed.parquet -o rows.parquet", "with --annotate lines are written, not rows: write JSONL"),
    ("clean --explain feed.parquet -o rows.parquet", "with --explain lines are written, not rows: write JSONL"),
    ("clean --diff feed.parquet -o rows.parquet", "with --diff lines are written, not rows: write JSONL"),
    ("filter --mark feed.parquet -o rows.parquet", "with --mark lines are written, not rows: write JSONL"),
    ("filter --store s feed.parquet -D rows.parquet", "with --store lines are written, not rows: write JSONL"),
    ("filter --ledger l feed.parquet -o rows.parquet", "with --ledger lines are written, not rows: write JSONL"),
    ("clean --undo ledger cleaned -o rows.parquet", "with --undo lines are written, not rows: write JSONL"),
    ("cluster feed.parquet -o rows.parquet", "only kept or cleaned rows are written as Parquet"),
    ("learn feed.parquet -o rows.parquet", "only kept or cleaned rows are written as Parquet"),
    ("report feed.parquet -o rows.parquet", "only kept or cleaned rows are written as Parquet"),
    ("filter feed.parquet --rejects rows.parquet", "only kept or cleaned rows are written as Parquet"),
    ("filter feed.jsonl -o rows.parquet", "only rows of Parquet or Arrow can be written as Parquet; write JSONL"),
]


@pytest.mark.parametrize(("command", "words"), NO_ROWS, ids=[case[0] for case in NO_ROWS])
def test_nothing_but_rows_is_written_as_parquet(place, call, command, words):
    """A name that ends in .parquet is refused for what is no row."""
    said = complaint(call(*command.split()))
    assert words in said
    assert "rows.parquet" in said


def test_rows_that_parquet_does_not_know(place, call):
    """A type of column that cannot be written ends in a message, not a traceback."""
    table = pyarrow.table({"text": [BRIDGE], "n": pyarrow.array([pyarrow.MonthDayNano([1, 2, 3])])})
    with ipc.new_file("in.arrow", table.schema) as file:
        file.write_table(table)
    said = complaint(call("filter", "in.arrow", "-o", "out.parquet"))
    assert said.startswith("out.parquet: these rows cannot be written as Parquet, write JSONL: ")


# arguments, what is wrong; `good` is a file that was there before
AT_FIRST = [
    ("filter typo.jsonl -o good", "typo.jsonl: no such file"),
    ("filter typo.jsonl -D good", "typo.jsonl: no such file"),
    ("filter feed.jsonl typo.jsonl --ledger good", "typo.jsonl: no such file"),
    ("filter typo.jsonl --rejects good --stats other", "typo.jsonl: no such file"),
    ("filter typo.jsonl --store good.db", "typo.jsonl: no such file"),
    ("filter typo.jsonl --store seen.db --afresh", "typo.jsonl: no such file"),
    ("filter x -o good", "x: is a directory"),
    ("clean typo.jsonl -o good", "typo.jsonl: no such file"),
    ("clean typo.jsonl --run-report good", "typo.jsonl: no such file"),
    ("cluster typo.jsonl -o good", "typo.jsonl: no such file"),
    ("cluster feed.jsonl --rules typo.toml -o good", "typo.toml: no such file"),
    ("report typo.jsonl -o good", "typo.jsonl: no such file"),
    ("report feed.jsonl --rules typo.toml -o good", "typo.toml: no such file"),
    ("learn typo.jsonl -o good", "typo.jsonl: no such file"),
    ("filter feed.jsonl --mark -D good -o other", "--dropped is good, and --mark drops nothing: leave one of them out"),
    (
        "learn --review rules.toml feed.jsonl",
        "--review learns nothing, and asks about the templates of one file: leave",
    ),
    ("learn --review rules.toml --update good", "of one file: leave out --update"),
    ("learn --review rules.toml -o good", "of one file: leave out --output"),
    ("filter '' -o good", "the input is '': the name of a file is empty; name one, or - for standard input"),
    ("clean feed.jsonl '' -o good", "the input is '': the name of a file is empty"),
    ("compare '' feed.jsonl", "the input is '': the name of a file is empty"),
    (
        "compare --rules '' feed.jsonl feed.jsonl",
        "--rules is '': the name of a file is empty; name one, or leave --rules",
    ),
    ("filter feed.jsonl --rules '' -o good", "--rules is '': the name of a file is empty"),
    ("filter feed.jsonl -o ''", "--output is '': the name of a file is empty"),
    ("filter feed.jsonl --store '' -o good", "--store is '': the name of a file is empty"),
    ("filter feed.jsonl --stats '' -o good", "--stats is '': the name of a file is empty"),
    ("learn --review ''", "--review is '': the name of a file is empty"),
]


@pytest.mark.parametrize(("command", "said"), AT_FIRST, ids=[case[0] for case in AT_FIRST])
def test_what_is_wrong_at_first_leaves_all_as_it_is(place, call, command, said):
    """An input that is not there, or options that do not go together, are told before any output is opened."""
    (place / "x").mkdir()
    (place / "good").write_text("what an earlier run wrote")
    before = {path: path.read_bytes() for path in place.glob("*") if path.is_file()}
    ran = call(*shlex.split(command))
    assert ran.status == 2
    assert said in complaint(ran)
    assert {path: path.read_bytes() for path in place.glob("*") if path.is_file()} == before


# name, bytes of the texts, what comes out
TEXTS = [
    ("one", [b"One."], b"One."),
    ("several", [b"One.", b"Two.", b"Three."], b"One.\nTwo.\nThree."),
    ("some that are ended", [b"One.\n", b"Two.", b"Three.\n"], b"One.\nTwo.\nThree.\n"),
    ("one of nothing", [b"One.", b"", b"Three."], b"One.\nThree."),
    ("nothing but that", [b"", b""], b""),
    ("other line ends", [b"One.\r\n", b"\xff"], b"One.\r\n\xff"),
]


@pytest.mark.parametrize(("texts", "expected"), [case[1:] for case in TEXTS], ids=[case[0] for case in TEXTS])
def test_texts_stand_on_lines_of_their_own(place, call, texts, expected):
    """Each is ended before the next; the last keeps its bytes, and all of them come back."""
    names = [f"text{number}" for number in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        (place / name).write_bytes(text)
    call("clean", *names, "-o", "out", "--ledger", "cuts")
    assert (place / "out").read_bytes() == expected
    back = call("clean", "--undo", "cuts", "out")
    assert (back.out, back.err) == (b"".join(texts), "")
    (place / "out").write_bytes(expected + b"x")
    assert call("clean", "--undo", "cuts", "out").status == 2
