"""Fixtures shared by all tests."""

import importlib

import pytest


@pytest.fixture(params=["reference", "_native"])
def kernel(request):
    """Each kernel in turn."""
    try:
        return importlib.import_module(f"dedup._kernel.{request.param}")
    except ModuleNotFoundError:
        pytest.skip("native kernel not built")
