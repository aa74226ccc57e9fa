"""Two token sequences aligned and measured: both kernels, by definition and against each other."""

from array import array
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup._kernel.reference import align as reference
from dedup._kernel.reference import cover as reference_cover
from dedup._kernel.reference import facts as reference_facts
from dedup._kernel.reference import lacked as reference_lacked
from dedup._kernel.reference import measure as reference_measure
from dedup._kernel.reference import shingle
from dedup._kernel.reference.align import PLACES, Run, passages
from dedup._kernel.reference.measure import FACT, FURNITURE, LACKED, LISTED, RESPELLED, SHOWN

WIDTH = 3
ENOUGH = 10**6
SEQUENCES = st.lists(st.integers(1, 4), max_size=25)
LONG = st.integers(1, 6).flatmap(lambda most: st.lists(st.integers(1, most), max_size=200))


def q(values):
    return array("Q", values).tobytes()


def runs(packed):
    values = array("i", packed)
    return [Run(*values[at : at + 3]) for at in range(0, len(values), 3)]


def align(kernel, left, right, cells=ENOUGH):
    return tuple(map(runs, kernel.align(q(left), q(right), WIDTH, cells)))


def common(kernel, left, right, cells=ENOUGH):
    return align(kernel, left, right, cells)[2]


def keys(tokens):
    return array("Q", shingle(q(tokens), WIDTH)).tolist()


def places(found):
    return {place for run in found for place in range(run.first, run.first + run.size)}


def check(found, left, right):
    for run in found:
        assert run.size > 0
        assert left[run.first : run.first + run.size] == right[run.other : run.other + run.size]
        assert len(left[run.first : run.first + run.size]) == run.size


def check_ascending(found):
    for before, after in pairwise(found):
        assert before.first + before.size <= after.first
        assert before.other + before.size <= after.other


def longest_common(left, right):
    """The length of a longest common subsequence, by its definition."""

    @cache
    def length(i, j):
        if i == len(left) or j == len(right):
            return 0
        if left[i] == right[j]:
            return 1 + length(i + 1, j + 1)
        return max(length(i + 1, j), length(i, j + 1))

    return length(0, 0)


# -- the same bytes from both


@given(LONG, LONG, st.sampled_from([0, 1, 9, 40, 1000, ENOUGH]), st.integers(1, 5))
@example([], [1], 0, 1)
@example([1] * 130, [1] * 64 + [2] + [1] * 64, ENOUGH, 3)
@settings(max_examples=400, deadline=None)
def test_both_kernels_align_alike(left, right, cells, width):
    """Passages and common order are the same runs, whatever the bound; rapidfuzz is the oracle of the order."""
    native = pytest.importorskip("dedup._kernel._native")
    assert native.align(q(left), q(right), width, cells) == reference(q(left), q(right), width, cells)


MARK = st.integers(0, 63)
MARKED = st.lists(st.tuples(st.integers(1, 6), MARK), max_size=60)


@given(MARKED, MARKED)
@settings(max_examples=300, deadline=None)
def test_both_kernels_measure_alike(left, right):
    """The numbers of any two marked texts are the same."""
    native = pytest.importorskip("dedup._kernel._native")
    one, two = (q(word for word, _ in side) for side in (left, right))
    marks = [bytes(mark for _, mark in side) for side in (left, right)]
    aligned = reference(one, two, WIDTH, ENOUGH)
    measured = native.measure(one, two, *marks, *aligned)
    assert measured == reference_measure(one, two, *marks, *aligned)
    cover = native.cover(one, two, *marks, FURNITURE | LISTED, WIDTH)
    assert cover == reference_cover(one, two, *marks, FURNITURE | LISTED, WIDTH)
    numbers = array("i", measured[0])
    assert cover == (numbers[0], numbers[3], numbers[4], numbers[7])
    assert native.cover(one, two, b"", b"", 255, WIDTH) == reference_cover(one, two, b"", b"", 255, WIDTH)


