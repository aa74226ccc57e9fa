"""dedup: what in a text is boilerplate, and has the story been seen before?

    text -> sighting -> occurrences of templates -> what may go -> clean text, spans    dedup.boilerplate
    document -> keys -> candidates -> verdict -> what is remembered -> clusters         dedup.duplicates

The two paths meet in `Deduplicator` (one document at a time) and `find_clusters` (a whole corpus). Known
boilerplate is taken out before texts are compared, so that a shared disclaimer makes no duplicate and a
different one hides none.

In the code, `stream` and `corpus` are where the paths meet and `prepare` joins them; the docstring of each package says
in which order to read it. `document` has the nouns; `inputs`, `records` and `streams` read and write; `verbs` are the
command's.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dedup._kernel import backend
    from dedup.boilerplate.catalogue import Catalogue
    from dedup.boilerplate.cleaner import Cleaner, clean
    from dedup.boilerplate.template import BadTemplate, Template, UnknownTemplate
    from dedup.corpus import Clusters, find_clusters
    from dedup.document import (
        BadType,
        BadValue,
        Cleaned,
        Cluster,
        DedupError,
        Document,
        Evidence,
        IncompatibleSignatures,
        Match,
        Passage,
        Span,
        UnknownDocument,
    )
    from dedup.duplicates.index import Prepared
    from dedup.duplicates.settings import Settings, SettingsKeywords
    from dedup.duplicates.sketch import Signature
    from dedup.records.ledger import restore
    from dedup.reporting.page import report
    from dedup.stream import Deduplicator, compare

__version__ = "0.1.0"

_HOMES = {
    "BadTemplate": "boilerplate.template",
    "BadType": "document",
    "BadValue": "document",
    "Catalogue": "boilerplate.catalogue",
    "Cleaned": "document",
    "Cleaner": "boilerplate.cleaner",
    "Cluster": "document",
    "Clusters": "corpus",
    "DedupError": "document",
    "Deduplicator": "stream",
    "Document": "document",
    "Evidence": "document",
    "IncompatibleSignatures": "document",
    "Match": "document",
    "Passage": "document",
    "Prepared": "duplicates.index",
    "Settings": "duplicates.settings",
    "SettingsKeywords": "duplicates.settings",
    "Signature": "duplicates.sketch",
    "Span": "document",
    "Template": "boilerplate.template",
    "UnknownDocument": "document",
    "UnknownTemplate": "boilerplate.template",
    "clean": "boilerplate.cleaner",
    "compare": "stream",
    "find_clusters": "corpus",
    "report": "reporting.page",
    "restore": "records.ledger",
}

__all__ = [
    "BadTemplate",
    "BadType",
    "BadValue",
    "Catalogue",
    "Cleaned",
    "Cleaner",
    "Cluster",
    "Clusters",
    "DedupError",
    "Deduplicator",
    "Document",
    "Evidence",
    "IncompatibleSignatures",
    "Match",
    "Passage",
    "Prepared",
    "Settings",
    "SettingsKeywords",
    "Signature",
    "Span",
    "Template",
    "UnknownDocument",
    "UnknownTemplate",
    "__version__",
    "backend",
    "clean",
    "compare",
    "find_clusters",
    "report",
    "restore",
]

if not TYPE_CHECKING:  # a checker would take every name for one of these

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
