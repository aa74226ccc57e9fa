"""a function and its inputs -> its results in order, worked out by several processes or threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import islice
from typing import Any, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

AHEAD = 4  # inputs in flight per worker: enough to keep it busy, few enough to bound memory


def batched(items: Iterable[In], size: int) -> Iterator[list[In]]:
    """Yield `items` in lists of `size`; the last may be shorter.

    >>> list(batched("abc", 2))
    [['a', 'b'], ['c']]
    """
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def map_in_order(
    function: Callable[[In], Out], items: Iterable[In], workers: int, *, threads: bool = False
) -> Iterator[Out]:
    """Yield `function(item)` for each of `items`, in order, worked out by `workers` processes, or threads.

    Only a few items are read ahead. For processes, function, items and results must pickle; the function goes to
    each of them once.
    """
    if threads:
        with ThreadPoolExecutor(workers) as pool:
            yield from _in_order(pool, function, items, workers)
        return
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(function,)) as pool:
        yield from _in_order(pool, _work, items, workers)


def _in_order(pool: Executor, function: Callable[[In], Out], items: Iterable[In], workers: int) -> Iterator[Out]:
    pending: deque[Future[Out]] = deque()
    for item in items:
        pending.append(pool.submit(function, item))
        if len(pending) >= workers * AHEAD:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()


def _begin(function: Callable[[Any], Any]) -> None:
    """Give a worker process, which does nothing else in its life, its function."""
    _work.function = function  # type: ignore[attr-defined]


def _work(item: Any) -> Any:
    return _work.function(item)  # type: ignore[attr-defined]
