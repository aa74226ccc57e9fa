"""template -> why it is only labelled, if it is: what a policy does with a kind of boilerplate."""

from collections.abc import Mapping

from dedup.boilerplate.template import ACTIONS, KINDS, Template
from dedup.document import BadValue, misfit

POLICIES = ("aggressive", "default", "conservative", "label-only")
INFORMS = frozenset(
    ("about-block", "contact", "correction-note", "credit-line", "dateline", "disclosure", "forward-looking")
)  # kinds a reader may want to know; a conservative policy keeps them


class Policy:
    """Says what is done with a template: what its kind is given in `actions`, else what the policy named says.

    "default" does what the template says; "aggressive" also removes what templates only label; "conservative" removes
    only kinds that tell a reader nothing about the story, and nothing for where it stands; "label-only" removes
    nothing. What a person rejected stays, and guards speak, under all of them.
    """

    def __init__(self, name: str, actions: Mapping[str, str]) -> None:
        if name not in POLICIES:
            raise BadValue(f"policy is {name!r}; it is one of {', '.join(POLICIES)}")
        if not isinstance(actions, Mapping):
            raise misfit("actions", actions, "pass a mapping of kinds to actions")
        for kind, action in actions.items():
            if kind not in KINDS:
                raise BadValue(f"actions has the kind {kind!r}; it is one of {', '.join(KINDS)}")
            if action not in ACTIONS:
                raise BadValue(f"actions has {action!r} for {kind}; it is one of {', '.join(ACTIONS)}")
        self.name, self.actions = name, dict(actions)

    def objection(self, template: Template) -> str:
        """Return why a template is only labelled, or "" when it may be removed."""
        if template.status == "rejected":
            return "a person rejected it"
        chosen = self.actions.get(template.kind)
        if chosen:
            return "" if chosen == "remove" else f"{template.kind} is only labelled"
        if self.name == "label-only" or (self.name == "conservative" and template.kind in INFORMS):
            return f"the policy is {self.name}"
        return "the template only labels" if template.action == "label" and self.name != "aggressive" else ""

    def objection_below(self) -> str:
        """Return why what is taken for where it stands, below another block, is only labelled, or ""."""
        return "the policy is conservative" if self.name == "conservative" else ""
