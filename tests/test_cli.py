"""The command as its users meet it: real processes, real pipes, bytes in and bytes out."""

import contextlib
import gzip
import json
import os
import random
import re
import signal
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dedup
from dedup.arguments import VERBS
from dedup.cli import main

EXAMPLES = Path(__file__).parents[1] / "examples"
SEED, FEED = EXAMPLES / "menafn-ein.txt", EXAMPLES / "feed.jsonl"
SEED_TEXT = SEED.read_bytes()
FEED_LINES = FEED.read_bytes().splitlines(keepends=True)
FIRST = SEED_TEXT.index(b"Legal Disclaimer:")
SECOND = SEED_TEXT.index(b"Legal Disclaimer:", FIRST + 1)
BODY, MENAFN, EIN = SEED_TEXT[:FIRST], SEED_TEXT[FIRST:SECOND], SEED_TEXT[SECOND:]
BRIDGE = "The harbour bridge reopened on Monday after two weeks of repairs, the city said."
FERRY = "A night ferry between the two islands will start in May, its owner announced on Friday."
COMMAND = [sys.executable, "-m", "dedup"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
PATIENCE = 120  # seconds after which a process counts as hanging
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals and file descriptors")
FULL_DEVICE = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@dataclass
class Done:
    """What a run of the command left behind."""

    status: int
    out: bytes
    err: str

    @property
    def lines(self):
        return self.out.splitlines(keepends=True)

    @property
    def objects(self):
        return [json.loads(line.decode("utf-8", "surrogateescape")) for line in self.lines]

    @property
    def complaints(self):
        """The lines of standard error without the summary."""
        return [line for line in self.err.splitlines() if not is_summary(line)]

    @property
    def summary(self):
        (line,) = [line for line in self.err.splitlines() if is_summary(line)]
        return line


def is_summary(line):
    return bool(re.fullmatch(r"dedup \w+: .*; \d+\.\d MB in \d+\.\d s", line))


def done(status, out, err):
    """Return the outcome of a process; none of them may ever show its entrails."""
    err = err.decode("utf-8", "surrogateescape")
    assert "Traceback" not in err
    assert "Exception ignored" not in err
    return Done(status, out, err)


def run(*arguments, stdin=b"", command=COMMAND, cwd=None):
    """Run the command to its end."""
    arguments = [*command, *map(str, arguments)]
    process = subprocess.run(arguments, input=stdin, capture_output=True, timeout=PATIENCE, cwd=cwd, env=ENVIRONMENT)
    return done(process.returncode, process.stdout, process.stderr)


@pytest.fixture
def call(capfdbinary):
    """Run the command within this process: much faster, where pipes and the end of a process do not matter."""

    def call(*arguments):
        try:
            status = main([*map(str, arguments)])
        except SystemExit as stop:
            status = stop.code
        return done(status, *capfdbinary.readouterr())

    return call


def redirected(redirection):
    """Return the command with a redirection of the shell."""
    return ["sh", "-c", f'exec "$@" {redirection}', "sh", *COMMAND]


def jsonl(*entries):
    return b"".join(json.dumps(entry, ensure_ascii=False).encode() + b"\n" for entry in entries)


def counts(summary):
    """Return the numbers of the summary of `filter` by name."""
    head, kept, rest = re.fullmatch(
        r"dedup filter: ([\d,]+) lines? in, ([\d,]+) kept, (.*); [\d.]+ MB in [\d.]+ s", summary
    ).groups()
    named = re.findall(r"([\d,]+) (dropped|would be dropped|malformed|bad bytes?|without text|blank)\b", rest)
    relations = re.findall(r"(exact|near|excerpt|expansion|update) ([\d,]+)", rest)
    pairs = [
        ("lines", head),
        ("kept", kept),
        *((re.sub("byte$", "bytes", name), number) for number, name in named),
        *relations,
    ]
    return {name.removeprefix("would be "): int(number.replace(",", "")) for name, number in pairs}


# -- clean


@pytest.fixture(scope="module")
def cleaner():
    return dedup.Cleaner()


def test_clean_a_file():
    """The two disclaimers go; the article stays, to the byte."""
    ran = run("clean", SEED)
    assert (ran.status, ran.out) == (0, BODY)
    assert ran.out.endswith(b"defense and security issues.\n")
    assert b"Disclaimer" not in ran.out
    assert ran.summary.startswith(
        "dedup clean: 1 document, 1 with boilerplate removed (2 spans, 32.2% of the text), 0 spans only labelled"
    )


@pytest.mark.parametrize("arguments", [[], ["-"]], ids=["no file", "a dash"])
def test_clean_standard_input(arguments):
    """Standard input is read when no file or a dash is given."""
    assert run("clean", *arguments, stdin=SEED_TEXT).out == BODY


def test_clean_several_files(tmp_path):
    """Texts come out in the order of their files, each cleaned by itself."""
    (tmp_path / "a").write_bytes(BODY + MENAFN)
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"Another story.\n"))
    ran = run("clean", tmp_path / "a", tmp_path / "b.gz", "-", stdin=SEED_TEXT)
    assert ran.out == BODY + b"Another story.\n" + BODY
    assert ran.summary.startswith("dedup clean: 3 documents, 2 with boilerplate removed")


def test_clean_into_a_packed_file(tmp_path):
    """With -o the text goes to a file, packed by its suffix, and nothing to standard output."""
    ran = run("clean", SEED, "-o", tmp_path / "clean.gz")
    assert (ran.status, ran.out) == (0, b"")
    assert gzip.decompress((tmp_path / "clean.gz").read_bytes()) == BODY


def test_clean_explains():
    """--explain names each template, what filled its slots, and the reason."""
    out = run("clean", "--explain", SEED).out.decode()
    assert "2 removed, 0 kept" in out.splitlines()[0]
    for template, provider in (("menafn-disclaimer", "MENAFN"), ("ein-presswire-disclaimer", "EIN Presswire")):
        assert re.search(rf"remove \d+-\d+ +{template} \(legal-disclaimer, score \d\.\d\d\)", out)
        assert f"provider='{provider}'" in out
        assert f"of the words of {template}" in out


def test_clean_annotates():
    """--annotate leaves the text whole and lists the spans, which cover what `clean` removes."""
    (entry,) = run("clean", "--annotate", SEED).objects
    spans = entry["boilerplate"]
    assert entry["text"].encode() == SEED_TEXT
    assert [entry["text"][span["start"] : span["end"]].encode() for span in spans] == [MENAFN, EIN]
    assert [span["slots"]["provider"] for span in spans] == ["MENAFN", "EIN Presswire"]
    assert {"kind", "template", "score", "action", "reason"} <= spans[0].keys()


def test_clean_shows_differences():
    """--diff shows the lines that go, and only those."""
    out = run("clean", "--diff", SEED).out.decode()
    header, *shown = out.splitlines()
    assert header.startswith("--- ")
    assert shown == [f"-{line}" for line in (MENAFN + EIN).decode().splitlines()]


@pytest.mark.parametrize("option", ["--explain", "--diff"])
def test_nothing_to_show(option):
    """A text without boilerplate has no reasons and no differences."""
    out = run("clean", option, stdin=BRIDGE.encode()).out.decode()
    assert re.fullmatch(r".+: no boilerplate recognised\n" if option == "--explain" else "", out)


def test_clean_views_exclude_each_other():
    """One of --annotate, --explain and --diff at a time."""
    assert "not allowed with argument" in run("clean", "--diff", "--explain", SEED).err


