"""The kernel: bytes and integers in, bytes and integers out, the same from the reference and the native twin."""

import os
import platform
import random
import re
import shutil
import subprocess
import sys
from array import array
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup._kernel import reference, unicode

try:
    _native = import_module("dedup._kernel._native")
except ModuleNotFoundError:
    _native = None

twins = pytest.mark.skipif(_native is None, reason="native kernel not built")

DIGIT, CAPITAL, START, LINE, OWN = 1, 2, 4, 8, 16
FIRST = START | LINE


def encode(text):
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def hashes(kernel, text, entities=True):
    return list(array("Q", kernel.tokenize(encode(text), entities)[0]))


def places(kernel, text, entities=True):
    _, starts, ends, _ = kernel.tokenize(encode(text), entities)
    return list(zip(array("I", starts), array("I", ends), strict=True))


def flags(kernel, text):
    return list(kernel.tokenize(encode(text), True)[3])


def named(cases):
    """Split `(name, value, ...)` rows into the arguments of `parametrize`."""
    return {"argvalues": [case[1:] for case in cases], "ids": [case[0] for case in cases]}


# -- tokenize: name, text, its words as they are hashed

WORDS = [
    ("nothing", "", []),
    ("white space", " \t\n\u3000\xa0", []),
    ("punctuation", "?! -- ... $ € % _", []),
    ("lower case", "over the lazy dog", ["over", "the", "lazy", "dog"]),
    ("upper case", "OVER the Lazy dOG", ["over", "the", "lazy", "dog"]),
    ("title case", "ǅ ǆ", ["dz\u030c", "dz\u030c"]),
    ("sharp s", "Straße STRASSE STRAẞE", ["strasse"] * 3),
    ("Greek final sigma", "ΟΔΟΣ οδος", ["οδοσ"] * 2),
    ("dotted capital I", "İ", ["i\u0307"]),
    ("dotless i", "ı", ["ı"]),
    ("ligatures", "ﬁnal oﬀice ﬆop", ["final", "office", "stop"]),
    ("full width", "Ａｂｃ１２", ["abc12"]),
    ("superscript", "m² x₃", ["m2", "x3"]),
    ("circled number", "①", ["1"]),
    ("Roman numeral", "Ⅷ", ["viii"]),
    ("straight apostrophe", "don't", ["don", "t"]),
    ("curly apostrophe", "don’t", ["don", "t"]),
    ("curly quotes", "“The ‘Wall’”", ["the", "wall"]),
    ("guillemets", "«mur»", ["mur"]),
    ("hyphen", "well-known", ["well", "known"]),
    ("no-break hyphen", "well\u2011known", ["well", "known"]),
    ("dashes", "one–two—three", ["one", "two", "three"]),
    ("no-break space", "one\xa0two", ["one", "two"]),
    ("ideographic space", "one\u3000two", ["one", "two"]),
    ("soft hyphen", "co\xadop", ["coop"]),
    ("zero-width space", "co\u200bop", ["coop"]),
    ("zero-width joiner", "co\u200dop", ["coop"]),
    ("right-to-left mark", "\u200fco\u200fop\u200f", ["coop"]),
    ("byte-order mark", "\ufeffcoop", ["coop"]),
    ("variation selector", "co\ufe0fop", ["coop"]),
    ("Arabic tatweel", "سـلام", ["سلام"]),
    ("format characters alone", "\xad \u200b \ufeff", []),
    ("one mark, composed", "café", ["cafe\u0301"]),
    ("one mark, decomposed", "cafe\u0301", ["cafe\u0301"]),
    ("a mark at the start", "\u0301b", ["\u0301b"]),
    ("Devanagari signs", "हिन्दी", ["हिन्दी"]),
    ("Hangul syllables", "한국", ["\u1112\u1161\u11ab", "\u1100\u116e\u11a8"]),
    ("Hangul jamo", "\u1112\u1161\u11ab\u1100\u116e\u11a8", ["\u1112\u1161\u11ab", "\u1100\u116e\u11a8"]),
    ("Hangul without a final", "가", ["\u1100\u1161"]),
    ("Han", "南湖", ["南", "湖"]),
    ("Han compatibility form", "\uf900", ["豈"]),
    ("Han with a mark", "中\u0301中", ["中\u0301", "中"]),
    ("Kana", "あア", ["あ", "ア"]),
    ("Kana, voiced and composed", "が", ["か\u3099"]),
    ("Kana, voiced and decomposed", "か\u3099", ["か\u3099"]),
    ("Thai with marks", "ที่นี่", ["ที่", "นี่"]),
    ("digits split from Han", "2026年3月", ["2026", "年", "3", "月"]),
    ("Latin split from Han", "IT部門go", ["it", "部", "門", "go"]),
    ("Arabic-Indic digits", "٢٠٢٦", ["2026"]),
    ("Devanagari digits", "२०२६", ["2026"]),
    ("mathematical digits", "𝟐𝟎", ["20"]),
    ("a word with digits", "covid19", ["covid19"]),
    ("a decimal number", "3.5", ["3", "5"]),
    ("astral letters", "𝒜𐐀", ["a𐐨"]),
    ("emoji", "go😀on", ["go", "on"]),
    ("entity", "caf&eacute;", ["cafe\u0301"]),
    ("entity as separator", "one&nbsp;two&mdash;three", ["one", "two", "three"]),
    ("entity ignored inside a word", "co&shy;op", ["coop"]),
    ("entity twice escaped", "caf&amp;eacute;", ["cafe\u0301"]),
    ("entity five times escaped", "caf&amp;amp;amp;amp;eacute;", ["cafe\u0301"]),
    ("ampersand", "AT&amp;T", ["at", "t"]),
    ("escaped ampersand, then a word", "&amp;copy", ["copy"]),
    ("decimal reference", "caf&#233;", ["cafe\u0301"]),
    ("decimal reference with zeros", "caf&#000233;", ["cafe\u0301"]),
    ("hexadecimal reference", "caf&#xE9;", ["cafe\u0301"]),
    ("hexadecimal reference, capital X", "caf&#Xe9;", ["cafe\u0301"]),
    ("numeric reference, twice escaped", "caf&#38;#233;", ["cafe\u0301"]),
    ("reference of Windows-1252, letter", "&#138;koda", ["s\u030ckoda"]),
    ("reference of Windows-1252, dash", "one&#150;two", ["one", "two"]),
    ("reference to nothing", "a&#0;b&#xD800;c&#x110000;d&#99999999;e", ["a", "b", "c", "d", "e"]),
    ("reference too long", "&#000000065;", ["000000065"]),
    ("reference without digits", "a&#;b&#x;c", ["a", "b", "x", "c"]),
    ("unknown entity", "&foo; bar", ["foo", "bar"]),
    ("entity in the wrong case", "&EACUTE;", ["eacute"]),
    ("unterminated entity", "caf&eacute", ["caf", "eacute"]),
    ("unterminated reference", "caf&#233", ["caf", "233"]),
    ("the longest entity", "a&CounterClockwiseContourIntegral;b", ["a", "b"]),
    ("lone surrogate", "a\ud800b", ["a", "b"]),
    ("surrogate pair in UTF-8", "a\ud83d\ude00b", ["a", "b"]),
    ("invalid bytes", b"a\xff\xfeb", ["a", "b"]),
    ("a lead without its tail", b"a\xe2\x82b", ["a", "b"]),
    ("overlong form", b"a\xc1\xa1b", ["a", "b"]),
    ("beyond Unicode", b"a\xf4\x90\x80\x80b", ["a", "b"]),
    ("cut short", b"a\xf0\x9d\x92", ["a"]),
    ("NUL", "a\0b", ["a", "b"]),
    ("15, 16 and 17 bytes", f"{'x' * 15} {'x' * 16} {'x' * 17}", ["x" * 15, "x" * 16, "x" * 17]),
]


