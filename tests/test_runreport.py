"""What a run took out, by source and template, and what has drifted since another."""

import json
import subprocess
import sys

import pytest

from dedup import Cleaner, DedupError
from dedup.boilerplate.runreport import ANY, RunReport

STORY = "The council voted on Monday to keep the old ferry running for another year.\n"
CREDIT = "\n(Reporting by Ann Lee; Editing by Max Roe)\n"
NOTE = "\n($1 = 0.9210 euros)\n"


@pytest.fixture(scope="module")
def cleaner():
    return Cleaner()


def report(cleaner, credited, of, source="ledger.example"):
    """Return the report of a run over `of` documents, so many of them `credited`."""
    run = RunReport()
    for number in range(of):
        text = f"No. {number}. {STORY}" + (CREDIT if number < credited else "")
        run.add(text, cleaner.clean(text), source)
    return run


def test_words_and_documents_are_counted_by_source_and_template(cleaner):
    """What goes is counted in words and documents, what stays with its reason."""
    run = RunReport()
    for text in (STORY + CREDIT + NOTE, STORY + CREDIT, STORY):
        run.add(text, cleaner.clean(text), "ledger.example")
    run.add(STORY, cleaner.clean(STORY))
    assert run.documents == {"ledger.example": 3, "": 1}
    assert run.touched == {("ledger.example", "reuters-credits"): 2, ("ledger.example", ANY): 2}
    assert run.words == {("ledger.example", "reuters-credits"): 16, ("ledger.example", ANY): 16}
    assert run.kept == {("currency-note", "kept: the template only labels"): 1}


DRIFTS = {  # documents credited, of how many: before, and now
    "nothing changed": ((10, 100), (10, 100), None),
    "from none to many": ((0, 100), (60, 100), (0.6, 0.0)),
    "from few to many": ((10, 200), (60, 120), (0.5, 0.05)),
    "from many to none": ((60, 100), (0, 100), (0.0, 0.6)),
    "twice as many of few, which chance may do": ((2, 40), (4, 40), None),
    "more, but not far more": ((50, 100), (90, 100), None),
    "too few documents to say": ((0, 100), (15, 15), None),
    "a source not met before": ((0, 0), (60, 100), None),
}


@pytest.mark.parametrize(("before", "now", "drift"), DRIFTS.values(), ids=DRIFTS)
def test_a_template_drifts_when_far_more_or_fewer_documents_have_it(cleaner, before, now, drift):
    """An alarm takes twice or half the share, more than chance explains, and enough documents."""
    found = report(cleaner, *now).drift(report(cleaner, *before))
    of = [(each.share, each.before) for each in found if each.template == "reuters-credits"]
    assert of == ([drift] if drift else [])
    assert len(found) == 2 * len(of)  # the other is of all templates together


def test_a_report_is_written_and_read(cleaner):
    """JSON and back is the same; what is no report is an error that says how to write one."""
    run = report(cleaner, 3, 5)
    run.add(STORY + NOTE, cleaner.clean(STORY + NOTE))
    read = RunReport.from_json(run.json())
    assert vars(read) == vars(run)
    for bad in (b"", b"[]", b"{}", b'{"sources": [{}], "kept": []}', b'{"sources": 1, "kept": []}'):
        with pytest.raises(DedupError, match="no run report"):
            RunReport.from_json(bad)


def test_clean_writes_a_report_and_compares_it(tmp_path):
    """`--run-report` writes it, `--compare-run` says on standard error what has drifted."""
    for name, credited in (("before", 0), ("now", 30)):
        entries = [
            {"text": f"No. {number}. {STORY}" + (CREDIT if number < credited else ""), "source": "ledger.example"}
            for number in range(40)
        ]
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(entry) + "\n" for entry in entries))

    def clean(name, *more):
        command = [sys.executable, "-m", "dedup", "clean", f"{name}.jsonl", "-o", "out.jsonl", *more]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stderr

    clean("before", "--run-report", "before.json")
    assert json.loads((tmp_path / "before.json").read_text())["sources"][0]["documents"] == 40
    said = clean("now", "--compare-run", "before.json")
    assert "reuters-credits went from 75% of 40 documents of ledger.example, before from 0%" in said
    assert "went from" not in clean("before", "--compare-run", "before.json")
