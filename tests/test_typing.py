"""What a type checker says of programs that use dedup: right ones pass, slips are found."""

import re
from dataclasses import fields

import mypy.api
import pytest

from dedup import Settings, SettingsKeywords
from dedup.duplicates.settings import PRESETS, RETRIEVAL

HEAD = """\
from collections.abc import Iterator
from datetime import timedelta
from typing import Unpack
import dedup
from dedup import *
"""

# name, statement, what is said of it, "" for nothing
CASES = [
    ("a name that is not there", "from dedup import Deduplicater", 'has no attribute "Deduplicater"'),
    ("an attribute that is not there", "dedup.fingerprint", 'has no attribute "fingerprint"'),
    ("the backend", "backend_is: str = dedup.backend", ""),
    ("a setting misspelt", "Deduplicator(windo=3)", 'Unexpected keyword argument "windo" for "Deduplicator"'),
    ("a setting of another type", 'Deduplicator(bands="x")', 'Argument "bands" to "Deduplicator" has'),
    ("a preset misspelt", 'Deduplicator(preset="lax")', 'Argument "preset" to "Deduplicator" has'),
    ("settings", 'Deduplicator(window=timedelta(1), bands=8, words=0.9, preset="strict", retrieval="sparing")', ""),
    ("a setting of a corpus misspelt", "find_clusters([], windo=3)", 'Unexpected keyword argument "windo"'),
    ("a setting of a report misspelt", "report([], windo=3)", 'Unexpected keyword argument "windo"'),
    ("settings of one's own function",
        "def f(**given: Unpack[SettingsKeywords]) -> Clusters: return find_clusters([], **given)", ""),
    ("a text as a document", 'Deduplicator().add("text")', 'incompatible type "str"; expected "Document"'),
    ("what add gives", 'found: Match | None = Deduplicator().add(Document("a", "x"))', ""),
    ("what add_many gives", "each: Iterator[Match | None] = Deduplicator().add_many([])", ""),
    ("what find_clusters gives", "clusters: Clusters = find_clusters([])", ""),
    ("what prepare gives", "made: list[Prepared] = Deduplicator().prepare([])", ""),
    ("what a catalogue holds", 'template: Template = Catalogue.builtin()["x"]', ""),
    ("the settings", "settings: Settings = Deduplicator().settings", ""),
    ("errors", "errors: list[type[DedupError]] = [BadTemplate, BadType, BadValue, UnknownDocument]", ""),
]  # fmt: skip


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """What mypy says of all cases in one program, by case."""
    program, place = HEAD, {}
    for number, (_, statement, _) in enumerate(CASES):
        first = program.count("\n") + 1
        program += statement + "\n"
        place |= dict.fromkeys(range(first, program.count("\n") + 1), number)
    folder = tmp_path_factory.mktemp("typing")
    path = folder / "program.py"
    path.write_text(program, "utf-8")
    out, _, _ = mypy.api.run(["--strict", "--cache-dir", str(folder), "--config-file", "", str(path)])
    said = {number: [] for number in range(len(CASES))}
    for line, message in re.findall(r"program\.py:(\d+): error: (.*)", out):
        said[place[int(line)]].append(message)
    return said


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case[0] for case in CASES])
def test_what_a_type_checker_says(complaints, number):
    """A slip is one complaint that names it; what is right passes under `--strict`."""
    _, _, expected = CASES[number]
    assert len(complaints[number]) == bool(expected), complaints[number]
    assert expected in "".join(complaints[number])


def test_settings_are_known_to_type_checkers():
    """`SettingsKeywords` has the names and types of `Settings`, and the presets by name."""
    known = SettingsKeywords.__annotations__
    assert {name: known[name] for name in known if name not in ("preset", "retrieval")} == {
        field.name: field.type for field in fields(Settings)
    }
    assert known["preset"].__args__ == tuple(PRESETS)
    assert known["retrieval"].__args__ == tuple(RETRIEVAL)
