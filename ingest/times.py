"""When is this? Texts of time as tags and their providers write them."""

import re
from datetime import UTC, datetime
from functools import lru_cache

from geofence.instants import Instant, instant

# What a member of a message may hold and still be kept in memory for the next message of the same second.
LONGEST_CACHED = 40
_CACHED = 32_768

_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:([Zz])|([+-]\d\d)(?::(\d\d)|(\d\d)?))?", re.ASCII
)
# At the calendar's very ends an instant in UTC, or a little earlier or later, may have no date.
_FIRST = instant(datetime(2, 1, 1, tzinfo=UTC))
_LAST = instant(datetime(9999, 1, 1, tzinfo=UTC))


class NoTime(ValueError):
    """This text names no instant; the message says why, without repeating the text."""


def read_instant(text: str, *, loose: bool) -> Instant:
    """Return the instant that an RFC 3339 text names; digits finer than a microsecond are cut off.

    loose: also take a text without an offset, as UTC, and an offset without a colon or minutes (`+00`, `+0000`):
    databases print them so.

    >>> read_instant("2026-11-20T18:02:11.9999999+00:00", loose=False)
    1795197731999999

    Raises NoTime if the text has another form, names no real time, or lacks the offset that it needs.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        raise NoTime("expected a time like 2026-11-20T18:02:11Z")
    day, clock, fraction, zulu, hours, minutes, bare_minutes = found.groups()
    if zulu is None and hours is None and not loose:
        raise NoTime("has no offset from UTC; write it with Z or +00:00")
    if hours is not None and minutes is None and not loose:
        raise NoTime("expected an offset from UTC like +01:00")
    offset = f"{hours}:{minutes or bare_minutes or '00'}" if hours else "+00:00"
    try:
        named = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '')[:6]:0<6}{offset}")
    except ValueError:
        raise NoTime("there is no such time") from None
    at = instant(named)
    if not _FIRST <= at < _LAST:
        raise NoTime("there is no such time")
    return at


@lru_cache(_CACHED)
def read_short_instant(text: str, loose: bool) -> Instant:
    """Return `read_instant` of a text of at most LONGEST_CACHED characters; fixes of the same second are common."""
    return read_instant(text, loose=loose)
