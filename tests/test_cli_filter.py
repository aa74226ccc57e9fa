"""`dedup filter`, and `cluster`, as their users meet them: real processes, real pipes, bytes in and bytes out."""

import gzip
import json
import random
import sys

import pytest
from command import POSIX, complaint, counts, jsonl, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import BODY, BRIDGE, EIN, EMPTY, EXAMPLES, FEED, FEED_LINES, FERRY, LONG, POOL, SEED_TEXT, WORDS

import dedup


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
