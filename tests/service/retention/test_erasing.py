"""What is due is erased once an hour by one process, class by class, and each erasure is accounted for."""

import asyncio
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from geofence.instants import MINUTE_US, Instant, instant, moment
from ingest.erasing import REJECTIONS, Aged, erase_aged
from ingest.unassigned import erase_unassigned
from service.access.actor import Role
from service.access.links import create_link
from service.database import Pool
from service.retention.erasing import TRY_LOCK, Done, count_due, erase_due
from service.retention.holds import HoldRefused, lift_hold, list_holds, place_hold
from service.retention.measured import measure_retention
from service.retention.periods import CLASSES, PeriodRefused, read_periods, set_period
from service.retention.upkeep import keep_up
from tests.ingest.erasures import DAY_US, DUE, HOUR_US, ages, make_days, never, received
from tests.ingest.ledger_rows import fit
from tests.ingest.messages import RECEIVED
from tests.ingest.reading import eventually

AUDIT = "SELECT actor, action, subject FROM audit ORDER BY audit_id"
REJECTION = """
INSERT INTO rejection (origin, place, profile, received_at, faults, contradiction, body, body_sha256)
VALUES ('file', 'line 1', 'cordon', $1, '{}', false, '', '')"""


async def erase(pool: Pool, now: Instant, *, whole: bool = False) -> Done:
    done = await erase_due(pool, now, never, whole=whole)
    assert done is not None
    return done


async def set_to(pool: Pool, name: str, days: int | None, by: str = "Kim") -> None:
    async with pool.acquire() as connection:
        await set_period(connection, name, days, by, RECEIVED)


async def place(pool: Pool, **changed: object) -> int:
    members = {"wearer_id": None, "tag_id": None, "starts_at": None, "ends_at": None, **changed}
    async with pool.acquire() as connection:
        return await place_hold(
            connection,
            **members,  # type: ignore[arg-type]  # a test's own words
            reason="claim",
            authority="letter of 1 May",
            placed_by="Kim",
            now=RECEIVED,
        )


async def test_by_default_evidence_stays_and_the_rest_goes_in_time(pool: Pool) -> None:
    await fit(pool, "T-worn", Instant(RECEIVED - DAY_US), RECEIVED)
    await received(pool, "T-worn", MINUTE_US)
    await received(pool, "T-loose", MINUTE_US)
    await pool.execute(REJECTION, moment(RECEIVED))
    async with pool.acquire() as connection:
        await create_link(connection, Role.ADMIN, None, "Kim", RECEIVED)
    assert (await erase(pool, DUE)).erased == {"unassigned_fixes": 1, "rejections": 0, "access": 0}
    later = Instant(RECEIVED + 90 * DAY_US + 1)
    assert (await erase(pool, later)).erased == {"unassigned_fixes": 0, "rejections": 1, "access": 1}
    assert await ages(pool) == [("T-worn", MINUTE_US)]
    assert [tuple(row) for row in await pool.fetch(AUDIT)] == [
        ("cordon upkeep", "erasure", "unassigned fixes recorded up to 2026-11-20 (UTC): 1"),
        ("cordon upkeep", "erasure", "rejections received before 2026-11-20T18:14:11.000001Z: 1"),
        ("cordon upkeep", "erasure", "sign-in links expired before 2027-02-11T18:14:11.000001Z: 1"),
    ]
    registry = CollectorRegistry()
    async with pool.acquire() as connection:
        await measure_retention(connection, registry)
    measured = registry.get_sample_value
    assert measured("cordon_erased_total", {"class": "unassigned_fixes"}) == 1
    assert measured("cordon_erased_total", {"class": "incidents"}) == 0
    assert measured("cordon_retention_done_timestamp_seconds") == moment(later).timestamp()


async def test_each_hour_is_done_once_and_missed_hours_are_made_up(pool: Pool) -> None:
    assert (await erase(pool, RECEIVED)).erased
    assert (await erase(pool, Instant(RECEIVED + MINUTE_US))).erased == {}
    assert (await erase(pool, Instant(RECEIVED + MINUTE_US), whole=True)).erased
    # The day a week and more ago is looked through in one hour of 24, also if that hour was slept through.
    await make_days(pool, 20)
    await received(pool, "T-loose", 20 * DAY_US)
    await pool.execute("DELETE FROM retention_run")
    await pool.execute("INSERT INTO retention_run (hour) VALUES ($1)", moment(DUE) - timedelta(hours=30))
    assert (await erase(pool, DUE)).erased["unassigned_fixes"] == 1
    # A clock that was once far ahead puts nothing off.
    await pool.execute("UPDATE retention_run SET hour = '3000-01-01Z'")
    assert (await erase(pool, DUE)).erased


async def test_while_one_process_erases_another_does_not(pool: Pool) -> None:
    async with pool.acquire() as other:
        await other.fetchval(TRY_LOCK)
        assert await erase_due(pool, DUE, never) is None
    assert await erase_due(pool, DUE, never) is not None


async def test_a_class_that_fails_keeps_no_other_and_is_tried_again(pool: Pool) -> None:
    await received(pool, "T-loose", MINUTE_US)
    await pool.execute(REJECTION, moment(Instant(RECEIVED - 100 * DAY_US)))
    async with pool.acquire() as reader, reader.transaction():
        await reader.execute("LOCK TABLE erased_fixes IN ACCESS EXCLUSIVE MODE")
        done = await erase(pool, DUE)
    assert (done.failed, done.erased["rejections"]) == (("unassigned_fixes",), 1)
    assert (await erase(pool, DUE)).erased["unassigned_fixes"] == 1


