"""a field of a document -> the names its member may have in a line."""

FIELDS = {
    "id": ("id", "url", "guid", "link"),
    "text": ("text", "body", "content"),
    "title": ("title", "headline"),
    "source": ("source", "domain", "publisher", "site"),
    "time": ("time", "published", "date", "timestamp", "created"),
}
