"""documents -> how many came when, new and copied."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dedup.document import Document

OUTLIERS = 200  # one time in so many at either end may be an error of the feed
BARS = 72  # at most, about
EPOCH, EARLIEST = datetime.fromtimestamp(0, UTC), datetime.min.replace(tzinfo=UTC)
STEPS = [timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7), timedelta(days=28)]


def timeline(documents: Sequence[Document], duplicates: Collection[int]) -> dict[str, Any]:
    """Return the bars of the timeline, each with its beginning and its numbers, and what does not stand on it."""
    times = sorted(document.time for document in documents if document.time)
    if not times:
        return {"bars": [], "step": 0, "outside": 0, "without": len(documents)}
    margin = len(times) // OUTLIERS
    first, last = times[margin], times[-1 - margin]
    step = _step(last - first)
    new, copied = Counter[int](), Counter[int]()
    for number, document in enumerate(documents):
        if document.time:
            (copied if number in duplicates else new)[_bar(document.time, step)] += 1
    shown = range(_bar(first, step), _bar(last, step) + 1)
    bars = [{"from": _beginning(bar, step), "new": new[bar], "duplicates": copied[bar]} for bar in shown]
    inside = sum(new[bar] + copied[bar] for bar in shown)
    return {
        "bars": bars,
        "step": int(step.total_seconds()),
        "outside": len(times) - inside,
        "without": len(documents) - len(times),
    }


def _step(span: timedelta) -> timedelta:
    for step in STEPS:
        if span / step <= BARS:
            return step
    return timedelta(days=365) * max(1, round(span / timedelta(days=365) / BARS))


def _bar(time: datetime, step: timedelta) -> int:
    return int(time.timestamp() // step.total_seconds())


def _beginning(bar: int, step: timedelta) -> str:
    return (EPOCH + max(bar * step, EARLIEST - EPOCH)).isoformat()
