"""how a file begins -> an error that says what it is and what to make of it, when it is no text in UTF-8."""

import json
import re

from dedup.document import DedupError
from dedup.records.member import BOM

MARKS = {"UTF-32": (b"\xff\xfe\0\0", b"\0\0\xfe\xff"), "UTF-16": (b"\xff\xfe", b"\xfe\xff")}
TABLES = {".csv": "--icsv", ".tsv": "--itsv"}  # what tells Miller of them
OF_OBJECTS = re.compile(rb'\[\s*\{\s*(?:\}|"(?:[^"\\\x00-\x1f]|\\.)*+"\s*:)')
OF_OTHERS = 1 << 20  # bytes of valid JSON that make an array of other things
WORDS = ("true", "false", "null", "-")


def check_encoding(name: str, head: bytes) -> None:
    """Raise `DedupError` when a file begins with the mark of an encoding that is not UTF-8."""
    for encoding, marks in MARKS.items():
        if head.startswith(marks):
            raise DedupError(f"{name}: {encoding}; make UTF-8 of it: iconv -f {encoding} -t UTF-8")


def check_text(name: str, *, array: bool) -> None:
    """Raise `DedupError` when a file is a table by its name, or a JSON `array`, and not the text it would pass as."""
    suffix = name.removesuffix(".gz").removesuffix(".zst")[-4:].lower()
    if array or suffix in TABLES:
        what, how = ("a JSON array", "jq -c '.[]'") if array else ("a table", f"mlr {TABLES[suffix]} --ojsonl cat")
        raise DedupError(
            f"{name}: {what}, not text; make JSONL of it: {how}; or pass --lines or --whole to take it as text"
        )


def is_array(head: bytes, *, ended: bool) -> bool | None:
    """Return whether a file that begins so, or is that, is a JSON array; None when more of it must be seen.

    Text that only begins with a bracket is none. An array of objects is known by the name of the first member,
    whatever follows; for any other, all must be JSON.

    >>> [is_array(head, ended=False) for head in (b'[{"text": "one"', b"[Reuters] A bridge", b"[", b"[1]")]
    [True, False, None, None]
    """
    start = head.removeprefix(BOM).lstrip()
    if not start.startswith(b"["):
        return False
    if OF_OBJECTS.match(start):
        return True
    text = start.decode("utf-8", "ignore")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        if ended or not _is_cut(text[error.pos :], error.msg):
            return False
    except (ValueError, RecursionError):
        return False
    return True if ended or len(head) > OF_OTHERS else None


def _is_cut(rest: str, message: str) -> bool:
    """Return whether what `json` says of the rest of a text may come of its not being all there."""
    words = not rest.strip() or any(word.startswith(rest) for word in WORDS)
    return words or message.startswith("Unterminated string") or ("escape" in message and len(rest) < 6)
