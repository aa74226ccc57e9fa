"""arguments and streams -> one library call per verb: the `dedup` command."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from dedup import __version__

DESCRIPTION = """\
Find boilerplate and near-duplicates in syndicated text. Reads standard input when no FILE (or "-") is given;
writes data to standard output and one summary line to standard error. JSONL, Parquet, Arrow, WARC, RSS and Atom are
recognised by how they begin; names that end in .gz or .zst are packed and unpacked."""
EXIT = "exit status: 0 done; 1 only from compare, when not a duplicate; 2 any error, also a bad line; 130 interrupted"


class _Version(argparse.Action):
    """Prints the version with the kernel in use, which is loaded only then."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from dedup import _kernel

        print(
            f"dedup {__version__} ({_kernel.backend} kernel, SIMD {_kernel.simd}, Unicode {_kernel.unicode_version()})"
        )
        parser.exit()


class _Completion(argparse.Action):
    """Prints what a shell needs to complete the command; made only then."""

    def __call__(self, parser: argparse.ArgumentParser, _: object, shell: Any, *__: object) -> None:
        try:
            import shtab
        except ModuleNotFoundError:
            parser.error("--completion needs shtab: pip install 'syndedup[completion]'")
        print(shtab.complete(parser, shell))
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = argparse.ArgumentParser(prog="dedup", description=DESCRIPTION, epilog=EXIT)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version, the kernel and the SIMD level")
    parser.add_argument(
        "--completion",
        action=_Completion,
        metavar="SHELL",
        choices=["bash", "zsh", "tcsh"],
        help="print what bash, zsh or tcsh needs to complete the command",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for add in (_add_clean, _add_filter, _add_cluster, _add_compare, _add_learn, _add_report):
        add(verbs)
    return parser


def _add_clean(verbs: Any) -> None:
    parser = verbs.add_parser(
        "clean",
        help="take boilerplate out of texts",
        description="Write each text without its boilerplate. JSONL stays JSONL, in which only the text changes; of "
        "text each file is a document.",
        epilog="In Python: dedup.Cleaner().clean(text)",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--annotate", action="store_true", help="leave the text and list the spans, as JSON")
    how.add_argument("--explain", action="store_true", help="show what would be removed or kept, and why")
    how.add_argument("--diff", action="store_true", help="show the changed lines")
    _add_rules(parser)
    _add_ledger(parser)
    _add_input(parser)
    _add_output(parser, line_buffered=True)


def _add_filter(verbs: Any) -> None:
    parser = verbs.add_parser(
        "filter",
        help="drop documents whose story was seen before",
        description="Pass on the lines whose story is new, byte for byte and in order; drop exact copies, near copies "
        "and excerpts. Of text each line is a document; with --whole each file is, and the names of those to keep are "
        "written. A line that cannot be read is passed on, counted and reported.",
        epilog="In Python: dedup.Deduplicator().add(document)",
    )
    parser.add_argument("--mark", action="store_true", help='drop nothing: add a member "dedup" to every JSONL line')
    parser.add_argument("-D", "--dropped", metavar="FILE", help="write the dropped lines to FILE")
    parser.add_argument("--window", metavar="TIME", help="remember documents for so long by their time: 12h, 7d, 2w")
    parser.add_argument("--max-documents", metavar="N", type=int, help="remember at most N documents")
    parser.add_argument(
        "--store",
        metavar="FILE",
        help="remember documents in FILE, for later runs too; the same command on the same input goes on where the "
        "last run of it stopped, however it was stopped, and cuts off what was written since (append with >> or name "
        "the output with -o)",
    )
    parser.add_argument("--afresh", action="store_true", help="with --store: go on with no earlier run; begin another")
    _add_rules(parser)
    _add_ledger(parser)
    _add_input(parser)
    _add_output(parser, line_buffered=True)


def _add_cluster(verbs: Any) -> None:
    parser = verbs.add_parser(
        "cluster",
        help="group a corpus into stories",
        description="Read a whole corpus and write one JSON object per story, largest first: the first document that "
        "told it (or another: --canonical), and every other with its relation to that one. Documents without a field "
        'for the id are called by their number, "#12".',
        epilog="In Python: dedup.find_clusters(documents)",
    )
    parser.add_argument(
        "--canonical",
        metavar="WHO",
        default="earliest",
        help="the document a story stands around: earliest (the default), longest, or sources=FIRST,SECOND: that of "
        "the source named first",
    )
    _add_rules(parser)
    _add_input(parser)
    _add_output(parser)


def _add_compare(verbs: Any) -> None:
    parser = verbs.add_parser(
        "compare",
        help="tell how one text relates to another",
        description="Show the relation of text A to text B, the numbers behind it, and what they share. "
        "Exit status 1 when A is not a duplicate of B.",
        epilog="In Python: dedup.compare(a, b)",
    )
    parser.add_argument("a", metavar="A", help="a text file, or - for standard input")
    parser.add_argument("b", metavar="B", help="another text file")


def _add_learn(verbs: Any) -> None:
    parser = verbs.add_parser(
        "learn",
        help="learn the boilerplate of each source of a corpus",
        description="Write a TOML file of what repeats around the stories of each source, with the evidence, for "
        "review. Use it with --rules: lines found in ten stories or more (confident) and accepted ones are applied, "
        "in their source; the others wait.",
        epilog="In Python: dedup.Catalogue.learn(documents).save(path)",
    )
    parser.add_argument("--update", metavar="RULES", help="carry the decisions of that file forward, and write it anew")
    parser.add_argument(
        "--review", metavar="RULES", help="learn nothing: show each template of that file and ask about it"
    )
    parser.add_argument("--texts", metavar="N", type=int, default=100_000, help="keep at most N texts in memory")
    _add_input(parser)
    _add_output(parser)


def _add_report(verbs: Any) -> None:
    parser = verbs.add_parser(
        "report",
        help="show what is in a corpus, as a web page",
        description="Read a whole corpus and write one HTML page that needs no network: totals, a timeline, the "
        "largest clusters with what their members share, who copies whom, and the boilerplate, highlighted in place.",
        epilog="In Python: dedup.report(documents)",
    )
    _add_rules(parser)
    _add_input(parser)
    _add_output(parser)


def _add_rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", metavar="FILE", help="also use the templates of FILE, such as `dedup learn` writes")


def _add_ledger(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ledger", metavar="FILE", help="note in FILE all that is taken out, so that it can be undone")
    parser.add_argument("--undo", metavar="LEDGER", help="read the output of a run with --ledger, write its input")


def _add_input(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*", default=["-"], help="input; standard input when none")
    shape = parser.add_argument_group("text instead of JSONL").add_mutually_exclusive_group()
    for *names, value, help in (
        ("--lines", "lines", "each line is a document"),
        ("-z", "--null-data", "null", "documents end in a NUL byte, not in a line end"),
        ("--whole", "whole", "each file is a document"),
    ):
        shape.add_argument(*names, dest="shape", action="store_const", const=value, help=help)
    group = parser.add_argument_group("JSONL fields (found by their usual names unless given)")
    for field in ("id", "text", "title", "source", "time"):
        group.add_argument(f"--{field}", metavar="NAME", help=f"the field that holds the {field}")


def _add_output(parser: argparse.ArgumentParser, *, line_buffered: bool = False) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("-o", "--output", metavar="FILE", default="-", help="write to FILE, not to standard output")
    if line_buffered:
        group.add_argument("--line-buffered", action="store_true", help="answer each line at once, for live pipes")
    group.add_argument("--stats", metavar="FILE", help="write the figures of the summary to FILE, as JSON")
    group.add_argument("--strict", action="store_true", help="stop at the first line that cannot be read")
    group.add_argument("--rejects", metavar="FILE", help="put lines that cannot be read into FILE")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        # One that struck inside `exec`, as of a dataclass being made, is remembered by CPython, which would end
        # the process by the signal in place of the status; another `exec` makes it forget.
        exec("")  # noqa: S102
        return 130


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = build_parser().parse_args(arguments)
        _flush_help()
    except SystemExit:
        _flush_help()
        raise
    except OSError:
        return 2
    from dedup import verbs
    from dedup.document import DedupError
    from dedup.verbs.tally import say

    try:
        return verbs.run(options)
    except BrokenPipeError:
        return 0
    except DedupError as error:
        say(f"dedup {options.verb}: {error}")
        return 2


def _flush_help() -> None:
    """Write what --help and --version printed; when nobody can take it, nothing more is to be said."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
