"""token bytes -> `datasketch.MinHash`, bit for bit what its own `update_batch` gives, at native speed."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from datasketch import MinHash

from dedup import _kernel
from dedup.document import BadValue

SCHEMES = ("affine32", "affine64", "legacy")


def sketch_many(
    token_sets: Iterable[Iterable[bytes]], *, num_perm: int = 128, seed: int = 1, scheme: str = "affine32"
) -> Iterator[MinHash]:
    """Yield one `MinHash` per set of tokens, equal to `MinHash(num_perm, seed, scheme=scheme)` updated with them.

    Tokens are hashed with SHA-1, datasketch's default. Raises `ValueError` for an unknown scheme.

    >>> (minhash,) = sketch_many([[b"the", b"quick", b"fox"]])
    >>> own = MinHash(num_perm=128, scheme="affine32")
    >>> own.update_batch([b"the", b"quick", b"fox"])
    >>> minhash == own
    True
    """
    if scheme not in SCHEMES:
        raise BadValue(f"scheme is {scheme!r}; it is one of {', '.join(SCHEMES)}")
    empty = MinHash(num_perm=num_perm, seed=seed, scheme=scheme)
    multipliers, increments = (np.ascontiguousarray(part).tobytes() for part in empty.permutations)
    dtype, shared = empty.hashvalues.dtype, vars(empty)
    for tokens in token_sets:
        held: Sequence[bytes] = tokens if isinstance(tokens, list | tuple) else list(tokens)
        minima = np.frombuffer(_kernel.sign_tokens(held, scheme, multipliers, increments), dtype)
        minhash = MinHash.__new__(MinHash)
        minhash.__dict__ = {**shared, "hashvalues": minima.copy()}
        yield minhash
