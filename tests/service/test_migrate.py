"""Migrations on a real server."""

import asyncio

import asyncpg
import pytest

from service.database import Pool
from service.embedded import EmbeddedPostgres
from service.migrate import MigrationRefused, is_migrated, migrate, migrations
from tests.servers.database import TestDatabase


async def test_a_second_run_changes_nothing(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert await migrate(connection) == []
        assert await is_migrated(connection)


async def test_an_empty_database_is_not_migrated_until_it_is(postgres_server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres_server.url())
    try:
        await connection.execute("CREATE DATABASE empty_one")
        other = await asyncpg.connect(postgres_server.url("empty_one"))
        try:
            assert not await is_migrated(other)
            assert await migrate(other) == [migration.name for migration in migrations()]
            assert await is_migrated(other)
        finally:
            await other.close()
    finally:
        await connection.execute("DROP DATABASE empty_one")
        await connection.close()


async def test_two_processes_that_migrate_at_once_take_turns(postgres_server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres_server.url())
    await connection.execute("CREATE DATABASE turns")
    others = [await asyncpg.connect(postgres_server.url("turns")) for _ in range(3)]
    try:
        applied = await asyncio.gather(*(migrate(other) for other in others))
        assert sorted(len(names) for names in applied) == [0, 0, len(migrations())]
    finally:
        for other in others:
            await other.close()
        await connection.execute("DROP DATABASE turns")
        await connection.close()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE migration SET sha256 = 'other' WHERE number = 1", "migration 1 has changed"),
        ("INSERT INTO migration VALUES (9999, 'future.sql', 'x')", "migration 9999 was applied by a newer Cordon"),
    ],
)
async def test_a_schema_that_these_files_did_not_make_is_refused(
    database: TestDatabase, change: str, said: str
) -> None:
    connection = await asyncpg.connect(database.url)
    try:
        await connection.execute(change)
        assert not await is_migrated(connection)
        with pytest.raises(MigrationRefused, match=said):
            await migrate(connection)
    finally:
        await connection.close()
