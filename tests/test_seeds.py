"""The runs of words that call for a closer look: rare enough to be met seldom, enough to find every variant."""

from array import array

import pytest

from dedup.boilerplate.seeds import Sower
from dedup.boilerplate.template import Template
from dedup.boilerplate.words import key_of, word_hashes


def sown(pattern):
    """Return the seeds of a pattern as words, and how many must be met."""
    template = Template(id="t", kind="contact", pattern=pattern)
    words, rows = "".join(character if character.isalnum() else " " for character in pattern).split(), array("Q")
    width, needed = Sower().sow(0, template, rows)
    known = {
        key_of(word_hashes(" ".join(words[at : at + width]))): " ".join(words[at : at + width])
        for at in range(len(words))
    }
    return {known[key] for key in rows[::4]}, needed


SEEDS = [
    ("all where there are few", "contributed to this report", {"contributed to this", "to this report"}, 1),
    (
        "none that says little where others stand in every part",
        "Sample Wire is one of the services that Sample Harbour Group keeps for all of its paying readers",
        {
            "Sample Wire is", "services that Sample", "that Sample Harbour", "Sample Harbour Group",
            "Harbour Group keeps", "Group keeps for", "its paying readers",
        },
        3,
    ),
    ("those that say little where a cut leaves no others", "all of the news in our Sample Harbour Bulletin",
     {"the news in", "news in our", "our Sample Harbour", "Sample Harbour Bulletin"}, 2),
    ("none that may be lacking where nothing else may", "email us here [or on social media]", {"email us here"}, 1),
    ("pairs where there are no longer runs", "via {org} newswire today", {"newswire today"}, 1),
    ("single words where there are no pairs", "via {org} newswire", {"via", "newswire"}, 1),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "seeds", "needed"), [each[1:] for each in SEEDS], ids=[each[0] for each in SEEDS])
def test_seeds_of_a_pattern(pattern, seeds, needed):
    """Where enough others stand in every part, what stands in every other text is no seed."""
    assert sown(pattern) == (seeds, needed)
