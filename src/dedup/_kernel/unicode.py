"""code point -> class and folded form: reads `unicode.txt`, rewrites it, and turns it into C++ tables.

`unicode.txt` is data under version control, so every Python and every build folds text alike, whatever
Unicode version the interpreter carries. `python unicode.py --update` rewrites it from the newest
database at hand (the `unicodedata2` package when installed); `python unicode.py --header` prints the
tables and the HTML entities for the native kernel (the build calls this).
"""

import html
import sys
from collections.abc import Iterable, Iterator, Sequence
from html.entities import html5
from pathlib import Path
from types import ModuleType

DATA = Path(__file__).with_name("unicode.txt")

# class letters of unicode.txt, in the order of the C++ enum; "-" is everything that is not listed
CLASSES = "-islmudcn.!"
MEANING = """\
  i ignored inside words (format characters, soft hyphens, variation selectors, tatweel)
  s white space    n line break
  l letter    u capital letter    m mark    d digit or number
  c letter that is a token of its own (Han, Kana, Hangul, Thai, Lao, Khmer, Myanmar)
  . sentence end when white space follows    ! sentence end at once"""

OWN_TOKEN = (
    "CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HALFWIDTH KATAKANA",
    "HANGUL", "HALFWIDTH HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "BOPOMOFO", "TANGUT", "YI SYLLABLE",
)  # fmt: skip
JOINED_JAMO = ("HANGUL JUNGSEONG", "HANGUL JONGSEONG")
IGNORED = {0x034F, 0x0640, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180F, 0x3164, 0xFFA0}
IGNORED |= {*range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}
BREAKS = {0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029}
STOPS = set(".!?…‼⁇⁈⁉")
WIDE_STOPS = set("。！？｡।॥۔؟።។။")
FRACTION_SLASH = "\u2044"  # kept where a fraction folds, so that "2½" is not "212"
HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)
DIRECT = 0x1400  # the alphabets from Latin to Ethiopic


def load(path: Path = DATA) -> tuple[str, dict[int, str], dict[int, str]]:
    """Return `(version, classes, folded)`: two dicts keyed by code point, values a class letter and a `str`."""
    version = ""
    classes: dict[int, str] = {}
    folded: dict[int, str] = {}
    for line in path.read_text("ascii").splitlines():
        if line.startswith("# unicode "):
            version = line.split()[2]
        if not line or line.startswith("#"):
            continue
        points, letter, *form = line.split()
        left, _, right = points.partition("-")
        first, last = int(left, 16), int(right or left, 16)
        classes.update(dict.fromkeys(range(first, last + 1), letter))
        if form and form[0] == "+":
            folded.update((point, chr(point + int(form[1], 16))) for point in range(first, last + 1))
        elif form:
            folded[first] = "".join(chr(int(part, 16)) for part in form)
    return version, classes, folded


