"""What arrived, hour by hour and day by day, and how late."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from asyncpg import Record

from alerts.days import bounds_of, report_day_of
from geofence.instants import Instant, instant, moment
from ingest.fix import Origin
from service.database import Connection
from service.http.documents import at

HOURS, DAYS = 24, 30
_COUNTS = ("messages", "fixes", "duplicates", "contradictions", "rejected")

ARRIVED = """
SELECT hour, origin, messages, fixes, duplicates, contradictions, rejected, recorded_late, uploaded_late
FROM arrival WHERE hour >= $1 AND hour <= $2 ORDER BY hour DESC, origin"""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What arrived in some time. recorded_late, uploaded_late: new fixes by class of lateness (ingest/lateness.py)."""

    counts: Mapping[str, int]
    recorded_late: tuple[int, ...]
    uploaded_late: tuple[int, ...]

    def __add__(self, other: "Arrived") -> "Arrived":
        return Arrived(
            {name: number + other.counts[name] for name, number in self.counts.items()},
            _sums(self.recorded_late, other.recorded_late),
            _sums(self.uploaded_late, other.uploaded_late),
        )


# By the beginning of an hour, or a day in London, and the feed; the latest first.
ByTime = Mapping[tuple[str, Origin], Arrived]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What arrived in the present hour and the HOURS before, and today and on the DAYS before."""

    hours: ByTime
    days: ByTime


async def read_arrivals(connection: Connection, now: Instant) -> Arrivals:
    """Return what arrived up to now; what there was nothing of is left out."""
    first_day = bounds_of(report_day_of(now) - timedelta(days=DAYS)).start
    rows = await connection.fetch(ARRIVED, moment(first_day), moment(now))
    since = moment(now) - timedelta(hours=HOURS + 1)
    return Arrivals(
        hours=_added_up(at, (row for row in rows if row["hour"] > since)),
        days=_added_up(lambda hour: report_day_of(instant(hour)).isoformat(), rows),
    )


def _added_up(named: Callable[[datetime], str], rows: Iterable[Record]) -> ByTime:
    found: dict[tuple[str, Origin], Arrived] = {}
    for row in rows:
        late = tuple(row["recorded_late"]), tuple(row["uploaded_late"])
        arrived = Arrived({name: row[name] for name in _COUNTS}, *late)
        key = named(row["hour"]), row["origin"]
        found[key] = found[key] + arrived if key in found else arrived
    return found


def _sums(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(map(sum, zip(one, other, strict=True)))