def test_clean_jsonl(cleaner):
    """A line without boilerplate passes as it came; in any other only the text changes, to the byte."""
    ran = run("clean", FEED)
    changed = 0
    for before, after in zip(FEED_LINES, ran.lines, strict=True):
        entry = json.loads(before)
        cleaned = cleaner.clean(entry["text"] or "", entry["source"])
        if cleaned.removed:
            texts = [json.dumps(text, ensure_ascii=False).encode() for text in (entry["text"], cleaned.text)]
            before = before.replace(*texts)
            changed += 1
        assert after == before
    assert 0 < changed < len(FEED_LINES)
    assert f"{len(FEED_LINES)} documents, {changed} with boilerplate removed" in ran.summary


def test_clean_annotates_jsonl(cleaner):
    """--annotate adds a member to the lines with boilerplate and leaves the others as they came."""
    ran = run("clean", "--annotate", FEED)
    annotated = 0
    for before, after in zip(FEED_LINES, ran.lines, strict=True):
        entry, spans = json.loads(after), cleaner.clean(json.loads(before)["text"] or "").spans
        if not spans:
            assert after == before
            continue
        assert [(each["start"], each["end"]) for each in entry.pop("boilerplate")] == [(s.start, s.end) for s in spans]
        assert entry == json.loads(before)
        annotated += 1
    assert annotated


@pytest.mark.parametrize("option", ["--explain", "--diff"])
def test_clean_views_of_jsonl_name_the_document(option):
    """In JSONL each reason and difference stands under the id of its document."""
    lines = jsonl({"id": "untouched", "text": BRIDGE}, {"id": "seed", "text": SEED_TEXT.decode()})
    out = run("clean", option, stdin=lines).out.decode()
    assert "seed" in out.splitlines()[0]
    assert "untouched" not in out
    assert "EIN Presswire" in out


def test_clean_jsonl_by_field_name():
    """The text is taken from and put back into the field that is named."""
    entry = {"text": EIN.decode(), "story": SEED_TEXT.decode(), "n": 1}
    ran = run("clean", "--text", "story", stdin=jsonl(entry))
    assert ran.objects == [entry | {"story": BODY.decode()}]


def test_clean_keeps_the_escapes_of_a_line():
    """A line written in ASCII stays ASCII."""
    ran = run("clean", stdin=json.dumps({"text": SEED_TEXT.decode(), "a": "é"}).encode())
    assert ran.out == json.dumps({"text": BODY.decode(), "a": "é"}).encode()


def test_clean_passes_on_what_it_cannot_read():
    """Bad lines of JSONL come out as they went in, are counted and shown, and end in status 2."""
    lines = [b'{"text": "one"}\n', b"{oops\n", b"\n", b'{"text": 5}\n', b'{"text": null}\n']
    ran = run("clean", stdin=b"".join(lines))
    assert (ran.status, ran.lines) == (2, lines)
    assert [line.split(": ")[1] for line in ran.complaints] == ["line 2", "line 4"]
    assert "; 2 malformed, 1 without text, 1 blank; " in ran.summary


def test_clean_counts_lines_from_the_top():
    """Blank lines before the first object are lines too."""
    ran = run("clean", stdin=b'\n\n{oops\n{"text": "one"}\n')
    assert ran.out == b'\n\n{oops\n{"text": "one"}\n'
    assert ran.complaints[0].startswith("dedup clean: line 3: ")
    assert "; 1 malformed, 2 blank; " in ran.summary


# -- filter


@pytest.fixture(scope="module")
def feed_filtered(tmp_path_factory):
    """`dedup filter -D` over the example feed: the run, and the dropped lines."""
    dropped = tmp_path_factory.mktemp("filter") / "dropped.jsonl"
    ran = run("filter", "-D", dropped, FEED)
    return ran, dropped.read_bytes().splitlines(keepends=True)


def test_filter_keeps_and_drops_whole_lines(feed_filtered):
    """Every line is either kept or dropped, byte for byte and in order."""
    ran, dropped = feed_filtered
    assert ran.status == 0
    assert dropped
    kept, rest = iter(ran.lines), iter(dropped)
    dropped = set(dropped)
    assert [next(rest if line in dropped else kept) for line in FEED_LINES] == FEED_LINES
    assert not [*kept, *rest]


def test_filter_accounts_for_every_line(feed_filtered):
    """The numbers of the summary add up to the input and are those of the output."""
    ran, dropped = feed_filtered
    number = counts(ran.summary)
    assert (number["lines"], number["kept"], number["dropped"]) == (len(FEED_LINES), len(ran.lines), len(dropped))
    assert number["kept"] + number["dropped"] == number["lines"]
    assert number["exact"] + number["near"] + number["excerpt"] == number["dropped"]
    assert ran.complaints == []


def test_filter_drops_what_the_examples_say(feed_filtered):
    """The duplicates of the example feed are dropped, and nothing else."""
    expected = map(json.loads, (EXAMPLES / "expected.jsonl").read_text("utf-8").splitlines())
    duplicates = [each["id"] for each in expected if each["relation"] in ("exact", "near", "excerpt")]
    assert [json.loads(line)["id"] for line in feed_filtered[1]] == duplicates


def test_filtering_twice_is_filtering_once(feed_filtered):
    """What passed once passes again."""
    once, _ = feed_filtered
    twice = run("filter", stdin=once.out)
    assert twice.out == once.out
    assert counts(twice.summary)["dropped"] == 0


def test_filter_marks(feed_filtered):
    """--mark keeps every line, adds one member, and marks as duplicates what would be dropped."""
    ran = run("filter", "--mark", FEED)
    entries = ran.objects
    marks = [entry.pop("dedup") for entry in entries]
    assert entries == [json.loads(line) for line in FEED_LINES]
    dropped = [line for line, mark in zip(FEED_LINES, marks, strict=True) if mark["duplicate"]]
    assert dropped == feed_filtered[1]
    assert counts(ran.summary) == counts(feed_filtered[0].summary)
    for relation in ("exact", "near", "excerpt", "expansion", "update"):
        assert counts(ran.summary)[relation] == sum(mark["relation"] == relation for mark in marks)
    assert "would be dropped" in ran.summary


def test_a_mark_tells_the_relation_and_its_numbers():
    """A mark names the known document, how this one relates to it, and what it would lose."""
    lines = jsonl({"id": "a", "text": BRIDGE}, {"id": "b", "text": BRIDGE.upper()}, {"id": "c", "text": FERRY})
    marks = [entry["dedup"] for entry in run("filter", "--mark", stdin=lines).objects]
    assert [mark["relation"] for mark in marks] == [None, "exact", None]
    assert [mark["duplicate"] for mark in marks] == [False, True, False]
    assert (marks[1]["id"], marks[1]["canonical"]) == ("a", "a")
    assert {marks[1][name] for name in ("resemblance", "containment", "contains")} == {1.0}
    assert (marks[1]["lost"], marks[1]["swaps"]) == ([], [])


def test_filter_reads_files_as_one_stream(tmp_path, feed_filtered):
    """Several files are one stream: a copy in the second of a story in the first is dropped."""
    half = len(FEED_LINES) // 2
    (tmp_path / "a").write_bytes(b"".join(FEED_LINES[:half]))
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"".join(FEED_LINES[half:])))
    ran = run("filter", "-o", tmp_path / "out.gz", tmp_path / "a", tmp_path / "b.gz")
    assert ran.out == b""
    assert gzip.decompress((tmp_path / "out.gz").read_bytes()) == feed_filtered[0].out


@pytest.mark.parametrize(
    ("options", "end"),
    [([], b"\n"), (["--lines"], b"\n"), (["-z"], b"\0"), ([], b"\r\n")],
    ids=["text", "lines", "NUL", "CRLF"],
)
def test_kept_texts_are_the_bytes_that_came(tmp_path, options, end):
    """Of text, too, what is kept passes byte for byte and in order; what is dropped came before."""
    texts = [
        BRIDGE.encode(),
        b"{oops" if options else b"\xff\xfe",
        b"  \t",
        FERRY.encode(),
        BRIDGE.upper().encode(),
        b"",
    ]
    (tmp_path / "in").write_bytes(b"".join(text + end for text in texts))
    ran = run("filter", *options, tmp_path / "in", "-D", tmp_path / "dropped")
    assert ran.out == b"".join(text + end for text in (*texts[:4], texts[5]))
    assert (tmp_path / "dropped").read_bytes() == texts[4] + end


