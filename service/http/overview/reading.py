"""Counting what a force publishes: notices, orders in force, possible breaches, wearers, and what awaits somebody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from asyncpg import Record

from alerts.days import bounds_of, report_day_of
from geofence.instants import Instant, moment
from service.database import Connection
from service.http.incidents.reading import LISTED_IN
from service.register.clocks.awaiting import proposals
from service.register.clocks.clock import Clock
from service.register.clocks.emergencies import emergencies
from service.register.clocks.hearings import hearings
from service.register.clocks.orders_at import IN_EFFECT, OF_FORCE

NOTICES = ("DAPN", "DVPN")
DAYS = 30

FORCES = """SELECT code FROM force WHERE ($1::text IS NULL OR code = $1) ORDER BY code COLLATE "C" """
# Of all that were ever given: the published ones, but for those that lapsed because nobody confirmed them.
ISSUED = f"""
SELECT force, kind, count(*) AS found FROM court_order
WHERE kind = ANY($3) AND published_at IS NOT NULL AND coalesce(emergency_until, 'infinity') > $1::timestamptz
  AND effective_from <= $1 AND {OF_FORCE} GROUP BY force, kind"""  # noqa: S608 - a constant
IN_FORCE = f"""
SELECT force, kind, count(*) AS found FROM court_order WHERE {IN_EFFECT} AND {OF_FORCE} GROUP BY force, kind"""  # noqa: S608 - a constant
BREACHES = f"""
SELECT force, grade, suspended, before_aware, count(*) AS found FROM incident
WHERE standing AND ($1::text IS NULL OR force = $1) AND {LISTED_IN.format(since="$2::timestamptz", until="$3")}
GROUP BY force, grade, suspended, before_aware"""  # noqa: S608 - a constant
TAGGED = f"""
SELECT force, count(DISTINCT wearer_id) AS found FROM court_order JOIN fitting USING (wearer_id)
WHERE {IN_EFFECT} AND {OF_FORCE} AND standing AND fitted_at <= $1 AND coalesce(removed_at, 'infinity') > $1
GROUP BY force"""  # noqa: S608 - a constant


@dataclass(frozen=True, slots=True)
class Breaches:
    """Standing incidents that the report days from `first_day` to `last_day` list, by force and grade; never summed.

    suspended, before_aware: apart from the counted ones; one that is both is suspended.
    """

    first_day: date
    last_day: date
    counted: Mapping[tuple[str, str], int]
    suspended: Mapping[tuple[str, str], int]
    before_aware: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Overview:
    """The counts of each force: by (force, kind of order) or by force. What is not in a mapping is none."""

    forces: Sequence[str]
    notices_issued: Mapping[tuple[str, str], int]
    orders_in_force: Mapping[tuple[str, str], int]
    awaiting_hearing: Mapping[str | None, int]
    last_day: Breaches
    last_30_days: Breaches
    wearers_tagged: Mapping[str, int]
    open_proposals: Mapping[str | None, int]
    emergencies_unconfirmed: Mapping[str | None, int]


async def read_overview(connection: Connection, now: Instant, force: str | None) -> Overview:
    """Count for one force, or for each (None). The last report day is the day before the present one in London."""
    last_day = report_day_of(now) - timedelta(days=1)
    at = moment(now)
    return Overview(
        forces=[row["code"] for row in await connection.fetch(FORCES, force)],
        notices_issued=_by_kind(await connection.fetch(ISSUED, at, force, NOTICES)),
        orders_in_force=_by_kind(await connection.fetch(IN_FORCE, at, force)),
        awaiting_hearing=_by_force(await hearings(connection, now, force)),
        last_day=await _breaches(connection, force, last_day, last_day),
        last_30_days=await _breaches(connection, force, last_day - timedelta(days=DAYS - 1), last_day),
        wearers_tagged={row["force"]: row["found"] for row in await connection.fetch(TAGGED, at, force)},
        open_proposals=_by_force(await proposals(connection, now, force)),
        emergencies_unconfirmed=_by_force(await emergencies(connection, now, force)),
    )


async def _breaches(connection: Connection, force: str | None, first_day: date, last_day: date) -> Breaches:
    since, until = bounds_of(first_day).start, bounds_of(last_day).end
    counted: Counter[tuple[str, str]] = Counter()
    suspended: Counter[tuple[str, str]] = Counter()
    before_aware: Counter[tuple[str, str]] = Counter()
    for row in await connection.fetch(BREACHES, force, moment(since), moment(until)):
        kept = suspended if row["suspended"] else before_aware if row["before_aware"] else counted
        kept[row["force"], row["grade"]] += row["found"]
    return Breaches(first_day, last_day, counted, suspended, before_aware)


def _by_kind(rows: Sequence[Record]) -> Mapping[tuple[str, str], int]:
    return {(row["force"], row["kind"]): row["found"] for row in rows}


def _by_force(clocks: Sequence[Clock]) -> Mapping[str | None, int]:
    return Counter(clock.force for clock in clocks)
