"""packed bytes <-> bytes, by the suffix of a file's name or by how the bytes begin."""

import gzip
import zlib
from typing import IO, Protocol, cast

SKIPPED = tuple(bytes([mark]) + b"\x2a\x4d\x18" for mark in range(0x50, 0x60))  # parts of a .zst that hold no data
MAGIC = {".gz": (b"\x1f\x8b\x08",), ".zst": (b"\x28\xb5\x2f\xfd", *SKIPPED)}  # by the suffix that says the same
PACKED_BYTES = 1 << 16  # bytes unpacked at a time
LONGEST_WINDOW = 1 << 31  # bytes a Zstandard file may look back: as many as `zstd --long=31` does


def packing(file: IO[bytes], path: str) -> str:
    """Return the suffix that says how a file is packed, by its name or its first bytes; "" when it is not."""
    for suffix in MAGIC:
        if path.endswith(suffix):
            return suffix
    head = file.peek(4) if hasattr(file, "peek") else b""
    return next((suffix for suffix, magic in MAGIC.items() if head.startswith(magic)), "")


def unpacked(file: IO[bytes], suffix: str) -> "Unpacker | None":
    """Return what unpacks a file that is packed as a suffix says, None when it is not."""
    if suffix == ".gz":
        return Unpacker(_Gzip(file))
    return Unpacker(_Zstandard(file)) if suffix == ".zst" else None


class Source(Protocol):
    """What unpacks as much as there is; `trailing` tells that bytes behind the end are not packed."""

    trailing: bool

    def read1(self, size: int, /) -> bytes: ...


class Unpacker:
    """Reads what was packed, to the last byte before whatever is wrong with it, which is raised after that."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._wrong: Exception | None = None

    @property
    def trailing(self) -> bool:
        """Whether bytes behind the end were passed over, which are not packed."""
        return self._source.trailing

    def read(self, size: int) -> bytes:
        """Return at least `size` bytes, fewer only at the end or before an error."""
        parts, got = [], 0
        try:
            while got < size and (part := self.read1(size)):
                parts.append(part)
                got += len(part)
        except (OSError, EOFError, zlib.error) as error:
            if not parts:
                raise
            self._wrong = error
        return b"".join(parts)

    def read1(self, size: int) -> bytes:
        """Return some bytes, none only at the end."""
        if self._wrong:
            raise self._wrong
        return self._source.read1(size)


class _Gzip:
    """Unlike `gzip.GzipFile`, and like the program, it passes over what stands behind the last member."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = gzip.GzipFile(fileobj=file)
        self.trailing = False

    def read1(self, size: int) -> bytes:
        try:
            return b"" if self.trailing else self._file.read1(size)
        except gzip.BadGzipFile as error:
            self.trailing = str(error).startswith("Not a gzipped file") and self._file.tell() > 0
            if not self.trailing:
                raise
            return b""


class _Zstandard:
    """Unlike `zstandard.stream_reader`, it notices a file that was cut short."""

    def __init__(self, file: IO[bytes]) -> None:
        from zstandard import ZstdDecompressor, ZstdError

        self._file, self._error = file, ZstdError
        self._begin = ZstdDecompressor(max_window_size=LONGEST_WINDOW).decompressobj
        self._frame = self._begin()
        self._inside, self._rest = False, b""
        self.trailing = False

    def read1(self, size: int) -> bytes:
        while True:
            packed = self._rest or self._file.read1(PACKED_BYTES)  # type: ignore[attr-defined]
            if not packed:
                if self._inside:
                    raise EOFError("compressed file ended before the end-of-stream marker was reached")
                return b""
            try:
                data = self._frame.decompress(packed)
            except self._error as error:
                raise OSError("not a Zstandard file, or a damaged one") from error
            self._inside, self._rest = not self._frame.eof, self._frame.unused_data
            if self._frame.eof:
                self._frame = self._begin()
            if data:
                return bytes(data)


class Packer(Protocol):
    """What packs a stream."""

    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


def packer(path: str) -> Packer | None:
    """Return what packs a file of that name, None when it is not to be packed."""
    if path.endswith(".gz"):
        return zlib.compressobj(wbits=31)
    if path.endswith(".zst"):
        from zstandard import ZstdCompressor

        return cast("Packer", ZstdCompressor(write_checksum=True).compressobj())
    return None
