"""Instants, dates and local times as they are written in a register file, and London's calendar."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from geofence.instants import Instant, instant, moment

LONDON = ZoneInfo("Europe/London")

_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d", re.ASCII)


# An instant is printed with four digits of year.
_FIRST_YEAR = 1000
# The very last microsecond that a datetime holds is what the database driver takes for infinity.
_INFINITY = instant(datetime.max.replace(tzinfo=UTC))


class NoOffset(ValueError):
    """A local time where an instant is needed."""


def read_instant(text: str) -> Instant:
    """Return the instant of an RFC 3339 text; digits finer than microseconds are cut off.

    Raises NoOffset if it has no offset from UTC, ValueError if it is no instant.

    >>> read_instant("1970-01-01T01:00:01.5+01:00")
    1500000
    """
    found = _INSTANT.fullmatch(text)
    if found is None:
        raise ValueError("not an RFC 3339 instant")
    day, clock, fraction, offset = found.groups()
    local = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '0')[:6]:0<6}")
    if offset is None:
        raise NoOffset("no offset from UTC")
    at = instant(local.replace(tzinfo=UTC)) - _offset_us(offset)
    try:
        year = moment(Instant(at)).year
    except OverflowError:
        year = 0
    if year < _FIRST_YEAR or at == _INFINITY:
        raise ValueError("outside the years 1000 to 9999")
    return Instant(at)


def read_date(text: str) -> date:
    """Return the date of `YYYY-MM-DD`. Raises ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError("not YYYY-MM-DD")
    return date.fromisoformat(text)


def read_time(text: str) -> time:
    """Return the local time of `HH:MM`, 00:00 to 23:59. Raises ValueError."""
    if not _TIME.fullmatch(text):
        raise ValueError("not HH:MM")
    return time.fromisoformat(text)


def midnight_ending(made_on: date, days: int) -> Instant | None:
    """Return the London midnight that ends the `days`th day, `made_on` being the first; None beyond the year 9999."""
    try:
        ends = datetime.combine(made_on + timedelta(days=days), time(), LONDON)
        return instant(ends)
    except OverflowError:
        return None


def twelve_months_on(start: Instant) -> Instant | None:
    """Return the same London date and time 12 months on; None beyond the year 9999.

    29 February answers to 28 February. A local time that is skipped then is the moment the clocks go forward;
    one that occurs twice is its last occurrence.
    """
    try:
        local = moment(start).astimezone(LONDON).replace(tzinfo=None)
        later = local.replace(year=local.year + 1, day=28 if (local.month, local.day) == (2, 29) else local.day)
    except (OverflowError, ValueError):
        return None
    before, after = (later.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    if before <= after:
        return instant(after)
    # Skipped: read with the offset after the change it lies before it, and the reverse. Between lies the change.
    return instant(_clocks_go_forward(after, before))


def _clocks_go_forward(low: datetime, high: datetime) -> datetime:
    offset = low.astimezone(LONDON).utcoffset()
    while high - low > timedelta(microseconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(LONDON).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


def _offset_us(offset: str) -> int:
    if offset in {"Z", "z"}:
        return 0
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    if hours > 23 or minutes > 59:
        raise ValueError("offset out of range")
    return (1 if offset[0] == "+" else -1) * (hours * 60 + minutes) * 60_000_000
