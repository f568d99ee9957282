"""Fixes of tags on nobody go after 72 hours, whole, once, and so that it can be shown what they were."""

import hashlib
from datetime import date

from geofence.instants import MINUTE_US, Instant, instant, moment
from ingest.connections import Pool
from ingest.decode import decode_object
from ingest.erased_content import content_sha256
from ingest.fix import Fix
from ingest.reading import ahead_of
from ingest.unassigned import erase_unassigned
from tests.ingest.erasures import (
    DAY_US,
    DUE,
    HOUR_US,
    Account,
    ages,
    every_day,
    hold,
    lift,
    make_days,
    never,
    no_day,
    received,
)
from tests.ingest.ledger_rows import fit
from tests.ingest.messages import RECEIVED, RECORDED, body, fix_message


async def erase(pool: Pool, now: Instant, account: Account | None = None) -> int:
    async with pool.acquire() as connection:
        return await erase_unassigned(connection, now, every_day, account or Account(), never)


async def remembered(pool: Pool) -> list[tuple[str, date, int, bytes]]:
    rows = await pool.fetch("SELECT tag_id, day, fixes, sha256 FROM erased_fixes ORDER BY erased_fixes_id")
    return [tuple(row) for row in rows]


async def test_fixes_of_a_tag_on_nobody_go_after_72_hours_and_leave_count_and_hash(pool: Pool) -> None:
    await make_days(pool, 0, 1)
    await fit(pool, "T-worn", Instant(RECEIVED - 30 * DAY_US))
    await fit(pool, "T-half", Instant(RECEIVED - HOUR_US))
    messages = await received(pool, "T-loose", 5 * MINUTE_US, 2 * MINUTE_US, 19 * HOUR_US)
    await received(pool, "T-worn", 5 * MINUTE_US)
    await received(pool, "T-half", 5 * MINUTE_US, HOUR_US, HOUR_US + 1)
    await received(pool, "T-loose", 0, at=Instant(RECEIVED + 1))
    account = Account()
    assert await erase(pool, Instant(DUE - 1)) == 0
    assert await erase(pool, DUE, account) == 4
    assert await ages(pool) == [
        ("T-half", 5 * MINUTE_US),
        ("T-half", HOUR_US),
        ("T-loose", -1),
        ("T-worn", 5 * MINUTE_US),
    ]
    ahead = ahead_of(None)
    fixes = [fix for fix in (decode_object(each, "cordon", ahead) for each in messages) if isinstance(fix, Fix)]
    days = await remembered(pool)
    assert ("T-loose", date(2026, 11, 19), 1, content_sha256(fixes[2:])) in days
    assert ("T-loose", date(2026, 11, 20), 2, content_sha256([fixes[1], fixes[0]])) in days
    assert [day[:3] for day in days if day[0] == "T-half"] == [("T-half", date(2026, 11, 20), 1)]
    assert sum(count for _, count, _ in account.told) == 4


def test_the_hash_is_of_lines_that_anybody_can_write() -> None:
    fix = decode_object(body(fix_message(heading_deg=...)), "cordon", ahead_of(None))
    assert isinstance(fix, Fix)
    line = (
        b'{"position_id":"8812345","tag_id":"T-000123","recorded_at":"2026-11-20T18:02:11Z",'
        b'"uploaded_at":"2026-11-20T18:08:02Z","latitude":51.3712,"longitude":-0.1021,"accuracy_m":8.0,'
        b'"accuracy_confidence":0.95,"mechanism":"gps","satellites":9,"hdop":1.1,"speed_kmh":3.5,"heading_deg":null,'
        b'"person_id":null}\n'
    )
    assert content_sha256([fix]) == hashlib.sha256(line).digest()


