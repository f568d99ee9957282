"""Instants as the rules use them: whole microseconds since 1970 in UTC, so that columns of them are int64.

Half-open intervals `[start, end)`; an interval without an end carries `FOREVER`.
"""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple, NewType

Instant = NewType("Instant", int)

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US
# No fix is from before it, and PostgreSQL counts from it.
YEAR_2000 = Instant(946_684_800 * SECOND_US)
FOREVER = Instant(2**62)
BEGINNING = Instant(-(2**62))

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Interval(NamedTuple):
    """The half-open interval `[start, end)`."""

    start: Instant
    end: Instant

    def meet(self, other: "Interval") -> "Interval | None":
        """Return what both have in common, None if nothing."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None


def instant(moment: datetime) -> Instant:
    """Return the instant of an aware datetime.

    >>> instant(datetime(2026, 11, 20, 18, 2, 11, tzinfo=UTC))
    1795197731000000

    Raises ValueError if `moment` is naive: a local time names no instant.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no offset from UTC")
    return Instant((moment - _EPOCH) // timedelta(microseconds=1))


def moment(at: Instant) -> datetime:
    """Return the aware UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=at)


def printed(at: Instant) -> str:
    """Return RFC 3339 in UTC with `Z`; milliseconds only if not whole seconds, microseconds only if finer still.

    >>> printed(Instant(1_795_197_731_000_000))
    '2026-11-20T18:02:11Z'
    >>> printed(Instant(1_795_197_731_250_000))
    '2026-11-20T18:02:11.250Z'
    """
    whole, fraction = divmod(at, SECOND_US)
    text = (_EPOCH + timedelta(seconds=whole)).replace(tzinfo=None).isoformat()
    if fraction == 0:
        return f"{text}Z"
    return f"{text}.{fraction // 1000:03d}Z" if fraction % 1000 == 0 else f"{text}.{fraction:06d}Z"
