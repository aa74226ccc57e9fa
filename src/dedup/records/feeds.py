"""RSS and Atom files -> entries: id, address, feed, time, title, text without markup."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from dedup.document import DedupError
from dedup.records.fields import host

HEADS = (b"<?xml", b"<rss", b"<feed", b"<rdf")
BREAKS = {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "table"}
UNSEEN = {"script", "style", "template"}


def entries(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """Yield an entry for each item of a feed. Raises `DedupError` when it is none, or feedparser is missing."""
    try:
        import feedparser
    except ModuleNotFoundError as error:
        raise DedupError(f"{name}: RSS and Atom need feedparser: pip install 'syndedup[feeds]'") from error
    feed = feedparser.parse(data)
    if not feed.version:
        raise DedupError(f"{name}: XML, but neither RSS nor Atom: pass --whole to take it as text")
    for item in feed.entries:
        link = item.get("link")
        html = max((part.get("value") or "" for part in item.get("content", [])), key=len, default="")
        yield {
            "id": item.get("id") or link,
            "url": link,
            "source": host(link or "") or feed.feed.get("title"),
            "time": item.get("published") or item.get("updated"),
            "title": item.get("title"),
            "text": plain(html or item.get("summary") or ""),
        }


def plain(html: str) -> str:
    r"""Return the text of a piece of HTML, a line for each block.

    >>> plain("<p>One &amp; two.</p><p>Three.</p>")
    'One & two.\nThree.'
    """
    page = _Page()
    page.feed(html)
    page.close()
    lines = (" ".join(line.split()) for line in "".join(page.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        if tag in BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in UNSEEN and self._unseen > 0
        if tag in BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data.replace("\n", " "))
