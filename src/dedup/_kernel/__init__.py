"""The one switch: the native kernel when it is built, the reference kernel otherwise.

`DEDUP_KERNEL=native|reference` forces one. A native module that is there but broken is an error, never a
silent change of speed.
"""

import os

_wanted = os.environ.get("DEDUP_KERNEL", "")
if _wanted not in ("", "native", "reference"):
    raise ImportError(f"DEDUP_KERNEL is {_wanted!r}; it is native or reference")

backend = "reference"
if _wanted != "reference":
    try:
        from dedup._kernel import _native as _chosen

        backend = "native"
    except ModuleNotFoundError as error:
        if error.name != "dedup._kernel._native" or _wanted == "native":
            raise
if backend == "reference":
    from dedup._kernel import reference as _chosen

Postings = _chosen.Postings
shingle = _chosen.shingle
sign = _chosen.sign
simd = _chosen.simd
tokenize = _chosen.tokenize
unicode_version = _chosen.unicode_version

__all__ = ["Postings", "backend", "shingle", "sign", "simd", "tokenize", "unicode_version"]
