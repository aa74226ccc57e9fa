"""What a run says of its input: which lines are meant, what was wrong with them, and how many there were."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import zstandard
from command import POSIX, complaint, jsonl, run
from samples import BRIDGE, FERRY

DAYS = ["2026-01-01", "11/01/2026", None, "2026-01-21"]
DATED = jsonl(*({"id": str(n), "text": BRIDGE, "when": day} for n, day in enumerate(DAYS)))
UNREADABLE = "line 2: the time '11/01/2026' cannot be read, and counts as now; write ISO 8601, RFC 2822, or seconds"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A directory to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# options, whether times are told of
TIMES = [("--window 5d --time when", True), ("--time when", True), ("", False), ("--text text", False)]


@pytest.mark.parametrize(("options", "told"), TIMES, ids=[case[0] or "no option" for case in TIMES])
@pytest.mark.parametrize("verb", ["filter", "clean"])
def test_times_are_told_of_where_they_matter(place, call, verb, options, told):
    """A time that cannot be read counts as now: with a window, or a field that was named, that is shown and counted."""
    (place / "feed").write_bytes(DATED)
    if verb == "clean" and "--window" in options:
        return
    ran = call(verb, *options.split(), "feed", "--stats", "stats")
    assert ran.status == (2 if told else 0)
    assert [UNREADABLE in line for line in ran.complaints] == [True] * told
    assert ("; 1 without time, 1 unreadable time; " in ran.summary) is told
    stats = json.loads((place / "stats").read_bytes())
    expected = (1, 1) if "when" in options else (4, 0)
    assert (stats["without_time"], stats["unreadable_time"]) == expected


# options, times of lines, what is said of them, those of the figures
SPANS = [
    (
        "--window 7d",
        ["2026-01-21", None, "20260102030405", "2026-01-03"],
        "2026-01-02 to 2026-01-21",
        ["2026-01-02T03:04:05+00:00", "2026-01-21T00:00:00+00:00"],
    ),
    ("--time time", ["Fri, 02 Jan 2026 23:30:00 -0100"], "2026-01-03 to 2026-01-03", ["2026-01-03T00:30:00+00:00"] * 2),
    ("", ["2026-01-21"], "", ["2026-01-21T00:00:00+00:00"] * 2),
    (
        "--window 7d",
        [20, "0001-01-01"],
        "0001-01-01 to 1970-01-01",
        ["0001-01-01T00:00:00+00:00", "1970-01-01T00:00:20+00:00"],
    ),
    ("--window 7d", [None, "soon"], "", [None, None]),
]


@pytest.mark.parametrize(("options", "times", "said", "figures"), SPANS)
def test_the_first_and_the_last_time_are_told(place, call, options, times, said, figures):
    """What times were read as shows where they matter, and always in the figures."""
    (place / "feed").write_bytes(jsonl(*({"text": BRIDGE, "time": time} for time in times)))
    ran = call("filter", *options.split(), "feed", "--stats", "stats")
    assert re.findall(r"; times (.*?);", ran.summary) == ([said] if said else [])
    stats = json.loads((place / "stats").read_bytes())
    assert [stats["first_time"], stats["last_time"]] == figures


@pytest.mark.parametrize("days", [[1, 2, 3], [3, 1, 2], [None, 2, 1], [2, None, None]])
def test_the_times_are_those_of_all_runs_that_make_up_one(place, call, days):
    """A run on a store that is gone on with tells of what came before, too."""
    lines = [jsonl({"text": f"{n} {BRIDGE}", "time": day and f"2026-01-0{day}"}) for n, day in enumerate(days)]
    for many in range(1, 4):
        (place / "feed").write_bytes(b"".join(lines[:many]))
        summary = call("filter", "--window", "7d", "--store", "seen", "-o", "out", "feed").summary
    known = [day for day in days if day]
    assert f"; times 2026-01-0{min(known)} to 2026-01-0{max(known)};" in summary


def test_a_window_over_what_has_no_times(place, call):
    """Without any time everything is within the window; that is said, and that no line has the field."""
    (place / "feed").write_bytes(DATED)
    ran = call("filter", "--window", "5d", "--time", "nosuch", "feed")
    assert ran.complaints == ["dedup filter: --time nosuch: no line has a value there"]
    assert "; 4 without time; " in ran.summary


# verb, figures that are there although nothing was counted
ZEROS = [
    ("filter", ["kept", "dropped", "new", "exact", "near", "excerpt", "expansion", "update"]),
    ("clean", ["documents", "touched", "spans", "labelled", "characters", "removed"]),
    ("cluster", ["clusters", "alone", "largest"]),
    ("learn", ["templates", "confident", "proposed", "accepted", "rejected"]),
]
FAULTS = ["lines", "malformed", "bad_bytes", "without_text", "blank", "without_time", "unreadable_time", "put_aside"]


@pytest.mark.parametrize(("verb", "figures"), ZEROS, ids=[case[0] for case in ZEROS])
def test_every_figure_is_there(place, call, verb, figures):
    """What was not met is 0, so that a program need not ask whether it is there."""
    (place / "none").write_bytes(b"")
    call(verb, "--lines", "none", "--stats", "stats")
    stats = json.loads((place / "stats").read_bytes())
    assert {name: stats.get(name) for name in (*figures, *FAULTS)} == dict.fromkeys((*figures, *FAULTS), 0)


@pytest.mark.parametrize("strict", [[], ["--strict"]], ids=["lenient", "strict"])
def test_of_several_files_the_one_is_named(place, strict):
    """The number is that of the line in its file; a single file needs no name."""
    good = jsonl({"text": BRIDGE}, {"text": FERRY})
    (place / "good.jsonl").write_bytes(good)
    (place / "bad.jsonl").write_bytes(good + b"{oops\n")
    several = complaint(run("filter", *strict, "good.jsonl", "bad.jsonl", cwd=place))
    assert several.startswith("bad.jsonl: line 3: not JSON")
    piped = complaint(run("filter", *strict, "good.jsonl", "-", cwd=place, stdin=b'{"text": "a"}\n{oops\n'))
    assert piped.startswith("standard input: line 2: not JSON")
    assert complaint(run("filter", *strict, "bad.jsonl", cwd=place)).startswith("line 3: not JSON")


def test_a_summary_calls_files_files(place, call):
    """Whole files are no lines, and standard input is called as a command takes it."""
    (place / "a").write_text(BRIDGE)
    ran = run("filter", "--whole", "a", "-", cwd=place, stdin=FERRY.encode())
    assert ran.out == b"a\n-\n"
    assert ran.summary.startswith("dedup filter: 2 files in, 2 kept")


@POSIX
@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_a_pipe_may_be_packed(pack):
    """What comes packed through a pipe, which has no name, is unpacked."""
    story = jsonl({"text": BRIDGE})
    assert run("filter", stdin=pack(story * 2)).out == story
    assert run("clean", stdin=pack(BRIDGE.encode())).out == BRIDGE.encode()


def test_documents_with_one_id_are_two(place, call):
    """In `cluster` none takes the place of another: the later is called by its id and line, and that is said."""
    lines = [
        {"id": "1", "text": BRIDGE},
        {"id": "1", "text": FERRY},
        {"id": "1#4", "text": "x"},
        {"id": "1", "text": BRIDGE},
    ]
    (place / "feed").write_bytes(jsonl(*lines))
    ran = call("cluster", "feed")
    first, *others = ran.objects
    assert (first["canonical"], [member["id"] for member in first["members"]]) == ("1", ["1#4#4"])
    assert sorted(each["canonical"] for each in others) == ["1#2", "1#4"]
    assert "; 2 with the id of an earlier one, called ID#LINE; " in ran.summary
    (place / "feed").write_bytes(jsonl(*lines[:1]))
    assert "ID#LINE" not in call("cluster", "feed").summary


MARKET = "Traders at the fish market asked on Tuesday for longer hours, and the council will vote next week."
TELLINGS = [("1", BRIDGE), ("2", FERRY)], [("1", MARKET), ("2", BRIDGE), ("3", FERRY), ("1", MARKET)]
ONE_RUN, TWO_RUNS = [["0", "1"]], [["0"], ["1"]]


@pytest.mark.parametrize("runs", [ONE_RUN, TWO_RUNS], ids=["one run", "two runs on a store"])
def test_an_id_that_comes_again_makes_no_filter_forget(place, call, runs):
    """Of files that each count their documents, none makes `filter` forget what another says under its ids."""
    for number, tellings in enumerate(TELLINGS):
        (place / str(number)).write_bytes(jsonl(*({"id": id, "text": text} for id, text in tellings)))
    for files in runs:
        ran = call("filter", "--store", "seen", "-o", "out", "-D", "dropped", "--stats", "stats", *files)
    dropped = [(entry["id"], entry["text"]) for entry in map(json.loads, (place / "dropped").read_bytes().splitlines())]
    assert dropped == [("2", BRIDGE), ("3", FERRY), ("1", MARKET)]
    assert "; 1 with the id of an earlier one, called ID#LINE; " in ran.summary
    assert json.loads((place / "stats").read_bytes())["renamed"] == 1
    again = call("filter", "--store", "seen", "-o", "new", *files, "--stats", "again")
    assert "nothing is new: an earlier run on this store has read this input" in again.summary
    assert json.loads((place / "again").read_bytes())["renamed"] == 0


def test_a_mark_names_a_document_apart(place, call):
    """Which of the documents with one id was met is told by its line, as `cluster` does."""
    told = [("1#3", MARKET), ("1", BRIDGE), ("1", FERRY), ("1", FERRY.upper()), ("2", MARKET), ("2", BRIDGE)]
    (place / "feed").write_bytes(jsonl(*({"id": id, "text": text} for id, text in told)))
    marks = [entry["dedup"] for entry in call("filter", "--mark", "feed").objects]
    assert [mark.get("id") for mark in marks] == [None, None, None, "1#3#3", "1#3", "1"]


LEAP = "line {}: its time, {}, is more than the window after all before it (up to {})"
# name, days after the first line, how many come too late, the line of the leap that is told of and the day before it
LATECOMERS = [
    ("in order", [0, 1, 2, 9], 0, None, 0),
    ("a gap", [0, 20, 21, 30], 0, None, 0),
    ("late without a leap", [0, 6, 12, 3, 18, 0], 2, None, 0),
    ("a time in the future", [0, 1, 9000, 1, 2], 2, 3, 1),
    ("the longest leap", [0, 20, 1, 900, 21, 22], 3, 4, 20),
    ("a leap after which nothing is late", [0, 20, 1, 900], 1, 2, 0),
]


@pytest.mark.parametrize("options", [[], ["--line-buffered"], ["--store", "seen"]], ids=" ".join)
@pytest.mark.parametrize(
    ("days", "late", "line", "before"), [each[1:] for each in LATECOMERS], ids=[each[0] for each in LATECOMERS]
)
def test_what_comes_too_late_is_counted(place, call, options, days, late, line, before):
    """What a window is too short for is told of, and the line that brought all others to the end of it."""
    times = [(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)).isoformat() for day in days]
    (place / "feed").write_bytes(jsonl(*({"id": str(n), "text": str(n), "time": time} for n, time in enumerate(times))))
    ran = call("filter", "--window", "7d", "feed", "--stats", "stats", *options)
    assert json.loads((place / "stats").read_bytes())["late"] == late
    assert (f"; {late} older than the window, not remembered; " in ran.summary) is bool(late)
    told = [each for each in ran.complaints if "is more than the window after" in each]
    expected = LEAP.format(line, times[line - 1], times[days.index(before)]) if line else ""
    assert (len(told), expected in "".join(told)) == (bool(line), True)


# name, contents of the file, words of the message
RULES = [
    (
        "another name of the table",
        '[[templates]]\nid = "a"\n',
        "has the unknown key 'templates'; write each template as",
    ),
    ("not a list of tables", "template = [3]\n", "write each template as [[template]]"),
    ("a list of numbers", '[[template]]\nid = "a"\nkind = "learned"\nlines = [3]\n', "'a': lines is [3]; see docs"),
    ("a pattern that is a number", '[[template]]\nid = "a"\nkind = "learned"\npattern = 3\n', "'a': pattern is 3; see"),
    (
        "a day of TOML",
        '[[template]]\nid = "a"\nkind = "learned"\nshape = "x"\nsince = 2026-01-05\n',
        "since is datetime",
    ),
    ("a kind nobody knows", '[[template]]\nid = "a"\nkind = "ad"\nshape = "x"\n', "'a': kind is 'ad'"),
]


@pytest.mark.parametrize(("text", "words"), [case[1:] for case in RULES], ids=[case[0] for case in RULES])
@pytest.mark.parametrize("command", ["clean --rules", "learn --update"])
def test_rules_that_are_none(place, call, command, text, words):
    """A file that holds no templates as they are written is named, with what is wrong."""
    (place / "feed").write_bytes(DATED)
    (place / "rules.toml").write_text(text)
    ran = call(*command.split(), "rules.toml", "feed")
    assert (ran.status, ran.out) == (2, b"")
    (line,) = ran.err.splitlines()
    assert "rules.toml" in line
    assert words in line


def test_rules_of_nothing_are_rules(place, call):
    """What `learn` writes where nothing repeats can be used."""
    (place / "feed").write_bytes(DATED)
    assert call("learn", "feed", "-o", "rules.toml").status == 0
    assert (place / "rules.toml").read_bytes() == b""
    assert call("clean", "--rules", "rules.toml", "feed").status == 0


SOURCE = {"source": "a", "documents": 40, "templates": {"": {"documents": 4, "words": 9}}}
# reports in which something is of another type, which would be met when the run is over
TYPES = [
    {"sources": [SOURCE, SOURCE | {"source": None}], "kept": []},
    {"sources": [SOURCE | {"documents": "40"}], "kept": []},
    {"sources": [SOURCE | {"templates": {"": {"documents": None, "words": 9}}}], "kept": []},
    {"sources": [SOURCE | {"templates": {"": {"documents": 41, "words": 9}}}], "kept": []},
]


@pytest.mark.parametrize("text", ["{}", "[1]", "oops", *map(json.dumps, TYPES)])
def test_a_run_report_that_is_none(place, call, text):
    """The file is named that is no run report."""
    (place / "feed").write_bytes(DATED)
    (place / "run.json").write_text(text)
    assert complaint(call("clean", "--compare-run", "run.json", "feed")).startswith("run.json: this is no run report")
