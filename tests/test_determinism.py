"""One feed, one stream of verdicts, whatever the batches, workers, instruction set, kernel and reopenings.

The hash of all verdicts is pinned. A change that alters verdicts on purpose pins the new hash (any failure here prints
it) and says in the changelog what differs; any other change that alters it is a fault.
"""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from syndicate import Feed, Settings

from dedup import Deduplicator, Document

PINNED = "19d1325ad301b583"
WINDOW = timedelta(days=2)
MENAFN = (
    "Legal Disclaimer:\nMENAFN provides the information “as is” without warranty of any kind. We do not accept any "
    "responsibility or liability for the accuracy, content, images, videos, licenses, completeness, legality, or "
    "reliability of the information contained in this article. If you have any complaints or copyright issues "
    "related to this article, kindly contact the provider above."
)
CREDITS = "(Reporting by Jane Example in London and John Sample; Editing by Ana Placeholder)"
BLOCKS = [("menafn-disclaimer", MENAFN), ("reuters-credits", CREDITS)]
MADE = Settings(documents=100, per_day=20, tellings=2, late=0.05, timeless=0.05, outlets=6, templates=0.2, passages=0.1)


def feed():
    return [
        Document(e["id"], e["text"], source=e["source"], time=e["time"] and datetime.fromisoformat(e["time"]))
        for e in Feed(MADE, BLOCKS)
    ]


def digest(answers):
    """Return the hash of a stream of verdicts, every number and passage of each."""
    return sha256("\n".join(map(repr, answers)).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def one_by_one(seen, documents):
    return [seen.add(document) for document in documents]


def in_batches(size):
    def run(seen, documents):
        return [each for at in range(0, len(documents), size) for each in seen.add_many(documents[at : at + size])]

    return run


def with_workers(count):
    return lambda seen, documents: list(seen.add_many(documents, workers=count))


WAYS = {
    "one by one": one_by_one,
    "batches of 1": in_batches(1),
    "batches of 7": in_batches(7),
    "batches of 64": in_batches(64),
    "all at once": with_workers(None),
    "one worker": with_workers(1),
    "two workers": with_workers(2),
    "five workers": with_workers(5),
}


@pytest.fixture(scope="module")
def documents():
    return feed()


@pytest.mark.parametrize("way", WAYS)
def test_batches_and_workers_change_nothing(way, documents):
    """However documents are handed over, the verdicts are the pinned ones."""
    with Deduplicator(window=WINDOW) as seen:
        assert digest(WAYS[way](seen, documents)) == PINNED


def test_reopening_changes_nothing(documents, tmp_path):
    """A store closed and opened again after every twenty documents gives the pinned verdicts."""
    answers = []
    for at in range(0, len(documents), 20):
        with Deduplicator(window=WINDOW, path=tmp_path / "store") as seen:
            answers += one_by_one(seen, documents[at : at + 20])
    assert digest(answers) == PINNED


LEVELS = [("native", "baseline"), ("native", "x86-64-v3"), ("native", "x86-64-v4"), ("reference", "")]


@pytest.mark.parametrize(("kernel", "level"), LEVELS)
def test_kernels_and_instruction_sets_change_nothing(kernel, level):
    """Every instruction set this machine has, and the reference kernel, give the pinned verdicts."""
    import dedup

    if kernel == "native" and (dedup.backend != "native" or level not in dedup._kernel._chosen.SIMD_LEVELS):
        pytest.skip("not on this machine")
    environment = os.environ | {"DEDUP_KERNEL": kernel, "DEDUP_SIMD": level}
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).parent), str(Path(__file__).parents[1] / "benchmarks")]
    )
    code = (
        "from test_determinism import *\n"
        "print(digest(one_by_one(Deduplicator(window=WINDOW), feed())))"
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == PINNED, done.stderr
