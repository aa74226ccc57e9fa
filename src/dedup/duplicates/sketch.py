"""text or shingle hashes -> signature."""

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from dedup import _kernel
from dedup.checks import expect, many, positive
from dedup.document import BadType, BadValue, DedupError, IncompatibleSignatures, misfit
from dedup.tokens import NORMALISER
from dedup.workers import batched, map_on_threads

if TYPE_CHECKING:
    from datasketch import MinHash

MAGIC = b"dedup\x01"
HEADER = struct.Struct("<6sHHHIi")  # magic, normaliser, shingle, permutations, seed, size of the set or -1
BATCH = 256  # texts that go to the kernel together


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
        """Return so many for a seed; those of the default scheme are drawn already."""
        return DRAWN if (size, seed) == (DEFAULT.permutations, DEFAULT.seed) else cls.draw(size, seed)

    @classmethod
    def draw(cls, size: int, seed: int) -> "Permutations":
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


DEFAULT = Scheme()
DRAWN = Permutations.draw(DEFAULT.permutations, DEFAULT.seed)


class Sketcher:
    """Makes signatures of one scheme; the permutations are drawn once."""

    def __init__(self, scheme: Scheme = DEFAULT) -> None:
        self.scheme = scheme
        self._permutations = Permutations.of(scheme.permutations, scheme.seed)

    def sketch(self, hashes: memoryview) -> "Signature":
        """Return the signature of a set of shingle hashes, without the set."""
        permutations = self._permutations
        values = _kernel.sign(bytes(hashes), permutations.multipliers, permutations.increments)
        return Signature(values, None, self.scheme)

    def sketch_text(self, text: str | bytes) -> "Signature":
        """Return the signature of one text."""
        return self._sketch_batch([text])[0]

    def sketch_many(self, texts: Iterable[str | bytes], *, workers: int = 1) -> Iterator["Signature"]:
        """Return the signature of each text, in order; see `Signature.of_many`."""
        if not hasattr(texts, "__arrow_c_array__"):
            many("texts", texts, "str or UTF-8 bytes")
        if positive("workers", workers) == 1:
            return chain.from_iterable(map(self._sketch_batch, _batches(texts)))
        return chain.from_iterable(map_on_threads(self._sketch_batch, _batches(texts), workers))

    def _sketch_batch(self, texts: Sequence[str | bytes]) -> list["Signature"]:
        scheme, drawn = self.scheme, self._permutations
        try:
            return _kernel.sketch(texts, scheme.shingle, drawn.multipliers, drawn.increments, True, Signature, scheme)
        except TypeError as error:
            wrong = [text for text in texts if not isinstance(text, str | bytes)] if isinstance(texts, list) else []
            fix = "pass a str or UTF-8 bytes"
            raise misfit("text", wrong[0], fix) if wrong else BadType(str(error)) from None


def _batches(texts: Any) -> Iterator[Sequence[str | bytes]]:
    """Yield `texts` in batches for the kernel; Arrow arrays are sliced, not copied."""
    if hasattr(texts, "chunks"):
        for part in texts.chunks:
            yield from _batches(part)
    elif hasattr(texts, "__arrow_c_array__"):
        for start in range(0, len(texts), BATCH):
            yield texts[start : start + BATCH]
    else:
        yield from batched(texts, BATCH)


