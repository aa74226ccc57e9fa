"""What the index offers: as often as the settings say, for texts of known resemblance; the presets and their table."""

import re
from array import array
from math import exp, lgamma, log, log1p
from pathlib import Path

import pytest

from dedup import Catalogue, Cleaner, DedupError, Deduplicator, Document
from dedup.duplicates.index import Describer
from dedup.duplicates.settings import RETRIEVAL, Settings
from dedup.duplicates.verdict import Verdict

PAGE = Path(__file__).parents[1] / "docs" / "retrieval.md"
WORDS = 50_000  # of all pairs together: about so many are counted for each case
SHARED = [  # distinct shingles shared, of the first text, of the second
    (4, 10, 10), (6, 10, 10), (9, 10, 10), (10, 30, 30), (15, 30, 30), (20, 30, 30), (11, 60, 60), (28, 60, 60),
    (73, 400, 400), (200, 400, 400), (12, 30, 300), (12, 300, 30), (24, 60, 300), (48, 60, 600),
]  # fmt: skip
LEAST_LIKELY = 1e-4  # of a count as far from the expected one, or farther, on its side
ROUNDED = 0.0005  # the expected recall has three places


def pair(number, shared, own, other):
    """Return two texts that share a run of words and have none in common with any other pair."""
    run = [f"s{number}x{place}" for place in range(shared + 2)]
    return tuple(
        " ".join(run + [f"{name}{number}x{place}" for place in range(size - shared)])
        for name, size in (("a", own), ("b", other))
    )


def offered(preset, shared, own, other):
    """Return how many pairs the index offers, all of them in one index, and of how many."""
    pairs = [pair(number, shared, own, other) for number in range(WORDS // (own + other))]
    with Deduplicator(cleaner=Cleaner(Catalogue()), retrieval=preset) as seen:
        asked, known = (
            seen.prepare([Document(str(number), text) for number, text in enumerate(texts)])
            for texts in zip(*pairs, strict=True)
        )
        numbers = [seen._remember(each, b"", 0, Verdict()) for each in known]
        candidates = [array("I", seen._search(each)[2]) for each in asked]
    return sum(number in found for number, found in zip(numbers, candidates, strict=True)), len(pairs)


def at_most(count, trials, chance):
    """Return how likely it is to count no more than that."""
    return sum(binomial(each, trials, chance) for each in range(count + 1))


def binomial(count, trials, chance):
    """Return how likely that count is."""
    if chance in (0, 1):
        return float(count == trials * chance)
    ways = lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1)
    return exp(ways + count * log(chance) + (trials - count) * log1p(-chance))


@pytest.mark.parametrize("preset", RETRIEVAL)
@pytest.mark.parametrize(("shared", "own", "other"), SHARED)
def test_the_index_offers_as_many_as_expected(preset, shared, own, other):
    """Of pairs of known resemblance as many are offered as a binomial count with the expected recall can be."""
    expected = Settings.of({"retrieval": preset}).expected_recall(shared / (own + other - shared), own, other)
    count, pairs = offered(preset, shared, own, other)
    assert at_most(count, pairs, max(0, expected - ROUNDED)) > LEAST_LIKELY
    assert at_most(pairs - count, pairs, max(0, 1 - expected - ROUNDED)) > LEAST_LIKELY


def tables():
    """Yield the cells of the tables of the page: preset, shingles of both texts, resemblance, what stands there."""
    columns = []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [each.strip() for each in line.strip("|").split("|")]
        if cells[0] == "preset" and cells[1] == "distinct shingles":
            columns = [re.fullmatch(r"(contained to )?(\.\d+|1\.0)", each) for each in cells[2:]]
        elif columns and cells[0] in RETRIEVAL:
            sizes = [int(each) for each in cells[1].split(" in ")]
            own, other = sizes[0], sizes[-1]
            for column, cell in zip(columns, cells[2:], strict=True):
                value = float(column[2])
                shared = round(value * own)
                yield cells[0], own, other, shared / (own + other - shared) if column[1] else value, float(cell)
        elif not line.startswith("|"):
            columns = []


def test_the_tables_show_the_expected_recall():
    """Every figure of docs/retrieval.md is what the settings expect, for each preset."""
    cells = list(tables())
    for preset, own, other, resemblance, shown in cells:
        assert shown == Settings.of({"retrieval": preset}).expected_recall(resemblance, own, other)
    assert {preset for preset, *_ in cells} == set(RETRIEVAL)
    assert len(cells) > 80


def test_a_preset_of_retrieval_leaves_the_verdict_as_it_is():
    """Presets of finding and of judging are apart, go together, and a setting beside them wins."""
    verdict = ("words", "order", "coverage", "swaps", "lost", "numbers", "lost_rate")
    for name in RETRIEVAL:
        settings = Settings.of({"retrieval": name, "preset": "strict", "sample": 5})
        assert settings.sample == 5
        assert [getattr(settings, each) for each in verdict] == [
            getattr(Settings.of({"preset": "strict"}), each) for each in verdict
        ]
    assert Settings.of({"retrieval": "balanced"}) == Settings()


def test_an_unknown_preset_lists_the_known():
    """A wrong preset of retrieval is refused with those there are."""
    with pytest.raises(ValueError, match="retrieval is 'fast'; it is sparing, balanced, thorough"):
        Deduplicator(retrieval="fast")


def test_a_store_remembers_its_preset(tmp_path):
    """A store that was made with one preset is not opened with another."""
    path = tmp_path / "seen.dedup"
    with Deduplicator(path=path, retrieval="sparing") as seen:
        seen.add(Document("a", "The harbour bridge reopened on Monday after two weeks of repairs."))
    with pytest.raises(DedupError, match="was made with bands 16, which is now 32"):
        Deduplicator(path=path)
    with Deduplicator(path=path, retrieval="sparing") as seen:
        assert "a" in seen


def test_a_sparing_preset_has_half_the_keys():
    """Memory is as many keys of eight bytes as the page says, about twice as many from one preset to the next."""
    texts = [" ".join(f"w{number}x{place}" for place in range(402)) for number in range(100)]
    for name, expected in (("sparing", 43), ("balanced", 84), ("thorough", 166)):
        described = Describer(Settings.of({"retrieval": name})).describe([""] * 100, texts, [b""] * 100)
        keys = sum(len(each.keys) for each in described) / 4 / len(texts)
        assert keys == pytest.approx(expected, rel=0.03)


@pytest.mark.parametrize("sample", [1, 2, 8, 1000])
def test_long_texts_have_an_expected_recall(sample):
    """However long the texts, what is expected is a share, and more of them in common is no less of it."""
    expected = [Settings(sample=sample).expected_recall(tenth / 10, 20_000, 10_000) for tenth in range(6)]
    assert expected == sorted(expected)
    assert expected[0] == 0 <= expected[-1] <= 1
