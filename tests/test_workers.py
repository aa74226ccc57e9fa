"""Work shared by processes gives the answers of one process, in order, a few items ahead."""

import json
import math
import multiprocessing
import operator
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from concurrent.futures import Future
from contextlib import nullcontext
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import BadType, Catalogue, Cleaner, DedupError, Deduplicator, Document
from dedup.workers import AHEAD, _Map, batched, map_on_processes, map_on_threads

FEED = (Path(__file__).parents[1] / "examples" / "feed.jsonl").read_text("utf-8").splitlines()
ENTRIES = [json.loads(line) for line in FEED]
TEXTS = [entry["text"] or "" for entry in ENTRIES]
SOURCES = [entry["source"] for entry in ENTRIES]


class Counted:
    """An iterator that knows how many of its items were taken."""

    def __init__(self, items):
        self.items, self.taken = iter(items), 0

    def __iter__(self):
        return self

    def __next__(self):
        item = next(self.items)
        self.taken += 1
        return item


# -- batches


@given(st.lists(st.integers(), max_size=30), st.integers(1, 10))
@settings(deadline=None)
def test_batches_make_up_the_items(items, size):
    """Batches joined are the items; all are full but the last, and none is empty."""
    batches = list(batched(items, size))
    assert [item for batch in batches for item in batch] == items
    assert all(len(batch) == size for batch in batches[:-1])
    assert all(batches)


def test_batches_are_made_on_demand():
    """A batch takes its items from the iterator and not one more."""
    items = Counted(count())
    batches = batched(items, 3)
    assert (next(batches), items.taken) == ([0, 1, 2], 3)
    assert (next(batches), items.taken) == ([3, 4, 5], 6)


# -- processes


@pytest.mark.parametrize(("asked", "begun"), [(2, 1), (8, 7), (9, 7), (150, 7)])
def test_no_more_helpers_begin_than_the_cores_can_use(monkeypatch, asked, begun):
    """Of any number, four for each core: processes that are forked all begin at once, however little there is."""
    monkeypatch.setattr("dedup.workers.cores", lambda: 2)
    helpers = []
    here = Future()
    here.set_result(1)

    class Helper:
        def submit(self, *_):
            return here

    def pool(count):
        helpers.append(count)
        return nullcontext(Helper())

    items = Counted(count())
    results = _Map(pool, abs, abs, int).run(items, asked)
    assert next(results) == (0, 0)
    assert helpers == [begun]
    assert items.taken <= (begun + 1) * AHEAD + 1


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_order(workers):
    """Slow items do not let later ones overtake them."""
    sizes = [20_000, 1, 10_000, 2] * 10
    assert list(map_on_processes(math.factorial, sizes, int, workers)) == [(n, math.factorial(n)) for n in sizes]


def test_no_items_no_results():
    """Nothing in, nothing out."""
    assert list(map_on_processes(abs, [], int, 2)) == []


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_an_endless_stream_is_read_a_few_items_ahead(workers):
    """However long the input, no more than `AHEAD` items per worker are taken before their results are."""
    items = Counted(count())
    results = map_on_processes(operator.neg, items, int, workers)
    for number in range(50):
        assert next(results) == (number, -number)
        assert items.taken <= number + 1 + workers * AHEAD
    results.close()


def test_only_a_part_of_an_item_travels():
    """What does not pickle stays here, and comes back with the result."""
    items = [(lambda: None, number) for number in range(20)]
    results = list(map_on_processes(operator.neg, items, operator.itemgetter(1), 2))
    assert results == [(item, -item[1]) for item in items]


def test_an_error_in_a_worker_is_raised_in_its_turn():
    """Results before the faulty item arrive; then its exception is raised as in one process."""
    for faulty in range(8):
        results = map_on_processes(int, ["1"] * faulty + ["three"] + ["4"] * 8, str, 2)
        assert [result for _, result in islice(results, faulty)] == [1] * faulty
        with pytest.raises(ValueError, match=r"invalid literal for int.*'three'"):
            next(results)


def process(_):
    time.sleep(0.001)
    return os.getpid()


def test_the_calling_process_works_too():
    """It has the first item, so that one alone starts no other; of many, each process takes some."""
    assert list(map_on_processes(process, [0], int, 2)) == [(0, os.getpid())]
    pids = {pid for _, pid in map_on_processes(process, range(200), int, 2)}
    assert os.getpid() in pids
    assert len(pids) == 2


class Helper:
    """An executor that gets done with one item whenever the caller has done something."""

    def __init__(self):
        self.waiting, self.idle = deque(), 0

    def submit(self, function, item):
        self.waiting.append((future := Future(), function, item))
        return future

    def step(self):
        while self.waiting and not self.waiting[0][0].set_running_or_notify_cancel():
            self.waiting.popleft()
        if not self.waiting:
            self.idle += 1
            return
        future, function, item = self.waiting.popleft()
        future.set_result(function(item))


