"""Hostile feeds cost work in proportion to their size: counted, not timed, but for words that would take hours."""

import signal
from contextlib import contextmanager

import pytest
from pathological import CASES, COUNTED, is_more, run

from dedup import Cleaner

SMALL = {
    "one word, over and over": 10_000,
    "three words in two orders": 2000,
    "one text, over and over": 200,
    "one half shared by all": 140,  # more than a key of the index keeps: from there on a document costs the same
    "near copies of one text": 140,
}


@pytest.mark.parametrize("name", CASES)
def test_four_times_the_feed_is_four_times_the_work(name):
    """Probes of the index, verified pairs and calls grow with the feed, and no more is remembered than counts."""
    case, n = CASES[name], SMALL.get(name, 100)
    part, full = run(case, n), run(case, 4 * n)
    for count in COUNTED:
        assert not is_more(part[count], full[count], 4 * n), count
    assert full["kept"] <= case.kept(4 * n)


WORD = 60_000  # code points


@contextmanager
def seconds(count):
    """What is inside fails when it takes longer."""

    def fail(*_):
        raise TimeoutError(f"not done after {count} s")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(count)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


ENDLESS = [  # templates with a slot, as they begin, and what a word of any length is made of
    (
        "an image where an address stands",
        "View original content to download multimedia: ![logo](data:image/png;",
        "iVBO",
    ),
    ("digits below a safe harbour", "{forward} of 1995 and other ", "1"),
    ("a block without a space", "", "To-view-the-source-version-of-this-press-release,-please-visit-http://a.b/1-"),
]
FORWARD = (
    'This release contains forward-looking statements within the meaning of the "safe harbor" provisions of the '
    "Private Securities Litigation Reform Act"
)


@pytest.mark.parametrize(("before", "piece"), [case[1:] for case in ENDLESS], ids=[case[0] for case in ENDLESS])
def test_a_word_without_end_is_read_once(before, piece):
    """That is far more than it takes, and far less than reading the word from each of its letters."""
    before = before.format(forward=FORWARD)
    word = piece * (WORD // len(piece))
    with seconds(10):
        Cleaner().clean(f"The river rose on Monday.\n\n{before}{word} x\n")
