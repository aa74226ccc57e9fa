"""Signatures estimate resemblance, can be merged, stored and exchanged; settings say how they are made and judged."""

import pickle
import random
import struct
from array import array
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import BadType, DedupError, IncompatibleSignatures, Signature, _kernel
from dedup.duplicates.settings import Settings
from dedup.duplicates.sketch import Permutations, Scheme, Sketcher

SKETCHER = Sketcher()
FOX = "The quick brown fox jumps over the lazy dog."
SETS = st.sets(st.integers(0, 2**64 - 1), max_size=30)


def view(values):
    return memoryview(array("Q", values).tobytes()).cast("Q")


def sketch(values):
    return SKETCHER.sketch(view(values))


# -- what signatures say

SAME = [
    ("itself", FOX),
    ("in capitals", FOX.upper()),
    ("without punctuation", "the quick brown fox jumps over the lazy dog"),
    ("wrapped", FOX.replace(" ", "\r\n")),
    ("with entities", FOX.replace(" ", "&nbsp;")),
    ("with soft hyphens", FOX.replace("ui", "u\xadi")),
]


@pytest.mark.parametrize("text", [text for _, text in SAME], ids=[name for name, _ in SAME])
def test_texts_of_the_same_words_have_the_same_signature(text):
    """Case, punctuation, line ends and markup of characters do not show in a signature."""
    assert Signature.of(text) == Signature.of(FOX)
    assert Signature.of(text).resemblance(Signature.of(FOX)) == 1.0


def test_texts_without_a_common_shingle_do_not_resemble_each_other():
    """Disjoint texts resemble each other by nothing."""
    assert Signature.of(FOX).resemblance(Signature.of("Nothing here is like anything over there.")) == 0.0


@pytest.mark.parametrize("text", ["", " \n", "?!", "😀"])
def test_texts_without_words_resemble_nothing(text):
    """An empty signature resembles no other, not even itself."""
    empty = Signature.of(text)
    assert empty.empty
    assert empty.resemblance(empty) == 0.0
    assert empty.resemblance(Signature.of(FOX)) == Signature.of(FOX).resemblance(empty) == 0.0


def test_texts_shorter_than_a_shingle_are_one_shingle():
    """One word resembles itself and no other."""
    assert Signature.of("cat").resemblance(Signature.of("Cat")) == 1.0
    assert Signature.of("cat").resemblance(Signature.of("dog")) == 0.0


@given(SETS, SETS)
@settings(deadline=None)
def test_union_is_the_signature_of_the_union(left, right):
    """`a | b` is the signature of all shingles of both."""
    assert sketch(left) | sketch(right) == sketch(left | right)


@given(SETS, SETS)
@settings(deadline=None)
def test_resemblance_is_symmetric(left, right):
    """The order of the two signatures does not matter."""
    assert sketch(left).resemblance(sketch(right)) == sketch(right).resemblance(sketch(left))


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_a_signature_is_of_a_set(values, chance):
    """Order and repetition of shingles do not show."""
    shuffled = values * 2
    chance.shuffle(shuffled)
    assert sketch(shuffled) == sketch(values)


@pytest.mark.parametrize("size", [30, 600])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_estimate_is_unbiased_and_as_precise_as_theory_says(share, size):
    """Over many pairs of sets the mean error is near zero and the RMSE within 5 % of sqrt(J (1 - J) / k).

    benchmarks/estimate.py measures more sizes, with more pairs.
    """
    chance, trials = random.Random(1), 2000 if _kernel.backend == "native" else 20
    common = round(2 * size * share / (1 + share))
    exact = common / (2 * size - common)
    errors = []
    for _ in range(trials):
        values = array("Q", chance.randbytes(8 * (2 * size - common)))
        errors.append(sketch(values[:size]).resemblance(sketch(values[size - common :])) - exact)
    expected = (exact * (1 - exact) / 128) ** 0.5
    assert abs(sum(errors) / trials) < 3 * expected / trials**0.5
    rmse = (sum(error**2 for error in errors) / trials) ** 0.5
    assert rmse == pytest.approx(expected, rel=0.05 if trials == 2000 else 0.5)


def test_many_signatures_in_order():
    """`of_many` gives the signature of each text in order, whatever the number of workers."""
    texts = [f"story number {number} about {FOX}" for number in range(600)] + ["", "\ud800"]
    expected = [Signature.of(text) for text in texts]
    assert list(Signature.of_many(texts)) == expected
    assert list(Signature.of_many(iter(texts), workers=2)) == expected


