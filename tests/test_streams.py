"""Files and pipes as streams of bytes: packed by suffix, whole lines, errors that name the stream."""

import gzip
import os
import random
import re
import sys
import zlib
from io import BytesIO

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import DedupError
from dedup.streams import Reader, Writer, open_input, open_output

PACKERS = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}
packed = pytest.mark.parametrize("suffix", PACKERS)


def lines_of(path, end=b"\n"):
    with open_input(str(path)) as stream:
        return [line for batch in stream.lines(end) for line in batch]


@packed
def test_lines_keep_their_bytes(tmp_path, suffix):
    """Lines end in a line feed and nothing else, packed or not."""
    path = tmp_path / f"in{suffix}"
    path.write_bytes(PACKERS[suffix](b"one\r\n\ntwo\rtoo\n\xff\x0b\x85\nthree"))
    assert lines_of(path) == [b"one\r\n", b"\n", b"two\rtoo\n", b"\xff\x0b\x85\n", b"three"]


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_members_packed_one_after_the_other_are_one_file(tmp_path, suffix):
    """What `cat a.gz b.gz` makes is read to its end."""
    path = tmp_path / f"both{suffix}"
    path.write_bytes(PACKERS[suffix](b"one\n") + PACKERS[suffix](b"") + PACKERS[suffix](b"two\n"))
    assert lines_of(path) == [b"one\n", b"two\n"]


