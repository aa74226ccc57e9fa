"""The index of the kernel: which documents to look at, by the keys they share; and the keys themselves."""

import importlib
import random
from array import array

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup._kernel import reference
from dedup.duplicates.sketch import Permutations

try:
    _native = importlib.import_module("dedup._kernel._native")
except ModuleNotFoundError:
    _native = None
twins = pytest.mark.skipif(_native is None, reason="native kernel not built")

BANDS, ALWAYS, UNDATED = 2, -(2**63), 2**63 - 1


def pack(values):
    return array("I", values).tobytes()


def unpack(data):
    return array("I", data).tolist()


def keys(id=0, story=None, bands=(), samples=()):
    """The keys of a document: ids, stories, bands and samples never mix here."""
    if story is None:
        return pack([id])
    banded = [2_000_000 + each for each in bands] + [3_000_000 + id * 10 + each for each in range(BANDS - len(bands))]
    return pack([id, 1_000_000 + story, *banded, *(4_000_000 + each for each in samples)])


def found(index, **shared):
    shared = {"id": 999, "story": 999} | shared
    ids, stories, candidates = map(unpack, index.find(keys(**shared), ALWAYS, 99))
    return ids, stories, candidates


@pytest.fixture
def index(kernel):
    """An empty index of two bands whose keys keep four documents."""
    return kernel.Index(BANDS, 4)


# -- find


def test_an_empty_index_answers(index):
    """Nothing is found in nothing, and a document without words has only its id."""
    assert found(index) == ([], [], [])
    assert (len(index), index.oldest(), 1 in index) == (0, 0, False)
    assert index.add(keys(7), 0, UNDATED, 0, 0) == 1
    assert list(map(unpack, index.find(keys(7), ALWAYS, 9))) == [[1], [], []]


def test_documents_are_numbered_in_order(index):
    """The first is 1; size and time are kept."""
    assert [index.add(keys(id, id), 10 * id, id, 0, 0) for id in (5, 6, 7)] == [1, 2, 3]
    assert [(index.size(number), index.time(number)) for number in (1, 2, 3)] == [(50, 5), (60, 6), (70, 7)]
    assert (len(index), index.oldest(), 3 in index, 4 in index) == (3, 1, True, False)
    with pytest.raises(IndexError, match="no document has the number 9"):
        index.time(9)


def test_the_same_id_and_the_same_story(index):
    """Ids and stories are found by their keys alone, oldest first."""
    for id, story in ((1, 1), (2, 1), (1, 2)):
        index.add(keys(id, story), 1, 0, 0, 0)
    assert found(index, id=1)[0] == [1, 3]
    assert found(index, story=1)[1] == [1, 2]
    assert unpack(index.holders(2)) == [2]