async def test_a_period_is_somebody_s_decision_and_the_audit_outlives_a_hold(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert {name: period.days for name, period in (await read_periods(connection)).items()} == {
            each.name: each.days for each in CLASSES
        }
    await fit(pool, "T-1", RECEIVED)
    await pool.execute(
        "INSERT INTO audit (at, actor, role, action, subject) VALUES ($1, '', '', 'erasure', '')", moment(RECEIVED)
    )
    await set_to(pool, "audit", 400)
    number = await place(pool, tag_id="T-1")
    async with pool.acquire() as connection:
        assert (await read_periods(connection))["audit"].set_by == "Kim"
        assert await count_due(connection, "audit", 400, Instant(RECEIVED + 401 * DAY_US)) == 0
        await lift_hold(connection, number, "settled", "Lee", DUE)
    # With the lines of the period that was set then, and of the hold that was placed; it was lifted later.
    assert (await erase(pool, Instant(RECEIVED + 401 * DAY_US))).erased["audit"] == 3
    left = await pool.fetch("SELECT subject FROM audit WHERE action <> 'erasure'")
    assert [row["subject"] for row in left] == [f"hold {number}: lifted"]


@pytest.mark.parametrize(
    ("name", "days", "said"),
    [
        ("fixtures", 40, "there is no such class"),
        ("fixes", 34, "is not from 35"),
        ("audit", 364, "is not from 365"),
        ("rejections", 36_501, "to 36500"),
        ("incidents", 40, "keep fixes for 40 days or less first"),
    ],
)
async def test_a_period_that_can_t_be_is_refused(pool: Pool, name: str, days: int, said: str) -> None:
    with pytest.raises(PeriodRefused, match=said):
        await set_to(pool, name, days)


async def test_incidents_outlive_the_fixes_that_they_were_found_in(pool: Pool) -> None:
    await set_to(pool, "fixes", 40)
    await set_to(pool, "incidents", 50)
    for days in (51, None):
        with pytest.raises(PeriodRefused, match="keep incidents longer first"):
            await set_to(pool, "fixes", days)


async def test_a_hold_says_what_it_is_and_never_changes(pool: Pool) -> None:
    await fit(pool, "T-1", RECEIVED)
    for members, said in (
        ({}, "--wearer or --tag"),
        ({"tag_id": "T-2"}, "such a tag"),
        ({"wearer_id": "W-2"}, "no such wearer"),
        ({"tag_id": "T-1", "starts_at": DUE, "ends_at": DUE}, "not after"),
    ):
        with pytest.raises(HoldRefused, match=said):
            await place(pool, **members)
    number = await place(pool, tag_id="T-1", ends_at=DUE)
    for change in ("UPDATE legal_hold SET ends_at = 'infinity'", "DELETE FROM legal_hold", "TRUNCATE legal_hold"):
        with pytest.raises(Exception, match="never changes"):
            await pool.execute(change)
    async with pool.acquire() as connection:
        [hold] = await list_holds(connection)
        assert (hold.hold_id, hold.tag_id, hold.ends_at, hold.lifted_at) == (number, "T-1", DUE, None)
        await lift_hold(connection, number, "settled", "Lee", DUE)
        assert await list_holds(connection) == []
        assert (await list_holds(connection, lifted=True))[0].lift_reason == "settled"
        with pytest.raises(HoldRefused, match="no such hold"):
            await lift_hold(connection, number, "settled", "Lee", DUE)


async def test_a_hold_keeps_a_day_more_on_either_side_and_nothing_else(pool: Pool) -> None:
    await fit(pool, "T-1", Instant(RECEIVED - 10 * DAY_US), RECEIVED)
    await received(pool, "T-1", *(day * DAY_US + HOUR_US for day in range(8)))
    wearer = await pool.fetchval("SELECT wearer_id FROM fitting")
    await place(
        pool, wearer_id=wearer, starts_at=Instant(RECEIVED - 4 * DAY_US), ends_at=Instant(RECEIVED - 3 * DAY_US)
    )
    await set_to(pool, "fixes", 35)
    await erase(pool, Instant(RECEIVED + 40 * DAY_US))
    assert [age // DAY_US for _, age in await ages(pool)] == [2, 3, 4]


@pytest.mark.parametrize("aged", [None, REJECTIONS])
async def test_a_hold_that_is_placed_while_something_is_erased_waits_for_it(pool: Pool, aged: Aged | None) -> None:
    await received(pool, "T-1", MINUTE_US)
    await pool.execute(REJECTION, moment(RECEIVED))
    erasing, go_on = asyncio.Event(), asyncio.Event()

    async def witness(*_: object) -> None:
        erasing.set()
        await go_on.wait()

    async def erase() -> int:
        async with pool.acquire() as connection:
            if aged is None:
                return await erase_unassigned(connection, DUE, lambda _: True, witness, never)
            return await erase_aged(connection, "rejections", aged, DUE, witness, never)

    done = asyncio.create_task(erase())
    await erasing.wait()
    placing = asyncio.create_task(place(pool, tag_id="T-1"))
    waits = "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'legal_hold'::regclass AND NOT granted)"
    try:
        await eventually(lambda: pool.fetchval(waits))
    finally:
        go_on.set()
    assert (await done, await placing) == (1, 1)


async def test_the_upkeep_makes_tables_erases_and_ends_when_told(pool: Pool) -> None:
    await received(pool, "T-loose", MINUTE_US)
    stop = asyncio.Event()
    keeping = asyncio.create_task(keep_up(pool, lambda: DUE, stop))
    await eventually(lambda: pool.fetchval("SELECT done_at FROM retention_run"))
    assert await ages(pool) == []
    assert await pool.fetchval("SELECT to_regclass('fix_20261123')::text") == "fix_20261123"
    stop.set()
    await asyncio.wait_for(keeping, 10)
    assert instant(await pool.fetchval("SELECT done_at FROM retention_run")) == DUE
