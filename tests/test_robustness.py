"""Every built-in template, mangled as feeds mangle it: the harder half of what benchmarks/robustness.py measures."""

import importlib.util
from pathlib import Path

import pytest

from dedup import Catalogue, Cleaner

FILE = Path(__file__).parents[1] / "benchmarks" / "robustness.py"
SPEC = importlib.util.spec_from_file_location("robustness", FILE)
robustness = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(robustness)

CATALOGUE = list(Catalogue.builtin())
FLOORS = {"one word replaced": 0.9, "truncated": 0.9}
COLUMNS = [*robustness.WHOLE, *robustness.BLOCK, "glued"]


@pytest.fixture(scope="module")
def cleaner():
    return Cleaner()


@pytest.mark.parametrize("column", COLUMNS)
def test_templates_are_recognised_however_they_are_mangled(cleaner, column):
    """Nearly all go whole and leave the article alone.

    What changes a whole text is tried with a fifth of the templates, another one for each column; what takes words from
    a block, or glues it to prose, which is harder, with all of them.
    """
    shift = COLUMNS.index(column)
    is_sample = column in robustness.WHOLE
    held = [
        robustness.holds(cleaner, template, text, place)
        for template in (CATALOGUE[shift % 5 :: 5] if is_sample else CATALOGUE)
        for example in template.examples
        for name, _, text, place in robustness.cells(template, example)
        if name == column
    ]
    assert len(held) > 20
    assert sum(held) >= FLOORS.get(column, 0.97) * len(held) - is_sample


def test_stacks_are_peeled_whole(cleaner):
    """Two to four blocks in any order go to the last word."""
    peeled = [held for _, held in robustness.stacks(cleaner, CATALOGUE, 60, seed=2)]
    assert sum(peeled) >= 0.97 * len(peeled) - 1