CANDIDATES = [
    ("nothing in common", {}, {"bands": [1], "samples": [1]}, []),
    ("a band", {"bands": [1]}, {"bands": [1]}, [1]),
    ("the same number in another band", {"bands": [1]}, {"samples": [1]}, []),
    ("one sample of one", {"samples": [1]}, {"samples": [1]}, [1]),
    ("one sample of many", {"samples": [1, 2]}, {"samples": [1, 3]}, []),
    ("two samples", {"samples": [1, 2]}, {"samples": [1, 2]}, [1]),
    ("two of fourteen", {"samples": range(14)}, {"samples": [0, 1, *range(50, 62)]}, [1]),
    ("two of fifteen", {"samples": range(15)}, {"samples": [0, 1, *range(50, 63)]}, []),
    ("two of thirty, but all of the other", {"samples": range(30)}, {"samples": [0, 1]}, [1]),
    ("a band, one of 14", {"bands": [1], "samples": range(14)}, {"bands": [1], "samples": [0, *range(50, 63)]}, [1]),
    ("a band, one of 15", {"bands": [1], "samples": range(15)}, {"bands": [1], "samples": [0, *range(50, 64)]}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("known", "asked", "expected"), [each[1:] for each in CANDIDATES], ids=[each[0] for each in CANDIDATES]
)
def test_candidates(index, known, asked, expected):
    """A candidate shares a band or two samples, and a seventh of the samples of the smaller text."""
    index.add(keys(1, 1, **known), 1, 0, 0, 0)
    assert found(index, **asked)[2] == expected


def test_candidates_come_most_promising_first(index):
    """More samples first, then more bands, then the older; no more than asked for."""
    for id, (bands, samples) in enumerate([([1], [1, 2]), ([1], [1, 2]), ([1, 2], [1, 2]), ([], [1, 2, 3])]):
        index.add(keys(id, id, bands, samples), 1, 0, 0, 0)
    asked = {"bands": [1, 2], "samples": [1, 2, 3]}
    assert found(index, **asked)[2] == [4, 3, 1, 2]
    assert unpack(index.find(keys(9, 9, **asked), ALWAYS, 2)[2]) == [4, 3]


def test_sources_and_groups_are_told(index):
    """A document's source and group are those it was added with; without a group it is one of its own."""
    for source, group in ((7, 0), (8, 0), (7, 1), (0, 2)):
        index.add(keys(1, 1), 1, 0, source, group)
    assert [(index.source(number), index.group(number)) for number in (1, 2, 4)] == [(7, 1), (8, 2), (0, 2)]
    with pytest.raises(IndexError, match="no document has the number 6"):
        index.group(6)


# -- what is forgotten


def test_outdated_documents_are_seen_by_their_id_alone(index):
    """A document older than asked for is no candidate and no copy, but its id is taken."""
    index.add(keys(1, 1, [1], [1]), 1, 100, 0, 0)
    for since, expected in ((100, [1]), (101, [])):
        ids, stories, candidates = map(unpack, index.find(keys(1, 1, [1], [1]), since, 9))
        assert (ids, stories, candidates) == ([1], expected, expected)


def test_times_change(index):
    """A document may get younger, and documents without a time get one together."""
    for time in (5, UNDATED, UNDATED):
        index.add(keys(1, 1), 1, time, 0, 0)
    index.set_time(2, 9)
    index.date(7)
    assert [index.time(number) for number in (1, 2, 3)] == [5, 9, 7]
    assert unpack(index.older(8)) == [1, 3]


def test_dropped_documents_are_gone_at_once(index):
    """`drop` forgets one document and its keys; what is dropped twice was dropped."""
    for id in (1, 2, 3):
        index.add(keys(id, 1, [1], [1]), 1, 0, 0, 0)
    for _ in range(2):
        index.drop(2, keys(2, 1, [1], [1]))
    assert found(index, story=1, bands=[1], samples=[1])[1:] == ([1, 3], [1, 3])
    assert (len(index), 2 in index, unpack(index.holders(2))) == (2, False, [])
    index.drop(1, keys(1, 1, [1], [1]))
    assert index.oldest() == 3


def test_expired_documents_are_gone(index):
    """`expire` forgets what is numbered below its mark, which never moves back and never beyond the last."""
    for id in (1, 2, 3):
        index.add(keys(id, 1), 1, 0, 0, 0)
    index.expire(3)
    index.expire(1)
    assert (len(index), index.oldest(), found(index, story=1)[1]) == (1, 3, [3])
    index.expire(99)
    assert (len(index), index.oldest(), index.add(keys(4, 1), 1, 0, 0, 0)) == (0, 0, 4)


def test_a_key_keeps_its_newest_documents(index):
    """Past the limit the oldest number gives way and is counted; what is expired or dropped takes no place."""
    for id in range(1, 7):
        index.add(keys(id, 1), 1, 0, 0, 0)
    assert (found(index, story=1)[1], index.crowded_out) == ([3, 4, 5, 6], 2)
    index.expire(5)
    index.drop(5, keys(5, 1))
    for id in range(7, 10):
        index.add(keys(id, 1), 1, 0, 0, 0)
    assert (found(index, story=1)[1], index.crowded_out) == ([6, 7, 8, 9], 2)


def test_crowded_keys_do_not_count_against_a_candidate(kernel):
    """Samples that have forgotten their oldest documents are not held against these."""
    index = kernel.Index(BANDS, 4)
    index.add(keys(1, 1, samples=range(40)), 1, 0, 0, 0)
    assert found(index, samples=[0, 1, *range(90, 128)])[2] == []
    for id in range(2, 6):
        index.add(keys(id, id, samples=range(90, 128)), 1, 0, 0, 0)
    assert 1 in found(index, samples=[0, 1, *range(90, 128)])[2]


def test_extreme_keys_are_keys(kernel):
    """Zero and the greatest key are keys like others, and a key given twice is held once."""
    index = kernel.Index(1, 2)
    index.add(pack([0, 0, 2**32 - 1, 2**32 - 1, 2**32 - 1]), 1, 0, 0, 0)
    assert unpack(index.find(pack([0, 0, 7, 0, 2**32 - 1]), ALWAYS, 9)[2]) == [1]
    assert unpack(index.holders(2**32 - 1)) == [1]


@pytest.mark.parametrize("wrong", [b"abc", pack([1, 2])])
def test_wrong_keys_are_refused(index, wrong):
    """Keys are whole numbers, and there are as many as the index was made for."""
    with pytest.raises(ValueError, match=r"a buffer of numbers|bytes length|a document has the key"):
        index.add(wrong, 1, 0, 0, 0)
    with pytest.raises(ValueError, match="limit is 0"):
        type(index)(1, 0)


# -- native and reference

SMALL = st.lists(st.integers(0, 5), max_size=6)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 5), st.none() | st.integers(0, 3), SMALL, SMALL, st.integers(0, 9)),
        st.tuples(st.just("drop"), st.integers(1, 20)),
        st.tuples(st.just("expire"), st.integers(0, 8)),
        st.tuples(st.just("date"), st.integers(0, 9)),
    ),
    max_size=40,
)


