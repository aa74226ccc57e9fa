"""A text and the documents around it: what they share, and which words of it other stories repeat."""

from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup._kernel import reference
from dedup._kernel.reference.cover import ANYWHERE, FURNITURE, IN_SOURCE

ALWAYS, BANDS = -(2**63), 1
SHINGLE, SAMPLE, RUN, OWN_RUN, FEW, NEIGHBOURS, LIKELY = SIZES = 2, 1, 3, 5, 3, 6, 8
LIMITS = 0.9, 0.97, 2, 4, 0.4, 0.6, 0.38
OTHERS = 2_000_000  # keys that no sample is


def u32(*values):
    return array("I", values).tobytes()


def unpack(data):
    return array("I", data).tolist()


class Feed:
    """Documents added one after another to an index, and read again by number."""

    def __init__(self, kernel, sizes=SIZES, limits=LIMITS, kept=1 << 20):
        self.kernel, self.texts = kernel, []
        self.index = kernel.Index(BANDS, 64)
        self.stories = kernel.Stories(u32(*sizes), array("d", limits).tobytes(), kept)

    def words(self, text):
        return self.kernel.words([text.encode()], [b""], True)[0]

    def add(self, text, source=0, group=0, time=0):
        """Add a document; its number is returned."""
        number = len(self.texts) + 1
        others = (OTHERS + number, OTHERS - number, OTHERS + number)
        keys = u32(*others[: 2 + BANDS]) + self.kernel.samples(self.words(text), SHINGLE, SAMPLE)
        self.texts.append(text.encode())
        return self.index.add(keys, 9, time, source, group)

    def read(self, numbers):
        return [part for number in unpack(numbers) for part in (self.texts[number - 1], b"")]

    def known(self, number, since=ALWAYS):
        return self.kernel.Around(self.stories, self.index, self.read, since, number)

    def new(self, text, source=0, group=0, since=ALWAYS):
        given = text.encode(), b"", self.words(text), source, group
        return self.kernel.Around(self.stories, self.index, self.read, since, *given)


@pytest.fixture
def feed(kernel):
    return Feed(kernel)


def test_overlaps_are_of_distinct_shingles(feed):
    """In common, of the text, of the other; a shingle that comes twice counts once."""
    for text in ("a b c d", "a b c a b c", "x", ""):
        feed.add(text)
    text = feed.new("a b a b c")
    assert unpack(text.overlaps(u32(1, 2, 3, 4, 1))) == [2, 3, 3, 2, 3, 3, 0, 3, 1, 0, 3, 0, 2, 3, 3]
    assert unpack(text.overlap(feed.known(1))) == [2, 3, 3]
    assert unpack(feed.known(1).overlap(text)) == [2, 3, 3]


FRAME, STORY = "you can read this here", "a ship sank off the coast"
FURNISHED = [
    ("one of the source", 1, 0, False),
    ("enough of the source", IN_SOURCE, 0, True),
    ("almost enough anywhere", 1, ANYWHERE - 2, False),
    ("enough anywhere", 1, ANYWHERE - 1, True),
    ("enough elsewhere", 0, ANYWHERE, True),
]


@pytest.mark.parametrize(
    ("here", "elsewhere", "found"), [each[1:] for each in FURNISHED], ids=[e[0] for e in FURNISHED]
)
def test_furniture_is_a_run_that_enough_others_repeat(feed, here, elsewhere, found):
    """Two of the same source, or five anywhere; a text that has a run twice has it once."""
    for number in range(here + elsewhere):
        feed.add(f"{FRAME} nothing{number} {FRAME}", 7 if number < here else 8)
    other = feed.add(f"{FRAME} {STORY}")
    marks, other_marks = feed.new(f"{FRAME} {STORY} {FRAME}", 7).furniture(feed.known(other), 0)
    assert marks in (bytes([FURNITURE * found] * 5 + [0] * 6 + [FURNITURE * found] * 5), b"" if not found else None)
    assert other_marks == (bytes([FURNITURE] * 5 + [0] * 6) if here + elsewhere >= ANYWHERE else b"")