def test_a_helper_never_waits_for_the_caller():
    """Where handing results on takes the caller as long as working an item out, it lets the helper do nearly all."""
    helper, here = Helper(), []

    def work_here(item):
        here.append(item)
        helper.step()
        return item

    for item, result in _Map(lambda _: nullcontext(helper), work_here, int, int).run(range(100), 2):
        assert item == result
        helper.step()
    assert len(here) <= 3
    assert helper.idle <= 6


SPAWNED = """
import multiprocessing, sys
import dedup
def run():
    multiprocessing.set_start_method(sys.argv[1], force=True)
    documents = [dedup.Document(str(number), f"Telling {number % 50} of a story.") for number in range(300)]
    print(len(dedup.find_clusters(documents, workers=3)), flush=True)
"""
UNGUARDED, GUARDED = SPAWNED + "run()", SPAWNED + "if __name__ == '__main__': run()"
METHODS = ["spawn", "forkserver"] if "forkserver" in multiprocessing.get_all_start_methods() else ["spawn"]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("script", "expected"), [(GUARDED, ""), (UNGUARDED, "__main__")], ids=["guard", "no guard"])
def test_processes_that_are_not_forked(tmp_path, method, script, expected):
    """They give the same answers and leave no file; without a guard in the script they die, say so, and nothing hangs.

    They take a cleaner as it is made by default, which is larger than what a pipe holds.
    """
    path, place = tmp_path / "script.py", tmp_path / "temporary"
    path.write_text(script, "utf-8")
    place.mkdir()
    environment = os.environ | {"TMPDIR": str(place)}
    command = [sys.executable, path, method]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=True)
    assert done.stdout == "50\n"
    assert not [each for each in place.iterdir() if each.name.startswith("dedup-")]
    assert expected in done.stderr
    assert bool(expected) == bool(done.stderr)


def die_elsewhere(home_and_number):
    home, number = home_and_number
    if os.getpid() != home and number == 20:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_what_a_killed_process_leaves_is_done_by_the_caller():
    """No item is lost, and none comes twice or out of its turn."""
    items = [(os.getpid(), number) for number in range(60)]
    assert [number for _, number in map_on_processes(die_elsewhere, items, tuple, 2)] == list(range(60))


ORPHANS = """
import os, sys, time
from dedup.workers import map_on_processes
def work(number):
    print(os.getpid(), flush=True)
    time.sleep(0.05)
for _ in map_on_processes(work, range(10_000), int, 3):
    pass
"""


def test_processes_end_with_their_parent():
    """However it ended: the pipe that all of them hold ends when the last has."""
    parent = subprocess.Popen([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True)
    pids = set()
    while len(pids) < 3:
        pids.add(parent.stdout.readline().strip())
    parent.kill()
    parent.communicate(timeout=30)


def broken(items):
    yield from items
    raise OSError("the disk is gone")


def test_an_error_in_the_input_is_raised():
    """When reading the input fails, the failure is not taken for its end: what came before it has its results."""
    results = map_on_processes(abs, broken([-1, -2, -3]), int, 2)
    assert [next(results) for _ in range(3)] == [(-1, 1), (-2, 2), (-3, 3)]
    with pytest.raises(OSError, match="the disk is gone"):
        next(results)


def in_batches(items, workers):
    return (each for batch in batched(items, 2) for each in batch)


def cleaned(items, workers):
    return Cleaner(Catalogue()).clean_many(items, workers=workers)


def added(items, workers):
    return Deduplicator().add_many((Document(each, each) for each in items), workers=workers)


def added_to_a_store(items, workers):
    with TemporaryDirectory() as place, Deduplicator(path=Path(place, "seen")) as seen:
        yield from seen.add_many((Document(each, each) for each in items), workers=workers)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("many", [in_batches, cleaned, added, added_to_a_store], ids=lambda many: many.__name__)
def test_what_comes_before_an_error_of_the_input_is_answered(many, workers):
    """However many would have been worked out together, and by however many processes."""
    results = many(broken(["one", "two", "three"]), workers)
    assert len([next(results) for _ in range(3)]) == 3
    with pytest.raises(OSError, match="the disk is gone"):
        next(results)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_comes_before_a_misfit_is_answered(workers):
    """What is no document ends the answers where it stands."""
    seen = Deduplicator()
    answers = seen.add_many(
        [Document("a", "one"), Document("b", "two"), "three", Document("d", "four")], workers=workers
    )
    assert [next(answers), next(answers)] == [None, None]
    with pytest.raises(BadType, match="document is 'three' "):
        next(answers)
    assert len(seen) == 2


# -- threads


@pytest.mark.parametrize("workers", [1, 2, 3])
@given(st.lists(st.integers(0, 2000), max_size=40))
@settings(deadline=None, max_examples=20)
def test_threads_give_results_in_order(workers, sizes):
    """Whoever works an item out, results come in the order of the items."""
    assert list(map_on_threads(math.factorial, sizes, workers)) == [math.factorial(size) for size in sizes]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_threads_read_an_endless_stream_a_few_items_ahead(workers):
    """Items are read by the calling thread, no more than `AHEAD` per worker before their results are taken."""
    reader = threading.get_ident()

    def items():
        for number in count():
            assert threading.get_ident() == reader
            taken.append(number)
            yield number

    taken = []
    results = map_on_threads(operator.neg, items(), workers)
    for number in range(50):
        assert next(results) == -number
        assert len(taken) <= number + 1 + workers * AHEAD
    results.close()


def test_the_calling_thread_works_too():
    """While the helper is held up, the caller goes on; no more threads than asked for work."""
    released, workers = threading.Event(), set()

    def work(number):
        workers.add(threading.get_ident())
        if threading.get_ident() != caller:
            released.wait()
        elif number == 5:
            released.set()
        return number

    caller = threading.get_ident()
    assert list(map_on_threads(work, range(6), 2)) == list(range(6))
    assert caller in workers
    assert len(workers) == 2


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_what_is_there_is_worked_out_while_the_next_is_not(workers):
    """None among the items brings all results so far before another item is asked for."""

    def items():
        yield from (1, 2, None)
        assert results == [-1, -2]
        yield from (None, 3)

    results = []
    results.extend(map_on_threads(operator.neg, items(), workers))
    assert results == [-1, -2, -3]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_an_error_of_the_items_comes_after_the_results(workers):
    """What was read before the error is worked out first."""
    results = map_on_threads(abs, broken([1, 2, 3]), workers)
    assert [*islice(results, 3)] == [1, 2, 3]
    with pytest.raises(OSError, match="the disk is gone"):
        next(results)


def test_interrupts_are_for_the_caller():
    """A helper blocks them, so that one wakes the calling thread from its wait for input."""
    caller = threading.get_ident()

    def blocked(_):
        time.sleep(0.01)
        return threading.get_ident() == caller or signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())

    assert all(map_on_threads(blocked, range(6), 2))


def test_an_error_on_a_thread_is_raised_in_its_turn():
    """Results before the faulty item arrive; then its exception is raised, whichever thread met it."""
    for faulty in range(8):
        results = map_on_threads(int, ["1"] * faulty + ["three"] + ["4"] * 8, 2)
        assert list(islice(results, faulty)) == [1] * faulty
        with pytest.raises(ValueError, match=r"invalid literal for int.*'three'"):
            next(results)


# -- the cleaner


@pytest.fixture(scope="module")
def cleaner():
    return Cleaner()


@pytest.mark.parametrize("times", [0, 1, 12], ids=["no text", "one batch", "several batches"])
def test_cleaning_by_two_processes_is_cleaning_by_one(cleaner, times):
    """`workers` changes no answer and no order."""
    both = [list(cleaner.clean_many(TEXTS * times, sources=SOURCES * times, workers=workers)) for workers in (1, 2)]
    assert both[0] == both[1]
    assert len(both[0]) == len(TEXTS) * times


def test_cleaning_many_is_cleaning_each(cleaner):
    """`clean_many` gives the answers of `clean`, one for each text, in order."""
    expected = [cleaner.clean(text, source) for text, source in zip(TEXTS, SOURCES, strict=True)]
    assert list(cleaner.clean_many(TEXTS, sources=SOURCES)) == expected


def test_cleaning_many_is_lazy(cleaner):
    """One process reads one text for one answer."""
    texts = Counted(TEXTS)
    answers = cleaner.clean_many(texts)
    assert texts.taken == 0
    next(answers)
    assert texts.taken == 1


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("sources", [[], ["a.example"], ["a.example"] * 3], ids=len)
def test_each_text_has_one_source(cleaner, sources, workers):
    """Sources too few or too many are an error, not a shorter answer."""
    message = f"sources has length {len(sources)} and texts 2; pass one source for each text"
    with pytest.raises(DedupError, match=message):
        cleaner.clean_many(["one", "two"], sources=sources, workers=workers)
    with pytest.raises(DedupError, match=message):
        cleaner.spans_many(["one", "two"], sources=sources)
    fault = "more" if len(sources) > 2 else "fewer"
    with pytest.raises(ValueError, match=f"sources has {fault} entries than texts, of which {min(2, len(sources))} "):
        list(cleaner.clean_many(iter(["one", "two"]), sources=sources, workers=workers))


@pytest.mark.parametrize("workers", [0, -1])
def test_workers_are_at_least_one(cleaner, workers):
    """No workers can do no work, which is said at once."""
    with pytest.raises(ValueError, match=rf"workers is {workers}; pass 1 or more"):
        cleaner.clean_many(["one"], workers=workers)


def test_an_unfit_text_is_an_error_of_the_call(cleaner):
    """What one process raises, several raise."""
    for workers in (1, 2):
        answers = cleaner.clean_many(["one", 2], workers=workers)
        with pytest.raises(TypeError, match=r"texts\[1\] is 2 \(int\); pass a str"):
            list(answers)