@twins
@given(st.integers(1, 4), STEPS)
@settings(deadline=None)
def test_both_kernels_find_the_same(limit, steps):
    """After any additions, removals and expiries, both kernels find the same."""
    both = [kernel.Index(BANDS, limit) for kernel in (_native, reference)]
    held = {}
    for step in steps:
        if step[0] == "add":
            _, id, story, bands, samples, time = step
            made = keys(id, story, bands[:BANDS], samples)
            numbers = {index.add(made, id, UNDATED if time > 7 else time, 0, 0) for index in both}
            assert len(numbers) == 1
            held[numbers.pop()] = made
        for index in both:
            if step[0] == "drop":
                index.drop(step[1], held.get(step[1], b""))
            elif step[0] == "expire":
                index.expire(max(1, len(held) + 1 - step[1]))
            elif step[0] == "date":
                index.date(step[1])
        for asked in (keys(1, 1, [1, 2], range(6)), keys(2, 2, [], [3, 4])):
            native, slow = ([each.find(asked, 3, 3), each.older(5)] for each in both)
            assert native == slow
        native, slow = ((len(each), each.oldest(), each.crowded_out) for each in both)
        assert native == slow


@twins
def test_large_indexes_are_the_same_in_both_kernels():
    """So they do when tables grow, fill with expired slots and are rebuilt."""
    chance = random.Random(3)
    both = [kernel.Index(BANDS, 5) for kernel in (_native, reference)]
    for number in range(1, 3001):
        made = keys(number, chance.randrange(2000), [], [chance.randrange(3000) for _ in range(20)])
        for index in both:
            index.add(made, 1, number, 0, 0)
            if number % 200 == 0:
                index.expire(number - 150)
        if number % 50 == 0:
            asked = keys(0, 7, [], range(0, 3000, 7))
            native, slow = (each.find(asked, number - 99, 99) for each in both)
            assert native == slow
    assert both[0].crowded_out == both[1].crowded_out > 0


@twins
def test_memory_of_a_window_is_bounded():
    """The native index does not grow when as much expires as comes in, and takes about ten bytes a key."""
    index = _native.Index(BANDS, 8)
    sizes = []
    for number in range(1, 40_001):
        index.add(keys(number, number, samples=range(number * 90, number * 90 + 90)), 1, 0, 0, 0)
        index.expire(max(1, number - 10_000))
        sizes.append(index.bytes)
    assert max(sizes) < 1.3 * sizes[9_999]
    assert sizes[-1] < 1.1 * sizes[20_000]
    assert sizes[-1] < 10_000 * 94 * 10.8
    assert sizes[9_999] < 10_000 * 94 * 10.5


# -- keys

DRAWN = Permutations.of(16, 1)
SCHEME = (3, DRAWN.multipliers, DRAWN.increments, 4, 4, 8, True)
LONG = " ".join(f"word{number}" for number in range(400))


def described(kernel, texts, cuts=None, ids=None):
    cuts = [b""] * len(texts) if cuts is None else cuts
    words, ends, made = map(unpack, kernel.describe(["id"] * len(texts) if ids is None else ids, texts, cuts, *SCHEME))
    starts = [0, *ends[:-1]]
    return [(count, made[start:end]) for count, start, end in zip(words, starts, ends, strict=True)]


def test_keys_of_a_text(kernel):
    """One of the id, one of the story, one per band, and about one per eight shingles, sorted."""
    ((words, made),) = described(kernel, [LONG])
    assert words == 400
    assert made[6:] == sorted(set(made[6:]))
    assert 30 < len(made[6:]) < 70


def test_texts_without_words_have_the_key_of_their_id(kernel):
    """So have empty ones."""
    assert [(count, len(made)) for count, made in described(kernel, ["", "?!", "cat"])] == [(0, 1), (0, 1), (1, 6)]


def test_the_same_words_have_the_same_keys(kernel):
    """Case and punctuation make no difference; the order of words and the id do."""
    first, second, third, fourth = described(
        kernel, ["The cat sat.", "the CAT sat", "the sat cat", "the cat sat"], ids=["a", "a", "a", "b"]
    )
    assert first == second
    assert first[1][1] != third[1][1]
    assert (first[1][0] == fourth[1][0], first[1][1:] == fourth[1][1:]) == (False, True)


