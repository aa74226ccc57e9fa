"""what was found -> text for people, and members for JSON."""

from collections.abc import Iterable, Iterator

from dedup.document import Cleaned, Document, Match, Span

EXCERPT = 60  # code points shown of a span or passage
SHOWN = 5  # facts, swaps and passages


def annotation(cleaned: Cleaned) -> list[dict[str, object]]:
    """Return the spans as plain JSON values."""
    return [
        {
            "start": span.start,
            "end": span.end,
            "kind": span.kind,
            "template": span.template,
            "score": span.score,
            "slots": dict(span.slots),
            "action": span.action,
            "reason": span.reason,
        }
        for span in cleaned.spans
    ]


def match_members(match: Match | None) -> dict[str, object]:
    """Return a match as plain JSON values, or what says that nothing related is known."""
    if match is None:
        return {"relation": None, "duplicate": False}
    return {
        "relation": match.relation,
        "duplicate": match.duplicate,
        "id": match.id,
        "canonical": match.canonical,
        "resemblance": match.resemblance,
        "containment": match.containment,
        "contains": match.contains,
        "lost": list(match.evidence.lost),
        "swaps": [list(swap) for swap in match.evidence.swaps],
    }


def explanation(document: Document, cleaned: Cleaned) -> str:
    """Return what was recognised in a document, where, and why it goes or stays."""
    if not cleaned.spans:
        return f"{document.id}: no boilerplate recognised\n"
    lines = [f"{document.id}: {len(cleaned.removed)} removed, {len(cleaned.kept)} kept"]
    for span in cleaned.spans:
        lines += _explained(span, document.text)
    return "\n".join(lines) + "\n"


def _explained(span: Span, text: str) -> Iterator[str]:
    yield f"  {span.action} {span.start}-{span.end}  {span.template} ({span.kind}, score {span.score:.2f})"
    yield f"      why    {span.reason}"
    if span.slots:
        yield "      slots  " + ", ".join(f"{name}={value!r}" for name, value in span.slots.items())
    yield f"      text   {shorten(span.of(text))}"


def difference(document: Document, cleaned: Cleaned) -> str:
    """Return the lines that lose text, as they were ("-") and as they are left ("+")."""
    lines = []
    for start, end, spans in _touched_lines(document.text, cleaned.removed):
        edges = [start, *(edge for span in spans for edge in (span.start, span.end)), max(end, spans[-1].end)]
        left = "".join(document.text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
        lines += [f"-{line}" for line in document.text[start:end].splitlines()]
        lines += [f"+{line}" for line in left.splitlines()]
    return "\n".join([f"--- {document.id}", *lines]) + "\n" if lines else ""


def _touched_lines(text: str, spans: Iterable[Span]) -> Iterator[tuple[int, int, list[Span]]]:
    """Yield the stretches of whole lines that spans touch, merged where they meet, with those spans."""
    held: tuple[int, int, list[Span]] | None = None
    for span in spans:
        start = text.rfind("\n", 0, span.start) + 1
        stop = text.find("\n", max(span.start, span.end - 1))
        end = len(text) if stop < 0 else stop + 1
        if held and start <= held[1]:
            held[2].append(span)
            held = (held[0], max(held[1], end), held[2])
        else:
            if held:
                yield held
            held = (start, end, [span])
    if held:
        yield held


def story_of_match(a: str, b: str, text: str, match: Match) -> str:
    """Return a match in words: the relation, the numbers behind it, lost and swapped facts, shared passages."""
    evidence = match.evidence
    verdict = "a duplicate, it can be dropped" if match.duplicate else "not a duplicate"
    lines = [
        f"{match.relation}: {a} is {verdict}",
        f"  resemblance {match.resemblance:.2f}  containment {match.containment:.2f}  contains {match.contains:.2f}",
        f"  words of A found in B {evidence.words:.2f}, in the same order {evidence.order:.2f}",
    ]
    if evidence.title < 1:
        lines.append(f"  words of A's title in either text or B's title {evidence.title:.2f}")
    if evidence.lost:
        lines.append(f"  facts only in A ({len(evidence.lost)}): {_some(evidence.lost)}")
    if evidence.swaps:
        pairs = [f"{shorten(mine)!r} for {shorten(other)!r}" for mine, other in evidence.swaps]
        lines.append(f"  facts that differ ({len(pairs)}): {_some(pairs)}")
    for passage in match.passages[:SHOWN]:
        shared = shorten(text[passage.start : passage.end])
        places = f"A {passage.start}-{passage.end} = B {passage.other_start}-{passage.other_end}"
        lines.append(f"  shared {places}: {shared}")
    if len(match.passages) > SHOWN:
        lines.append(f"  and {len(match.passages) - SHOWN} more shared passages")
    return "\n".join(lines) + "\n"


def _some(items: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return "; ".join(items[:SHOWN]) + more


def shorten(text: str) -> str:
    """Return `text` on one line, its middle left out when it is long.

    >>> shorten("a few words")
    'a few words'
    """
    words = " ".join(text.split())
    if len(words) <= 2 * EXCERPT:
        return words
    return f"{words[:EXCERPT]} … {words[-EXCERPT:]}"
