"""`dedup report`: a corpus -> one HTML page."""

import sys
from argparse import Namespace

from dedup.boilerplate.cleaner import Cleaner
from dedup.document import DedupError
from dedup.reporting.page import report
from dedup.verbs.job import job
from dedup.verbs.rules import catalogue
from dedup.verbs.tally import Tally, count

FIGURES = ("page",)


def run(options: Namespace) -> int:
    """Report and return the exit status."""
    if options.output == "-" and sys.stdout is not None and sys.stdout.isatty():
        raise DedupError("the report is a web page; name it: -o report.html")
    cleaner = Cleaner(catalogue(options.rules))
    with job("report", options, _account, FIGURES) as work:
        out = work.writer(options.output)
        found = report(work.documents(), cleaner=cleaner, preset=options.preset, retrieval=options.retrieval)
        page = found.encode("utf-8")
        out.write(page)
        work.tally.counts["page"] = len(page)
    return work.tally.status()


def _account(tally: Tally) -> str:
    return f"{count(tally.counts['lines'], tally.inputs.noun)} in, a page of {tally.counts['page'] / 1e6:.1f} MB"
