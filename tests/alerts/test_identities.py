"""Identities, once made known, lead to what they were made known for, whatever comes late or is mended."""

from alerts.incidents import resolve
from alerts.particulars import Connection, Pool
from geofence.instants import moment
from tests.alerts.incident_values import minute
from tests.alerts.ledger import (
    CIRCLE,
    Place,
    add_work,
    append,
    enter_wearer,
    history,
    incidents,
    inside,
    judge_all,
    outside,
    spoil_versions,
)


def far(*minutes: float) -> list[Place]:
    return [Place(at, 9.0) for at in minutes]


async def judged_at(pool: Pool, connection: Connection, places: list[Place], at: float) -> None:
    await append(connection, places, received=minute(at))
    assert await judge_all(pool, minute(at)) == 1


async def the_one_at(connection: Connection, at: float) -> str:
    identity: str = await connection.fetchval(
        "SELECT incident_id FROM incident WHERE standing AND first_at = $1", moment(minute(at))
    )
    return identity


async def waiting(connection: Connection) -> list[str]:
    return [row["reason"] for row in await connection.fetch("SELECT DISTINCT reason FROM to_judge")]


async def test_what_was_the_first_fix_of_one_incident_may_begin_another_later(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await judged_at(pool, connection, outside(*range(-30, -10)) + inside(10), 10.01)
        known = await the_one_at(connection, 10)
        await judged_at(pool, connection, inside(0), 11)
        # Between fixes so far away it is implausible, and the incident is over at 0, a quarter of an hour before.
        await judged_at(pool, connection, far(9.3, 9.4, 9.5, 10.1, 10.2), 12)
        assert await incidents(connection) == [("closed", 0, 0, True)]
        await judged_at(pool, connection, inside(10.01), 13)
        assert await incidents(connection) == [("closed", 0, 0, True), ("closed", 10, 10, True)]
        assert await the_one_at(connection, 10) == known == await resolve(connection, known)
        await judged_at(pool, connection, inside(25), 25.1)
        assert ("open", 25, 25, True) in await incidents(connection)
        assert await waiting(connection) == ["time passed"]


async def test_a_fitting_that_was_shortened_by_mistake_finds_its_incidents_again(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await judged_at(pool, connection, outside(*range(-30, -10)) + inside(10), 10.01)
        await judged_at(pool, connection, inside(0), 11)
        for removed_at, at, late in ((moment(minute(9)), 12, [*outside(1, 2, 6, 7, 8)]), (None, 14, [])):
            await connection.execute("UPDATE fitting SET removed_at = $1", removed_at)
            await add_work(connection, minute(9), minute(at), "fitting corrected")
            assert await judge_all(pool, minute(at)) == 1
            if late:
                await judged_at(pool, connection, late, at + 1)
        assert await incidents(connection) == [("closed", 0, 0, True), ("open", 10, 10, True)]
        assert await waiting(connection) == ["time passed"]


async def test_an_incident_that_the_rules_call_otherwise_stands_again_as_it_was_known(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await judged_at(pool, connection, outside(-20) + inside(0, 1) + outside(3), 4)
        await judged_at(pool, connection, inside(10, 11) + outside(13), 14)
        first, known = [await the_one_at(connection, at) for at in (0, 10)]
        await judged_at(pool, connection, inside(9), 15)
        name = await connection.fetchval("SELECT name FROM incident_name")
        for footprint, distance_m, at in ((CIRCLE.replace("51.37", "51.5"), 1, 16), (CIRCLE, 200, 17)):
            await spoil_versions(connection, f"footprint = $1, distance_m = {distance_m}", footprint)
            await add_work(connection, minute(8), minute(at), "zone varied")
            assert await judge_all(pool, minute(at)) == 1
        assert await the_one_at(connection, 9) == known
        assert [await resolve(connection, one) for one in (first, known, name)] == [first, known, known]
        # What lay between them comes late: they are one, and every name leads there.
        await judged_at(pool, connection, inside(5), 18)
        assert [await resolve(connection, one) for one in (first, known, name)] == [first] * 3
        assert [what for what, _ in await history(connection)].count("added") == 4


async def test_a_merge_leads_further_than_a_name_that_the_rules_once_gave(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await judged_at(pool, connection, outside(-20) + inside(0, 1) + outside(3), 4)
        await judged_at(pool, connection, inside(10, 11) + outside(13) + inside(90) + outside(92), 93)
        first, own, other = [await the_one_at(connection, at) for at in (0, 10, 90)]
        await connection.execute("INSERT INTO incident_name (name, incident_id) VALUES ($1, $2)", own, other)
        assert await resolve(connection, own) == own
        await judged_at(pool, connection, inside(5), 94)
        assert [await resolve(connection, one) for one in (own, first, other)] == [first, first, other]
