"""The history of incidents is read while several desks write it: what is read once is all there was up to there."""

import asyncio

import asyncpg

from alerts.incident_changes import Occasion, Outcome, write
from alerts.particulars import Connection, Pool
from alerts.reconcile import Added, Changes
from tests.alerts.incident_values import minute, presence
from tests.alerts.ledger import enter_wearer

# Whether somebody waits for a lock of this database.
SOMEBODY_WAITS = """
SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database
                                                                      WHERE datname = current_database()))"""
READ_ON = "SELECT history_id, incident_id FROM incident_history WHERE history_id > $1 ORDER BY history_id"


async def find(connection: Connection, number: int) -> str:
    """Write what a desk found of one wearer, in the transaction that is open."""
    incident = presence([1, 2], f"Z-{number}", f"T-{number}", order_id=f"O-{number}", wearer_id=f"W-{number}")
    changes = Changes(added=(Added(incident, "found"),))
    await write(connection, [Outcome(number, changes, Occasion(minute(3), "fixes", 1))])
    return incident.incident_id


async def done_or_waiting(pool: Pool, task: asyncio.Task[None]) -> None:
    """Wait until a desk has either finished or come to where it must wait for another."""
    while not task.done() and not await pool.fetchval(SOMEBODY_WAITS):
        await asyncio.wait([task], timeout=0.01)


async def test_a_desk_that_commits_first_has_the_smaller_ids(pool: Pool) -> None:
    read: list[str] = []
    place = 0

    async def read_on() -> None:
        nonlocal place
        for row in await pool.fetch(READ_ON, place):
            place = row["history_id"]
            read.append(row["incident_id"])

    async def second() -> None:
        async with pool.acquire() as other, other.transaction():
            found.append(await find(other, 2))

    found: list[str] = []
    async with pool.acquire() as connection:
        for number in (1, 2):
            assert await enter_wearer(connection, number) == number
        async with connection.transaction():
            found.append(await find(connection, 1))
            task = asyncio.create_task(second())
            await done_or_waiting(pool, task)
            await read_on()
        await task
        await read_on()
    assert read == found
    assert len(read) == 2


async def test_a_commit_is_notified_once_and_what_was_rolled_back_never(pool: Pool) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def notified(connection: Connection, number: int) -> None:
        async with connection.transaction():
            await find(connection, number)

    async with pool.acquire() as listener, pool.acquire() as connection:

        def hear(*told: object) -> None:
            heard.put_nowait(str(told[3]))

        await listener.add_listener("incident_history", hear)
        for number in (1, 2):
            await enter_wearer(connection, number)
        try:
            async with connection.transaction():
                await find(connection, 1)
                raise asyncpg.DataError
        except asyncpg.DataError:
            await notified(connection, 2)
        await listener.execute("NOTIFY incident_history, 'the end'")
        try:
            told = [await asyncio.wait_for(heard.get(), 10) for _ in range(2)]
        finally:
            await listener.remove_listener("incident_history", hear)
    assert told == ["", "the end"]
