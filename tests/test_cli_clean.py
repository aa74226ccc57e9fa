"""`dedup clean` as its users meet it: real processes, real pipes, bytes in and bytes out."""

import gzip
import json
import re

import pytest
from command import jsonl, run
from samples import BODY, BRIDGE, EIN, FEED, FEED_LINES, MENAFN, SEED, SEED_TEXT

import dedup


@pytest.fixture(scope="module")
def cleaner():
    return dedup.Cleaner()


def test_clean_a_file():
    """The two disclaimers go; the article stays, to the byte."""
    ran = run("clean", SEED)
    assert (ran.status, ran.out) == (0, BODY)
    assert ran.out.endswith(b"defense and security issues.\n")
    assert b"Disclaimer" not in ran.out
    assert ran.summary.startswith(
        "dedup clean: 1 document, 1 with boilerplate removed (2 spans, 32.2% of the text), 0 spans only labelled"
    )


@pytest.mark.parametrize("arguments", [[], ["-"]], ids=["no file", "a dash"])
def test_clean_standard_input(arguments):
    """Standard input is read when no file or a dash is given."""
    assert run("clean", *arguments, stdin=SEED_TEXT).out == BODY


def test_clean_several_files(tmp_path):
    """Texts come out in the order of their files, each cleaned by itself."""
    (tmp_path / "a").write_bytes(BODY + MENAFN)
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"Another story.\n"))
    ran = run("clean", tmp_path / "a", tmp_path / "b.gz", "-", stdin=SEED_TEXT)
    assert ran.out == BODY + b"Another story.\n" + BODY
    assert ran.summary.startswith("dedup clean: 3 documents, 2 with boilerplate removed")


def test_clean_into_a_packed_file(tmp_path):
    """With -o the text goes to a file, packed by its suffix, and nothing to standard output."""
    ran = run("clean", SEED, "-o", tmp_path / "clean.gz")
    assert (ran.status, ran.out) == (0, b"")
    assert gzip.decompress((tmp_path / "clean.gz").read_bytes()) == BODY


def test_clean_explains():
    """--explain names each template, what filled its slots, and the reason."""
    out = run("clean", "--explain", SEED).out.decode()
    assert "2 removed, 0 kept" in out.splitlines()[0]
    for template, provider in (("menafn-disclaimer", "MENAFN"), ("ein-presswire-disclaimer", "EIN Presswire")):
        assert re.search(rf"remove \d+-\d+ +{template} \(legal-disclaimer, score \d\.\d\d\)", out)
        assert f"provider='{provider}'" in out
        assert f"of the words of {template}" in out


def test_clean_annotates():
    """--annotate leaves the text whole and lists the spans, which cover what `clean` removes."""
    (entry,) = run("clean", "--annotate", SEED).objects
    spans = entry["boilerplate"]
    assert entry["text"].encode() == SEED_TEXT
    assert [entry["text"][span["start"] : span["end"]].encode() for span in spans] == [MENAFN, EIN]
    assert [span["slots"]["provider"] for span in spans] == ["MENAFN", "EIN Presswire"]
    assert {"kind", "template", "score", "action", "reason"} <= spans[0].keys()


def test_clean_shows_differences():
    """--diff shows the lines that go, and only those."""
    out = run("clean", "--diff", SEED).out.decode()
    header, *shown = out.splitlines()
    assert header.startswith("--- ")
    assert shown == [f"-{line}" for line in (MENAFN + EIN).decode().splitlines()]


@pytest.mark.parametrize("option", ["--explain", "--diff"])
def test_nothing_to_show(option):
    """A text without boilerplate has no reasons and no differences."""
    out = run("clean", option, stdin=BRIDGE.encode()).out.decode()
    assert re.fullmatch(r".+: no boilerplate recognised\n" if option == "--explain" else "", out)


def test_clean_views_exclude_each_other():
    """One of --annotate, --explain and --diff at a time."""
    assert "not allowed with argument" in run("clean", "--diff", "--explain", SEED).err


def test_clean_jsonl(cleaner):
    """A line without boilerplate passes as it came; in any other only the text changes, to the byte."""
    ran = run("clean", FEED)
    changed = 0
    for before, after in zip(FEED_LINES, ran.lines, strict=True):
        entry = json.loads(before)
        cleaned = cleaner.clean(entry["text"] or "", entry["source"])
        if cleaned.removed:
            texts = [json.dumps(text, ensure_ascii=False).encode() for text in (entry["text"], cleaned.text)]
            before = before.replace(*texts)
            changed += 1
        assert after == before
    assert 0 < changed < len(FEED_LINES)
    assert f"{len(FEED_LINES)} documents, {changed} with boilerplate removed" in ran.summary


def test_clean_annotates_jsonl(cleaner):
    """--annotate adds a member to the lines with boilerplate and leaves the others as they came."""
    ran = run("clean", "--annotate", FEED)
    annotated = 0
    for before, after in zip(FEED_LINES, ran.lines, strict=True):
        entry, spans = json.loads(after), cleaner.clean(json.loads(before)["text"] or "").spans
        if not spans:
            assert after == before
            continue
        assert [(each["start"], each["end"]) for each in entry.pop("boilerplate")] == [(s.start, s.end) for s in spans]
        assert entry == json.loads(before)
        annotated += 1
    assert annotated


@pytest.mark.parametrize("option", ["--explain", "--diff"])
def test_clean_views_of_jsonl_name_the_document(option):
    """In JSONL each reason and difference stands under the id of its document."""
    lines = jsonl({"id": "untouched", "text": BRIDGE}, {"id": "seed", "text": SEED_TEXT.decode()})
    out = run("clean", option, stdin=lines).out.decode()
    assert "seed" in out.splitlines()[0]
    assert "untouched" not in out
    assert "EIN Presswire" in out


def test_clean_jsonl_by_field_name():
    """The text is taken from and put back into the field that is named."""
    entry = {"text": EIN.decode(), "story": SEED_TEXT.decode(), "n": 1}
    ran = run("clean", "--text", "story", stdin=jsonl(entry))
    assert ran.objects == [entry | {"story": BODY.decode()}]


def test_clean_keeps_the_escapes_of_a_line():
    """A line written in ASCII stays ASCII."""
    ran = run("clean", stdin=json.dumps({"text": SEED_TEXT.decode(), "a": "é"}).encode())
    assert ran.out == json.dumps({"text": BODY.decode(), "a": "é"}).encode()


def test_clean_passes_on_what_it_cannot_read():
    """Bad lines of JSONL come out as they went in, are counted and shown, and end in status 2."""
    lines = [b'{"text": "one"}\n', b"{oops\n", b"\n", b'{"text": 5}\n', b'{"text": null}\n']
    ran = run("clean", stdin=b"".join(lines))
    assert (ran.status, ran.lines) == (2, lines)
    assert [line.split(": ")[1] for line in ran.complaints] == ["line 2", "line 4"]
    assert "; 2 malformed, 1 without text, 1 blank; " in ran.summary


def test_clean_counts_lines_from_the_top():
    """Blank lines before the first object are lines too."""
    ran = run("clean", stdin=b'\n\n{oops\n{"text": "one"}\n')
    assert ran.out == b'\n\n{oops\n{"text": "one"}\n'
    assert ran.complaints[0].startswith("dedup clean: line 3: ")
    assert "; 1 malformed, 2 blank; " in ran.summary