@POSIX
def test_a_pipe_of_files_is_the_files(tmp_path):
    """`cat a b | dedup filter` is `dedup filter a b`, for lines of JSONL and of text."""
    for lines in (FEED_LINES, [b"%s %d\n" % (BRIDGE.encode(), n % 7) for n in range(20)]):
        paths = [tmp_path / "a", tmp_path / "b"]
        paths[0].write_bytes(b"".join(lines[:9]))
        paths[1].write_bytes(b"".join(lines[9:]))
        piped = run(command=["sh", "-c", 'cat "$1" "$2" | "$0" -m dedup filter', sys.executable, *map(str, paths)])
        named = run("filter", *paths)
        assert (piped.status, piped.out) == (named.status, named.out)
        assert counts(piped.summary) == counts(named.summary)


def test_a_missing_line_end_joins_no_lines(tmp_path):
    """When a file does not end its last line, the next file's first line still is a line of its own."""
    (tmp_path / "a").write_bytes(jsonl({"text": BRIDGE}).rstrip())
    (tmp_path / "b").write_bytes(jsonl({"text": FERRY}))
    for verb in ("filter", "clean"):
        assert run(verb, tmp_path / "a", tmp_path / "b").out == jsonl({"text": BRIDGE}, {"text": FERRY})


EMPTY = [b'{"text":""}\n', b'{"text":" \\n"}\n', b'{"text":null}\n', b'{"text":"..."}\n']
WORDS = [b'{"text":"one"}\n', b'{"text":"two"}\n', b'{"text":"One."}\n']
# name, lines, numbers of the lines that are dropped, status
STREAMS = [
    ("lines of text", [b"cat\n", b"dog\n", b"cat\n"], {2}, 0),
    ("no final line end", [b"cat\n", b"dog\n", b"cat"], {2}, 0),
    ("no final line end, kept", [b"cat\n", b"dog"], set(), 0),
    ("Windows line ends", [b"cat\r\n", b"dog\r\n", b"cat\n"], {2}, 0),
    ("blank lines of text", [b"\n", b"cat\n", b" \n", b"\n", b"cat\n"], {4}, 0),
    ("nothing but blank lines", [b"\n", b"  \n", b"\r\n"], set(), 0),
    ("nothing", [], set(), 0),
    ("blank lines of JSONL", [b"\n", WORDS[0], b"\r\n", b"\n", WORDS[0]], {4}, 0),
    ("JSONL with Windows line ends", [b'{"text":"one"}\r\n', b'{"text":"one"}\r\n'], {1}, 0),
    ("empty bodies never match", EMPTY * 2, set(), 0),
    ("bodies of one word", [*WORDS, *WORDS], {2, 3, 4, 5}, 0),
    ("NUL in text", [b"a\0b c\n", b"dog\n", b"a\0b c\n"], {2}, 0),
    ("NUL escaped in JSON", [b'{"text":"a\\u0000b"}\n', b'{"text":"c"}\n'], set(), 0),
    ("a NUL in JSON is no JSON", [WORDS[0], b'{"text":"a\0b"}\n', b'{"text":"a\0b"}\n'], set(), 2),
    ("lone surrogates", [b'{"text":"one \\ud800 two"}\n', b'{"text":"\\udfff\\ud800"}\n'], set(), 0),
    ("a lone surrogate twice", [b'{"text":"cat \\ud800 dog"}\n'] * 2, {1}, 0),
    ("bytes that are not UTF-8", [b"cat \xff\xfe\n", b"dog\n", b"cat \xff\xfe\n"], {2}, 2),
    ("bad bytes in JSON", [b'{"text":"cat \xe9"}\n', b'{"text":"dog","a":"\xff"}\n'], set(), 2),
    ("bad lines are never copies", [b"{oops\n", b"{oops\n", b"[]\n", b"[]\n", *WORDS[:1] * 2], {5}, 2),
    ("text in an unknown field", [b'{"story":"one"}\n', b'{"story":"one"}\n'], set(), 2),
    ("text that is no string", [b'{"text":1}\n', b'{"text":["one"]}\n'] * 2, set(), 2),
    ("a byte order mark later on", [WORDS[0], b"\xef\xbb\xbf" + WORDS[0]], {1}, 0),
]


@pytest.mark.parametrize(
    ("lines", "dropped", "status"), [case[1:] for case in STREAMS], ids=[case[0] for case in STREAMS]
)
def test_filter_any_stream(call, tmp_path, lines, dropped, status):
    """Odd lines pass untouched; only copies of what can be read are dropped."""
    (tmp_path / "in").write_bytes(b"".join(lines))
    ran = call("filter", tmp_path / "in")
    assert ran.lines == [line for number, line in enumerate(lines) if number not in dropped]
    assert ran.status == status
    assert (counts(ran.summary)["lines"], counts(ran.summary)["dropped"]) == (len(lines), len(dropped))


@pytest.mark.parametrize(("many", "words"), [(1, "1 bad byte;"), (2, "2 bad bytes;")])
def test_a_count_agrees_with_its_noun(many, words):
    """Of one there is one."""
    assert words in run("filter", stdin=b'{"text":"cat \xe9"}\n' * many).summary


def test_filter_counts_each_oddity():
    """Malformed, blank and empty lines and bad bytes are each counted by name."""
    lines = [b'{"text":"one"}\n', b"{oops\n", b"\n", b" \n", *EMPTY[:3], b'{"text":"\xff"}\n', b'["\xff"]\n']
    number = counts(run("filter", stdin=b"".join(lines)).summary)
    found = {name: number[name] for name in ("lines", "malformed", "bad bytes", "without text", "blank")}
    assert found == {"lines": 9, "malformed": 2, "bad bytes": 2, "without text": 3, "blank": 2}


def test_a_file_is_called_by_its_name(call, tmp_path):
    """Of whole files no number is told, also when there is but one."""
    (tmp_path / "story.txt").write_bytes(b"\xe9 " + BRIDGE.encode())
    assert call("clean", tmp_path / "story.txt").complaints == [
        f"dedup clean: {tmp_path}/story.txt: bytes that are not UTF-8"
    ]


@pytest.mark.parametrize("data", [b"", b"\n \n"])
def test_nothing_is_no_document(call, tmp_path, data):
    """A file of nothing has no text to clean, and passes."""
    (tmp_path / "empty.jsonl").write_bytes(data)
    for option in ([], ["--annotate"]):
        ran = call("clean", *option, tmp_path / "empty.jsonl")
        assert (ran.status, ran.out) == (0, data)
        assert ran.summary.startswith("dedup clean: 0 documents, ")


def test_only_stories_are_new(call, tmp_path):
    """What cannot be read, what is blank and what has no text is counted by these names alone."""
    lines = [b'{"text":"one"}\n', b"{oops\n", b"\n", *EMPTY[:3], b'{"text":"two"}\n']
    (tmp_path / "in").write_bytes(b"".join(lines))
    call("filter", tmp_path / "in", "--stats", tmp_path / "stats")
    stats = json.loads((tmp_path / "stats").read_bytes())
    assert [stats[name] for name in ("new", "kept", "malformed", "blank", "without_text")] == [2, 7, 1, 1, 3]


