"""What is exported can be loaded elsewhere, judges the same there, and is exported again identically."""

import asyncio
import csv
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from geofence.instants import Instant, instant, printed
from service.access.actor import Actor, Role
from service.database import Connection, Pool
from service.http.history.document import change_document
from service.register.changes import Act, begin_change
from service.register.document import read_register
from service.register.export.writing_out import Exported, write_out
from service.register.history import EVERYTHING, list_changes
from service.register.load import load
from service.register.store import PostgresRegister
from tests.servers.database import TestDatabase
from tests.service.register.registers import registers
from tests.service.register.samples import Json, document
from tests.trying import tried

NOW = instant(datetime(2026, 11, 20, 9, tzinfo=UTC))
LATER = Instant(NOW + 3_600_000_000)
CLERK = Actor(Role.OPERATOR, None, "A. Clerk")
STORE = PostgresRegister()
FILES = {
    "register.json",
    "zones.geojson",
    "history.jsonl",
    "history.csv",
    "proposals.jsonl",
    "README.txt",
}

# What a register file can't say. $1 decides which rows it happens to.
HAPPENINGS = {
    "a fitting never was": "UPDATE fitting SET standing = false WHERE (fitting_id + $1) % 2 = 0",
    "an order is a draft": """
        UPDATE court_order SET published_by = NULL, published_at = NULL WHERE (hashtext(order_id) + $1) % 3 = 0""",
    "one person alone published an order": """
        UPDATE court_order SET published_by = drawn_by, published_at = effective_from + interval '1 hour' * ($1 - 6),
               emergency_until = effective_from + interval '1 hour' * ($1 - 1)
        WHERE published_at IS NOT NULL AND (hashtext(order_id) + $1) % 3 = 1""",
    "a version was withdrawn": """
        UPDATE zone_version SET withdrawn_at = published_at WHERE (hashtext(zone_id) + version + $1) % 3 = 0""",
    "one person alone published a version": """
        UPDATE zone_version SET published_by = drawn_by, published_at = valid_from + interval '1 hour' * ($1 - 6),
               emergency_until = valid_from + interval '1 hour' * ($1 - 1)
        WHERE (hashtext(zone_id) + version + $1) % 3 = 1""",
    "a version is a draft": """
        INSERT INTO zone_version (zone_id, version, valid_from, footprint, distance_m, drawn_by, drawn_at)
        SELECT zone_id, 99, valid_from, footprint, distance_m, drawn_by, drawn_at FROM zone_version
        WHERE version = $1 + 1""",
    "a zone has drafts only": """
        INSERT INTO zone (zone_id, prohibition_id) SELECT 'new ' || prohibition_id || $1, prohibition_id
        FROM prohibition""",
    "a suspension was entered twice": """
        INSERT INTO suspension (order_id, starts_at, ends_at, reason, authority)
        SELECT order_id, starts_at, ends_at, reason, authority FROM suspension WHERE $1 % 2 = 0""",
}


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def exported(connection: Connection, folder: Path, as_of: Instant | None = None) -> Exported:
    return await write_out(connection, made(folder), CLERK, as_of=as_of, now=LATER, advance=lambda _: None)


async def happen(connection: Connection, names: Sequence[str], number: int, now: Instant = NOW) -> None:
    await begin_change(connection, Act("A", "admin", "happenings"), now)
    for name in names:
        await connection.execute(HAPPENINGS[name].replace("$1", f"({number})"))


