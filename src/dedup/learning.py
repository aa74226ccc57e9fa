"""a corpus, or proposals and answers -> a file of templates: the verb `learn`."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.learn.review import review
from dedup.document import DedupError, Document
from dedup.records import LineReader
from dedup.streams import named, open_output, read_lines
from dedup.verbs import Tally, counted, field_names, say


def run_learn(options: Namespace) -> int:
    """`dedup learn`: what repeats around the stories of each source, or decisions about it."""
    if options.review is not None:
        return _review(options.review)
    if options.texts < 1:
        raise DedupError(f"--texts is {options.texts}; pass 1 or more, or leave it out")
    tally = Tally("learn", options.strict)
    known = _read(options.update) if options.update is not None else None
    learned = Catalogue.learn(_documents(options, tally), known=known, texts=options.texts)
    data = learned.toml().encode()
    if options.update is not None and options.output == "-":
        _replace(options.update, data)
    else:
        with open_output(options.output, options.files) as out:
            out.write(data)
    statuses = [template.status for template in learned]
    sources = len({template.source for template in learned})
    tally.summary(
        f"{counted(tally.counts['documents'], 'document')}, {counted(len(statuses), 'template')} of "
        f"{counted(sources, 'source')}: {statuses.count('confident'):,} confident, {statuses.count('proposed'):,} "
        f"proposed, {statuses.count('accepted'):,} accepted, {statuses.count('rejected'):,} rejected"
    )
    return tally.status()


def _documents(options: Namespace, tally: Tally) -> Iterator[Document]:
    reader = LineReader(field_names(options), jsonl=True)
    for number, raw in enumerate(read_lines(options.files), 1):
        line = reader.read(raw, number)
        tally.check(line)
        if line.document is not None:
            tally.counts["documents"] += 1
            yield line.document
        tally.count(line)


def _read(path: str) -> Catalogue:
    with named(path):
        return Catalogue.read(path)


def _review(path: str) -> int:
    before = _read(path)
    if sys.stdin is None:
        raise DedupError("standard input: closed; --review reads its answers from it")
    after = review(before, sys.stdin, say)
    changed = [new.status for old, new in zip(before, after, strict=True) if new.status != old.status]
    if changed:
        _replace(path, after.toml().encode())
    waiting = sum(template.status in ("confident", "proposed") for template in after)
    decided = f"{counted(changed.count('accepted'), 'template')} accepted, {changed.count('rejected'):,} rejected"
    say(f"dedup learn: {decided}, {waiting:,} not decided; {path}")
    return 0


def _replace(path: str, data: bytes) -> None:
    """Write a file anew; it is the old one or the new one, never half of it."""
    with named(path):
        new = Path(f"{path}.new")
        new.write_bytes(data)
        new.replace(path)