def enough(feed, frame=FRAME, **options):
    """Add enough documents with the same words, each with others of its own."""
    return [feed.add(f"{frame} nothing{number}", **options) for number in range(ANYWHERE)]


def marked(feed, text, other="some other words", **options):
    """Say which words of a text are furniture: "x" of what is, "." of what is not."""
    marks, _ = feed.new(text, **options).furniture(feed.new(other), 0)
    return "".join("x" if mark else "." for mark in marks)


def test_shorter_runs_are_no_furniture(feed):
    """Two words that all others repeat are no run of three; a text shorter than a run has none."""
    enough(feed, "read this")
    assert marked(feed, "read this today or tomorrow") == ""
    enough(feed, "read this today")
    assert marked(feed, "read this today or tomorrow") == "xxx.."
    assert marked(feed, "read this") == ""


def test_where_most_words_are_characters_runs_are_longer(feed):
    """Three characters that others repeat say nothing; five do, though they are references."""
    enough(feed, "阅读全文 今日头条")
    assert marked(feed, "阅读全文 明日之事") == "........"
    assert marked(feed, "阅读全文今 明日之事") == "xxxxx...."
    assert marked(feed, "&#38405;&#35835;&#20840;&#25991; 明日之事") == "........"


def test_a_group_tells_one_story(feed):
    """Copies of one story are one that repeats it, not several, and copies of the text itself none."""
    enough(feed, group=1)
    assert marked(feed, f"{FRAME} {STORY}") == ""
    numbers = enough(feed)
    assert marked(feed, f"{FRAME} {STORY}") == "xxxxx......"
    assert marked(feed, f"{FRAME} {STORY}", group=numbers[0]) == "xxxxx......"
    assert marked(feed, f"{FRAME} {STORY}", group=1) == "xxxxx......"
    copies = Feed(feed.kernel)
    for _ in range(ANYWHERE):
        copies.add(f"{FRAME} {STORY}")
    assert marked(copies, f"{FRAME} {STORY}") == ""


def test_what_is_too_old_repeats_nothing(feed):
    """Documents that no longer count are not asked."""
    enough(feed, time=5)
    assert marked(feed, f"{FRAME} {STORY}", since=5) == "xxxxx......"
    assert marked(feed, f"{FRAME} {STORY}", since=6) == ""


def test_only_the_nearest_are_asked(kernel):
    """Of those that share enough, so many are asked that share most."""
    feed = Feed(kernel, (*SIZES[:5], ANYWHERE, LIKELY))
    enough(feed, "a ship sank")
    enough(feed, f"{FRAME} every day")
    assert marked(feed, f"{FRAME} a ship sank") == "xxxxx..."


MORE, OTHER = (" ".join(f"{word}{number}" for number in range(30)) for word in ("more", "other"))
TOLD = [
    ("all of it is shared", STORY, f"{STORY} today", 0, True),
    ("little of it is shared", f"a ship {MORE}", f"a ship {OTHER}", 0, False),
    ("only furniture is shared", f"{FRAME} {STORY}", f"{FRAME} the film of the year", ANYWHERE, False),
    ("furniture that is not yet known", f"{FRAME} {STORY}", f"{FRAME} the film of the year", 0, True),
]


@pytest.mark.parametrize(("text", "other", "around", "told"), [e[1:] for e in TOLD], ids=[e[0] for e in TOLD])
def test_too_little_covered_is_not_related(feed, text, other, around, told):
    """Marks are told only of two texts that may be related, or always."""
    for number in range(around):
        feed.add(f"{FRAME} nothing{number}")
    known = feed.known(feed.add(other))
    found = feed.new(text).furniture(known, 3)
    assert (found is not None) == told
    assert feed.new(text).furniture(known, 0) is not None
    if told:
        assert found == feed.new(text).furniture(known, 0)