@pytest.mark.parametrize(("text", "words"), **named(WORDS))
def test_words(kernel, text, words):
    """A text is these words: split, folded and decoded."""
    assert hashes(kernel, text) == [reference.token_hash(word) for word in words]


DISTINCT = [
    ("other letters", "form", "from"),
    ("an accent", "cafe", "café"),
    ("length", "x" * 16, "x" * 17),
    ("a prefix", "a", "aa"),
    ("digits", "2025", "2026"),
    ("kana of two kinds", "か", "カ"),
]


@pytest.mark.parametrize(("left", "right"), **named(DISTINCT))
def test_different_words_have_different_hashes(kernel, left, right):
    """Words that differ after folding are different tokens."""
    assert hashes(kernel, left) != hashes(kernel, right)


def test_references_stay_text_when_decoding_is_off(kernel):
    """With `entities` off, "&eacute;" is the word it spells."""
    assert hashes(kernel, "caf&eacute; &#65;", entities=False) == hashes(kernel, "caf eacute 65")


# name, text, where its tokens stand in code points
PLACES = [
    ("plain", "The  cat.", [(0, 3), (5, 8)]),
    ("beyond the basic plane", "😀 𝒜b 😀c", [(2, 4), (6, 7)]),
    ("ignored inside", "co\xadop x", [(0, 5), (6, 7)]),
    ("ignored at the edges", "\u200fco\u200f x", [(1, 3), (5, 6)]),
    ("marks belong to their letter", "e\u0301 x", [(0, 2), (3, 4)]),
    ("Han with marks", "中\u0301中", [(0, 2), (2, 3)]),
    ("folding to more characters", "ßﬁ x", [(0, 2), (3, 4)]),
    ("an entity counts as written", "caf&eacute;s x", [(0, 12), (13, 14)]),
    ("an entity inside is spanned", "co&shy;op", [(0, 9)]),
    ("an escaped entity is spanned", "&amp;eacute;", [(0, 12)]),
    ("an unknown entity is text", "&foo;", [(1, 4)]),
    ("surrogates are one each", "\ud800\udc00a", [(2, 3)]),
    ("invalid bytes are one each", b"a\xff\xfeb", [(0, 1), (3, 4)]),
    ("broken sequences are one each byte", b"\xe2\x82a\xf0\x9f\x98b", [(2, 3), (6, 7)]),
    ("NUL is one", "\0a", [(1, 2)]),
]


