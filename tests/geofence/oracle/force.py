"""R1: when a zone is in force, found by stepping from one boundary to the next and asking what holds there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from geofence.instants import BEGINNING, Instant, Interval, instant, moment
from geofence.register import DAYS, Order, Prohibition, Window, Zone, ZoneVersion

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class InForce:
    """One in-force interval of a zone."""

    start: Instant
    end: Instant
    suspended: bool
    before_aware: bool
    opening: ZoneVersion
    closing: ZoneVersion

    def holds(self, at: Instant) -> bool:
        return self.start <= at < self.end


@lru_cache(maxsize=4096)
def wall_clock(day: date, at: time, closing: bool) -> Instant:
    """Return when London's clocks show a local time, by looking at each minute around it.

    "a time skipped in spring takes effect at the moment the clocks go forward; a time that occurs twice in
    autumn opens at its first and closes at its last occurrence".
    """
    wanted = datetime.combine(day, at)
    minutes = [datetime.combine(day, at, UTC) + timedelta(minutes=m) for m in range(-70, 71)]
    shown = [(m, m.astimezone(LONDON).replace(tzinfo=None)) for m in minutes]
    exact = [m for m, local in shown if local == wanted]
    if not exact:
        return instant(next(m for m, local in shown if local > wanted))
    return instant(exact[-1] if closing else exact[0])


def openings(schedule: Sequence[Window] | None, around: Interval) -> list[Interval]:
    """Return each opening of a schedule that may touch an interval; always, if there is no schedule.

    "A window whose `until` is not after its `from` runs into the next day (equal times: 24 h); its day is
    the day on which it opens; local times are Europe/London".
    """
    if schedule is None:
        return [around]
    found = []
    day = moment(around.start).date() - timedelta(days=3)
    while day <= moment(around.end).date() + timedelta(days=3):
        for window in schedule:
            if DAYS[day.weekday()] in window.days:
                last_day = day if window.until > window.start else day + timedelta(days=1)
                opens, closes = wall_clock(day, window.start, False), wall_clock(last_day, window.until, True)
                if opens < closes:
                    found.append(Interval(opens, closes))
        day += timedelta(days=1)
    return found


def steps(boundaries: Sequence[Instant], around: Interval) -> list[Interval]:
    """Return the stretches between neighbouring boundaries, within an interval."""
    kept = sorted({around.start, around.end, *(b for b in boundaries if around.start < b < around.end)})
    return [Interval(a, b) for a, b in pairwise(kept)]


def clause_life(order: Order, prohibition: Prohibition, last: Instant) -> Interval | None:
    """Return the time in which order, monitoring requirement and prohibition hold, cut some days after the last instant
    that can matter, since a schedule would open for ever after."""
    if order.monitoring is None:
        return None
    life = order.during.meet(order.monitoring)
    life = life.meet(prohibition.during) if life else None
    if life is None or prohibition.schedule is None:
        return life
    return life.meet(Interval(BEGINNING, Instant(last + 30 * 86_400_000_000)))


def clause_in_force(order: Order, prohibition: Prohibition, last: Instant) -> list[Interval]:
    """Return when a prohibition is in force "with or without a zone version" (R10)."""
    life = clause_life(order, prohibition, last)
    if life is None:
        return []
    open_times = openings(prohibition.schedule, life)
    edges = [edge for o in open_times for edge in o]
    return joined([s for s in steps(edges, life) if any(o.start <= s.start < o.end for o in open_times)])


def joined(intervals: Sequence[Interval]) -> list[Interval]:
    """Unite intervals that touch or overlap."""
    united: list[Interval] = []
    for interval in sorted(intervals):
        if united and interval.start <= united[-1].end:
            united[-1] = Interval(united[-1].start, max(united[-1].end, interval.end))
        else:
            united.append(interval)
    return united


def version_at(zone: Zone, at: Instant) -> ZoneVersion | None:
    """Return the version valid at an instant."""
    return next((v for v in zone.versions if v.valid_from <= at < v.valid_until), None)


def suspended_at(order: Order, at: Instant) -> bool:
    """Tell whether an authorised absence holds at an instant."""
    return any(s.start <= at < s.end for s in order.suspensions)


def in_force(order: Order, prohibition: Prohibition, zone: Zone, last: Instant) -> list[InForce]:
    """Return a zone's in-force intervals.

    R1: "A zone is in force when its order has effect, the monitoring requirement has effect, the prohibition has
    effect, its schedule is open and a version is valid. Its *in-force intervals* are the maximal intervals so covered;
    versions that follow on each other do not part them, but suspensions (united first) and the order's `aware_from`
    do".
    """
    aware = order.before_aware_until
    boundaries = [edge for v in zone.versions for edge in (v.valid_from, v.valid_until)]
    boundaries += [edge for s in order.suspensions for edge in s]
    boundaries += [] if aware is None else [aware]

    def state(at: Instant) -> tuple[bool, bool] | None:
        if version_at(zone, at) is None:
            return None
        return suspended_at(order, at), aware is not None and at < aware

    found = []
    for clause in clause_in_force(order, prohibition, last):
        for stretch, (suspended, before_aware) in stretches(steps(boundaries, clause), state):
            opening = version_at(zone, stretch.start)
            closing = max((v for v in zone.versions if v.valid_from < stretch.end), key=lambda v: v.valid_from)
            if opening is None:
                raise AssertionError("an interval opens without a version")
            found.append(InForce(stretch.start, stretch.end, suspended, before_aware, opening, closing))
    return found


def stretches(
    pieces: Sequence[Interval], state: Callable[[Instant], tuple[bool, bool] | None]
) -> list[tuple[Interval, tuple[bool, bool]]]:
    """Unite neighbouring pieces in the same state, leaving out those in none."""
    found: list[tuple[Interval, tuple[bool, bool]]] = []
    for piece in pieces:
        now = state(piece.start)
        if now is None:
            continue
        if found and found[-1][0].end == piece.start and found[-1][1] == now:
            found[-1] = (Interval(found[-1][0].start, piece.end), now)
        else:
            found.append((piece, now))
    return found


def version_for(zone: Zone, interval: InForce, at: Instant) -> ZoneVersion:
    """Return the version by which an instant is judged.

    R1: "each fix by the version then valid". Small print: "a fix at whose instant no version is valid is judged by the
    version that opens (before) or closes (after) the interval".
    """
    return version_at(zone, at) or (interval.opening if at < interval.start else interval.closing)
