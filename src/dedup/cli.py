"""arguments and streams -> one library call per verb: the `dedup` command."""

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from dedup.arguments import parsed

RARELY = 20_000, 20, 100  # looks for rings of objects: a stream makes few, and the usual looks take a fifteenth of it


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        # One that struck inside `exec`, as of a dataclass being made, is remembered by CPython, which would end
        # the process by the signal in place of the status; another `exec` makes it forget.
        exec("")  # noqa: S102
        return 130
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    """Return the status of what nobody foresaw, with its traceback; of a kernel that cannot be had, one line."""
    if sys.stderr is None:
        return 2
    with suppress(OSError):
        if isinstance(error, ImportError) and str(error).startswith("DEDUP_"):
            print(f"dedup: {error}", file=sys.stderr, flush=True)
        elif isinstance(error, ImportError) and error.name == "dedup._kernel._native":
            print("dedup: DEDUP_KERNEL is 'native', which is not built; leave it out", file=sys.stderr, flush=True)
        else:
            from traceback import print_exception

            print_exception(error)
    return 2


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = parsed(arguments)
        _flush_help()
    except SystemExit:
        _flush_help()
        raise
    except OSError:
        return 2
    from dedup import verbs
    from dedup.document import DedupError
    from dedup.verbs.tally import say

    collected = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        return verbs.run(options)
    except BrokenPipeError:
        return 0
    except DedupError as error:
        say(f"dedup {options.verb}: {error}")
        return 2
    finally:
        gc.set_threshold(*collected)


def _flush_help() -> None:
    """Write what --help and --version printed; when nobody can take it, nothing more is to be said."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
