"""TOML files -> the templates in force, as reviewed and versioned data."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time
from os import PathLike
from pathlib import Path
from typing import Any

from dedup.boilerplate.template import BadTemplate, Template, UnknownTemplate
from dedup.checks import every, expect, positive
from dedup.document import Document, misfit

BARE = re.compile(r"[A-Za-z0-9_-]+")  # a key that needs no quotes


class Catalogue:
    """Templates, each with its own id.

    >>> catalogue = Catalogue.builtin()
    >>> catalogue["menafn-disclaimer"].provider
    'MENAFN'
    """

    def __init__(self, templates: Iterable[Template] = ()) -> None:
        self._templates: dict[str, Template] = {}
        for template in every("template", templates, Template, "pass a Template"):
            if template.id in self._templates:
                raise BadTemplate(f"two templates have the id {template.id!r}; rename one")
            self._templates[template.id] = template

    @classmethod
    def builtin(cls) -> "Catalogue":
        """Return the templates that come with dedup."""
        paths = sorted(Path(__file__).with_name("catalogue").glob("*.toml"))
        tables = (table for path in paths for table in _tables(path.read_text("utf-8"), path.name))
        return cls(map(Template.shipped, tables))

    @classmethod
    def load(cls, path: str | PathLike[str], *, proposed: bool = False) -> "Catalogue":
        """Return the templates in force of one TOML file: those accepted, confident, or written by hand.

        With `proposed`, also those no one has looked at. Those rejected are in force too: what they say stays. Raises
        `BadTemplate` when it is not such a file, `OSError` when it cannot be read.
        """
        path = _path(path)
        try:
            text = Path(path).read_text("utf-8")
        except UnicodeDecodeError as error:
            raise BadTemplate(f"{path} is not UTF-8: {error.reason} at byte {error.start}") from error
        templates = map(Template.of, _tables(text, str(path)))
        return cls(template for template in templates if proposed or template.status != "proposed")

    @classmethod
    def learn(
        cls, documents: Iterable[Document], *, known: "Catalogue | None" = None, texts: int = 100_000
    ) -> "Catalogue":
        r"""Return what repeats around the stories of a feed, as proposals for review: nothing is applied.

        Copies are collapsed first, so what counts is in how many stories of one source a line is found. Each
        template has a status ("confident" from ten stories on, else "proposed") and its evidence. `known`, an
        earlier result, carries decisions forward and lets old lines expire. Of a feed of more than `texts`
        different texts every source is held to as many as the sum allows, by the hash of the text; memory is
        about 10 KB a text. The order of the documents makes no difference. Raises `BadValue` when `texts` is
        not positive.

        >>> stories = [
        ...     "Ten boats left the harbour before the fog came in from the sea.",
        ...     "Rain fell on Monday, and the roads to the valley were closed again.",
        ...     "The fair opens at noon with a race of barges under the old bridge.",
        ... ]
        >>> footed = [Document(story, story + "\n\nRead more in our app", source="ledger") for story in stories]
        >>> [template.lines for template in Catalogue.learn(footed)]
        [('Read more in our app',)]
        """
        from dedup.boilerplate.learn.feed import learn

        positive("texts", texts)
        before = [] if known is None else [*expect("known", known, Catalogue, "pass a Catalogue")]
        return cls(learn(every("document", documents, Document, "pass a Document"), before, texts))

    def on(self, day: date) -> "Catalogue":
        """Return the templates that hold on `day`: no earlier than `since`, no later than `until`.

        >>> from datetime import date
        >>> len(Catalogue.builtin().on(date(1990, 1, 1))) < len(Catalogue.builtin())
        True
        """
        day = expect("day", day, date, "pass a date")
        return Catalogue(template for template in self if template.holds_on(day))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the templates to a TOML file that `load` reads back; raises `BadTemplate` for what no file can hold."""
        try:
            data = self.toml().encode()
        except UnicodeEncodeError as error:
            place = error.object[max(0, error.start - 20) : error.end]
            raise BadTemplate(f"a lone surrogate cannot be saved, as behind {place!r}; take it out") from None
        Path(_path(path)).write_bytes(data)

    def toml(self) -> str:
        """Return the templates as TOML."""
        return "\n".join(map(_table, self))

    def __add__(self, other: "Catalogue") -> "Catalogue":
        return Catalogue([*self, *other])

    def __iter__(self) -> Iterator[Template]:
        return iter(self._templates.values())

    def __len__(self) -> int:
        return len(self._templates)

    def __getitem__(self, id: str) -> Template:
        try:
            return self._templates[id]
        except KeyError:
            raise UnknownTemplate(f"no template {id!r} is known in the catalogue") from None


def _path(path: str | PathLike[str]) -> str | PathLike[str]:
    if not isinstance(path, str | PathLike):
        raise misfit("path", path, "pass the path of a TOML file")
    return path


def _tables(text: str, name: str) -> list[Any]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadTemplate(f"{name} is not TOML: {error}") from error
    tables = document.pop("template", [])
    if document:
        raise BadTemplate(f"{name} has the unknown key {min(document)!r}; write each template as [[template]]")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise BadTemplate(f"{name}: write each template as [[template]]")
    return tables


def _table(template: Template) -> str:
    lines = ["[[template]]"]
    for key, field in Template.__dataclass_fields__.items():
        value = getattr(template, key)
        if value and value != field.default and key != "evidence":
            lines.append(f"{key} = {_value(value)}")
    if template.evidence:
        lines += ["[template.evidence]", *_pairs(template.evidence)]
    return "\n".join(lines) + "\n"


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{key if BARE.fullmatch(key) else _string(key)} = {_value(value)}" for key, value in table.items()]


def _value(value: Any) -> str:
    if isinstance(value, tuple | list):
        values = [*map(_value, value)]
        on_lines = len(values) > 1 and isinstance(value[0], str)
        return "[\n  " + ",\n  ".join(values) + ",\n]" if on_lines else "[" + ", ".join(values) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(_pairs(value)) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat()
    return _string(value) if isinstance(value, str) else repr(value)


def _string(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04X}" for c in escaped) + '"'
