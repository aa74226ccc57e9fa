"""pairs of sets -> bias and spread of the estimated resemblance, against theory, for sets small to large.

The standard error of a MinHash of k values is sqrt(J (1 - J) / k). Every cell of the table draws pairs of random sets
of one size and one resemblance J, and compares the share of equal values with J; signatures only, so that sets of no
more shingles than values, which dedup also compares exactly, are measured like all others.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from dedup import _kernel
from dedup.duplicates.sketch import Permutations

SIZES = (30, 100, 1000, 10_000)
RESEMBLANCES = (0.1, 0.3, 0.5, 0.7, 0.9)


def cell(size: int, resemblance: float, pairs: int, permutations: int) -> dict[str, float]:
    """Return bias, RMSE and the RMSE of theory over `pairs` pairs of random sets of `size` numbers each."""
    common = round(2 * size * resemblance / (1 + resemblance))
    exact = common / (2 * size - common)
    chance, drawn = np.random.default_rng([size, common]), Permutations.of(permutations, 1)
    errors = np.empty(pairs)
    for pair in range(pairs):
        values = chance.integers(0, 2**64, 2 * size - common, dtype=np.uint64)
        left, right = (
            np.frombuffer(_kernel.sign(part.tobytes(), drawn.multipliers, drawn.increments), np.uint32)
            for part in (values[:size], values[size - common :])
        )
        errors[pair] = np.mean(left == right) - exact
    theory = (exact * (1 - exact) / permutations) ** 0.5
    return {
        "size": size,
        "resemblance": exact,
        "pairs": pairs,
        "bias": float(errors.mean()),
        "rmse": float(np.mean(errors**2) ** 0.5),
        "theory": theory,
    }


def table(cells: list[dict[str, float]]) -> str:
    lines = [
        "| shingles | resemblance | pairs | bias | bias / its error | RMSE / theory |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for c in cells:
        error = c["theory"] / c["pairs"] ** 0.5
        lines.append(
            f"| {c['size']:,} | {c['resemblance']:.3f} | {c['pairs']} | {c['bias']:+.4f} | {c['bias'] / error:+.1f}"
            f" | {c['rmse'] / c['theory']:.3f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--pairs", type=int, default=10_000, help="pairs of sets in a cell; a quarter for the largest sets"
    )
    parser.add_argument("--permutations", type=int, default=128)
    parser.add_argument("-o", "--output", type=Path, help="write the raw numbers to this file")
    arguments = parser.parse_args()
    cells = [
        cell(size, share, arguments.pairs // (4 if size > 1000 else 1), arguments.permutations)
        for size in SIZES
        for share in RESEMBLANCES
    ]
    if arguments.output:
        arguments.output.write_text(json.dumps({"permutations": arguments.permutations, "cells": cells}, indent=1))
    print(table(cells))
    ratios = [c["rmse"] / c["theory"] for c in cells]
    bias = max(abs(c["bias"]) for c in cells)
    print(f"\nRMSE / theory: {min(ratios):.3f} to {max(ratios):.3f}; largest bias: {bias:.4f}")


if __name__ == "__main__":
    main()
