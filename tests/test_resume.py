"""A run with a store that was killed, and the same command again: together they are one run."""

import contextlib
import gzip
import json
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow
import pytest
from command import COMMAND, ENVIRONMENT, PATIENCE, done, jsonl
from samples import BRIDGE, FEED_LINES, FERRY
from test_inputs import as_parquet

import dedup.streams.reading
import dedup.streams.writing
import dedup.verbs.filter
from dedup import Catalogue
from dedup.cli import main
from dedup.duplicates.store import Store

POSIX = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks and signals of POSIX")
SMALL = 20_000  # bytes read at a time: many commits in a small feed
ODD = [b"{oops\n", b"\n", b'{"text": "\xff bytes of another kind"}\n', b'{"title": "no text"}\n']


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A feed in three files: one packed, one that lacks its last line end, with lines that cannot be read."""
    chance = random.Random(1)
    lines = [*FEED_LINES, *ODD]
    chance.shuffle(lines)
    parts = b"".join(lines[:20]).rstrip(b"\n"), b"".join(lines[20:45]), b"".join(lines[45:])
    for name, part in zip(("a.jsonl", "b.jsonl.gz", "c.jsonl"), parts, strict=True):
        (tmp_path / name).write_bytes(gzip.compress(part) if name.endswith(".gz") else part)
    monkeypatch.chdir(tmp_path)
    plain = Catalogue([])  # is quick to make
    monkeypatch.setattr(dedup.verbs.filter, "catalogue", lambda rules: plain)
    return tmp_path


INPUT = ["a.jsonl", "b.jsonl.gz", "c.jsonl"]
WAYS = [
    ("a file", ["-o", "out"]),
    ("standard output", []),
    ("a packed file", ["-o", "out.gz"]),
    ("a Zstandard file", ["-o", "out.zst"]),
    ("marks", ["--mark", "-o", "out"]),
    ("line by line", ["--line-buffered", "-o", "out", "-D", "dropped"]),
    ("all outputs", ["--rejects", "rejects", "-D", "dropped.gz", "--ledger", "ledger", "--window", "30d"]),
]


class Killed:
    """A child that runs the command and kills itself at its n-th deed: a write, whole or half, or a commit."""

    def __init__(self, at):
        self.left = at

    def struck(self):
        self.left -= 1
        return self.left == 0

    def write(self, descriptor, data, write=os.write):
        if self.struck():
            write(descriptor, bytes(data)[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return write(descriptor, data)

    def commit(self, store, *arguments, commit=Store.commit, **state):
        if self.struck():
            os.kill(os.getpid(), signal.SIGKILL)
        commit(store, *arguments, **state)
        if self.struck():
            os.kill(os.getpid(), signal.SIGKILL)

    def run(self, arguments):
        """Return whether the command came to its end in a child, with its standard output appended to a file."""
        if child := os.fork():
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            assert status in (0, 2, -signal.SIGKILL)
            return status >= 0
        with contextlib.suppress(BaseException):
            os.dup2(os.open("standard", os.O_WRONLY | os.O_APPEND | os.O_CREAT), 1)
            sys.stdout = os.fdopen(1, "w")
            sys.stderr = Path("said").open("a")  # noqa: SIM115
            dedup.streams.writing.os = type("Os", (), {**vars(os), "write": staticmethod(self.write)})
            dedup.streams.reading.AT_ONCE = SMALL
            Store.commit = lambda store, *args, **state: self.commit(store, *args, **state)
            os._exit(main(arguments))
        os._exit(99)


def outputs(folder):
    """Return what every output holds, unpacked."""
    found = {}
    for path in sorted(folder.glob("*")):
        if not path.name.startswith(("store", "said", *INPUT)):
            data = path.read_bytes()
            found[path.name] = b"".join(unpacked_lines(path)) if path.suffix in (".gz", ".zst") else data
            path.unlink()
    return found


def unpacked_lines(path):
    with dedup.streams.reading.open_input(str(path)) as reader:
        yield from (line for batch in reader.lines() for line in batch)


@POSIX
@pytest.mark.parametrize("options", [way[1] for way in WAYS], ids=[way[0] for way in WAYS])
def test_killed_at_any_deed_and_run_again(place, options):
    """However often a run is killed, at any write or commit, its outputs are those of a run that was not."""
    command = ["filter", *INPUT, *options]
    assert Killed(-1).run(command)
    expected = outputs(place)
    chance = random.Random(len(options))
    kills = 0
    for trial in range(4):
        store = [f"--store=store{trial}"]
        while not Killed(chance.randint(1, 25)).run([*command, *store]):
            kills += 1
        assert outputs(place) == expected
    assert kills > 3


@POSIX
def test_killed_at_each_deed(place):
    """Killed once, at each of all deeds in turn, and run again to the end."""
    command = ["filter", *INPUT, "-D", "dropped", "--store"]
    assert Killed(-1).run([*command, "store"])
    expected = outputs(place)
    at = 1
    while not Killed(at).run([*command, f"store{at}"]):
        assert Killed(-1).run([*command, f"store{at}"])
        assert outputs(place) == expected
        at += 1
    assert at > 20


@POSIX
def test_killed_at_random_moments(place):
    """The same with processes of their own, killed from outside while they read, work, write or end."""
    chance, feed = random.Random(3), place / "a.jsonl"
    words = [f"word{number}" for number in range(3000)]
    with feed.open("w") as file:
        for number in range(1200):
            story = random.Random(number if chance.random() < 0.7 else chance.randrange(number + 1))
            entry = {"id": str(number), "text": " ".join(story.choices(words, k=150)), "source": f"s{number % 9}"}
            file.write(json.dumps(entry) + "\n")
    command = [*COMMAND, "filter", "a.jsonl", "-D", "dropped", "--store"]

    def ran(store, after):
        with (place / "out").open("ab") as out:
            process = subprocess.Popen([*command, store], stdout=out, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
            begun = time.monotonic()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(after)
            process.kill()
            return process.wait(), time.monotonic() - begun

    status, seconds = ran("store", PATIENCE)
    assert status == 0
    expected = outputs(place)
    assert expected["dropped"]
    trial = kills = 0
    while trial < 3 or kills < 3:
        patience = seconds * chance.uniform(0.2, 0.9)
        status, took = ran(f"store{trial}", patience)
        if status == 0:
            seconds = took  # the machine was busy before
        while status != 0:
            kills, patience = kills + 1, patience * 1.5
            status, _ = ran(f"store{trial}", patience)
        assert outputs(place) == expected
        trial += 1


@POSIX
def test_a_pipe_repeats_little_and_loses_nothing(place):
    """What went into a pipe cannot be taken back: after a kill some lines come twice, none is missing."""
    (place / "in.jsonl").write_bytes(b"".join(FEED_LINES) * 4)
    command = [*COMMAND, "filter", "in.jsonl", "--line-buffered", "--store", "store"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": ENVIRONMENT}
    process = subprocess.Popen(command, bufsize=0, **pipes)
    first = [process.stdout.readline() for _ in range(9)]
    process.kill()
    first += process.communicate()[0].splitlines(keepends=True)
    rest = subprocess.run(command, timeout=PATIENCE, check=True, **pipes).stdout.splitlines(keepends=True)
    whole = subprocess.run([*command[:-1], "other"], timeout=PATIENCE, check=True, **pipes).stdout
    twice = Counter([*first, *rest]) - Counter(whole.splitlines(keepends=True))
    assert set(first) | set(rest) == set(whole.splitlines(keepends=True))
    assert twice.total() <= 1


# -- the same command, another command, another input


def test_a_store_remembers_for_later_runs(place, call):
    """What one run kept, another on other files drops."""
    (place / "later.jsonl").write_bytes(b"".join(FEED_LINES))
    call("filter", *INPUT, "--store", "store", "-o", "out")
    ran = call("filter", "later.jsonl", "--store", "store", "-o", "later")
    assert [json.loads(line)["text"] for line in (place / "later").read_bytes().splitlines()] == ["", None]
    assert "56 lines in, 2 kept" in ran.summary


def test_the_same_command_again_changes_nothing(place, call):
    """A finished run that is repeated reads its input and leaves its outputs as they are."""
    command = ["filter", *INPUT, "--store", "store", "-o", "out"]
    first = call(*command)
    out = (place / "out").read_bytes()
    again = call(*command)
    assert (place / "out").read_bytes() == out
    assert again.status == first.status == 2
    assert "; gone on after line 60: 0 lines and 0 kept in this run; " in again.summary
    assert first.summary.partition(";")[0] == again.summary.partition(";")[0]


def test_lines_that_came_later_are_appended(place, call):
    """Of a file that has grown, the same command answers what is new."""
    feed = place / "feed.jsonl"
    command = ["filter", "feed.jsonl", "-o", "out", "--store"]
    feed.write_bytes(b"".join(FEED_LINES))
    call(*command, "whole")
    whole = (place / "out").read_bytes()
    for many in (10, 10, 30, 56):
        feed.write_bytes(b"".join(FEED_LINES[:many]))
        call(*command, "store")
    assert (place / "out").read_bytes() == whole


def test_another_input_of_the_same_name_is_another_run(place, call):
    """When the first line is another, a file or a pipe is taken from its beginning."""
    feed = place / "feed.jsonl"
    command = ["filter", "feed.jsonl", "-o", "out", "--store", "store"]
    feed.write_bytes(b"".join(FEED_LINES[:20]))
    call(*command)
    feed.write_bytes(b"".join(FEED_LINES[1:]))
    assert "55 lines in" in call(*command).summary
    assert FEED_LINES[1] not in (place / "out").read_bytes()


@pytest.mark.parametrize("options", [[], ["--lines"], ["-z"], ["--line-buffered"]], ids=" ".join)
def test_an_input_that_lets_wait_for_itself_is_one(place, call, monkeypatch, options):
    """A pipe in which nothing is there yet is read when it is, and gone on with like a file."""
    monkeypatch.setattr(dedup.streams.reading, "select", lambda *arguments: ([], [], []))
    end = b"\0" if "-z" in options else b"\n"
    for many in (1, 2, 4):
        ends = os.pipe()
        os.write(ends[1], b"".join(jsonl({"text": f"{BRIDGE} {number}"})[:-1] + end for number in range(many)))
        os.close(ends[1])
        with os.fdopen(ends[0]) as file:
            monkeypatch.setattr(sys, "stdin", file)
            ran = call("filter", *options, "--store", "store", "-o", "out")
        assert ran.status == 0
        assert f"dedup filter: {many} " in ran.summary
        assert "gone on after line" in ran.summary or many == 1


def finish(place, call, *arguments):
    """Return the complaint of a command that will not run, having kept every byte of the output."""
    before = (place / "out").read_bytes()
    ran = call(*arguments)
    assert ran.status == 2
    assert (place / "out").read_bytes() == before
    return ran.complaints[-1]


# name, what the input of 20 lines is when the same command runs again
CHANGED = [
    ("a line in the middle", [*FEED_LINES[:9], FEED_LINES[30], *FEED_LINES[10:20]]),
    ("the last line", [*FEED_LINES[:19], FEED_LINES[30]]),
    ("the middle of one that has grown", [*FEED_LINES[:9], FEED_LINES[30], *FEED_LINES[10:24]]),
    ("the end, which is gone", FEED_LINES[:10]),
    ("two lines that changed places", [FEED_LINES[0], FEED_LINES[2], FEED_LINES[1], *FEED_LINES[3:20]]),
]
CHANGES = pytest.mark.parametrize("lines", [case[1] for case in CHANGED], ids=[case[0] for case in CHANGED])
SOURCES = ["file", "packed file", "standard input", "pipe"]


@contextlib.contextmanager
def handed(monkeypatch, source, lines):
    """Put some lines where the argument that is yielded names them."""
    data = b"".join(lines)
    name = "packed.jsonl.gz" if source == "packed file" else "feed.jsonl"
    Path(name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    if source.endswith("file"):
        yield name
        return
    into = Path(name).open()  # noqa: SIM115 - closed below
    if source == "pipe":
        into.close()
        ends = os.pipe()
        os.write(ends[1], data)
        os.close(ends[1])
        into = os.fdopen(ends[0])
    with into as file:
        monkeypatch.setattr(sys, "stdin", file)
        yield "-"


@CHANGES
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("size", [SMALL // 20, 1 << 20])
def test_an_input_that_was_changed_is_a_new_one(place, call, monkeypatch, source, lines, size):
    """After a run that was done it is answered from its first line on, each line once."""
    monkeypatch.setattr(dedup.streams.reading, "AT_ONCE", size)
    for number, each in enumerate((FEED_LINES[:20], lines)):
        with handed(monkeypatch, source, each) as name:
            ran = call("filter", name, "-o", "out", "-D", "dropped", "--store", "store")
        assert ran.status == 0
        assert f"dedup filter: {len(each)} lines in" in ran.summary
        assert "gone on" not in ran.summary
        written = (place / "out").read_bytes() + (place / "dropped").read_bytes()
        assert sorted(written.splitlines()) == sorted(b"".join(each).splitlines())
        assert (FEED_LINES[30] in (place / "out").read_bytes()) == (number == 1 and FEED_LINES[30] in lines)
    with handed(monkeypatch, source, [*lines, FEED_LINES[40]]) as name:
        ran = call("filter", name, "-o", "out", "-D", "dropped", "--store", "store")
    assert f"gone on after line {len(lines)}: 1 line " in ran.summary


@POSIX
@CHANGES
def test_an_input_that_was_changed_meanwhile_is_refused(place, lines):
    """While a run is not done nothing is guessed, and both ways out are named."""
    feed = place / "feed.jsonl"
    command = ["filter", "feed.jsonl", "-o", "out", "--line-buffered", "--store", "store"]
    feed.write_bytes(b"".join(FEED_LINES[:30]))
    assert not Killed(3 * 21).run(command)
    before = (place / "out").read_bytes()
    feed.write_bytes(b"".join(lines))
    assert Killed(-1).run(command)
    said = (place / "said").read_text().splitlines()[-1]
    assert re.search(r"store 'store' is in the middle of a run, and the input is not .* up to line 2\d: ", said)
    assert "name another store, or pass --afresh" in said
    assert (place / "out").read_bytes() == before
    feed.write_bytes(b"".join(FEED_LINES[:30]))
    assert Killed(-1).run(command)
    assert "30 lines in" in (place / "said").read_text().splitlines()[-1]


# name, whether the run was done, what the same command says
OLDER = [
    ("done", True, "dedup filter: 20 lines in"),
    ("interrupted", False, "in the middle of a run of an earlier dedup, which noted too little to go on: finish it"),
]


@pytest.mark.parametrize(("done", "said"), [case[1:] for case in OLDER], ids=[case[0] for case in OLDER])
def test_a_note_of_an_earlier_version(place, call, done, said):
    """It knows two lines of the input: when the run was done all is answered again, else it is refused."""
    (place / "feed.jsonl").write_bytes(b"".join(FEED_LINES[:20]))
    command = ["filter", "feed.jsonl", "-o", "out", "--store", "store"]
    call(*command)
    with contextlib.closing(sqlite3.connect("store")) as connection:
        ((note,),) = connection.execute("SELECT value FROM state WHERE name = 'note'")
        older = json.loads(note) | {"done": done, "last": ""}
        del older["lines"]
        connection.execute("UPDATE state SET value = ? WHERE name = 'note'", (json.dumps(older).encode(),))
        connection.commit()
    ran = call(*command)
    assert ran.status == (0 if done else 2)
    assert said in ran.err
    assert "gone on" not in ran.err


def test_an_output_that_was_emptied_is_refused(place, call):
    """An output that has lost what the run wrote is not gone on with."""
    command = ["filter", *INPUT, "-o", "out", "--store", "store"]
    call(*command)
    (place / "out").write_bytes(b"short")
    assert "out: holds 5 of the" in finish(place, call, *command)


def test_an_output_that_is_gone_is_named(place, call):
    """An output of an earlier run that was removed or renamed is not made anew, with a part of the lines."""
    command = ["filter", *INPUT, "-o", "out", "-D", "dropped", "--store", "store"]
    call(*command)
    (place / "dropped").unlink()
    said = "dropped: the output of the earlier run is gone; pass --afresh to forget what the store remembers"
    assert said in finish(place, call, *command)
    assert not (place / "dropped").exists()


@POSIX
def test_a_file_after_a_pipe_is_refused(place):
    """What went into a pipe is not in the file that standard output is now; another pipe is gone on with."""
    (place / "feed.jsonl").write_bytes(b"".join(FEED_LINES))
    command = f"{sys.executable} -m dedup filter feed.jsonl --store store"

    def shell(line):
        process = subprocess.run(["sh", "-c", line], capture_output=True, timeout=PATIENCE, env=ENVIRONMENT)
        return done(process.returncode, process.stdout, process.stderr)

    assert len(shell(f"{command} | cat").lines) == 40
    for redirection in (">", ">>"):
        ran = shell(f"{command} {redirection} out")
        assert ran.status == 2
        assert "standard output: is a file, and the earlier run wrote elsewhere" in ran.complaints[-1]
    assert "0 lines and 0 kept in this run" in shell(f"{command} | cat").summary
    shell(f"{command} --afresh > out")
    assert len((place / "out").read_bytes().splitlines()) == 40


def test_a_file_after_a_pipe_into_which_nothing_went(place, call):
    """Nothing is missing from a file when the runs before had nothing to write."""
    feed, command = place / "feed.jsonl", [*COMMAND, "filter", "feed.jsonl", "--store", "store"]
    for many in (0, 20):
        feed.write_bytes(b"".join(FEED_LINES[:many]))
        with (place / "out").open("wb") as out:
            pipe = {"stdout": out if many else subprocess.PIPE, "stderr": subprocess.PIPE}
            subprocess.run(command, timeout=PATIENCE, check=True, env=ENVIRONMENT, **pipe)
    assert (place / "out").read_bytes()


@POSIX
def test_another_run_waits_for_the_one_that_was_interrupted(place, call):
    """As long as a run is not finished, another command is refused, unless told to leave it."""
    command = ["filter", *INPUT, "-o", "out", "--store", "store"]
    assert not Killed(8).run(command)
    other = ["filter", "c.jsonl", "-o", "out", "--store", "store"]
    assert "in the middle of a run with files ['a.jsonl'," in finish(place, call, *other)
    assert "with mark False, which is now True" in finish(place, call, *command, "--mark")
    assert call(*other, "--afresh").complaints[-1:] != [""]
    assert "lines in" in call(*command).summary


def test_beginning_afresh_is_for_stores(call):
    """Without a store there is nothing to leave."""
    assert "--afresh is for runs with --store" in call("filter", "--afresh").complaints[-1]


# name, how the second command differs from the first
AGAIN = [
    ("the same", []),
    ("another window", ["--window", "9d"]),
    ("other rules", ["--rules", "rules.toml"]),
    ("other presets", ["--preset", "strict", "--retrieval", "sparing"]),
]


@pytest.mark.parametrize("options", [case[1] for case in AGAIN], ids=[case[0] for case in AGAIN])
def test_beginning_afresh_is_beginning_with_an_empty_memory(place, call, options):
    """With --afresh a run answers as the first one on a new store, whatever the store had been made with."""
    command = ["filter", *INPUT, "-o", "out", "--store"]
    (place / "rules.toml").write_text('[[template]]\nid = "x"\nkind = "learned"\npattern = "never met"\n')
    call(*command, "store", "--window", "30d", "--time", "published")
    call(*command, "new", *options)
    expected = (place / "out").read_bytes()
    call(*command, "store", "--afresh", *options)
    assert (place / "out").read_bytes() == expected
    call(*command, "store", *options)  # goes on with that run
    assert (place / "out").read_bytes() == expected


@pytest.mark.parametrize(("option", "chosen"), [("--preset", "strict"), ("--retrieval", "sparing")])
def test_a_store_is_of_its_presets(place, call, option, chosen):
    """With another than it was made with, a store is refused, and the option is named."""
    command = ["filter", *INPUT, "-o", "out", "--store", "store"]
    call(*command, option, chosen)
    assert f"pass the {option[2:]} {chosen!r} it was made with" in finish(place, call, *command)
    assert "gone on after line 60" in call(*command, option, chosen).summary


@pytest.mark.parametrize("note", [b"{", b"[]", b"{}", b"\xff", b"a note of another program"])
def test_a_note_that_no_run_wrote(place, call, note):
    """It is told of, and how to go on."""
    with dedup.Deduplicator(path="store", cleaner=dedup.Cleaner(Catalogue([]))) as seen:
        seen.commit(note)
    ran = call("filter", "c.jsonl", "--store", "store")
    assert ran.status == 2
    assert "the store 'store' holds a note that is of no run of dedup filter, or damaged: name another" in ran.err
    assert call("filter", "c.jsonl", "--store", "store", "--afresh").lines


def test_only_a_store_is_emptied(place, call):
    """Neither another database nor another file is touched, nor a store that is in use."""
    with contextlib.closing(sqlite3.connect("other.db")) as connection:
        connection.execute("CREATE TABLE mine (n)")
    for name in ("other.db", "a.jsonl"):
        before = (place / name).read_bytes()
        ran = call("filter", "c.jsonl", "-o", "out", "--store", name, "--afresh")
        assert ran.status == 2
        assert f"the file '{name}' is not a store of dedup; pass another path" in ran.complaints[-1]
        assert (place / name).read_bytes() == before
    with dedup.Deduplicator(path="store") as seen:
        seen.add(dedup.Document("a", "The bridge reopened."))
        assert "locked" in call("filter", "c.jsonl", "-o", "out", "--store", "store", "--afresh").complaints[-1]
        assert len(seen) == 1


def test_what_an_earlier_run_kept_is_said(place, call):
    """When nothing is new, and lines are dropped as copies of themselves, the summary tells why."""
    said = "nothing is new: an earlier run on this store has read this input"
    command = ["filter", "c.jsonl", "--store", "store", "-o"]
    assert said not in call(*command, "out").summary
    assert said in call(*command, "another").summary
    (place / "twice.jsonl").write_bytes(FEED_LINES[0] * 2)
    assert said not in call("filter", "twice.jsonl", "--store", "new", "-o", "out").summary


# -- documents without an id


def rows(**columns):
    return as_parquet(pyarrow.table(columns))


# name, options, three inputs, of which the last tells the story of the first in a line of its own
UNNAMED = [
    ("JSONL", [], [jsonl({"text": BRIDGE}), jsonl({"text": FERRY}), jsonl({"n": 3, "text": BRIDGE})]),
    ("JSONL that begins alike", [], [jsonl({"text": ""}, {"text": text}) for text in (BRIDGE, FERRY, BRIDGE.upper())]),
    ("lines", ["--lines"], [text.encode() for text in (BRIDGE, FERRY, BRIDGE.upper())]),
    ("texts between NULs", ["-z"], [text.encode() + b"\0" for text in (BRIDGE, FERRY, BRIDGE.upper())]),
    ("whole files", ["--whole"], [text.encode() for text in (BRIDGE, FERRY, BRIDGE.upper())]),
    ("rows", [], [rows(text=[BRIDGE]), rows(text=[FERRY]), rows(text=[BRIDGE], n=[3])]),
]


@pytest.mark.parametrize(("options", "inputs"), [case[1:] for case in UNNAMED], ids=[case[0] for case in UNNAMED])
def test_a_new_input_does_not_make_a_store_forget_the_last(place, call, monkeypatch, options, inputs):
    """Of documents without an id, those of one input are not taken for those of another in the same places."""
    for number, data in enumerate(inputs):
        (place / "in").write_bytes(data)
        with (place / "in").open() as file:
            monkeypatch.setattr(sys, "stdin", file)
            ran = call("filter", *options, "--store", "store", "-o", f"out{number}", "-D", f"dropped{number}")
    assert "1 dropped (exact 1," in ran.summary
    assert (place / "dropped2").read_bytes()


def test_a_document_without_an_id_is_called_the_same_after_an_interruption(place, call):
    """By its number and what stands there, however far the run before had come."""
    lines = [jsonl({"text": json.loads(line).get("text")}) for line in FEED_LINES]
    command = ["filter", "--mark", "feed.jsonl", "-o", "out", "--store"]
    (place / "feed.jsonl").write_bytes(b"".join(lines))
    call(*command, "whole")
    whole = (place / "out").read_bytes()
    for many in (20, 56):
        (place / "feed.jsonl").write_bytes(b"".join(lines[:many]))
        call(*command, "store")
    assert (place / "out").read_bytes() == whole
    marks = [json.loads(line)["dedup"] for line in whole.splitlines()]
    names = {mark[name] for mark in marks if mark["relation"] for name in ("id", "canonical")}
    assert len(names) > 5
    assert all(re.fullmatch("#[1-9][0-9]?:[0-9a-f]{16}", name) for name in names)
