"""times of documents and a window -> how many come too late to be remembered, and what line made them late."""

from datetime import datetime, timedelta

from dedup.records.lines import Line
from dedup.stream import Deduplicator
from dedup.verbs.tally import Tally


class Late:
    """Counts what is older than the window when it comes; of leaps that are longer the worst is hinted at."""

    def __init__(self, seen: Deduplicator, window: timedelta | None, tally: Tally) -> None:
        self._seen, self._tally = seen, tally
        self._window = self._leap = window or timedelta.max
        self._newest: datetime | None = None
        self._hint = self._hinted = ""
        self._counted = 0

    def look(self, line: Line) -> None:
        """Take note of the time of a line."""
        time, newest = line.document.time if line.document else None, self._newest
        if time is None or newest is None:
            self._newest = newest or time
            return
        if time - newest > self._leap:
            self._leap = time - newest
            self._hint = (
                f"{self._tally.inputs.place(line.number)}: its time, {time.isoformat()}, is more than the window after "
                f"all before it (up to {newest.isoformat()}), so that what still comes from then is not remembered; if "
                "it is wrong, mend it"
            )
        elif newest - time > self._window and self._hint != self._hinted:
            hints = self._tally.inputs.hints
            hints[:] = [*(hint for hint in hints if hint != self._hinted), self._hint]
            self._hinted = self._hint
        self._newest = max(newest, time)

    def count(self) -> None:
        """Count what came too late up to now."""
        late = self._seen.stats["late"]
        self._tally.counts["late"] += late - self._counted
        self._counted = late
