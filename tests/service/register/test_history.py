"""The law of the history: whatever is done to the register's rows, every state that it ever had can be read."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given

from geofence.instants import Instant, instant
from service.database import Connection, Pool
from service.register.changes import Act, begin_change
from service.register.history import EVERYTHING, Change, list_changes
from service.register.images import as_image
from service.register.past import read_as_of, read_as_of_version
from service.register.store import PostgresRegister
from tests.service.register.changing import TABLES, Made, changes
from tests.trying import tried

if TYPE_CHECKING:
    from geofence.register import Register

BEGAN = datetime(2026, 2, 1, tzinfo=UTC)
STORE = PostgresRegister()
# No trigger and no reference keeps anything.
EMPTY = "; ".join(
    [
        "BEGIN",
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {table}" for table in (*TABLES, "register_past", "register_change")),  # noqa: S608 - names above
        "UPDATE register_state SET version = 0, changed_at = '-infinity'",
        "COMMIT",
    ]
)

Copy = dict[str, list[str]]
Images = dict[tuple[str, str], dict[str, Any]]


async def copied(connection: Connection) -> Copy:
    """Return every row of each table, as whoever reads it finds it."""
    return {table: sorted(map(repr, await connection.fetch(f"SELECT * FROM {table}"))) for table in TABLES}  # noqa: S608


async def imaged(connection: Connection) -> dict[str, list[str]]:
    """Return every row of each table, as an image of it tells it."""
    found = {}
    for table in TABLES:
        rows = await connection.fetch(f"SELECT to_jsonb(t)::text AS image FROM {table} AS t")  # noqa: S608
        found[table] = sorted(json.dumps(as_image(row["image"])) for row in rows)
    return found


async def made(connection: Connection, change: Made, number: int) -> int:
    """Make one change; return the version that the register then has."""
    async with connection.transaction():
        if not change.by_hand:
            act = Act(f"person {number}", "admin", "steps", "why", "the court", "another")
            await begin_change(connection, act, Instant(instant(BEGAN) + number))
        for step in change.steps:
            await step.take(connection)
    version: int = await connection.fetchval("SELECT version FROM register_state")
    return version


@tried(40, HealthCheck.function_scoped_fixture)
@given(sequence=changes())
async def test_every_state_that_the_register_ever_had_can_be_read(pool: Pool, sequence: list[Made]) -> None:
    async with pool.acquire() as connection:
        await connection.execute(EMPTY)
        copies: dict[int, Copy] = {0: await copied(connection)}
        registers: dict[int, Register] = {0: await STORE.register(connection)}
        images = {0: await imaged(connection)}
        by_hand: dict[int, bool] = {}
        for number, change in enumerate(sequence):
            version = await made(connection, change, number)
            if version not in copies:
                by_hand[version] = change.by_hand
            else:
                assert change.by_hand, "a change that is said to begin is numbered"
                assert copies[version] == await copied(connection), "no row changed, so no change was numbered"
            copies[version] = await copied(connection)
            registers[version] = await STORE.register(connection)
            images[version] = await imaged(connection)
        assert all(copies[1].values()), "the first change enters a row of each table"
        assert list(copies) == list(range(len(copies))), "every change has the next number"

        for version, copy in copies.items():
            async with connection.transaction():
                await read_as_of_version(connection, version)
                assert await copied(connection) == copy
                assert await STORE.register(connection) == registers[version]
        await _instants_lead_to_their_states(connection, copies)

        told, more = await list_changes(connection, EVERYTHING, limit=500)
        assert more is None
        assert [change.register_version for change in told] == sorted(by_hand, reverse=True)
        _who_made_it_is_written_down(told, by_hand, await connection.fetchval("SELECT session_user"))
        _told_one_after_the_other_they_make_the_register(told, images)


async def _instants_lead_to_their_states(connection: Connection, copies: dict[int, Copy]) -> None:
    instants = {row["register_version"]: row["at"] for row in await connection.fetch("SELECT * FROM register_change")}
    for at in {*instants.values(), BEGAN - timedelta(days=1)}:
        last = max((version for version, made_at in instants.items() if made_at <= at), default=0)
        async with connection.transaction():
            await read_as_of(connection, instant(at))
            assert await copied(connection) == copies[last]


def _who_made_it_is_written_down(told: list[Change], by_hand: dict[int, bool], account: str) -> None:
    for change in told:
        if by_hand[change.register_version]:
            assert (change.actor, change.role, change.what) == (account, "database", "changed by hand")
        else:
            assert change.actor.startswith("person ")
            assert (change.role, change.what, change.reason) == ("admin", "steps", "why")
            assert (change.authority, change.proposed_by) == ("the court", "another")


def _told_one_after_the_other_they_make_the_register(
    told: list[Change], images: dict[int, dict[str, list[str]]]
) -> None:
    held: Images = {}
    for change in reversed(told):
        for row in change.rows:
            key = row.table, json.dumps(row.key)
            assert held.pop(key, None) == row.before
            if row.after is not None:
                held[key] = row.after
        found = {
            table: sorted(json.dumps(image) for (name, _), image in held.items() if name == table) for table in TABLES
        }
        assert found == images[change.register_version]


@pytest.mark.parametrize("table", [*TABLES, "notification", "register_past", "register_change"])
async def test_nobody_empties_a_table_and_its_past_with_it(pool: Pool, table: str) -> None:
    with pytest.raises(asyncpg.RestrictViolationError):
        await pool.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("statement", ["UPDATE {} SET register_version = 1", "DELETE FROM {}"])
async def test_who_changed_the_register_is_never_written_otherwise(pool: Pool, statement: str) -> None:
    for table in ("register_past", "register_change"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await pool.execute(statement.format(table).replace("past SET register", "past SET since"))
