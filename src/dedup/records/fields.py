"""a field of a document -> the names its member may have in a line."""

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
