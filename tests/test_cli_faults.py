"""What goes wrong: input, output and options that are not what they should be, and what the command says of it."""

import gzip
import os
import re
from pathlib import Path

import pytest
import zstandard
from command import ALL_VERBS, COMMAND, FULL_DEVICE, complaint, counts, jsonl, redirected, run
from samples import BODY, BRIDGE, FEED, FERRY, SEED

import dedup
from dedup.cli import main


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
