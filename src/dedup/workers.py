"""a function and its inputs -> its results in order, worked out by several processes or threads."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Any, Generic, TypeVar

from dedup.cores import cores

In = TypeVar("In")
Part = TypeVar("Part")
Out = TypeVar("Out")

AHEAD = 4  # inputs in flight per worker: enough to keep it busy, few enough to bound memory
PER_CORE = 4  # workers for each core at most: more only wait for each other, and a process that is forked takes memory
QUEUED = 2  # of them, per helping thread: one in work and one that waits


def batched(items: Iterable[In], size: int) -> Iterator[list[In]]:
    """Yield `items` in lists of `size`; the last may be shorter, also the one before an error of the items.

    >>> list(batched("abc", 2))
    [['a', 'b'], ['c']]
    """
    iterator = iter(items)
    while True:
        batch: list[In] = []
        try:
            batch.extend(islice(iterator, size))
        except Exception:
            if batch:
                yield batch
            raise
        if not batch:
            return
        yield batch


def map_on_threads(function: Callable[[In], Out], items: Iterable[In | None], workers: int) -> Iterator[Out]:
    """Yield `function(item)` for each of `items`, in order, worked out by the calling thread and `workers - 1` others.

    The caller works instead of waiting, so that no more threads than `workers` ever compete for the interpreter.
    Items are read by the calling thread, only a few ahead. None among them is no item: it says that the next is not
    there yet, and brings all results so far. An error of the items comes after the results of those before it.
    Of workers there are at most four for each core this process may use.

    >>> list(map_on_threads(len, ["one", "three"], 2))
    [3, 5]
    """
    return (result for _, result in _Map(_threads, function, function, _whole).run(items, workers))


def map_on_processes(
    function: Callable[[Part], Out], items: Iterable[In | None], part: Callable[[In], Part], workers: int
) -> Iterator[tuple[In, Out]]:
    """Yield each item with `function(part(item))` in the same way, worked out by this process and `workers - 1` others.

    Function, parts and results must pickle; the function goes to each process once. The others begin with the second
    item, so that little work starts no process. What a process that was killed leaves undone, the caller does; so also
    where processes are spawned and end at once, because the script that asks for them has no guard (`if __name__ ==
    "__main__":`) and each would run it again.

    >>> list(map_on_processes(len, [("a", "one"), ("b", "three")], lambda item: item[1], 1))
    [(('a', 'one'), 3), (('b', 'three'), 5)]
    """
    return _Map(partial(_processes, function), function, _work, part).run(items, workers)


class _Map(Generic[In, Part, Out]):
    """Works out items in order: some as `helped` on a pool, the others as `function` here."""

    def __init__(
        self,
        pool: Callable[[int], AbstractContextManager[Executor]],
        function: Callable[[Part], Out],
        helped: Callable[[Part], Out],
        part: Callable[[In], Part],
    ) -> None:
        self._pool, self._function, self._helped, self._part = pool, function, helped, part
        self._pending: deque[tuple[Future[Out], In]] = deque()

    def run(self, items: Iterable[In | None], workers: int) -> Iterator[tuple[In, Out]]:
        """Yield each item with its result; see `map_on_threads`."""
        if workers == 1:
            yield from ((item, self._function(self._part(item))) for item in items if item is not None)
            return
        workers = min(workers, PER_CORE * cores())
        pending, iterator, failure, room = self._pending, iter(items), None, 0
        with self._pool(workers - 1) as helpers:
            while True:
                try:
                    item = next(iterator)
                except StopIteration:
                    break
                except Exception as error:
                    failure = error
                    break
                if item is None:
                    yield from self._rest()
                    continue
                while self._in_work() >= room and pending and pending[0][0].done():
                    yield self._result()
                is_busy = self._in_work() >= room
                pending.append((self._done(item) if is_busy else self._submitted(helpers, item), item))
                room = QUEUED * (workers - 1)
                while len(pending) > workers * AHEAD:
                    yield self._result()
            yield from self._rest()
        if failure is not None:
            raise failure

    def _in_work(self) -> int:
        return sum(not future.done() for future, _ in self._pending)

    def _rest(self) -> Iterator[tuple[In, Out]]:
        """Yield the results of what is pending, working instead of waiting."""
        for place in reversed(range(len(self._pending))):  # the newest first: helpers take the oldest
            future, item = self._pending[place]
            if future.cancel():
                self._pending[place] = self._done(item), item
        while self._pending:
            yield self._result()

    def _result(self) -> tuple[In, Out]:
        future, item = self._pending.popleft()
        try:
            return item, future.result()
        except BrokenExecutor:
            return item, self._function(self._part(item))

    def _submitted(self, helpers: Executor, item: In) -> Future[Out]:
        try:
            return helpers.submit(self._helped, self._part(item))
        except Exception as error:
            return _failed(error)

    def _done(self, item: In) -> Future[Out]:
        future: Future[Out] = Future()
        try:
            future.set_result(self._function(self._part(item)))
        except Exception as error:
            return _failed(error)
        return future


@contextmanager
def _threads(count: int) -> Iterator[Executor]:
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(count, initializer=_leave_interrupts)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _processes(function: Callable[[Any], Any], count: int) -> Iterator[Executor]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    context = get_context()
    with _handed_over(function, forked=context.get_start_method() == "fork") as take:
        pool = ProcessPoolExecutor(count, context, _begin, (take,))
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def _handed_over(function: Callable[[Any], Any], *, forked: bool) -> Iterator[Callable[[], Callable[[Any], Any]]]:
    """Give what brings a function to other processes: by a file when they are not forked, for it may be large.

    What a process begins with goes through a pipe, and who writes more than that holds to one that is dead waits for
    ever.
    """
    if forked:
        yield lambda: function
        return
    from multiprocessing.spawn import get_preparation_data
    from pickle import dumps
    from tempfile import mkstemp

    get_preparation_data("")  # raises where no process can begin, before there is a file that might stay
    descriptor, path = mkstemp(prefix="dedup-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(dumps(function))
        yield partial(_load, path)
    finally:
        Path(path).unlink()


def _load(path: str) -> Callable[[Any], Any]:
    from pickle import loads

    function: Callable[[Any], Any] = loads(Path(path).read_bytes())  # noqa: S301
    return function


def _failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future


def _whole(item: In) -> In:
    return item


def _leave_interrupts() -> None:
    """Let a thread take no interrupts: they are for the one that called, which may be waiting for input."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _begin(take: Callable[[], Callable[[Any], Any]]) -> None:
    """Give a process, which does nothing else in its life, its function; it ends when its parent does."""
    from multiprocessing import parent_process

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # interrupts are for the caller
    _work.function = take()  # type: ignore[attr-defined]
    parent = parent_process()
    if parent is not None:
        Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(parent: int) -> None:
    from multiprocessing.connection import wait

    wait([parent])
    os._exit(1)


def _work(item: Any) -> Any:
    return _work.function(item)  # type: ignore[attr-defined]