@tried(40, HealthCheck.function_scoped_fixture)
@given(
    register=registers(),
    # In the order of the table: what is a draft is published by nobody.
    names=st.sets(st.sampled_from(sorted(HAPPENINGS))).map(lambda some: [name for name in HAPPENINGS if name in some]),
    number=st.integers(0, 7),
)
async def test_what_is_exported_judges_the_same_and_is_exported_again_identically(
    pool: Pool, register: Json, names: list[str], number: int
) -> None:
    with TemporaryDirectory() as place:
        first, second = Path(place) / "first", Path(place) / "second"
        async with pool.acquire() as connection:
            trial = connection.transaction(isolation="repeatable_read")
            await trial.start()
            try:
                await load(connection, document(register), actor="A", reason="a trial", now=NOW)
                await happen(connection, names, number)
                judged = await STORE.register(connection)
                await exported(connection, first)
            finally:
                await trial.rollback()
            checked = read_register((first / "register.json").read_bytes())
            assert checked.faults == ()
            assert checked.document is not None
            assert checked.document.register() == judged
            trial = connection.transaction(isolation="repeatable_read")
            await trial.start()
            try:
                await load(connection, checked.document, actor="A", reason="a trial", now=NOW)
                assert await STORE.register(connection) == judged
                await exported(connection, second)
            finally:
                await trial.rollback()
        assert (second / "register.json").read_bytes() == (first / "register.json").read_bytes()
        assert (second / "zones.geojson").read_bytes() == (first / "zones.geojson").read_bytes()


def lines(folder: Path, name: str) -> list[Any]:
    return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]


async def entered(connection: Connection) -> None:
    """Load the sample, then have all sorts of things happen an hour later."""
    await load(connection, document(), actor="=A", reason=None, now=NOW)
    async with connection.transaction():
        await happen(connection, list(HAPPENINGS), 2, LATER)


async def test_the_history_is_written_as_it_is_read(pool: Pool, tmp_path: Path) -> None:
    async with pool.acquire() as connection:
        await entered(connection)
        await connection.execute("UPDATE wearer SET name = 'by hand' WHERE wearer_id = 'W-1'")
        done = await exported(connection, tmp_path / "out")
        changes, _ = await list_changes(connection, EVERYTHING)
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    told = [change_document(change).model_dump(exclude={"rows_left_out"}) for change in reversed(changes)]
    assert lines(tmp_path / "out", "history.jsonl") == told
    assert done.changes == len(told) == 3
    with (tmp_path / "out" / "history.csv").open(encoding="utf-8", newline="") as file:
        flat = list(csv.DictReader(file))
    assert [(row["version"], row["table"], json.loads(row["key"])) for row in flat] == [
        (str(change["register_version"]), row["table"], row["key"]) for change in told for row in change["rows"]
    ]
    # No spreadsheet takes a name for a formula.
    assert {row["actor"] for row in flat if row["version"] == "1"} == {"'=A"}


async def test_a_change_of_no_row_is_a_line_too(pool: Pool, tmp_path: Path) -> None:
    async with pool.acquire() as connection:
        async with connection.transaction():
            await begin_change(connection, Act("A", "admin", "nothing"), NOW)
        await exported(connection, tmp_path / "out")
    [line] = lines(tmp_path / "out", "history.jsonl")
    assert (line["what"], line["rows"]) == ("nothing", [])
    assert (tmp_path / "out" / "history.csv").read_text(encoding="utf-8").splitlines()[1].endswith("nothing,,,,")