def test_filter_shows_the_first_three_bad_lines():
    """The first three bad lines are shown with their numbers; the rest are counted."""
    lines = [b'{"text":"one"}\n', b"{oops\n", b"[]\n", b'{"story":"one"}\n', b'{"text":5}\n', b"12\n"]
    ran = run("filter", stdin=b"".join(lines))
    assert ran.status == 2
    assert [line.split(": ")[:2] for line in ran.complaints] == [["dedup filter", f"line {n}"] for n in (2, 3, 4)]
    assert ran.complaints[2].endswith("pass --text story")
    assert counts(ran.summary)["malformed"] == 5


@pytest.mark.parametrize("bad", [b"{oops\n", b'{"text":"\xff"}\n'], ids=["not JSON", "not UTF-8"])
@pytest.mark.parametrize("verb", ["filter", "clean"])
def test_strict_stops_at_the_first_bad_line(verb, bad):
    """With --strict the lines before the bad one are written, it is named, and nothing after it is read."""
    ran = run(verb, "--strict", stdin=b'{"text":"one"}\n' + bad + b'{"text":"two"}\n{oops\n')
    assert (ran.status, ran.out) == (2, b'{"text":"one"}\n')
    (complaint,) = ran.complaints
    assert complaint.startswith(f"dedup {verb}: line 2: ")


def test_strict_counts_what_it_wrote():
    """The summary of a strict run that stopped counts as kept what was written."""
    ran = run("filter", "--strict", stdin=b'{"text":"one"}\n{oops\n')
    assert counts(ran.summary)["kept"] == len(ran.lines) == 1


def test_strict_is_quiet_about_good_lines():
    """Blank lines and empty texts are not bad lines."""
    ran = run("filter", "--strict", stdin=b'{"text":"one"}\n\n{"text":null}\n{"text":""}\n')
    assert (ran.status, ran.complaints) == (0, [])


def test_marks_of_lines_that_hold_no_document():
    """With --mark every line becomes one JSON object; what could not be read is inside, with the fault."""
    lines = [b'{"text":"one"}\n', b"{oops \xff\n", b"\n", b'{"text":null}\r\n', b'{"text":"a\\ud800"}\n', b"[1]"]
    ran = run("filter", "--mark", stdin=b"".join(lines))
    marks = [entry["dedup"] for entry in ran.objects]
    assert ran.status == 2
    assert len(marks) == len(lines)
    assert not any(mark["duplicate"] for mark in marks)
    assert [number for number, mark in enumerate(marks) if "fault" in mark] == [1, 2, 5]
    raw = [mark["raw"].encode("utf-8", "surrogateescape") for mark in marks if "raw" in mark]
    assert raw == [lines[1], lines[2], lines[5]]


def test_marks_of_blank_lines_alone():
    """Blank lines are no plain text; they are marked like any others."""
    ran = run("filter", "--mark", stdin=b"\n  \n")
    assert ran.status == 0
    assert [entry["dedup"]["raw"] for entry in ran.objects] == ["\n", "  \n"]


def test_marks_keep_the_bytes_of_the_line():
    """A mark is put in front of the closing brace; every other byte stays."""
    ran = run("filter", "--mark", stdin=b' {"text" :"a\\u00e9\xff" ,"n":1.50 } \r\n')
    before, after = ran.out.split(b', "dedup": {"relation": null, "duplicate": false}')
    assert (before, after) == (b' {"text" :"a\\u00e9\xff" ,"n":1.50', b" } \r\n")


def test_a_mark_may_name_any_id():
    """An id that cannot be encoded is named by its escape, also in a line with bytes that are not UTF-8."""
    text = json.dumps(BRIDGE).encode()
    lines = b'{"id":"\\ud800","text":%b}\n{"id":"b","text":%b}\n{"id":"\xff","text":%b}\n' % (text, text, text)
    ran = run("filter", "--mark", stdin=lines)
    assert [entry["dedup"].get("id") for entry in ran.objects] == [None, "\ud800", "\ud800"]


def test_marking_plain_text_is_refused():
    """Plain text has no members; --mark says so and writes nothing."""
    ran = run("filter", "--mark", stdin=b"cat\ndog\n")
    assert ran.out == b""
    assert complaint(ran).startswith("--mark adds a JSON member; the input is plain text")


@pytest.mark.parametrize("verb", ["filter", "clean"])
def test_a_line_of_ten_megabytes(verb):
    """A line may be long."""
    line = b'{"text":"' + b"word upon word " * 700_000 + b'"}\n'
    ran = run(verb, stdin=line + b'{"text":"short"}\n')
    assert ran.status == 0
    assert ran.lines == [line, b'{"text":"short"}\n']


BINARY = bytes(range(256)) + b"\n\xff\xfe\0\n" + random.Random(1).randbytes(20_000)


@pytest.mark.parametrize("arguments", [["clean"], ["filter"]], ids=" ".join)
def test_binary_input_passes(arguments):
    """Bytes that are no text at all come out as they went in, and are reported."""
    ran = run(*arguments, stdin=BINARY)
    assert (ran.status, ran.out) == (2, BINARY)
    assert "bytes that are not UTF-8" in ran.complaints[0]


@pytest.mark.parametrize("verb", ["clean", "filter"])
def test_a_byte_order_mark_hides_no_jsonl(verb):
    """JSONL that begins with a byte order mark is JSONL, and keeps the mark."""
    story = jsonl({"text": SEED_TEXT.decode()})
    ran = run(verb, stdin=b"\xef\xbb\xbf" + story * 2)
    expected = jsonl({"text": BODY.decode()}) * 2 if verb == "clean" else story
    assert (ran.status, ran.out) == (0, b"\xef\xbb\xbf" + expected)


@pytest.mark.parametrize("options", [["clean", "--annotate"], ["filter", "--mark"]], ids=["clean", "filter"])
def test_files_that_each_begin_with_a_byte_order_mark(call, tmp_path, options):
    """The mark of every file is passed over, and stays."""
    for name, text in (("a", BRIDGE), ("b", SEED_TEXT.decode())):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + jsonl({"text": text}))
    ran = call(*options, tmp_path / "a", tmp_path / "b")
    assert (ran.status, ran.complaints) == (0, [])
    assert [line[:4] for line in ran.lines] == [b"\xef\xbb\xbf{"] * 2


@pytest.mark.parametrize("option", ["--annotate", "--explain", "--diff"])
def test_binary_input_can_be_shown(option):
    """Bad bytes around boilerplate are no obstacle to showing what was found."""
    ran = run("clean", option, stdin=b"\xff\xfd\0 " + SEED_TEXT)
    assert ran.status == 2
    assert b"EIN Presswire" in ran.out
    if option == "--annotate":
        assert ran.objects[0]["text"].encode("utf-8", "surrogateescape") == b"\xff\xfd\0 " + SEED_TEXT


def test_bad_bytes_do_not_keep_boilerplate():
    """A text with bad bytes and lone surrogates is cleaned like any other, and keeps both."""
    story = b"A story \xff with a \\ud800 in it, told on Monday by the city council of a small town.\\n\\n"
    line = b'{"id":1,"text":"%b%b"}\n' % (story, json.dumps(EIN.decode())[1:-1].encode())
    ran = run("clean", stdin=line)
    assert ran.status == 2
    assert ran.out.startswith(b'{"id":1,"text":"A story \xff with a \\ud800 in it')
    assert b"EIN" not in ran.out