def decompose_hangul(point: int) -> str:
    """Return the jamo of a precomposed Hangul syllable (The Unicode Standard, section 3.12)."""
    index = point - HANGUL_SYLLABLES.start
    jamo = chr(0x1100 + index // 588) + chr(0x1161 + index % 588 // 28)
    return jamo + chr(0x11A7 + index % 28) if index % 28 else jamo


def entities() -> dict[str, int]:
    """Return the HTML named references that stand for one code point, as `{name: code point}`."""
    return {name[:-1]: ord(text) for name, text in html5.items() if name.endswith(";") and len(text) == 1}


def numeric_references() -> list[int]:
    """Return what HTML makes of the character references 128-159, as 32 code points."""
    return [ord(html.unescape(f"&#{number};")) for number in range(128, 160)]


def _classify(point: int, database: ModuleType) -> str:
    character = chr(point)
    category = database.category(character)
    name = database.name(character, "")
    if point in IGNORED or category == "Cf":
        return "i"
    if point in BREAKS:
        return "n"
    if character in STOPS:
        return "."
    if character in WIDE_STOPS:
        return "!"
    if category[0] == "Z" or character == "\t":
        return "s"
    if category[0] == "M" or name.startswith(JOINED_JAMO):
        return "m"
    if category == "Nd":
        return "d"
    if category[0] in "LN" and (point in HANGUL_SYLLABLES or name.startswith(OWN_TOKEN)):
        return "c"
    if category[0] == "N":
        return "d"
    return {"Lu": "u", "Lt": "u"}.get(category, "l") if category[0] == "L" else "-"


def _fold(point: int, classes: dict[int, str], database: ModuleType) -> str:
    character = chr(point)
    if classes[point] == "d" and database.category(character) == "Nd":
        return str(database.decimal(character))
    folded = character
    for _ in range(3):
        folded = database.normalize("NFKD", database.normalize("NFKD", folded).casefold())
    return "".join(each for each in folded if classes.get(ord(each), "-") in "lumdc" or each == FRACTION_SLASH)


def _lines(database: ModuleType) -> Iterator[str]:
    """Yield the entries of unicode.txt; neighbours with one class and one shift share an entry."""
    classes = {point: _classify(point, database) for point in range(0x110000) if not 0xD800 <= point < 0xE000}
    entries: list[tuple[int, int, str, int | str]] = []
    for point, letter in classes.items():
        form = chr(point)
        if letter in "lumdc" and point not in HANGUL_SYLLABLES:
            form = _fold(point, classes, database)
        if not form:
            letter, form = "i", chr(point)
        shift: int | str = ord(form) - point if len(form) == 1 else form
        if entries and entries[-1][1:] == (point - 1, letter, shift) and isinstance(shift, int):
            entries[-1] = (entries[-1][0], point, letter, shift)
        else:
            entries.append((point, point, letter, shift))
    for first, last, letter, shift in entries:
        if letter == "-":
            continue
        points = f"{first:X}" if first == last else f"{first:X}-{last:X}"
        if isinstance(shift, str):
            yield f"{points} {letter} " + " ".join(f"{ord(each):X}" for each in shift)
        else:
            yield f"{points} {letter}" + (f" + {shift:X}" if shift else "")


def update() -> None:
    """Rewrite unicode.txt from `unicodedata2` when installed, else from the interpreter's own database."""
    try:
        import unicodedata2 as database
    except ImportError:
        import unicodedata as database
    head = f"# unicode {database.unidata_version}\n# class and folded form (case, compatibility, decimal digits)\n"
    head += "".join(f"# {line.strip()}\n" for line in MEANING.splitlines())
    DATA.write_text(head + "\n".join(_lines(database)) + "\n", "ascii")


def header() -> str:
    """Return the C++ tables: class and fold of every character, the pool of folded forms, the entities.

    Characters below DIRECT are looked up in one step, the others in three (The Unicode Standard, section 5.1).
    """
    version, classes, folded = load()
    pool = bytearray(8)
    offsets: dict[str, int] = {}
    cells = [0] * 0x110000
    for point, letter in classes.items():
        form = folded.get(point)
        if form is not None and form not in offsets:
            offsets[form] = len(pool) // 8
            data = form.encode("utf-8")
            pool += bytes([len(data)]) + data
            pool += bytes(-len(pool) % 8)
        cells[point] = CLASSES.index(letter) | (offsets[form] << 4 if form is not None else 0)
    stage2, stage3 = _tiled(cells, 16)
    stage1, stage2 = _tiled(stage2, 32)
    names = sorted(entities().items())
    starts: list[int] = []
    text = ""
    for name, _ in names:
        starts.append(len(text))
        text += name
    starts.append(len(text))
    parts = [
        f'inline constexpr char unicode_version[] = "{version}";',
        _array("std::uint16_t", "direct", cells[:DIRECT]),
        _array("std::uint8_t", "stage1", stage1),
        _array("std::uint16_t", "stage2", stage2),
        _array("std::uint16_t", "stage3", stage3),
        _array("unsigned char", "pool", pool + bytes(8)),  # which can be read eight bytes at a time
        f'inline constexpr char entity_names[] =\n"{text}";',
        _array("std::uint16_t", "entity_starts", starts),
        _array("std::uint32_t", "entity_points", [point for _, point in names]),
        _array("std::uint32_t", "numeric_references", numeric_references()),
    ]
    head = "// made by unicode.py\n#pragma once\n#include <cstdint>\nnamespace dedup::tables {\n"
    return head + "\n".join(parts) + "\n}\n"


def _tiled(values: Sequence[int], size: int) -> tuple[list[int], list[int]]:
    """Return the number of each tile of `size` values, and the distinct tiles in a row."""
    tiles: dict[tuple[int, ...], int] = {}
    numbers = [
        tiles.setdefault(tuple(values[first : first + size]), len(tiles)) for first in range(0, len(values), size)
    ]
    return numbers, [value for tile in tiles for value in tile]


def _array(kind: str, name: str, values: Iterable[int]) -> str:
    body = ",".join(map(str, values))
    return f"inline constexpr {kind} {name}[] = {{{body}}};"


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        update()
    else:
        sys.stdout.write(header())
