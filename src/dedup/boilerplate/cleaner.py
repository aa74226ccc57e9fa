"""text -> the text without its boilerplate, and the spans that were recognised."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from hashlib import blake2b
from itertools import repeat, zip_longest
from typing import Any

from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.guard import Guard
from dedup.boilerplate.layers import Guarded, Layers
from dedup.boilerplate.learned import LearnedLines, by_source
from dedup.boilerplate.match import Matcher, resolve
from dedup.boilerplate.policy import Policy
from dedup.boilerplate.remnant import remnants
from dedup.boilerplate.sighting import Sighting
from dedup.boilerplate.view import SHORT_LINES, View
from dedup.checks import expect, many, positive
from dedup.document import BadValue, Cleaned, Span, misfit
from dedup.workers import batched, map_on_processes

BATCH = 256  # texts a worker process takes at a time
MISSING = object()  # in place of what there is too little of
ROUNDS = 16  # removing a block may bring others to an edge; real texts need two or three rounds
LOOKED = 1 << 18  # characters that are looked at whatever the rounds: enough for all there is in a text of usual length


class Cleaner:
    r"""Finds boilerplate and takes it out. It remembers nothing: one text never changes the answer for another.

    >>> cleaned = Cleaner().clean("The bridge reopened on Monday.\n(Reporting by Ann Lee; Editing by Max Roe)\n")
    >>> cleaned.text
    'The bridge reopened on Monday.\n'
    >>> cleaned.removed[0].kind
    'credit-line'

    `policy` is "default" (each template says whether it removes or labels), "aggressive" (labelled kinds go too),
    "conservative" (kinds that inform about a story stay: credits, contacts, about blocks, ...) or "label-only";
    `actions` says "remove" or "label" for single kinds. Raises `BadValue` for what is none of these.
    """

    def __init__(
        self,
        catalogue: Catalogue | None = None,
        *,
        policy: str = "default",
        actions: Mapping[str, str] | None = None,
    ) -> None:
        self.catalogue = (
            Catalogue.builtin()
            if catalogue is None
            else expect("catalogue", catalogue, Catalogue, "pass a Catalogue, such as Catalogue.load(path)")
        )
        self._policy = Policy(policy, {} if actions is None else actions)
        self._matcher = Matcher(self.catalogue)
        self._lines = by_source(self.catalogue)

    @property
    def identity(self) -> dict[str, object]:
        """What two cleaners have in common that give the same answers: catalogue (as a hash), policy and actions."""
        templates = repr([template.rule for template in self.catalogue]).encode("utf-8", "surrogatepass")
        return {
            "catalogue": blake2b(templates, digest_size=8).hexdigest(),
            "policy": self._policy.name,
            "actions": dict(sorted(self._policy.actions.items())),
        }

    def clean(self, text: str, source: str | None = None) -> Cleaned:
        """Return `text` without its boilerplate. `source` brings in templates that hold for it alone."""
        _check("text", text, "source", source)
        (sighting,) = self._matcher.scan([text])
        return self._peel(text, source, sighting)

    def _peel(self, text: str, source: str | None, sighting: Sighting | None) -> Cleaned:
        source = source or ""
        lines = self._lines.get(source, self._lines.get(""))
        layers = Layers(text)
        rounds = looked = 0
        while (rounds < ROUNDS or looked < LOOKED) and (sighting or lines):
            rounds, looked = rounds + 1, looked + len(layers.text)
            seen = Sighting.of(layers.text) if sighting is None else sighting
            guarded = self._guarded(seen, lines, source)
            if not guarded or not layers.peel(guarded):
                break
            sighting = self._matcher.rescan(seen, layers.text, layers.kept)
        return layers.cleaned()

    def _guarded(self, seen: Sighting, lines: LearnedLines | None, source: str) -> list[Guarded]:
        """Return what occurs in a text, read as it was meant, each with the reason it must stay."""
        view = View.of(seen.text, seen.oddities) if seen.oddities else None
        if view is None:
            seen.oddities &= SHORT_LINES  # what there is no more of in a part of the text
            return self._guarded_as_it_stands(seen, lines, source)
        (meant,) = self._matcher.scan([view.text])
        if meant is None and lines is None:
            return []
        guarded = self._guarded_as_it_stands(meant or Sighting.of(view.text), lines, source)
        return [(each._replace(start=view.place(each.start), end=view.place(each.end)), why) for each, why in guarded]

    def _guarded_as_it_stands(self, seen: Sighting, lines: LearnedLines | None, source: str) -> list[Guarded]:
        occurrences = self._matcher.find(seen, source)
        if lines is not None:
            occurrences = resolve([*occurrences, *lines.find(seen.text, seen.tokens)])
        if not occurrences:
            return []
        objections = Guard(seen, occurrences).objections()
        guarded = [
            (each, objection or self._policy.objection(each.template))
            for each, objection in zip(occurrences, objections, strict=True)
        ]
        below = [(each, self._policy.objection_below()) for each in remnants(seen, guarded)]
        return sorted([*guarded, *below], key=lambda pair: pair[0].start) if below else guarded

    def clean_many(
        self, texts: Iterable[str], *, sources: Iterable[str | None] | None = None, workers: int = 1
    ) -> Iterator[Cleaned]:
        """Yield `clean(text, source)` for each of `texts`, in order.

        `sources` has one entry per text; `workers` processes share the work. (Where processes are spawned, as on
        Windows and macOS, a script that asks for more than one keeps its work under `if __name__ == "__main__":`.)
        Raises `BadType` or `BadValue` at once for arguments that do not fit, and for a text when its turn comes.
        """
        pairs = _paired(texts, sources)
        if positive("workers", workers) == 1:
            return (self.clean(text, source) for text, source in pairs)
        batches = map_on_processes(self.clean_batch, batched(pairs, BATCH), list, workers)
        return (cleaned for _, batch in batches for cleaned in batch)

    def clean_batch(self, pairs: Sequence[tuple[str, str | None]]) -> list[Cleaned]:
        """Return `clean(text, source)` for each of some pairs at once."""
        for place, pair in enumerate(many("pairs", pairs, "a text and its source, or None")):
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise misfit(f"pairs[{place}]", pair, "pass a text and its source, or None")
            _check(f"pairs[{place}][0]", pair[0], f"pairs[{place}][1]", pair[1])
        sightings = self._matcher.scan([text for text, _ in pairs])
        return [self._peel(text, source, sighting) for (text, source), sighting in zip(pairs, sightings, strict=True)]

    def spans_many(
        self, texts: Sequence[str], *, sources: Sequence[str | None] | None = None
    ) -> list[tuple[Span, ...]]:
        r"""Return the spans of `clean(text, source)` for each of `texts`, in order: the cheapest answer for a batch.

        `sources` has one entry per text.

        >>> [len(spans) for spans in Cleaner().spans_many(["One.\n(Editing by Ann Lee)\n", "Two."])]
        [1, 0]
        """
        pairs = [*_paired(texts, sources)]
        found: list[tuple[Span, ...]] = [()] * len(pairs)
        for index, sighting in enumerate(self._matcher.scan([text for text, _ in pairs])):
            if sighting or self._lines:
                found[index] = self._peel(*pairs[index], sighting).spans
        return found


def _paired(texts: Iterable[str], sources: Iterable[str | None] | None) -> Iterator[tuple[str, str | None]]:
    """Return each text with its source, checked as they come; what can be told before is an error at once."""
    many("texts", texts, "str")
    if sources is None:
        return _checked(zip(texts, repeat(None)))
    many("sources", sources, "str or None, one for each text")
    if isinstance(texts, Sized) and isinstance(sources, Sized) and len(texts) != len(sources):
        raise BadValue(f"sources has length {len(sources)} and texts {len(texts)}; pass one source for each text")
    return _checked(zip_longest(texts, sources, fillvalue=MISSING))


def _checked(pairs: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, str | None]]:
    for place, (text, source) in enumerate(pairs):
        if text is MISSING or source is MISSING:
            fault = "more" if text is MISSING else "fewer"
            raise BadValue(f"sources has {fault} entries than texts, of which {place} have one; pass one for each text")
        if not isinstance(text, str) or not (source is None or isinstance(source, str)):
            _check(f"texts[{place}]", text, f"sources[{place}]", source)
        yield text, source


def _check(name: str, text: object, source_name: str, source: object) -> None:
    if not isinstance(text, str):
        raise misfit(name, text, "pass a str")
    if source is not None and not isinstance(source, str):
        raise misfit(source_name, source, "pass a str or None")


def clean(text: str, source: str | None = None) -> Cleaned:
    """Return `text` without the boilerplate the built-in catalogue knows.

    To clean many, make one `Cleaner`, which takes longer than to clean a text.
    """
    return Cleaner().clean(text, source)
