"""arguments of the command -> the options of a verb."""

import argparse
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from functools import partial
from textwrap import fill, indent
from typing import Any

from dedup import __version__
from dedup.options import add_input, add_ledger, add_output, add_preset, add_rules, add_settings, add_workers

WIDTH = 78  # columns of what is not wrapped by argparse
DESCRIPTION = """\
Find boilerplate and near-duplicates in syndicated text. Reads standard input when no FILE (or "-") is given;
writes data to standard output and one summary line to standard error. JSONL, Parquet, Arrow, WARC, RSS and Atom are
recognised by how they begin, and so is what is packed with gzip or zstd; outputs are packed by .gz or .zst."""
NewParser = Callable[[str, str, str, str], ArgumentParser]  # of the help, the description, the twin and examples
EXIT = "exit status: 0 done; 1 only from compare, when not a duplicate; 2 any error, also a bad line; 130 interrupted"


class _Version(argparse.Action):
    """Prints the version with the kernel in use, which is loaded only then."""

    def __call__(self, parser: ArgumentParser, *_: object) -> None:
        from dedup import _kernel

        print(
            f"dedup {__version__} ({_kernel.backend} kernel, SIMD {_kernel.simd}, Unicode {_kernel.unicode_version()})"
        )
        parser.exit()


class _Completion(argparse.Action):
    """Prints what a shell needs to complete the command; made only then."""

    def __call__(self, parser: ArgumentParser, _: object, shell: Any, *__: object) -> None:
        try:
            import shtab
        except ModuleNotFoundError:
            parser.error("--completion needs shtab: pip install 'syndedup[completion]'")
        print(shtab.complete(parser, shell))
        parser.exit()


def parsed(arguments: Sequence[str] | None) -> Namespace:
    """Return the options that `arguments` name; of what is no argument of a verb, its own usage is shown."""
    options, rest = build_parser().parse_known_args(arguments)
    fail = vars(options).pop("fail")
    if rest:
        fail(f"unrecognized arguments: {' '.join(rest)}")
    return options


