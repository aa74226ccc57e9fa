"""parsed arguments -> what each verb of the command does."""

import json
import os
import re
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import chain
from time import monotonic

from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.cleaner import Cleaner
from dedup.document import DUPLICATES, Cleaned, DedupError, Document, Match
from dedup.records import Line, LineReader, decode, is_jsonl, with_member
from dedup.show import annotation, difference, explanation, story_of_match
from dedup.stream import Deduplicator, compare
from dedup.streams import Reader, Writer, named, open_input, open_output, read_lines

SHOWN_FAULTS = 3
WINDOW_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def say(message: str) -> None:
    """Print a message to standard error; when nobody can take it, the data are still written."""
    if sys.stderr is None:
        return
    try:
        print(message, file=sys.stderr, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


class Tally:
    """Counts what passes, and says so in one line at the end: every line of input is in it once."""

    def __init__(self, verb: str, strict: bool) -> None:
        self.verb, self.strict = verb, strict
        self.counts: Counter[str] = Counter()
        self.bytes = 0
        self._begun = monotonic()
        self._shown = 0

    def check(self, line: Line) -> None:
        """Report what is wrong with a line, or stop when strict."""
        fault = line.fault or ("bytes that are not UTF-8" if line.bad_bytes else "")
        if fault and self.strict:
            raise DedupError(f"line {line.number}: {fault}")
        if fault and self._shown < SHOWN_FAULTS:
            say(f"dedup {self.verb}: line {line.number}: {fault}")
        self._shown += bool(fault)

    def count(self, line: Line) -> None:
        """Count a line that has been dealt with."""
        self.bytes += len(line.raw)
        self.counts["lines"] += 1
        self.counts["bad bytes"] += line.bad_bytes
        if line.fault:
            self.counts["malformed"] += 1
        elif line.document is None:
            self.counts["blank"] += 1
        elif not line.document.text.strip():
            self.counts["without text"] += 1

    def status(self) -> int:
        """Return the exit status: 2 when anything was wrong with the input."""
        return 2 if self.counts["malformed"] or self.counts["bad bytes"] else 0

    def summary(self, account: str) -> None:
        """Print the one line to standard error."""
        names = ("malformed", "bad bytes", "without text", "blank")
        faults = ", ".join(f"{self.counts[name]:,} {name}" for name in names if self.counts[name])
        seconds = max(monotonic() - self._begun, 1e-6)
        rate = f"{self.bytes / 1e6:.1f} MB in {seconds:.1f} s"
        say(f"dedup {self.verb}: {account}{'; ' + faults if faults else ''}; {rate}")


def catalogue(rules: str | None) -> Catalogue:
    """Return the built-in templates, with those in force of the file `rules`."""
    if rules is None:
        return Catalogue.builtin()
    with named(rules):
        return Catalogue.builtin() + Catalogue.load(rules)


def run_clean(options: Namespace) -> int:
    """`dedup clean`: texts without their boilerplate."""
    cleaner, tally = Cleaner(catalogue(options.rules)), Tally("clean", options.strict)
    with ExitStack() as stack:
        stack.callback(_summarise_clean, tally)
        out = stack.enter_context(open_output(options.output, options.files))
        for path in options.files:
            with open_input(path) as stream:
                _clean_stream(stream, options, cleaner, tally, out)
    return tally.status()


def _clean_stream(stream: Reader, options: Namespace, cleaner: Cleaner, tally: Tally, out: Writer) -> None:
    head = list(_until_content(stream))
    if head and is_jsonl(head[-1]):
        reader = LineReader(field_names(options), jsonl=True)
        for number, raw in enumerate(chain(head, stream), 1):
            line = reader.read(raw, number)
            tally.check(line)
            shown = _clean_line(line, options, cleaner, tally)
            if shown:
                out.write_line(shown)
            tally.count(line)
        return
    raw = b"".join(head) + stream.read()
    text, bad_bytes = decode(raw)
    document = Document(stream.name, text)
    line = Line(raw, 1, document, bad_bytes=bad_bytes)
    tally.check(line)
    cleaned = cleaner.clean(text)
    _count_cleaned(tally, text, cleaned)
    out.write(_shown_text(document, cleaned, options, bad_bytes=bad_bytes))
    tally.count(line)


def _shown_text(document: Document, cleaned: Cleaned, options: Namespace, *, bad_bytes: bool) -> bytes:
    if options.annotate:
        entry = {"text": document.text, "boilerplate": annotation(cleaned)}
        return json.dumps(entry, ensure_ascii=bad_bytes).encode("utf-8") + b"\n"
    if options.explain or options.diff:
        show = explanation if options.explain else difference
        return show(document, cleaned).encode("utf-8", "surrogateescape" if bad_bytes else "backslashreplace")
    return cleaned.text.encode("utf-8", "surrogateescape")


def _clean_line(line: Line, options: Namespace, cleaner: Cleaner, tally: Tally) -> bytes:
    document = line.document
    if document is None:
        return b"" if options.explain or options.diff else line.raw
    cleaned = cleaner.clean(document.text, document.source)
    _count_cleaned(tally, document.text, cleaned)
    if options.annotate:
        return with_member(line, "boilerplate", annotation(cleaned)) if cleaned.spans else line.raw
    if options.explain or options.diff:
        show = explanation if options.explain else difference
        return show(document, cleaned).encode("utf-8", "backslashreplace") if cleaned.spans else b""
    if not cleaned.removed:
        return line.raw
    return with_member(line, line.text_name, cleaned.text)


def _count_cleaned(tally: Tally, text: str, cleaned: Cleaned) -> None:
    tally.counts["documents"] += 1
    tally.counts["touched"] += bool(cleaned.removed)
    tally.counts["spans"] += len(cleaned.removed)
    tally.counts["labelled"] += len(cleaned.kept)
    tally.counts["characters"] += len(text)
    tally.counts["removed"] += len(text) - len(cleaned.text)


def _summarise_clean(tally: Tally) -> None:
    counts = tally.counts
    share = counts["removed"] / max(1, counts["characters"])
    tally.summary(
        f"{counted(counts['documents'], 'document')}, {counts['touched']:,} with boilerplate removed "
        f"({counted(counts['spans'], 'span')}, {share:.1%} of the text), "
        f"{counted(counts['labelled'], 'span')} only labelled"
    )


def run_filter(options: Namespace) -> int:
    """`dedup filter`: a stream without its duplicates."""
    tally = Tally("filter", options.strict)
    if options.max_documents is not None and options.max_documents < 1:
        raise DedupError(f"--max-documents is {options.max_documents}; pass 1 or more, or leave it out")
    cleaner = Cleaner(catalogue(options.rules))
    seen = Deduplicator(window=_window(options.window), max_documents=options.max_documents, cleaner=cleaner)
    with ExitStack() as stack:
        stack.callback(_summarise_filter, tally, options.mark)
        out = stack.enter_context(open_output(options.output, options.files))
        dropped = (
            stack.enter_context(open_output(options.dropped, [*options.files, options.output]))
            if options.dropped
            else None
        )
        lines = read_lines(options.files)
        head = list(_until_content(lines))
        jsonl = not head or not head[-1].strip() or is_jsonl(head[-1])
        if options.mark and not jsonl:
            raise DedupError("--mark adds a JSON member; the input is plain text: leave --mark out")
        reader = LineReader(field_names(options), jsonl=jsonl)
        for number, raw in enumerate(chain(head, lines), 1):
            line = reader.read(raw, number)
            tally.check(line)
            match = seen.add(line.document) if line.document is not None else None
            if options.mark:
                out.write_line(_marked(line, match))
            elif match is None or not match.duplicate:
                out.write_line(raw)
            elif dropped is not None:
                dropped.write_line(raw)
            tally.counts[match.relation if match else "new"] += 1
            tally.count(line)
    return tally.status()


def _until_content(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines up to the first that is not blank."""
    for line in lines:
        yield line
        if line.strip():
            return


def _marked(line: Line, match: Match | None) -> bytes:
    if line.document is not None:
        return with_member(line, "dedup", _verdict(match))
    fault = {"fault": line.fault or "blank line", "raw": decode(line.raw)[0]}
    return json.dumps({"dedup": _verdict(None) | fault}).encode("ascii") + b"\n"


def _verdict(match: Match | None) -> dict[str, object]:
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


def _summarise_filter(tally: Tally, marked: bool) -> None:
    counts = tally.counts
    dropped = sum(counts[relation] for relation in DUPLICATES)
    relations = ", ".join(f"{relation} {counts[relation]:,}" for relation in DUPLICATES)
    related = ", ".join(f"{relation} {counts[relation]:,}" for relation in ("expansion", "update"))
    verb = "would be dropped" if marked else "dropped"
    tally.summary(
        f"{counted(counts['lines'], 'line')} in, {counts['lines'] - dropped:,} kept, {dropped:,} {verb} ({relations}); "
        f"kept though related: {related}"
    )


def counted(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> counted(2, "line")
    '2 lines'
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


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


def run_compare(options: Namespace) -> int:
    """`dedup compare`: how one text relates to another."""
    texts = []
    for path in (options.a, options.b):
        with open_input(path) as stream:
            texts.append(decode(stream.read())[0])
    match = compare(Document(options.a, texts[0]), Document(options.b, texts[1]))
    with open_output("-") as out:
        out.write(story_of_match(options.a, options.b, texts[0], match).encode("utf-8", "surrogateescape"))
    return 0 if match.duplicate else 1


def field_names(options: Namespace) -> dict[str, str | None]:
    """Return the names of the JSONL members given on the command line."""
    return {field: getattr(options, field) for field in ("id", "text", "title", "source", "time")}


VERBS: dict[str, Callable[[Namespace], int]] = {"clean": run_clean, "filter": run_filter, "compare": run_compare}
