"""an id -> the text of that item of feed.jsonl."""

import json
import sys
from pathlib import Path

with Path(__file__).with_name("feed.jsonl").open(encoding="utf-8") as feed:
    items = {item["id"]: item["text"] for item in map(json.loads, feed)}
sys.stdout.write(items[sys.argv[1]])
