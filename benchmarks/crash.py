"""a store, and children killed at random moments -> is anything answered lost, or anything half-written believed?

A feed goes through a deduplicator with `path=`. Children add its documents and print each answer, flushed; a child is
killed (SIGKILL) at a random moment, which may be while it opens the store, and the next goes on. After each kill:

- the store opens, SQLite's integrity check says ok;
- every document that was answered and is remembered in an uninterrupted run up to there is there, and nothing is there
  that no child was given;
- the document in hand when the child was killed is there whole or not at all: where its id is known, adding its text
  again finds it exact.

A child goes on behind the last document that has an answer or is there (stored, killed before its answer was printed;
what stands before it was too late or empty to be remembered). At the end the answers are those of an uninterrupted run
in memory, word for word.

Then the disk: a child whose files may not grow (RLIMIT_FSIZE) and one without permission to write must fail with a
clear error, and what was answered before is there afterwards.
"""

import argparse
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from dedup import Catalogue, Cleaner, Deduplicator, Document, Match

WINDOW = timedelta(days=2)
NOBODY = 65534


def open_store(path: Path | None) -> Deduplicator:
    place = {} if path is None else {"path": path}
    return Deduplicator(window=WINDOW, cleaner=Cleaner(Catalogue()), **place)


def read(feed: Path) -> list[Document]:
    entries = map(json.loads, feed.read_text("utf-8").splitlines())
    return [
        Document(e["id"], e["text"], source=e["source"], time=e["time"] and datetime.fromisoformat(e["time"]))
        for e in entries
    ]


def shown(match: Match | None) -> str:
    """Return an answer as one line."""
    return repr(match)


# -- the child


def child(store: Path, feed: Path, first: int, many: bool, limit: int, user: int) -> None:
    """Add documents from `first` on and print `place<tab>answer` for each; what was there already gets no answer."""
    documents = read(feed)
    if user:
        os.setuid(user)
    with open_store(store) as seen:
        print("open", flush=True)
        if limit:
            size = sum(path.stat().st_size for path in store.parent.glob(store.name + "*"))
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + limit, resource.RLIM_INFINITY))
        there = [place for place in range(first, len(documents)) if documents[place].id in seen]
        first = max(there, default=first - 1) + 1
        rest = documents[first:]
        answers = seen.add_many(rest) if many else map(seen.add, rest)
        for place, answer in enumerate(answers, first):
            sys.stdout.write(f"{place}\t{shown(answer)}\n")
            sys.stdout.flush()


