"""How many tracks a second does one desk judge, and how long does a fix wait? A real PostgreSQL beside it.

`python -m tests.benchmarks.desk [TRACKS]`: wearers with four circles each, a fix a minute, 5 in 100 of them in and out
of a circle. First three hours of everybody at once, then single minutes, as they come. The baseline reads the fixes of
the three hours and judges them in one go: no work list, no window to look for, nothing written. Then one desk beside
ingest: from the append of a fix in a zone to its incident, with nothing else to do and while the last 24 hours of 500
tags are judged.
"""

import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import asyncpg
import numpy as np
import structlog

from alerts.desk import judge_some, run_desk
from alerts.particulars import Pool
from alerts.tracks import Stretch, read_fixes
from geofence.instants import FOREVER, Instant, Interval, instant
from geofence.judge import judge
from geofence.rules import Rules
from service.embedded import EmbeddedPostgres
from service.register.document import read_register
from service.register.load import load
from service.register.store import PostgresRegister
from tests.servers import database as databases

TRACKS = 2_000
LATE = 500  # tags whose last 24 hours come at once
MINUTES, SINGLE = 180, 3
NEAR = 20  # every so many-th wearer
APPENDS = 40
BEGAN = "2026-10-01T12:00:00Z"
START = datetime(2026, 11, 20, 6, tzinfo=UTC)
RULES = Rules()

ADD_TAGS = "INSERT INTO tag (tag_id) SELECT unnest($1::text[])"
# Most stay kilometres away; those who are near go through the circle and out again every half an hour.
ADD_FIXES = """
INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, accuracy_m, mechanism, clock_suspect,
                 position_id)
SELECT tag_no, at, at, -2.0 + number % 1000 / 500.0 + CASE WHEN number % $4 = 0 THEN 0.008 ELSE 0.1 END
       * (1.05 + sin(extract(epoch FROM at) / 300 + number)), 51.2 + number / 1000 % 100 / 50.0, 8, 1, false,
       extract(epoch FROM at)::bigint::text
FROM unnest($1::text[]) AS asked (tag_id) JOIN tag USING (tag_id) CROSS JOIN CAST(substr(tag_id, 3) AS int) AS number,
     generate_series($2::timestamptz, $3::timestamptz - interval '1 minute', interval '1 minute') AS at"""
ADD_WORK = """
INSERT INTO to_judge (fitting_id, since, not_before, reason, added_at)
SELECT fitting_id, $2, $3, 'fixes', $3 FROM fitting WHERE tag_id = ANY($1)"""
# One fix at the zone's very centre.
ADD_INSIDE = """
INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, accuracy_m, mechanism, clock_suspect)
SELECT tag_no, $2, $2, -2.0 + number % 1000 / 500.0, 51.2 + number / 1000 % 100 / 50.0, 8, 1, false
FROM tag CROSS JOIN CAST(substr(tag_id, 3) AS int) AS number WHERE tag_id = $1"""
FOUND = (
    "SELECT EXISTS (SELECT FROM incident_fix JOIN incident USING (incident_id) WHERE tag_id = $1 AND recorded_at = $2)"
)


class Took(NamedTuple):
    """Seconds by the clock, and of this process's CPU; the database's are not in it."""

    wall_s: float
    own_s: float


def register_file(wearers: int) -> bytes:
    """Return a register of so many wearers."""
    numbers = range(wearers)
    return json.dumps(
        {
            "forces": [{"code": "MPS", "name": "Metropolitan Police Service"}],
            "wearers": [{"wearer_id": f"W-{n}", "name": f"Wearer {n}", "home_area": "Croydon"} for n in numbers],
            "fittings": [{"tag_id": f"T-{n}", "wearer_id": f"W-{n}", "fitted_at": BEGAN} for n in numbers],
            "orders": [_order(n) for n in numbers],
        }
    ).encode()


