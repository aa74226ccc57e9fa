"""`dedup --help` of every verb -> docs/cli.md."""

import contextlib
import io
import os
from pathlib import Path

from dedup.cli import build_parser

PAGE = Path(__file__).with_name("cli.md")
VERBS = ("clean", "filter", "compare", "learn")
HEAD = """\
# Commands

Written by `make docs` from `--help`. Standard output carries data only; standard error carries one summary line.
Lines of JSONL are recognised by a first `{`; their fields are found by the usual names (`id|url|guid|link`,
`text|body|content`, `title|headline`, `source|domain|publisher|site`, `time|published|date|timestamp|created`).
A line that cannot be read is passed on unchanged, counted, and makes the exit status 2.
"""


def page() -> str:
    """Return the text of docs/cli.md."""
    os.environ["COLUMNS"] = "100"
    parts = [HEAD]
    for arguments in ([], *([verb] for verb in VERBS)):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
            build_parser().parse_args([*arguments, "--help"])
        name = " ".join(["dedup", *arguments])
        parts.append(f"## {name}\n\n```text\n{out.getvalue()}```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
