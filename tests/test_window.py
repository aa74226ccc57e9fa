"""The window: a feed of days answers as a brute-force oracle with the same window, and memory stays flat."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import example, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from oracle import Oracle
from samples import NOON
from syndicate import Feed, Settings

from dedup import Catalogue, Cleaner, Deduplicator, Document

DAY = timedelta(days=1)
WINDOW = 2 * DAY


def plain():
    return Deduplicator(window=WINDOW, cleaner=Cleaner(Catalogue()))


def document(id, text, time):
    return Document(str(id), text, time=time)


def shown(match):
    return match and (match.relation, match.id, match.canonical)


def differences(feed, sizes=None, **bounds):
    """Return (id, answer, what the oracle says) wherever the two differ."""
    found, bounds = [], bounds or {"window": WINDOW}
    with Deduplicator(cleaner=Cleaner(Catalogue()), **bounds) as seen:
        oracle = Oracle(seen, bounds.get("window"), bounds.get("max_documents"))
        for document in feed:
            expected, answer = oracle.add(document), seen.add(document)
            if shown(answer) != shown(expected):
                found.append((document.id, shown(answer), shown(expected)))
            if sizes is not None:
                sizes.append((len(seen), len(oracle.known), expected is not None))
    return found


def test_two_weeks_through_a_window_of_two_days():
    """A feed of two weeks, some of it late and without times: every answer is the oracle's, and memory is flat."""
    made = Settings(
        documents=130, per_day=8, tellings=1.5, late=0.1, timeless=0.05, outlets=8, templates=0.2, seed=3
    )  # fmt: skip
    feed = [
        document(each["id"], each["text"], each["time"] and datetime.fromisoformat(each["time"]))
        for each in Feed(made, [])
    ]
    assert max(each.time for each in feed if each.time) - feed[0].time > 13 * DAY
    sizes = []
    assert differences(feed, sizes) == []
    assert sum(related for _, _, related in sizes) > 40
    assert max(kept for kept, _, _ in sizes) <= 1.5 * max(counted for _, counted, _ in sizes)


STORIES = [
    "The harbour bridge reopened on Monday after two weeks of repairs that cost the city nine million dollars.",
    "Doctors at the valley hospital said on Tuesday that all 14 passengers of the bus had been sent home.",
    "Heavy rain closed the mountain road for a third day, and the village shops ran out of fresh bread.",
]
ENDINGS = [
    "",
    " The mayor thanked the workers.",
    " Nobody was hurt, the police said, and an inquiry will follow in May.",
]
telling = st.tuples(
    st.sampled_from(STORIES), st.sampled_from(ENDINGS), st.sampled_from([None, *range(1, 130, 6)]), st.integers(0, 9)
)


def at(hours):
    return None if hours is None else NOON + timedelta(hours=hours)


@given(st.lists(telling, max_size=12))
@example([(STORIES[0], ENDINGS[1], 1, 0), (STORIES[0], "", 7, 0), (STORIES[0], "", 55, 0)])  # who speaks is outdated
@effort(max_examples=60, deadline=None)
def test_any_order_of_times_answers_as_the_oracle(tellings):
    """Late, out of order, without times, with an id that comes again: every answer is the oracle's."""
    number = count()
    feed = [document(id or f"new {next(number)}", story + ending, at(hours)) for story, ending, hours, id in tellings]
    assert differences(feed) == []


@given(st.lists(telling, max_size=16), st.integers(1, 5))
@effort(max_examples=40, deadline=None)
def test_so_many_documents_and_no_more_answer_as_the_oracle(tellings, most):
    """With `max_documents` the oldest arrivals are forgotten first, and every answer is the oracle's."""
    number = count()
    feed = [document(id or f"new {next(number)}", story + ending, at(hours)) for story, ending, hours, id in tellings]
    sizes = []
    assert differences(feed, sizes, max_documents=most) == []
    assert all(kept == known <= most for kept, known, _ in sizes)


def test_a_story_that_goes_on_for_months_holds_no_more_than_its_window():
    """A story kept young by copies, with a near copy every hour, leaves nothing behind of those that are forgotten."""
    with plain() as seen:
        for hour in range(1300):
            seen.add(document("first", STORIES[0], at(hour)))
            seen.add(document(f"near {hour}", f"{STORIES[0]} This was telling number {hour}.", at(hour)))
        held = seen._open.memory.anchors.waiting
        assert len(seen) == 50
    assert held <= 1024


