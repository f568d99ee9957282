"""A change of the register reaches the desk: what it makes of the fixes that are there already, and why."""

from collections.abc import AsyncIterator

import pytest

from alerts.particulars import Connection
from geofence.instants import MINUTE_US, Instant, moment
from service.database import Pool
from tests.alerts.incident_values import MIDNIGHT
from tests.alerts.ledger import add_work, append, enter_wearer, history, incidents, inside, judge_all, outside
from tests.service.register.office import Office, at, hour

SHOWN = "SELECT first_at, standing, suspended FROM incident ORDER BY first_at, standing"


class Desk(Office):
    """An office beside a desk that does whatever is due after each change."""

    __slots__ = ("pool",)

    def __init__(self, connection: Connection, pool: Pool) -> None:
        super().__init__(connection, now=12)
        self.pool = pool

    async def judge(self) -> int:
        """Let the desk do all that is due by now."""
        return await judge_all(self.pool, Instant(hour(self.now) + MINUTE_US))

    async def standing(self) -> list[tuple[int, bool]]:
        """Return the minute of the first fix of each incident that stands, and whether it is suspended."""
        rows = await self.connection.fetch(SHOWN)
        minutes = [round((row["first_at"].timestamp() - MIDNIGHT / 1e6) / 60) for row in rows]
        return [(at, row["suspended"]) for at, row in zip(minutes, rows, strict=True) if row["standing"]]


@pytest.fixture
async def desk(pool: Pool) -> AsyncIterator[Desk]:
    """Fixes in the zone of 200 metres at two o'clock, 1 km away of it at four, in it again at six; judged at noon."""
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        visits = outside(115) + inside(120, 121, 122) + outside(130, 235, 240, 241, 242, 250)
        await append(connection, visits + outside(355) + inside(360, 361, 362) + outside(370))
        made = Desk(connection, pool)
        await made.judge()
        assert await made.standing() == [(120, False), (360, False)]
        yield made


async def test_a_zone_published_over_past_fixes_raises_what_it_finds_and_withdrawn_withdraws_it(desk: Desk) -> None:
    known = len(await history(desk.connection))
    await desk.publish(await desk.draw(1500, 3.5, 5), reason="for that hour")
    await desk.judge()
    assert await desk.standing() == [(120, False), (235, False)]
    raised = (await history(desk.connection))[known:]
    assert sorted(what for what, _ in raised) == ["added", "withdrawn"]
    assert all("zone published" in reason for _, reason in raised)
    await desk.do("zone_withdrawal", "Z-1", {"version": 2})
    await desk.judge()
    assert await desk.standing() == [(120, False), (360, False)]
    last = (await history(desk.connection))[known + 2 :]
    assert {"withdrawn"} <= {what for what, _ in last}
    assert all("zone version withdrawn" in reason for _, reason in last)


async def test_an_absence_authorised_afterwards_sets_an_incident_apart_and_struck_brings_it_back(desk: Desk) -> None:
    absence = {"from": at(1), "until": at(3), "reason": "funeral", "authority": "the court"}
    await desk.do("suspension", "O-1", absence)
    await desk.judge()
    assert await desk.standing() == [(120, True), (360, False)]
    assert "suspension approved" in (await history(desk.connection))[-1][1]
    number = await desk.connection.fetchval("SELECT suspension_id FROM suspension")
    await desk.do("suspension_end", "O-1", {"suspension_id": number})
    await desk.judge()
    assert await desk.standing() == [(120, False), (360, False)]
    assert "suspension end approved" in (await history(desk.connection))[-1][1]


async def test_a_discharge_in_the_past_withdraws_what_came_after(desk: Desk) -> None:
    await desk.do("discharge", "O-1", {"at": at(5)})
    await desk.judge()
    assert await desk.standing() == [(120, False)]
    assert (await history(desk.connection))[-1] == ("withdrawn", "nothing of it is left (discharge approved)")


async def test_a_varied_zone_is_judged_again_from_its_beginning_only(desk: Desk) -> None:
    before = await incidents(desk.connection)
    known = len(await history(desk.connection))
    await desk.publish(await desk.draw(100, 5))
    since = await desk.connection.fetch("SELECT since FROM to_judge WHERE reason = 'zone published'")
    assert [round(row["since"].timestamp() * 1e6) for row in since] == [hour(5)]
    await desk.judge()
    assert [one for one in before if one[1] < 300] == [one for one in await incidents(desk.connection) if one[1] < 300]
    # The later one is as deep in another version now: that, and nothing else, is told.
    versions = "SELECT DISTINCT zone_version FROM incident_fix JOIN incident USING (incident_id) WHERE first_at {} $1"
    for order, expected in (("<", [1]), (">", [2])):
        rows = await desk.connection.fetch(versions.format(order), moment(hour(5)))
        assert [row["zone_version"] for row in rows] == expected
    assert [what for what, _ in (await history(desk.connection))[known:]] == ["changed"]


async def test_an_emergency_that_nobody_confirmed_finds_nothing_after_its_day(desk: Desk) -> None:
    await desk.publish_alone(await desk.draw(1500, 12))
    desk.now = 47
    far = outside(13 * 60) + outside(40 * 60)
    await append(desk.connection, far)
    await desk.judge()
    assert await desk.standing() == [(120, False), (360, False), (780, False)]
    await desk.publish(2)
    await desk.judge()
    assert await desk.standing() == [(120, False), (360, False), (780, False), (2400, False)]


@pytest.mark.parametrize("end", [2.15, 2.2])
async def test_what_a_tag_was_taken_off_in_closes_where_the_order_ends_soon_after(desk: Desk, end: float) -> None:
    # His last fix lies in the zone, and the tag is off a minute later: whether he was lost or the order was over first
    # is decided after the track's own end.
    await desk.connection.execute("UPDATE fitting SET removed_at = $1", moment(hour(122.5 / 60)))
    await add_work(desk.connection, hour(0), hour(0), "removed")
    await desk.judge()
    state = "SELECT state, ended_at FROM incident WHERE standing"
    assert [tuple(row) for row in await desk.connection.fetch(state)] == [("track_lost", None)]
    await desk.do("discharge", "O-1", {"at": at(end)})
    await desk.judge()
    assert [tuple(row) for row in await desk.connection.fetch(state)] == [("closed", moment(hour(end)))]
