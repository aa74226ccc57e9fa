"""What several tests read: the examples of the project, and texts that everybody uses."""

from datetime import UTC, datetime
from pathlib import Path

EXAMPLES = Path(__file__).parents[1] / "examples"
SEED, FEED = EXAMPLES / "menafn-ein.txt", EXAMPLES / "feed.jsonl"
SEED_TEXT = SEED.read_bytes()
FEED_LINES = FEED.read_bytes().splitlines(keepends=True)
FIRST = SEED_TEXT.index(b"Legal Disclaimer:")
SECOND = SEED_TEXT.index(b"Legal Disclaimer:", FIRST + 1)
BODY, MENAFN, EIN = SEED_TEXT[:FIRST], SEED_TEXT[FIRST:SECOND], SEED_TEXT[SECOND:]
BRIDGE = "The harbour bridge reopened on Monday after two weeks of repairs, the city said."
FERRY = "A night ferry between the two islands will start in May, its owner announced on Friday."
EMPTY = [b'{"text":""}\n', b'{"text":" \\n"}\n', b'{"text":null}\n', b'{"text":"..."}\n']  # of words
WORDS = [b'{"text":"one"}\n', b'{"text":"two"}\n', b'{"text":"One."}\n']
POOL = [  # lines of JSONL, some of which are none
    *FEED_LINES[:12],
    b"\n",
    b" \r\n",
    b"{oops\n",
    b"[1]\n",
    b'{"text":null}\n',
    b'{"text":"\xff"}\n',
    *WORDS,
    *EMPTY,
]
LONG = f"{BRIDGE} {FERRY} The museum in the old mill will close in June, and its boats will be sold at auction."
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
