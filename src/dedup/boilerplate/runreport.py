"""cleaned texts -> what a run took out of each source, by template, what it kept and why, and what has drifted."""

import json
from collections import Counter
from collections.abc import Iterator
from math import sqrt
from typing import NamedTuple

from dedup.document import Cleaned, DedupError
from dedup.tokens import Tokens

ENOUGH = 20  # documents of a source in both runs before anything is said of it
FAR = 2.0  # times as large a share of a source's documents is far more, half of it far less
SURE = 3.3  # standard deviations: one alarm in a thousand comparisons where nothing has changed
ANY = ""  # in place of a template: all of them together

Place = tuple[str, str]  # of a source and a template, or of a template and a reason


class Drift(NamedTuple):
    """A template that takes something out of a far larger, or smaller, share of a source's documents than before."""

    source: str
    template: str  # "" for all of them together
    share: float
    before: float
    documents: int  # of the source in the later run

    def __str__(self) -> str:
        what = self.template or "boilerplate"
        of = f"{self.share:.0%} of {self.documents:,} documents of {self.source or 'no source'}"
        return f"{what} went from {of}, before from {self.before:.0%}"


class RunReport:
    r"""What a run took out and what it kept, in figures that can be written down and compared.

    >>> from dedup import Cleaner
    >>> report, cleaner = RunReport(), Cleaner()
    >>> for text in ("The bridge reopened.\n\n(Reporting by Ann Lee)\n", "Rain fell.\n\n($1 = 0.9210 euros)\n"):
    ...     report.add(text, cleaner.clean(text), "ledger")
    >>> report.documents["ledger"], report.words["ledger", "reuters-reporting"]
    (2, 4)
    >>> report.kept
    Counter({('currency-note', 'kept: the template only labels'): 1})
    """

    def __init__(self) -> None:
        self.documents: Counter[str] = Counter()  # by source
        self.touched: Counter[Place] = Counter()  # documents something was removed from, by source and template
        self.words: Counter[Place] = Counter()  # words removed, by source and template
        self.kept: Counter[Place] = Counter()  # spans that stayed, by template and the reason

    def add(self, text: str, cleaned: Cleaned, source: str | None = None) -> None:
        """Count a text that was cleaned."""
        name = source or ""
        self.documents[name] += 1
        for span in cleaned.removed:
            words = len(Tokens.of(span.of(text)))
            self.words[name, span.template] += words
            self.words[name, ANY] += words
        for template in {span.template for span in cleaned.removed} | ({ANY} if cleaned.removed else set()):
            self.touched[name, template] += 1
        for span in cleaned.kept:
            self.kept[span.template, span.reason] += 1

    def drift(self, before: "RunReport") -> list[Drift]:
        """Return what goes from a far larger or smaller share of a source's documents than in an earlier run.

        Far is twice or half as large, and more than chance explains; sources with fewer than 20 documents in either
        run are not compared.
        """
        places = self.touched.keys() | before.touched.keys()
        found = []
        for source, template in sorted(places):
            many, were = self.documents[source], before.documents[source]
            if min(many, were) < ENOUGH:
                continue
            now, then = self.touched[source, template], before.touched[source, template]
            if _far_more(now, many, then, were) or _far_more(then, were, now, many):
                found.append(Drift(source, template, now / many, then / were, many))
        return sorted(found, key=lambda each: -abs(each.share - each.before) * each.documents)

    def json(self) -> bytes:
        """Return the report as a JSON object on one line, which `from_json` reads."""
        sources = [
            {"source": source, "documents": count, "templates": dict(self._templates(source))}
            for source, count in sorted(self.documents.items())
        ]
        kept = [
            {"template": template, "reason": reason, "spans": count}
            for (template, reason), count in sorted(self.kept.items())
        ]
        return json.dumps({"sources": sources, "kept": kept}).encode() + b"\n"

    def _templates(self, source: str) -> Iterator[tuple[str, dict[str, int]]]:
        """Yield the templates of a source, the one that takes away most first."""
        places = [place for place in self.touched if place[0] == source]
        for place in sorted(places, key=lambda place: (-self.words[place], place)):
            yield place[1], {"documents": self.touched[place], "words": self.words[place]}

    @classmethod
    def from_json(cls, data: bytes) -> "RunReport":
        """Return the report that was written as JSON; raises `DedupError` when it is none."""
        report = cls()
        try:
            written = json.loads(data)
            for entry in written["sources"]:
                report.documents[entry["source"]] = entry["documents"]
                for template, counts in entry["templates"].items():
                    report.touched[entry["source"], template] = counts["documents"]
                    report.words[entry["source"], template] = counts["words"]
            for entry in written["kept"]:
                report.kept[entry["template"], entry["reason"]] = entry["spans"]
        except (ValueError, LookupError, TypeError, AttributeError):
            pass
        else:
            if report._is_sound():
                return report
        raise DedupError("this is no run report; write one with `dedup clean --run-report FILE`")

    def _is_sound(self) -> bool:
        """Whether the counts are counts, of sources that have names, and no more was touched than there was."""
        counted = all(type(name) is str and type(count) is int for name, count in self.documents.items())
        return counted and all(
            type(count) is int and 0 <= count <= self.documents[source] for (source, _), count in self.touched.items()
        )


def _far_more(now: int, many: int, then: int, were: int) -> bool:
    """True when `now` of `many` is far more than `then` of `were`, beyond chance."""
    return now / many >= FAR * then / were and _interval(now, many)[0] > _interval(then, were)[1]


def _interval(count: int, of: int) -> tuple[float, float]:
    """Return the Wilson score interval of a share."""
    share, square = count / of, SURE * SURE
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = SURE * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return middle - reach, middle + reach