@pytest.mark.parametrize(("text", "expected"), **named(PLACES))
def test_places(kernel, text, expected):
    """Offsets count code points of the text as given."""
    assert places(kernel, text) == expected


# name, text, the flags of its tokens
FLAGS = [
    ("the first", "one two", [FIRST, 0]),
    ("capitals", "One TWO tHREE", [FIRST | CAPITAL, CAPITAL, 0]),
    ("a title-case letter", "a ǅ", [FIRST, CAPITAL]),
    ("digits", "a 1 b2 ٣ ②", [FIRST, DIGIT, DIGIT, DIGIT, DIGIT]),
    ("a full stop and a space", "one. two", [FIRST, START]),
    ("a question and a tab", "one?\ttwo", [FIRST, START]),
    ("a full stop at a line end", "one.\ntwo", [FIRST, FIRST]),
    ("a full stop behind a quote", "one.” two", [FIRST, START]),
    ("a full stop without a space", "3.5 a.b", [FIRST | DIGIT, DIGIT, 0, 0]),
    ("a comma", "one, two", [FIRST, 0]),
    ("an ideographic full stop", "好。好", [FIRST | OWN, START | OWN]),
    ("a full-width question mark", "好？好", [FIRST | OWN, START | OWN]),
    ("a danda", "एक। दो", [FIRST, START]),
    ("a line break", "one\ntwo", [FIRST, LINE]),
    ("an empty line", "one\n\ntwo", [FIRST, FIRST]),
    ("an empty line with spaces", "one\n \t\ntwo", [FIRST, FIRST]),
    ("a Windows line break", "one\r\ntwo", [FIRST, LINE]),
    ("a Windows empty line", "one\r\n\r\ntwo", [FIRST, FIRST]),
    ("a line separator", "one\u2028two", [FIRST, LINE]),
    ("a bullet on a new line", "one\n- two", [FIRST, LINE]),
    ("a line of dashes", "one\n---\ntwo", [FIRST, LINE]),
    ("an indented first line", "  one", [FIRST]),
    ("own characters", "a中b", [FIRST, OWN, 0]),
    ("an escaped capital", "&Eacute;a", [FIRST | CAPITAL]),
]


