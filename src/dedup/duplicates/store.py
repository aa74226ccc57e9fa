"""what is remembered <-> one SQLite file: everything answered is in it, whatever happens to the process."""

import json
import sqlite3
import struct
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from os import PathLike, fspath
from pathlib import Path
from typing import Any, NamedTuple

from dedup import __version__
from dedup.document import BadValue, DedupError, misfit
from dedup.duplicates.archive import Entry, pack, unpack
from dedup.duplicates.faults import damaged, failed, made_otherwise, no_store, not_emptied, not_opened
from dedup.duplicates.settings import Settings
from dedup.tokens import NORMALISER

APPLICATION = 0x64656475  # "dedu", at its place in the header of the file
LAYOUT = 2  # of the tables; the first did not know what was passed on
TABLES = (
    "CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE state (name TEXT PRIMARY KEY, value NOT NULL)",
    "CREATE TABLE heirs (old INTEGER PRIMARY KEY, heir INTEGER NOT NULL, until INTEGER NOT NULL)",
    (
        "CREATE TABLE documents (number INTEGER PRIMARY KEY, time INTEGER, arrival INTEGER, anchor INTEGER, "
        "copies INTEGER, passed INTEGER, entry BLOB)"
    ),
)


def identity(settings: Settings, cleaner: Mapping[str, object], canonical: Any) -> dict[str, object]:
    """Return everything that must be the same for a store to be read again with the same answers.

    `cleaner` is what decides how texts are cleaned. Of a function as `canonical` no more is known than that it is one.
    """
    return {
        **asdict(settings),
        **cleaner,
        "normaliser": NORMALISER,
        "layout": LAYOUT,
        "canonical": "a function" if callable(canonical) else canonical if isinstance(canonical, str) else [*canonical],
    }


def _checked(path: str | PathLike[str]) -> str:
    """Return the path of a store; raises what fits for what would be kept nowhere."""
    fix = "pass the path of a file"
    if not isinstance(path, str | PathLike):
        raise misfit("path", path, fix)
    name = fspath(path)
    if name in ("", ":memory:"):
        raise BadValue(f"path is {name!r}, and a store there would keep nothing; {fix}")
    return name


