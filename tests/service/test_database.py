"""Connections: what is not answered is given up, where somebody asked for that."""

import pytest

from service.database import connected
from tests.servers.database import TestDatabase


async def test_a_statement_that_is_not_answered_is_given_up_and_the_next_one_runs(database: TestDatabase) -> None:
    async with connected(database.url, answer_s=0.2) as pool:
        with pytest.raises(TimeoutError):
            await pool.fetchval("SELECT pg_sleep(60)")
        assert await pool.fetchval("SELECT 1") == 1