@pytest.mark.parametrize(("text", "expected"), **named(FLAGS))
def test_flags(kernel, text, expected):
    """Flags tell digits, capitals, beginnings of sentences and lines, and characters that are tokens."""
    assert flags(kernel, text) == expected


NASTY = [
    *"aZß.!?\n\r\t ,-'&;#x0123éİıΣ中かア한\u1112\u1161\u11abที่हि।。٣½",
    "\u0301", "\u3099", "\xad", "\u200b", "\u200f", "\ufe0f", "\u2028", "\u2029", "\x85", "\0", "\ud800", "\udfff",
    "😀", "𝒜", "ﬁ", "ﷺ", "\ufffd", "\U0010ffff", "&amp;", "&amp", "amp;", "&eacute;", "&shy;", "&#233;", "&#x",
    "&#150;", "&#0;", "&#xD800;", "&CounterClockwiseContourIntegral;", "&foo;", "x" * 16,
]  # fmt: skip


@twins
@given(st.binary(max_size=60), st.booleans())
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_the_same_tokens_in_both_kernels(data, entities):
    """The native kernel reads arbitrary bytes exactly as the reference does."""
    assert _native.tokenize(data, entities) == reference.tokenize(data, entities)


@twins
@given(st.lists(st.sampled_from(NASTY) | st.characters(), max_size=40).map("".join), st.booleans())
@settings(max_examples=1000, deadline=None)
def test_any_text_is_the_same_tokens_in_both_kernels(text, entities):
    """The native kernel reads text made of the worst characters exactly as the reference does."""
    assert _native.tokenize(encode(text), entities) == reference.tokenize(encode(text), entities)


@twins
def test_every_character_is_the_same_in_both_kernels():
    """Each code point, inside a word, has one class and one folded form."""
    listed = reference.unicode.load()[1]
    others = random.Random(1).sample(range(0x110000), 5000)
    data = encode(" ".join(f"a{chr(point)}a" for point in [*listed, *others]))
    assert _native.tokenize(data, False) == reference.tokenize(data, False)


@twins
def test_every_entity_is_the_same_in_both_kernels():
    """Each named reference and each of the first 300 numeric ones stands for one character."""
    names = [f"a&{name};a" for name in reference.unicode.entities()]
    numbers = [f"a&#{number};a a&#x{number:x};a" for number in range(300)]
    data = encode(" ".join(names + numbers))
    assert _native.tokenize(data, True) == reference.tokenize(data, True)


@twins
def test_both_kernels_know_the_same_unicode():
    """The tables of the native kernel were made from the data the reference reads."""
    assert _native.unicode_version() == reference.unicode_version()


# name, text, how many tokens
HOSTILE = [
    ("one letter", "a" * 10**5, 1),
    ("ampersands", "&" * 10**5, 0),
    ("entities", "&amp;" * 10**5, 0),
    ("an entity escaped again and again", "&" + "amp;" * 10**5, 0),
    ("line breaks", "\n" * 10**5, 0),
    ("marks", "\u0301" * 10**5, 1),
    ("soft hyphens", "\xad" * 10**5, 0),
    ("Han", "中" * 10**5, 10**5),
    ("full stops", ". " * 10**5, 0),
    ("bytes that are no text", b"\xf0" * 10**5, 0),
]


@pytest.mark.parametrize(("text", "tokens"), **named(HOSTILE))
def test_hostile_texts_are_only_texts(kernel, text, tokens):
    """Texts built to hurt are read to their end."""
    assert len(places(kernel, text)) == tokens


@twins
def test_a_word_of_a_million_letters_is_a_word():
    """There is no longest word."""
    assert places(_native, "a" * 10**6) == [(0, 10**6)]


# -- shingle

TOKENS = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 2), max_size=30)


def shingles(kernel, tokens, width):
    return list(array("Q", kernel.shingle(array("Q", tokens).tobytes(), width)))


