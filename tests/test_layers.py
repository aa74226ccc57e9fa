"""The house: imports run one way, modules are small, public names survive, and `import dedup` costs nothing."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import dedup

HOUSE = Path(dedup.__file__).parent
SOURCES = sorted(HOUSE.rglob("*.py"))
LAYERS = [
    ["_kernel"],
    ["document"],
    ["checks"],
    ["tokens"],
    ["cores"],
    ["workers"],
    ["boilerplate", "duplicates", "records", "streams"],
    ["misread"],
    ["prepare", "interop", "inputs"],
    ["stream"],
    ["corpus"],
    ["show", "reporting", "options"],
    ["verbs", "arguments"],
    ["cli"],
    ["__main__"],
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
HEAVY = {"numpy", "scipy", "datasketch", "rapidfuzz", "regex", "msgspec", "pyarrow", "tqdm", "zstandard"}


def part(source):
    """Return the name of the layer a file belongs to."""
    return source.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported_parts(source):
    """Yield the parts of dedup a file imports, at any depth."""
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "dedup":
                yield from (alias.name for alias in node.names if alias.name in RANK)
            elif node.module.startswith("dedup."):
                yield node.module.split(".")[1]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.relative_to(HOUSE)))
def test_imports_run_one_way(source):
    """A module imports only from layers below its own, or from its own package."""
    if source.name == "__init__.py" and source.parent == HOUSE:
        return
    for name in imported_parts(source):
        assert RANK[name] < RANK[part(source)] or name == part(source)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: str(source.relative_to(HOUSE)))
def test_modules_are_small_and_say_what_they_do(source):
    """Every module fits in 300 lines and its first line says what it is."""
    text = source.read_text("utf-8")
    assert len(text.splitlines()) <= 300
    first = (ast.get_docstring(ast.parse(text)) or "").splitlines()[0]
    assert "->" in first or ":" in first


@pytest.mark.parametrize("name", ["boilerplate", "duplicates"])
def test_a_package_says_in_which_order_to_read_it(name):
    """No module is missing on the map that a package's docstring is."""
    package = HOUSE / name
    modules = {each.stem for each in package.glob("*.py")} - {"__init__"}
    told = set(re.findall(r"\w+", ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8")))))
    assert modules <= told


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_importing_dedup_loads_nothing_heavy():
    """`import dedup` loads none of the packages it can do without."""
    loaded = run("import sys, dedup; print(*sys.modules)").split()
    assert not HEAVY & {name.split(".")[0] for name in loaded}


def test_help_loads_nothing_heavy():
    """`dedup --help` loads neither the kernel nor any heavy package."""
    code = "import sys\nfrom dedup.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\nprint(*sys.modules)"
    loaded = run(code).splitlines()[-1].split()
    assert not (HEAVY | {"dedup._kernel"}) & {*loaded, *(name.split(".")[0] for name in loaded)}


def test_public_names_survive_loading_every_module():
    """No submodule takes the place of a public name."""
    for source in SOURCES:
        if source.name not in ("__main__.py", "__init__.py"):
            import_module(".".join(("dedup", *source.relative_to(HOUSE).with_suffix("").parts)))
    for name in dedup.__all__:
        value = getattr(dedup, name)
        assert type(value).__name__ != "module"


def test_unknown_names_are_errors():
    """A name that is not public is an AttributeError, as in any module."""
    with pytest.raises(AttributeError, match="no attribute 'fingerprint'"):
        _ = dedup.fingerprint


def test_a_broken_native_kernel_is_no_missing_one(tmp_path):
    """An extension that is there but cannot be loaded raises; only one that is not there is replaced."""
    code = (
        "import importlib.abc, sys\n"
        "class Broken(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'dedup._kernel._native':\n"
        "            raise {error}\n"
        "sys.meta_path.insert(0, Broken())\n"
        "try:\n"
        "    from dedup import _kernel\n"
        "    print(_kernel.backend)\n"
        "except ImportError as error:\n"
        "    print(error)"
    )
    assert run(code.format(error="ImportError('undefined symbol')")).strip() == "undefined symbol"
    missing = "ModuleNotFoundError('not built', name='dedup._kernel._native')"
    assert run(code.format(error=missing)).strip() == "reference"