async def test_the_past_is_exported_as_it_was_then(pool: Pool, tmp_path: Path) -> None:
    async with pool.acquire() as connection:
        await load(connection, document(), actor="A", reason=None, now=NOW)
        await connection.execute(
            "INSERT INTO proposal (kind, order_id, asked, proposed_by, proposed_role, proposed_at) "
            "VALUES ('discharge', 'O-1', '{\"at\": null}', 'one', 'admin', $1)",
            datetime(2026, 11, 20, 9, tzinfo=UTC),
        )
        await exported(connection, tmp_path / "then")
        async with connection.transaction():
            await happen(connection, list(HAPPENINGS), 2, LATER)
            await connection.execute("DELETE FROM force_recipient")
            await connection.execute(
                "UPDATE proposal SET decision = 'rejected', decided_by = 'two', decided_at = $1",
                datetime(2026, 11, 20, 10, tzinfo=UTC),
            )
        await exported(connection, tmp_path / "now")
        await exported(connection, tmp_path / "past", as_of=Instant(LATER - 1))
        await exported(connection, tmp_path / "before", as_of=Instant(NOW - 1))
    for name in FILES - {"README.txt"}:
        then, past, now = ((tmp_path / folder / name).read_bytes() for folder in ("then", "past", "now"))
        assert past == then, name
        assert now != then, name
    assert f"as it stood at {printed(Instant(LATER - 1))}" in (tmp_path / "past" / "README.txt").read_text("utf-8")
    [asked] = lines(tmp_path / "past", "proposals.jsonl")
    assert (asked["asked"], asked["decision"], asked["proposed_at"]) == ({"at": None}, None, "2026-11-20T09:00:00Z")
    [decided] = lines(tmp_path / "now", "proposals.jsonl")
    assert (decided["decision"], decided["decided_at"]) == ("rejected", "2026-11-20T10:00:00Z")
    nothing = json.loads((tmp_path / "before" / "register.json").read_bytes())
    assert nothing == {"forces": [], "wearers": [], "fittings": [], "orders": []}
    assert json.loads((tmp_path / "before" / "zones.geojson").read_bytes())["features"] == []


async def test_each_version_of_a_zone_is_a_feature(pool: Pool, tmp_path: Path) -> None:
    async with pool.acquire() as connection:
        await load(connection, document(), actor="A", reason=None, now=NOW)
        done = await exported(connection, tmp_path / "out")
    zones = json.loads((tmp_path / "out" / "zones.geojson").read_bytes())
    assert zones["type"] == "FeatureCollection"
    assert (done.orders, done.zone_versions) == (3, 3)
    first, *_, last = zones["features"]
    assert first == {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [-0.1, 51.37]},
        "properties": {
            "zone_id": "Z-1",
            "version": 1,
            "order_id": "O-1",
            "prohibition_id": "P-1",
            "label": "Zone A",
            "responding_force": "SUR",
            "address_protected": False,
            "valid_from": "2026-10-01T12:00:00Z",
            "valid_until": "2026-11-01T00:00:00Z",
            "distance_m": 200,
        },
    }
    assert (last["properties"]["zone_id"], last["properties"]["address_protected"]) == ("Z-2", True)


async def test_that_somebody_took_the_register_away_is_written_down(pool: Pool, tmp_path: Path) -> None:
    async with pool.acquire() as connection:
        await exported(connection, tmp_path / "out")
        row = await connection.fetchrow("SELECT actor, role, action, subject FROM audit")
    assert row is not None
    assert tuple(row) == ("A. Clerk", "operator", "consultation", "register exported")


async def test_what_goes_on_meanwhile_is_in_none_of_the_files(
    pool: Pool, database: TestDatabase, tmp_path: Path
) -> None:
    async def change() -> None:
        other = await asyncpg.connect(database.url)
        await other.execute("UPDATE wearer SET name = 'changed meanwhile'")
        await other.close()

    advanced: list[int] = []

    def advance(count: int) -> None:
        if not advanced:  # the history is being written, and the register is not yet
            with ThreadPoolExecutor(1) as elsewhere:
                elsewhere.submit(asyncio.run, change()).result()
        advanced.append(count)

    async with pool.acquire() as connection:
        await load(connection, document(), actor="A", reason=None, now=NOW)
        folder = made(tmp_path / "out")
        await write_out(connection, folder, CLERK, as_of=None, now=LATER, advance=advance)
        assert await connection.fetchval("SELECT count(*) FROM wearer WHERE name = 'changed meanwhile'") == 2
    assert len(advanced) == 4
    for name in FILES:
        assert "changed meanwhile" not in (tmp_path / "out" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("named", ["discharged_at", "emergency_until", "standing", "withdrawn_at", "address_protected"])
async def test_the_explanation_says_how_it_was_decided(pool: Pool, tmp_path: Path, named: str) -> None:
    async with pool.acquire() as connection:
        await exported(connection, tmp_path / "out")
    assert named in (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
