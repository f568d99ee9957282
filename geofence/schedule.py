"""R1: when is a weekly schedule open? Its hours are London's, through both changes of the clocks."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from geofence.instants import BEGINNING, Instant, Interval, instant
from geofence.register import DAYS, Window

LONDON = ZoneInfo("Europe/London")
# A gap that recurs every week may vanish in the week the clocks change, and they change at most once in three weeks.
_LOOK_BACK_DAYS = 16


@lru_cache(maxsize=4096)
def openings(schedule: tuple[Window, ...], first_day: date, last_day: date) -> tuple[Interval, ...]:
    """Return the maximal intervals in which a schedule is open on London days from `first_day` to `last_day`, in order.

    A schedule that leaves no gap for two weeks has none: its first interval then starts at BEGINNING.
    """
    start = first_day - timedelta(days=_LOOK_BACK_DAYS)
    days = [start + timedelta(days=n) for n in range((last_day - start).days + 1)]
    found = [_opening(window, day) for day in days for window in schedule if DAYS[day.weekday()] in window.days]
    united = unite([opening for opening in found if opening.start < opening.end])
    known_from = instant(datetime.combine(first_day, time(), tzinfo=LONDON))
    relevant = [interval for interval in united if interval.end > known_from]
    # Windows of the day before `start` are missing, so a gap of the first day may not be real: length alone decides.
    if relevant and relevant[0].start < known_from - 14 * 86_400_000_000:
        relevant[0] = Interval(BEGINNING, relevant[0].end)
    return tuple(relevant)


def unite(intervals: Sequence[Interval]) -> list[Interval]:
    """Return the union of intervals as maximal ones in order; those that only touch are one."""
    if len(intervals) < 2:
        return list(intervals)
    united: list[Interval] = []
    for interval in sorted(intervals):
        if united and interval.start <= united[-1].end:
            united[-1] = Interval(united[-1].start, max(united[-1].end, interval.end))
        else:
            united.append(interval)
    return united


def meet(one: Sequence[Interval], other: Sequence[Interval]) -> list[Interval]:
    """Return what two ordered sequences of disjoint intervals have in common."""
    common = []
    left, right = 0, 0
    while left < len(one) and right < len(other):
        both = one[left].meet(other[right])
        if both:
            common.append(both)
        if one[left].end <= other[right].end:
            left += 1
        else:
            right += 1
    return common


def _opening(window: Window, day: date) -> Interval:
    """Return when a window opens and closes that belongs to a day."""
    until_day = day if window.until > window.start else day + timedelta(days=1)
    return Interval(
        _local(datetime.combine(day, window.start), closing=False),
        _local(datetime.combine(until_day, window.until), closing=True),
    )


def _local(wall: datetime, *, closing: bool) -> Instant:
    """Return the instant of a London wall-clock time.

    A time that occurs twice opens at its first and closes at its last occurrence; a time that is skipped takes
    effect at the moment the clocks go forward.
    """
    early, late = wall.replace(tzinfo=LONDON, fold=0), wall.replace(tzinfo=LONDON, fold=1)
    if early.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != wall:
        return _change_between(late.astimezone(UTC), early.astimezone(UTC))
    return instant(late if closing else early)


def _change_between(before: datetime, after: datetime) -> Instant:
    """Return the moment at which London's offset changes between two moments, to the second."""
    offset = before.astimezone(LONDON).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(LONDON).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return instant(after)
