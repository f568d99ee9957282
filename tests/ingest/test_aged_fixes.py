"""Fixes past their period: days go whole where nothing must stay, and nobody is made to wait."""

import asyncio

from geofence.instants import Instant, moment
from ingest.aged_fixes import count_aged_fixes, erase_aged_fixes
from ingest.connections import Pool
from ingest.erasing import REJECTIONS, TAG_EVENTS, erase_aged
from tests.ingest.erasures import DAY_US, HOUR_US, Account, ages, every_day, hold, lift, make_days, never, received
from tests.ingest.ledger_rows import fit
from tests.ingest.messages import RECEIVED

# Within the day before: that day itself is not whole yet.
BEFORE = Instant(RECEIVED - DAY_US)
TABLES = "SELECT count(*) FROM pg_class WHERE relname ~ 'fix_2026' AND relkind = 'r'"
HELD_BY = "SELECT relname FROM pg_class WHERE relname ~ '^leaving'"


async def erase(pool: Pool, account: Account | None = None) -> int:
    async with pool.acquire() as connection:
        return await erase_aged_fixes(connection, BEFORE, every_day, account or Account(), never)


async def three_days(pool: Pool) -> None:
    """Two tags with fixes of today, yesterday, two days ago and of a day long ago."""
    await make_days(pool, 0, 1, 2)
    for tag_id in ("T-1", "T-2"):
        await fit(pool, tag_id, Instant(RECEIVED - 500 * DAY_US), RECEIVED)
        await received(pool, tag_id, 0, DAY_US, 2 * DAY_US, 400 * DAY_US)


async def test_a_day_past_its_period_goes_whole_and_the_rest_stays(pool: Pool) -> None:
    await three_days(pool)
    async with pool.acquire() as connection:
        assert await count_aged_fixes(connection, BEFORE) == 4
    account = Account()
    assert await erase(pool, account) == 4
    assert await ages(pool) == [("T-1", 0), ("T-1", DAY_US), ("T-2", 0), ("T-2", DAY_US)]
    assert await pool.fetchval(TABLES) == 2
    assert account.told == [
        ("fixes", 2, "fixes recorded on 2026-11-18 (UTC)"),
        ("fixes", 2, "fixes recorded before 2026-11-19 (UTC)"),
    ]


async def test_of_a_day_that_is_held_in_part_the_rest_goes(pool: Pool) -> None:
    await three_days(pool)
    await hold(pool, wearer_id=await pool.fetchval("SELECT wearer_id FROM fitting WHERE tag_id = 'T-2'"))
    # What the register said when the fixes were recorded is what is asked about.
    await pool.execute("UPDATE fitting SET standing = false")
    assert await erase(pool) == 2
    assert [age for tag_id, age in await ages(pool) if tag_id == "T-2"] == [0, DAY_US, 2 * DAY_US, 400 * DAY_US]
    assert [age for tag_id, age in await ages(pool) if tag_id == "T-1"] == [0, DAY_US]
    await lift(pool)
    assert await erase(pool) == 2
    assert await pool.fetchval(TABLES) == 2


async def test_the_last_fix_of_a_worn_tag_stays(pool: Pool) -> None:
    await make_days(pool, 2)
    await fit(pool, "T-1", Instant(RECEIVED - 500 * DAY_US))
    await received(pool, "T-1", 2 * DAY_US, 2 * DAY_US + HOUR_US)
    assert await erase(pool) == 1
    assert await ages(pool) == [("T-1", 2 * DAY_US)]


async def test_who_reads_for_long_is_not_waited_for_and_his_day_goes_later(pool: Pool) -> None:
    await three_days(pool)
    async with pool.acquire() as reader, reader.transaction(), asyncio.timeout(20):
        await reader.fetch("SELECT FROM fix")
        assert await erase(pool) == 2  # those of other days
        assert await reader.fetchval("SELECT count(*) FROM fix_20261118") == 2
    assert await erase(pool) == 2


async def test_a_day_on_its_way_out_when_a_process_ended_is_finished_by_the_next(pool: Pool) -> None:
    await three_days(pool)
    await pool.execute("ALTER TABLE fix DETACH PARTITION fix_20261118")
    await pool.execute("ALTER TABLE fix_20261118 RENAME TO leaving_fix_20261118")
    await make_days(pool, 2)  # a late fix made the day's table anew
    await received(pool, "T-1", 2 * DAY_US)
    account = Account()
    assert await erase(pool, account) == 5
    assert account.told[:2] == [
        ("fixes", 2, "fixes recorded on 2026-11-18 (UTC)"),
        ("fixes", 1, "fixes recorded on 2026-11-18 (UTC)"),
    ]
    assert await pool.fetch(HELD_BY) == []


async def test_old_rejections_and_tag_events_go_but_for_what_is_held(pool: Pool) -> None:
    for tag_id in ("T-held", "T-other", None):
        await pool.execute(
            "INSERT INTO rejection (origin, place, profile, received_at, faults, contradiction, tag_id, body,"
            " body_sha256) VALUES ('file', $1, 'cordon', $2, '{}', false, $3, '', '')",
            str(tag_id),
            moment(BEFORE),
            tag_id,
        )
        await pool.execute(
            "INSERT INTO tag_event (tag_id, occurred_at, ended_at, kind, received_at) VALUES ($1, $2, $3, 'strap', $3)",
            tag_id or "T-lasting",
            moment(BEFORE),
            moment(BEFORE if tag_id else RECEIVED),
        )
    await hold(pool, tag_id="T-held")
    account, before = Account(), Instant(BEFORE + 1)
    async with pool.acquire() as connection:
        assert await erase_aged(connection, "rejections", REJECTIONS, BEFORE, account, never) == 0
        assert await erase_aged(connection, "rejections", REJECTIONS, before, account, never) == 2
        assert await erase_aged(connection, "tag_events", TAG_EVENTS, before, account, never) == 1
    assert await pool.fetchval("SELECT array_agg(tag_id) FROM rejection") == ["T-held"]
    assert await pool.fetchval("SELECT array_agg(tag_id) FROM tag_event") == ["T-held", "T-lasting"]
    assert [(name, count) for name, count, _ in account.told] == [("rejections", 2), ("tag_events", 1)]