HASHES = [random.Random(seed).getrandbits(64) for seed in range(5)]


@given(st.lists(st.sampled_from(HASHES), max_size=30), st.integers(1, 6))
@settings(deadline=None)
def test_shingles_are_the_windows_of_the_tokens(tokens, width):
    """Every `width` tokens in a row make one shingle; fewer make one of them all; none make none."""
    kernels = [kernel for kernel in (reference, _native) if kernel]
    windows = [tuple(tokens[at : at + width]) for at in range(max(1, len(tokens) - width + 1))] if tokens else []
    for kernel in kernels:
        values = shingles(kernel, tokens, width)
        assert len(values) == len(windows)
        assert len(set(zip(values, windows, strict=True))) == len(set(windows)) == len(set(values))


@twins
@given(TOKENS, st.integers(0, 40))
@settings(deadline=None)
def test_shingles_are_the_same_in_both_kernels(tokens, width):
    """The native kernel hashes shingles exactly as the reference does."""
    assert shingles(_native, tokens, width) == shingles(reference, tokens, width)


def test_the_order_of_words_counts(kernel):
    """The same tokens in another order are another shingle."""
    assert shingles(kernel, [1, 2, 3], 3) != shingles(kernel, [3, 2, 1], 3)


# -- sign


def fmix32(x):
    x = (x ^ x >> 16) * 0x85EBCA6B % 2**32
    x = (x ^ x >> 13) * 0xC2B2AE35 % 2**32
    return x ^ x >> 16


def pack(code, values):
    return array(code, values).tobytes()


def signed(kernel, values, multipliers, increments):
    return list(array("I", kernel.sign(pack("Q", values), pack("I", multipliers), pack("I", increments))))


def permutations(size, seed=0):
    chance = random.Random(seed)
    return [[chance.getrandbits(32) for _ in range(size)] for _ in "ab"]


SHINGLES = st.lists(st.integers(0, 2**64 - 1), max_size=20)


@given(SHINGLES, st.integers(0, 150), st.integers(0, 9))
@settings(deadline=None)
def test_a_signature_is_the_least_of_each_permutation(values, size, seed):
    """Value i is the minimum of a[i] * fmix32(high half) + b[i] over the shingles, and all ones without any."""
    kernels = [kernel for kernel in (reference, _native) if kernel]
    pairs = list(zip(*permutations(size, seed), strict=True))
    expected = [min([(a * fmix32(v >> 32) + b) % 2**32 for v in values], default=2**32 - 1) for a, b in pairs]
    for kernel in kernels:
        assert signed(kernel, values, *permutations(size, seed)) == expected


@pytest.mark.parametrize("size", [1, 63, 64, 65, 100, 128, 200])
def test_any_number_of_permutations(kernel, size):
    """A signature has the length asked for, and the first permutations do not depend on the rest."""
    a, b = permutations(200)
    values = [random.Random(seed).getrandbits(64) for seed in range(50)]
    assert signed(kernel, values, a[:size], b[:size]) == signed(reference, values, a, b)[:size]


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("shingle", [b"1234567", 3]),
        ("sign", [b"1234567", b"", b""]),
        ("sign", [b"", b"123", b"123"]),
        ("sign", [b"12345678", b"1234", b""]),
    ],
    ids=["tokens", "shingles", "multipliers", "one increment missing"],
)
def test_buffers_that_are_cut_are_refused(kernel, function, arguments):
    """A buffer of the wrong length is a `ValueError`, never a guess."""
    with pytest.raises(ValueError, match=r"length|longer|shorter"):
        getattr(kernel, function)(*arguments)


# -- golden vectors: text, hashes of its tokens, hashes of its shingles of three; they never change

