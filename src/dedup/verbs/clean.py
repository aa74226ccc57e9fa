"""`dedup clean`: texts -> the texts without their boilerplate."""

import json
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from dedup.boilerplate.cleaner import Cleaner
from dedup.boilerplate.runreport import RunReport
from dedup.document import Cleaned, DedupError, Document
from dedup.records.lines import Line, documents_of
from dedup.records.member import with_member
from dedup.show import annotation, difference, explanation
from dedup.streams import named
from dedup.verbs.job import Job, job
from dedup.verbs.rules import catalogue
from dedup.verbs.tally import Tally, count, say
from dedup.verbs.undo import undo
from dedup.workers import map_on_processes

FIGURES = ("documents", "touched", "spans", "labelled", "characters", "removed")


def run(options: Namespace) -> int:
    """Clean and return the exit status."""
    if options.undo is not None:
        return undo(options)
    if options.ledger and (options.explain or options.diff or options.annotate):
        raise DedupError("--ledger is for texts that are changed: leave out --annotate, --explain and --diff")
    cleaner = Cleaner(catalogue(options.rules), policy=options.policy)
    before = _earlier(options.compare_run) if options.compare_run else None
    report = RunReport() if before or options.run_report else None
    with job("clean", options, _account, FIGURES, text="whole") as work:
        out = work.sink(options.output)
        written = work.writer(options.run_report) if options.run_report else None
        for line, cleaned in _answers(work, cleaner):
            if work.put_aside(line):
                continue
            raw = _written(line, cleaned, options)
            if raw:
                out.write(line, raw)
            if line.document and cleaned and (cleaned.removed or line.whole):
                work.note_removed(line, line.document, cleaned, raw)
            if report and line.document and cleaned:
                report.add(line.document.text, cleaned, line.document.source)
            _count(work.tally, line, cleaned)
        if report and written:
            written.write(report.json())
        for drift in report.drift(before) if report and before else ():
            say(f"dedup clean: {drift}")
    return work.tally.status()


def _earlier(path: str) -> RunReport:
    with named(path):
        data = Path(path).read_bytes()
    try:
        return RunReport.from_json(data)
    except DedupError as error:
        raise DedupError(f"{path}: {error}") from error


def _answers(work: Job, cleaner: Cleaner) -> Iterator[tuple[Line, Cleaned | None]]:
    """Yield every line with its text cleaned, on all cores."""

    def texts(batch: list[Line]) -> list[tuple[str, str | None]]:
        return [(document.text, document.source) for document in documents_of(batch)]

    for batch, cleaned in map_on_processes(cleaner.clean_batch, work.batches(), texts, work.workers):
        answers = iter(cleaned)
        for line in batch:
            yield line, next(answers) if line.document is not None else None
        work.settle()


def _written(line: Line, cleaned: Cleaned | None, options: Namespace) -> bytes:
    """Return what stands for a line in the output, b"" for nothing."""
    view = options.explain or options.diff
    if line.document is None or cleaned is None:
        return b"" if view else line.raw
    if view:
        return _shown(line, line.document, cleaned, options) if cleaned.spans or line.whole else b""
    if options.annotate:
        return _annotated(line, line.document, cleaned)
    if not cleaned.removed:
        return line.raw
    if line.text_name:
        return with_member(line.raw, line.text_name, cleaned.text, bad_bytes=line.bad_bytes)
    end = b"" if line.whole else line.raw[len(line.raw.rstrip(b"\r\n\0")) :]
    return cleaned.text.encode("utf-8", "surrogateescape") + end


def _shown(line: Line, document: Document, cleaned: Cleaned, options: Namespace) -> bytes:
    show = explanation if options.explain else difference
    own_bytes = line.bad_bytes and not line.text_name
    return show(document, cleaned).encode("utf-8", "surrogateescape" if own_bytes else "backslashreplace")


def _annotated(line: Line, document: Document, cleaned: Cleaned) -> bytes:
    if line.text_name:
        spans = annotation(cleaned)
        return with_member(line.raw, "boilerplate", spans, bad_bytes=line.bad_bytes) if spans else line.raw
    entry = {"text": document.text, "boilerplate": annotation(cleaned)}
    return json.dumps(entry, ensure_ascii=line.bad_bytes).encode("utf-8") + b"\n"


def _count(tally: Tally, line: Line, cleaned: Cleaned | None) -> None:
    tally.count(line)
    if cleaned is None or line.document is None:
        return
    counts = tally.counts
    counts["documents"] += 1
    if cleaned.spans:
        removed = len(cleaned.removed)
        counts["touched"] += removed > 0
        counts["spans"] += removed
        counts["labelled"] += len(cleaned.spans) - removed
    counts["characters"] += len(line.document.text)
    counts["removed"] += len(line.document.text) - len(cleaned.text)


def _account(tally: Tally) -> str:
    counts = tally.counts
    share = counts["removed"] / max(1, counts["characters"])
    return (
        f"{count(counts['documents'], 'document')}, {counts['touched']:,} with boilerplate removed "
        f"({count(counts['spans'], 'span')}, {share:.1%} of the text), "
        f"{count(counts['labelled'], 'span')} only labelled"
    )
