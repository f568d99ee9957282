"""R1: during which intervals is a prohibition, and each of its zones, in force?"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from geofence.instants import SECOND_US, Instant, Interval, moment
from geofence.register import Order, Prohibition, Zone
from geofence.schedule import LONDON, meet, openings, unite

# Schedules are opened up to this far beyond what anyone asks of, so that an interval's end is never an artefact.
_DAY_US = 86_400 * SECOND_US
_EARLIEST = Instant(-2_208_988_800 * SECOND_US)
_LATEST = Instant(7_258_118_400 * SECOND_US)


class InForce(NamedTuple):
    """A maximal interval in which a zone is in force, wholly suspended or not, wholly before awareness or not."""

    start: Instant
    end: Instant
    suspended: bool
    before_aware: bool


class Span(NamedTuple):
    """The London days for which schedules are worked out; intervals outside them are left out."""

    first_day: date
    last_day: date


def span(first: Instant, last: Instant) -> Span:
    """Return the days that hold every opening which matters between two instants, with room on both sides."""
    low = max(_EARLIEST, min(first, _LATEST) - 2 * _DAY_US)
    high = min(_LATEST, max(last, _EARLIEST) + 9 * _DAY_US)
    return Span(_london_day(Instant(low)), _london_day(Instant(max(low, high))) + timedelta(days=1))


def held(order: Order, prohibition: Prohibition, during: Span) -> list[Interval]:
    """Return the maximal intervals in which order, monitoring requirement, prohibition and schedule all hold."""
    if order.monitoring is None:
        return []
    common = order.during.meet(order.monitoring)
    common = common and common.meet(prohibition.during)
    if common is None:
        return []
    if prohibition.schedule is None:
        return [common]
    return meet([common], openings(prohibition.schedule, during.first_day, during.last_day))


def published(zones: Sequence[Zone]) -> list[Interval]:
    """Return the maximal intervals in which at least one of the zones has a valid version."""
    return unite([Interval(version.valid_from, version.valid_until) for zone in zones for version in zone.versions])


def in_force(order: Order, prohibition: Prohibition, zone: Zone, during: Span) -> list[InForce]:
    """Return the intervals in which a zone is in force, in order."""
    return parted(meet(held(order, prohibition, during), published([zone])), order)


def parted(wholes: Sequence[Interval], order: Order) -> list[InForce]:
    """Return intervals, parted where a suspension (united first) begins or ends and where the wearer became aware.

    Versions that follow on each other do not part them: they were united before.
    """
    suspensions, aware = unite(order.suspensions), order.before_aware_until
    if not suspensions and aware is None:
        return [InForce(start, end, suspended=False, before_aware=False) for start, end in wholes]
    cuts = sorted({cut for suspension in suspensions for cut in suspension} | ({aware} if aware is not None else set()))
    return [
        InForce(start, end, within(start, suspensions), aware is not None and start < aware)
        for whole in wholes
        for start, end in pairwise(cut_at(whole, cuts))
    ]


def cut_at(whole: Interval, cuts: Sequence[Instant]) -> list[Instant]:
    """Return the edges of the pieces into which ascending cuts part an interval, its own two included."""
    return [whole.start, *cuts[bisect_right(cuts, whole.start) : bisect_left(cuts, whole.end)], whole.end]


def within(at: Instant, intervals: Sequence[Interval]) -> bool:
    """Return whether an instant lies in one of some intervals, which are disjoint and in order."""
    last = bisect_right(intervals, at, key=lambda interval: interval.start) - 1
    return last >= 0 and at < intervals[last].end


def _london_day(at: Instant) -> date:
    return moment(at).astimezone(LONDON).date()
