"""signatures and docstrings of the public names -> docs/python.md."""

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import dedup

PAGE = Path(__file__).with_name("python.md")
WIDTH = 100
HEAD = """\
# Python

Written by `make docs` from the signatures and docstrings of everything that `dedup` exports. What a word means is in
[vocabulary.md](vocabulary.md). Nothing is loaded before it is used; `dedup.backend` says which kernel works ("native"
or "reference"), `dedup.__version__` which version this is. The package is typed. The examples go on from this:

```python
>>> from datetime import timedelta
>>> from dedup import *

```
"""
SECTIONS = {
    "Documents": ["Document"],
    "Boilerplate": ["clean", "Cleaner", "Cleaned", "Span", "Catalogue", "Template"],
    "Duplicates": ["Deduplicator", "compare", "Match", "Evidence", "Passage", "Prepared"],
    "A whole corpus": ["find_clusters", "Clusters", "Cluster", "report"],
    "Settings": ["Settings", "SettingsKeywords"],
    "Signatures": ["Signature"],
    "Taking it back": ["restore"],
    "Errors": ["DedupError", "BadType", "BadValue", "UnknownDocument", "UnknownTemplate", "BadTemplate", "IncompatibleSignatures"],
}
BRIEF = ("Template", "Prepared", "SettingsKeywords")  # of these no members are shown


def page() -> str:
    """Return the text of docs/python.md."""
    parts = [HEAD]
    for title, names in SECTIONS.items():
        parts.append(f"## {title}\n")
        for name in names:
            parts += _entry(name)
    return "\n".join(parts)


def _entry(name: str) -> Iterator[str]:
    value = getattr(dedup, name)
    (node,) = ast.parse(inspect.getsource(value)).body
    yield f"### {name}\n"
    if isinstance(node, ast.FunctionDef):
        yield _code(_signature(name, node))
        yield _prose(node)
        return
    assert isinstance(node, ast.ClassDef)
    yield _code(_construction(value, node))
    yield _prose(node)
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and not each.name.startswith("_") and name not in BRIEF:
            yield f"#### {name}.{each.name}\n"
            yield _code(_member(name, each))
            yield _prose(each)


def _code(text: str) -> str:
    return f"```python\n{text}\n```\n"


def _construction(value: type, node: ast.ClassDef) -> str:
    """Return how an object is made; of an error what it is, of settings each with its reason."""
    if issubclass(value, Exception):
        return f"class {node.name}({', '.join(map(ast.unparse, node.bases))})"
    made = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
    if made:
        return _signature(node.name, made[0]).removesuffix(" -> None")
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    lines = inspect.getsource(value).splitlines()
    if any("#" in lines[each.lineno - 1] for each in fields) or value is dedup.SettingsKeywords:
        return "\n".join(lines[each.lineno - 1].strip() for each in fields)
    types = {ast.unparse(each.target): ast.unparse(each.annotation) for each in fields}
    arguments, keywords = [], False
    for parameter in inspect.signature(value).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keywords:
            keywords = True
            arguments.append("*")
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        default = default.replace(" = <factory>", " = {}")
        arguments.append(f"{parameter.name}: {types[parameter.name]}{default}".replace("'", '"'))
    return _called(node.name, arguments)


def _member(owner: str, node: ast.FunctionDef) -> str:
    decorators = {ast.unparse(each) for each in node.decorator_list}
    if decorators & {"property", "cached_property"}:
        return f"{node.name}: {_plain(node.returns)}"
    return _signature(f"{owner}.{node.name}" if "classmethod" in decorators else node.name, node)


def _signature(name: str, node: ast.FunctionDef) -> str:
    """Return a signature, with its quoted types as they are meant."""
    given = node.args
    first = [each for each in (*given.posonlyargs, *given.args) if each.arg not in ("self", "cls")]
    defaults = [None] * (len(first) - len(given.defaults)) + list(given.defaults)
    arguments = [_argument(*pair) for pair in zip(first, defaults, strict=True)]
    if given.kwonlyargs:
        arguments.append("*")
        arguments += [_argument(*pair) for pair in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    if given.kwarg:
        arguments.append(f"**{_argument(given.kwarg, None)}")
    return f"{_called(name, arguments)} -> {_plain(node.returns)}"


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    value = "" if default is None else f" = {ast.unparse(default)}"
    return f"{argument.arg}: {_plain(argument.annotation)}{value}".replace("'", '"')


def _called(name: str, arguments: list[str]) -> str:
    line = f"{name}({', '.join(arguments)})"
    return line if len(line) <= WIDTH else f"{name}(\n" + "".join(f"    {each},\n" for each in arguments) + ")"


def _plain(annotation: ast.expr | None) -> str:
    assert annotation is not None
    return re.sub(r"'([^']+)'", r"\1", ast.unparse(annotation))


def _prose(node: ast.FunctionDef | ast.ClassDef) -> str:
    """Return a docstring with its examples as code and its pages as links."""
    text = ast.get_docstring(node)
    if text is None:
        sys.exit(f"{node.name} has no docstring")
    text = re.sub(r"docs/(\w+\.md)", r"[\1](\1)", text)
    parts = re.split(r"\n\n(?=>>>)", text)
    prose, examples = parts[0], parts[1:]
    for example in examples:
        code, _, more = example.partition("\n\n")
        prose += f"\n\n```python\n{code}\n\n```" + (f"\n\n{more}" if more else "")
    return f"{prose}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