def test_what_is_cut_out_makes_no_difference(kernel):
    """Words that begin inside a cut are not there."""
    text = "By Ann Lee. The cat sat on the mat. Follow us."
    cuts = [pack([0, 12, 36, 46]), b"", pack([0, 46])]
    cut, short, nothing = described(kernel, [text, "the cat sat on the mat", text], cuts)
    assert cut == short
    assert nothing[0] == 0


WRONG = [
    ("a sample of none", {5: 0}, "sample is 0"),
    ("too many bands", {3: 5}, "bands x rows"),
]


@pytest.mark.parametrize(("changes", "message"), [each[1:] for each in WRONG], ids=[each[0] for each in WRONG])
def test_wrong_schemes_are_refused(kernel, changes, message):
    """The kernel says what it cannot work with."""
    scheme = [changes.get(place, value) for place, value in enumerate(SCHEME)]
    with pytest.raises(ValueError, match=message):
        kernel.describe(["a"], ["text"], [b""], *scheme)
    with pytest.raises(ValueError, match="differ in length"):
        kernel.describe(["a"], ["text"], [], *SCHEME)


TEXTS = st.lists(st.sampled_from(["cat", "The Dog", "&amp;", "“", "中文", "\ud800", LONG, "\n", "é", "12"]), max_size=8)
CUTS = st.lists(st.integers(0, 30), max_size=6, unique=True).map(
    lambda edges: pack(sorted(edges)[: len(edges) // 2 * 2])
)


@twins
@given(
    st.lists(st.tuples(TEXTS.map(" ".join) | st.text(max_size=30), CUTS, st.text(max_size=20)), max_size=4),
    st.sampled_from([(1, 4, 4, 1), (3, 4, 4, 8), (3, 5, 3, 7), (5, 16, 1, 2)]),
)
@settings(deadline=None)
def test_keys_are_the_same_in_both_kernels(documents, scheme):
    """Any ids, texts and cuts have the same keys from both kernels, alone or together."""
    texts, cuts, ids = map(list, zip(*documents, strict=True)) if documents else ([], [], [])
    width, *rest = scheme
    arguments = (width, DRAWN.multipliers, DRAWN.increments, *rest, True)
    native, slow = (kernel.describe(ids, texts, cuts, *arguments) for kernel in (_native, reference))
    assert native == slow


EDGED = st.lists(
    st.sampled_from(["cat", "Dog", "&amp;", "&#38;", ";", "中文", "é", "\u0301", "\xad", " ", "\n", "\x85"]),
    max_size=40,
)


@twins
@given(EDGED.map("".join), st.lists(st.integers(0, 60), max_size=6, unique=True), st.integers(1, 4))
@example("cat Dog\ncat", [3, 8], 3)
@settings(max_examples=300, deadline=None)
def test_words_outside_cuts_are_the_same_in_both_kernels(text, edges, sample):
    """Wherever the edges of cuts fall: between words, inside them, in the middle of a character reference."""
    cuts = [pack(sorted(edges)[: len(edges) // 2 * 2])]
    native, slow = (kernel.words([text], cuts, True) for kernel in (_native, reference))
    assert native == slow
    assert _native.samples(native[0], 3, sample) == reference.samples(native[0], 3, sample)
    broken = [text.encode()[1:] + b"\xe2 cat \xff"]
    assert _native.words(broken, cuts, True) == reference.words(broken, cuts, True)
    for data in (text.encode("utf-8", "surrogatepass"), *broken):
        found = _native.places(data, cuts[0], True)
        assert found == reference.places(data, cuts[0], True)
        assert 8 * len(found[2]) == len(_native.words([data], cuts, True)[0])


def test_places_are_those_of_the_words(kernel):
    """A word has a place where it begins outside all cuts; what was cut out still counts in code points."""
    starts, ends, flags = kernel.places("By Ann Lee. Ünder it.".encode(), pack([0, 12]), True)
    assert (unpack(starts), unpack(ends), len(flags)) == ([12, 18], [17, 20], 2)


def test_samples_are_the_last_keys_of_a_text(kernel):
    """Those of the words alone are those `describe` gives."""
    ((_, made),) = described(kernel, [LONG])
    assert unpack(kernel.samples(kernel.words([LONG], [b""], True)[0], 3, 8)) == made[6:]
    with pytest.raises(ValueError, match="sample is 0"):
        kernel.samples(b"", 3, 0)
    with pytest.raises(ValueError, match="texts and cuts differ"):
        kernel.words(["cat"], [], True)
