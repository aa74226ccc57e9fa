"""The command among others: pipes that close, signals, terminals, full disks."""

import contextlib
import os
import random
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer

import pytest
from command import (
    ALL_VERBS,
    COMMAND,
    ENVIRONMENT,
    FULL_DEVICE,
    PATIENCE,
    POSIX,
    complaint,
    done,
    jsonl,
    redirected,
    run,
)
from samples import (
    BODY,
    FEED,
    SEED,
)

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