# -- schemes

SCHEMES = {
    "default": Scheme(),
    "other shingles": Scheme(shingle=4),
    "other size": Scheme(permutations=64),
    "other seed": Scheme(seed=2),
    "other normaliser": Scheme(normaliser=99),
}


@pytest.mark.parametrize(("left", "right"), list(combinations(SCHEMES, 2)))
def test_signatures_of_different_schemes_do_not_mix(left, right):
    """Comparing or merging them raises an error that shows both schemes."""
    a, b = (Signature(Sketcher(SCHEMES[name]).sketch_text(FOX).values, None, SCHEMES[name]) for name in (left, right))
    for operation in (a.resemblance, a.__or__):
        with pytest.raises(IncompatibleSignatures) as caught:
            operation(b)
        assert str(SCHEMES[left]) in str(caught.value)
        assert str(SCHEMES[right]) in str(caught.value)


def test_incompatible_signatures_are_value_errors():
    """The error is both one of dedup's and a `ValueError`."""
    assert issubclass(IncompatibleSignatures, DedupError)
    assert issubclass(IncompatibleSignatures, ValueError)


@pytest.mark.parametrize(("size", "seed"), [(1, 0), (128, 1), (128, 2**32 - 1), (1000, 42)])
def test_permutations_are_those_of_numpy(size, seed):
    """Multipliers and increments are the draws of `numpy.random.RandomState(seed)`."""
    numpy = pytest.importorskip("numpy")
    generator = numpy.random.RandomState(seed)
    odd = generator.randint(0, 2**31, size, dtype=numpy.uint32) * numpy.uint32(2) + numpy.uint32(1)
    increments = generator.randint(0, 2**32, size, dtype=numpy.uint32)
    assert Permutations.of(size, seed) == Permutations(odd.tobytes(), increments.tobytes())


# -- bytes

GOLDEN = "6465647570010100030004000100000004000000811387033c6ce4053f01c9472b66d70594bceeac856c83b94630a0c5988721e1"


def test_golden_bytes():
    """The stored form is the same on every machine: magic, scheme, minima, small set, little-endian."""
    signature = Sketcher(Scheme(permutations=4)).sketch_text("to be or not to be")
    assert bytes(signature).hex() == GOLDEN
    assert Signature.from_bytes(bytes.fromhex(GOLDEN)) == signature


@given(SETS, st.builds(Scheme, st.integers(1, 9), st.integers(1, 200), st.integers(0, 2**32 - 1)))
@settings(deadline=None)
def test_bytes_and_back(values, scheme):
    """`from_bytes(bytes(signature))` is the signature, scheme included."""
    signature = Sketcher(scheme).sketch(view(values))
    assert Signature.from_bytes(bytes(signature)) == signature


def test_a_signature_can_be_pickled():
    """So can `pickle` store it."""
    signature = Signature.of(FOX)
    assert pickle.loads(pickle.dumps(signature)) == signature


STORED = bytes.fromhex(GOLDEN)
JUNK = [
    ("nothing", b""),
    ("something else", b"PK\x03\x04" + bytes(40)),
    ("the magic alone", b"dedup\x01"),
    ("cut in the header", STORED[:12]),
    ("cut in the values", STORED[:-1]),
    ("one byte more", STORED + b"\0"),
    ("a later format", b"dedup\x02" + STORED[6:]),
    ("another length", STORED[:10] + struct.pack("<H", 5) + STORED[12:]),
]


@pytest.mark.parametrize("data", [data for _, data in JUNK], ids=[name for name, _ in JUNK])
def test_junk_is_no_signature(data):
    """`from_bytes` refuses what it did not write, and says how long it was."""
    with pytest.raises(DedupError, match=f"data is {len(data)} bytes"):
        Signature.from_bytes(data)


@given(st.binary(max_size=40) | st.binary(max_size=40).map(lambda tail: b"dedup\x01" + tail))
@settings(deadline=None)
def test_any_bytes_are_a_signature_or_an_error(data):
    """Whatever the bytes, they are read as they stand or refused."""
    try:
        signature = Signature.from_bytes(data)
    except DedupError:
        return
    assert bytes(signature) == data


# -- datasketch


