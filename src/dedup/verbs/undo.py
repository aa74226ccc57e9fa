"""a run's output and its ledger, by the names of their files -> the run's input: `--undo`."""

from argparse import Namespace
from itertools import chain

from dedup.document import DedupError
from dedup.records import ledger
from dedup.streams import open_input, open_output
from dedup.verbs.files import flag

TAKEN = ("verb", "undo", "files", "output")
USUAL = (None, False, "default", "balanced")  # what an option is that was not given


def undo(options: Namespace) -> int:
    """Write the input of the run that `--undo` names the ledger of, from its output."""
    given = [name for name, value in vars(options).items() if name not in TAKEN and value not in USUAL]
    if given:
        names = (options.shape if name == "shape" else name for name in given)
        raise DedupError(f"--undo takes a ledger and the output of its run; leave out {', '.join(map(flag, names))}")
    if len(options.files) != 1:
        raise DedupError(f"--undo takes the output of one run, not {len(options.files)} files")
    with (
        open_input(options.undo) as entries,
        open_input(options.files[0]) as output,
        open_output(options.output) as out,
    ):
        lines = (raw for batch in entries.lines() for raw in batch)
        try:
            head = next(lines, b"")
            if (verb := ledger.verb_of(head)) != options.verb:
                raise ledger.BadLedger(f"the ledger is of dedup {verb}: pass it to dedup {verb} --undo")
            for line in ledger.restore(output.file(), chain([head], lines)):
                out.write(line)
        except ledger.BadLedger as error:
            raise DedupError(f"{options.undo}: {error}") from error
    return 0
