"""a function and its inputs -> its results in order, worked out by several processes or threads."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

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

    Only a few items are read ahead. For processes, function, items and results must pickle.
    """
    pool: Executor = ThreadPoolExecutor(workers) if threads else ProcessPoolExecutor(workers)
    with pool:
        pending: deque[Future[Out]] = deque()
        for item in items:
            pending.append(pool.submit(function, item))
            if len(pending) >= workers * AHEAD:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
