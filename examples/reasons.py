"""marked JSONL on standard input -> one line of words per related document."""

import json
import sys

for line in sys.stdin:
    document = json.loads(line)
    verdict = document["dedup"]
    if verdict["relation"] is None:
        continue
    fate = "drop" if verdict["duplicate"] else "keep"
    numbers = f"resemblance {verdict['resemblance']:.2f}, containment {verdict['containment']:.2f}"
    lost = f", lost facts: {', '.join(verdict['lost'][:3])}" if verdict["lost"] else ""
    print(f"{fate}  {document['id']} {verdict['relation']:<9} of {verdict['id']}  {numbers}{lost}")
