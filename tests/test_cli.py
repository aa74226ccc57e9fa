"""What the command says about itself."""

import re

import pytest
from command import FULL_DEVICE, redirected, run

import dedup
from dedup.arguments import VERBS


def test_version():
    """--version names the version, the kernel in use and its SIMD level."""
    ran = run("--version")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.decode().startswith(f"dedup {dedup.__version__} ({dedup.backend} kernel, SIMD ")


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb(call, verb):
    """The help of a verb names its twin in the library, which exists."""
    ran = call(verb, "--help")
    assert (ran.status, ran.err) == (0, "")
    twin = re.search(r"^In Python: dedup\.(\w+)", ran.out.decode(), re.MULTILINE)
    assert hasattr(dedup, twin[1])


def test_help():
    """The help of the command lists every verb and the meaning of the exit status."""
    ran = run("--help")
    assert (ran.status, ran.err) == (0, "")
    assert all(re.search(rf"^    {verb} +\w", ran.out.decode(), re.MULTILINE) for verb in VERBS)
    assert "130" in ran.out.decode()


@FULL_DEVICE
@pytest.mark.parametrize("option", ["--version", "--help"])
@pytest.mark.parametrize("setting", ["", "PYTHONUNBUFFERED=1"], ids=["buffered", "unbuffered"])
def test_help_on_a_full_disk(option, setting):
    """Even help that cannot be written ends without a traceback."""
    run(option, command=["env", *filter(None, [setting]), *redirected(">/dev/full")])
