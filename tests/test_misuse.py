"""What does not fit is refused where it is handed over, by name and with what to pass, as an error of dedup's own."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

import pytest
from samples import NOON

import dedup
from dedup import (
    BadType,
    Catalogue,
    Cleaner,
    DedupError,
    Deduplicator,
    Document,
    Settings,
    Signature,
    compare,
    find_clusters,
    report,
)  # fmt: skip

STORY = "The harbour bridge reopened on Monday after two weeks of repairs, the city said."
NAIVE = NOON.replace(tzinfo=None)
CLEANER = Cleaner(Catalogue())


class Nowhere(tzinfo):
    """A zone without an offset."""

    def utcoffset(self, time):
        return None


@pytest.fixture
def seen():
    with Deduplicator(cleaner=CLEANER) as seen:
        seen.add(Document("a", STORY))
        yield seen


# name, what is called, message
MAKING = [
    ("an id that is a number", lambda: Document(1, STORY), "id is 1 (int); pass a str"),
    ("a text that is bytes", lambda: Document("a", b"abc"), "text is b'abc' (bytes); pass a str"),
    ("no text", lambda: Document("a", None), "text is None (NoneType); pass a str"),
    ("a title that is a number", lambda: Document("a", "x", title=7), "title is 7 (int); pass a str or None"),
    ("a source that is a number", lambda: Document("a", "x", source=7), "source is 7 (int); pass a str or None"),
    (
        "a time that is a text",
        lambda: Document("a", "x", time="2026-01-01"),
        "time is '2026-01-01' (str); pass an aware datetime",
    ),
    (
        "a time without a zone",
        lambda: Document("a", "x", time=NAIVE),
        "time is 2026-03-02T12:00:00 without a zone; pass an aware datetime",
    ),
    (
        "a time in a zone that says nothing",
        lambda: Document("a", "x", time=NAIVE.replace(tzinfo=Nowhere())),
        "time is 2026-03-02T12:00:00 without a zone; pass an aware datetime",
    ),
    (
        "a long value",
        lambda: Document("a", b"x" * 1000),
        "text is b'" + "x" * 38 + "... (bytes); pass a str",
    ),
    (
        "a window that is a number",
        lambda: Deduplicator(window=7),
        "window is 7 (int); pass a positive timedelta, or None to remember everything",
    ),
    ("a window that is a text", lambda: Deduplicator(window="7d"), "window is '7d' (str); pass a positive timedelta"),
    ("a window of nothing", lambda: Deduplicator(window=timedelta(0)), "window is 0:00:00; pass a positive timedelta"),
    (
        "half a document",
        lambda: Deduplicator(max_documents=1.5),
        "max_documents is 1.5 (float); pass 1 or more, or None",
    ),
    ("no documents", lambda: Deduplicator(max_documents=0), "max_documents is 0; pass 1 or more, or None"),
    ("bytes as a text", lambda: Deduplicator(max_memory="1GB"), "max_memory is '1GB' (str); pass bytes, 1 or more"),
    ("a cleaner's name", lambda: Deduplicator(cleaner="default"), "cleaner is 'default' (str); pass a Cleaner"),
    ("a number as a path", lambda: Deduplicator(path=3), "path is 3 (int); pass the path of a file"),
    ("an unknown setting", lambda: Deduplicator(windo=3), "windo is not a setting; the settings are preset, retrieval"),
    (
        "a setting of another type",
        lambda: Deduplicator(bands="x"),
        "bands is 'x'; it is a whole number from 1 to 65535",
    ),
    ("an unknown preset", lambda: Deduplicator(preset="lax"), "preset is 'lax'; it is strict, balanced, loose"),
    ("presets", lambda: Deduplicator(preset=["strict"]), "preset is ['strict']; it is strict, balanced, loose"),
    (
        "an unknown policy",
        lambda: Deduplicator(canonical="newest"),
        "canonical is 'newest'; pass 'earliest', 'longest'",
    ),
    ("a number as a policy", lambda: Deduplicator(canonical=7), "canonical is 7 (int); pass 'earliest', 'longest'"),
    ("numbers as sources", lambda: Deduplicator(canonical=[7]), "canonical is [7] (list); pass 'earliest', 'longest'"),
    ("a catalogue's path", lambda: Cleaner("mine.toml"), "catalogue is 'mine.toml' (str); pass a Catalogue, such as"),
    ("an unknown policy of cleaning", lambda: Cleaner(policy="harsh"), "policy is 'harsh'; it is one of aggressive"),
    ("actions in a list", lambda: Cleaner(actions=["contact"]), "actions is ['contact'] (list); pass a mapping"),
    ("settings in a number", lambda: Settings.of(5), "values is 5 (int); pass a mapping of settings"),
    ("a catalogue of texts", lambda: Catalogue(["x"]), "template is 'x' (str); pass a Template"),
    ("a catalogue of a text", lambda: Catalogue("x"), "templates is 'x' (str); pass an iterable of Template"),
    ("a catalogue from a number", lambda: Catalogue.load(5), "path is 5 (int); pass the path of a TOML file"),
    ("a catalogue into a number", lambda: Catalogue().save(5), "path is 5 (int); pass the path of a TOML file"),
    ("a day that is a text", lambda: Catalogue().on("2020-01-01"), "day is '2020-01-01' (str); pass a date"),
    ("a template that is not there", lambda: Catalogue()["nope"], "no template 'nope' is known in the catalogue"),
    ("a feed of texts", lambda: Catalogue.learn([STORY[:9]]), "document is 'The harbo' (str); pass a Document"),
    ("a text as a feed", lambda: Catalogue.learn("abc"), "documents is 'abc' (str); pass an iterable of Document"),
    ("templates in a list", lambda: Catalogue.learn([], known=[]), "known is [] (list); pass a Catalogue"),
    ("a report on texts", lambda: report(["abc"]), "document is 'abc' (str); pass a Document"),
    ("a report with a policy", lambda: report([], cleaner="default"), "cleaner is 'default' (str); pass a Cleaner"),
    ("a scheme", lambda: [*sketch_many([], scheme="rho")], "scheme is 'rho'; it is one of affine32, affine64, legacy"),
]


def sketch_many(*arguments, **options):
    from dedup.interop.datasketch import sketch_many

    return sketch_many(*arguments, **options)


CLEANING = [
    ("a text of bytes", lambda: CLEANER.clean(b"abc"), "text is b'abc' (bytes); pass a str"),
    ("a text of bytes, by the function", lambda: dedup.clean(b"abc"), "text is b'abc' (bytes); pass a str"),
    ("a source of bytes", lambda: CLEANER.clean("abc", b"x"), "source is b'x' (bytes); pass a str or None"),
    ("one text for many", lambda: CLEANER.clean_many("abc"), "texts is 'abc' (str); pass an iterable of str"),
    ("no texts", lambda: CLEANER.clean_many(None), "texts is None (NoneType); pass an iterable of str"),
    (
        "one source for many",
        lambda: CLEANER.clean_many(["abc"], sources="x"),
        "sources is 'x' (str); pass an iterable of str or None, one for each text",
    ),
    (
        "too few sources",
        lambda: CLEANER.clean_many(["a", "b"], sources=["x"]),
        "sources has length 1 and texts 2; pass one source for each text",
    ),
    (
        "too few sources for spans",
        lambda: CLEANER.spans_many(["a", "b"], sources=[]),
        "sources has length 0 and texts 2; pass one source for each text",
    ),
    ("one text for spans", lambda: CLEANER.spans_many("abc"), "texts is 'abc' (str); pass an iterable of str"),
    (
        "a text of bytes for spans",
        lambda: CLEANER.spans_many(["a", b"b"]),
        "texts[1] is b'b' (bytes); pass a str",
    ),
    (
        "a source that is a number",
        lambda: CLEANER.spans_many(["a"], sources=[3]),
        "sources[0] is 3 (int); pass a str or None",
    ),
    ("no workers", lambda: CLEANER.clean_many([], workers=0), "workers is 0; pass 1 or more"),
    ("half a worker", lambda: CLEANER.clean_many([], workers=0.5), "workers is 0.5 (float); pass 1 or more"),
    (
        "one text for signatures",
        lambda: Signature.of_many("abc def"),
        "texts is 'abc def' (str); pass an iterable of str or UTF-8 bytes",
    ),
    ("a signature of a number", lambda: Signature.of(5), "text is 5 (int); pass a str or UTF-8 bytes"),
    (
        "a number among texts for signatures",
        lambda: list(Signature.of_many(["a", 5])),
        "text is 5 (int); pass a str or UTF-8 bytes",
    ),
    (
        "a text for a pair",
        lambda: CLEANER.clean_batch(["a"]),
        "pairs[0] is 'a' (str); pass a text and its source, or None",
    ),
    (
        "a pair with a number",
        lambda: CLEANER.clean_batch([("a", None), (5, None)]),
        "pairs[1][0] is 5 (int); pass a str",
    ),
    (
        "a signature beside a text",
        lambda: Signature.of(STORY).resemblance("x"),
        "other is 'x' (str); pass a Signature",
    ),
    ("a signature and a text", lambda: Signature.of(STORY) | "x", "other is 'x' (str); pass a Signature"),
    ("a signature read from text", lambda: Signature.from_bytes("x"), "data is 'x' (str); pass the bytes of a"),
    ("bands without rows", lambda: Signature.of(STORY).bands(4, 0), "rows is 0; pass 1 or more"),
    (
        "more bands than permutations",
        lambda: Signature.of(STORY).bands(64, 4),
        "bands x rows is 64 x 4; that needs 256 permutations, not 128",
    ),
    (
        "a recall of what is no share",
        lambda: Settings().expected_recall(1.5),
        "resemblance is 1.5; it is a number from 0 to 1",
    ),
    ("a recall of no text", lambda: Settings().expected_recall(0.5, 0), "shingles is 0; pass 1 or more"),
    ("no workers for signatures", lambda: Signature.of_many([], workers=0), "workers is 0; pass 1 or more"),
]
ASKING = [
    ("add a text", lambda seen: seen.add("text"), "document is 'text' (str); pass a Document"),
    ("add many texts", lambda seen: next(seen.add_many(["text"])), "document is 'text' (str); pass a Document"),
    ("add one as many", lambda seen: seen.add_many("text"), "documents is 'text' (str); pass an iterable of Document"),
    (
        "add a document as many",
        lambda seen: seen.add_many(Document("", "")),
        "documents is Document(id='', text='', title=None, sou... (Document); pass an iterable of Document",
    ),
    ("no workers", lambda seen: seen.add_many([], workers=0), "workers is 0; pass 1 or more"),
    ("no workers to prepare", lambda seen: seen.prepare_many([], list, 0), "workers is 0; pass 1 or more"),
    (
        "find a text",
        lambda seen: seen.find(STORY),
        "document is 'The harbour bridge reopened on Monday a... (str); pass a Doc",
    ),
    ("remove a number", lambda seen: seen.remove(7), "id is 7 (int); pass a str"),
    ("remove what is not known", lambda seen: seen.remove("z"), "no document 'z' is known"),
    ("a number in it", lambda seen: 7 in seen, "id is 7 (int); pass a str"),
    ("who speaks for no one", lambda seen: seen.canonical("z"), "no document 'z' is known"),
    ("compare bytes", lambda seen: seen.compare(b"x", "a"), "a is b'x' (bytes); pass a Document, or the id of one"),
    ("compare with a number", lambda seen: seen.compare("a", 3), "b is 3 (int); pass a Document, or the id of one"),
    ("expire before no zone", lambda seen: seen.expire(NAIVE), "before is 2026-03-02T12:00:00 without a zone; pass an"),
    ("expire before a text", lambda seen: seen.expire("2026"), "before is '2026' (str); pass an aware datetime"),
    ("two texts, one of bytes", lambda seen: compare(b"x", "x"), "a is b'x' (bytes); pass a str or a Document"),
    ("two texts, one a number", lambda seen: compare("x", 3), "b is 3 (int); pass a str or a Document"),
    ("a cleaner as context", lambda seen: compare("x", "x", context=CLEANER), "(Cleaner); pass a Deduplicator"),
    ("a corpus of texts", lambda seen: find_clusters(["a"]), "document is 'a' (str); pass a Document"),
    ("a text as a corpus", lambda seen: find_clusters("abc"), "documents is 'abc' (str); pass an iterable of Document"),
    ("a corpus without workers", lambda seen: find_clusters([], workers=0), "workers is 0; pass 1 or more"),
    ("a corpus with a window", lambda seen: find_clusters([], window=1), "window is not a setting; the settings are"),
]
CASES = [
    *((f"make: {name}", lambda seen, call=call: call(), message) for name, call, message in MAKING),
    *((f"clean: {name}", lambda seen, call=call: call(), message) for name, call, message in CLEANING),
    *((f"ask: {name}", call, message) for name, call, message in ASKING),
]


@pytest.mark.parametrize(("call", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_does_not_fit_is_refused_by_name(seen, call, message):
    """The call itself raises, with the argument, its value and the fix; the deduplicator is as it was."""
    with pytest.raises(DedupError, match=f"^.*{re.escape(message)}") as caught:
        call(seen)
    is_type = re.search(r"\(\w+\); pass|is not a setting", message)
    expected = TypeError if is_type else KeyError if "is known" in message else ValueError
    assert isinstance(caught.value, expected)
    assert len(seen) == 1
    assert seen.add(Document("b", STORY)).relation == "exact"


@pytest.mark.parametrize("workers", [1, 2])
def test_a_wrong_document_is_refused_in_its_turn(workers):
    """What came before it is answered."""
    documents = [Document(str(number), STORY) for number in range(200)]
    with Deduplicator(cleaner=CLEANER) as seen:
        answers = seen.add_many([*documents, "text"], workers=workers)
        assert len([next(answers) for _ in range(200)]) == 200
        with pytest.raises(TypeError, match="document is 'text'"):
            list(answers)


@pytest.mark.parametrize(("time", "hours"), [(datetime.min, 14), (datetime.max, -14)], ids=["first", "last"])
def test_the_ends_of_time(time, hours):
    """A time that no year of UTC has is remembered, and a policy sees the one next to it."""
    seen = Deduplicator(cleaner=CLEANER, canonical=lambda document: document.time)
    first = Document("a", STORY, time=time.replace(tzinfo=timezone(timedelta(hours=hours))))
    assert seen.add(first) is None
    assert seen.add(Document("b", STORY.upper(), time=NOON)).relation == "exact"
    assert seen.canonical("a") == ("a" if hours > 0 else "b")


def test_values_of_a_policy_that_do_not_compare(seen):
    """What a function as `canonical` gives is shown when it cannot be put in order."""
    seen = Deduplicator(cleaner=CLEANER, canonical=lambda document: document.source)
    seen.add(Document("a", STORY, source="x"))
    message = "canonical gave None and 'x', which do not compare; pass a function whose values do"
    with pytest.raises(BadType, match=message):
        seen.add(Document("b", STORY))
    assert (len(seen), "b" in seen) == (1, False)


class Text(str):
    """A str of a library's own."""


class Moment(datetime):
    """A datetime of a library's own."""


def test_types_of_ones_own_fit(seen):
    """What is a `str`, a `datetime` or a whole number by inheritance or protocol is taken for it."""
    document = Document(Text("b"), Text(STORY), title=Text(), source=Text("x"), time=Moment(2026, 3, 2, tzinfo=UTC))
    assert seen.add(document).relation == "exact"
    with pytest.raises(ValueError, match="without a zone"):
        Document("b", STORY, time=Moment(2026, 3, 2))
    import numpy

    assert len(list(seen.add_many([document], workers=numpy.int64(1)))) == 1


def test_a_missing_file_is_an_error_of_the_system(tmp_path):
    """As from `open`: it is not dedup that says so."""
    with pytest.raises(FileNotFoundError):
        Catalogue.load(tmp_path / "no.toml")


def test_everything_raised_can_be_named():
    """Every class of error of the package is a public name."""
    raised = {each for each in vars(dedup.document).values() if isinstance(each, type) and issubclass(each, Exception)}
    names = {name for name in dedup.__all__ if getattr(dedup, name) in raised}
    assert names == {each.__name__ for each in raised}
    assert issubclass(dedup.BadTemplate, DedupError)