@given(MARKED, st.lists(st.integers(1, 6), max_size=3))
@settings(max_examples=200, deadline=None)
def test_both_kernels_find_the_same_facts(text, numbers):
    """Facts by flags, and those that are numbers, are the same marks."""
    native = pytest.importorskip("dedup._kernel._native")
    hashes, flags = q(word for word, _ in text), bytes(flag for _, flag in text)
    assert native.facts(hashes, flags, q(numbers)) == reference_facts(hashes, flags, q(numbers))


WRONG = [
    ("too few marks", lambda kernel: kernel.measure(q([1]), b"", b"", b"", b"", b"", b""), "marks and tokens"),
    ("too many marks", lambda kernel: kernel.measure(b"", b"", b"", b"\0", b"", b"", b""), "marks and tokens"),
    ("marks of another text", lambda kernel: kernel.cover(q([1]), b"", b"\0\0", b"", 0, 3), "marks and tokens"),
    ("too few flags", lambda kernel: kernel.facts(q([1]), b"", b""), "flags and tokens"),
] + [
    (name, lambda kernel, run=run: kernel.measure(q([1]), q([1]), b"\0", b"\0", b"", b"", run), "a run lies outside")
    for name, run in (
        ("a run before the text", array("i", [-1, 0, 1]).tobytes()),
        ("a run behind it", array("i", [0, 1, 1]).tobytes()),
        ("a run backwards", array("i", [1, 1, -1]).tobytes()),
        ("a run too long to count", array("i", [1, 1, 2**31 - 1]).tobytes()),
    )
]