DAYS = jsonl(
    {"id": 1, "text": BRIDGE, "time": "2026-03-01T08:00:00Z"},
    {"id": 2, "text": FERRY, "time": "2026-03-01T09:00:00Z"},
    {"id": 3, "text": BRIDGE, "time": "2026-03-04T08:00:00Z"},
    {"id": 4, "text": BRIDGE, "time": "2026-03-04T10:00:00Z"},
    {"id": 5, "text": FERRY, "time": "2026-03-04T11:00:00Z"},
)
# options, ids of the lines that are kept
MEMORY = [
    ([], [1, 2]),
    (["--window", "7d"], [1, 2]),
    (["--window", "1w"], [1, 2]),
    (["--window", "1d"], [1, 2, 3, 5]),
    (["--window", "24h"], [1, 2, 3, 5]),
    (["--window", "60m"], [1, 2, 3, 4, 5]),
    (["--window", "3600s"], [1, 2, 3, 4, 5]),
    (["--window", "7d", "--time", "id"], [1, 2]),
    (["--max-documents", "2"], [1, 2]),
    (["--max-documents", "1"], [1, 2, 3, 5]),
    (["--max-documents", "1", "--window", "60m"], [1, 2, 3, 4, 5]),
]


@pytest.mark.parametrize(("options", "kept"), MEMORY, ids=[" ".join(options) or "all" for options, _ in MEMORY])
def test_filter_forgets_as_told(call, tmp_path, options, kept):
    """A copy is dropped as long as its story is within the window and among the documents remembered."""
    (tmp_path / "days").write_bytes(DAYS)
    assert [entry["id"] for entry in call("filter", *options, tmp_path / "days").objects] == kept


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(
            ("--window", value)
            for value in ("", "7", "d", "7x", "0d", "-1d", "1.5d", "7 d", "9999999999d", "9" * 5000 + "d")
        ),
        *((name, value) for name in ("--max-documents", "--workers") for value in ("0", "-1", "many", "1.5", "")),
    ],
)
def test_settings_that_make_no_sense_are_refused(call, option, value):
    """A bad value ends in status 2 and a message that names the option; nothing is read or written."""
    ran = call("filter", f"{option}={value}", FEED)
    assert (ran.status, ran.out) == (2, b"")
    assert option in ran.err.splitlines()[-1]
    assert ran.err.splitlines()[-1].startswith("dedup filter: ")


FEED_DOCUMENTS = [
    dedup.Document(entry["id"], entry["text"] or "", source=entry["source"]) for entry in map(json.loads, FEED_LINES)
]


@pytest.mark.parametrize(
    "options", [{"preset": "strict"}, {"preset": "loose"}, {"retrieval": "sparing"}, {"retrieval": "thorough"}], ids=str
)
def test_presets_are_those_of_the_library(call, options):
    """The answers with `--preset` and `--retrieval` are those of the library with the same words."""
    given = [f"--{name}={value}" for name, value in options.items()]
    matches = [*dedup.Deduplicator(**options).add_many(FEED_DOCUMENTS)]
    expected = [(match.relation, match.resemblance) if match else (None, None) for match in matches]
    marks = [entry["dedup"] for entry in call("filter", "--mark", *given, FEED).objects]
    assert [(mark["relation"], mark.get("resemblance")) for mark in marks] == expected
    sizes = sorted(story["size"] for story in call("cluster", *given, FEED).objects)
    assert sizes == sorted(map(len, dedup.find_clusters(FEED_DOCUMENTS, **options)))


def test_a_stricter_preset_keeps_more(call, tmp_path):
    """What balanced drops for a few words of its own, strict keeps; so does `compare`, and the page says so."""
    more = f"It had been closed since a barge struck it. {LONG}"
    (tmp_path / "a").write_text(more)
    (tmp_path / "b").write_text(LONG)
    (tmp_path / "in").write_bytes(jsonl({"text": LONG}, {"text": more}))
    for preset, status in (("strict", 1), ("balanced", 0), ("loose", 0)):
        assert call("compare", "--preset", preset, tmp_path / "a", tmp_path / "b").status == status
        assert len(call("filter", "--preset", preset, tmp_path / "in").lines) == 1 + status
        assert f'"duplicates":{1 - status}'.encode() in call("report", "--preset", preset, tmp_path / "in").out


@pytest.mark.parametrize("verb", ["clean", "filter", "cluster"])
def test_workers_change_no_answer(call, monkeypatch, verb):
    """--workers says how many processes work, and changes nothing else; with --line-buffered there is one."""
    asked = []
    monkeypatch.setattr(dedup.workers._Map, "run", recorded(asked, dedup.workers._Map.run))
    outputs = [call(verb, "--workers", number, FEED).out for number in (1, 3)]
    assert outputs[0] == outputs[1]
    assert asked == [1, 3]
    if verb != "cluster":
        call(verb, "--workers=3", "--line-buffered", FEED)
        assert asked == [1, 3, 1]


def recorded(asked, run):
    """Return `run` of a pool that notes how many workers it was asked for."""

    def noted(pool, items, workers):
        asked.append(workers)
        return run(pool, items, workers)

    return noted


TELLINGS = jsonl(
    {"id": "a", "text": BRIDGE, "source": "post"},
    {"id": "b", "text": BRIDGE.replace(" of repairs", " of hard repairs"), "source": "echo"},
    {"id": "c", "text": BRIDGE.upper(), "source": "herald"},
)


@pytest.mark.parametrize(
    ("who", "expected"), [("earliest", "a"), ("longest", "b"), ("sources=times,herald,post", "c"), ("sources=x", "a")]
)
def test_cluster_stands_around_who_is_asked_for(call, tmp_path, who, expected):
    """--canonical says which document a story stands around; the others are related to that one."""
    (tmp_path / "feed").write_bytes(TELLINGS)
    (story,) = call("cluster", f"--canonical={who}", tmp_path / "feed").objects
    assert (story["canonical"], story["size"]) == (expected, 3)
    assert [member["id"] for member in story["members"]] == [id for id in "abc" if id != expected]


@pytest.mark.parametrize("who", ["", "newest", "sources"])
def test_cluster_around_nobody_known_is_refused(call, who):
    """A policy that is not known ends in status 2 and a message that says which are."""
    ran = call("cluster", f"--canonical={who}", FEED)
    assert (ran.status, ran.out) == (2, b"")
    assert "pass earliest, longest, or sources=FIRST,SECOND" in ran.err.splitlines()[-1]


def test_filter_by_field_names():
    """Fields named on the command line are the ones compared and reported."""
    lines = jsonl({"key": "a", "story": BRIDGE, "text": "one"}, {"key": "b", "story": BRIDGE, "text": "two"})
    marks = [entry["dedup"] for entry in run("filter", "--mark", "--text=story", "--id=key", stdin=lines).objects]
    assert (marks[1]["relation"], marks[1]["id"]) == ("exact", "a")
    assert run("filter", stdin=lines).out == lines


POOL = [
    *FEED_LINES[:12],
    b"\n",
    b" \r\n",
    b"{oops\n",
    b"[1]\n",
    b'{"text":null}\n',
    b'{"text":"\xff"}\n',
    *WORDS,
    *EMPTY,
]


@given(st.lists(st.sampled_from(POOL), max_size=12), st.sampled_from([b"", b"\n"]))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_line_is_accounted_for(call, tmp_path, lines, end):
    """Kept and dropped lines make up the input, the summary counts them, and marks agree with both."""
    source, rest = tmp_path / "source", tmp_path / "rest"
    source.write_bytes(b"".join([WORDS[0], *lines]).rstrip(b"\n") + end)
    lines = source.read_bytes().splitlines(keepends=True)
    filtered, marked = call("filter", source, "-D", rest), call("filter", source, "--mark")
    duplicate = [entry["dedup"]["duplicate"] for entry in marked.objects]
    dropped = rest.read_bytes().splitlines(keepends=True)
    assert filtered.lines == [line for line, gone in zip(lines, duplicate, strict=True) if not gone]
    assert dropped == [line for line, gone in zip(lines, duplicate, strict=True) if gone]
    number = counts(filtered.summary)
    assert (number["lines"], number["kept"], number["dropped"]) == (len(lines), len(filtered.lines), len(dropped))
    assert filtered.status == marked.status


# -- compare