def test_a_file_packed_with_a_long_window_is_read(tmp_path):
    """What `zstd --long=31` makes, as of months of a forum, is read."""
    parameters = zstandard.ZstdCompressionParameters(window_log=31, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    path = tmp_path / "long.zst"
    path.write_bytes(packer.compress(b"one\ntwo\n") + packer.flush())
    assert lines_of(path) == [b"one\n", b"two\n"]


@pytest.mark.parametrize("name", ["in.zst", "in"])
@pytest.mark.parametrize("mark", [0x50, 0x5F])
def test_a_zstandard_file_may_begin_with_what_is_skipped(tmp_path, name, mark):
    """As programs that pack in parallel, or that sign what they pack, make it; the name need not tell."""
    skipped = bytes([mark]) + b"\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"hello"
    path = tmp_path / name
    path.write_bytes(skipped + zstandard.compress(b"one\ntwo\n") + skipped)
    assert lines_of(path) == [b"one\n", b"two\n"]


def damaged(data):
    """Yield each way in which a packed file is cut short or damaged: its name, its bytes, what is wrong with it."""
    frame = zstandard.ZstdCompressor(write_checksum=True).compress(data)
    for name, packed in (("in.gz", gzip.compress(data)), ("in.zst", frame)):
        for share in (0.3, 0.6, 0.999):
            yield name, packed[: int(len(packed) * share)], "ended before the end"
        yield name, packed[:-4] + b"oops", "CRC|damaged"
        yield name, packed + packed[: len(packed) // 2], "ended before the end"
    yield "in.zst", frame + b"oops oops", "damaged"


def test_of_a_damaged_file_everything_is_read_that_can_be(tmp_path):
    """Each line before the place where a packed file is cut short or damaged, as the programs for it unpack them."""
    chance = random.Random(1)
    data = b"".join(b"%d %d\n" % (number, chance.getrandbits(200)) for number in range(40_000))
    for name, packed, wrong in damaged(data):
        unpacker = zlib.decompressobj(31) if name.endswith(".gz") else zstandard.ZstdDecompressor().decompressobj()
        expected = 0
        try:
            for start in range(0, len(packed), 1000):
                expected += unpacker.decompress(packed[start : start + 1000]).count(b"\n")
        except (zlib.error, zstandard.ZstdError):
            pass
        (tmp_path / name).write_bytes(packed)
        lines = []
        with open_input(str(tmp_path / name)) as stream, pytest.raises(DedupError, match=wrong):  # noqa: PT012
            for batch in stream.lines():
                lines += batch
        assert len(lines) >= expected
        assert data.startswith(b"".join(lines[:expected]))


@pytest.mark.parametrize("behind", [b"garbage", b"\x1f garbage", b"<html>" * 1000])
def test_what_stands_behind_a_gzip_file_is_passed_over(tmp_path, behind):
    """As by gzip itself, which warns of it; a file that begins with such bytes is none of gzip."""
    path = tmp_path / "in.gz"
    path.write_bytes(gzip.compress(b"one\n") + gzip.compress(b"two\n" * 400_000) + behind)
    with open_input(str(path)) as stream:
        assert len(stream.read()) == 4 + 4 * 400_000
        assert stream.unpacker.trailing
    path.write_bytes(gzip.compress(b"one\n") + bytes(512))
    with open_input(str(path)) as stream:
        assert stream.read() == b"one\n"
        assert not stream.unpacker.trailing
    path.write_bytes(behind)
    with open_input(str(path)) as stream, pytest.raises(DedupError, match="not a gzipped file"):
        stream.read()


@given(st.lists(st.binary(max_size=20)), st.sampled_from([b"\n", b"\0"]), st.integers(1, 9))
@settings(deadline=None)
def test_lines_are_the_same_however_they_arrive(parts, end, size):
    """Where the chunks of a stream begin and end shows nowhere, not even after a look ahead."""
    data = b"".join(parts)
    for peeks in (False, True):
        file = BytesIO(data)
        reader = Reader(lambda file=file: file.read(size), "-", file)
        if peeks:
            assert data.startswith(reader.peek())
        lines = [line for batch in reader.lines(end) for line in batch]
        assert lines == [line for line in re.split(b"(?<=%b)" % end, data) if line]
        assert reader.taken == len(data)


def test_a_pipe_tells_when_it_has_no_more_yet(monkeypatch):
    """An empty list stands where lines have not arrived; a line is whole however it arrives."""
    ends = os.pipe()
    file = os.fdopen(ends[0])
    monkeypatch.setattr(sys, "stdin", file)
    with file, open_input("-") as stream:
        batches = stream.lines()
        assert next(batches) == []
        for arriving, batch in ((b"one\ntwo\n", [b"one\n", b"two\n"]), (b"th", []), (b"ree\nfour", [b"three\n"])):
            os.write(ends[1], arriving)
            assert next(batches) == batch
            if batch:
                assert next(batches) == []
        os.close(ends[1])
        assert list(batches) == [[b"four"]]


def test_an_output_is_gone_on_with_where_it_settled(tmp_path):
    """What was written after `settle` is cut off; a line that was not ended is still open."""
    for suffix in PACKERS:
        path = str(tmp_path / f"out{suffix}")
        with open_output(path) as out:
            out.write_line(b"one\n")
            out.settle()
            out.write_line(b"two")
            place = out.settle()
            out.write_line(b"three")
        with open_output(path, place=place) as out:
            out.write_line(b"four\n")
        assert lines_of(path) == [b"one\n", b"two\n", b"four\n"]


def test_a_look_ahead_sees_the_first_line_that_is_not_blank():
    """`peek` reads as far as it must, and nothing is lost by it."""
    file = BytesIO(b"\n \n\nfirst\nsecond\n")
    reader = Reader(lambda: file.read(2), "-", file)
    assert reader.peek().startswith(b"\n \n\nfirst\n")
    assert reader.read() == file.getvalue()


@pytest.mark.parametrize(
    ("name", "magic"),
    [("out.gz", b"\x1f\x8b"), ("out.zst", b"\x28\xb5\x2f\xfd"), ("out.jsonl", b"line"), ("gz", b"line")],
)
def test_the_suffix_decides_about_packing(tmp_path, name, magic):
    """What is written to a file is read back, and packed when the name ends in .gz or .zst."""
    path = tmp_path / name
    with open_output(str(path)) as stream:
        for _ in range(30_000):
            stream.write(b"line\n")
    assert path.read_bytes().startswith(magic)
    with open_input(str(path)) as stream:
        assert stream.read() == b"line\n" * 30_000


@pytest.mark.parametrize("name", ["empty", "empty.gz", "empty.zst"])
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

    writer = Writer(sink, "sink")
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
