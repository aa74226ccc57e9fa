"""What somebody meets who has nothing but `--help` and files of their own."""

import argparse
import gzip
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from samples import EXAMPLES

from dedup.arguments import VERBS, build_parser
from dedup.boilerplate.policy import POLICIES
from dedup.cli import main
from dedup.duplicates.settings import PRESETS, RETRIEVAL
from dedup.records.fields import FIELDS

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


TABLE = f"headline,body\nBridge,{STORY}\n"
# name, contents, verb and options, words of the error
MISREAD = [
    ("news.csv", TABLE, "filter", "a table, not text; make JSONL of it: mlr --icsv --ojsonl cat; or pass --lines"),
    ("news.CSV", TABLE, "clean", "a table, not text"),
    ("news.tsv.gz", TABLE.replace(",", "\t"), "cluster", "make JSONL of it: mlr --itsv --ojsonl cat"),
    ("news.json", f"[{ENTRY}]\n", "filter", "a JSON array, not text; make JSONL of it: jq -c '.[]'; or pass --lines"),
    ("news.json", f"[\n{ENTRY}]\n", "clean", "a JSON array"),
    ("news.json", f" [ \n{ENTRY}]\n", "learn", "a JSON array"),
    ("news.json", f"\ufeff[{ENTRY}]\n", "report", "a JSON array"),
    ("news", '[\n  {\n    "text": "one', "filter", "a JSON array"),
    ("news", "[{},\n{}]", "filter", "a JSON array"),
    ("news", f'[\n"{STORY}",\n"{STORY}"\n]\n', "filter", "a JSON array"),
    ("news", "[]\n", "clean", "a JSON array"),
    ("news.csv", TABLE, "filter --lines", ""),
    ("news.csv", TABLE, "clean --whole", ""),
    ("news.json", f"[{ENTRY}]\n", "clean -z", ""),
    ("news.csv", ENTRY, "filter", ""),
    ("news.csv", "", "filter", ""),
    *(
        ("news.txt", text + "\n", verb, "")
        for verb in ("filter", "clean")
        for text in (
            f"[Reuters] {STORY}",
            f"[1] {STORY}",
            f"[12:40] {STORY}",
            f"[2026-03-02] {STORY}",
            f"[{{sic}}] {STORY}",
            "[",
            f"[\n{STORY}",
            f'["Yes," he said.] {STORY}',
            f'["one"]\n["two"]\n{STORY}',
            f"[1]\n{STORY}",
            "[true",
            "[[[",
            "[" * 100_000,
            f'["{STORY}\nRain is expected."]',
        )
    ),
]


@pytest.mark.parametrize(("name", "contents", "verb", "words"), MISREAD)
def test_tables_and_arrays_are_no_text(tmp_path, capfdbinary, monkeypatch, name, contents, verb, words):
    """Unless told that they are: taken apart line by line they would be neither any more. Other text passes."""
    data = contents.encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    monkeypatch.chdir(tmp_path)
    status = main([*verb.split(), name])
    out, said = capfdbinary.readouterr()
    if not words:
        assert (status, out) == (0, data)
        return
    assert (status, out) == (2, b"")
    assert said.decode().startswith(f"dedup {verb.split()[0]}: {name}: ")
    assert words in said.decode()
    assert len(said.splitlines()) == 1


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize(
    ("commands", "status"),
    [
        ("echo [; sleep .3; echo '{\"text\": 1}]'", 2),
        ("echo '[1]'; sleep .3; echo two", 0),
        ("echo '[1,'; sleep .3; echo 2]", 2),
    ],
)
def test_an_array_in_a_pipe_is_one_however_it_arrives(tmp_path, commands, status):
    """What may be one is looked at until it is told."""
    done = shell(f"({commands}) | dedup filter", tmp_path)
    assert done.returncode == status
    assert (b"standard input: a JSON array" in done.stderr) is (status == 2)


# encoding, what it is called
OTHERWISE = [("utf-16", "UTF-16"), ("utf-16-be", "UTF-16"), ("utf-32", "UTF-32")]


@pytest.mark.parametrize(("encoding", "called"), OTHERWISE)
@pytest.mark.parametrize("verb", ["filter", "filter --lines", "clean", "clean -z", "cluster", "compare same"])
def test_other_encodings_are_told_by_their_mark(tmp_path, capfdbinary, monkeypatch, encoding, called, verb):
    """Of UTF-16, lines would be cut in the middle: it is refused, with what makes UTF-8 of it."""
    mark = "\ufeff" if encoding.endswith("be") else ""
    (tmp_path / "in").write_bytes(f"{mark}{ENTRY}{ENTRY}".encode(encoding))
    (tmp_path / "same").write_text(ENTRY)
    monkeypatch.chdir(tmp_path)
    assert main([*verb.split(), "in"]) == 2
    out, said = capfdbinary.readouterr()
    assert out == b""
    assert f"in: {called}; make UTF-8 of it: iconv -f {called} -t UTF-8\n" in said.decode()


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
