"""parsed arguments -> what each verb of the command does: a module for each, over one call of the library."""

from argparse import Namespace
from importlib import import_module
from typing import cast

VERBS = ("clean", "filter", "cluster", "compare", "learn", "report")


def run(options: Namespace) -> int:
    """Run the verb and return the exit status."""
    return cast("int", import_module(f"dedup.verbs.{options.verb}").run(options))
