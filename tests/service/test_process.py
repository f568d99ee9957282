"""A process starts although the database goes away meanwhile, and ends by itself when its work does."""

import asyncio
import gc
from collections.abc import Iterator

import asyncpg
import pytest

from service import process
from service.database import Connection, Pool
from service.migrate import is_migrated
from service.process import run
from service.settings import Settings
from tests.servers.database import TestDatabase


@pytest.fixture(autouse=True)
def collected_as_before() -> Iterator[None]:
    """A process of its own may keep what it imported out of the collector's sight; this one goes on."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


async def test_a_database_that_goes_away_at_the_start_is_waited_for(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def cut_once(connection: Connection) -> bool:
        nonlocal asked
        asked += 1
        if asked == 1:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return await is_migrated(connection)

    monkeypatch.setattr(process, "is_migrated", cut_once)
    worked = asyncio.Event()

    async def work(pool: Pool, stop: asyncio.Event) -> None:
        assert await pool.fetchval("SELECT 1") == 1
        worked.set()

    await asyncio.wait_for(run(Settings(database_url=database.url), work), 20)
    assert (worked.is_set(), asked) == (True, 2)


async def test_a_fault_of_its_work_ends_it(database: TestDatabase) -> None:
    async def work(pool: Pool, stop: asyncio.Event) -> None:
        await pool.execute("SELECT 1/0")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await asyncio.wait_for(run(Settings(database_url=database.url), work), 20)