def build_parser() -> ArgumentParser:
    """Return the parser of the whole command."""
    parser = ArgumentParser(prog="dedup", description=DESCRIPTION, epilog=EXIT)
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version, the kernel and the SIMD level")
    parser.add_argument(
        "--completion",
        action=_Completion,
        metavar="SHELL",
        choices=["bash", "zsh", "tcsh"],
        help="print what bash, zsh or tcsh needs to complete the command",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, add in VERBS.items():
        add(partial(_add_verb, verbs, verb))
    return parser


def _add_verb(verbs: Any, verb: str, help: str, description: str, twin: str, examples: str) -> ArgumentParser:
    """Return the parser of a verb; `twin` does the same in Python."""
    parser: ArgumentParser = verbs.add_parser(
        verb,
        help=help,
        description=fill(description, WIDTH),
        epilog=f"examples:\n{indent(examples, '  ')}\nIn Python: {twin}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(fail=parser.error)
    return parser


def _add_clean(new: NewParser) -> None:
    parser = new(
        "take boilerplate out of texts",
        "Write each text without its boilerplate. JSONL stays JSONL, in which only the text changes; of text each "
        "file is a document.",
        "dedup.Cleaner().clean(text)",
        """\
dedup clean story.txt
dedup clean --explain feed.jsonl
dedup clean --annotate packed.jsonl.gz -o spans.jsonl
dedup clean --ledger removed.jsonl feed.jsonl > cleaned.jsonl
dedup clean --undo removed.jsonl cleaned.jsonl > feed-again.jsonl
""",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--annotate", action="store_true", help='leave the text and list the spans, in a member "boilerplate"'
    )
    how.add_argument("--explain", action="store_true", help="show what would be removed or kept, and why")
    how.add_argument("--diff", action="store_true", help="show the changed lines")
    parser.add_argument(
        "--policy",
        choices=["aggressive", "default", "conservative", "label-only"],
        default="default",
        help="aggressive: take out also what is only labelled; default: what each template says; conservative: nothing "
        "that informs about the story, such as credits and contacts; label-only: nothing",
    )
    add_rules(parser)
    parser.add_argument(
        "--run-report", metavar="FILE", help="write what went, by source and template, and what stayed, as JSON"
    )
    parser.add_argument(
        "--compare-run", metavar="FILE", help="say what goes from far more or fewer documents than in that run report"
    )
    add_ledger(parser)
    add_workers(parser)
    add_input(parser)
    add_output(parser, line_buffered=True)


def _add_filter(new: NewParser) -> None:
    parser = new(
        "drop documents whose story was seen before",
        "Pass on the lines whose story is new, byte for byte and in order; drop exact copies, near copies and "
        "excerpts. Of text each line is a document; with --whole each file is, and the names of those to keep are "
        "written. A line that cannot be read is passed on, counted and reported. The ids of "
        "documents are as in cluster.",
        "dedup.Deduplicator().add(document)",
        """\
dedup filter feed.jsonl > new.jsonl
dedup filter -D copies.jsonl --window 7d packed.jsonl.gz -o new.jsonl.gz
dedup filter --mark --text text feed.jsonl > marked.jsonl
dedup filter --store seen.db --window 2w feed.jsonl >> kept.jsonl
tail -n +1 feed.jsonl | dedup filter --line-buffered > new.jsonl
dedup filter --whole *.txt
""",
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
    parser.add_argument(
        "--afresh",
        action="store_true",
        help="with --store: forget all that it remembers, and begin anew with an empty memory",
    )
    add_settings(parser)
    add_rules(parser)
    add_ledger(parser)
    add_workers(parser)
    add_input(parser)
    add_output(parser, line_buffered=True)


def _add_cluster(new: NewParser) -> None:
    parser = new(
        "group a corpus into stories",
        "Read a whole corpus and write one JSON object per story, largest first: the first document that told it (or "
        "another: --canonical), and every other with its relation to that one. Of text each line is a document. "
        "Documents without a field for the id "
        'are called by the number of their line, "#12", those with the id of an earlier one by both, "a1#12".',
        "dedup.find_clusters(documents)",
        """\
dedup cluster feed.jsonl > stories.jsonl
dedup cluster --canonical longest feed.jsonl > stories.jsonl
""",
    )
    parser.add_argument(
        "--canonical",
        metavar="WHO",
        default="earliest",
        help="the document a story stands around: earliest (the default), longest, or sources=FIRST,SECOND: that of "
        "the source named first",
    )
    add_settings(parser)
    add_rules(parser)
    add_workers(parser)
    add_input(parser)
    add_output(parser)


def _add_compare(new: NewParser) -> None:
    parser = new(
        "tell how one text relates to another",
        "Show the relation of text A to text B, the numbers behind it, and what they share: containment is the share "
        "of A's shingles that B has, contains that of B's that A has. Exit status 1 when A is not a duplicate of B.",
        "dedup.compare(a, b)",
        """\
dedup compare copy.txt story.txt
dedup compare - story.txt < copy.txt
""",
    )
    parser.add_argument("a", metavar="A", help="a text file, or - for standard input")
    parser.add_argument("b", metavar="B", help="another text file")
    add_preset(parser)
    add_rules(parser)


def _add_learn(new: NewParser) -> None:
    parser = new(
        "learn the boilerplate of each source of a corpus",
        "Write a TOML file of what repeats around the stories of each source, with the evidence, for review. Of text "
        "each line is a document. Use the file "
        "with --rules: lines found in ten stories or more (confident) and accepted ones are applied, in their source; "
        "the others wait.",
        "dedup.Catalogue.learn(documents).save(path)",
        """\
dedup learn feed.jsonl -o rules.toml
dedup learn --review rules.toml
dedup learn --update rules.toml feed.jsonl
dedup clean --rules rules.toml feed.jsonl > cleaned.jsonl
""",
    )
    parser.add_argument("--update", metavar="RULES", help="carry the decisions of that file forward, and write it anew")
    parser.add_argument(
        "--review", metavar="RULES", help="learn nothing: show each template of that file and ask about it"
    )
    parser.add_argument(
        "--texts", metavar="N", type=int, default=100_000, help="learn from at most N texts (default: 100,000)"
    )
    add_input(parser)
    add_output(parser)


def _add_report(new: NewParser) -> None:
    parser = new(
        "show what is in a corpus, as a web page",
        "Read a whole corpus and write one HTML page that needs no network: totals, a timeline, the largest clusters "
        "with what their members share, who copies whom, and the boilerplate, highlighted in place. Of text each line "
        "is a document.",
        "dedup.report(documents)",
        """\
dedup report feed.jsonl -o report.html
""",
    )
    add_settings(parser)
    add_rules(parser)
    add_input(parser)
    add_output(parser)


VERBS = {
    "clean": _add_clean,
    "filter": _add_filter,
    "cluster": _add_cluster,
    "compare": _add_compare,
    "learn": _add_learn,
    "report": _add_report,
}
