"""Tracks are judged many at a time and by many desks: what becomes of each is the same as if it were the only one."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from random import Random

import asyncpg

from alerts.desk import judge_some
from alerts.particulars import Pool
from geofence.instants import Instant, moment
from service.embedded import EmbeddedPostgres
from tests.alerts.incident_values import minute
from tests.alerts.ledger import (
    ORDER_BEGAN,
    REGISTERS,
    RULES,
    WORK,
    Place,
    add_work,
    append,
    enter_wearer,
    history,
    incidents,
    inside,
    judge_all,
    minutes,
    outside,
    spoil_versions,
)
from tests.alerts.wandering import batches, wander
from tests.servers import database as databases

SEED = 3000
WEARERS = (1, 2, 3, 4)
DAYS = 2  # of four tracks at once it is more than a desk takes in hand together
CROSSED = '{"type": "Polygon", "coordinates": [[[0, 51], [1, 52], [1, 51], [0, 52], [0, 51]]]}'
HISTORY = """
SELECT incident_id, changed_at, what, reason, incident::text FROM incident_history ORDER BY incident_id, history_id"""
STANDING = "SELECT * FROM incident ORDER BY incident_id"
FIXES = "SELECT * FROM incident_fix ORDER BY incident_id, recorded_at, position_id, mechanism"
SAID = "SELECT count(*) FROM to_judge WHERE reason <> 'time passed'"


def arrivals(seed: int) -> Iterator[tuple[float, list[tuple[str, list[Place]]]]]:
    """Yield what arrives of all tags at once, in order: first days at once, then some hours as they come."""
    found: dict[float, list[tuple[str, list[Place]]]] = defaultdict(list)
    for number in WEARERS:
        backlog = wander(seed + number, -DAYS * 24 * 60, 0)
        found[5.0].append((f"T-{number}", backlog))
        for at, some in batches(seed + number, wander(seed - number, 10, 120)):
            found[at].append((f"T-{number}", some))
    yield from sorted(found.items())


@asynccontextmanager
async def fresh(server: EmbeddedPostgres) -> AsyncIterator[Pool]:
    made = await databases.create(server)
    async with asyncpg.create_pool(made.url, min_size=1, max_size=10) as pool:
        async with pool.acquire() as connection:
            for number in WEARERS:
                await enter_wearer(connection, number)
        yield pool
    await databases.drop(server, made)


async def found(pool: Pool) -> list[list[asyncpg.Record]]:
    return [await pool.fetch(query) for query in (STANDING, FIXES, HISTORY)]


async def judged_one_by_one(pool: Pool, seed: int) -> list[list[asyncpg.Record]]:
    for at, arrived in arrivals(seed):
        async with pool.acquire() as connection:
            for tag_id, places in arrived:
                await append(connection, places, tag_id, received=minute(at))
        while await judge_some(pool, REGISTERS, RULES, minute(at), 1):
            pass
    return await found(pool)


async def judged_together(pool: Pool, seed: int) -> list[list[asyncpg.Record]]:
    chance = Random(seed)  # noqa: S311 - the same desks for everyone who runs this
    for at, arrived in arrivals(seed):
        async with pool.acquire() as connection:
            for tag_id, places in chance.sample(arrived, len(arrived)):
                await append(connection, places, tag_id, received=minute(at))
        desks = [chance.choice((1, 2, 3, 100)) for _ in range(chance.randint(1, 4))]
        while any(await asyncio.gather(*(judge_some(pool, REGISTERS, RULES, minute(at), limit) for limit in desks))):
            pass
    return await found(pool)


async def test_any_number_of_desks_and_of_tracks_at_once_give_the_same_incidents_and_histories(
    postgres: EmbeddedPostgres,
) -> None:
    async with fresh(postgres) as pool:
        expected = await judged_one_by_one(pool, SEED)
    async with fresh(postgres) as pool:
        assert await judged_together(pool, SEED) == expected
    _, fixes, told = expected
    assert len(fixes) > 100
    assert {row["what"] for row in told} >= {"added", "changed", "merged"}


async def test_of_many_tracks_only_those_that_cannot_be_judged_are_parked(pool: Pool) -> None:
    async with pool.acquire() as connection:
        for number in range(9):
            await enter_wearer(connection, number)
        await spoil_versions(connection, "footprint = $1 WHERE zone_id IN ('Z-3', 'Z-7')", CROSSED)
        for number in range(9):
            await append(connection, inside(1, 2), f"T-{number}")
        assert await judge_all(pool, minute(3)) == 9
        rows = await connection.fetch("SELECT zone_id FROM incident ORDER BY zone_id")
        assert [row["zone_id"] for row in rows] == [f"Z-{number}" for number in (0, 1, 2, 4, 5, 6, 8)]
        parked = "SELECT tag_id FROM to_judge JOIN fitting USING (fitting_id) WHERE reason = 'judging failed before'"
        assert {row["tag_id"] for row in await connection.fetch(parked)} == {"T-3", "T-7"}
        assert await connection.fetchval(SAID) == 2


async def test_a_track_that_has_just_reported_does_not_wait_for_days_of_others(pool: Pool) -> None:
    async with pool.acquire() as connection:
        for number in range(6):
            await enter_wearer(connection, number)
            await append(connection, outside(*minutes(0, 9)), f"T-{number}", received=minute(10))
        # 30 days of each of five: every one of them is more than is judged together.
        for number in range(5):
            await add_work(connection, ORDER_BEGAN, minute(11), "zone published", f"T-{number}")
        await judge_all(pool, minute(10))
        await append(connection, inside(11), "T-5", received=minute(12))
        assert await judge_some(pool, REGISTERS, RULES, minute(13), 1) > 0
        assert await incidents(connection) == [("open", 11, 11, True)]
        assert await connection.fetchval(SAID) == 4
        assert await judge_all(pool, minute(13)) == 4
        assert await connection.fetchval(SAID) == 0


async def test_a_fitting_that_was_entered_anew_takes_over_what_was_found_under_the_old_one(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, inside(1, 2) + outside(3))
        await judge_all(pool, minute(4))
        await connection.execute("UPDATE fitting SET standing = false")
        anew: int = await connection.fetchval(
            "INSERT INTO fitting (tag_id, wearer_id, fitted_at) SELECT tag_id, wearer_id, $1 FROM fitting "
            "RETURNING fitting_id",
            moment(Instant(ORDER_BEGAN + 1)),
        )
        await connection.execute(
            WORK.replace("FROM fitting", "FROM (SELECT * FROM fitting ORDER BY fitting_id DESC) AS fitting"),
            "T-1",
            moment(minute(0)),
            moment(minute(5)),
            "fitting corrected",
        )
        assert await judge_all(pool, minute(5)) == 2
        assert await incidents(connection) == [("closed", 1, 2, True)]
        assert await connection.fetchval("SELECT fitting_id FROM incident") == anew
        assert [what for what, _ in await history(connection)] == ["added", "withdrawn", "added"]
        assert await connection.fetchval("SELECT count(*) FROM to_judge") == 0
