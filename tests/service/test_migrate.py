"""Migrations on a real server."""

import asyncio

import asyncpg
import pytest

from geofence.register import Register
from service.database import Pool
from service.embedded import EmbeddedPostgres
from service.migrate import CREATE_HISTORY, REMEMBER, MigrationRefused, is_migrated, migrate, migrations
from service.register.past import read_as_of_version
from service.register.store import PostgresRegister
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


BEFORE_HISTORY = """
INSERT INTO force (code) VALUES ('MPS');
INSERT INTO wearer (wearer_id, name) VALUES ('W-1', 'Alex Example');
INSERT INTO fitting (tag_id, wearer_id, fitted_at) VALUES ('T-1', 'W-1', '2026-10-01Z');
INSERT INTO court_order (order_id, kind, reference, force, wearer_id, made_on, effective_from, ends) VALUES
  ('O-1', 'DAPO', 'R', 'MPS', 'W-1', '2026-10-01', '2026-10-01Z', '{"kind": "further_order"}');
INSERT INTO prohibition (prohibition_id, order_id, clause, wording, starts_at) VALUES
  ('P-1', 'O-1', '1', 'Not to enter.', '2026-10-01Z');
INSERT INTO zone (zone_id, prohibition_id) VALUES ('Z-1', 'P-1');
INSERT INTO zone_version (zone_id, version, valid_from, footprint, distance_m, drawn_by, drawn_at, published_by,
                          published_at)
VALUES ('Z-1', 1, '2026-10-01Z', '{"type": "Point", "coordinates": [-0.1, 51.37]}', 200, 'A', '2026-10-01Z', 'B',
        '2026-10-01Z');
INSERT INTO register_load (at, actor, reason, warnings, sha256, register_version) VALUES
  ('2026-10-01Z', 'A', NULL, '{}', '0', 1), ('2026-10-02Z', 'A', NULL, '{}', '0', 1);
UPDATE register_state SET version = 1"""


async def test_a_register_from_before_its_history_stays_in_force_and_is_its_first_state(
    postgres_server: EmbeddedPostgres,
) -> None:
    server = await asyncpg.connect(postgres_server.url())
    await server.execute("CREATE DATABASE older")
    connection = await asyncpg.connect(postgres_server.url("older"))
    try:
        await connection.execute(CREATE_HISTORY)
        for migration in migrations()[:4]:
            await connection.execute(migration.sql)
            await connection.execute(REMEMBER, migration.number, migration.name, migration.sha256)
        await connection.execute(BEFORE_HISTORY)
        await migrate(connection)
        register = await PostgresRegister().register(connection)
        (order,) = register.orders
        assert [zone.zone_id for zone in order.prohibitions[0].zones] == ["Z-1"]
        assert len(register.fittings) == 1
        (change,) = await connection.fetch("SELECT register_version, actor FROM register_change")
        assert tuple(change) == (1, "A")
        for version, then in ((1, register), (0, Register((), ()))):
            async with connection.transaction():
                await read_as_of_version(connection, version)
                assert await PostgresRegister().register(connection) == then
    finally:
        await connection.close()
        await server.execute("DROP DATABASE older")
        await server.close()


# Each report stood beside the first: who told what of an event, in the order in which it came.
EVENTS_BEFORE = [
    ("e-1", 1, None, "strap", True),
    ("e-1", 1, 5, "strap", True),
    ("e-1", 1, 6, "strap", False),
    ("e-1", 1, None, "case", False),
    ("e-2", 1, 5, "case", True),
    ("e-2", 1, None, "case", True),
    ("e-2", 2, 5, "case", False),
    (None, 1, None, "strap", True),
    (None, 1, 5, "strap", True),
    (None, 1, 6, "strap", False),
    (None, 2, 6, "strap", True),
    (None, 1, 6, "case", True),
]
OLD_EVENT = """
INSERT INTO tag_event (event_id, tag_id, occurred_at, ended_at, kind, received_at)
VALUES ($1, 'T-1', to_timestamp($2), to_timestamp($3), $4, now())"""


async def test_events_that_contradicted_each_other_are_kept_and_the_first_report_stands(
    postgres_server: EmbeddedPostgres,
) -> None:
    server = await asyncpg.connect(postgres_server.url())
    await server.execute("CREATE DATABASE told_twice")
    connection = await asyncpg.connect(postgres_server.url("told_twice"))
    try:
        await connection.execute(CREATE_HISTORY)
        for migration in migrations():
            if migration.number < 14:
                await connection.execute(migration.sql)
                await connection.execute(REMEMBER, migration.number, migration.name, migration.sha256)
        for event_id, occurred_at, ended_at, kind, _ in EVENTS_BEFORE:
            await connection.execute(OLD_EVENT, event_id, occurred_at, ended_at, kind)
        await migrate(connection)
        rows = await connection.fetch("SELECT standing FROM tag_event ORDER BY tag_event_no")
        assert [row[0] for row in rows] == [standing for *_, standing in EVENTS_BEFORE]
    finally:
        await connection.close()
        await server.execute("DROP DATABASE told_twice")
        await server.close()