@pytest.fixture
def minhash():
    """datasketch's own MinHash of some shingle hashes."""
    datasketch = pytest.importorskip("datasketch")

    def of(hashes, **options):
        sketch = datasketch.MinHash(scheme="affine32", hashfunc=lambda value: value, **options)
        for value in hashes:
            sketch.update(value >> 32)
        return sketch

    return of


@pytest.mark.parametrize("scheme", [Scheme(), Scheme(2, 64, 7)], ids=["default", "other"])
@pytest.mark.parametrize("text", [FOX, "cat", ""], ids=["a sentence", "one word", "nothing"])
def test_datasketch_computes_the_same_signature(minhash, text, scheme):
    """A MinHash of scheme `affine32` fed the high halves of the shingle hashes has the same values."""
    signature = Sketcher(scheme).sketch_text(text)
    (words,) = _kernel.words([text], [b""], True)
    hashes = view(array("Q", _kernel.shingle(words, scheme.shingle)))
    theirs = minhash(hashes, num_perm=scheme.permutations, seed=scheme.seed)
    assert theirs.hashvalues.tolist() == list(array("I", signature.values))
    assert signature.to_datasketch() == theirs
    assert Signature.from_datasketch(theirs, shingle=scheme.shingle) == signature._replace(exact=None)


def test_a_signature_goes_on_in_datasketch(minhash):
    """What `to_datasketch` gives is a full MinHash: it estimates and merges as ours does."""
    texts = FOX, FOX.replace("lazy", "sleeping")
    ours = [Signature.of(text)._replace(exact=None) for text in texts]
    left, right = (each.to_datasketch() for each in ours)
    assert left.jaccard(right) == ours[0].resemblance(ours[1])
    left.merge(right)
    assert Signature.from_datasketch(left) == ours[0] | ours[1]


@pytest.mark.parametrize("scheme", ["affine64", "legacy"])
def test_other_schemes_of_datasketch_are_refused(scheme):
    """A MinHash that was made in another way is not taken for a signature."""
    datasketch = pytest.importorskip("datasketch")
    with pytest.raises(IncompatibleSignatures, match=scheme):
        Signature.from_datasketch(datasketch.MinHash(scheme=scheme))


# -- sampled shingles


def test_sampled_shingles_do_not_depend_on_the_text():
    """A shingle is selected or not wherever it stands, about one in as many as asked."""
    values = [random.Random(seed).getrandbits(64) for seed in range(4000)]

    def sampled(tokens, one_in):
        return set(array("I", _kernel.samples(array("Q", tokens).tobytes(), 1, one_in)))

    keys = sampled(values, 8)
    assert keys == {key for value in values for key in sampled([value], 8)}
    assert len(keys) == pytest.approx(500, rel=0.2)
    assert len(sampled(values, 1)) == len(values)


# -- settings

BAD = [
    ({"shingle": 0}, ValueError, "shingle is 0"),
    ({"permutations": 0}, ValueError, "permutations is 0"),
    ({"bands": -1}, ValueError, "bands is -1"),
    ({"rows": 0}, ValueError, "rows is 0"),
    ({"sample": 0}, ValueError, "sample is 0"),
    ({"candidates": 0}, ValueError, "candidates is 0"),
    ({"lost": 0}, ValueError, "lost is 0"),
    ({"words": 1.01}, ValueError, "words is 1.01"),
    ({"order": -0.1}, ValueError, "order is -0.1"),
    ({"coverage": float("nan")}, ValueError, "coverage is nan"),
    ({"bands": 33, "rows": 4}, ValueError, "needs 132 permutations, not 128"),
    (
        {"threshold": 0.8},
        TypeError,
        "threshold is not a setting; the settings are preset, retrieval, shingle, permutations",
    ),
]


@pytest.mark.parametrize(("values", "error", "message"), BAD, ids=[message for _, _, message in BAD])
def test_bad_settings_say_what_is_wrong(values, error, message):
    """A wrong value or name is refused with its name, its value and what is possible."""
    with pytest.raises(error, match=message):
        Settings.of(values)


def test_settings_given_are_settings_kept():
    """Every name can be set, and the rest are the defaults."""
    assert Settings.of({"bands": 16, "rows": 8}) == Settings(bands=16, rows=8)
    assert Settings.of({}) == Settings()


RECALL = [
    (32, 4, 0.3, 0.229),
    (32, 4, 0.5, 0.873),
    (32, 4, 0.6, 0.988),
    (16, 8, 0.8, 0.947),
    (32, 4, 0.0, 0.0),
    (32, 4, 1.0, 1.0),
]


