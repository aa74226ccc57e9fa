"""a stretch of a document -> the stretch and what stands around it, as plain JSON values."""

from typing import Any

from dedup.document import Document

SAMPLES = 3  # of a template
CONTEXT, SAMPLE = 160, 1_200  # code points around a sample, and of it


def sample(document: Document, start: int, end: int, reason: str) -> dict[str, Any]:
    """Return a stretch in its context."""
    text = document.text
    return {
        "id": document.id,
        "source": document.source,
        "before": text[max(0, start - CONTEXT) : start],
        "text": text[start : min(end, start + SAMPLE)],
        "left": max(0, end - start - SAMPLE),
        "after": text[end : end + CONTEXT],
        "reason": reason,
    }
