"""parsed arguments -> what each verb of the command does: a module for each, over one call of the library."""

from argparse import Namespace
from importlib import import_module
from typing import cast

from dedup.verbs.files import check_files, check_names


def run(options: Namespace) -> int:
    """Run the verb and return the exit status."""
    check_names(options)
    if options.verb != "compare":
        check_files(options)
    return cast("int", import_module(f"dedup.verbs.{options.verb}").run(options))
