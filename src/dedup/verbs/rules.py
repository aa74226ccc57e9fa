"""files of templates <-> catalogues, whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.template import BadTemplate
from dedup.document import DedupError
from dedup.streams import named


def catalogue(rules: str | None) -> Catalogue:
    """Return the built-in templates, with those in force of the file `rules`."""
    if rules is None:
        return Catalogue.builtin()
    with _named(rules):
        return Catalogue.builtin() + Catalogue.load(rules)


def read(path: str) -> Catalogue:
    """Return all templates of a file, those not in force too."""
    with _named(path):
        return Catalogue.load(path, proposed=True)


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Turn what is wrong with a file of templates, or keeps it from being read, into an error that names it."""
    try:
        with named(path):
            yield
    except BadTemplate as error:
        said = str(error)
        raise DedupError(said if said.startswith(path) else f"{path}: {said}") from error


def replace(path: str, data: bytes) -> None:
    """Write a file anew; it is the old one or the new one, never half of it."""
    with named(path):
        new = Path(f"{path}.new")
        new.write_bytes(data)
        new.replace(path)
