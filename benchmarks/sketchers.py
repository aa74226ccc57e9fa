"""texts -> signatures, in the best documented way of each engine."""

from collections.abc import Callable, Iterable

WIDTH, PERMUTATIONS = 3, 128
TWO = ", 2 threads"

Engine = Callable[[list[str]], object]


def shingles(text: str) -> list[str]:
    """Return the word 3-grams of a text, as users of the peers make them."""
    words = text.lower().split()
    return [" ".join(words[i : i + WIDTH]) for i in range(max(1, len(words) - WIDTH + 1))]


# -- engines: each returns what it made, so that the estimate can be checked


def yardstick(texts):
    return [text.lower().split() for text in texts]


def dedup(workers=1, arrow=False):
    from dedup import Signature

    def run(texts):
        if not arrow:
            return list(Signature.of_many(texts, workers=workers))
        import pyarrow

        return list(
            Signature.of_many(texts if isinstance(texts, pyarrow.Array) else pyarrow.array(texts), workers=workers)
        )

    return run


def datasketch():
    from datasketch import MinHash

    empty = MinHash(num_perm=PERMUTATIONS)

    def run(texts):
        signatures = []
        for text in texts:
            signature = empty.copy()
            signature.update_batch([shingle.encode() for shingle in shingles(text)])
            signatures.append(signature)
        return signatures

    return run


def rensa():
    from rensa import RMinHash

    def run(texts):
        return RMinHash.digest_matrix_from_token_sets([shingles(text) for text in texts], PERMUTATIONS, 42)

    return run


def gaoya():
    from gaoya.minhash import MinHashStringIndex

    def run(texts):
        index = MinHashStringIndex(32, 0.5, 32, 4, None, "word", True, (WIDTH, WIDTH))
        for number, text in enumerate(texts):
            index.insert_document(number, text)
        return index

    return run


def fast_sketch():
    from FastSketchLSH import FastSimilaritySketch

    sketch = FastSimilaritySketch(PERMUTATIONS)
    return lambda texts: sketch.batch([shingles(text) for text in texts], num_threads=1)


def daft_minhash(function):
    import daft
    from daft.functions import minhash

    def run(texts):
        column = minhash(daft.col("t"), num_hashes=PERMUTATIONS, ngram_size=WIDTH, hash_function=function)
        return daft.from_pydict({"t": texts}).select(column).to_arrow()

    return run


def engines():
    """Yield (name, maker); a maker raises ImportError when its package is missing."""
    yield "text.lower().split()", lambda: yardstick
    yield "dedup", dedup
    yield "dedup, Arrow in", lambda: dedup(arrow=True)
    yield f"dedup{TWO}", lambda: dedup(workers=2)
    yield f"dedup, Arrow in{TWO}", lambda: dedup(workers=2, arrow=True)
    yield "datasketch", datasketch
    yield "rensa", rensa
    yield "gaoya (with its index)", gaoya
    yield "FastSketchLSH", fast_sketch
    yield "daft minhash (murmurhash3)", lambda: daft_minhash("murmurhash3")
    yield "daft minhash (xxhash3_64)", lambda: daft_minhash("xxhash3_64")


VALUES = {  # how the signatures an engine made are read, those of all texts at once
    "dedup": lambda made: [memoryview(each.values).cast("I") for each in made],
    "datasketch": lambda made: [each.hashvalues for each in made],
    "rensa": lambda made: made.to_rows(),
    "FastSketchLSH": lambda made: [list(each) for each in made],
}


def estimate(left: Iterable[object], right: Iterable[object]) -> float:
    """Return the resemblance that two signatures speak of: the share of their values that agree."""
    pairs = list(zip(left, right, strict=True))
    return sum(a == b for a, b in pairs) / len(pairs)


def exact_resemblance(name: str, text: str, other: str) -> float:
    if name == "dedup":
        from dedup import _kernel

        words = _kernel.words([text, other], [b"", b""], True)
        left, right = (set(memoryview(_kernel.shingle(each, WIDTH)).cast("Q")) for each in words)
    else:
        left, right = set(shingles(text)), set(shingles(other))
    return len(left & right) / len(left | right)
