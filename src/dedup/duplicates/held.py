"""a memory -> what a deduplicator has as long as it is open: the memory, and who judges and speaks by it."""

from typing import NamedTuple

from dedup.duplicates.cluster import Ranking
from dedup.duplicates.judge import Judge
from dedup.duplicates.memory import Memory
from dedup.duplicates.settings import Settings
from dedup.duplicates.speaker import Speaker


class Held(NamedTuple):
    """What is held while a deduplicator is open."""

    memory: Memory
    judge: Judge
    speaker: Speaker

    @classmethod
    def of(cls, memory: Memory, settings: Settings, rank: Ranking | None) -> "Held":
        """Return all of it; `rank` is None where the first to arrive speaks."""
        judge = Judge(memory, settings)
        return cls(memory, judge, Speaker(memory, judge, rank))
