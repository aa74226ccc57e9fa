"""Foreign engines get, bit for bit, what they would have made themselves."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.interop.datasketch import SCHEMES, sketch_many

datasketch = pytest.importorskip("datasketch")

LENGTHS = [0, 1, 3, 8, 20, 54, 55, 56, 57, 63, 64, 65, 111, 119, 120, 128, 200, 1000]


def own(tokens, **options):
    """Return what datasketch itself makes of the tokens."""
    minhash = datasketch.MinHash(**options)
    minhash.update_batch(tokens)
    return minhash


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("num_perm", [1, 50, 128, 256])
@pytest.mark.parametrize("seed", [1, 42])
def test_minima_are_those_of_datasketch(scheme, num_perm, seed):
    """Tokens of every length around SHA-1's blocks give equal MinHashes, permutations and LeanMinHash bytes."""
    chance = random.Random(seed)
    tokens = [chance.randbytes(length) for length in LENGTHS for _ in range(3)]
    options = {"scheme": scheme, "num_perm": num_perm, "seed": seed}
    (ours,), theirs = sketch_many([tokens], **options), own(tokens, **options)
    assert ours == theirs
    assert (ours.permutations == theirs.permutations).all()
    assert lean_bytes(ours) == lean_bytes(theirs)


def lean_bytes(minhash):
    lean = datasketch.LeanMinHash(minhash)
    data = bytearray(lean.bytesize())
    lean.serialize(data)
    return bytes(data)


@pytest.mark.parametrize("scheme", SCHEMES)
@given(st.lists(st.binary(max_size=80), max_size=9))
@settings(max_examples=50, deadline=None)
def test_any_tokens(scheme, tokens):
    """So do any tokens, none among them."""
    assert next(sketch_many([tokens], scheme=scheme)) == own(tokens, scheme=scheme)


def test_an_index_can_be_fed():
    """What comes out goes into a `MinHashLSH` beside datasketch's own and is found."""
    tokens = [b"the", b"bridge", b"reopened", b"on", b"monday"]
    index = datasketch.MinHashLSH(threshold=0.8, num_perm=128)
    index.insert("own", own(tokens, scheme="affine32"))
    assert index.query(next(sketch_many([iter(tokens)]))) == ["own"]


def test_sets_do_not_leak_into_each_other():
    """Each set has its own minima, also when a later one is empty."""
    first, second = sketch_many([[b"a", b"b"], []])
    assert first == own([b"a", b"b"], scheme="affine32")
    assert second.is_empty()


def test_an_unknown_scheme_is_an_error():
    """The message lists what there is."""
    with pytest.raises(ValueError, match="scheme is 'md5'; it is one of affine32, affine64, legacy"):
        list(sketch_many([[b"a"]], scheme="md5"))
