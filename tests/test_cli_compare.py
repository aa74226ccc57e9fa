"""`dedup compare` as its users meet it: what it says of two texts, and its exit status."""

import pytest
from command import complaint, jsonl, run
from samples import BODY, BRIDGE, EIN, FERRY, LONG, MENAFN, SEED, SEED_TEXT

import dedup

# name, a, b, relation, status
PAIRS = [
    ("the same", BRIDGE.encode(), BRIDGE.encode(), "exact", 0),
    ("the same in capitals", BRIDGE.encode(), BRIDGE.upper().encode(), "exact", 0),
    ("the same under two disclaimers", BODY + MENAFN, BODY + EIN, "exact", 0),
    ("part of it", BODY[: len(BODY) // 2], BODY, "excerpt", 0),
    ("more than it", BODY, BODY[: len(BODY) // 2], "expansion", 1),
    ("another story", BRIDGE.encode(), FERRY.encode(), "distinct", 1),
    (
        "two stories under one disclaimer",
        BRIDGE.encode() + b"\n\n" + EIN,
        FERRY.encode() + b"\n\n" + EIN,
        "distinct",
        1,
    ),
    ("nothing and nothing", b"", b"", "distinct", 1),
    ("something and nothing", BRIDGE.encode(), b"", "distinct", 1),
]


@pytest.mark.parametrize(
    ("a", "b", "relation", "status"), [case[1:] for case in PAIRS], ids=[case[0] for case in PAIRS]
)
def test_compare(call, tmp_path, monkeypatch, a, b, relation, status):
    """The first word is the relation; the status says whether the first text is a duplicate of the second."""
    (tmp_path / "a").write_bytes(a)
    (tmp_path / "b").write_bytes(b)
    monkeypatch.chdir(tmp_path)
    ran = call("compare", "a", "b")
    assert (ran.status, ran.err) == (status, "")
    assert ran.out.startswith(f"{relation}: a is {'not ' if status else ''}a duplicate".encode())


def test_compare_shows_the_evidence(tmp_path):
    """The numbers, the facts that differ and the shared passages are shown."""
    a = f"{LONG} The mayor, Ann Lee, will speak at 9 on Tuesday."
    b = f"Of interest to all who live here: {LONG} The mayor, Max Roe, will speak at 7 on Sunday."
    (tmp_path / "b").write_text(b)
    out = run("compare", "-", tmp_path / "b", stdin=a.encode()).out.decode()
    match = dedup.compare(a, b)
    numbers = (match.resemblance, match.containment, match.contains)
    assert len({round(number, 2) for number in numbers}) == 3
    assert "resemblance {:.2f}  containment {:.2f}  contains {:.2f}".format(*numbers) in out
    assert f"words of A found in B {match.evidence.words:.2f}" in out
    assert all(fact in out for fact in match.evidence.lost[:5])
    assert match.evidence.lost or match.evidence.swaps
    passage = match.passages[0]
    assert passage.start < passage.other_start
    assert f"shared A {passage.start}-{passage.end} = B {passage.other_start}-{passage.other_end}: The harbour" in out


@pytest.mark.parametrize(("a", "b"), [("-", SEED), (SEED, "-")], ids=["first", "second"])
def test_compare_with_standard_input(a, b):
    """Either text may come from standard input, which is called so."""
    ran = run("compare", a, b, stdin=SEED_TEXT)
    assert (ran.status, ran.out[:6]) == (0, b"exact:")
    assert (b"exact: standard input is a duplicate" in ran.out) is (a == "-")


# name, what the text is, what is said of it
ODD = [
    ("bytes that are not UTF-8", b"\xff\xfd " + BRIDGE.encode(), "bytes that are not UTF-8"),
    ("JSONL", jsonl({"text": BRIDGE}) * 2, "JSONL, taken as one text; for the stories in it: dedup filter --mark"),
]


@pytest.mark.parametrize(("text", "said"), [case[1:] for case in ODD], ids=[case[0] for case in ODD])
def test_compare_tells_what_may_not_be_meant(call, tmp_path, text, said):
    """Of each text; the relation is that of the texts as they are."""
    for name in "ab":
        (tmp_path / name).write_bytes(text)
    ran = call("compare", tmp_path / "a", tmp_path / "b")
    assert (ran.status, ran.out[:6]) == (0, b"exact:")
    assert ran.err == f"dedup compare: {tmp_path}/a: {said}\ndedup compare: {tmp_path}/b: {said}\n"


def test_compare_by_rules(call, tmp_path):
    """What a file of rules takes out is not compared, as in `filter --rules`."""
    footer = "Bramble and thistle weekly is brought to the islands by the good people of the mill."
    rules = f'[[template]]\nid = "x"\nkind = "learned"\npattern = "{footer}"\n'
    (tmp_path / "rules.toml").write_text(rules)
    (tmp_path / "a").write_text(f"{BRIDGE}\n\n{footer}\n")
    (tmp_path / "b").write_text(f"{BRIDGE}\n")
    assert call("compare", tmp_path / "a", tmp_path / "b").status == 1
    assert call("compare", "--rules", tmp_path / "rules.toml", tmp_path / "a", tmp_path / "b").status == 0


def test_compare_with_standard_input_twice():
    """It can be read once; of nothing, nothing is said."""
    ran = run("compare", "-", "-", stdin=SEED_TEXT)
    assert (complaint(ran), ran.out) == (
        "standard input is both A and B, and can be read once; name a file for one of them",
        b"",
    )
