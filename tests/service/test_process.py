"""A process starts although the database goes away meanwhile, and ends by itself when its work does."""

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from service import process
from service.database import Connection, Pool
from service.migrate import REMEMBER, is_migrated
from service.process import run
from service.settings import Settings
from tests.ingest.reading import eventually
from tests.servers.database import TestDatabase

HANGS = """
import asyncio, sys, threading
from service import process
from service.settings import Settings
process.CUT_AFTER_S, process.LEAVE_AFTER_S = 0.1, 0.5

async def work(pool, stop):
    print("is ready", flush=True)
    await asyncio.to_thread(threading.Event().wait)

process.run_process(Settings(database_url=sys.argv[1]), work)
"""

FORGET_NEWEST = """
DELETE FROM migration WHERE number = (SELECT max(number) FROM migration) RETURNING number, name, sha256"""
WAITS = "The database holds another version's schema; waiting for `cordon migrate`."


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


async def test_nothing_is_done_before_the_schema_is_that_of_this_version(database: TestDatabase) -> None:
    worked = asyncio.Event()

    async def work(pool: Pool, stop: asyncio.Event) -> None:
        async with pool.acquire() as connection:
            assert await is_migrated(connection)
        worked.set()

    other = await asyncpg.connect(database.url)
    try:
        (newest,) = await other.fetch(FORGET_NEWEST)
        with capture_logs() as told:
            running = asyncio.create_task(run(Settings(database_url=database.url), work))

            async def waits_or_is_done() -> bool:
                return running.done() or bool(told)

            await eventually(waits_or_is_done)
            assert [line["event"] for line in told] == [WAITS]
            await other.execute(REMEMBER, *newest)
            await asyncio.wait_for(running, 20)
    finally:
        await other.close()
    assert worked.is_set()


async def test_a_fault_of_its_work_ends_it(database: TestDatabase) -> None:
    async def work(pool: Pool, stop: asyncio.Event) -> None:
        await pool.execute("SELECT 1/0")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await asyncio.wait_for(run(Settings(database_url=database.url), work), 20)


async def test_told_to_end_while_a_server_takes_connections_and_answers_nothing_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "CUT_AFTER_S", 0.1)

    async def work(pool: Pool, stop: asyncio.Event) -> None:
        raise AssertionError("there is no database")

    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / ".s.PGSQL.5432"))
        silent.listen()
        silent.setblocking(False)
        running = asyncio.create_task(run(Settings(database_url=f"postgresql://cordon@/cordon?host={tmp_path}"), work))
        connection, _ = await asyncio.wait_for(asyncio.get_running_loop().sock_accept(silent), 20)
        with connection:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(running, 5)  # half of what a connection is waited for


async def test_told_to_end_while_a_thread_hangs_it_leaves_it_behind(database: TestDatabase) -> None:
    hanging = subprocess.Popen([sys.executable, "-c", HANGS, database.url], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220 - the test waits for it
    try:
        assert hanging.stdout is not None
        assert hanging.stdout.readline() == "is ready\n"
        hanging.send_signal(signal.SIGTERM)
        said, _ = await asyncio.to_thread(hanging.communicate, timeout=20)
        assert hanging.returncode == 0
        assert "left as it is" in said
    finally:
        hanging.kill()
        hanging.communicate()
