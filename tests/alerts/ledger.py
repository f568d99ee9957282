"""A small register and a ledger for the desk's tests, filled as the administrator and ingest fill them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from alerts.desk import judge_some
from alerts.particulars import Connection, Pool
from geofence.instants import FOREVER, Instant, moment
from geofence.rules import Rules
from geofence.tracks import Mechanism
from service.register.store import PostgresRegister
from tests.alerts.incident_values import minute

RULES = Rules()
REGISTERS = PostgresRegister()
LONGITUDE_DEG, LATITUDE_DEG, DISTANCE_M = -0.1, 51.37, 200.0
DEGREES_A_KM = 0.01436  # of longitude, at that latitude

FORCE = "INSERT INTO force (code, name) VALUES ($1, $1 || ' Police') ON CONFLICT DO NOTHING"
WEARER = "INSERT INTO wearer (wearer_id, name) VALUES ($1, 'Name of ' || $1)"
FITTING = "INSERT INTO fitting (tag_id, wearer_id, fitted_at) VALUES ($1, $2, $3) RETURNING fitting_id"
ORDER = """
INSERT INTO court_order (order_id, kind, reference, force, wearer_id, made_on, effective_from, ends, monitoring_from,
                         monitoring_until, drawn_by, drawn_at, published_by, published_at)
VALUES ($1, 'DAPO', 'Reference ' || $1, $2, $3, $4::timestamptz::date, $4, '{"kind": "further_order"}', $4,
        $4::timestamptz + interval '300 days', 'one', $4, 'other', $4)"""
PROHIBITION = """
INSERT INTO prohibition (prohibition_id, order_id, clause, wording, starts_at, needs_zone)
VALUES ($1, $2, '1', 'Not to come near', $3, true)"""
ZONE = "INSERT INTO zone (zone_id, prohibition_id, label) VALUES ($1, $2, 'Zone')"
VERSION = """
INSERT INTO zone_version (zone_id, version, valid_from, valid_until, footprint, distance_m, drawn_by, drawn_at,
                          published_by, published_at)
VALUES ($1, $2, $3, $4, $5, $6, 'one', $3, 'other', $3)"""
TAG = "INSERT INTO tag (tag_id) VALUES ($1) ON CONFLICT DO NOTHING"
FIX = """
INSERT INTO fix (tag_no, recorded_at, received_at, uploaded_at, longitude_deg, latitude_deg, accuracy_m, mechanism,
                 clock_suspect, position_id, speed_kmh)
SELECT tag_no, $2, $3, $3, $4, $5, $6, $7, false, $8, 3.5 FROM tag WHERE tag_id = $1"""
WORK = """
INSERT INTO to_judge (fitting_id, since, not_before, reason, added_at)
SELECT fitting_id, $2, $3, $4, $3 FROM fitting WHERE tag_id = $1"""
CIRCLE = f'{{"type": "Point", "coordinates": [{LONGITUDE_DEG}, {LATITUDE_DEG}]}}'

ORDER_BEGAN = minute(-30 * 24 * 60)


@dataclass(frozen=True, slots=True)
class Place:
    """A fix as a test says it: so many kilometres east of the zone's centre at so many minutes after midnight."""

    at_minute: float
    east_km: float
    north_km: float = 0.0
    mechanism: Mechanism = Mechanism.GPS
    accuracy_m: float = 8.0


def inside(*minutes: float) -> list[Place]:
    return [Place(at, 0.0) for at in minutes]


def outside(*minutes: float) -> list[Place]:
    return [Place(at, 1.0) for at in minutes]


async def enter_wearer(
    connection: Connection, number: int = 1, force: str = "MPS", began: Instant = ORDER_BEGAN
) -> int:
    """Enter a wearer with a tag, an order and one circle of a zone, and return the fitting."""
    since = moment(began)
    wearer_id, order_id, prohibition_id, zone_id = (f"{kind}-{number}" for kind in "WOPZ")
    await connection.execute(FORCE, force)
    await connection.execute(WEARER, wearer_id)
    fitting_id: int = await connection.fetchval(FITTING, f"T-{number}", wearer_id, since)
    await connection.execute(ORDER, order_id, force, wearer_id, since)
    await connection.execute(PROHIBITION, prohibition_id, order_id, since)
    await connection.execute(ZONE, zone_id, prohibition_id)
    await enter_version(connection, zone_id, 1, began)
    return fitting_id


async def enter_version(
    connection: Connection,
    zone_id: str,
    version: int,
    start: Instant,
    end: Instant = FOREVER,
    *,
    footprint: str = CIRCLE,
    distance_m: float = DISTANCE_M,
) -> None:
    """Publish a version of a zone."""
    until = None if end == FOREVER else moment(end)
    await connection.execute(VERSION, zone_id, version, moment(start), until, footprint, distance_m)


async def spoil_versions(connection: Connection, members: str, *values: object) -> None:
    """Change published zone versions, as only somebody with the database's own rights could."""
    async with connection.transaction():
        await connection.execute("ALTER TABLE zone_version DISABLE TRIGGER forbids_change")
        await connection.execute(f"UPDATE zone_version SET {members}", *values)  # noqa: S608 - a test's own words
        await connection.execute("ALTER TABLE zone_version ENABLE TRIGGER forbids_change")


async def append(
    connection: Connection, places: Sequence[Place], tag_id: str = "T-1", *, received: Instant | None = None
) -> None:
    """Append fixes and the work they make, in one transaction, as ingest does. Received a second after the last."""
    at = moment(minute(max(place.at_minute for place in places) + 1 / 60) if received is None else received)
    async with connection.transaction():
        await connection.execute(TAG, tag_id)
        await connection.executemany(FIX, [_row(tag_id, at, place) for place in places])
        since = moment(minute(min(place.at_minute for place in places)))
        await connection.execute(WORK, tag_id, since, at, "fixes")


async def add_work(connection: Connection, since: Instant, due: Instant, reason: str, tag_id: str = "T-1") -> None:
    await connection.execute(WORK, tag_id, moment(since), moment(due), reason)


async def judge_all(pool: Pool, now: Instant) -> int:
    """Let the desk do all that is due."""
    return await judge_some(pool, REGISTERS, RULES, now, 1000)


async def incidents(connection: Connection) -> list[tuple[str, int, int, bool]]:
    """Return (state, minute of the first fix, minute of the last, standing) of every incident, in order."""
    rows = await connection.fetch("SELECT state, first_at, last_at, standing FROM incident ORDER BY first_at, standing")
    return [(row["state"], _minute(row["first_at"]), _minute(row["last_at"]), row["standing"]) for row in rows]


async def history(connection: Connection) -> list[tuple[str, str]]:
    """Return (what, reason) of every change, in order."""
    rows = await connection.fetch("SELECT what, reason FROM incident_history ORDER BY history_id")
    return [(row["what"], row["reason"]) for row in rows]


def _row(tag_id: str, received: datetime, place: Place) -> tuple[object, ...]:
    at = moment(minute(place.at_minute))
    longitude_deg = LONGITUDE_DEG + place.east_km * DEGREES_A_KM
    latitude_deg = LATITUDE_DEG + place.north_km / 111.25
    position_id = f"p{place.at_minute}"
    return tag_id, at, received, longitude_deg, latitude_deg, place.accuracy_m, int(place.mechanism), position_id


def _minute(at: datetime) -> int:
    return round((at - moment(minute(0))).total_seconds() / 60)


def minutes(first: int, last: int) -> Iterable[int]:
    return range(first, last + 1)
