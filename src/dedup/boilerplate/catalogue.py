"""TOML files -> the templates in force, as reviewed and versioned data."""

import tomllib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

from dedup.boilerplate.template import BadTemplate, Template


class Catalogue:
    """Templates, each with its own id.

    >>> catalogue = Catalogue.builtin()
    >>> catalogue["menafn-disclaimer"].provider
    'MENAFN'
    """

    def __init__(self, templates: Iterable[Template] = ()) -> None:
        self._templates: dict[str, Template] = {}
        for template in templates:
            if template.id in self._templates:
                raise BadTemplate(f"two templates have the id {template.id!r}; rename one")
            self._templates[template.id] = template

    @classmethod
    def builtin(cls) -> "Catalogue":
        """Return the templates that come with dedup."""
        folder = files("dedup.boilerplate") / "catalogue"
        names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
        return cls(template for name in names for template in _read((folder / name).read_text("utf-8"), name))

    @classmethod
    def load(cls, path: str | PathLike[str]) -> "Catalogue":
        """Return the templates of one TOML file; raises `BadTemplate` when it is not one, `OSError` when unreadable."""
        return cls(_read(Path(path).read_text("utf-8"), str(path)))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the templates to a TOML file that `load` reads back."""
        Path(path).write_text("\n".join(map(_table, self)), "utf-8")

    def __add__(self, other: "Catalogue") -> "Catalogue":
        return Catalogue([*self, *other])

    def __iter__(self) -> Iterator[Template]:
        return iter(self._templates.values())

    def __len__(self) -> int:
        return len(self._templates)

    def __getitem__(self, id: str) -> Template:
        return self._templates[id]


def _read(text: str, name: str) -> Iterator[Template]:
    try:
        tables = tomllib.loads(text).get("template", [])
    except tomllib.TOMLDecodeError as error:
        raise BadTemplate(f"{name} is not TOML: {error}") from error
    if not isinstance(tables, list):
        raise BadTemplate(f"{name}: write each template as [[template]]")
    yield from map(Template.of, tables)


def _table(template: Template) -> str:
    lines = ["[[template]]"]
    for key, field in Template.__dataclass_fields__.items():
        value = getattr(template, key)
        if value != field.default:
            lines.append(f"{key} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _string(value) if isinstance(value, str) else repr(value)


def _string(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04X}" for c in escaped) + '"'
