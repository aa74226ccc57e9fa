"""what is wrong with a store -> the error that says it, and what to do."""

import sqlite3
from pathlib import Path

from dedup import __version__
from dedup.document import DedupError
from dedup.duplicates.settings import preset_with


def no_store(path: str) -> DedupError:
    """Return what to raise for a file of another kind."""
    return DedupError(f"the file {path!r} is not a store of dedup; pass another path")


def not_opened(path: str, error: sqlite3.Error) -> DedupError:
    """Return what to raise when a store cannot be opened at all."""
    folder, why = Path(path).parent, str(error)
    try:
        folder.stat()
    except FileNotFoundError:
        why = f"the folder {str(folder)!r} is not there; make it"
    except OSError as fault:
        why = f"{fault.strerror}: {str(folder)!r}"
    return DedupError(f"cannot open the store {path!r}: {why}")


def made_otherwise(path: str, name: str, was_is: tuple[str | None, str | None], maker: str) -> DedupError:
    """Return what to raise for a store that was made with something else than it is opened with, and by which dedup."""
    was, now = was_is
    makers, anew = f"{maker}; this is {__version__}", "begin anew with another path (`dedup filter`: or --afresh)"
    if name == "layout":
        return DedupError(f"the store {path!r} was made by another dedup ({makers}), which keeps other things; {anew}")
    what = f"the store {path!r} was made with {name} {was}, which is now {now}"
    if name in ("catalogue", "normaliser"):
        by = "rules it was made with" if maker == __version__ else f"rules and the dedup that made it ({makers})"
        return DedupError(
            f"{what}: texts cleaned in two ways are not compared. Open it with the {by} (`dedup filter`: "
            f"--rules), or {anew}"
        )
    return DedupError(f"{what}; pass {preset_with(name, was)} it was made with, or another path")


def damaged(path: str, what: str) -> DedupError:
    """Return what to raise for a store in which something is not what was put there."""
    return DedupError(
        f"the store {path!r} is damaged: {what}; put a snapshot of it in its place, or begin anew with another path "
        "(`dedup filter`: or --afresh)"
    )


def failed(path: str, error: sqlite3.Error) -> DedupError:
    """Return what to raise when a store cannot be read or written."""
    code = _code(error)
    if code == sqlite3.SQLITE_NOTADB:
        return no_store(path)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR):
        return damaged(path, str(error))
    return DedupError(f"cannot use the store {path!r}: {error}; it is closed now and holds all that was answered")


def not_emptied(path: str, error: sqlite3.Error) -> DedupError:
    """Return what to raise when a store cannot be begun anew."""
    code = _code(error)
    if code == sqlite3.SQLITE_NOTADB:
        return no_store(path)
    fix = "; remove the file, or pass another path" if code == sqlite3.SQLITE_CORRUPT else ""
    return DedupError(f"the store {path!r} cannot be begun anew: {error}{fix}")


def _code(error: sqlite3.Error) -> int:
    """Return what kind of error it is; one that SQLite did not raise is about a value."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF
