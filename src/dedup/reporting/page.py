"""what the page shows -> the page: a template, a style and a script of the package, and the data as inert JSON."""

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from string import Template
from typing import Unpack

from dedup.boilerplate.catalogue import Catalogue
from dedup.boilerplate.cleaner import Cleaner
from dedup.checks import every, expect
from dedup.corpus import find_clusters
from dedup.document import Document
from dedup.duplicates.settings import SettingsKeywords
from dedup.reporting.gather import Findings, clusters, overview

UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")  # what could end a script, or cannot be encoded


def report(
    documents: Iterable[Document], *, cleaner: Cleaner | None = None, **settings: Unpack[SettingsKeywords]
) -> str:
    """Return an HTML page about a corpus: its stories, who copies whom, its boilerplate, and what is to be learned.

    The page needs no network and runs nothing that is in a text. It shows the largest clusters, with as much text
    as a page can hold, and says what it leaves out. The same corpus gives the same page. `settings` are those of
    `Settings`.

    >>> page = report([Document("a", "The bridge reopened."), Document("b", "<script>alert(1)</script>")])
    >>> page.startswith("<!doctype html>"), "<script>alert" in page
    (True, False)
    """
    cleaner = Cleaner() if cleaner is None else expect("cleaner", cleaner, Cleaner, "pass a Cleaner")
    given = list(every("document", documents, Document, "pass a Document"))
    numbered = (replace(document, id=str(number)) for number, document in enumerate(given))
    found = find_clusters(numbered, cleaner=cleaner, **settings)
    texts, sources = [document.text for document in given], [document.source for document in given]
    cleaned = list(cleaner.clean_many(texts, sources=sources))
    return page(Findings(given, found, cleaned, list(Catalogue.learn(given))))


def page(findings: Findings) -> str:
    """Return the page of what was found."""
    shown = clusters(findings)
    heads = [{**each, "members": None, "canonical": {**each["canonical"], "text": None}} for each in shown]
    style, script = _asset("page.css"), _asset("page.js")
    return Template(_asset("page.html")).substitute(
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        overview=inert(overview(findings) | {"heads": heads}),
        clusters="\n".join(
            f'<script type="application/json" id="cluster-{number}">{inert(each)}</script>'
            for number, each in enumerate(shown)
        ),
    )


def inert(value: object) -> str:
    r"""Return JSON that can stand in a script element: nothing in it can end the element.

    >>> inert("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return UNSAFE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def _asset(name: str) -> str:
    return files("dedup.reporting").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
