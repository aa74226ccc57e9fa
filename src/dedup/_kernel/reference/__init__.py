"""bytes and integers -> bytes and integers: the kernel in plain Python, slow and obvious, the definition of correct.

Every name here has a native twin that gives the same bytes; each module is named like the C++ file beside it.
Buffers are arrays in machine order.
"""

from dedup._kernel import unicode
from dedup._kernel.reference.align import align
from dedup._kernel.reference.around import Around, Stories
from dedup._kernel.reference.cover import cover
from dedup._kernel.reference.describe import describe, places, samples, words
from dedup._kernel.reference.fit import Fitter
from dedup._kernel.reference.foreign import sign_tokens
from dedup._kernel.reference.index import Index
from dedup._kernel.reference.measure import facts, lacked, measure
from dedup._kernel.reference.scan import Scanner
from dedup._kernel.reference.sketch import shingle, sign, sketch
from dedup._kernel.reference.tokenize import token_hash, tokenize, unicode_version

simd = "none"

__all__ = [
    "Around",
    "Fitter",
    "Index",
    "Scanner",
    "Stories",
    "align",
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
    "token_hash",
    "tokenize",
    "unicode",
    "unicode_version",
    "words",
]
