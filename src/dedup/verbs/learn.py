"""`dedup learn`: a corpus, or proposals and answers -> a file of templates."""

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.learn.review import review
from dedup.boilerplate.template import DECIDED, STATUSES, WAITING
from dedup.document import DedupError
from dedup.verbs.job import Job, job
from dedup.verbs.rules import keep_decisions, read, renewed, replace
from dedup.verbs.tally import Tally, count, say

FIGURES = ("templates", "sources", *filter(None, STATUSES))


def run(options: Namespace) -> int:
    """Learn what repeats around the stories of each source, or take decisions about it; return the exit status."""
    if options.review is not None:
        _check_alone(options)
        return _review(options.review)
    if options.texts < 1:
        raise DedupError(f"--texts is {options.texts}; pass 1 or more, or leave it out")
    known = read(options.update) if options.update is not None else None
    path = options.output if known is None or options.output != "-" else options.update
    if path != options.update:
        keep_decisions(path)
    with job("learn", options, _account, FIGURES) as work, _output(work, path) as write:
        learned = Catalogue.learn(work.documents(), known=known, texts=options.texts)
        work.tally.counts.update(template.status for template in learned)
        work.tally.counts["templates"] = len(learned)
        work.tally.counts["sources"] = len({template.source for template in learned})
        write(learned.toml().encode())
    return work.tally.status()


@contextmanager
def _output(work: Job, path: str) -> Iterator[Callable[[bytes], None]]:
    """Give what takes all templates; a file is the old one until they are there."""
    if path == "-" or (Path(path).exists() and not Path(path).is_file()):
        yield work.writer(path).write
        return
    with renewed(path) as write:
        yield write


def _check_alone(options: Namespace) -> None:
    given = [option for option, value, usual in (
        ("FILE", options.files, ["-"]), ("--update", options.update, None), ("--output", options.output, "-"),
    ) if value != usual]  # fmt: skip
    if given:
        raise DedupError(
            f"--review learns nothing, and asks about the templates of one file: leave out {', '.join(given)}"
        )


def _account(tally: Tally) -> str:
    counts = tally.counts
    documents = counts["lines"] - counts["malformed"] - counts["blank"]
    statuses = ", ".join(f"{counts[name]:,} {name}" for name in (*WAITING, *DECIDED))
    return (
        f"{count(documents, 'document')}, {count(counts['templates'], 'template')} of "
        f"{count(counts['sources'], 'source')}: {statuses}"
    )


def _review(path: str) -> int:
    before = read(path)
    if sys.stdin is None:
        raise DedupError("standard input: closed; --review reads its answers from it")
    after = review(before, sys.stdin, say)
    changed = [new.status for old, new in zip(before, after, strict=True) if new.status != old.status]
    if changed:
        replace(path, after.toml().encode())
    waiting = sum(template.status in WAITING for template in after)
    decided = f"{count(changed.count('accepted'), 'template')} accepted, {changed.count('rejected'):,} rejected"
    say(f"dedup learn: {decided}, {waiting:,} not decided; {path}")
    return 0