GOLDEN = [
    ("", [], []),
    ("The bridge reopened.", [0x6942F944DABAE466, 0x9CD13588842A98CA, 0x643FE69ACAC3AC8E], [0x3B70A8201F81E617]),
    ("Straße ﬁnal", [0xF0BC3329931B35D9, 0x441B0878F6B5C1F7], [0x9723AECEFAB6C76A]),
    ("AT&amp;T 2026", [0xA9ECC5E60913755A, 0x95668D9416CBDF76, 0xCE1BC1EC784CC1F4], [0xEF08CDA929E81EE9]),
    ("南湖 Han", [0xAF8AAF780BC8A22A, 0x8C1479DE9250C0A3, 0x15C2D4C550DE24D2], [0x6F7486366ACF0A4D]),
    ("\ud800x", [0x728784339B7E8226], [0xA6CAFD215684C22E]),
]


@pytest.mark.parametrize(("text", "tokens", "triples"), GOLDEN)
def test_golden_hashes(kernel, text, tokens, triples):
    """The hashes of a text are the same on every machine and in every release of one normaliser."""
    assert hashes(kernel, text) == tokens
    assert shingles(kernel, tokens, 3) == triples


def test_golden_signature(kernel):
    """So is a signature."""
    values = shingles(kernel, hashes(kernel, "to be or not to be"), 3)
    assert signed(kernel, values, [1, 3, 5, 7, 9], [0, 1, 2, 3, 4]) == [
        0xACEEBC94, 0x06CC35BD, 0x60A9AEE6, 0x1297F7A6, 0x1464A138,
    ]  # fmt: skip


# -- which kernel, which instructions


def run(code, **environment):
    """Run Python code in a process of its own; returns `(status, output, errors)`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEDUP_")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=kept | environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.strip(), done.stderr


DIGEST = """
from array import array
from hashlib import sha256
from random import Random
from dedup import _kernel
chance, digest = Random(4), sha256()
for size in (1, 7, 16, 63, 64, 65, 128, 200):
    for count in (0, 1, 2, 33, 400):
        values = array("Q", [chance.getrandbits(64) for _ in range(count)])
        a, b = (array("I", [chance.getrandbits(32) for _ in range(size)]) for _ in "ab")
        digest.update(_kernel.sign(values.tobytes(), a.tobytes(), b.tobytes()))
tokens = [chance.randbytes(size) for size in range(70)]
for scheme, width in (("affine32", 4), ("affine64", 8), ("legacy", 8)):
    a, b = chance.randbytes(40 * width), chance.randbytes(40 * width)
    digest.update(_kernel.sign_tokens(tokens, scheme, a, b))
