"""times as feeds write them -> aware datetimes."""

from datetime import UTC, datetime

EPOCH_MILLISECONDS = 100_000_000_000  # numbers above are milliseconds, below seconds


def parse_time(value: object) -> datetime | None:
    """Return a time as found in feeds: ISO 8601, RFC 2822, seconds or milliseconds since 1970; None if it is neither.

    >>> parse_time("2026-03-02T08:00:00Z").isoformat()
    '2026-03-02T08:00:00+00:00'
    """
    if value is None:
        return None
    try:
        if type(value) is str and value[10:11] in ("T", " "):  # by far the most
            return _aware(_parse_words(value.strip()))
        if isinstance(value, datetime):
            return _aware(value)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000 if abs(value) > EPOCH_MILLISECONDS else value, UTC)
        if not isinstance(value, str) or not value.strip():
            return None
        return _aware(_parse_words(value.strip()))
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None


def _parse_words(value: str) -> datetime:
    if value.isdigit() and len(value) >= 9:
        return datetime.fromtimestamp(int(value) / (1000 if int(value) > EPOCH_MILLISECONDS else 1), UTC)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        from email.utils import parsedate_to_datetime

        return parsedate_to_datetime(value)


def _aware(time: datetime) -> datetime:
    if time.tzinfo is UTC:
        return time
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
