"""`dedup compare`: two texts -> how one relates to the other, in words."""

from argparse import Namespace

from dedup.document import DedupError, Document
from dedup.records.member import decode
from dedup.show import story_of_match
from dedup.stream import Deduplicator, compare
from dedup.streams import INPUT, open_input, open_output


def run(options: Namespace) -> int:
    """Compare and return the exit status: 1 when the first is no duplicate of the second."""
    if options.a == options.b == "-":
        raise DedupError(f"{INPUT} is both A and B, and can be read once; name a file for one of them")
    names, texts = [], []
    for path in (options.a, options.b):
        with open_input(path) as stream:
            names.append(stream.name)
            texts.append(decode(stream.read())[0])
    with Deduplicator(preset=options.preset) as context:
        match = compare(*map(Document, names, texts), context=context)
    shown = story_of_match(names[0], names[1], texts[0], match)
    with open_output("-") as out:
        out.write(shown.encode("utf-8", "surrogateescape"))
    return 0 if match.duplicate else 1
