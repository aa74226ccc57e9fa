"""What somebody meets who has nothing but `--help` and files of their own."""

import argparse
import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dedup.arguments import build_parser
from dedup.boilerplate.policy import POLICIES
from dedup.duplicates.settings import PRESETS, RETRIEVAL
from dedup.records.fields import FIELDS
from dedup.verbs import VERBS

EXAMPLES = Path(__file__).parents[1] / "examples"
ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "80"}
STORY = "The harbour bridge reopened on Monday after two weeks of repairs, the city of Ostrand said in a statement."
ENTRY = f'{{"id": "1", "text": "{STORY}"}}\n'


def verbs():
    """Return the parser of each verb."""
    (action,) = [each for each in build_parser()._actions if isinstance(each, argparse._SubParsersAction)]
    return action.choices


def shell(command, cwd):
    """Run a line of shell as at a prompt, with nobody to answer questions."""
    return subprocess.run(
        ["sh", "-c", command], cwd=cwd, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, timeout=120
    )


@pytest.fixture
def place(tmp_path):
    """A directory with the files that the examples name."""
    feed = (EXAMPLES / "feed.jsonl").read_bytes()
    (tmp_path / "feed.jsonl").write_bytes(feed)
    (tmp_path / "packed.jsonl.gz").write_bytes(gzip.compress(feed))
    (tmp_path / "story.txt").write_text(f"{STORY}\nRain is expected.\n")
    (tmp_path / "copy.txt").write_text(f"{STORY.upper()}\nRain is expected.\n(Editing by Ann Lee)\n")
    return tmp_path


@pytest.mark.skipif(os.name != "posix", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize("verb", VERBS)
def test_every_example_of_the_help_runs(place, verb):
    """One after the other, as they stand there, without an error."""
    text = verbs()[verb].format_help()
    examples = re.search(r"^examples:\n((?:  .+\n)+)", text, re.MULTILINE)[1].splitlines()
    assert examples
    for example in examples:
        done = shell(example, place)
        assert done.returncode == 0, (example, done.stderr)
        assert f"dedup {verb}" in example or "--rules" in example
    if verb == "clean":
        assert (place / "feed-again.jsonl").read_bytes() == (place / "feed.jsonl").read_bytes()


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_names_the_twin_and_the_usual_fields(verb):
    """What does the same in Python, and which names of fields need not be given."""
    text = " ".join(verbs()[verb].format_help().split())
    assert "In Python: dedup." in text
    if verb != "compare":
        for field, names in FIELDS.items():
            assert f"the field that holds the {field} (usual: {', '.join(names)})" in text


def test_the_policies_are_those_of_the_library():
    """`dedup clean --policy` takes what `Cleaner(policy=)` takes."""
    (action,) = [each for each in verbs()["clean"]._actions if each.dest == "policy"]
    assert (tuple(action.choices), action.default) == (POLICIES, "default")


@pytest.mark.parametrize("verb", VERBS)
def test_the_presets_are_those_of_the_library(verb):
    """Of every verb that finds duplicates; two texts are compared without an index to find them by."""
    taken = {each.dest: (tuple(each.choices), each.default) for each in verbs()[verb]._actions if each.choices}
    taken.pop("policy", None)
    presets = {"preset": (tuple(PRESETS), "balanced"), "retrieval": (tuple(RETRIEVAL), "balanced")}
    if verb == "compare":
        del presets["retrieval"]
    assert taken == (presets if verb in ("filter", "cluster", "compare", "report") else {})


def test_a_policy_keeps_what_it_is_asked_to_keep(place):
    """The credit goes by default and stays under the others."""
    for policy, goes in [("default", True), ("aggressive", True), ("conservative", False), ("label-only", False)]:
        done = shell(f"dedup clean --policy {policy} copy.txt", place)
        assert (b"Editing by" not in done.stdout) is goes


def test_an_unknown_option_shows_the_usage_of_its_verb(place):
    """Not that of the whole command, which names none."""
    done = shell("dedup filter --windw 7d feed.jsonl", place)
    assert done.returncode == 2
    assert b"usage: dedup filter" in done.stderr
    assert b"[--window TIME]" in done.stderr
    assert done.stderr.endswith(b"dedup filter: error: unrecognized arguments: --windw\n")


# name, contents, verb and options, words of the hint
MISREAD = [
    ("news.csv", f"headline,body\nBridge,{STORY}\n", "filter", "to have the columns of a table read, make JSONL of it"),
    ("news.tsv.gz", f"headline\tbody\nBridge\t{STORY}\n", "filter", "make JSONL of it"),
    ("news.json", f"[{ENTRY}]\n", "filter", "of a JSON array make JSONL: jq -c '.[]'"),
    ("news.json", f"[\n{ENTRY}]\n", "clean", "of a JSON array make JSONL: jq -c '.[]'"),
    ("news.json", f" [ \n{ENTRY}]\n", "filter", "of a JSON array make JSONL: jq -c '.[]'"),
    ("news.csv", f"headline,body\nBridge,{STORY}\n", "filter --lines", ""),
    ("news.csv", ENTRY, "filter", ""),
    ("news.txt", f"[Reuters] {STORY}\n", "filter", ""),
]


@pytest.mark.parametrize(("name", "contents", "verb", "hint"), MISREAD)
def test_what_looks_like_no_text_brings_a_hint(tmp_path, name, contents, verb, hint):
    """It is read as text all the same, as whoever runs it may want: nothing is lost, and one line tells what to do."""
    data = contents.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    done = shell(f"dedup {verb} {name}", tmp_path)
    assert (done.returncode, done.stdout) == (0, data)
    hints = [line for line in done.stderr.decode().splitlines() if line.startswith(f"dedup {verb.split()[0]}: {name}")]
    assert len(hints) == bool(hint)
    assert all(hint in line for line in hints)


def test_an_object_on_many_lines_brings_a_hint(tmp_path):
    """None of its lines can be read; the last word is what to do."""
    (tmp_path / "news.json").write_text('{\n  "text": "one"\n}\n')
    done = shell("dedup filter news.json", tmp_path)
    assert done.returncode == 2
    assert b"news.json: taken as JSONL, but an object is on many lines; of JSON make JSONL: jq -c .\n" in done.stderr


def test_a_page_is_not_written_to_a_terminal(place):
    """It is of use in a file; nothing is read before that is said."""
    openpty = pytest.importorskip("pty").openpty
    ours, theirs = openpty()
    done = subprocess.run(
        [sys.executable, "-m", "dedup", "report", "feed.jsonl"], cwd=place, stdout=theirs, stderr=subprocess.PIPE
    )
    os.close(theirs)
    os.close(ours)
    assert (done.returncode, done.stderr) == (2, b"dedup report: the report is a web page; name it: -o report.html\n")
