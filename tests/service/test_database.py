"""Connections: what is not answered is given up, where somebody asked for that."""

import asyncpg
import pytest

from ingest.partitions import AWAY
from service.database import connected
from tests.servers.database import TestDatabase


async def test_a_statement_that_is_not_answered_is_given_up_and_the_next_one_runs(database: TestDatabase) -> None:
    async with connected(database.url, answer_s=0.2) as pool:
        with pytest.raises(TimeoutError):
            await pool.fetchval("SELECT pg_sleep(60)")
        assert await pool.fetchval("SELECT 1") == 1


async def test_whoever_falls_silent_within_a_transaction_keeps_nothing_locked(database: TestDatabase) -> None:
    async with connected(database.url, answer_s=1.0) as pool, pool.acquire() as frozen:
        other = await asyncpg.connect(database.url)
        await frozen.execute("BEGIN; SELECT version FROM register_state FOR UPDATE")
        assert await other.fetchval("SELECT version FROM register_state FOR UPDATE", timeout=10) == 0
        await other.close()
        with pytest.raises(AWAY):
            await frozen.fetchval("SELECT 1")
