"""A deduplicator kept in a file: everything answered is in it, and answers go on as if nothing had happened."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta

import pytest
from samples import EXAMPLES, NOON

from dedup import BadValue, Catalogue, Cleaner, DedupError, Deduplicator, Document, __version__
from dedup.duplicates.store import Store

DAY = timedelta(days=1)
PLAIN = Cleaner(Catalogue([]))
LABELLING = Cleaner(Catalogue([]), policy="label-only")
KEEPING = Cleaner(Catalogue([]), actions={"contact": "label"})


def read(line):
    entry = json.loads(line)
    time = datetime.fromisoformat(entry["time"])
    return Document(entry["id"], entry["text"] or "", title=entry["title"], source=entry["source"], time=time)


FEED = [read(line) for line in (EXAMPLES / "feed.jsonl").read_text("utf-8").splitlines()]
LAKE = next(each.text for each in FEED if each.id == "w013")


def edit(text, number):
    return f"{text}\n\nIt was telling number {number} of the story that the paper has printed since the morning."


@pytest.fixture
def path(tmp_path):
    return tmp_path / "seen.store"


# -- going on


@pytest.mark.parametrize("every", [1, 7, 20])
@pytest.mark.parametrize("policy", ["earliest", "longest"])
def test_reopening_changes_no_answer(path, every, policy):
    """However often a store is closed and opened, the answers are those of one run in memory."""
    options = {"window": DAY / 2, "canonical": policy, "max_documents": 40}
    with Deduplicator(**options) as seen:
        expected = [seen.add(each) for each in FEED]
        ids = [each.id for each in FEED if each.id in seen]
    answers = []
    for start in range(0, len(FEED), every):
        with Deduplicator(path=path, **options) as seen:
            answers += seen.add_many(FEED[start : start + every])
            kept = [each.id for each in FEED if each.id in seen]
    assert answers == expected
    assert kept == ids


def test_clusters_that_changed_their_canonical_document_are_kept(path):
    """Removal, re-election and refresh are in the file."""

    def step(seen, number):
        return seen.add(Document(str(number), edit(LAKE, number), time=NOON + number * DAY / 4))

    results = []
    for reopened in (False, True):
        seen = Deduplicator(window=2 * DAY, path=path if reopened else None, cleaner=PLAIN)
        answers = []
        for number in range(30):
            answers.append(step(seen, number))
            if number in (3, 9):
                seen.remove(answers[-1].canonical)
            if number % 5 == 0:
                answers.append(seen.add(Document("copy", edit(LAKE, number), time=NOON + number * DAY / 4)))
            if reopened:
                seen.close()
                seen = Deduplicator(window=2 * DAY, path=path, cleaner=PLAIN)
        results.append((answers, len(seen)))
        seen.close()
    assert results[0] == results[1]


def test_documents_without_a_time_are_kept_with_the_time_they_got(path):
    """They count as old as the first document that has a time, also after reopening."""
    for documents, expected in (
        ([Document("a", LAKE)], [None]),
        ([Document("b", "Rain again in the north.", time=NOON)], [None]),
        ([Document("c", "Snow in the far south.", time=NOON + 3 * DAY), Document("d", LAKE)], [None, None]),
    ):
        with Deduplicator(window=2 * DAY, path=path, cleaner=PLAIN) as seen:
            assert list(seen.add_many(documents)) == expected


@pytest.mark.parametrize("text", ["", "\ud800", "\0", "中文", "x" * 10**6])
def test_any_text_and_id_is_kept(path, text):
    """Surrogates, zeros and long texts come back as they were."""
    document = Document(text[:100], f"{LAKE} {text}", title=text[:9], source=text[:9])
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        seen.add(document)
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        assert document.id in seen
        assert seen.add(Document("again", document.text)).relation == "exact"


# -- what is answered is there


KILLED = """
import os, signal, sys
from dedup import Catalogue, Cleaner, Deduplicator, Document
seen = Deduplicator(path=sys.argv[1], cleaner=Cleaner(Catalogue([])))
words = lambda number: " ".join(f"w{number}x{i}" for i in range(50))
documents = (Document(str(number), words(number)) for number in range(500))
answers = seen.add_many(documents) if sys.argv[2] == "many" else map(seen.add, documents)
for number, _ in enumerate(answers):
    print(number, flush=True)
    if number == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