LONG, SHORT = " ".join(f"long{number}" for number in range(40)), "a ship sank off the coast today"
WAYS = [
    ("the text is covered", SHORT, f"{SHORT} {LONG}", [True, True, True]),
    ("the other is covered", f"{SHORT} {LONG}", SHORT, [False, True, True]),
    ("both are, a little", f"{SHORT} {LONG}", f"{SHORT} {LONG.upper().replace('LONG', 'other')}", [False, False, True]),
]


@pytest.mark.parametrize(("text", "other", "told"), [e[1:] for e in WAYS], ids=[e[0] for e in WAYS])
def test_ways_to_be_related(feed, text, other, told):
    """Of the text, of either, of both together: so many ways as are asked for count."""
    known = feed.known(feed.add(other))
    assert [feed.new(text).furniture(known, ways) is not None for ways in (1, 2, 3)] == told


def test_a_text_that_becomes_known_is_not_read_again(kernel):
    """What was kept under a number is what that document says."""
    native = pytest.importorskip("dedup._kernel._native")
    feed = Feed(native)
    text = feed.new(STORY)
    feed.stories.keep(feed.add("never read"), text)
    assert unpack(feed.new(STORY).overlap(feed.known(1))) == [5, 5, 5]


WRONG = [
    ("few sizes", lambda kernel: kernel.Stories(u32(1), array("d", LIMITS).tobytes(), 1), "sizes and limits are seven"),
    ("few limits", lambda kernel: kernel.Stories(u32(*SIZES), b"", 1), "sizes and limits are seven"),
    ("no sample", lambda kernel: Feed(kernel, (2, 0, *SIZES[2:])), "sample is 0; it is 1 or more"),
    ("no run", lambda kernel: Feed(kernel, (2, 1, 0, *SIZES[3:])), "a run is 0 words; it is 1 or more"),
]


@pytest.mark.parametrize(("call", "message"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_wrong_sizes_are_refused(kernel, call, message):
    """What cannot be compared by is an error that says which."""
    with pytest.raises(ValueError, match=message):
        call(kernel)


def test_what_reading_raises_is_raised(feed):
    """An error of the archive is the caller's, and so is an archive that leaves out a text."""
    feed.add(STORY)
    feed.read = lambda numbers: 1 // 0
    with pytest.raises(ZeroDivisionError):
        feed.known(1)
    feed.read = lambda numbers: []
    with pytest.raises(ValueError, match=r"numbers and texts differ in number|not enough values"):
        feed.known(1)


TEXT = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f", "g", "文", "字", "a&b"]), max_size=25).map(" ".join)
DOCUMENT = st.tuples(TEXT, st.integers(0, 2), st.integers(0, 3), st.integers(0, 9))


@given(st.lists(DOCUMENT, min_size=2, max_size=25), DOCUMENT, st.integers(0, 5), st.integers(0, 2000))
@settings(max_examples=300, deadline=None)
def test_both_kernels_see_the_same(documents, text, since, kept):
    """Whatever a feed holds and however little is kept, both kernels say the same of known and new texts."""
    native = pytest.importorskip("dedup._kernel._native")
    answers = []
    for kernel in (native, reference):
        feed, told = Feed(kernel, kept=kept), []
        for each in documents:
            feed.add(*each)
        new = feed.new(*text[:3], since)
        told.append(new.overlaps(u32(*range(1, len(documents) + 1))))
        for number in (1, len(documents)):
            known = feed.known(number, since)
            told += [new.furniture(known, ways) for ways in range(4)]
            told += [known.furniture(new, 3), known.furniture(feed.known(1, since), 0)]
        feed.stories.keep(feed.add(text[0]), new)
        told.append(feed.known(len(documents) + 1, since).furniture(feed.known(1, since), 0))
        answers.append(told)
    assert answers[0] == answers[1]
