"""A store survives what kills its process: no answered document is lost, and nothing half-written is believed."""

import os
import sys

import pytest
from crash import NOBODY, limited, make_feed, trials

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX")


@POSIX
@pytest.mark.parametrize("many", [False, True], ids=["add", "add_many"])
def test_killed_at_any_moment(many, tmp_path):
    """After each kill the store opens, is whole and holds what was answered; the answers are those of one long run."""
    ran = trials(tmp_path, 4, documents=120, per_day=40, most=0.3, seed=7, many=many)
    ran.finish()
    assert ran.compare() > 60
    assert ran.faults == []


@POSIX
def test_a_full_disk_is_a_clear_error_and_loses_nothing(tmp_path):
    """Where the file may not grow, adding fails with a clear error; what was answered is there afterwards."""
    make_feed(tmp_path / "feed.jsonl", 300, 1000)
    fault, error = limited(tmp_path, tmp_path / "feed.jsonl", "--limit", "30000")
    assert fault == ""
    assert "store" in error


@POSIX
def test_a_file_that_may_not_be_written_is_a_clear_error(tmp_path):
    """A store without permission to write does not open; the error names it, and it is as it was."""
    make_feed(tmp_path / "feed.jsonl", 100, 1000)
    user = str(NOBODY) if os.geteuid() == 0 else "0"
    fault, error = limited(tmp_path, tmp_path / "feed.jsonl", "--user", user)
    assert fault == ""
    assert "store" in error or "limited" in error
