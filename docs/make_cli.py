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
Lines of JSONL are recognised by a first `{`; their fields are found by the usual names (`id|url|guid|link`,
`text|body|content|articleBody`, `title|headline`, `source|domain|publisher|site`, and for the time `time`, `published`,
`date`, `timestamp`, `created`, `publishedAt`, `published_at`, `datePublished`, `pubDate` and `created_at`).
Of several names of a field the first that says something counts. Objects and arrays are not looked into: a field that
holds one brings a hint, as does a `--window` where nothing has a time.
A byte order mark before a line of JSONL is passed over, and stays.
Of a packed file that is damaged or cut short all is read that can be, then the run ends with an error; what stands
behind the end of a `.gz` file is passed over, as by `gzip`, with a warning and exit status 2, and behind that of a
`.zst` file it is such damage, as to `zstd`.
A line that cannot be read is passed on unchanged (with `--rejects`, put aside), counted, and makes the exit status 2.
So is a time that cannot be read, where times matter: with `--window`, or when `--time` names the field. It counts as now,
like that of a line without one. Where times matter, the summary tells the first and the last that was read, as
`times 2026-03-02 to 2026-03-09`: whether they were read as they are meant shows there (and always in `--stats`, as
`first_time` and `last_time`). A field that was named and that no line has brings a hint.

| input | known by | needs | comes out as |
|---|---|---|---|
| JSONL | `{` | | the line, byte for byte |
| text | anything else | | the line, or with `-z` the text between NULs; of whole files `filter` writes the names |
| Parquet, Arrow | `PAR1`, `ARROW1`, or as an Arrow stream | `syndedup[parquet]` | JSONL, or rows with all their columns when `-o` or `-D` of `clean` or `filter` ends in `.parquet` |
| WARC, WET | `WARC/` | `syndedup[warc]` | JSONL; of pages the main text |
| RSS, Atom | `<?xml`, `<rss`, `<feed` | `syndedup[feeds]` | JSONL; the text without markup |

A row is read as the line of JSONL that stands for it. In columns that may be fields, bytes that are UTF-8 are text; other
bytes are base64 in JSONL.

Tables (`.csv`, `.tsv`) and JSON arrays are neither JSONL nor text: they are refused, with what makes JSONL of them, unless
`--lines`, `-z` or `--whole` says that text is meant. So is UTF-16, in any case: text is UTF-8. Other bytes pass, and are
told of.

A ledger (`--ledger`) is JSONL: a first line `{"ledger": 1, "verb": ..., "end": ...}`, then one object for each line of the
input that was dropped (`dropped`: the line, and the match it was dropped for) or changed (`removed`: the spans, with
their text, template and reason), and a last one; each has the `sum` of the output up to there. `--undo` puts all of it
back, and stops where the output is not the one of that run. It is an option and no verb of its own, because it is the
same run read backwards: its output in, its input out (of Parquet, Arrow, WARC and feeds, the JSONL that stands for it).

```console
$ dedup filter --ledger drops.jsonl examples/feed.jsonl > kept.jsonl
$ dedup filter --undo drops.jsonl kept.jsonl | cmp - examples/feed.jsonl
```

A store (`dedup filter --store FILE`) holds what is remembered, and how far the last run came: after which line of its
input, and up to where its outputs were written. The two are committed together, about once a megabyte, or with
`--line-buffered` after each line. So, whatever stopped a run, the same command goes on after that line:

```console
$ dedup filter examples/feed.jsonl --store seen --window 7d -D dropped.jsonl >> kept.jsonl
```

- Outputs that are files (`>>`, `-o`, `-D`, `--ledger`, `--rejects`; also packed) are cut back to what was committed,
  so that all runs together wrote what one would have. Use `>>`: as `>` empties the file first, it is refused.
- What went into a pipe cannot be taken back: lines written since the last commit come again. None is lost. A file is
  refused as the output after a pipe that something went into: it would lack that.
- The same command on the same input again changes nothing, and a file that has grown is gone on with: the lines up to
  where the earlier run stopped are read and compared with what it read there, by a digest of all of them. Where any is
  another, the input is a new one, of which every line is answered (and `-o` begun anew: `>>` keeps what was there). What
  the earlier run answered and is still there comes as exact copies. While a run is not done, an input that begins as
  its own did and has changed since is refused: pass the old one, another store, or `--afresh`.
- A file or pipe that begins with another line is a new input in any case; so with `tail -f feed.jsonl | dedup filter
  --store seen >> kept.jsonl`. What such a pipe had sent and nobody had answered when a run was killed is gone. Of a pipe
  after a run that was done, the lines to compare are held in memory.
- Another command is another run, once the last has come to its end; it drops what any run before it has met.
- A document without an id is called by the number of its line, `#12`, and in a store by what stands there too,
  `#12:9f86d081884c7d65`: an input does not make it forget the one before. One with the id of an earlier document is
  called by both, `a1#12` (`a1#12:9f86d081884c7d65`), and counted in the summary; an exact copy keeps its id.
- `--afresh` forgets all that the store remembers, and how far any run came: every line is answered as by a new store.
  That is the way out when an output was lost, or when the settings or rules of a store are to change.
- A store is opened only with the rules it was made with, and by a version of dedup with the same templates: what is in
  it was cleaned by those, and texts that were cleaned in two ways cannot be compared. The changelog tells which
  releases change templates. To go on with another, keep the last window of the feed, and filter that into a new store
  before what is new.

`clean`, `filter` and `cluster` work with as many processes as there are cores for this one, counting what a container's
quota pays for; `--workers N` says how many, up to four for each core: more would only wait for each other.

No file is used twice: an output that is also an input, the store, a file of rules or another output is refused before
anything is opened, and so is an input that is not there. Of several texts that `clean` writes behind each other, each
is ended by a line end before the next; the last, or the only one, keeps its bytes. Parquet comes to its name when it is
whole: until then, and for good when the run failed, was interrupted or stopped by `--strict`, it is `FILE.new`, and a
`FILE` that was there stays.

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
