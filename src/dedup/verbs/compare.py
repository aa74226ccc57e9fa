"""`dedup compare`: two texts -> how one relates to the other, in words."""

from argparse import Namespace

from dedup.boilerplate.cleaner import Cleaner
from dedup.document import DedupError, Document
from dedup.misread import check_encoding
from dedup.records.lines import is_jsonl
from dedup.records.member import decode
from dedup.show import story_of_match
from dedup.stream import Deduplicator, compare
from dedup.streams import INPUT, open_input, open_output
from dedup.verbs.rules import catalogue
from dedup.verbs.tally import say


def run(options: Namespace) -> int:
    """Compare and return the exit status: 1 when the first is no duplicate of the second."""
    if options.a == options.b == "-":
        raise DedupError(f"{INPUT} is both A and B, and can be read once; name a file for one of them")
    cleaner = Cleaner(catalogue(options.rules))
    documents = [_document(path) for path in (options.a, options.b)]
    a, b = documents
    with Deduplicator(preset=options.preset, cleaner=cleaner) as context:
        match = compare(a, b, context=context)
    with open_output("-") as out:
        out.write(story_of_match(a.id, b.id, a.text, match).encode("utf-8", "surrogateescape"))
    return 0 if match.duplicate else 1


def _document(path: str) -> Document:
    """Return a file as one document; what may not be meant so is told of."""
    with open_input(path) as stream:
        data = stream.read()
    check_encoding(stream.name, data)
    text, bad_bytes = decode(data)
    if bad_bytes:
        say(f"dedup compare: {stream.name}: bytes that are not UTF-8")
    if is_jsonl(data):
        say(f"dedup compare: {stream.name}: JSONL, taken as one text; for the stories in it: dedup filter --mark")
    return Document(stream.name, text)
