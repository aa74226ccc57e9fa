"""proposals and a person's answers -> decisions."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.template import WAITING, Template

QUESTION = "accept, reject, skip or quit? [a/r/s/q]"
DECISIONS = {"a": "accepted", "r": "rejected"}
TAKES = {"remove": "take away", "label": "only label"}


def review(catalogue: Catalogue, answers: Iterable[str], say: Callable[[str], None]) -> Catalogue:
    """Return the catalogue with the decisions taken; templates decided before are not shown.

    What is accepted goes, also what would only have been labelled.

    Each one is shown through `say` with what stands around it, then an answer is taken: a(ccept), r(eject),
    s(kip) or q(uit), by its first letter; anything else is asked again, and the end of the answers quits.
    """
    waiting = [template for template in catalogue if template.status in WAITING]
    replies = iter(answers)
    decided: dict[str, Template] = {}
    for number, template in enumerate(waiting, 1):
        say(f"[{number} of {len(waiting)}] {shown(template)}")
        answer = _ask(replies, say)
        if answer == "q":
            break
        if answer in DECISIONS:
            action = "remove" if answer == "a" else template.action
            decided[template.id] = replace(template, status=DECISIONS[answer], action=action)
    return Catalogue(decided.get(each.id, each) for each in catalogue)


def _ask(replies: Iterable[str], say: Callable[[str], None]) -> str:
    while True:
        say(QUESTION)
        answer = next(iter(replies), "q").strip().lower()[:1]
        if answer and answer in "arsq":
            return answer


def shown(template: Template) -> str:
    """Return a learned template as a person should see it: the evidence, the lines, and what stands around them."""
    evidence = template.evidence
    of = f" of {evidence['of']}" if "of" in evidence else f" of {evidence.get('sources', '?')} sources"
    seen = f", seen {evidence['first']} to {evidence['last']}" if {"first", "last"} <= evidence.keys() else ""
    stories, words = evidence.get("stories", "?"), evidence.get("words", "?")
    status = f"{template.source or 'any source'}: {template.status}, {template.position}"
    lines = [
        f"{status}; {stories}{of} stories{seen}; would {TAKES[template.action]} {words} words",
        *(f"    before: {text}" for text in evidence.get("before", ())),
        *(f"  | {line}" for line in template.lines or (template.pattern or template.shape,)),
        *(f"    after:  {text}" for text in evidence.get("after", ())),
    ]
    return "\n".join(lines)