LONG = f"{BRIDGE} {FERRY} The museum in the old mill will close in June, and its boats will be sold at auction."
# name, a, b, relation, status
PAIRS = [
    ("the same", BRIDGE.encode(), BRIDGE.encode(), "exact", 0),
    ("the same in capitals", BRIDGE.encode(), BRIDGE.upper().encode(), "exact", 0),
    ("the same under two disclaimers", BODY + MENAFN, BODY + EIN, "exact", 0),
    ("part of it", BODY[: len(BODY) // 2], BODY, "excerpt", 0),
    ("more than it", BODY, BODY[: len(BODY) // 2], "expansion", 1),
    ("another story", BRIDGE.encode(), FERRY.encode(), "distinct", 1),
    (
        "two stories under one disclaimer",
        BRIDGE.encode() + b"\n\n" + EIN,
        FERRY.encode() + b"\n\n" + EIN,
        "distinct",
        1,
    ),
    ("nothing and nothing", b"", b"", "distinct", 1),
    ("something and nothing", BRIDGE.encode(), b"", "distinct", 1),
]


@pytest.mark.parametrize(
    ("a", "b", "relation", "status"), [case[1:] for case in PAIRS], ids=[case[0] for case in PAIRS]
)
def test_compare(call, tmp_path, monkeypatch, a, b, relation, status):
    """The first word is the relation; the status says whether the first text is a duplicate of the second."""
    (tmp_path / "a").write_bytes(a)
    (tmp_path / "b").write_bytes(b)
    monkeypatch.chdir(tmp_path)
    ran = call("compare", "a", "b")
    assert (ran.status, ran.err) == (status, "")
    assert ran.out.startswith(f"{relation}: a is {'not ' if status else ''}a duplicate".encode())


def test_compare_shows_the_evidence(tmp_path):
    """The numbers, the facts that differ and the shared passages are shown."""
    a = f"{LONG} The mayor, Ann Lee, will speak at 9 on Tuesday."
    b = f"Of interest to all who live here: {LONG} The mayor, Max Roe, will speak at 7 on Sunday."
    (tmp_path / "b").write_text(b)
    out = run("compare", "-", tmp_path / "b", stdin=a.encode()).out.decode()
    match = dedup.compare(a, b)
    numbers = (match.resemblance, match.containment, match.contains)
    assert len({round(number, 2) for number in numbers}) == 3
    assert "resemblance {:.2f}  containment {:.2f}  contains {:.2f}".format(*numbers) in out
    assert f"words of A found in B {match.evidence.words:.2f}" in out
    assert all(fact in out for fact in match.evidence.lost[:5])
    assert match.evidence.lost or match.evidence.swaps
    passage = match.passages[0]
    assert passage.start < passage.other_start
    assert f"shared A {passage.start}-{passage.end} = B {passage.other_start}-{passage.other_end}: The harbour" in out


@pytest.mark.parametrize(("a", "b"), [("-", SEED), (SEED, "-")], ids=["first", "second"])
def test_compare_with_standard_input(a, b):
    """Either text may come from standard input, which is called so."""
    ran = run("compare", a, b, stdin=SEED_TEXT)
    assert (ran.status, ran.out[:6]) == (0, b"exact:")
    assert (b"exact: standard input is a duplicate" in ran.out) is (a == "-")


# name, what the text is, what is said of it
ODD = [
    ("bytes that are not UTF-8", b"\xff\xfd " + BRIDGE.encode(), "bytes that are not UTF-8"),
    ("JSONL", jsonl({"text": BRIDGE}) * 2, "JSONL, taken as one text; for the stories in it: dedup filter --mark"),
]


@pytest.mark.parametrize(("text", "said"), [case[1:] for case in ODD], ids=[case[0] for case in ODD])
def test_compare_tells_what_may_not_be_meant(call, tmp_path, text, said):
    """Of each text; the relation is that of the texts as they are."""
    for name in "ab":
        (tmp_path / name).write_bytes(text)
    ran = call("compare", tmp_path / "a", tmp_path / "b")
    assert (ran.status, ran.out[:6]) == (0, b"exact:")
    assert ran.err == f"dedup compare: {tmp_path}/a: {said}\ndedup compare: {tmp_path}/b: {said}\n"


def test_compare_by_rules(call, tmp_path):
    """What a file of rules takes out is not compared, as in `filter --rules`."""
    footer = "Bramble and thistle weekly is brought to the islands by the good people of the mill."
    rules = f'[[template]]\nid = "x"\nkind = "learned"\npattern = "{footer}"\n'
    (tmp_path / "rules.toml").write_text(rules)
    (tmp_path / "a").write_text(f"{BRIDGE}\n\n{footer}\n")
    (tmp_path / "b").write_text(f"{BRIDGE}\n")
    assert call("compare", tmp_path / "a", tmp_path / "b").status == 1
    assert call("compare", "--rules", tmp_path / "rules.toml", tmp_path / "a", tmp_path / "b").status == 0


def test_compare_with_standard_input_twice():
    """It can be read once; of nothing, nothing is said."""
    ran = run("compare", "-", "-", stdin=SEED_TEXT)
    assert (complaint(ran), ran.out) == (
        "standard input is both A and B, and can be read once; name a file for one of them",
        b"",
    )


# -- what goes wrong


def complaint(ran):
    """Return the message of a run that failed: one line, lower-case, after the name of the verb."""
    assert ran.status == 2
    (line,) = ran.complaints
    name, message = line.split(": ", 1)
    assert re.fullmatch(r"dedup \w+", name)
    assert not message.split(": ")[-1][0].isupper()
    return message


@pytest.fixture
def place(tmp_path):
    """A directory of things that cannot be read."""
    packed = gzip.compress(FEED.read_bytes())
    (tmp_path / "directory").mkdir()
    (tmp_path / "plain.gz").write_bytes(BODY)
    (tmp_path / "short.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "damaged.gz").write_bytes(packed[:200] + bytes(2000) + packed[2200:])
    frame = zstandard.ZstdCompressor(write_checksum=True).compress(FEED.read_bytes())
    (tmp_path / "plain.zst").write_bytes(BODY)
    (tmp_path / "short.zst").write_bytes(frame[: len(frame) // 2])
    (tmp_path / "damaged.zst").write_bytes(frame[:200] + bytes(2000) + frame[2200:])
    (tmp_path / "secret").write_bytes(BODY)
    (tmp_path / "secret").chmod(0)
    return tmp_path


UNREADABLE = ["missing", "directory", "plain.gz", "short.gz", "damaged.gz", "plain.zst", "short.zst", "damaged.zst"]


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("verb", ["clean", "filter", "compare"])
def test_a_file_that_cannot_be_read(call, place, verb, name):
    """A file that is not there or not what its suffix says ends in status 2, and is named."""
    assert name in complaint(call(verb, place / name, *([SEED] if verb == "compare" else [])))


def test_bytes_behind_a_packed_file_are_told_of(call, place):
    """Everything before them is read, and the files after it; the status tells that something was passed over."""
    (place / "more.gz").write_bytes(gzip.compress(jsonl({"text": BRIDGE})) + b"garbage")
    (place / "next").write_bytes(jsonl({"text": FERRY}))
    ran = call("filter", place / "more.gz", place / "next")
    assert complaint(ran).endswith("more.gz: what stands behind the packed bytes was passed over")
    assert ran.out == jsonl({"text": BRIDGE}, {"text": FERRY})


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_file_one_may_not_read(place):
    """A file without permission is named."""
    assert complaint(run("clean", "secret", cwd=place)) == "secret: permission denied"


@pytest.mark.parametrize(
    "arguments",
    [
        ["filter", "directory"],
        ["clean", "missing"],
        ["filter", FEED, "-D", "directory"],
        ["cluster", FEED, "-o", "no/o"],
    ],
    ids=str,
)
def test_a_run_that_never_began_has_no_summary(call, place, monkeypatch, arguments):
    """The reason is all there is to say."""
    monkeypatch.chdir(place)
    ran = call(*arguments)
    assert complaint(ran)
    assert len(ran.err.splitlines()) == 1


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs /proc")
@pytest.mark.parametrize("verb", ["clean", "filter"])
def test_a_file_that_fails_while_it_is_read(verb):
    """A file that opens and then cannot be read is named too."""
    assert complaint(run(verb, "/proc/self/mem")) == "/proc/self/mem: input/output error"


def test_what_was_read_before_an_error_is_written(place):
    """When a later file cannot be read, the lines of the earlier ones are out and counted."""
    (place / "other").write_bytes("cat\n".encode("utf-16"))
    ran = run("filter", "-", "other", stdin=b"cat\ndog\ncat\n", cwd=place)
    assert complaint(ran).startswith("other: ")
    assert ran.out == b"cat\ndog\n"
    assert counts(ran.summary)["lines"] == 3


def test_a_later_file_that_is_missing_is_told_at_once(place):
    """Before anything is read or written."""
    ran = run("filter", "-", "missing", stdin=b"cat\n", cwd=place)
    assert (complaint(ran), ran.out) == ("missing: no such file or directory", b"")


@pytest.mark.parametrize("option", ["-o", "-D"])
@pytest.mark.parametrize("name", ["directory", "missing/out"])
def test_a_file_that_cannot_be_opened_for_output(call, place, option, name):
    """An output that cannot be opened is named."""
    assert name in complaint(call("filter", option, place / name, FEED))


@FULL_DEVICE
@pytest.mark.parametrize("option", [["clean", SEED, "-o"], ["filter", FEED, "-o"], ["filter", FEED, "-D"]])
def test_a_full_disk(option):
    """A file that takes no more is named."""
    assert complaint(run(*option, "/dev/full")) == "/dev/full: no space left on device"


ALL_VERBS = pytest.mark.parametrize(
    "arguments", [["clean", SEED], ["filter", FEED], ["compare", SEED, SEED]], ids=["clean", "filter", "compare"]
)


@FULL_DEVICE
@ALL_VERBS
def test_a_full_disk_behind_standard_output(arguments):
    """What could not be written to standard output is no success, whatever the verdict was."""
    ran = run(*arguments, command=redirected(">/dev/full"))
    assert complaint(ran) == "standard output: no space left on device"


@pytest.mark.parametrize("arguments", [["compare", SEED, SEED], ["filter", FEED], ["--version"]], ids=lambda a: a[0])
@pytest.mark.parametrize("setting", ["DEDUP_SIMD=fast", "DEDUP_KERNEL=natve"])
def test_a_kernel_nobody_has(arguments, setting):
    """A setting of the kernel that makes no sense is one line and status 2, never that of a verdict."""
    if setting.startswith("DEDUP_SIMD") and dedup.backend != "native":
        pytest.skip("the reference kernel has no SIMD levels")
    ran = run(*arguments, command=["env", setting, *COMMAND])
    assert (ran.status, ran.out) == (2, b"")
    assert re.fullmatch(rf"dedup: {setting.partition('=')[0]} is '\w+'; .*\n", ran.err)


def test_what_nobody_foresaw_is_no_verdict(monkeypatch, capfdbinary):
    """An error of the program's own shows its traceback, and ends in status 2: 1 is the answer of compare."""
    monkeypatch.setattr("dedup.verbs.run", lambda options: 1 // 0)
    assert main(["compare", "a", "b"]) == 2
    assert b"ZeroDivisionError" in capfdbinary.readouterr().err


# name, arguments, words of the message
MISUSES = [
    ("an unknown verb", ["wash"], "'wash'"),
    ("no verb", [], "VERB"),
    ("an unknown option", ["clean", "--gently"], "--gently"),
    ("compare with one text", ["compare", "a"], "B"),
    ("an option without its value", ["filter", "-D"], "-D"),
]


@pytest.mark.parametrize(("arguments", "words"), [case[1:] for case in MISUSES], ids=[case[0] for case in MISUSES])
def test_misuse(call, arguments, words):
    """A command that makes no sense ends in status 2 with the usage and what is wrong."""
    ran = call(*arguments)
    assert (ran.status, ran.out) == (2, b"")
    assert ran.err.startswith("usage: dedup")
    assert words in ran.err.splitlines()[-1]


# -- what it says about itself


def test_version():
    """--version names the version, the kernel in use and its SIMD level."""
    ran = run("--version")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.decode().startswith(f"dedup {dedup.__version__} ({dedup.backend} kernel, SIMD ")


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb(call, verb):
    """The help of a verb names its twin in the library, which exists."""
    ran = call(verb, "--help")
    assert (ran.status, ran.err) == (0, "")
    twin = re.search(r"^In Python: dedup\.(\w+)", ran.out.decode(), re.MULTILINE)
    assert hasattr(dedup, twin[1])


def test_help():
    """The help of the command lists every verb and the meaning of the exit status."""
    ran = run("--help")
    assert (ran.status, ran.err) == (0, "")
    assert all(re.search(rf"^    {verb} +\w", ran.out.decode(), re.MULTILINE) for verb in VERBS)
    assert "130" in ran.out.decode()


@FULL_DEVICE
@pytest.mark.parametrize("option", ["--version", "--help"])
@pytest.mark.parametrize("setting", ["", "PYTHONUNBUFFERED=1"], ids=["buffered", "unbuffered"])
def test_help_on_a_full_disk(option, setting):
    """Even help that cannot be written ends without a traceback."""
    run(option, command=["env", *filter(None, [setting]), *redirected(">/dev/full")])


# -- pipes and signals

BULKY = jsonl(*({"id": n, "text": None, "rest": "x" * 50_000} for n in range(40)))  # more than any pipe holds
STREAMING = pytest.mark.parametrize("verb", ["clean", "filter"])


@pytest.fixture
def start():
    """Start the command with pipes that hold nothing back; a process that hangs, or is left over, is killed."""
    processes, guards = [], []

    def start(*arguments, **options):
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        options = {"env": ENVIRONMENT, "bufsize": 0, **pipes, **options}
        processes.append(subprocess.Popen([*COMMAND, *map(str, arguments)], **options))
        guards.append(Timer(PATIENCE, processes[-1].kill))
        guards[-1].start()
        return processes[-1]

    yield start
    for process, guard in zip(processes, guards, strict=True):
        guard.cancel()
        process.kill()
        process.communicate()


def finished(process):
    """Wait for the end of the command and return what it left."""
    out, err = process.communicate()
    return done(process.returncode, out, err)


def interrupted(process):
    """Interrupt the command as Ctrl-C does, and return what it left."""
    process.send_signal(signal.SIGINT)
    return finished(process)


@STREAMING
def test_a_reader_that_has_seen_enough(start, tmp_path, verb):
    """When the reader goes away, as `head -1` does, the status is 0 and only the summary is said."""
    (tmp_path / "in.jsonl").write_bytes(BULKY)
    process = start(verb, tmp_path / "in.jsonl")
    first = process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    ran = finished(process)
    assert (ran.status, ran.complaints) == (0, [])
    assert ran.summary.startswith(f"dedup {verb}: ")
    assert first == BULKY.splitlines(keepends=True)[0]


@ALL_VERBS
def test_a_reader_that_never_was(start, arguments):
    """An output pipe nobody reads is no error, however little is written."""
    reader, writer = os.pipe()
    os.close(reader)
    process = start(*arguments, stdout=writer)
    os.close(writer)
    ran = finished(process)
    assert (ran.status, ran.complaints) == (0, [])


@POSIX
@ALL_VERBS
def test_closed_standard_output(arguments):
    """A command started with its standard output closed says so."""
    assert complaint(run(*arguments, command=redirected(">&-"))).startswith("standard output: ")


@POSIX
@pytest.mark.parametrize("arguments", [["clean"], ["filter"], ["compare", "-", SEED]], ids=lambda each: each[0])
def test_closed_standard_input(arguments):
    """A command that has to read its standard input and finds it closed says so."""
    assert complaint(run(*arguments, command=redirected("<&-"))).startswith("standard input: ")


@POSIX
def test_closed_standard_streams_that_are_not_needed(tmp_path):
    """With files for input and output, closed standard streams do not matter."""
    ran = run("clean", SEED, "-o", tmp_path / "out", command=redirected("<&- >&-"))
    assert (ran.status, ran.complaints) == (0, [])
    assert (tmp_path / "out").read_bytes() == BODY


@POSIX
@pytest.mark.parametrize(("arguments", "status"), [(["clean"], 0), (["filter"], 0), (["filter", "--strict"], 2)])
def test_closed_standard_error(arguments, status):
    """Without a standard error the messages are lost; standard output carries data only."""
    lines = b'{"text":"one"}\n' + (b"{oops\n" if status else b"")
    ran = run(*arguments, stdin=lines, command=redirected("2>&-"))
    assert (ran.status, ran.out, ran.err) == (status, b'{"text":"one"}\n', "")


def complaining_to(stderr):
    """Return the status and output of a run that has something to say, with `stderr` to say it to."""
    command, sent = [*COMMAND, "filter"], b'{"text":"one"}\n{oops\n{"text":"two"}\n'
    process = subprocess.run(
        command, input=sent, stdout=subprocess.PIPE, stderr=stderr, timeout=PATIENCE, env=ENVIRONMENT
    )
    return process.returncode, process.stdout == sent


def test_messages_nobody_reads():
    """When the reader of the messages is gone, the data are written all the same."""
    reader, writer = os.pipe()
    os.close(reader)
    assert complaining_to(writer) == (2, True)
    os.close(writer)


@FULL_DEVICE
def test_messages_that_cannot_be_written():
    """When the messages meet a full disk, the data are written all the same."""
    with Path("/dev/full").open("w") as full:
        assert complaining_to(full) == (2, True)


@POSIX
@STREAMING
def test_an_interrupt_in_mid_stream(start, verb):
    """Interrupted, the command writes what it has done, its summary, and ends in status 130."""
    sent = [b'{"text":"one"}\n', b'{"text":"two"}\n', b"{oops\n"]
    process = start(verb)
    process.stdin.write(b"".join(sent))
    process.stdin.flush()
    assert b"line 3" in process.stderr.readline()
    ran = interrupted(process)
    assert ran.status == 130
    assert ran.lines in (sent[:2], sent)
    assert ran.summary.startswith(f"dedup {verb}: ")
    assert ran.complaints == []


@POSIX
@STREAMING
def test_an_interrupt_while_a_line_is_written(start, tmp_path, verb):
    """A line that was begun when the interrupt came is written to its end."""
    (tmp_path / "in.jsonl").write_bytes(BULKY)
    process = start(verb, tmp_path / "in.jsonl")
    first = process.stdout.read(1)
    ran = interrupted(process)
    assert ran.status == 130
    assert BULKY.startswith(first + ran.out)
    assert ran.out.endswith(b"\n")


@POSIX
@STREAMING
def test_an_interrupt_before_the_first_document(start, verb):
    """Interrupted while it waits for something to work on, the command ends in the same way."""
    process = start(verb)
    process.stdin.write(b"\n" * 200_000)  # more than a pipe holds: once it is written, the command is reading
    process.stdin.flush()
    ran = interrupted(process)
    assert ran.status == 130
    assert not ran.out.strip()
    assert ran.summary.startswith(f"dedup {verb}: ")


@POSIX
def test_an_interrupt_at_the_start(start):
    """Interrupted while it still loads its modules, the command shows no traceback."""
    process = start("filter", env=ENVIRONMENT | {"PYTHONPROFILEIMPORTTIME": "1"})
    for line in process.stderr:
        if b"dedup.document" in line:
            break
    assert interrupted(process).status == 130


STRUCK_IN_EXEC = """
import sys
import dedup.cli
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "dedup.verbs":
            exec("raise KeyboardInterrupt")
sys.meta_path.insert(0, Finder())
raise SystemExit(dedup.cli.main(["filter"]))
"""


@POSIX
def test_an_interrupt_inside_exec(tmp_path):
    """Interrupted while `exec` runs, as when a dataclass is made, the command still ends in a status, not a signal."""
    (tmp_path / "struck.py").write_text(STRUCK_IN_EXEC)
    ran = subprocess.run([sys.executable, "-m", "struck"], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, b"", b"")


@POSIX
@STREAMING
def test_line_buffered_answers_at_once(start, verb):
    """With --line-buffered each line is answered before the next one is sent."""
    process = start(verb, "--line-buffered")
    for number in range(3):
        line = b'{"text":"story number %d of the day"}\n' % number
        process.stdin.write(line)
        assert process.stdout.readline() == line
    process.stdin.close()
    process.stdin = None
    assert finished(process).status == 0


@POSIX
@STREAMING
def test_a_slow_producer_has_its_answers_within_a_tenth_of_a_second(start, verb):
    """With --line-buffered an answer does not wait for the next line, nor long for anything else."""
    process, seconds = start(verb, "--line-buffered"), []
    for number in range(12):
        line = b'{"text":"story number %d of the day, and what became of it"}\n' % number
        begun = time.monotonic()
        process.stdin.write(line)
        assert process.stdout.readline() == line
        seconds.append(time.monotonic() - begun)
        time.sleep(0.02)
    assert sorted(seconds[2:])[5] < 0.1  # the first waits for the command to start; others share the machine


@POSIX
@pytest.mark.parametrize("store", [False, True], ids=["memory", "store"])
def test_memory_is_constant_however_much_goes_through_a_pipe(start, tmp_path, store):
    """A gigabyte takes no more than a tenth of it, given what is to be remembered."""
    options = ["--max-documents", 100, *(["--store", tmp_path / "store"] if store else [])]
    chance, words = random.Random(5), [f"word{number}" for number in range(5000)]

    def peak(megabytes):
        process = start("filter", *options, stdout=subprocess.DEVNULL)
        for number in range(20 * megabytes):
            entry = {"id": f"{megabytes}-{number}", "text": " ".join(chance.choices(words, k=150))}
            process.stdin.write(jsonl(entry | {"rest": "x" * 48_600}))
        process.stdin.close()
        process.stdin = None
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return used.ru_maxrss

    assert peak(1000) < peak(100) + 8 * 1024


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion(call, shell):
    """--completion prints a script that knows verbs and options."""
    ran = call("--completion", shell)
    assert (ran.status, ran.err) == (0, "")
    assert b"filter" in ran.out
    assert b"max-documents" in ran.out


@POSIX
def test_progress_on_a_terminal():
    """On a terminal, standard error shows how far things are; the data and the summary are the same."""
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    ends = os.openpty()
    fcntl.ioctl(ends[1], termios.TIOCSWINSZ, struct.pack("4H", 40, 120, 0, 0))
    process = subprocess.run(
        [*COMMAND, "filter", FEED], stdout=subprocess.PIPE, stderr=ends[1], env=ENVIRONMENT, timeout=PATIENCE
    )
    os.close(ends[1])
    shown = ""
    with contextlib.suppress(OSError):  # which is how a terminal ends
        while part := os.read(ends[0], 1 << 16):
            shown += part.decode()
    os.close(ends[0])
    assert process.stdout == run("filter", FEED).out
    assert "documents/s" in shown
    assert "56 lines in, 40 kept" in shown
