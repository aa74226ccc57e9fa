"""a parser -> the same with options that several verbs take."""

from argparse import ArgumentParser

from dedup.records.fields import FIELDS


def add_preset(parser: ArgumentParser) -> None:
    """Add what says when a document counts as a duplicate."""
    parser.add_argument(
        "--preset",
        choices=["strict", "balanced", "loose"],
        default="balanced",
        help="what counts as a duplicate: strict loses less and keeps more copies, loose drops more and some stories "
        "with them (default: balanced)",
    )


def add_settings(parser: ArgumentParser) -> None:
    """Add what says which documents are found and which count as duplicates."""
    add_preset(parser)
    parser.add_argument(
        "--retrieval",
        choices=["sparing", "balanced", "thorough"],
        default="balanced",
        help="what is found: sparing takes less memory and misses more short texts and excerpts, thorough takes more "
        "and misses fewer (default: balanced)",
    )


def add_workers(parser: ArgumentParser) -> None:
    """Add how many processes do the work."""
    parser.add_argument(
        "--workers",
        metavar="N",
        type=int,
        help="work with N processes, at most 4 for each core this one may use, which changes no answer (default: one "
        "for each)",
    )


def add_rules(parser: ArgumentParser) -> None:
    """Add the templates that come on top of the built-in ones."""
    parser.add_argument("--rules", metavar="FILE", help="also use the templates of FILE, such as `dedup learn` writes")


def add_ledger(parser: ArgumentParser) -> None:
    """Add what notes all that is taken out, and what puts it back."""
    parser.add_argument("--ledger", metavar="FILE", help="note in FILE all that is taken out, so that it can be undone")
    parser.add_argument("--undo", metavar="LEDGER", help="read the output of a run with --ledger, write its input")


def add_input(parser: ArgumentParser) -> None:
    """Add the files that are read, and what is in them."""
    parser.add_argument("files", metavar="FILE", nargs="*", default=["-"], help="input; standard input when none")
    shape = parser.add_argument_group("text instead of JSONL").add_mutually_exclusive_group()
    for *names, value, help in (
        ("--lines", "lines", "each line is a document (the default, but in clean)"),
        ("-z", "--null-data", "null", "documents end in a NUL byte, not in a line end"),
        ("--whole", "whole", "each file is a document (the default in clean)"),
    ):
        shape.add_argument(*names, dest="shape", action="store_const", const=value, help=help)
    group = parser.add_argument_group("JSONL fields (found by their usual names unless given)")
    for field in FIELDS:
        usual = ", ".join(FIELDS[field])
        group.add_argument(f"--{field}", metavar="NAME", help=f"the field that holds the {field} (usual: {usual})")


def add_output(parser: ArgumentParser, *, line_buffered: bool = False) -> None:
    """Add where things go."""
    group = parser.add_argument_group("output")
    group.add_argument("-o", "--output", metavar="FILE", default="-", help="write to FILE, not to standard output")
    if line_buffered:
        group.add_argument("--line-buffered", action="store_true", help="answer each line at once, for live pipes")
    group.add_argument("--stats", metavar="FILE", help="write the figures of the summary to FILE, as JSON")
    group.add_argument("--strict", action="store_true", help="stop at the first line that cannot be read")
    group.add_argument("--rejects", metavar="FILE", help="put lines that cannot be read into FILE")
