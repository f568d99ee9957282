"""The morning run: one snapshot of everything that one force's report day is made from, judged as a whole."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from alerts.agreement import differences
from alerts.days import bounds_of
from alerts.incidents import Known, known_in_range
from alerts.inputs import Arrivals, DayInputs
from alerts.particulars import Connection, Particulars, RegisterReader
from alerts.readable import readable
from alerts.tracks import Reading, Stretch, last_fixes, read_events, read_fixes
from alerts.windows import CONTEXT_US, Wanted, sufficient_window
from geofence.instants import Instant, Interval, moment
from geofence.judge import judge
from geofence.judgement import Judgement, NotJudged
from geofence.register import Fitting, Register
from geofence.rules import Rules

# What came of the day's messages, of all tags: the ledger counts them by the hour of their arrival.
READ_ARRIVALS = """
SELECT COALESCE(sum(duplicates), 0)::bigint, COALESCE(sum(contradictions), 0)::bigint,
       COALESCE(sum(rejected), 0)::bigint
FROM arrival WHERE hour >= $1 AND hour < $2"""
# Tracks that the desk has still to judge.
READ_WAITING = "SELECT DISTINCT fitting_id FROM to_judge WHERE not_before <= $1"


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What the database held at one instant."""

    particulars: Particulars
    register: Register
    reading: Reading
    arrivals: Arrivals
    known: list[Known]
    waiting: frozenset[int]
    not_judged: tuple[NotJudged, ...]


async def day_inputs(
    connection: Connection,
    registers: RegisterReader,
    *,
    force: str,
    day: date,
    rules: Rules,
    horizon: Instant,
    edition: int | None,
    software_version: str,
) -> DayInputs:
    """Return everything that one force's report of `day` is made from; fixes recorded from `horizon` on are left out.

    1. In one REPEATABLE READ snapshot read register, particulars, tracks, events, arrivals and the desk's incidents.
    2. Set aside the zones that can't be read: they are named as not judged, and their time is not monitored.
    3. Judge the day as a whole, and what came since midnight (of the following day only), in a thread.
    4. Compare with the desk: both paths must give the same incidents.
    Raises LookupError if the register holds no such force.
    """
    between = bounds_of(day)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        snapshot = await _read(connection, registers, rules, force=force, between=between, horizon=horizon)
    judged = partial(_judged, snapshot, rules, horizon)
    judgement = await asyncio.to_thread(judged, between)
    since_midnight = None
    if horizon > between.end:
        following = bounds_of(day + timedelta(days=1))
        since_midnight = await asyncio.to_thread(judged, Interval(between.end, min(horizon, following.end)))
    return DayInputs(
        particulars=snapshot.particulars,
        register=snapshot.register,
        day=day,
        between=between,
        horizon=horizon,
        edition=edition,
        rules=rules,
        tracks=snapshot.reading.tracks,
        reported=snapshot.reading.reported,
        judgement=judgement,
        arrivals=snapshot.arrivals,
        differences=differences(snapshot.known, judgement.incidents, between, snapshot.waiting),
        software_version=software_version,
        since_midnight=since_midnight,
    )


async def _read(
    connection: Connection, registers: RegisterReader, rules: Rules, *, force: str, between: Interval, horizon: Instant
) -> Snapshot:
    particulars = await registers.particulars(connection, force)
    wearers = await registers.wearers_of_force(connection, force)
    theirs = _of_force(await registers.register(connection, wearers), particulars)
    register, not_judged = await asyncio.to_thread(readable, theirs)
    stretches = await _stretches(connection, register, rules, between, horizon)
    events = await read_events(connection, [(fitting.fitted_at, stretch) for fitting, stretch in stretches])
    reading = await read_fixes(connection, [stretch for _, stretch in stretches], events)
    known = await known_in_range(connection, wearers, between.start, min(between.end, horizon))
    waiting = await connection.fetch(READ_WAITING, moment(horizon))
    return Snapshot(
        particulars=particulars,
        register=register,
        reading=reading,
        arrivals=await _arrivals(connection, reading, between, horizon),
        known=[one for one in known if one.incident.order_id in particulars.orders],
        waiting=frozenset(row["fitting_id"] for row in waiting),
        not_judged=not_judged,
    )


def _of_force(register: Register, particulars: Particulars) -> Register:
    """Return the register without what other forces have against the same wearers: it is not this force's to read."""
    return replace(register, orders=tuple(order for order in register.orders if order.order_id in particulars.orders))


async def _stretches(
    connection: Connection, register: Register, rules: Rules, between: Interval, horizon: Instant
) -> list[tuple[Fitting, Stretch]]:
    """Return how much of each track decides the day: from far enough before it up to the horizon.

    The last fix before the day may belong to an incident that was lost, which is listed until its track goes on (R1).
    """
    fittings = [
        fitting
        for fitting in register.fittings
        if fitting.fitted_at < horizon and fitting.removed_at > between.start - CONTEXT_US
    ]
    before = [
        Stretch(fitting.tag_id, fitting.fitted_at, min(fitting.removed_at, max(between.start, fitting.fitted_at)))
        for fitting in fittings
    ]
    wanted = []
    for fitting, last in zip(fittings, await last_fixes(connection, before), strict=True):
        until = min(fitting.removed_at, horizon)
        start = fitting.fitted_at if last is None else await _context(connection, fitting, register, rules, last)
        wanted.append((fitting, Stretch(fitting.tag_id, start, until)))
    return wanted


async def _context(
    connection: Connection, fitting: Fitting, register: Register, rules: Rules, last: Instant
) -> Instant:
    alone = replace(register, fittings=(fitting,))
    return (await sufficient_window(connection, Wanted(fitting, last, Instant(last + 1)), alone, rules)).start


async def _arrivals(connection: Connection, reading: Reading, between: Interval, horizon: Instant) -> Arrivals:
    recorded_at = reading.tracks.recorded_at
    fixes = int(((recorded_at >= between.start) & (recorded_at < min(between.end, horizon))).sum())
    row = await connection.fetchrow(READ_ARRIVALS, moment(between.start), moment(between.end))
    duplicates, contradictions, rejected = row or (0, 0, 0)
    return Arrivals(fixes, duplicates, contradictions, rejected)


def _judged(snapshot: Snapshot, rules: Rules, horizon: Instant, between: Interval) -> Judgement:
    judgement = judge(snapshot.reading.tracks, snapshot.register, rules, between, horizon)
    return replace(judgement, not_judged=snapshot.not_judged)