class Signature(NamedTuple):
    """A fixed-size MinHash of a text's shingles (Broder 1997).

    `values` holds the minima, u32 in machine order. A text with no more distinct shingles than permutations
    also keeps them all in `exact` (u32, sorted), so that small texts are compared exactly. `a | b` is the signature of
    two texts together, `bytes(a)` what `from_bytes` reads.

    >>> a = Signature.of("the quick brown fox jumps over the lazy dog")
    >>> a.resemblance(Signature.of("The quick brown fox jumps over the lazy dog!"))
    1.0
    """

    values: bytes
    exact: bytes | None = None
    scheme: Scheme = DEFAULT

    @classmethod
    def of(cls, text: str | bytes) -> "Signature":
        """Return the signature of `text` (`str`, or UTF-8 `bytes`) under the default scheme."""
        return Sketcher().sketch_text(text)

    @classmethod
    def of_many(cls, texts: Iterable[str | bytes], *, workers: int = 1) -> Iterator["Signature"]:
        """Return the signatures of `texts` in order, worked out as they are asked for.

        `texts` are `str` or UTF-8 `bytes`, or one Arrow array of strings (anything with `__arrow_c_array__`, or a
        chunked array of such), which is read in place. The kernel works on `workers` threads without the GIL.
        """
        return Sketcher().sketch_many(texts, workers=workers)

    @property
    def empty(self) -> bool:
        """True for a text without words, which resembles nothing."""
        return self.values.count(b"\xff") == len(self.values)

    def resemblance(self, other: "Signature") -> float:
        """Return the share of shingles in common: exact for two small texts, else estimated.

        The standard error of the estimate is sqrt(J (1 - J) / permutations). Raises `IncompatibleSignatures`.
        """
        self._check(other)
        if self.empty or other.empty:
            return 0.0
        if self.exact is not None and other.exact is not None:
            left, right = set(memoryview(self.exact).cast("I")), set(memoryview(other.exact).cast("I"))
            return len(left & right) / len(left | right)
        pairs = zip(memoryview(self.values).cast("I"), memoryview(other.values).cast("I"), strict=True)
        return sum(a == b for a, b in pairs) / self.scheme.permutations

    def __or__(self, other: "Signature") -> "Signature":
        self._check(other)
        pairs = zip(memoryview(self.values).cast("I"), memoryview(other.values).cast("I"), strict=True)
        exact = None
        if self.exact is not None and other.exact is not None:
            union = sorted({*memoryview(self.exact).cast("I"), *memoryview(other.exact).cast("I")})
            exact = array("I", union).tobytes() if len(union) <= self.scheme.permutations else None
        return Signature(array("I", map(min, pairs)).tobytes(), exact, self.scheme)

    def _check(self, other: "Signature") -> None:
        expect("other", other, Signature, "pass a Signature")
        if self.scheme != other.scheme:
            raise IncompatibleSignatures(f"cannot compare signatures: left is {self.scheme}, right is {other.scheme}")

    def bands(self, bands: int, rows: int) -> bytes:
        """Return one key (u32) per band of `rows` values: equal keys make two documents candidates.

        Raises `BadType` or `BadValue`, also when there are fewer permutations than bands x rows.
        """
        if positive("bands", bands) * positive("rows", rows) > self.scheme.permutations:
            raise BadValue(
                f"bands x rows is {bands} x {rows}; that needs {bands * rows} permutations, "
                f"not {self.scheme.permutations}"
            )
        values, width = self.values, 4 * rows
        keys = (crc32(values[start : start + width], start) for start in range(0, bands * width, width))
        return array("I", keys).tobytes()

    def __bytes__(self) -> bytes:
        scheme = self.scheme
        size = -1 if self.exact is None else len(self.exact) // 4
        header = HEADER.pack(MAGIC, scheme.normaliser, scheme.shingle, scheme.permutations, scheme.seed, size)
        numbers = memoryview(self.values + (self.exact or b"")).cast("I")
        return header + struct.pack(f"<{len(numbers)}I", *numbers)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Signature":
        """Return the signature `bytes(signature)` wrote; raises `DedupError` for anything else."""
        expect("data", data, bytes, "pass the bytes of a signature")
        if len(data) < HEADER.size or not data.startswith(MAGIC):
            raise DedupError(f"data is {len(data)} bytes that are not a dedup signature of format 1")
        _, normaliser, width, permutations, seed, size = HEADER.unpack_from(data)
        count = permutations + max(0, size)
        if len(data) != HEADER.size + 4 * count or not -1 <= size <= permutations:
            raise DedupError(
                f"data is {len(data)} bytes; this signature has {HEADER.size + 4 * count}: it is cut or damaged"
            )
        numbers = array("I", struct.unpack_from(f"<{count}I", data, HEADER.size)).tobytes()
        values, exact = numbers[: 4 * permutations], numbers[4 * permutations :] if size >= 0 else None
        return cls(values, exact, Scheme(width, permutations, seed, normaliser))

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
        return cls(values, None, Scheme(shingle, len(minhash.hashvalues), minhash.seed))
