"""Acts on a real register, each told apart as done or refused, and what the register holds afterwards."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import shapely

from alerts.particulars import Connection
from geofence.instants import Instant, Interval, instant, moment
from geofence.register import Order, Prohibition, Register, ZoneVersion
from service.register.past import read_as_of_version
from service.register.refusals import Conflict, Faulty, ReasonNeeded, SamePerson, Stale
from service.register.store import PostgresRegister
from tests.service.register.model import HOUR_US, Answer, Answers, Shape

STORE = PostgresRegister()
BEGAN = 1_795_132_800_000_000  # 2026-11-20T00:00:00Z
# Croydon three times over, and Edinburgh.
PLACES = ((-0.1, 51.37), (-0.05, 51.4), (-0.15, 51.34), (-3.2, 55.95))
# tag, wearer, hours from BEGAN to when it was fitted and removed. W-1 has passed through three.
FITTINGS: tuple[tuple[str, str, int, int | None], ...] = (
    ("T-1", "W-1", -1000, -30),
    ("T-2", "W-1", -30, 40),
    ("T-3", "W-1", 40, None),
    ("T-4", "W-2", -1000, None),
)
FORCE = "INSERT INTO force (code, name) VALUES ('MPS', 'Metropolitan Police Service')"
WEARER = "INSERT INTO wearer (wearer_id, name, home_area) VALUES ($1, 'Alex Example', $2)"
FITTING = "INSERT INTO fitting (tag_id, wearer_id, fitted_at, removed_at) VALUES ($1, $2, $3, $4)"
LAST_WORK = "SELECT coalesce(max(to_judge_id), 0) FROM to_judge"
ADDED_WORK = "SELECT tag_id, since FROM to_judge JOIN fitting USING (fitting_id) WHERE to_judge_id > $1"
VERSION = "SELECT version FROM register_state"
# Everything that a refused act might have written.
_TABLES = (
    *("force", "wearer", "fitting", "court_order", "suspension", "prohibition", "zone", "zone_version", "proposal"),
    *("register_past", "register_change", "register_state", "to_judge"),
)
_LINES = " UNION ALL ".join(f"SELECT '{table} ' || {table}::text AS line FROM {table}" for table in _TABLES)  # noqa: S608
EVERYTHING = f"SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM ({_LINES}) AS lines"  # noqa: S608
REFUSALS = (Conflict, Faulty, ReasonNeeded, SamePerson, Stale)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an act: its refusal, or its result. work: since when each tag's track is to be judged because of it.

    version: of the register afterwards. altered: whether a single row of it is another.
    """

    refusal: type[Exception] | None
    result: object
    version: int
    altered: bool
    work: Sequence[tuple[str, int]] = ()


async def settle(connection: Connection) -> None:
    """Enter the force, the wearers and what they wear."""
    await connection.execute(FORCE)
    await connection.execute(WEARER, "W-1", "Croydon")
    await connection.execute(WEARER, "W-2", "Leeds")
    for tag_id, wearer_id, fitted, removed in FITTINGS:
        until = None if removed is None else moment(at_hour(removed))
        await connection.execute(FITTING, tag_id, wearer_id, moment(at_hour(fitted)), until)


def us(at: datetime) -> int:
    """Return microseconds, as the model counts."""
    return int(instant(at))


def at_hour(hour: float) -> Instant:
    return Instant(BEGAN + round(hour * HOUR_US))


async def attempt(connection: Connection, act: Callable[[Connection], Awaitable[object]]) -> Outcome:
    """Do an act in a transaction that is kept even if it is refused: what it wrote before would be seen."""
    before, last = await connection.fetchval(EVERYTHING), await connection.fetchval(LAST_WORK)
    refusal: type[Exception] | None = None
    result: object = None
    async with connection.transaction():
        try:
            result = await act(connection)
        except REFUSALS as refused:
            refusal = type(refused)
    work = [(row["tag_id"], us(row["since"])) for row in await connection.fetch(ADDED_WORK, last)]
    altered = await connection.fetchval(EVERYTHING) != before
    return Outcome(refusal, result, await connection.fetchval(VERSION), altered, work)


async def read(connection: Connection, version: int | None = None) -> Register:
    """Return the register as it is, or as a change left it."""
    looking = connection.transaction()
    await looking.start()
    try:
        if version is not None:
            await read_as_of_version(connection, version)
        return await STORE.register(connection)
    finally:
        await looking.rollback()


def told(register: Register, asked: Answers) -> Answers:
    """Return what a register holds at the same zones and instants as the model was asked of."""
    held: dict[str, _Held] = {
        zone.zone_id: (order, clause, [(each.valid_from, each.valid_until, _shape(each)) for each in zone.versions])
        for order in register.orders
        for clause in order.prohibitions
        for zone in clause.zones
    }
    return {key: _bites(held.get(key[0]), Instant(key[1])) for key in asked}


def zones(register: Register) -> set[str]:
    """Return the zones that a register has."""
    return {zone.zone_id for order in register.orders for clause in order.prohibitions for zone in clause.zones}


def instants(register: Register) -> set[int]:
    """Return every instant at which something begins or ends to hold."""
    found: set[int] = set()
    for order in register.orders:
        found |= {*order.during, *(order.monitoring or ()), *(at for each in order.suspensions for at in each)}
        for clause in order.prohibitions:
            found |= set(clause.during)
            found |= {
                at for zone in clause.zones for each in zone.versions for at in (each.valid_from, each.valid_until)
            }
    return {int(at) for at in found}


_Held = tuple[Order, Prohibition, list[tuple[Instant, Instant, Shape]]]


def _bites(held: _Held | None, at: Instant) -> Answer:
    if held is None:
        return None
    order, clause, versions = held
    if not all(_within(at, during) for during in (order.during, order.monitoring, clause.during)):
        return None
    shapes = [shape for start, end, shape in versions if start <= at < end]
    assert len(shapes) <= 1
    return (shapes[0], any(_within(at, each) for each in order.suspensions)) if shapes else None


def _within(at: Instant, during: Interval | None) -> bool:
    return during is not None and during.start <= at < during.end


def _shape(version: ZoneVersion) -> Shape:
    (place,) = shapely.get_coordinates(version.footprint)
    return Shape(PLACES.index((float(place[0]), float(place[1]))), version.distance_m)


def late_work(work: Sequence[tuple[str, int]], changed: Mapping[str, int]) -> list[str]:
    """Return the tags of whose tracks too little will be judged. changed: from when on each wearer's answers do."""
    missing = []
    for tag_id, wearer_id, fitted, removed in FITTINGS:
        first = changed.get(wearer_id)
        if first is None or (removed is not None and at_hour(removed) <= first):
            continue
        if not any(tag == tag_id and since <= max(first, at_hour(fitted)) for tag, since in work):
            missing.append(tag_id)
    return missing
