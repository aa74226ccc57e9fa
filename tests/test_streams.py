"""Files and pipes as streams of bytes: packed by suffix, whole lines, errors that name the stream."""

import gzip
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import DedupError
from dedup.streams import Writer, open_input, open_output, read_lines


def test_several_files_are_one_stream(tmp_path):
    """Lines come file after file, with the bytes they have, packed or not."""
    (tmp_path / "a.txt").write_bytes(b"one\r\n\ntwo\n")
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"three\n\xff"))
    paths = [str(tmp_path / "a.txt"), str(tmp_path / "b.gz")]
    assert list(read_lines(paths)) == [b"one\r\n", b"\n", b"two\n", b"three\n", b"\xff"]


def test_members_packed_one_after_the_other_are_one_file(tmp_path):
    """What `cat a.gz b.gz` makes is read to its end."""
    (tmp_path / "both.gz").write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n"))
    assert list(read_lines([str(tmp_path / "both.gz")])) == [b"one\n", b"two\n"]


def test_reading_goes_on_where_the_lines_stopped(tmp_path):
    """After some lines, `read` gives the rest."""
    (tmp_path / "a").write_bytes(b"one\ntwo\nthree\n")
    with open_input(str(tmp_path / "a")) as stream:
        assert next(iter(stream)) == b"one\n"
        assert next(iter(stream)) == b"two\n"
        assert stream.read() == b"three\n"


@pytest.mark.parametrize(("name", "magic"), [("out.gz", b"\x1f\x8b"), ("out.jsonl", b"line"), ("gz", b"line")])
def test_the_suffix_decides_about_packing(tmp_path, name, magic):
    """What is written to a file is read back, and packed when the name ends in .gz."""
    path = tmp_path / name
    with open_output(str(path)) as stream:
        for _ in range(30_000):
            stream.write(b"line\n")
    assert path.read_bytes().startswith(magic)
    with open_input(str(path)) as stream:
        assert stream.read() == b"line\n" * 30_000


@pytest.mark.parametrize("name", ["empty", "empty.gz"])
def test_nothing_written_is_a_file_of_nothing(tmp_path, name):
    """An output nothing was written to is an empty file, or a packed one of nothing."""
    with open_output(str(tmp_path / name)):
        pass
    with open_input(str(tmp_path / name)) as stream:
        assert stream.read() == b""


def test_packed_output_is_reproducible(tmp_path):
    """A packed file depends on what is in it alone: no name and no time of packing."""
    for name in ("a.gz", "b.gz"):
        with open_output(str(tmp_path / name)) as stream:
            stream.write(b"line\n")
    first, second = ((tmp_path / name).read_bytes() for name in ("a.gz", "b.gz"))
    assert first == second
    assert first[4:8] == bytes(4)


LINES = st.lists(st.binary(min_size=1, max_size=40).map(lambda raw: raw.replace(b"\n", b" ") + b"\n"), min_size=1)


@given(st.lists(LINES, min_size=1, max_size=4), st.integers(0, 15))
@settings(deadline=None)
def test_lines_stay_apart(tmp_path_factory, files, unended):
    """Lines of files written one after the other stay lines, whether or not each file ends its last."""
    path = tmp_path_factory.mktemp("lines") / "out"
    expected = [line for lines in files for line in lines]
    with open_output(str(path)) as stream:
        for number, lines in enumerate(files):
            for line in lines[:-1]:
                stream.write_line(line)
            stream.write_line(lines[-1][:-1] if unended >> number & 1 else lines[-1])
    written = path.read_bytes()
    assert written in (b"".join(expected), b"".join(expected)[:-1])


@given(st.lists(st.binary(), max_size=5), st.integers(1, 7))
@settings(deadline=None)
def test_a_sink_that_takes_little_gets_everything(parts, at_a_time):
    """Whatever part of the data a write takes, the rest follows."""
    taken = []

    def sink(data):
        taken.append(bytes(data[:at_a_time]))
        return len(taken[-1])

    writer = Writer(sink, "sink", packed=False)
    for part in parts:
        writer.write(part)
    writer.finish()
    assert b"".join(taken) == b"".join(parts)


def test_what_was_written_before_an_error_is_kept(tmp_path):
    """An error between two writes takes nothing of the first away."""
    with pytest.raises(ZeroDivisionError), open_output(str(tmp_path / "out.gz")) as stream:  # noqa: PT012
        stream.write(b"line\n")
        raise ZeroDivisionError
    assert gzip.decompress((tmp_path / "out.gz").read_bytes()) == b"line\n"


def test_a_pipe_nobody_reads_is_not_an_error_of_the_stream(tmp_path):
    """A broken pipe passes as what it is, for the command to end quietly."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(BrokenPipeError), open_output(str(path)) as stream:  # noqa: PT012
        os.close(reader)
        stream.write(b"line\n")


@pytest.mark.parametrize(
    ("opened", "advice"), [(open_input, "unpack it first"), (open_output, "write to standard output")]
)
def test_zst_is_refused_with_a_way_out(tmp_path, opened, advice):
    """.zst is not supported; the error names the file and what to do instead, and no file is made."""
    path = tmp_path / "feed.jsonl.zst"
    with pytest.raises(DedupError, match=rf"feed\.jsonl\.zst: \.zst is not supported; {advice}"), opened(str(path)):
        pass
    assert not path.exists()
