"""`dedup filter`: a stream -> the stream without its duplicates."""

import json
import os
import re
from argparse import Namespace
from collections import Counter
from datetime import timedelta
from functools import partial

from dedup.boilerplate.cleaner import Cleaner
from dedup.document import DUPLICATES, RELATED, DedupError, Match
from dedup.duplicates.index import Prepared
from dedup.duplicates.store import Store
from dedup.records.lines import Line, documents_of
from dedup.records.member import decode, with_member
from dedup.show import match_members
from dedup.stream import Deduplicator
from dedup.verbs.files import check_inputs
from dedup.verbs.job import Job, Sink, job
from dedup.verbs.late import Late
from dedup.verbs.rules import catalogue
from dedup.verbs.tally import Tally, count
from dedup.verbs.undo import undo

READ_BEFORE = "nothing is new: an earlier run on this store has read this input (--afresh forgets it)"
WINDOW_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

FIGURES = ("kept", "dropped", "new", *RELATED, "known by id", "renamed", "late")


def run(options: Namespace) -> int:
    """Filter and return the exit status."""
    if options.undo is not None:
        return undo(options)
    if options.max_documents is not None and options.max_documents < 1:
        raise DedupError(f"--max-documents is {options.max_documents}; pass 1 or more, or leave it out")
    if options.afresh and options.store is None:
        raise DedupError("--afresh is for runs with --store FILE; without it every run begins anew")
    if options.ledger and (options.mark or options.shape == "whole"):
        raise DedupError("--ledger is for lines that are dropped: leave out --mark and --whole")
    if options.mark and options.dropped is not None:
        raise DedupError(f"--dropped is {options.dropped}, and --mark drops nothing: leave one of them out")
    window, cleaner = _window(options.window), Cleaner(catalogue(options.rules))
    check_inputs(options.files)
    if options.afresh:
        Store.empty(options.store)
    seen = Deduplicator(
        window=window, max_documents=options.max_documents, path=options.store, cleaner=cleaner,
        preset=options.preset, retrieval=options.retrieval,
    )  # fmt: skip
    store = None if options.store is None else seen
    with seen, job("filter", options, partial(_account, marked=options.mark), FIGURES, store=store) as work:
        kept = work.sink(options.output)
        dropped = work.sink(options.dropped) if options.dropped else None
        work.settle()
        late = Late(seen, window, work.tally)
        for batch, prepared in seen.prepare_many(work.batches(), documents_of, work.workers):
            documents = iter(prepared)
            for line in batch:
                if not work.put_aside(line):
                    late.look(line)
                    match = _answer(work, seen, line, next(documents)) if line.document else None
                    _hand_on(work, line, match, kept, dropped, mark=options.mark)
            late.count()
            work.settle(batch)
        work.settle(done=True)
    return work.tally.status()


def _answer(work: Job, seen: Deduplicator, line: Line, prepared: Prepared) -> Match | None:
    """Return what is known of a document; what another with its id said is not forgotten for it."""
    names = [prepared.document.id]
    while names[-1] in seen:
        names.append(work.tally.inputs.name_apart(line, names[-1]))
    match = seen.answer(prepared.renamed(names[-1]) if len(names) > 1 else prepared)
    work.tally.counts["known by id"] += match is not None and match.id in names
    work.tally.counts["renamed"] += len(names) > 1 and (match is None or match.relation != "exact")
    return match


def _hand_on(work: Job, line: Line, match: Match | None, kept: Sink, dropped: Sink | None, *, mark: bool) -> None:
    """Write a line where it belongs, and count it."""
    raw = os.fsencode(line.whole) + b"\n" if line.whole else line.raw
    if mark:
        kept.write(line, _marked(line, match))
    elif match is None or not match.duplicate:
        kept.write(line, raw)
    else:
        work.note_drop(line, match_members(match))
        if dropped is not None:
            dropped.write(line, raw)
    counts = work.tally.counts
    if match is not None:
        counts[match.relation] += 1
    elif line.document is not None and line.document.text.strip():
        counts["new"] += 1
    counts["dropped" if match and match.duplicate else "kept"] += 1
    work.tally.count(line)


def _marked(line: Line, match: Match | None) -> bytes:
    if line.document is None:
        fault = {"fault": line.fault or "blank line", "raw": decode(line.raw)[0]}
        return json.dumps({"dedup": match_members(None) | fault}).encode("ascii") + b"\n"
    if not line.text_name:
        raise DedupError("--mark adds a JSON member; the input is plain text: leave --mark out")
    return with_member(line.raw, "dedup", match_members(match), bad_bytes=line.bad_bytes)


def _account(tally: Tally, *, marked: bool) -> str:
    counts = tally.counts
    dropped = sum(counts[relation] for relation in DUPLICATES)
    relations = ", ".join(f"{relation} {counts[relation]:,}" for relation in DUPLICATES)
    related = ", ".join(f"{relation} {counts[relation]:,}" for relation in ("expansion", "update"))
    renamed = f"; {counts['renamed']:,} with the id of an earlier one, called ID#LINE" if counts["renamed"] else ""
    late = f"; {counts['late']:,} older than the window, not remembered" if counts["late"] else ""
    verb = "would be dropped" if marked else "dropped"
    return (
        f"{count(counts['lines'], tally.inputs.noun)} in, {counts['kept']:,} kept, {dropped:,} {verb} ({relations}); "
        f"kept though related: {related}{renamed}{late}{'; ' + READ_BEFORE if _was_read_before(counts) else ''}"
    )


def _was_read_before(counts: Counter[str]) -> bool:
    """Return whether no story was new and some were their own copies: of this run's, the first would be new."""
    return counts["known by id"] > 0 and not counts["new"]


def _window(value: str | None) -> timedelta | None:
    if value is None:
        return None
    match = re.fullmatch(r"0*([1-9]\d*)([smhdw])", value)
    if match is None:
        raise DedupError(f"--window is {value!r}; write a number above 0 and a unit: 90m, 12h, 7d, 2w")
    try:
        return timedelta(**{WINDOW_UNITS[match[2]]: int(match[1])})
    except (OverflowError, ValueError) as error:  # ValueError: more digits than Python reads
        raise DedupError(f"--window is {value!r}, which is too long; leave it out to remember everything") from error
