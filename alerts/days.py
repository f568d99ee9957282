"""When does a report day begin and end, and when is its report sealed and due? London's calendar, UTC's arithmetic."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from geofence.instants import Instant, Interval, instant, moment

LONDON = ZoneInfo("Europe/London")
SEALED = time(9)
DUE = time(10)


class Deadlines(NamedTuple):
    """When the report of one day is sealed, and when it has to be there."""

    seal_at: Instant
    due_at: Instant


def bounds_of(day: date) -> Interval:
    """Return the report day `[midnight, next midnight)` in London: 23, 24 or 25 hours.

    >>> bounds = bounds_of(date(2026, 3, 29))
    >>> (bounds.end - bounds.start) // 3_600_000_000
    23
    """
    return Interval(_london(day, time()), _london(day + timedelta(days=1), time()))


def report_day_of(at: Instant) -> date:
    """Return the London date to which an instant belongs."""
    return moment(at).astimezone(LONDON).date()


def deadlines_of(day: date) -> Deadlines:
    """Return when the report of `day` is sealed (09:00) and due (10:00), in London on the next day."""
    following = day + timedelta(days=1)
    return Deadlines(_london(following, SEALED), _london(following, DUE))


def _london(day: date, at: time) -> Instant:
    # London's clocks change at 01:00 UTC: none of the times of day that are asked for is ever skipped or repeated.
    return instant(datetime.combine(day, at, LONDON))
