"""`dedup compare`: two texts -> how one relates to the other, in words."""

from argparse import Namespace

from dedup.document import Document
from dedup.records.member import decode
from dedup.show import story_of_match
from dedup.stream import compare
from dedup.streams import open_input, open_output


def run(options: Namespace) -> int:
    """Compare and return the exit status: 1 when the first is no duplicate of the second."""
    texts = []
    for path in (options.a, options.b):
        with open_input(path) as stream:
            texts.append(decode(stream.read())[0])
    match = compare(Document(options.a, texts[0]), Document(options.b, texts[1]))
    with open_output("-") as out:
        out.write(story_of_match(options.a, options.b, texts[0], match).encode("utf-8", "surrogateescape"))
    return 0 if match.duplicate else 1
