"""Hostile feeds cost work in proportion to their size: counted, not timed."""

import pytest
from pathological import CASES, COUNTED, is_more, run

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