@pytest.mark.parametrize(("way", "last"), [("one", 0), ("one", 37), ("many", 0), ("many", 100)])
def test_a_killed_process_loses_nothing_it_answered(path, way, last):
    """After SIGKILL every answered document is known, and the file is whole."""
    command = [sys.executable, "-c", KILLED, path, way, str(last)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        assert [number for number in done.stdout.split() if number not in seen] == []
        assert len(seen) >= last + 1


def test_an_answer_is_in_the_file_when_it_is_given(path):
    """A copy of the files taken after an answer holds the document."""
    seen = Deduplicator(path=path, cleaner=PLAIN)
    seen.add(Document("a", LAKE))
    copy = path.with_name("copy")
    for suffix in ("", "-wal"):
        copy.with_name(copy.name + suffix).write_bytes(path.with_name(path.name + suffix).read_bytes())
    with Deduplicator(path=copy, cleaner=PLAIN) as other:
        assert "a" in other


def test_a_note_lasts_with_the_answers_it_was_committed_with(path):
    """What is answered after the last commit is not in the file, and neither is a note without one."""
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        assert seen.note == b""
        with Deduplicator(cleaner=PLAIN) as other:
            assert [*map(seen.answer, seen.prepare(FEED[:5]))] == [*map(other.add, FEED[:5])]
            known = len(other)
        seen.commit(b"after five")
        seen.commit()
        assert seen.note == b"after five"
        [*map(seen.answer, seen.prepare(FEED[5:9]))]
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        assert (len(seen), seen.note) == (known, b"after five")
        seen.commit(b"a note alone")
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        assert seen.note == b"a note alone"


# -- snapshots, sizes, misuse


def test_a_snapshot_is_a_store(path, tmp_path):
    """A snapshot is taken while the store is in use, and opens like one."""
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        seen.add(Document("a", LAKE))
        seen.snapshot(tmp_path / "snapshot")
        assert seen.stats["disk"] > 0
        with Deduplicator(path=tmp_path / "snapshot", cleaner=PLAIN) as other:
            assert "a" in other
        with pytest.raises(DedupError, match=r"snapshot' exists; pass a new path"):
            seen.snapshot(tmp_path / "snapshot")
        with pytest.raises(DedupError, match="cannot write a snapshot"):
            seen.snapshot(tmp_path / "no" / "such")
    with pytest.raises(DedupError, match="there is no store"):
        Deduplicator().snapshot(path)


def test_a_snapshot_holds_what_is_committed(path, tmp_path):
    """Between an answer and its commit there is none to be had; after it there is."""
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        seen.answer(*seen.prepare([Document("a", LAKE)]))
        with pytest.raises(DedupError, match=r"some answers are not: call commit\(\) before it"):
            seen.snapshot(tmp_path / "snapshot")
        seen.commit(b"note")
        seen.snapshot(tmp_path / "snapshot")
    with Deduplicator(path=tmp_path / "snapshot", cleaner=PLAIN) as other:
        assert ("a" in other, other.note) == (True, b"note")


@pytest.mark.parametrize("nowhere", ["", ":memory:"])
def test_a_store_that_would_keep_nothing_is_refused(path, nowhere):
    """What SQLite takes for a private database would be gone without a word."""
    message = f"path is '{nowhere}', and a store there would keep nothing; pass the path of a file"
    with pytest.raises(BadValue, match=message):
        Deduplicator(path=nowhere)
    with pytest.raises(BadValue, match=message):
        Store.empty(nowhere)
    with Deduplicator(path=path, cleaner=PLAIN) as seen, pytest.raises(BadValue, match=message):
        seen.snapshot(nowhere)


def test_a_store_has_one_writer(path):
    """A second deduplicator is refused while the first is open."""
    with Deduplicator(path=path), pytest.raises(DedupError, match="is in use; close the other deduplicator"):
        Deduplicator(path=path)
    Deduplicator(path=path).close()


OTHERS = [
    ("another shingle", {"shingle": 5}, "made with shingle 3, which is now 5"),
    (
        "another catalogue",
        {"cleaner": Cleaner()},
        r"made with catalogue .* with the rules it was made with .*, or begin anew .* \(.* --afresh\)",
    ),
    ("another policy of cleaning", {"cleaner": LABELLING}, 'made with policy "default", which is now "label-only"'),
    ("other actions", {"cleaner": KEEPING}, r'made with actions {}, which is now {"contact": "label"}'),
    ("another policy", {"canonical": ["herald"]}, r'made with canonical "earliest", which is now \["herald"\]'),
]


@pytest.mark.parametrize(("changes", "message"), [each[1:] for each in OTHERS], ids=[each[0] for each in OTHERS])
def test_other_settings_are_refused(path, changes, message):
    """A store says which setting differs from those it was made with."""
    Deduplicator(path=path, cleaner=PLAIN).close()
    with pytest.raises(DedupError, match=message):
        Deduplicator(path=path, **({"cleaner": PLAIN} | changes))
    Deduplicator(path=path, cleaner=PLAIN).close()


def test_a_store_says_which_version_made_it(path):
    """What another version made is known by its name, and opens when nothing else is different."""
    Deduplicator(path=path, cleaner=PLAIN).close()
    for version, told in (("'0.0.9'", "0.0.9"), (None, "an earlier version")):
        with closing(sqlite3.connect(path)) as connection:
            change = f"UPDATE identity SET value = {version}" if version else "DELETE FROM identity"
            connection.execute(f"{change} WHERE name = 'version'")
            connection.commit()
        Deduplicator(path=path, cleaner=PLAIN).close()
        with pytest.raises(DedupError, match=rf"the dedup that made it \({told}; this is {__version__}\)"):
            Deduplicator(path=path)


def test_the_order_of_actions_makes_no_other_store(path):
    """Actions are the same in any order."""
    actions = {"contact": "label", "copyright": "remove"}
    for each in (actions, dict(reversed(actions.items()))):
        Deduplicator(path=path, cleaner=Cleaner(Catalogue([]), actions=each)).close()


def test_functions_cannot_be_told_apart(path):
    """Of a function as `canonical=` the store knows only that it is one; the caller passes the same again."""
    Deduplicator(path=path, cleaner=PLAIN, canonical=lambda document: document.title).close()
    Deduplicator(path=path, cleaner=PLAIN, canonical=lambda document: document.source).close()
    with pytest.raises(DedupError, match='made with canonical "a function", which is now "earliest"'):
        Deduplicator(path=path, cleaner=PLAIN)


def test_other_files_are_refused(path, tmp_path):
    """A file that is no store is left alone, and a missing folder is named."""
    path.write_text("story " * 100, "utf-8")
    with pytest.raises(DedupError, match=r"the file .*seen.store' is not a store of dedup; pass another path"):
        Deduplicator(path=path)
    assert path.read_text("utf-8") == "story " * 100
    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE documents (id)")
    other.commit()
    other.close()
    with pytest.raises(DedupError, match="is not a store of dedup"):
        Deduplicator(path=tmp_path / "other")
    with pytest.raises(DedupError, match="cannot open the store"):
        Deduplicator(path=tmp_path / "no" / "such")


# name, what happened to the file, what is said
ENTRY = "UPDATE documents SET entry = "
DAMAGES = [
    ("an entry that is cut", ENTRY + "substr(entry, 1, 9)", "document 1 cannot be read"),
    ("an entry that lacks its end", ENTRY + "substr(entry, 1, length(entry) - 1)", "document 1 cannot be read"),
    ("an entry of other bytes", ENTRY + "zeroblob(40)", "document 1 cannot be read"),
    ("an entry that is a text", ENTRY + "'story'", "document 1 cannot be read"),
    ("an entry that is a number", ENTRY + "7", "document 1 cannot be read"),
    ("an entry that is gone", ENTRY + "NULL", "document 1 cannot be read"),
    ("an entry that is no UTF-8", ENTRY + "CAST(replace(entry, X'65', X'FF') AS BLOB)", "document 1 cannot"),
    ("a time that is a word", "UPDATE documents SET time = 'noon' WHERE number = 1", "a number in it cannot be used"),
    ("a copied document that is none", "UPDATE documents SET anchor = 'a'", "a number in it cannot be used"),
    (
        "a last number that is a word",
        "UPDATE state SET value = 'x' WHERE name = 'last'",
        "its number 'last' cannot be read",
    ),
    ("a moment that is a word", "UPDATE state SET value = 'x' WHERE name = 'now'", "its number 'now' cannot be read"),
    ("a table that is gone", "DROP TABLE heirs", "no such table: heirs"),
]


@pytest.mark.parametrize(("damage", "said"), [case[1:] for case in DAMAGES], ids=[case[0] for case in DAMAGES])
def test_a_damaged_store_is_told(path, damage, said):
    """What cannot be read is named, with the ways to go on; the file is closed, and can be begun anew."""
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        for name in "abc":
            seen.add(Document(name, f"{LAKE} {name}", time=NOON))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(damage)
        connection.commit()
    for _ in range(2):
        with pytest.raises(DedupError, match=f"the store .*seen.store' is damaged: {said}.*; put a snapshot of it in"):
            Deduplicator(path=path, cleaner=PLAIN)
    Store.empty(path)
    Deduplicator(path=path, cleaner=PLAIN).close()


def test_a_damaged_file_is_told(path):
    """Pages that were written over are no database; what is said names the ways to go on."""
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        for number in range(200):
            seen.add(Document(str(number), f"{LAKE} {number}"))
    data = path.read_bytes()
    path.write_bytes(data[:4096] + bytes(len(data) - 4096))
    with pytest.raises(DedupError, match=r"is damaged: database disk image is malformed; put a snapshot of it in its"):
        Deduplicator(path=path, cleaner=PLAIN)
    with pytest.raises(DedupError, match=r"cannot be begun anew: .* malformed; remove the file, or pass another path"):
        Store.empty(path)


CALLS = {
    "add": lambda seen: seen.add(Document("b", LAKE)),
    "add_many": lambda seen: list(seen.add_many([Document("b", LAKE)])),
    "find": lambda seen: seen.find(Document("b", LAKE)),
    "compare": lambda seen: seen.compare(Document("b", LAKE), Document("c", LAKE)),
    "canonical": lambda seen: seen.canonical("a"),
    "remove": lambda seen: seen.remove("a"),
    "expire": lambda seen: seen.expire(NOON),
    "in": lambda seen: "a" in seen,
    "len": len,
    "stats": lambda seen: seen.stats,
    "commit": lambda seen: seen.commit(b"note"),
    "note": lambda seen: seen.note,
    "snapshot": lambda seen: seen.snapshot("snapshot"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_closed_deduplicator_says_so(name):
    """Without a store nothing is left after `close`, and no empty memory answers in its place."""
    with Deduplicator(cleaner=PLAIN) as seen:
        seen.add(Document("a", LAKE))
    with pytest.raises(DedupError, match="the deduplicator is closed; make a new one"):
        CALLS[name](seen)
    seen.close()


def test_a_closed_store_says_so(path):
    """After `close` nothing can be added, and what was is in the file."""
    seen = Deduplicator(path=path, cleaner=PLAIN)
    seen.add(Document("a", LAKE))
    seen.close()
    for call in CALLS.values():
        with pytest.raises(DedupError, match=r"the store .*seen.store' is closed; open it again"):
            call(seen)
    seen.close()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not bind everyone")
def test_a_file_that_cannot_be_written_is_an_error(path):
    """Without permission to write the store is refused."""
    Deduplicator(path=path).close()
    path.chmod(0o400)
    with pytest.raises(DedupError, match="readonly"):
        Deduplicator(path=path)


FULL = """
import resource, sys
from dedup import Catalogue, Cleaner, DedupError, Deduplicator, Document
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
seen = Deduplicator(path=sys.argv[1], cleaner=Cleaner(Catalogue([])))
try:
    for number in range(500):
        seen.add(Document(str(number), " ".join(f"w{number}x{i}" for i in range(200))))
        print(number)
except DedupError as error:
    print(error, file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_full_disk_is_a_clear_error_and_loses_nothing(path):
    """Where the file may not grow, adding fails; what was answered is there afterwards."""
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, check=False)
    assert "cannot use the store" in done.stderr
    assert "holds all that was answered" in done.stderr
    numbers = done.stdout.split()
    with Deduplicator(path=path, cleaner=PLAIN) as seen:
        assert len(numbers) > 10
        assert [number for number in numbers if number not in seen] == []


def test_a_store_in_a_folder_that_is_not_there(tmp_path):
    """The error names the folder."""
    with pytest.raises(
        DedupError, match=r"cannot open the store '.*seen': the folder '.*nowhere' is not there; make it"
    ):
        Deduplicator(path=tmp_path / "nowhere" / "seen")