def start(store: Path, feed: Path, first: int, *options: str) -> subprocess.Popen:
    command = [sys.executable, __file__, "--child", str(store), str(feed), str(first), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def answers_of(output: str) -> dict[int, str]:
    """Return the answers of whole lines; a last line without its end was not given."""
    lines = [line for line in output.splitlines(keepends=True) if line.endswith("\n") and "\t" in line]
    return {int(place): answer.rstrip("\n") for place, answer in (line.split("\t", 1) for line in lines)}


# -- the trials


class Trials:
    """The state of the feed over many children, and what went wrong."""

    def __init__(self, folder: Path, feed: Path, seed: int, many: bool) -> None:
        self.store, self.feed, self.many = folder / "store.dedup", feed, many
        self.documents = read(feed)
        self.chance = random.Random(seed)
        self.given: dict[int, str] = {}
        self.faults: list[str] = []
        self.expected, self.kept = self._uninterrupted()

    def _uninterrupted(self) -> tuple[list[str], list[set[str]]]:
        """Return every answer of an uninterrupted run in memory, and the ids remembered after it."""
        answers, kept = [], []
        with open_store(None) as seen:
            alive: set[str] = set()
            for document in self.documents:
                answers.append(shown(seen.add(document)))
                alive = {id for id in (*alive, document.id) if id in seen}
                kept.append(alive)
        return answers, kept

    @property
    def first(self) -> int:
        """The first document no child has answered."""
        return max(self.given, default=-1) + 1

    def run(self, most: float) -> None:
        """Start a child, kill it within `most` seconds of its start of work, and look at what it leaves."""
        early = self.chance.random() < 0.2  # while it is still opening
        process = start(self.store, self.feed, self.first, *(["--many"] if self.many else []))
        if not early:
            process.stdout.readline()
        time.sleep(self.chance.uniform(0, 0.4 if early else most))
        process.send_signal(signal.SIGKILL)
        with process:  # not `communicate`, which would pass over what `readline` has taken in already
            output, errors = process.stdout.read(), process.stderr.read()
        if errors:
            self.faults.append(f"child failed: {errors.strip().splitlines()[-1]}")
        self.given |= answers_of(output)
        self.look()

    def finish(self) -> None:
        """Let a child go through the rest of the feed in peace."""
        output, errors = start(self.store, self.feed, self.first, *(["--many"] if self.many else [])).communicate()
        if errors:
            self.faults.append(f"child failed: {errors.strip().splitlines()[-1]}")
        self.given |= answers_of(output)
        self.look()

    def look(self) -> None:
        """Open the store after a kill."""
        if not self.store.exists():
            if self.given:
                self.faults.append("the store is gone")
            return
        with sqlite3.connect(self.store) as database:
            if (verdict := database.execute("pragma integrity_check").fetchone()[0]) != "ok":
                self.faults.append(f"integrity check: {verdict}")
        database.close()
        with open_store(self.store) as seen:
            answered = self.first
            if answered:
                lost = [id for id in self.kept[answered - 1] if id not in seen]
                # documents in hand may have moved the window, or taken the place of one with the same id
                lost = [id for id in lost if not self._gone_later(id, answered)]
                self.faults += [f"{id} was answered and is lost" for id in lost]
            later = [each for each in self.documents[answered:] if each.id in seen]
            for each in later:
                found = [match for match in seen.find(each) if match.id == each.id]
                if each.text.strip() and not (found and found[0].relation == "exact"):
                    self.faults.append(f"{each.id} is there, but not whole")

    def _gone_later(self, id: str, answered: int) -> bool:
        """Return whether an uninterrupted run forgets the document within what may have been in hand."""
        return any(id not in kept for kept in self.kept[answered : answered + 2000])

    def compare(self) -> int:
        """Return how many answers were compared with the uninterrupted run; differences are faults."""
        for place, answer in sorted(self.given.items()):
            if answer != self.expected[place]:
                self.faults.append(f"{self.documents[place].id}: {answer[:90]} instead of {self.expected[place][:90]}")
        return len(self.given)


def limited(folder: Path, feed: Path, *options: str) -> tuple[str, str]:
    """Return what goes wrong and the error shown when a child may not write, after one that could."""
    store = folder / f"limited{len(options)}{options[0]}.dedup"
    documents, middle = read(feed), 50
    with open_store(store) as seen:
        before = [id for id in (each.id for each in documents[:middle] if seen.add(each) or True) if id in seen]
    if options[0] == "--user":
        for path in (folder, *folder.glob(store.name + "*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
    process = start(store, feed, middle, *options)
    output, errors = process.communicate()
    folder.chmod(0o755)
    for path in folder.glob(store.name + "*"):
        path.chmod(0o644)
    error = errors.strip().splitlines()[-1] if errors.strip() else ""
    given = answers_of(output)
    with open_store(store) as seen:
        with open_store(None) as twin:
            for each in documents[: middle + len(given)]:
                twin.add(each)
            expected = [each.id for each in documents[: middle + len(given)] if each.id in twin]
        lost = [id for id in (*before, *expected) if id not in seen and id in expected]
    if not error:
        return "no error was raised", error
    if not error.startswith(("dedup.", "OSError", "PermissionError", "DedupError")):
        return "the error is not one of dedup's", error
    return (f"{len(lost)} answered documents are lost" if lost else ""), error


def make_feed(path: Path, documents: int, per_day: float) -> None:
    from syndicate import Feed, Settings

    made = Feed(Settings(documents=documents, per_day=per_day, late=0.02, outlets=20, templates=0.1), blocks=[])
    path.write_text("".join(json.dumps(each) + "\n" for each in made), "utf-8")


def trials(folder: Path, count: int, documents: int, per_day: float, most: float, seed: int, many: bool) -> Trials:
    """Run `count` trials and return what came of them; starts anew when the feed is through."""
    feed = folder / "feed.jsonl"
    make_feed(feed, documents, per_day)
    ran = Trials(folder, feed, seed, many)
    for _ in range(count):
        ran.run(most)
        if ran.first >= len(ran.documents):
            ran.compare()
            for path in folder.glob("store.dedup*"):
                path.unlink()
            ran.given = {}
    return ran


def main() -> None:
    if sys.argv[1:2] == ["--child"]:
        parser = argparse.ArgumentParser()
        parser.add_argument("--child", action="store_true")
        parser.add_argument("store", type=Path)
        parser.add_argument("feed", type=Path)
        parser.add_argument("first", type=int)
        parser.add_argument("--many", action="store_true")
        parser.add_argument("--limit", type=int, default=0)
        parser.add_argument("--user", type=int, default=0)
        given = vars(parser.parse_args())
        given.pop("child")
        child(**given)
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=200, help="half with add, half with add_many")
    parser.add_argument("--documents", type=int, default=6000)
    parser.add_argument("--per-day", type=float, default=1000.0)
    parser.add_argument("--most", type=float, default=0.5, help="seconds a child may work")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    bad = False
    for many in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            ran = trials(
                Path(folder), arguments.trials // 2, arguments.documents, arguments.per_day, arguments.most,
                arguments.seed + many, many,
            )  # fmt: skip
            ran.finish()
            compared = ran.compare()
            way = "add_many" if many else "add"
            print(f"{way}: {arguments.trials // 2} kills, {compared:,} answers compared: {len(ran.faults)} faults")
            print(*(f"    {fault}" for fault in ran.faults[:20]), sep="\n", end="\n" if ran.faults else "")
            bad |= bool(ran.faults)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        feed = Path(folder) / "feed.jsonl"
        make_feed(feed, 600, arguments.per_day)
        for name, options in (("disk full", ["--limit", "60000"]), ("read-only", ["--user", str(NOBODY)])):
            fault, error = limited(Path(folder), feed, *options)
            print(f"{name}: {fault or 'nothing answered is lost'}; the error: {error}")
            bad |= bool(fault)
    sys.exit(bad)


if __name__ == "__main__":
    main()
