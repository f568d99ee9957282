"""Loading a register file into a real database: all of it or nothing, and the same file only once."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from alerts.particulars import Connection
from geofence.instants import instant
from service.database import Pool
from service.register.load import LoadRefused, LoadReport, load
from service.register.store import PostgresRegister
from tests.service.register.samples import SAMPLE, Json, document, sample

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TABLES = (
    "force",
    "force_recipient",
    "wearer",
    "fitting",
    "court_order",
    "suspension",
    "prohibition",
    "zone",
    "zone_version",
    "register_load",
    "to_judge",
)


async def loaded(
    connection: Connection, register: Json, *, reason: str | None = None, now: datetime = NOW
) -> LoadReport:
    return await load(connection, document(register), actor="A. Clerk", reason=reason, now=instant(now))


async def counts(connection: Connection) -> dict[str, int]:
    found = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}  # noqa: S608 - names above
    return {**found, "register_version": await connection.fetchval("SELECT version FROM register_state")}


def changed(change: Callable[[Json], object]) -> Json:
    register = sample()
    change(register)
    return register


async def test_a_register_file_is_loaded_whole(pool: Pool) -> None:
    async with pool.acquire() as connection:
        report = await loaded(connection, SAMPLE)
        assert report.register_version == 1
        assert report.tracks_to_judge == 3
        assert report.added == {
            "force": 2,
            "wearer": 2,
            "fitting": 3,
            "court_order": 3,
            "suspension": 1,
            "prohibition": 4,
            "zone": 2,
            "zone_version": 3,
        }
        assert set(report.unchanged.values()) == {0}
        assert (await counts(connection))["force_recipient"] == 1


async def test_loading_the_same_file_again_changes_nothing(pool: Pool) -> None:
    async with pool.acquire() as connection:
        first = await loaded(connection, SAMPLE)
        before = await counts(connection)
        again = await loaded(connection, SAMPLE, now=NOW + timedelta(days=1))
        assert again.unchanged == first.added
        assert set(again.added.values()) == {0}
        assert (again.register_version, again.tracks_to_judge) == (1, 0)
        assert await counts(connection) == {**before, "register_load": 2}


async def test_only_what_is_new_is_added(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await loaded(connection, {**SAMPLE, "orders": SAMPLE["orders"][:2], "fittings": SAMPLE["fittings"][:2]})
        report = await loaded(connection, SAMPLE)
        assert {table: number for table, number in report.added.items() if number} == {
            "fitting": 1,
            "court_order": 1,
            "prohibition": 1,
        }
        assert report.register_version == 2


DIFFERENCES: dict[str, tuple[Callable[[Json], object], str]] = {
    "a force's name": (
        lambda r: r["forces"][1].update(name="Surrey Police"),
        "force SUR: is in the register with another name",
    ),
    "recipients": (
        lambda r: r["forces"][0]["recipients"].append({"kind": "email", "address": "x@example.org"}),
        "force MPS: is in the register with other recipients",
    ),
    "a wearer": (lambda r: r["wearers"][0].update(pnc_id=None), "wearer W-1: is in the register with another pnc_id"),
    "a fitting's end": (
        lambda r: r["fittings"][2].update(removed_at="2026-11-19T00:00:00Z"),
        "fitting of tag T-2: is in the register with another removed_at",
    ),
    "an order": (
        lambda r: r["orders"][2].update(court="Guildford", ends={"kind": "further_order"}),
        "order O-3: is in the register with another court, ends",
    ),
    "a prohibition's schedule": (
        lambda r: r["orders"][0]["prohibitions"][0]["schedule"][0].update(until="09:00"),
        "order O-1, prohibition P-1: is in the register with another schedule",
    ),
    "a zone's label": (
        lambda r: r["orders"][0]["prohibitions"][0]["zones"][0].update(label="Zone B"),
        "order O-1, prohibition P-1, zone Z-1: is in the register with another label",
    ),
    "a version's shape": (
        lambda r: r["orders"][0]["prohibitions"][0]["zones"][0]["versions"][0]["footprint"].update(
            coordinates=[-0.2, 51]
        ),
        "order O-1, prohibition P-1, zone Z-1, version 1: is in the register with another footprint",
    ),
    "a version that overlaps": (
        lambda r: r["orders"][0]["prohibitions"][0]["zones"][0]["versions"].__setitem__(
            1, {**r["orders"][0]["prohibitions"][0]["zones"][0]["versions"][1], "version": 3}
        ),
        (
            "order O-1, prohibition P-1, zone Z-1, version 3: "
            "overlaps the one from 2026-11-01T00:00:00Z in the register; end one first"
        ),
    ),
    "a fitting that overlaps": (
        lambda r: r["fittings"][2].update(fitted_at="2026-11-10T10:00:01Z"),
        "fitting of tag T-2: overlaps the one from 2026-11-10T10:00:00Z in the register; end one first",
    ),
}


@pytest.mark.parametrize(("change", "line"), DIFFERENCES.values(), ids=DIFFERENCES)
async def test_what_differs_from_the_register_is_named_and_nothing_is_loaded(
    pool: Pool, change: Callable[[Json], object], line: str
) -> None:
    register = changed(change)
    # Something new before and after what differs, none of which may stay.
    register["wearers"].insert(0, {"wearer_id": "W-0", "name": "New"})
    register["orders"].append({**sample()["orders"][2], "order_id": "O-9"})
    register["orders"][-1]["prohibitions"] = [{**SAMPLE["orders"][2]["prohibitions"][0], "prohibition_id": "P-9"}]
    async with pool.acquire() as connection:
        await loaded(connection, SAMPLE)
        before = await counts(connection)
        with pytest.raises(LoadRefused) as refused:
            await loaded(connection, register)
        assert [str(finding).startswith(line) for finding in refused.value.findings] == [True]
        assert await counts(connection) == before


async def test_a_fault_that_only_the_database_finds_leaves_nothing(pool: Pool) -> None:
    async with pool.acquire() as connection:
        before = await counts(connection)
        await connection.execute("ALTER TABLE zone_version ADD CHECK (version < 2)")
        with pytest.raises(Exception, match="zone_version"):
            await loaded(connection, SAMPLE)
        assert await counts(connection) == before


async def test_warnings_want_a_reason_which_is_kept(pool: Pool) -> None:
    register = changed(lambda r: r["wearers"][0].update(home_area="Leeds"))
    async with pool.acquire() as connection:
        before = await counts(connection)
        for none in (None, " "):
            with pytest.raises(LoadRefused, match="pilot areas"):
                await loaded(connection, register, reason=none)
        assert await counts(connection) == before
        await loaded(connection, register, reason=" confirmed by the court ")
        kept = await connection.fetchrow("SELECT * FROM register_load")
        assert kept is not None
        assert (kept["actor"], kept["reason"], kept["at"]) == ("A. Clerk", "confirmed by the court", NOW)
        assert (kept["sha256"], kept["register_version"]) == (document(register).sha256, 1)
        assert [line.startswith("warning: order O-1: wearer W-1") for line in kept["warnings"]] == [True]


async def test_a_loaded_zone_is_in_force_and_nobody_is_said_to_have_approved_it(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await loaded(connection, SAMPLE)
        for row in await connection.fetch("SELECT * FROM zone_version"):
            assert (row["drawn_by"], row["published_by"], row["published_at"]) == (
                "file by A. Clerk",
                "register load",
                NOW,
            )


async def work(connection: Connection) -> list[tuple[str, datetime, datetime]]:
    rows = await connection.fetch(
        "SELECT tag_id, wearer_id, since, not_before FROM to_judge JOIN fitting USING (fitting_id) ORDER BY 1, 2, 3"
    )
    return [(f"{row['tag_id']} {row['wearer_id']}", row["since"], row["not_before"]) for row in rows]


async def test_every_track_of_a_touched_wearer_is_judged_from_when_it_can_matter(pool: Pool) -> None:
    def earlier(register: Json) -> None:
        # Loaded later: a version of W-1's zone that holds from the middle of his second fitting, and a zone of W-2.
        register["orders"][0]["prohibitions"][0]["zones"][0]["versions"].pop()
        register["orders"][1]["prohibitions"][0]["zones"] = []

    async with pool.acquire() as connection:
        await loaded(connection, changed(earlier))
        assert await work(connection) == [
            ("T-1 W-1", datetime(2026, 10, 1, 12, tzinfo=UTC), NOW),
            # W-2 was under an order before the tag was fitted.
            ("T-1 W-2", datetime(2026, 11, 10, 9, 30, tzinfo=UTC), NOW),
            ("T-2 W-1", datetime(2026, 11, 10, 10, tzinfo=UTC), NOW),
        ]
        await connection.execute("DELETE FROM to_judge")

        def later(register: Json) -> None:
            version = register["orders"][0]["prohibitions"][0]["zones"][0]["versions"][1]
            version["valid_from"] = "2026-11-12T09:00:00Z"

        await loaded(connection, changed(later), now=NOW + timedelta(hours=1))
        assert await work(connection) == [
            ("T-1 W-2", datetime(2026, 11, 10, 9, 30, tzinfo=UTC), NOW + timedelta(hours=1)),
            # Not T-1 of W-1: it was removed days before the version began.
            ("T-2 W-1", datetime(2026, 11, 12, 9, tzinfo=UTC), NOW + timedelta(hours=1)),
        ]


async def test_nobody_suspends_an_order_that_is_there_by_loading_a_file(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await loaded(connection, SAMPLE)
        # Two people struck it since. Whoever loads the old file again brings it back alone.
        await connection.execute("DELETE FROM suspension")
        before = await counts(connection)
        with pytest.raises(LoadRefused, match=r"order O-1, suspension no\. 1: would suspend an order") as refused:
            await loaded(connection, SAMPLE)
        assert len(refused.value.findings) == 1
        assert await counts(connection) == before


async def test_two_who_load_the_same_file_at_once_load_it_once(pool: Pool) -> None:
    async def one() -> int:
        async with pool.acquire() as connection:
            return (await loaded(connection, SAMPLE)).tracks_to_judge

    assert sorted(await asyncio.gather(one(), one())) == [0, 3]


async def test_a_draft_is_not_published_by_loading_a_file(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await loaded(connection, changed(lambda r: r["orders"][0]["prohibitions"][0]["zones"][0]["versions"].pop()))
        await connection.execute(
            "INSERT INTO zone_version (zone_id, version, valid_from, footprint, distance_m, drawn_by, drawn_at) "
            "SELECT zone_id, 2, valid_until, footprint, 300, 'B', valid_from FROM zone_version WHERE zone_id = 'Z-1'"
        )
        with pytest.raises(LoadRefused, match="zone Z-1, version 2: is a draft in the register"):
            await loaded(connection, SAMPLE)
        published = (await PostgresRegister().register(connection)).orders[0].prohibitions[0].zones[0].versions
        assert [version.version for version in published] == [1]