def _connected(path: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise not_opened(path, error) from error


def _tables(connection: sqlite3.Connection, path: str) -> list[str]:
    """Return the names of the tables of a store, none of a new one; raises `DedupError` for another file."""
    ((application,),) = connection.execute("PRAGMA application_id")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if tables and application != APPLICATION:
        raise no_store(path)
    return tables


class Kept(NamedTuple):
    """A document as the store holds it."""

    number: int
    time: int
    arrival: int
    anchor: int
    group: int
    passed: bool
    entry: Entry


class Store:
    """The archive of a deduplicator in a file, with all it needs to go on where it stopped.

    Changes are one transaction until `commit`. The file belongs to one store at a time. Whatever goes wrong raises
    `DedupError` and closes the store: what was committed is in the file, and nothing else.
    """

    def __init__(self, path: str | PathLike[str], identity: Mapping[str, Any]) -> None:
        self.path = _checked(path)
        self._changed = False
        self._connection = _connected(self.path)
        try:
            self._open({name: json.dumps(value) for name, value in identity.items()})
        except BaseException:
            self._connection.close()
            raise

    @classmethod
    def empty(cls, path: str | PathLike[str]) -> None:
        """Make a store one that holds nothing and fits all settings, if there is one; raises `DedupError`."""
        path = _checked(path)
        if not Path(path).exists():
            return
        try:
            with closing(_connected(path)) as connection:
                connection.execute("BEGIN EXCLUSIVE")
                for table in _tables(connection, path):
                    connection.execute(f'DROP TABLE "{table}"')
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise not_emptied(path, error) from error

    def _open(self, identity: dict[str, str]) -> None:
        try:
            tables = _tables(self._connection, self.path)
        except sqlite3.Error as error:
            raise self._failed(error) from error
        self._run("PRAGMA locking_mode = EXCLUSIVE")
        self._run("PRAGMA journal_mode = WAL")
        self._run("PRAGMA synchronous = NORMAL")
        self._run("BEGIN IMMEDIATE")
        if not tables:
            for table in TABLES:
                self._run(table)
            for item in {**identity, "version": __version__}.items():
                self._run("INSERT INTO identity VALUES (?, ?)", item)
            self._run(f"PRAGMA application_id = {APPLICATION}")
        self._run("COMMIT")
        known = dict(self._rows("SELECT name, value FROM identity"))
        maker = known.pop("version", "an earlier version")
        for name in sorted(known.keys() | identity.keys()):
            if known.get(name) != identity.get(name):
                raise made_otherwise(self.path, name, (known.get(name), identity.get(name)), maker)

    def _run(self, statement: str, values: tuple[Any, ...] = ()) -> None:
        try:
            self._connection.execute(statement, values)
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        try:
            rows = self._connection.execute(statement, values)
            yield from iter(rows.fetchone, None)  # of a cursor, "yield from" would close what may be closed already
        except sqlite3.Error as error:
            raise self._failed(error) from error

    def _failed(self, error: sqlite3.Error) -> DedupError:
        """Close the store, which undoes what was not committed, and return what to raise."""
        self._connection.close()
        what = str(error)
        if "locked" in what:
            return DedupError(
                f"the store {self.path!r} is in use; close the other deduplicator, or read a snapshot of it"
            )
        if "closed database" in what:
            return self.closed
        return failed(self.path, error)

    def damaged(self, what: str) -> DedupError:
        """Close the store, and return what to raise when something in it is not what was put there."""
        self._connection.close()
        return damaged(self.path, what)

    @property
    def closed(self) -> DedupError:
        """What to raise when the store is used after it was closed."""
        return DedupError(f"the store {self.path!r} is closed; open it again")

    def _change(self, statement: str, values: tuple[Any, ...]) -> None:
        if not self._changed:
            self._run("BEGIN")
            self._changed = True
        self._run(statement, values)

    # -- changes

    def put(self, number: int, entry: Entry, time: int, arrival: int, anchor: int, group: int, passed: bool) -> None:
        """Keep a document."""
        values = (number, time, arrival, anchor, group, passed, pack(entry))
        self._change("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def drop(self, number: int) -> None:
        """Let go of a document."""
        self._change("DELETE FROM documents WHERE number = ?", (number,))

    def expire(self, low: int) -> None:
        """Let go of every document below `low`, and of what only those needed."""
        self._change("DELETE FROM documents WHERE number < ?", (low,))
        self._change("DELETE FROM heirs WHERE until < ?", (low,))

    def set_time(self, number: int, time: int) -> None:
        """Give a document another time."""
        self._change("UPDATE documents SET time = ? WHERE number = ?", (time, number))

    def set_anchor(self, number: int, anchor: int) -> None:
        """Note that a document was verified against another."""
        self._change("UPDATE documents SET anchor = ? WHERE number = ?", (anchor, number))

    def replace(self, old: int, heir: int, until: int) -> None:
        """Note who speaks for a cluster from now on."""
        self._change("DELETE FROM heirs WHERE old = ?", (heir,))
        self._change("INSERT OR REPLACE INTO heirs VALUES (?, ?, ?)", (old, heir, until))
        self.set_anchor(heir, heir)

    def prolong(self, old: int, until: int) -> None:
        """Note until which document it matters who speaks for a cluster."""
        self._change("UPDATE heirs SET until = ? WHERE old = ?", (until, old))

    def date(self, time: int, undated: int) -> None:
        """Give `time` to the documents that have none."""
        self._change("UPDATE documents SET time = ? WHERE time = ?", (time, undated))

    def commit(self, note: bytes | None = None, **state: int | None) -> None:
        """Make all changes so far last, with the numbers of `state`, and `note` in place of the last one."""
        if not self._changed and note is None:
            return
        for name, value in (("note", note), *state.items()):
            if value is not None:
                self._change("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))
        self._run("COMMIT")
        self._changed = False

    # -- reading

    def get(self, number: int) -> Entry:
        """Return the entry of a document."""
        return unpack(self.packed(number))

    def id(self, number: int) -> str:
        """Return the id of the same entry."""
        return self.get(number).id

    def packed(self, number: int) -> bytes:
        """Return the entry as bytes."""
        (data,) = next(self._rows("SELECT entry FROM documents WHERE number = ?", (number,)))
        return bytes(data)

    def state(self) -> dict[str, int]:
        """Return the numbers of the last commit."""
        numbers = dict(self._rows("SELECT name, value FROM state WHERE name != 'note'"))
        for name, number in numbers.items():
            if not isinstance(number, int):
                raise self.damaged(f"its number {name!r} cannot be read")
        return numbers

    @property
    def note(self) -> bytes:
        """What the caller had to remember at the last commit, b"" when nothing."""
        note = next((note for (note,) in self._rows("SELECT value FROM state WHERE name = 'note'")), b"")
        if not isinstance(note, bytes):
            raise self.damaged("its note cannot be read")
        return note

    def documents(self) -> Iterator[Kept]:
        """Return what is kept, in order."""
        for number, time, arrival, anchor, group, passed, data in self._rows("SELECT * FROM documents ORDER BY number"):
            try:
                entry = unpack(data)
            except (struct.error, TypeError, ValueError) as error:
                raise self.damaged(f"document {number} cannot be read") from error
            yield Kept(number, time, arrival, anchor, group, bool(passed), entry)

    def heirs(self) -> Iterator[tuple[int, int, int]]:
        """Return who speaks for clusters whose canonical document gave way: `(old, heir, until)`, by `until`."""
        return self._rows("SELECT old, heir, until FROM heirs ORDER BY until, old")

    @property
    def sizes(self) -> tuple[int, int]:
        """The memory and the disk space held, in bytes."""
        files = (Path(self.path + suffix) for suffix in ("", "-wal"))
        return 0, sum(file.stat().st_size for file in files if file.exists())

    def snapshot(self, path: str | PathLike[str]) -> None:
        """Write all to another file, which must not exist; nothing may wait for a commit."""
        path = _checked(path)
        if self._changed:
            raise DedupError("a snapshot holds what is committed, and some answers are not: call commit() before it")
        if Path(path).exists():
            raise DedupError(f"the file {path!r} exists; pass a new path for the snapshot")
        try:
            self._connection.execute("VACUUM INTO ?", (path,))
        except sqlite3.Error as error:
            raise DedupError(f"cannot write a snapshot to {path!r}: {error}") from error

    def close(self) -> None:
        """Close the file; what was not committed is undone."""
        self._connection.close()
