"""a function and its inputs -> its results in order, worked out by several processes or threads."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

AHEAD = 4  # inputs in flight per worker: enough to keep it busy, few enough to bound memory
QUEUED = 2  # of them, per helping thread: one in work and one that waits


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batched(items: Iterable[In], size: int) -> Iterator[list[In]]:
    """Yield `items` in lists of `size`; the last may be shorter.

    >>> list(batched("abc", 2))
    [['a', 'b'], ['c']]
    """
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def map_in_order(function: Callable[[In], Out], items: Iterable[In], workers: int) -> Iterator[Out]:
    """Yield `function(item)` for each of `items`, in order, worked out by `workers` processes.

    Only a few items are read ahead. Function, items and results must pickle; the function goes to each of them once.
    """
    pending: deque[Future[Out]] = deque()
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(function,)) as pool:
        for item in items:
            pending.append(pool.submit(_work, item))
            if len(pending) >= workers * AHEAD:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()


def _begin(function: Callable[[Any], Any]) -> None:
    """Give a worker process, which does nothing else in its life, its function."""
    _work.function = function  # type: ignore[attr-defined]


def _work(item: Any) -> Any:
    return _work.function(item)  # type: ignore[attr-defined]


def map_on_threads(function: Callable[[In], Out], items: Iterable[In | None], workers: int) -> Iterator[Out]:
    """Yield `function(item)` for each of `items`, in order, worked out by the calling thread and `workers - 1` others.

    The caller works instead of waiting, so that no more threads than `workers` ever compete for the interpreter.
    Items are read by the calling thread, only a few ahead. None among them is no item: it says that the next is not
    there yet, and brings all results so far. An error of the items comes after the results of those before it.

    >>> list(map_on_threads(len, ["one", "three"], 2))
    [3, 5]
    """
    pending: deque[tuple[Future[Out], In]] = deque()
    iterator, failure = iter(items), None
    with ThreadPoolExecutor(max(1, workers - 1), initializer=_leave_interrupts) as helpers:
        try:
            while True:
                try:
                    item = next(iterator)
                except StopIteration:
                    break
                except Exception as error:
                    failure = error
                    break
                if item is None:
                    yield from _rest(function, pending)
                    continue
                unfinished = sum(not future.done() for future, _ in pending)
                busy = unfinished >= QUEUED * (workers - 1)
                pending.append((_done(function, item) if busy else helpers.submit(function, item), item))
                while pending and (pending[0][0].done() or len(pending) > workers * AHEAD):
                    yield pending.popleft()[0].result()
            yield from _rest(function, pending)
        finally:
            helpers.shutdown(wait=False, cancel_futures=True)
    if failure is not None:
        raise failure


def _rest(function: Callable[[In], Out], pending: deque[tuple[Future[Out], In]]) -> Iterator[Out]:
    """Yield the results of what is pending, working instead of waiting."""
    for place in reversed(range(len(pending))):  # the newest first: helpers take the oldest
        future, item = pending[place]
        if future.cancel():
            pending[place] = _done(function, item), item
    while pending:
        yield pending.popleft()[0].result()


def _leave_interrupts() -> None:
    """Let a thread take no interrupts: they are for the one that called, which may be waiting for input."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _done(function: Callable[[In], Out], item: In) -> Future[Out]:
    future: Future[Out] = Future()
    try:
        future.set_result(function(item))
    except Exception as error:
        future.set_exception(error)
    return future
