"""Fixtures shared by all tests."""

import importlib
import signal
import sys
from pathlib import Path

import pytest
from command import done

from dedup.cli import main

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))  # for the generator of feeds


def pytest_configure():
    """Let commands under test be interrupted even when the tests run as a background job, which ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=["reference", "_native"])
def kernel(request):
    """Each kernel in turn."""
    try:
        return importlib.import_module(f"dedup._kernel.{request.param}")
    except ModuleNotFoundError:
        pytest.skip("native kernel not built")


@pytest.fixture
def call(capfdbinary):
    """Run the command within this process: much faster, where pipes and the end of a process do not matter."""

    def call(*arguments):
        try:
            status = main([*map(str, arguments)])
        except SystemExit as stop:
            status = stop.code
        return done(status, *capfdbinary.readouterr())

    return call