def _order(number: int) -> dict[str, Any]:
    return {
        "order_id": f"O-{number}",
        "kind": "DAPO",
        "reference": f"DAPO-2026-{number}",
        "force": "MPS",
        "wearer_id": f"W-{number}",
        "made_on": "2026-10-01",
        "effective_from": BEGAN,
        "ends": {"kind": "further_order"},
        "monitoring": {"from": BEGAN, "until": "2027-09-30T23:00:00Z"},
        "prohibitions": [_clause(number, clause) for clause in range(2)],
    }


def _clause(number: int, clause: int) -> dict[str, Any]:
    days = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "18:00", "until": "08:00"}
    return {
        "prohibition_id": f"P-{number}-{clause}",
        "clause": str(clause + 1),
        "text": "Not to enter.",
        "from": BEGAN,
        "schedule": [days] if clause and number % 4 == 0 else None,
        "zones": [_zone(number, 2 * clause + which) for which in range(2)],
    }


def _zone(number: int, which: int) -> dict[str, Any]:
    place = [-2.0 + number % 1000 / 500 - 0.05 * which, 51.2 + number // 1000 % 100 / 50]
    shape = {"footprint": {"type": "Point", "coordinates": place}, "distance_m": 200.0}
    return {
        "zone_id": f"Z-{number}-{which}",
        "label": "Zone",
        "versions": [{"version": 1, "valid_from": BEGAN, **shape}],
    }


@asynccontextmanager
async def watched(server: EmbeddedPostgres, wearers: int) -> AsyncIterator[Pool]:
    """Yield a database with a register of so many wearers and their tags."""
    database = await databases.create(server)
    async with asyncpg.create_pool(database.url, min_size=1, max_size=6, server_settings={"jit": "off"}) as pool:
        document = read_register(register_file(wearers)).document
        assert document is not None
        async with pool.acquire() as connection:
            await load(connection, document, actor="bench", reason="measured", now=instant(START))
            await connection.execute("DELETE FROM to_judge")
            await connection.execute(ADD_TAGS, tags(wearers))
        yield pool
    await databases.drop(server, database)


def tags(wearers: int) -> list[str]:
    """Return the tags of so many wearers."""
    return [f"T-{number}" for number in range(wearers)]


async def add(pool: Pool, asked: Sequence[str], start: datetime, until: datetime) -> None:
    """Add a fix a minute and the work that it makes, due at the end."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(ADD_FIXES, asked, start, until, NEAR)
        await connection.execute(ADD_WORK, asked, start, until)


async def judged(pool: Pool, until: datetime) -> Took:
    """Let one desk do all that is due, and return what it took."""
    began = Took(time.perf_counter(), time.process_time())
    while await judge_some(pool, PostgresRegister(), RULES, instant(until), 100):
        pass
    return Took(time.perf_counter() - began.wall_s, time.process_time() - began.own_s)


async def bare(pool: Pool, start: datetime, until: datetime) -> Took:
    """Read and judge the same fixes in one go, and return what it took; the register is read before."""
    async with pool.acquire() as connection:
        register = await PostgresRegister().register(connection)
        began = Took(time.perf_counter(), time.process_time())
        async with connection.transaction():
            stretches = [Stretch(fitting.tag_id, instant(start), FOREVER) for fitting in register.fittings]
            reading = await read_fixes(connection, stretches)
        judge(reading.tracks, register, RULES, Interval(instant(start), instant(until)), instant(until))
    return Took(time.perf_counter() - began.wall_s, time.process_time() - began.own_s)


async def throughput(server: EmbeddedPostgres, wearers: int) -> None:
    """Print how many tracks a second are judged: hours of them at once, and minute by minute."""
    async with watched(server, wearers) as pool:
        until = START + timedelta(minutes=MINUTES)
        await add(pool, tags(wearers), START, until)
        await pool.execute("VACUUM ANALYZE")
        base = await bare(pool, START, until)
        told(f"{wearers:,} tracks, {MINUTES} minutes of each at once", wearers, await judged(pool, until), base)
        for _ in range(SINGLE):
            until += timedelta(minutes=1)
            await add(pool, tags(wearers), until - timedelta(minutes=1), until)
            told(f"{wearers:,} tracks, a minute more of each", wearers, await judged(pool, until), base)
        incidents = await pool.fetchval("SELECT count(*) FROM incident")
        print(f"  incidents: {incidents}")


def told(what: str, wearers: int, took: Took, base: Took) -> None:
    """Print one line of figures."""
    rate, wall_ms, own_ms = wearers / took.wall_s, 1e3 * took.wall_s / wearers, 1e3 * took.own_s / wearers
    ratio = base.wall_s / took.wall_s
    print(f"  {what:42} {rate:7,.0f} tracks/s {wall_ms:7.2f} ms a track, {own_ms:.2f} of the CPU {ratio:6.2f}")


async def waits(server: EmbeddedPostgres) -> None:
    """Print how long it takes from the append of a fix in a zone to its incident."""
    async with watched(server, LATE + APPENDS) as pool:
        live, now = tags(LATE + APPENDS)[LATE:], datetime.now(UTC)
        await add(pool, live, now - timedelta(hours=3), now)
        await pool.execute("VACUUM ANALYZE")
        stop = asyncio.Event()

        def clock() -> Instant:
            return instant(datetime.now(UTC))

        working = asyncio.create_task(run_desk(pool, PostgresRegister(), RULES, clock, stop))
        await _nothing_left(pool)
        alone = [await _delay_ms(pool, tag, pause_s=0.1 + n * 0.011) for n, tag in enumerate(live[: APPENDS // 2])]
        began = time.perf_counter()
        now = datetime.now(UTC)
        await add(pool, tags(LATE), now - timedelta(days=1), now)
        print(f"  appending 24 hours of {LATE} tags: {time.perf_counter() - began:.1f} s")
        began = time.perf_counter()
        meanwhile = asyncio.create_task(_nothing_left(pool))
        beside = [await _delay_ms(pool, tag, pause_s=0.05) for tag in live[APPENDS // 2 :] if not meanwhile.done()]
        await meanwhile
        print(f"  judging 24 hours of {LATE} tags: {time.perf_counter() - began:.1f} s")
        stop.set()
        await working
    for name, found in (("nothing else to do", alone), (f"beside 24 hours of {LATE} tags", beside)):
        if found:
            print(f"  from append to incident, {name}: {np.median(found):.0f} ms, at most {max(found):.0f} ms")


async def _nothing_left(pool: Pool) -> None:
    while await pool.fetchval("SELECT EXISTS (SELECT FROM to_judge WHERE reason <> 'time passed')"):  # noqa: ASYNC110
        await asyncio.sleep(0.005)


async def _delay_ms(pool: Pool, tag_id: str, *, pause_s: float) -> float:
    await asyncio.sleep(pause_s)
    now = datetime.now(UTC)
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(ADD_INSIDE, tag_id, now)
        await connection.execute(ADD_WORK, [tag_id], now, now)
    began = time.perf_counter()
    while not await pool.fetchval(FOUND, tag_id, now):  # noqa: ASYNC110 - a database sets no event
        await asyncio.sleep(0.002)
    return (time.perf_counter() - began) * 1e3


async def measure(server: EmbeddedPostgres, wearers: int) -> None:
    """Measure everything, each in a database of its own."""
    await databases.make_template(server)
    await throughput(server, wearers)
    await waits(server)


def main() -> None:
    """Measure and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    wearers = int(sys.argv[1]) if len(sys.argv) > 1 else TRACKS
    print("desk: ratios against reading and judging the same fixes in one go")
    with EmbeddedPostgres() as server:
        asyncio.run(measure(server, wearers))


if __name__ == "__main__":
    main()
