"""dedup: what in a text is boilerplate, and has the story been seen before?

    text -> blocks -> template matches -> boilerplate spans -> clean text                dedup.boilerplate
    text -> tokens -> shingles -> signature -> candidates -> verified match -> cluster   dedup.duplicates

The two paths meet in `Deduplicator` (one document at a time) and `find_clusters` (a whole corpus). Known
boilerplate is taken out before texts are compared, so that a shared disclaimer makes no duplicate and a
different one hides none.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dedup.boilerplate.catalogue import Catalogue
    from dedup.boilerplate.cleaner import Cleaner, clean
    from dedup.corpus import find_clusters
    from dedup.document import (
        Cleaned,
        Cluster,
        DedupError,
        Document,
        Evidence,
        IncompatibleSignatures,
        Match,
        Passage,
        Span,
    )
    from dedup.duplicates.sketch import Signature
    from dedup.records.ledger import restore
    from dedup.reporting.page import report
    from dedup.stream import Deduplicator, compare

__version__ = "0.1.0"

_HOMES = {
    "Catalogue": "boilerplate.catalogue",
    "Cleaned": "document",
    "Cleaner": "boilerplate.cleaner",
    "Cluster": "document",
    "DedupError": "document",
    "Deduplicator": "stream",
    "Document": "document",
    "Evidence": "document",
    "IncompatibleSignatures": "document",
    "Match": "document",
    "Passage": "document",
    "Signature": "duplicates.sketch",
    "Span": "document",
    "clean": "boilerplate.cleaner",
    "compare": "stream",
    "find_clusters": "corpus",
    "report": "reporting.page",
    "restore": "records.ledger",
}

__all__ = [
    "Catalogue",
    "Cleaned",
    "Cleaner",
    "Cluster",
    "DedupError",
    "Deduplicator",
    "Document",
    "Evidence",
    "IncompatibleSignatures",
    "Match",
    "Passage",
    "Signature",
    "Span",
    "__version__",
    "backend",
    "clean",
    "compare",
    "find_clusters",
    "report",
    "restore",
]


def __getattr__(name: str) -> object:
    """Load a public name on first use, so that `import dedup` costs next to nothing."""
    if name == "backend":
        from dedup._kernel import backend

        return backend
    if name not in _HOMES:
        raise AttributeError(f"module 'dedup' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"dedup.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
