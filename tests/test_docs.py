"""The documentation says what the program does: every command and example in it is run."""

import doctest
import importlib.util
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

import dedup
from dedup.document import RELATIONS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
MODULES = [
    name for _, name, _ in pkgutil.walk_packages(dedup.__path__, "dedup.") if not name.endswith(("__main__", "_native"))
]


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A directory with the examples, in which the documentation's commands may write."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_examples_of_the_pages(page, checkout):
    """Every `>>>` example of a page gives the output shown."""
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    names = {}  # later blocks go on from earlier ones
    for block in re.findall(r"```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        test = parser.get_doctest(block, names, page.name, str(page), 0)
        runner.run(test, clear_globs=False)
        names = test.globs
    assert runner.failures == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_of_the_pages(page, checkout):
    """Every `$` command of a page runs and succeeds."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for block in re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for command in re.findall(r"^\$ (.*)$", block, re.MULTILINE):
            done = subprocess.run(command, shell=True, env=environment, capture_output=True, timeout=60)
            assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
def test_the_demonstration_leaves_its_page(checkout):
    """What `make demo` shows runs without an error, and the page it names is there to be opened."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["sh", "examples/demo.sh"], env=environment, capture_output=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"to open in a browser: demo.html" in done.stdout
    assert (checkout / "demo.html").read_bytes().startswith(b"<!doctype html>")


@pytest.mark.parametrize("module", MODULES)
def test_docstring_examples(module):
    """Every example in a docstring gives the output shown."""
    assert doctest.testmod(import_module(module)).failed == 0


def test_the_summaries_in_the_readme(checkout):
    """The summary lines the README shows are those of its command."""
    shown = re.findall(
        r"^(dedup (?:filter|clean): .*?)(?:\.\.\.)?$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE
    )
    command = [sys.executable, "-m", "dedup"]
    first = subprocess.run([*command, "filter", "examples/feed.jsonl"], capture_output=True, timeout=60)
    second = subprocess.run([*command, "clean"], input=first.stdout, capture_output=True, timeout=60)
    for line, done in zip(shown, (first, second), strict=True):
        assert done.stderr.decode().startswith(line.rstrip())


def words_of_help(text):
    """Return the words of a help page; Python 3.13 writes `-o, --output FILE` for `-o FILE, --output FILE`."""
    return re.sub(r"(-\w) (\w+), (--[\w-]+) \2", r"\1, \3 \2", text).split()


def maker(name):
    """Return the module that writes a page."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_python_reference_is_up_to_date():
    """docs/python.md is what `make docs` writes, and has every public name."""
    make_python = maker("make_python")
    text = make_python.PAGE.read_text("utf-8")
    assert text == make_python.page()
    named = set(re.findall(r"^### (\w+)$", text, re.MULTILINE)) | set(re.findall(r"`dedup\.(\w+)`", text))
    assert set(dedup.__all__) <= named


def test_the_command_reference_is_up_to_date():
    """docs/cli.md is what `make docs` writes."""
    make_cli = maker("make_cli")
    assert words_of_help(make_cli.PAGE.read_text("utf-8")) == words_of_help(make_cli.page())


def members(section):
    """Return the members that a section of docs/output.md has a table of."""
    text = (ROOT / "docs" / "output.md").read_text("utf-8").split(f"## {section}\n")[1].split("\n## ")[0]
    return {name for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}


def written(*arguments):
    """Return the objects that a command writes about the example feed."""
    command = [sys.executable, "-m", "dedup", *arguments, "examples/feed.jsonl"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_what_is_written_has_the_members_of_its_page(checkout):
    """docs/output.md names every member of a match, a span and the figures, and no other."""
    marked = [entry["dedup"] for entry in written("filter", "--mark")]
    assert {*chain.from_iterable(marked)} == members("A match")
    in_clusters = [member for cluster in written("cluster") for member in cluster["members"]]
    assert {*chain.from_iterable(in_clusters)} == members("A match") - {"canonical"}
    spans = [span for entry in written("clean", "--annotate") for span in entry.get("boilerplate", [])]
    assert {*chain.from_iterable(spans)} == members("A span")
    page = (ROOT / "docs" / "output.md").read_text("utf-8")
    own = set()
    for verb in ("filter", "clean", "cluster", "learn"):
        written(verb, "-o", os.devnull, "--stats", f"{verb}.json")
        figures = json.loads(Path(f"{verb}.json").read_bytes())
        assert members("Figures") <= figures.keys()
        own |= figures.keys() - members("Figures") - {*RELATIONS, "accepted", "confident", "proposed", "rejected"}
    assert {name for name in own if f"`{name}`" not in page} == set()


def test_links_lead_somewhere():
    """Relative links of the pages point to files."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_changelog_names_the_version():
    """The present version has an entry, and the catalogue figures in it are true."""
    changes = (ROOT / "docs" / "changelog.md").read_text("utf-8")
    catalogue = dedup.Catalogue.builtin()
    kinds, languages = {t.kind for t in catalogue}, {t.lang for t in catalogue} - {"mul", ""}
    assert f"## {dedup.__version__}" in changes
    assert f"A catalogue of {len(catalogue)} templates of {len(kinds)} kinds in {len(languages)} languages." in changes
