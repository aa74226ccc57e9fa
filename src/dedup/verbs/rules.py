"""files of templates <-> catalogues, whole."""

from pathlib import Path

from dedup.boilerplate.catalogue import Catalogue
from dedup.streams import named


def catalogue(rules: str | None) -> Catalogue:
    """Return the built-in templates, with those in force of the file `rules`."""
    if rules is None:
        return Catalogue.builtin()
    with named(rules):
        return Catalogue.builtin() + Catalogue.load(rules)


def read(path: str) -> Catalogue:
    """Return all templates of a file, those not in force too."""
    with named(path):
        return Catalogue.read(path)


def replace(path: str, data: bytes) -> None:
    """Write a file anew; it is the old one or the new one, never half of it."""
    with named(path):
        new = Path(f"{path}.new")
        new.write_bytes(data)
        new.replace(path)