@pytest.mark.parametrize(("bands", "rows", "resemblance", "recall"), RECALL)
def test_expected_recall(bands, rows, resemblance, recall):
    """The share of pairs that share a band is 1 - (1 - J ** rows) ** bands."""
    assert Settings(bands=bands, rows=rows).expected_recall(resemblance) == recall


def test_bands_meet_as_often_as_expected():
    """Over random pairs of resemblance .5, 87 in 100 share a band."""
    chance, met = random.Random(5), 0
    for _ in range(400):
        values = [chance.getrandbits(64) for _ in range(120)]
        pair = sketch(values[:90]), sketch(values[:60] + values[90:])
        left, right = (set(array("I", each.bands(32, 4))) for each in pair)
        met += bool(left & right)
    assert met / 400 == pytest.approx(Settings().expected_recall(0.5), abs=0.05)


def test_bands_of_one_signature_differ():
    """Equal values in different bands make different keys."""
    empty = Signature.of("")
    assert len(set(array("I", empty.bands(32, 4)))) == 32


LONG = " ".join(f"word{number}" for number in range(400))


def test_small_texts_are_compared_exactly():
    """Texts with no more shingles than permutations keep them: their resemblance is no estimate."""
    a, b = Signature.of("one two three four five six"), Signature.of("one two three four five seven")
    assert a.resemblance(b) == 3 / 5
    assert len(a.exact) == 4 * 4


def test_large_texts_are_estimated():
    """Beyond that the set is dropped, and one large text is enough for an estimate."""
    small, large = Signature.of("one two three four"), Signature.of(LONG)
    assert large.exact is None
    assert (small | large).exact is None
    assert small.resemblance(large) == 0.0
    assert Signature.from_bytes(bytes(large)) == large


def test_a_repetitive_text_is_small():
    """What counts is the number of different shingles."""
    assert len(Signature.of("all work and no play " * 1000).exact) == 4 * 5


def test_the_union_of_small_sets_is_exact():
    """So is the union of two small sets, while it is small."""
    union = Signature.of("one two three four") | Signature.of("three four five six")
    assert len(union.exact) == 4 * 4
    assert union.resemblance(Signature.of("one two three four")) == 2 / 4


MANY = [
    "The quick brown fox.",
    b"bytes \xff too",
    "",
    "漢字かな交じり文",
    LONG,
    "lone \ud800 surrogate",
    *map(str, range(600)),
]


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_many_texts_are_sketched_as_one_by_one(workers):
    """Neither batches nor threads change a signature, for `str` and `bytes` alike."""
    assert list(Signature.of_many(MANY, workers=workers)) == [Signature.of(text) for text in MANY]


def test_workers_are_one_or_more():
    """No workers is an error that says what to pass."""
    with pytest.raises(ValueError, match="workers is 0; pass 1 or more"):
        list(Signature.of_many(["a"], workers=0))


@pytest.mark.parametrize("kind", ["string", "large_string", "binary", "large_binary"])
@pytest.mark.parametrize("workers", [1, 2])
def test_arrow_arrays_are_read_in_place(kind, workers):
    """An Arrow array, sliced or chunked, gives the signatures of its values; a null is an empty text."""
    pyarrow = pytest.importorskip("pyarrow")
    texts = [None, *(text for text in MANY if isinstance(text, str) and text.isascii())]
    array = pyarrow.array(texts, pyarrow.string()).cast(getattr(pyarrow, kind)())
    expected = [Signature.of(text or "") for text in texts]
    assert list(Signature.of_many(array, workers=workers)) == expected
    assert list(Signature.of_many(array[3:300], workers=workers)) == expected[3:300]
    assert (
        list(Signature.of_many(pyarrow.chunked_array([array, array[:5]]), workers=workers)) == expected + expected[:5]
    )


def test_an_arrow_array_of_something_else_is_an_error():
    """Only strings and bytes are texts."""
    pyarrow = pytest.importorskip("pyarrow")
    with pytest.raises(TypeError):
        list(Signature.of_many(pyarrow.array([1, 2, 3])))


def test_what_is_no_text_is_an_error():
    """A number among the texts is named, with what to pass."""
    with pytest.raises(BadType, match=r"text is 2 \(int\); pass a str or UTF-8 bytes"):
        list(Signature.of_many(["one", 2]))
