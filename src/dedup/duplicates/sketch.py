"""shingle hashes -> signature."""

import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from dedup import _kernel
from dedup.document import DedupError, IncompatibleSignatures
from dedup.duplicates.shingle import shingles
from dedup.tokens import NORMALISER, Tokens

if TYPE_CHECKING:
    from datasketch import MinHash

MAGIC = b"dedup\x01"
HEADER = struct.Struct("<6sHHHI")  # magic, normaliser, shingle, permutations, seed


@dataclass(frozen=True, slots=True)
class Scheme:
    """What two signatures must have in common to be comparable."""

    shingle: int = 3
    permutations: int = 128
    seed: int = 1
    normaliser: int = NORMALISER


@dataclass(frozen=True, slots=True)
class Permutations:
    """The multipliers and increments (u32 bytes) of datasketch's `affine32` scheme for a seed."""

    multipliers: bytes
    increments: bytes

    @classmethod
    def of(cls, size: int, seed: int) -> "Permutations":
        """Draw them as `numpy.random.RandomState(seed).randint` does: a = 2 r + 1 below 2**32, then b."""
        draws = _mersenne_twister(seed, 2 * size)
        odd = array("I", ((draw & 0x7FFFFFFF) * 2 + 1 for draw in draws[:size]))
        return cls(odd.tobytes(), array("I", draws[size:]).tobytes())


def _mersenne_twister(seed: int, count: int) -> list[int]:
    """Return the first 32-bit numbers of MT19937 (Matsumoto and Nishimura 1998) initialised with one number."""
    from random import Random

    state = [seed & 0xFFFFFFFF]
    for index in range(1, 624):
        state.append((1812433253 * (state[-1] ^ state[-1] >> 30) + index) & 0xFFFFFFFF)
    generator = Random()
    generator.setstate((3, (*state, 624), None))
    return [generator.getrandbits(32) for _ in range(count)]


class Sketcher:
    """Makes signatures of one scheme; the permutations are drawn once."""

    def __init__(self, scheme: Scheme = Scheme()) -> None:
        self.scheme = scheme
        self._permutations = Permutations.of(scheme.permutations, scheme.seed)

    def sketch(self, hashes: memoryview) -> "Signature":
        """Return the signature of a set of shingle hashes."""
        permutations = self._permutations
        values = _kernel.sign(bytes(hashes), permutations.multipliers, permutations.increments)
        return Signature(values, self.scheme)

    def sketch_text(self, text: str) -> "Signature":
        """Return the signature of `text`."""
        return self.sketch(shingles(Tokens.of(text), self.scheme.shingle))


@dataclass(frozen=True, slots=True)
class Signature:
    """A fixed-size MinHash of a text's shingles (Broder 1997); `values` are u32 in machine order.

    >>> a = Signature.of("the quick brown fox jumps over the lazy dog")
    >>> a.resemblance(Signature.of("The quick brown fox jumps over the lazy dog!"))
    1.0
    """

    values: bytes
    scheme: Scheme = Scheme()

    @classmethod
    def of(cls, text: str) -> "Signature":
        """Return the signature of `text` under the default scheme."""
        return Sketcher().sketch_text(text)

    @classmethod
    def of_many(cls, texts: Iterable[str], *, workers: int = 1) -> Iterator["Signature"]:
        """Yield the signatures of `texts` in order, worked out by `workers` threads (the kernel releases the GIL)."""
        sketcher = Sketcher()
        if workers == 1:
            yield from map(sketcher.sketch_text, texts)
            return
        from concurrent.futures import ThreadPoolExecutor

        from dedup.workers import batched

        with ThreadPoolExecutor(workers) as pool:
            for batch in batched(texts, 256 * workers):
                yield from pool.map(sketcher.sketch_text, batch)

    @property
    def empty(self) -> bool:
        """True for a text without words, which resembles nothing."""
        return self.values.count(b"\xff") == len(self.values)

    def resemblance(self, other: "Signature") -> float:
        """Return the estimated share of shingles in common; raises `IncompatibleSignatures`."""
        self._check(other)
        if self.empty or other.empty:
            return 0.0
        pairs = zip(memoryview(self.values).cast("I"), memoryview(other.values).cast("I"), strict=True)
        return sum(a == b for a, b in pairs) / self.scheme.permutations

    def __or__(self, other: "Signature") -> "Signature":
        self._check(other)
        pairs = zip(memoryview(self.values).cast("I"), memoryview(other.values).cast("I"), strict=True)
        return Signature(array("I", map(min, pairs)).tobytes(), self.scheme)

    def _check(self, other: "Signature") -> None:
        if self.scheme != other.scheme:
            raise IncompatibleSignatures(f"cannot compare signatures: left is {self.scheme}, right is {other.scheme}")

    def bands(self, bands: int, rows: int) -> bytes:
        """Return one key (u32) per band of `rows` values: equal keys make two documents candidates."""
        values, width = self.values, 4 * rows
        keys = (crc32(values[start : start + width], start) for start in range(0, bands * width, width))
        return array("I", keys).tobytes()

    def __bytes__(self) -> bytes:
        scheme = self.scheme
        header = HEADER.pack(MAGIC, scheme.normaliser, scheme.shingle, scheme.permutations, scheme.seed)
        return header + struct.pack(f"<{scheme.permutations}I", *memoryview(self.values).cast("I"))

    @classmethod
    def from_bytes(cls, data: bytes) -> "Signature":
        """Return the signature `bytes(signature)` wrote; raises `DedupError` for anything else."""
        if len(data) < HEADER.size or not data.startswith(MAGIC):
            raise DedupError(f"data is {len(data)} bytes that are not a dedup signature of format 1")
        _, normaliser, width, permutations, seed = HEADER.unpack_from(data)
        if len(data) != HEADER.size + 4 * permutations:
            raise DedupError(f"data is {len(data)} bytes; a signature of {permutations} permutations is longer or cut")
        values = struct.unpack_from(f"<{permutations}I", data, HEADER.size)
        return cls(array("I", values).tobytes(), Scheme(width, permutations, seed, normaliser))

    def to_datasketch(self) -> "MinHash":
        """Return the same signature as a `datasketch.MinHash` of scheme `affine32`."""
        import numpy
        from datasketch import MinHash

        return MinHash(
            num_perm=self.scheme.permutations,
            seed=self.scheme.seed,
            scheme="affine32",
            hashvalues=numpy.frombuffer(self.values, numpy.uint32).copy(),
        )

    @classmethod
    def from_datasketch(cls, minhash: "MinHash", *, shingle: int = 3) -> "Signature":
        """Return a `datasketch.MinHash` of scheme `affine32` as a signature.

        The caller vouches that it was fed dedup's shingle hashes of that width: datasketch does not record it.
        Raises `IncompatibleSignatures` for other schemes.
        """
        name = getattr(minhash.scheme, "name", minhash.scheme)
        if name != "affine32":
            raise IncompatibleSignatures(f"minhash has the scheme {name!r}; dedup signatures are 'affine32'")
        values = array("I", [int(value) for value in minhash.hashvalues]).tobytes()
        return cls(values, Scheme(shingle, len(minhash.hashvalues), minhash.seed))
