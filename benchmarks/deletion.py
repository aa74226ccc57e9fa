"""a feed -> what filters of corpora would delete of some of its documents: spans, with time and memory.

- datatrove, `SentenceDedup...`: of every run of sentences (or lines) met more than once all but the first is deleted;
  runs of three sentences are what C4 does. Documents are kept however little is left of them, for what counts here is
  which words go.
- a line that stands in so many documents is deleted wherever it stands, compared as CCNet does: without case,
  accents and punctuation, and with one digit for all.

*No copies*: without the documents that rensa takes for near copies of earlier ones, as pipelines drop those first.

Each peer runs in a process of its own, so that the memory is its own.
"""

import re
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice, pairwise
from multiprocessing import get_context
from time import process_time

from common import documents, peak

Spans = dict[str, list[tuple[int, int]]]  # by document
RUNS = ((1, False), (3, False), (3, True))  # how many, and of sentences or of lines
LEAST = (3, 10, 30, 100)  # documents with a line
BATCH = 1000
SIGNS, DIGIT, SPACE = re.compile(r"[^\w\s]|_"), re.compile(r"\d"), re.compile(r"\s+")


def datatrove_runs(path: str, wanted: set[str], copies: bool, count: int, sentences: bool) -> dict[str, Spans]:
    """Return what datatrove's sentence deduplication deletes."""
    from datatrove.data import Document
    from datatrove.pipeline.dedup import (
        SentDedupConfig,
        SentenceDedupFilter,
        SentenceDedupSignature,
        SentenceFindDedups,
    )

    removed: Spans = {}

    class Recorder(SentenceDedupFilter):
        def remove_dup_sentences(self, doc, du_lines):
            if doc.id in wanted:
                spans = pieces(self.tokenizer, doc.text, sentences)
                removed[doc.id] = [spans[at] for first in du_lines for at in range(first, first + count)]
            return super().remove_dup_sentences(doc, du_lines)

    dropped = {each.id for each, copy in marked(path, copies) if copy} - wanted if not copies else set()

    def feed() -> Iterator[Document]:
        return (Document(each.text, each.id) for each in documents(path) if each.id not in dropped)

    config = SentDedupConfig(
        n_sentences=count, split_sentences=sentences, min_doc_words=0, min_num_sentences=0, only_dedup_in_index=False
    )
    with tempfile.TemporaryDirectory() as folder:
        signatures, duplicates = f"{folder}/signatures", f"{folder}/duplicates"
        SentenceDedupSignature(signatures, config=config).run(feed())
        SentenceFindDedups(signatures, duplicates, config=config).run()
        for _ in Recorder(duplicates, config=config).run(feed()):
            pass
    unit = ("sentence" if sentences else "line") + "s" * (count > 1)
    return {f"datatrove, {count} {unit}" + ("" if copies else ", no copies"): removed}


def pieces(tokenizer, text: str, sentences: bool) -> list[tuple[int, int]]:
    """Return the spans of datatrove's sentences, each with the space before it, or of the lines."""
    if sentences:
        ends = [0, *(end for _, end in tokenizer.span_tokenize(text))]
    else:
        ends = [0]
        for line in text.splitlines(keepends=True):
            ends.append(ends[-1] + len(line))
    return list(pairwise(ends))


def frequent_lines(path: str, wanted: set[str], copies: bool) -> dict[str, Spans]:
    """Return what is deleted when lines of many documents are, for several meanings of many."""
    counts: Counter[int] = Counter()
    lines: dict[str, list[tuple[int, tuple[int, int]]]] = {}
    for document, is_copy in marked(path, copies):
        text = document.text
        keys = [hash(folded(text[start:end])) for start, end in pieces(None, text, False)]
        if not is_copy:
            counts.update(set(keys))
        if document.id in wanted:
            lines[document.id] = list(zip(keys, pieces(None, text, False), strict=True))
    counts[hash("")] = 0
    return {
        f"a line of {least} documents" + ("" if copies else ", no copies"): {
            id: [span for key, span in every if counts[key] >= least] for id, every in lines.items()
        }
        for least in LEAST
    }


def marked(path: str, copies: bool) -> Iterator[tuple]:
    """Yield every document, and whether rensa takes it for a copy: never when copies count."""
    if copies:
        yield from ((document, False) for document in documents(path))
        return
    from feed import BANDS, PERMUTATIONS, shingles
    from rensa import RMinHashDeduplicator

    known, feed, number = RMinHashDeduplicator(0.5, PERMUTATIONS, True, BANDS, 42), documents(path), 0
    while batch := list(islice(feed, BATCH)):
        new = known.add_pairs([(str(at), shingles(each.text)) for at, each in enumerate(batch, number)])
        number += len(batch)
        yield from zip(batch, (not each for each in new), strict=True)


def folded(line: str) -> str:
    """Return a line as CCNet compares it."""
    plain = "".join(each for each in unicodedata.normalize("NFD", line.lower()) if unicodedata.category(each) != "Mn")
    return SPACE.sub(" ", DIGIT.sub("0", SIGNS.sub("", plain))).strip()


PEERS: list[tuple[Callable, tuple]] = [
    *((frequent_lines, (copies,)) for copies in (True, False)),
    *((datatrove_runs, (copies, *run)) for run in RUNS for copies in (True, False)),
]


def alone(work: Callable, *arguments: object) -> tuple[dict[str, Spans], float, float]:
    """Return what a peer deletes, its processor seconds and its megabytes."""
    begun = process_time()
    results = work(*arguments)
    return results, process_time() - begun, peak() / 1e6


def deletions(path: str, wanted: set[str]) -> Iterator[tuple[str, Spans, float, float]]:
    """Yield `(name, spans, seconds, megabytes)` of every peer that is installed."""
    for work, settings in PEERS:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            try:
                results, seconds, megabytes = pool.submit(alone, work, path, wanted, *settings).result()
            except ImportError as error:
                print(f"left out, not installed: {error.name}", file=sys.stderr)
                continue
        yield from ((name, spans, seconds, megabytes) for name, spans in results.items())
