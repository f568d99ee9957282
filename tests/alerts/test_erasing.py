"""Incidents past their period go with all that is theirs; what is kept of the fixes still gives those that stay."""

import asyncio
from datetime import date

import pytest

from alerts.erasing import erase_aged_incidents, needed_from
from alerts.particulars import Connection, Pool
from geofence.instants import FOREVER, Instant
from ingest.aged_fixes import erase_aged_fixes
from tests.alerts.incident_values import minute
from tests.alerts.ledger import add_work, append, enter_wearer, history, incidents, inside, judge_all, outside
from tests.ingest.erasures import Account, every_day, hold, lift, never

DAY = 24 * 60  # minutes
LATER = minute(40 * DAY)
EVERY_ROW = """
SELECT (SELECT count(*) FROM incident) + (SELECT count(*) FROM incident_fix) + (SELECT count(*) FROM incident_name)
     + (SELECT count(*) FROM incident_history)"""


async def erase(connection: Connection, before: Instant, account: Account | None = None) -> int:
    return await erase_aged_incidents(connection, before, account or Account(), never)


async def test_an_old_incident_goes_with_its_fixes_and_history(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(0) + inside(2, 3) + outside(4))
        await append(connection, outside(600) + inside(602) + outside(604))
        await judge_all(pool, minute(700))
        account = Account()
        assert await erase(connection, minute(3), account) == 0
        assert await erase(connection, minute(601), account) == 1
        assert await incidents(connection) == [("closed", 602, 602, True)]
        [(class_, count, said)] = account.told
        assert (class_, count, said.startswith("incident ")) == ("incidents", 1, True)
        assert await erase(connection, LATER) == 1
        assert await connection.fetchval(EVERY_ROW) == 0


async def test_merged_incidents_go_before_the_one_that_they_became(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, inside(2) + inside(80) + outside(82))
        await judge_all(pool, minute(100))
        # Late fixes join what was two.
        await append(connection, inside(14, 26, 38, 50, 62, 74), received=minute(101))
        await judge_all(pool, minute(102))
        assert [standing for *_, standing in await incidents(connection)] == [True, False]
        assert await erase(connection, minute(81)) == 2
        assert await connection.fetchval(EVERY_ROW) == 0


async def test_an_incident_that_is_lost_stays_while_its_tag_is_worn(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(0) + inside(2))
        await judge_all(pool, minute(60))
        assert await incidents(connection) == [("track_lost", 2, 2, True)]
        assert await erase(connection, LATER) == 0
        await connection.execute("UPDATE fitting SET removed_at = fitted_at + interval '31 days'")
        assert await erase(connection, LATER) == 1


@pytest.mark.parametrize("held", [{"tag_id": "T-1"}, {"wearer_id": "W-1"}])
async def test_a_held_incident_stays_until_the_hold_is_lifted(pool: Pool, held: dict[str, str]) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(0) + inside(2) + outside(4))
        await judge_all(pool, minute(60))
        await hold(pool, **held)
        assert await erase(connection, LATER) == 0
        await lift(pool)
        assert await erase(connection, LATER) == 1


async def test_no_hold_is_placed_while_an_incident_is_erased(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(0) + inside(2) + outside(4))
        await judge_all(pool, minute(60))

        async def witness(*_: object) -> None:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await hold(pool, tag_id="T-1")

        assert await erase_aged_incidents(connection, LATER, witness, never) == 1


async def test_judged_again_after_the_other_fixes_went_an_incident_is_what_it_was(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(*range(0, 600, 5)) + inside(602, 603) + outside(*range(605, 1300, 5)))
        # Lost inside; the next fix, long after, says that he is out.
        await append(connection, inside(1302, 1303))
        await append(connection, outside(DAY + 800))
        await judge_all(pool, minute(DAY + 900))
        known, told = await incidents(connection), len(await history(connection))
        assert [state for state, *_ in known] == ["closed", "track_lost"]
        fixes = await connection.fetchval("SELECT count(*) FROM fix")
        assert await erase_aged_fixes(connection, minute(3 * DAY), every_day, Account(), never) > 100
        assert 0 < await connection.fetchval("SELECT count(*) FROM fix") < fixes
        await add_work(connection, minute(0), minute(DAY + 901), "the register changed")
        assert await judge_all(pool, minute(4 * DAY)) == 1
        assert (await incidents(connection), len(await history(connection))) == (known, told)


async def test_what_a_report_that_is_due_is_made_from_is_needed(pool: Pool) -> None:
    async with pool.acquire() as connection:
        assert await needed_from(connection) == FOREVER
        await enter_wearer(connection)
        await connection.execute(
            "INSERT INTO report_due (force, day, seal_at, due_at, not_before) VALUES ('MPS', $1, now(), now(), now())",
            date(2026, 11, 20),
        )
        assert await needed_from(connection) == minute(-DAY)
        await connection.execute("UPDATE report_due SET issued_at = now()")
        assert await needed_from(connection) == FOREVER