async def test_a_fix_sent_again_is_a_new_one_and_goes_again_while_duplicates_stay_duplicates(pool: Pool) -> None:
    await fit(pool, "T-worn", Instant(RECEIVED - DAY_US))
    for tag_id in ("T-loose", "T-worn"):
        await received(pool, tag_id, MINUTE_US)
    newest = "SELECT newest_at FROM tag WHERE tag_id = 'T-loose'"
    before = await pool.fetchval(newest)
    assert await erase(pool, DUE) == 1
    assert await pool.fetchval(newest) == before
    for tag_id in ("T-loose", "T-worn"):
        await received(pool, tag_id, DUE - RECEIVED + MINUTE_US, MINUTE_US, at=DUE)
    assert await pool.fetchval("SELECT duplicates FROM arrival ORDER BY hour DESC LIMIT 1") == 0
    await received(pool, "T-worn", MINUTE_US)
    assert await pool.fetchval("SELECT sum(duplicates) FROM arrival") == 1
    assert await erase(pool, Instant(DUE + 72 * HOUR_US)) == 2
    assert {tag_id for tag_id, _ in await ages(pool)} == {"T-worn"}


async def test_a_fitting_that_was_corrected_keeps_its_fixes_for_72_hours_more(pool: Pool) -> None:
    fitting = await fit(pool, "T-1", Instant(RECEIVED - 30 * DAY_US))
    await received(pool, "T-1", 10 * DAY_US)
    await pool.execute("UPDATE fitting SET standing = false WHERE fitting_id = $1", fitting)
    changed = instant(await pool.fetchval("SELECT max(at) FROM register_change"))
    assert await erase(pool, Instant(changed + 72 * HOUR_US - 1)) == 0
    await pool.execute("UPDATE fitting SET standing = true WHERE fitting_id = $1", fitting)
    assert await erase(pool, Instant(changed + 400 * DAY_US)) == 0
    await pool.execute("UPDATE fitting SET fitted_at = $1", moment(RECEIVED))
    changed = instant(await pool.fetchval("SELECT max(at) FROM register_change"))
    assert await erase(pool, Instant(changed + 72 * HOUR_US)) == 1


async def test_a_hold_keeps_them_and_a_proposed_fitting_does_not(pool: Pool) -> None:
    await received(pool, "T-held", MINUTE_US)
    await received(pool, "T-proposed", MINUTE_US)
    await pool.execute(
        "INSERT INTO proposal (kind, asked, proposed_by, proposed_role, proposed_at)"
        " VALUES ('fitting', $1, 'provider', 'provider', now())",
        '{"tag_id": "T-proposed", "fitted_at": "2026-01-01T00:00:00Z"}',
    )
    await hold(pool, tag_id="T-held")
    assert await erase(pool, DUE) == 1
    assert await ages(pool) == [("T-held", MINUTE_US)]
    await lift(pool)
    assert await erase(pool, DUE) == 1


async def test_a_tag_s_day_of_many_fixes_goes_in_small_parts(pool: Pool) -> None:
    await make_days(pool, 0)
    await received(pool, "T-loose", MINUTE_US)
    await pool.execute(
        "INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, mechanism, clock_suspect)"
        " SELECT tag_no, $1::timestamptz - n * interval '1 second', $1, 0, 51, 1, false"
        " FROM tag, generate_series(1, 5500) AS n",
        moment(RECORDED),
    )
    account = Account()
    assert await erase(pool, DUE, account) == 5501
    assert [count for _, count, _ in account.told] == [5000, 501]
    assert [count for _, _, count, _ in await remembered(pool)] == [5000, 501]


async def test_older_days_wait_for_their_turn_and_other_days_have_no_table_to_wait_for(pool: Pool) -> None:
    await make_days(pool, 0, 7, 9)
    await received(pool, "T-loose", MINUTE_US, 7 * DAY_US, 9 * DAY_US, 100 * DAY_US)
    async with pool.acquire() as connection:
        assert await erase_unassigned(connection, DUE, no_day, Account(), never) == 2
    assert await ages(pool) == [("T-loose", 7 * DAY_US), ("T-loose", 9 * DAY_US)]
    assert await erase(pool, DUE) == 2
