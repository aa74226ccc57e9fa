"""The command under test: how it is run, and what a run of it left behind."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from samples import FEED, SEED

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


def complaint(ran):
    """Return the message of a run that failed: one line, lower-case, after the name of the verb."""
    assert ran.status == 2
    (line,) = ran.complaints
    name, message = line.split(": ", 1)
    assert re.fullmatch(r"dedup \w+", name)
    assert not message.split(": ")[-1][0].isupper()
    return message


ALL_VERBS = pytest.mark.parametrize(
    "arguments", [["clean", SEED], ["filter", FEED], ["compare", SEED, SEED]], ids=["clean", "filter", "compare"]
)
