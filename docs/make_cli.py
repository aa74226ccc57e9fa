"""`dedup --help` of every verb -> docs/cli.md."""

import contextlib
import io
import os
from pathlib import Path

from dedup.arguments import VERBS, build_parser

PAGE = Path(__file__).with_name("cli.md")
HEAD = """\
# Commands

Written by `make docs` from `--help`. Standard output carries data only; standard error carries one summary line.
[What is read](input.md) tells formats, fields and what becomes of lines that cannot be read; [what is
written](output.md) tells the members that are added, figures and ledgers; [the store](store.md) how a run goes on.

`clean`, `filter` and `cluster` work with as many processes as there are cores for this one, counting what a container's
quota pays for; `--workers N` says how many, up to four for each core: more would only wait for each other.

Completion of verbs and options: `dedup --completion bash > ~/.local/share/bash-completion/completions/dedup` (or `zsh`,
`tcsh`; needs `syndedup[completion]`).
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