@pytest.mark.parametrize(("call", "message"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_wrong_input_is_refused(kernel, call, message):
    """Buffers that do not fit each other are an error that says which, never a read outside them."""
    with pytest.raises(ValueError, match=message):
        call(kernel)


# -- what is covered


FRAME, STORY = [1, 2, 3], [4, 5, 6, 7]


def test_words_in_shared_shingles_are_covered(kernel):
    """Covered are all the words of a shingle that both have, wherever it stands, if they count."""
    left, right = q([*FRAME, *STORY]), q([9, *FRAME, 4, 9, 5, 6])
    assert kernel.cover(left, right, b"", b"", 2, WIDTH) == (7, 4, 8, 4)
    assert kernel.cover(left, right, b"\2\1\1\1\1\1\2", b"\2" * 8, 2, WIDTH) == (5, 3, 0, 0)
    assert kernel.cover(q([1, 2]), q([1, 2]), b"", b"", 0, WIDTH) == (2, 2, 2, 2)


# -- common order


@given(SEQUENCES, SEQUENCES)
@settings(deadline=None)
def test_common_order_is_a_longest_common_subsequence(left, right):
    """No common subsequence is longer than the runs together."""
    found = common_reference(left, right)
    check(found, left, right)
    check_ascending(found)
    assert sum(run.size for run in found) == longest_common(left, right)


def common_reference(left, right, cells=ENOUGH):
    return runs(reference(q(left), q(right), WIDTH, cells)[2])


@given(SEQUENCES, SEQUENCES, st.sampled_from([0, 1, 9, 40]))
@settings(max_examples=300, deadline=None)
def test_common_order_of_texts_too_long_to_align_is_still_common_and_in_order(left, right, cells):
    """Past the limit of cells the runs may be fewer, but each is shared and all ascend in both texts."""
    found = common_reference(left, right, cells)
    check(found, left, right)
    check_ascending(found)
    assert sum(run.size for run in found) <= longest_common(left, right)


@given(SEQUENCES)
@settings(deadline=None)
def test_a_text_too_long_to_align_is_aligned_with_itself(tokens):
    """Past the limit, a copy is still a copy."""
    assert places(common_reference(tokens, tokens, 0)) == set(range(len(tokens)))


def test_what_stands_between_passages_is_aligned_where_it_fits(kernel):
    """Past the limit, the stretches between fixed passages are aligned when they are small enough."""
    left, right = [1, 2, 3, 7, 8, 4, 5, 6], [1, 2, 3, 8, 9, 4, 5, 6]
    for cells, expected in ((3, {0, 1, 2, 5, 6, 7}), (4, {0, 1, 2, 4, 5, 6, 7})):
        assert places(common(kernel, left, right, cells)) == expected


def test_one_passage_out_of_order_does_not_hide_the_others(kernel):
    """Past the limit, the passages that are fixed are those that make the longest chain in order."""
    one, two, three, moved = [1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]
    left = [*moved, 20, *one, 21, *two, 22, *three]
    right = [*one, 30, *two, 31, *three, 32, *moved]
    assert [run.first for run in common(kernel, left, right, 0)] == [4, 8, 12]


# -- passages


@given(SEQUENCES, SEQUENCES)
@settings(max_examples=300, deadline=None)
def test_passages_cover_what_stands_in_shared_shingles(left, right):
    """Runs are shared, at least a shingle long, and cover the tokens of every shared shingle and no others."""
    found = passages(left, right, keys(left), keys(right))
    check(found, left, right)
    width = min(WIDTH, len(left))
    shared = set(keys(right))
    windows = [range(at, at + width) for at, key in enumerate(keys(left)) if key in shared]
    assert places(found) == {place for window in windows for place in window}
    assert all(run.size >= width for run in found)


@given(SEQUENCES, SEQUENCES)
@settings(deadline=None)
def test_passages_go_on_as_long_as_they_are_shared(left, right):
    """No run could be one token longer."""
    for run in passages(left, right, keys(left), keys(right)):
        end, other = run.first + run.size, run.other + run.size
        assert end == len(left) or other == len(right) or left[end] != right[other]


def test_a_passage_that_stands_in_several_places_continues_the_last(kernel):
    """Among equal places the one that follows on is taken."""
    left = [1, 2, 3, 9, 4, 5, 6]
    right = [4, 5, 6, 0, 1, 2, 3, 8, 4, 5, 6]
    assert align(kernel, left, right)[0] == [Run(0, 4, 3), Run(4, 8, 3)]
    assert align(kernel, right, left)[1] == [Run(0, 4, 3), Run(4, 8, 3)]


def test_equal_keys_of_different_words_are_no_passage():
    """A hash that lies is found out."""
    assert passages([1, 2, 3], [4, 5, 6], [77], [77]) == []


class Counted(list):
    """A list that counts how often an item is read."""

    reads = 0

    def __getitem__(self, index):
        Counted.reads += 1
        return super().__getitem__(index)


REPEATED = [
    ("one word", [1], [1]),
    ("two words in turn", [1, 2], [1, 2]),
    ("a phrase", [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
    ("a phrase that is cut", [1, 1, 1, 2], [1, 1, 1, 1, 3]),
    ("one word and a shorter text", [1], [1, 1, 1, 1, 1, 1, 1, 1, 2]),
]


@pytest.mark.parametrize(("left", "right"), [case[1:] for case in REPEATED], ids=[case[0] for case in REPEATED])
def test_passages_take_linear_time(left, right):
    """A text of one phrase over and over costs a fixed number of reads per word."""
    size = 2_000
    left, right = Counted(left * (size // len(left))), Counted(right * (size // len(right)))
    here, there = keys(left), keys(right)
    Counted.reads = 0
    passages(left, right, here, there)
    assert Counted.reads < 2 * PLACES * (WIDTH + 1) * size


# -- measures


@given(SEQUENCES, SEQUENCES)
@settings(deadline=None)
def test_lacked_is_what_stands_nowhere_in_the_other(left, right):
    """Both kernels mark the tokens of each text that the other does not have."""
    native = pytest.importorskip("dedup._kernel._native")
    marks = bytes(LACKED * (each not in right) for each in left), bytes(LACKED * (each not in left) for each in right)
    assert native.lacked(q(left), q(right)) == reference_lacked(q(left), q(right)) == marks


def with_lacked(left, right, marks):
    """Marks as a verdict has them."""
    lacked = reference_lacked(q(left), q(right))
    return [bytes(map(int.__or__, *both)) for both in zip(marks, lacked, strict=True)]


def measured(kernel, left, right, left_marks=None, right_marks=None):
    one, two = q(left), q(right)
    marks = with_lacked(left, right, [left_marks or bytes(len(left)), right_marks or bytes(len(right))])
    numbers, lost, other_lost, swaps = kernel.measure(one, two, *marks, *kernel.align(one, two, WIDTH, ENOUGH))
    return [array("i", each).tolist() for each in (numbers, lost, other_lost, swaps)]


MEASURED = [
    ("the same", [1, 2, 3, 4], [1, 2, 3, 4], {}, {}, [4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0, 4], [], [], []),
    ("nothing in common", [1, 2], [3], {}, {}, [2, 0, 0, 0, 1, 0, 0, 0, 1, 1, 3, 3, 0], [], [], []),
    (
        "a fact for a fact", [1, 2, 3, 9, 4, 5, 6], [1, 2, 3, 8, 4, 5, 6], {3: FACT}, {3: FACT},
        [7, 6, 6, 6, 7, 6, 6, 6, 1, 1, 2, 2, 6], [3], [3], [3, 4, 3, 4],
    ),
    (
        "a fact for a word", [1, 2, 3, 9, 4, 5, 6], [1, 2, 3, 8, 4, 5, 6], {3: FACT}, {},
        [7, 6, 6, 6, 7, 6, 6, 6, 1, 1, 2, 2, 6], [3], [], [],
    ),
    (
        "a fact in other spelling", [1, 2, 3, 9, 4, 5, 6], [1, 2, 3, 8, 4, 5, 6], {3: FACT | RESPELLED}, {3: FACT},
        [7, 7, 7, 6, 7, 6, 6, 6, 1, 1, 2, 2, 6], [], [3], [],
    ),
    (
        "a fact in furniture", [1, 2, 3, 9], [1, 2, 3, 8], {3: FACT | FURNITURE}, {3: FACT},
        [3, 3, 3, 3, 4, 3, 3, 3, 1, 1, 2, 2, 3], [], [3], [],
    ),
    (
        "a fact in a list", [1, 2, 3, 9], [1, 2, 3, 8], {3: FACT | LISTED}, {3: FACT},
        [3, 3, 3, 3, 4, 3, 3, 3, 1, 1, 2, 2, 3], [3], [3], [3, 4, 3, 4],
    ),
    (
        "a fact twice", [9, 1, 9], [1], {0: FACT | SHOWN, 2: FACT}, {},
        [3, 1, 1, 0, 1, 1, 1, 0, 1, 1, 4, 4, 0], [0], [], [],
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", MEASURED, ids=[case[0] for case in MEASURED])
def test_measures(kernel, case):
    """Each number is what a reader would count."""
    _, left, right, marks, other_marks, *expected = case
    here, there = [marks.get(at, 0) for at in range(len(left))], [other_marks.get(at, 0) for at in range(len(right))]
    assert measured(kernel, left, right, here, there) == expected


def test_differences_with_few_words_between_are_one(kernel):
    """Two equal words between two differences do not part them; three do."""
    for between, count in ((2, 1), (3, 2)):
        middle = list(range(10, 10 + between))
        numbers = measured(kernel, [1, 9, *middle, 8, 4], [1, 7, *middle, 6, 4])[0]
        assert numbers[8] == count


@given(MARKED, MARKED)
@settings(max_examples=200, deadline=None)
def test_shares_are_of_own_words(left, right):
    """Found, ordered and covered words are own words; what is lost is a fact the other text has nowhere."""
    words = [[word for word, _ in side] for side in (left, right)]
    marks = [bytes(mark & ~(RESPELLED | LACKED) for _, mark in side) for side in (left, right)]
    marks = with_lacked(*words, marks)
    one, two = map(q, words)
    packed = reference_measure(one, two, *marks, *reference(one, two, WIDTH, ENOUGH))
    numbers, *lost = (array("i", each).tolist() for each in packed[:3])
    for side in (0, 1):
        own, found, ordered, covered = numbers[4 * side : 4 * side + 4]
        assert 0 <= covered <= ordered <= found <= own
        assert own == sum(not mark & (FURNITURE | LISTED) for mark in marks[side])
        for at in lost[side]:
            assert marks[side][at] & (FACT | FURNITURE) == FACT
            assert words[side][at] not in words[1 - side]
        assert len({words[side][at] for at in lost[side]}) == len(lost[side])
