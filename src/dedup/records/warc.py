"""WARC and WET files, as of Common Crawl news -> entries: address, host, time, title, text."""

from collections.abc import Iterator
from typing import IO, Any

from dedup.document import DedupError
from dedup.records.fields import host
from dedup.records.member import decode

KINDS = ("conversion", "response")  # the texts of WET, the pages of WARC


def entries(file: IO[bytes], name: str) -> Iterator[dict[str, Any] | str]:
    """Yield an entry for each text or HTML page of the archive, or the fault of what cannot be read as one.

    Pages are reduced to their main text. Raises `DedupError` when the archive is broken, or warcio or, for pages,
    Resiliparse is missing.
    """
    try:
        from resiliparse.parse.html import HTMLTree  # noqa: F401
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed
    except ModuleNotFoundError as error:
        raise DedupError(f"{name}: WARC and WET need warcio and Resiliparse: pip install 'syndedup[warc]'") from error
    try:
        for record in ArchiveIterator(file):
            if record.rec_type in KINDS:
                yield from _entries(record)
    except (ArchiveLoadFailed, EOFError) as error:
        raise DedupError(f"{name}: {error}") from error


def _entries(record: Any) -> Iterator[dict[str, Any]]:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    entry = {
        "id": record.rec_headers.get_header("WARC-Record-ID") or url,
        "url": url,
        "source": host(url),
        "time": record.rec_headers.get_header("WARC-Date"),
    }
    if record.rec_type == "conversion":
        yield entry | {"text": decode(record.content_stream().read())[0]}
        return
    kind = (record.http_headers.get_header("Content-Type") or "") if record.http_headers else ""
    if "html" in kind:
        title, text = _page(record.content_stream().read(), kind.rpartition("charset=")[2].strip("\"' ;"))
        yield entry | {"title": title, "text": text}


def _page(body: bytes, charset: str) -> tuple[str, str]:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding
    from resiliparse.parse.html import HTMLTree

    try:
        page = bytes_to_str(body, detect_encoding(body) or charset or "utf-8", errors="replace")
    except LookupError:  # a charset nobody knows
        page = decode(body)[0]
    tree = HTMLTree.parse(page)
    return tree.title or "", extract_plain_text(tree, main_content=True, alt_texts=False)
