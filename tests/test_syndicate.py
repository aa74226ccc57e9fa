"""The generator of feeds with known truth (benchmarks/syndicate.py): what the other specifications rest on."""

import json
import re
from collections import Counter
from datetime import datetime
from itertools import pairwise

import pytest
from syndicate import Feed, Settings, disclaimers

BLOCKS = [("one", "This notice stands below.\n\nIt has two paragraphs."), ("two", "Another notice (of one line).")]
DOCUMENTS = list(
    Feed(
        Settings(documents=600, per_day=2400, tellings=2, templates=0.15, outlets=20, late=0.05, timeless=0.05), BLOCKS
    )
)
BY_ID = {each["id"]: each for each in DOCUMENTS}


def words(document):
    """Return the words of the story: the text without its boilerplate."""
    text = document["text"]
    for start, end, _ in reversed(document["truth"]["boilerplate"]):
        text = f"{text[:start]} {text[end:]}"
    return re.findall(r"\w+", text)


def shingles(document):
    found = words(document)
    return set(zip(found, found[1:], found[2:], strict=False))


def share(a, b):
    return len(shingles(a) & shingles(b)) / len(shingles(a))


def pairs(relation):
    return [
        (each, BY_ID[each["truth"]["of"]])
        for each in DOCUMENTS
        if each["truth"]["relation"] == relation and each["truth"]["of"] in BY_ID
    ]


def test_the_same_seed_gives_the_same_feed():
    """A feed is a function of its settings; another seed gives another."""
    again, other = (list(Feed(Settings(documents=50, seed=seed), BLOCKS)) for seed in (1, 2))
    assert json.dumps(list(Feed(Settings(documents=50), BLOCKS))) == json.dumps(again) != json.dumps(other)


def test_ids_are_unique_and_there_are_as_many_documents_as_asked_for():
    """Every telling has an id of its own."""
    assert len(BY_ID) == len(DOCUMENTS) == 600


RELATIONS = {
    "exact": lambda a, b: words(a) == words(b),
    "near": lambda a, b: share(a, b) > 0.7 and share(b, a) > 0.7,
    "excerpt": lambda a, b: share(a, b) == 1 and len(words(a)) >= 60,
    "expansion": lambda a, b: share(b, a) > 0.98 and len(words(a)) > 1.2 * len(words(b)),
    "update": lambda a, b: 0.3 < share(a, b) < 0.9 and share(b, a) < 0.9,
    "template": lambda a, b: 0.1 < share(a, b) < 0.9,
    "distinct": lambda a, b: 0 < share(a, b) < 0.8,
}


@pytest.mark.parametrize("relation", RELATIONS)
def test_tellings_relate_as_their_truth_says(relation):
    """What a document was made from is what it resembles, in the way of its relation (nine in ten at least)."""
    found = [RELATIONS[relation](a, b) for a, b in pairs(relation)]
    assert len(found) >= 5
    assert sum(found) >= 0.9 * len(found)


def test_unrelated_stories_share_little():
    """Stories that stand alone have next to nothing in common."""
    alone = [each for each in DOCUMENTS if each["truth"]["relation"] is None]
    assert max(share(a, b) for a in alone[:40] for b in alone[40:80]) < 0.06


def test_boilerplate_is_marked_to_the_character():
    """The spans of the truth are the blocks and the outlet's own lines."""
    blocks = dict(BLOCKS)
    seen = Counter()
    for each in DOCUMENTS:
        for start, end, template in each["truth"]["boilerplate"]:
            seen[template] += 1
            assert template == "outlet" or each["text"][start:end] == blocks[template]
    assert set(seen) == {"outlet", "one", "two"}


def test_copies_trail_their_story_and_some_arrive_late():
    """The feed is in order of arrival: by time, but for the late; some documents have no time."""
    times = [datetime.fromisoformat(each["time"]) for each in DOCUMENTS if each["time"]]
    late = sum(a > b for a, b in pairwise(times))
    assert 0 < len(DOCUMENTS) - len(times) < 60
    assert 0 < late < 60


def test_the_catalogue_has_blocks_to_stack():
    """The built-in catalogue's examples are what stands below the stories by default."""
    assert len(disclaimers()) > 20
