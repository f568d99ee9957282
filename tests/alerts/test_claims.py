"""Which tracks does a desk take in hand? None that another has, not too much at once, and none is parked in haste."""

import asyncio

import pytest

from alerts.claims import FAILED, claim
from alerts.particulars import Pool
from tests.alerts.incident_values import minute
from tests.alerts.ledger import add_work, append, enter_wearer, incidents, inside, judge_all

DAY_MINUTES = 24 * 60

# Fails so many times, as if others were in the way: a sequence is not rolled back with the transaction.
IN_THE_WAY = """
CREATE SEQUENCE failures;
CREATE FUNCTION be_in_the_way() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('failures') <= {times} THEN RAISE SQLSTATE '{state}'; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER be_in_the_way BEFORE INSERT ON incident FOR EACH ROW EXECUTE FUNCTION be_in_the_way()"""


async def test_a_track_that_another_desk_has_in_hand_is_passed_over(pool: Pool) -> None:
    async with pool.acquire() as connection, pool.acquire() as other, other.transaction():
        fittings = [await enter_wearer(connection, number) for number in (1, 2)]
        for number in (1, 2):
            await add_work(connection, minute(0), minute(number), "fixes", f"T-{number}")
        await other.execute("SELECT FROM fitting WHERE fitting_id = $1 FOR NO KEY UPDATE", fittings[0])
        async with asyncio.timeout(10), connection.transaction():
            assert [one.fitting_id for one in await claim(connection, minute(3), 10)] == fittings[1:]


async def test_beside_the_first_no_more_is_taken_than_is_judged_in_good_time(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        fittings = [await enter_wearer(connection, number) for number in range(4)]
        for number in range(4):
            await add_work(connection, minute(-2 * DAY_MINUTES), minute(number - 5), "fixes", f"T-{number}")
        assert [one.fitting_id for one in await claim(connection, minute(0), 10)] == fittings[:3]


@pytest.mark.parametrize("state", ["40001", "55P03", "57014"])
@pytest.mark.parametrize(("times", "found", "parked"), [(1, 1, 0), (2, 0, 1)])
async def test_a_track_is_tried_once_more_when_others_were_in_the_way(
    pool: Pool, state: str, times: int, found: int, parked: int
) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, inside(1, 2))
        await connection.execute(IN_THE_WAY.format(times=times, state=state))
        await judge_all(pool, minute(3))
        assert len(await incidents(connection)) == found
        assert await connection.fetchval("SELECT count(*) FROM to_judge WHERE reason = $1", FAILED) == parked
