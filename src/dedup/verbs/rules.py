"""files of templates <-> catalogues, whole."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.template import DECIDED, BadTemplate
from dedup.document import DedupError
from dedup.streams import named
from dedup.streams.packed import packer


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


@contextmanager
def renewed(path: str) -> Iterator[Callable[[bytes], None]]:
    """Give what takes all of a file that is written anew: until that is done it is the old one, never half of it."""
    target, pack = Path(path).resolve(), packer(path)
    new = target.with_name(f"{target.name}.new")

    def write(data: bytes) -> None:
        with named(path):
            file.write(pack.compress(data) + pack.flush() if pack else data)
            file.flush()

    with named(path):
        file = new.open("wb")
    try:
        with file:
            yield write
    except BaseException:
        new.unlink()
        raise
    with named(path):
        new.replace(target)


def replace(path: str, data: bytes) -> None:
    """Write a file anew."""
    with renewed(path) as write:
        write(data)


def keep_decisions(path: str) -> None:
    """Raise `DedupError` when a file that is to be written anew holds decisions, which would be lost."""
    try:
        decided = sum(template.status in DECIDED for template in read(path))
    except DedupError:  # no file, or one of something else
        return
    if decided:
        raise DedupError(
            f"--output is {path}, which holds {decided:,} accepted or rejected templates; carry them forward with "
            f"--update {path}, or name another file"
        )
