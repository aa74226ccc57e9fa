"""what goes wrong with a stream -> an error that names it."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from dedup.document import DedupError

INPUT, OUTPUT = "standard input", "standard output"


@contextmanager
def named(name: str) -> Iterator[None]:
    """Turn an error of the system or of a packed file into one that names the stream; a broken pipe passes."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DedupError(f"{name}: {lower(error.strerror or str(error))}") from error
    except (EOFError, zlib.error) as error:
        raise DedupError(f"{name}: {lower(str(error))}") from error


def lower(message: str) -> str:
    """Return a message with its first letter in lower case.

    >>> lower("No such file or directory")
    'no such file or directory'
    """
    return message[:1].lower() + message[1:]
