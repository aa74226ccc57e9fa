"""The one switch: the native kernel when it is built, the reference kernel otherwise.

`DEDUP_KERNEL=native|reference` forces one. A native module that is there but broken is an error, never a
silent change of speed.
"""

import os
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_wanted = os.environ.get("DEDUP_KERNEL", "")
if _wanted not in ("", "native", "reference"):
    raise ImportError(f"DEDUP_KERNEL is {_wanted!r}; it is native or reference")


def _choose() -> "tuple[str, ModuleType]":
    if _wanted != "reference":
        try:
            return "native", import_module("dedup._kernel._native")
        except ModuleNotFoundError as error:
            if error.name != "dedup._kernel._native" or _wanted == "native":
                raise
    return "reference", import_module("dedup._kernel.reference")


backend, _chosen = _choose()

if TYPE_CHECKING:
    from dedup._kernel._native import (
        Around,
        Fitter,
        Index,
        Scanner,
        Stories,
        align,
        cover,
        describe,
        facts,
        lacked,
        measure,
        places,
        samples,
        shingle,
        sign,
        sign_tokens,
        simd,
        sketch,
        tokenize,
        unicode_version,
        words,
    )
else:
    Around = _chosen.Around
    Stories = _chosen.Stories
    Fitter = _chosen.Fitter
    Scanner = _chosen.Scanner
    Index = _chosen.Index
    describe = _chosen.describe
    align = _chosen.align
    cover = _chosen.cover
    facts = _chosen.facts
    lacked = _chosen.lacked
    measure = _chosen.measure
    places = _chosen.places
    samples = _chosen.samples
    shingle = _chosen.shingle
    sign = _chosen.sign
    sign_tokens = _chosen.sign_tokens
    simd = _chosen.simd
    sketch = _chosen.sketch
    tokenize = _chosen.tokenize
    unicode_version = _chosen.unicode_version
    words = _chosen.words

__all__ = [
    "Around",
    "Fitter",
    "Index",
    "Scanner",
    "Stories",
    "align",
    "backend",
    "cover",
    "describe",
    "facts",
    "lacked",
    "measure",
    "places",
    "samples",
    "shingle",
    "sign",
    "sign_tokens",
    "simd",
    "sketch",
    "tokenize",
    "unicode_version",
    "words",
]
