"""`dedup filter`: a stream -> the stream without its duplicates."""

import json
import os
import re
from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from dedup.boilerplate.cleaner import Cleaner
from dedup.document import DUPLICATES, DedupError, Match
from dedup.records.lines import Line
from dedup.records.member import decode, with_member
from dedup.stream import Deduplicator
from dedup.verbs.job import Job, job, undo
from dedup.verbs.rules import catalogue
from dedup.verbs.tally import Tally, count

WINDOW_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def run(options: Namespace) -> int:
    """Filter and return the exit status."""
    if options.undo is not None:
        return undo(options)
    if options.max_documents is not None and options.max_documents < 1:
        raise DedupError(f"--max-documents is {options.max_documents}; pass 1 or more, or leave it out")
    cleaner = Cleaner(catalogue(options.rules))
    seen = Deduplicator(window=_window(options.window), max_documents=options.max_documents, cleaner=cleaner)
    with job("filter", options, partial(_account, marked=options.mark)) as work:
        kept = work.sink(options.output)
        dropped = work.sink(options.dropped) if options.dropped else None
        for line, match in _answers(work, seen, at_once=options.line_buffered):
            raw = os.fsencode(line.document.id) + b"\n" if work.whole and line.document else line.raw
            if options.mark:
                kept.write(line, _marked(line, match))
            elif match is None or not match.duplicate:
                kept.write(line, raw)
            else:
                work.note_drop(line, verdict(match))
                if dropped is not None:
                    dropped.write(line, raw)
            _count(work.tally, line, match)
    return work.tally.status()


def _answers(work: Job, seen: Deduplicator, *, at_once: bool) -> Iterator[tuple[Line, Match | None]]:
    """Yield every line with the match of its document."""
    for batch in work.batches():
        documents = [line.document for line in batch if line.document is not None]
        matches = map(seen.add, documents) if at_once else seen.add_many(documents)
        for line in batch:
            yield line, next(matches) if line.document is not None else None


def _count(tally: Tally, line: Line, match: Match | None) -> None:
    tally.counts[match.relation if match else "new"] += 1
    tally.counts["dropped" if match and match.duplicate else "kept"] += 1
    tally.count(line)


def _marked(line: Line, match: Match | None) -> bytes:
    if line.document is None:
        fault = {"fault": line.fault or "blank line", "raw": decode(line.raw)[0]}
        return json.dumps({"dedup": verdict(None) | fault}).encode("ascii") + b"\n"
    if not line.text_name:
        raise DedupError("--mark adds a JSON member; the input is plain text: leave --mark out")
    return with_member(line.raw, "dedup", verdict(match), bad_bytes=line.bad_bytes)


def verdict(match: Match | None) -> dict[str, object]:
    """Return a match as plain JSON values."""
    if match is None:
        return {"relation": None, "duplicate": False}
    return {
        "relation": match.relation,
        "duplicate": match.duplicate,
        "id": match.id,
        "canonical": match.canonical,
        "resemblance": match.resemblance,
        "containment": match.containment,
        "contains": match.contains,
        "lost": list(match.evidence.lost),
        "swaps": [list(swap) for swap in match.evidence.swaps],
    }


def _account(tally: Tally, *, marked: bool) -> str:
    counts = tally.counts
    dropped = sum(counts[relation] for relation in DUPLICATES)
    relations = ", ".join(f"{relation} {counts[relation]:,}" for relation in DUPLICATES)
    related = ", ".join(f"{relation} {counts[relation]:,}" for relation in ("expansion", "update"))
    verb = "would be dropped" if marked else "dropped"
    return (
        f"{count(counts['lines'], 'line')} in, {counts['kept']:,} kept, {dropped:,} {verb} ({relations}); "
        f"kept though related: {related}"
    )


def _window(value: str | None) -> timedelta | None:
    if value is None:
        return None
    match = re.fullmatch(r"(\d+)([smhdw])", value)
    if match is None or int(match[1]) == 0:
        raise DedupError(f"--window is {value!r}; write a number and a unit: 90m, 12h, 7d, 2w")
    try:
        return timedelta(**{WINDOW_UNITS[match[2]]: int(match[1])})
    except OverflowError as error:
        raise DedupError(f"--window is {value!r}, which is too long; leave it out to remember everything") from error