@given(st.lists(telling, max_size=10), st.randoms())
@effort(max_examples=20, deadline=None)
def test_the_times_that_count_are_those_of_the_documents(tellings, chance):
    """Moving all times by the same amount changes no answer."""
    shift = timedelta(seconds=chance.randrange(10**8))

    def answers(moved):
        with plain() as seen:
            return [
                shown(seen.add(document(place, story + ending, hours and at(hours) + moved)))
                for place, (story, ending, hours, _) in enumerate(tellings)
            ]

    assert answers(timedelta()) == answers(shift)


# -- clusters whose documents leave the window one by one


BUS = "Doctors at the valley hospital said on Tuesday that all 14 passengers of the bus had been sent home."
BRIDGE = "The harbour bridge reopened on Monday after two weeks of repairs that cost the city nine million dollars."
ROAD = "Heavy rain closed the mountain road for a third day, and the village shops ran out of fresh bread."
PLACES = ["memory", "store"]


def placed(place, tmp_path, **bounds):
    path = {"path": tmp_path / "seen.store"} if place == "store" else {}
    return Deduplicator(cleaner=Cleaner(Catalogue()), **bounds, **path)


@pytest.mark.parametrize("place", PLACES)
def test_a_document_kept_young_by_copies_still_knows_who_speaks_for_it(place, tmp_path):
    """Also when whom it was verified against is forgotten, and that one's heir comes and goes."""
    feed = [
        ("a", f"{BUS} {BRIDGE}", 16.6),
        ("b", BUS, 27),
        ("c", f"{ROAD} {BUS}", 18.6),
        ("d", f"{ROAD} {BUS}", 39.2),
        ("e", BUS.upper(), 47.4),
        ("f", "An unrelated notice on the price of tea in the northern towns was read out.", 56.6),
        ("g", f"{ROAD} {BUS}", 60),
    ]
    with placed(place, tmp_path, window=timedelta(hours=24)) as seen:
        *_, last = [seen.add(document(id, text, at(hours))) for id, text, hours in feed]
    assert shown(last) == ("exact", "c", "c")
    if place == "store":
        with placed(place, tmp_path, window=timedelta(hours=24)) as seen:
            assert shown(seen.find(document("h", f"{ROAD} {BUS}", at(61)))[0]) == ("exact", "c", "c")


@pytest.mark.parametrize("place", PLACES)
def test_a_document_that_comes_again_when_its_last_version_no_longer_counts(place, tmp_path):
    """The version that spoke for a copy is forgotten once, however it comes to be."""
    told = f"{BRIDGE[:-1]}, and the first buses crossed it at six in the morning while a small crowd of owners cheered."
    with placed(place, tmp_path, window=timedelta(hours=48)) as seen, placed("memory", tmp_path) as fresh:
        seen.add(document("page", told, at(0)))
        seen.add(document("copy", told.replace("small", "large"), at(40)))
        assert (
            seen.add(document("page", told.replace("cheered", "clapped"), at(49))) is None
        )  # of a copy that was left out
        fresh.add(document("copy", told.replace("small", "large"), at(40)))
        fresh.add(document("page", told.replace("cheered", "clapped"), at(49)))
        assert len(seen) == len(fresh) == 2
        assert seen._open.memory._cost_held == fresh._open.memory._cost_held


def test_what_finding_forgets_stays_forgotten(tmp_path):
    """A page from before the window, which still waited for its turn behind a younger document, speaks for a copy."""
    told = f"{BRIDGE[:-1]}, and a small crowd of owners cheered."
    feed = [("young", ROAD, 40), ("page", told, 0), ("copy", told.replace("small", "large"), 40), ("z", BUS, 50)]
    with placed("store", tmp_path, window=timedelta(hours=48)) as seen:
        for id, text, hours in feed:
            seen.add(document(id, text, at(hours)))
        assert "page" in seen
        assert [match.id for match in seen.find(document("q", told, None))] == ["copy"]
        assert "page" not in seen
    with placed("store", tmp_path, window=timedelta(hours=48)) as seen:
        assert "page" not in seen
