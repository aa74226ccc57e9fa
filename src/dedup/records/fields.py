"""a field of a document -> the names its member may have in a line; an address -> the host that is its source."""

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "url", "guid", "link"),
    "text": ("text", "body", "content", "articleBody"),
    "title": ("title", "headline"),
    "source": ("source", "domain", "publisher", "site"),
    "time": (
        "time",
        "published",
        "date",
        "timestamp",
        "created",
        "publishedAt",
        "published_at",
        "datePublished",
        "pubDate",
        "created_at",
    ),
}


def host(url: str) -> str | None:
    """Return the host of an address, None when it has none.

    >>> host("https://ledger.example/1"), host("urn:1"), host("http://[")
    ('ledger.example', None, None)
    """
    from urllib.parse import urlsplit

    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
