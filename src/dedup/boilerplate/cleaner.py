"""text -> the text without its boilerplate, and the spans that were recognised."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat

from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.guard import Guard
from dedup.boilerplate.layers import Judged, Layers
from dedup.boilerplate.learned import Lines, by_source
from dedup.boilerplate.lines import Known
from dedup.boilerplate.match import Matcher, resolve
from dedup.boilerplate.policy import Policy
from dedup.boilerplate.remnant import remnants
from dedup.boilerplate.sighting import Sighting
from dedup.boilerplate.view import View
from dedup.document import Cleaned, Span
from dedup.workers import batched, map_on_processes

CHUNK = 256  # texts a worker process takes at a time
ROUNDS = 16  # removing a block may bring others to an edge; real texts need two or three rounds


class Cleaner:
    r"""Finds boilerplate and takes it out. It remembers nothing: one text never changes the answer for another.

    >>> cleaned = Cleaner().clean("The bridge reopened on Monday.\n(Reporting by Ann Lee; Editing by Max Roe)\n")
    >>> cleaned.text
    'The bridge reopened on Monday.\n'
    >>> cleaned.removed[0].kind
    'credit-line'

    `policy` is "default" (each template says whether it removes or labels), "aggressive" (labelled kinds go too),
    "conservative" (kinds that inform about a story stay: credits, contacts, about blocks, ...) or "label-only";
    `actions` says "remove" or "label" for single kinds. Raises `ValueError` for what is none of these.
    """

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        policy: str = "default",
        actions: Mapping[str, str] | None = None,
    ) -> None:
        self.catalogue = Catalogue.builtin() if catalogue is None else catalogue
        self._policy = Policy(policy, actions or {})
        self._matcher = Matcher(self.catalogue)
        self._lines = by_source(self.catalogue)

    def clean(self, text: str, source: str | None = None) -> Cleaned:
        """Return `text` without its boilerplate. `source` brings in templates that hold for it alone."""
        (sighting,) = self._matcher.scan([text])
        return self._peel(text, source, sighting, Known())

    def _peel(self, text: str, source: str | None, sighting: Sighting | None, known: Known) -> Cleaned:
        source = source or ""
        lines = self._lines.get(source, self._lines.get(""))
        layers = Layers(text)
        for _ in range(ROUNDS):
            if sighting is None and lines is None:
                break
            seen = Sighting(layers.text) if sighting is None else sighting
            judged = self._judge(seen, lines, source, known)
            if not judged or not layers.peel(judged):
                break
            sighting = self._matcher.left(seen, layers.text, layers.is_head)
        return layers.cleaned()

    def _judge(self, seen: Sighting, lines: Lines | None, source: str, known: Known) -> list[Judged]:
        """Return what occurs in a text, read as it was meant, each with the reason it must stay."""
        view = View.of(seen.text, seen.oddities) if seen.oddities else None
        if view is None:
            return self._judge_as_it_stands(seen, lines, source, known)
        (meant,) = self._matcher.scan([view.text])
        judged = self._judge_as_it_stands(meant or Sighting(view.text), lines, source, known)
        return [(each._replace(start=view.place(each.start), end=view.place(each.end)), why) for each, why in judged]

    def _judge_as_it_stands(self, seen: Sighting, lines: Lines | None, source: str, known: Known) -> list[Judged]:
        occurrences = self._matcher.find(seen, source, known)
        if lines is not None:
            occurrences = resolve([*occurrences, *lines.find(seen.text, seen.tokens)])
        if not occurrences:
            return []
        objections = Guard(seen.text, seen.tokens, occurrences).objections()
        judged = [
            (each, objection or self._policy.objection(each.template))
            for each, objection in zip(occurrences, objections, strict=True)
        ]
        below = [(each, "") for each in remnants(seen.text, seen.tokens, judged)]
        return sorted([*judged, *below], key=lambda pair: pair[0].start) if below else judged

    def clean_many(
        self, texts: Iterable[str], *, sources: Iterable[str | None] | None = None, workers: int = 1
    ) -> Iterator[Cleaned]:
        """Yield `clean(text, source)` for each of `texts`, in order.

        `sources` has one entry per text; `workers` processes share the work. Raises `ValueError` when
        `workers` is not positive.
        """
        if workers < 1:
            raise ValueError(f"workers is {workers}; pass 1 or more")
        pairs = zip(texts, repeat(None) if sources is None else sources, strict=sources is not None)
        if workers == 1:
            for text, source in pairs:
                yield self.clean(text, source)
            return
        for _, cleaned in map_on_processes(self.clean_batch, batched(pairs, CHUNK), list, workers):
            yield from cleaned

    def clean_batch(self, pairs: Sequence[tuple[str, str | None]]) -> list[Cleaned]:
        """Return `clean(text, source)` for each of some pairs at once."""
        sightings = self._matcher.scan([text for text, _ in pairs])
        known = Known()
        return [
            self._peel(text, source, sighting, known) for (text, source), sighting in zip(pairs, sightings, strict=True)
        ]

    def spans_many(
        self, texts: Sequence[str], *, sources: Sequence[str | None] | None = None
    ) -> list[tuple[Span, ...]]:
        r"""Return the spans of `clean(text, source)` for each of `texts`, in order: the cheapest answer for a batch.

        `sources` has one entry per text.

        >>> [len(spans) for spans in Cleaner().spans_many(["One.\n(Editing by Ann Lee)\n", "Two."])]
        [1, 0]
        """
        found: list[tuple[Span, ...]] = [()] * len(texts)
        known = Known()
        for index, sighting in enumerate(self._matcher.scan(texts)):
            if sighting or self._lines:
                found[index] = self._peel(texts[index], sources[index] if sources else None, sighting, known).spans
        return found


def clean(text: str, source: str | None = None) -> Cleaned:
    """Return `text` without the boilerplate the built-in catalogue knows; see `Cleaner` to clean many."""
    return Cleaner().clean(text, source)
