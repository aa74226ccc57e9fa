"""Parquet and Arrow files -> entries, and kept rows -> Parquet with the same columns."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import msgspec

from dedup.document import DedupError
from dedup.records.lines import Line
from dedup.records.member import decode, value_of

if TYPE_CHECKING:
    from pyarrow import RecordBatch, Table

ROWS = 256  # read at a time
SCHEMA = 1 << 24  # bytes that no schema of an Arrow stream takes
UNREAD = (ValueError, OverflowError, NotImplementedError)  # raised by pyarrow for what Python has no value for
Row = tuple["RecordBatch", int]  # where an entry stood


def entries(
    source: Path | IO[bytes], head: bytes, name: str, fields: Collection[str]
) -> Iterator[tuple[dict[str, Any] | str, Row]]:
    """Yield each row as an entry, or the fault that keeps it from being one, with its place.

    Values are what the line of JSONL for that row has, or bytes; in the columns that may be `fields`, UTF-8 is text.
    Raises `DedupError` when the file cannot be read, or pyarrow is missing.
    """
    pyarrow = _pyarrow(name)
    try:
        for batch in _batches(source, head):
            names = [each for each in batch.schema.names if each in fields]
            for row, entry in enumerate(_entries(batch)):
                yield entry if isinstance(entry, str) else _plain(entry, names), (batch, row)
    except (pyarrow.ArrowException, OSError) as error:
        raise DedupError(f"{name}: {str(error).splitlines()[0]}") from error


def _pyarrow(name: str) -> Any:
    try:
        import pyarrow
    except ModuleNotFoundError as error:
        raise DedupError(f"{name}: Parquet and Arrow need pyarrow: pip install 'syndedup[parquet]'") from error
    return pyarrow


def _batches(source: Path | IO[bytes], head: bytes) -> "Iterator[RecordBatch]":
    from pyarrow import parquet

    if head.startswith(b"PAR1"):
        yield from parquet.ParquetFile(source).iter_batches(ROWS)
        return
    for batch in _arrow_batches(source, head):
        yield from (batch.slice(start, ROWS) for start in range(0, batch.num_rows, ROWS))


def _arrow_batches(source: Path | IO[bytes], head: bytes) -> "Iterator[RecordBatch]":
    from pyarrow import ipc

    if head.startswith(b"ARROW1"):
        with ipc.open_file(source) as file:
            yield from map(file.get_batch, range(file.num_record_batches))
        return
    with ipc.open_stream(source) as stream:
        yield from stream


def is_table(head: bytes) -> bool:
    """Return whether a file begins as Parquet, as an Arrow file, or as an Arrow stream: a mark and a length of 8s."""
    length = int.from_bytes(head[4:8], "little")
    is_stream = head.startswith(b"\xff\xff\xff\xff") and 0 < length < SCHEMA and length % 8 == 0
    return is_stream or head.startswith((b"PAR1", b"ARROW1"))


def _entries(batch: "RecordBatch") -> Iterable[dict[str, Any] | str]:
    try:
        return cast("list[dict[str, Any]]", batch.to_pylist())
    except UNREAD:
        return map(_entry, (batch.slice(row, 1) for row in range(batch.num_rows)))


def _entry(row: "RecordBatch") -> dict[str, Any] | str:
    names = row.schema.names
    try:
        return {name: _value(column) for name, column in zip(names, row.columns, strict=True)}
    except UNREAD as error:
        return f"a value that cannot be read: {error}"


def _value(column: Any) -> Any:
    try:
        return column[0].as_py()
    except UNREAD:  # as of nanoseconds and of far years, which Python does not know
        return column.cast("string")[0].as_py()


def _plain(entry: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Return an entry with its days and decimal numbers as JSON has them, and bytes that are UTF-8 as text."""
    plain: dict[str, Any] = msgspec.to_builtins(entry, builtin_types=(bytes,), enc_hook=str)
    for name in names:
        value = plain[name]
        if isinstance(value, bytes):
            text, bad_bytes = decode(value)
            plain[name] = value if bad_bytes else text
    return plain


def _runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield where rows that stand one after the other begin, and how many they are."""
    for _, run in groupby(enumerate(rows), key=lambda each: each[1] - each[0]):
        numbers = [number for _, number in run]
        yield numbers[0], len(numbers)


class RowWriter:
    """Writes rows to a Parquet file: whole, or with a changed text. The file is there when all of it is.

    Until then, and for good when what is done `with` it fails, what was written is the file `new`.
    """

    def __init__(self, path: str) -> None:
        self._path, self._pyarrow = path, _pyarrow(path)
        self.new = Path(f"{path}.new")
        self._writer: Any = None
        self._batch: Any = None
        self._rows: list[int] = []
        self._texts: dict[int, str] = {}
        self._text_name = ""

    def write(self, line: Line, raw: bytes) -> None:
        """Take a line; `raw` holds its text when that was changed. Raises `DedupError` when it was no row."""
        if line.row is None:
            raise DedupError(f"{self._path}: only rows of Parquet or Arrow can be written as Parquet; write JSONL")
        batch, number = line.row
        if batch is not self._batch:
            self._flush()
            self._batch = batch
        if raw is not line.raw:
            self._text_name = line.text_name
            self._texts[len(self._rows)] = value_of(raw, line.text_name)
        self._rows.append(number)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except self._pyarrow.ArrowException as error:
            fault = str(error).splitlines()[0]
            raise DedupError(
                f"{self._path}: these rows cannot be written as Parquet, write JSONL: {fault[:1].lower()}{fault[1:]}"
            ) from error
        except OSError as error:
            raise DedupError(f"{self._path}: {(error.strerror or str(error)).lower()}") from error

    def _flush(self) -> None:
        rows, texts = self._rows, self._texts
        self._rows, self._texts = [], {}
        if not rows:
            return
        with self._named():
            kept = self._pyarrow.Table.from_batches(self._batch.slice(*run) for run in _runs(rows))
            if texts:
                kept = self._with(texts, kept)
            if self._writer is None:
                self._open(kept.schema)
            self._writer.write_table(kept)

    def _with(self, texts: dict[int, str], kept: "Table") -> "Table":
        index = kept.schema.get_field_index(self._text_name)
        column = kept.column(index)
        values = [texts.get(place, text) for place, text in enumerate(column.to_pylist())]
        return kept.set_column(index, kept.schema.field(index), self._pyarrow.array(values, column.type))

    def _open(self, schema: Any) -> None:
        from pyarrow import parquet

        self._writer = parquet.ParquetWriter(self.new, schema)

    def __enter__(self) -> "RowWriter":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Write everything; when there was no row, a file of none, but before a failure nothing."""
        self._flush()
        with self._named():
            if self._writer is None and kind is None:
                self._open(self._pyarrow.schema([]) if self._batch is None else self._batch.schema)
            if self._writer is not None:
                self._writer.close()
            if kind is None:
                self.new.replace(self._path)