a, b = chance.randbytes(512), chance.randbytes(512)
minima, sets, _ = zip(*_kernel.sketch(["The bridge reopened on Monday. " * 9, "short", ""], 3, a, b, True, tuple, 0))
digest.update(b"".join(minima))
digest.update(array("i", [-1 if each is None else len(each) // 4 for each in sets]).tobytes())
digest.update(b"".join(each or b"" for each in sets))
told = b"by the author of this and by others who wrote as the author of those and by the way"
hashes, *_ = _kernel.tokenize(told, True)
words = [hashes[at:at + 8] for at in range(0, len(hashes), 8)]
runs = [b"".join(words[at:at + width]) for width in (1, 2, 3) for at in (0, 1, 2, 7, 8)]
seeds = array("Q", [number for run in runs for number in (
    *array("Q", _kernel.shingle(run, len(run) // 8)), len(run) // 8, 0, runs.index(run))])
scanner = _kernel.Scanner(seeds.tobytes(), array("I", [1]).tobytes(), b"", b"", [])
texts = [" ".join(["and by the author of this"] * count + ["way"] * more) for count in range(5) for more in range(9)]
digest.update(repr(scanner.scan(texts)).encode())
print(_kernel.simd, digest.hexdigest())
"""


@twins
@pytest.mark.parametrize("level", _native.SIMD_LEVELS if _native else [])
def test_every_instruction_set_gives_the_same(level):
    """Whatever the level `DEDUP_SIMD` forces, signatures and sightings are those of the reference kernel's."""
    name, digest = run(DIGEST, DEDUP_SIMD=level, DEDUP_KERNEL="native")[1].split()
    assert name == level
    assert digest == run(DIGEST, DEDUP_KERNEL="reference")[1].split()[1]


@twins
def test_an_unknown_instruction_set_is_an_error():
    """A wrong `DEDUP_SIMD` stops the import and names what this machine can run."""
    status, _, errors = run("import dedup._kernel", DEDUP_SIMD="avx9")
    assert status == 1
    assert f"DEDUP_SIMD is 'avx9'; this machine can run {', '.join(_native.SIMD_LEVELS)}" in errors


def test_an_unknown_kernel_is_an_error():
    """A wrong `DEDUP_KERNEL` stops the import and names what there is."""
    status, _, errors = run("import dedup._kernel", DEDUP_KERNEL="fast")
    assert status == 1
    assert "DEDUP_KERNEL is 'fast'; it is native or reference" in errors


BACKEND = "import dedup, dedup._kernel; print(dedup.backend, dedup._kernel.simd)"
MISSING = "import sys; sys.modules['dedup._kernel._native'] = None\n"
BROKEN = """
import sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "dedup._kernel._native":
            raise {error}
sys.meta_path.insert(0, Finder())
"""


def test_the_reference_kernel_can_be_forced():
    """`DEDUP_KERNEL=reference` takes it even when the native one is there."""
    assert run(BACKEND, DEDUP_KERNEL="reference")[:2] == (0, "reference none")


@twins
def test_the_native_kernel_is_the_default():
    """The native kernel is used when it is built, with the best instructions, unless told otherwise."""
    assert run(BACKEND)[:2] == (0, f"native {_native.SIMD_LEVELS[-1]}")


def test_without_the_native_kernel_the_reference_steps_in():
    """A missing native kernel is no error and gives no warning."""
    assert run(MISSING + BACKEND) == (0, "reference none", "")


def test_a_native_kernel_that_was_asked_for_must_be_there():
    """`DEDUP_KERNEL=native` never falls back."""
    status, output, errors = run(MISSING + BACKEND, DEDUP_KERNEL="native")
    assert (status, output) == (1, "")
    assert "ModuleNotFoundError" in errors


@pytest.mark.parametrize(
    "error",
    ["ImportError('undefined symbol')", "ModuleNotFoundError('No module', name='other')"],
    ids=["linking", "import"],
)
def test_a_broken_native_kernel_is_an_error(error):
    """A native kernel that is there but does not load is never replaced in silence."""
    status, output, errors = run(BROKEN.format(error=error) + BACKEND)
    assert (status, output) == (1, "")
    assert error.split("'")[1] in errors


# -- texts to signatures in one call

PLAIN = "abcdefgXYZ 0129.,-\n\t"
COMMON = st.text(alphabet=PLAIN + "“”’–…&;é\u00a0漢", max_size=300)


@twins
@given(st.lists(COMMON | st.text(max_size=100) | st.binary(max_size=100), max_size=4), st.integers(1, 4), st.booleans())
@settings(max_examples=300, deadline=None)
def test_sketching_is_the_same_in_both_kernels(texts, width, entities):
    """Texts give the same minima and sets from both kernels, whatever plain and odd stretches they are made of."""
    numbers = [array("I", [random.Random(seed).getrandbits(32) for _ in range(10)]).tobytes() for seed in (1, 2)]
    kernels = _native, reference
    one, other = (each.sketch(texts, width, *numbers, entities, tuple, width) for each in kernels)
    assert one == other


SCRIPTS = "абвйЁЯابتِـ،؟எழுத்து।中文。，々ー한국ㅎéüßŁﬁ½²Ⅷไทยລາ\u00ad\u200b\ufe0f\u0301𝐀𠀀🙂"


@twins
@given(
    st.lists(st.sampled_from(SCRIPTS) | st.sampled_from(["ab9", " ", "\r\n", ". ", "&amp;", "&#233;x"]), max_size=80),
    st.booleans(),
)
@settings(max_examples=500, deadline=None)
def test_words_of_every_script_are_the_same_in_both_kernels(pieces, entities):
    """Runs of any script, and changes from one to the next in the middle of a word, give the same tokens."""
    data = "".join(pieces).encode()
    assert _native.tokenize(data, entities) == reference.tokenize(data, entities)
    numbers = bytes(4), bytes(4)
    one, other = (each.sketch([data], 1, *numbers, entities, tuple, 0) for each in (_native, reference))
    assert one == other


@twins
@given(st.lists(st.text(alphabet=PLAIN, min_size=50, max_size=100), min_size=1, max_size=4), st.integers(0, 70))
@settings(max_examples=300, deadline=None)
def test_plain_text_reads_the_same_wherever_it_lies(parts, shift):
    """Words may begin and end anywhere in the stripes in which plain text is read."""
    text = (" " * shift + "“é&amp;".join(parts)).encode()
    for entities in (False, True):
        assert _native.tokenize(text, entities) == reference.tokenize(text, entities)


@twins
@given(st.lists(st.binary(max_size=150), max_size=9), st.sampled_from(["affine32", "affine64", "legacy"]))
@settings(max_examples=200, deadline=None)
def test_foreign_schemes_are_the_same_in_both_kernels(tokens, scheme):
    """Tokens give the same minima from both kernels under every scheme of datasketch."""
    draw = random.Random(3).randbytes
    numbers = [draw(5 * (4 if scheme == "affine32" else 8)) for _ in range(2)]
    assert _native.sign_tokens(tokens, scheme, *numbers) == reference.sign_tokens(tokens, scheme, *numbers)


def test_sketch_is_tokenize_shingle_and_sign(kernel):
    """One call does what the three steps do."""
    numbers = [random.Random(seed).randbytes(40) for seed in (1, 2)]
    text = b"To be, or not to be: that is the question."
    ((signature, small, scheme),) = kernel.sketch([text], 3, *numbers, True, tuple, "scheme")
    assert signature == kernel.sign(kernel.shingle(kernel.tokenize(text, True)[0], 3), *numbers)
    assert (len(small) // 4, scheme) == (8, "scheme")
    with pytest.raises(TypeError, match="kind is not a tuple type"):
        kernel.sketch([text], 3, *numbers, True, list, "scheme")


def test_tokens_are_bytes(kernel):
    """A token that is text is refused: how to encode it is the caller's to say."""
    with pytest.raises(TypeError, match="a token is not bytes; encode it first"):
        kernel.sign_tokens([b"a", "b"], "affine32", bytes(4), bytes(4))


def test_an_unknown_scheme_is_named(kernel):
    """A scheme that is none is a `ValueError` that lists the schemes."""
    with pytest.raises(ValueError, match="scheme is 'md5'; it is affine32, affine64 or legacy"):
        kernel.sign_tokens([b"a"], "md5", bytes(8), bytes(8))


# -- the binary

SOURCES = Path(__file__).parents[1] / "src" / "dedup" / "_kernel"


@twins
def test_the_extension_is_small_and_loads_nothing_else():
    """The native kernel stays under 500 KB; loading it brings in nothing slow, not even `typing` or `dataclasses`."""
    assert Path(_native.__file__).stat().st_size < 500_000
    loaded = run("import sys, dedup._kernel; print(*sys.modules)")[1].split()
    assert not {"typing", "dataclasses", "inspect", "numpy"} & {*loaded}


@twins
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="instruction sets of x86")
@pytest.mark.skipif(shutil.which("c++") is None or shutil.which("objdump") is None, reason="needs c++ and objdump")
def test_wide_vectors_stay_in_the_functions_chosen_at_run_time(tmp_path):
    """No function but those of the named levels touches a register that every x86-64 machine may lack."""
    (tmp_path / "unicode_tables.hpp").write_text(unicode.header(), "ascii")
    found = set()
    for source in sorted(SOURCES.glob("*.cpp")):
        target = tmp_path / f"{source.stem}.o"
        command = ["c++", "-std=c++20", "-O3", f"-I{SOURCES}", f"-I{tmp_path}", "-c", str(source), "-o", str(target)]
        subprocess.run(command, check=True)
        listing = subprocess.run(["objdump", "-dC", str(target)], capture_output=True, text=True, check=True).stdout
        for function in re.split(r"\n\n", listing):
            if re.search(r"%[yz]mm", function):
                found.add(re.search(r"<(.*)>:", function)[1])
    assert found
    assert not {name for name in found if not re.search(r"_v[34]\b", name)}
