"""times as feeds write them -> aware datetimes."""

import re
from datetime import UTC, datetime

SECONDS = 100_000_000_000  # numbers above are no seconds, but
UNITS = (1, 1000, 10**6, 10**9)  # milliseconds, microseconds or nanoseconds, told by their size
NUMBER = re.compile(r"\d{8,}(?:\.\d*)?")
STAMP = re.compile(r"(?:19|20)\d{6}(?:\d{4}(?:\d\d)?)?")  # a day, also with a time, in digits alone


def parse_time(value: object) -> datetime | None:
    """Return a time as found in feeds; None if it is none.

    That is ISO 8601, RFC 2822, digits alone (20260302, 20260302080000), or seconds since 1970 and finer.

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
            return _of_number(value)
        if not isinstance(value, str) or not value.strip():
            return None
        return _aware(_parse_words(value.strip()))
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None


def _of_number(value: float) -> datetime:
    """Return the time of a number: digits that make a day, or what has passed since 1970."""
    digits = str(value)
    if STAMP.fullmatch(digits):
        try:
            return datetime.fromisoformat(f"{digits[:8]}T{digits[8:] or '00'}").replace(tzinfo=UTC)
        except ValueError:
            pass  # no day, no hour: a number
    unit = next((unit for unit in UNITS if abs(value) <= SECONDS * unit), UNITS[-1])
    return datetime.fromtimestamp(value / unit, UTC)


def _parse_words(value: str) -> datetime:
    if NUMBER.fullmatch(value):
        return _of_number(float(value) if "." in value else int(value))
    try:
        return datetime.fromisoformat(value.removesuffix(" UTC").removesuffix(" GMT"))
    except ValueError:
        from email.utils import parsedate_to_datetime

        return parsedate_to_datetime(value)


def _aware(time: datetime) -> datetime:
    if time.tzinfo is UTC:
        return time
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
