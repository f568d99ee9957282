"""What a change of the register's people has the desk do: incidents follow the fittings, in the same transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from alerts.particulars import Connection, Pool
from geofence.ids import TagId, WearerId
from geofence.instants import FOREVER, Instant, Interval, printed
from service.access.actor import Actor, Role
from service.http.proposals.kinds import PROPOSALS
from service.register.changes import Act, begin_change, lock_register
from service.register.fittings.corrections import correct_fitting
from service.register.fittings.fitting import Fitted, read_fitting
from service.register.fittings.intake import take_fittings
from service.register.fittings.writing import add_fittings, change_periods
from service.register.load import LoadRefused, load
from service.register.proposals import Asked, Target
from tests.alerts.incident_values import minute
from tests.alerts.ledger import ORDER_BEGAN, append, enter_wearer, history, incidents, inside, judge_all, outside
from tests.service.register.samples import document, sample

ONE, OTHER = Actor(Role.ADMIN, None, "one"), Actor(Role.ADMIN, None, "other")
NOW = minute(200)


@pytest.fixture
async def judged(pool: Pool) -> Pool:
    """A wearer who was inside in minutes 10 to 12, 60 to 62 and 120 to 122, and the desk knows."""
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        places = outside(0, 5, 20, 50, 70, 110, 130)
        await append(connection, sorted(places + inside(*range(10, 13), *range(60, 63), *range(120, 123)), key=_minute))
    await judge_all(pool, NOW)
    assert await standing(pool) == [10, 60, 120]
    return pool


def _minute(place: Any) -> float:
    at: float = place.at_minute
    return at


async def standing(pool: Pool) -> list[int]:
    """Return the minute at which each incident began that stands."""
    async with pool.acquire() as connection:
        return [first for _, first, _, stands in await incidents(connection) if stands]


async def approved(connection: Connection, kind: str, **asked: str) -> None:
    """Propose something of fitting 1, and have a second person approve it."""
    found = await PROPOSALS.propose(connection, Asked(kind, Target(fitting_id=1), asked, "a reason"), ONE, NOW)
    number = found.record.proposal_id
    await PROPOSALS.approve(connection, number, if_match=found.etag, actor=OTHER, reason=None, now=NOW)


async def in_one(pool: Pool, act: Callable[[Connection], Awaitable[object]]) -> None:
    """Do something in one transaction, and let the desk do what that asks for."""
    async with pool.acquire() as connection, connection.transaction():
        await act(connection)
    await judge_all(pool, NOW)


def period(first: float, last: float | None) -> dict[str, str]:
    start = {"fitted_at": printed(minute(first))}
    return start if last is None else start | {"removed_at": printed(minute(last))}


@pytest.mark.parametrize(
    ("first", "last", "left"),
    [
        (0, 90, [10, 60]),
        (0, 40, [10]),
        (0, 2, []),
        (40, None, [60, 120]),
        (40, 90, [60]),
        (150, 160, []),
    ],
)
async def test_what_lies_outside_a_corrected_fitting_is_withdrawn(
    judged: Pool, first: float, last: float | None, left: list[int]
) -> None:
    await in_one(judged, lambda connection: approved(connection, "fitting_correction", **period(first, last)))
    assert await standing(judged) == left
    async with judged.acquire() as connection:
        told = [reason for what, reason in await history(connection) if what == "withdrawn"]
    assert len(told) == 3 - len(left)
    assert all("fitting corrected" in reason for reason in told)


async def test_what_lies_in_the_time_that_a_fitting_gains_is_found(judged: Pool) -> None:
    await in_one(judged, lambda connection: approved(connection, "fitting_correction", **period(0, 40)))

    async def prolong(connection: Connection) -> None:
        seen = (await read_fitting(connection, 1)).etag
        done = await correct_fitting(
            connection,
            1,
            period(0, 100),
            if_match=seen,
            actor=ONE,
            reason="it was still on",
            authority=None,
            now=NOW,
        )
        assert done is not None

    await in_one(judged, prolong)
    assert await standing(judged) == [10, 60]


async def test_what_was_found_under_a_fitting_that_never_was_is_withdrawn(judged: Pool) -> None:
    await in_one(judged, lambda connection: approved(connection, "fitting_void"))
    assert await standing(judged) == []


async def test_a_fitting_that_is_entered_late_finds_what_its_tag_had_reported(judged: Pool) -> None:
    async with judged.acquire() as connection:
        await append(connection, outside(0) + inside(30, 31) + outside(40), tag_id="T-2")
    element = f'{{"tag_id": "T-2", "wearer_id": "W-1", "fitted_at": "{printed(minute(0))}"}}'.encode()
    await in_one(judged, lambda connection: take_fittings(connection, [element], ONE, NOW))
    assert await standing(judged) == [10, 30, 60, 120]


async def test_a_removal_that_is_reported_is_judged_once_it_is_confirmed(judged: Pool) -> None:
    provider = Actor(Role.PROVIDER, None, "provider")
    start, end = printed(ORDER_BEGAN), printed(minute(40))
    element = f'{{"tag_id": "T-1", "wearer_id": "W-1", "fitted_at": "{start}", "removed_at": "{end}"}}'.encode()
    await in_one(judged, lambda connection: take_fittings(connection, [element], provider, NOW))
    assert await standing(judged) == [10, 60, 120]

    async def confirm(connection: Connection) -> None:
        found = await PROPOSALS.read(connection, 1)
        await PROPOSALS.approve(connection, 1, if_match=found.etag, actor=ONE, reason=None, now=NOW)

    await in_one(judged, confirm)
    assert await standing(judged) == [10]


async def test_what_the_provider_calls_a_wearer_is_judged_again_from_his_first_fitting(judged: Pool) -> None:
    async def rename(connection: Connection) -> None:
        asked = Asked("provider_person", Target(wearer_id="W-1"), {"provider_person_id": "4711"}, "mistyped")
        found = await PROPOSALS.propose(connection, asked, ONE, NOW)
        number = found.record.proposal_id
        other = Actor(Role.ADMIN, None, "other")
        await PROPOSALS.approve(connection, number, if_match=found.etag, actor=other, reason=None, now=NOW)

    async with judged.acquire() as connection:
        await connection.execute("UPDATE fix SET person_id = '0815'")
        assert await connection.fetchval("SELECT count(*) FROM incident WHERE grade = 'confirmed'") == 3
    await in_one(judged, rename)
    async with judged.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM incident WHERE grade = 'possible'") == 3


def fitted(wearer_id: str, first: float, end: Instant) -> Fitted:
    return Fitted(TagId("T-1"), WearerId(wearer_id), Interval(minute(first), end))


async def test_the_database_has_the_last_word_on_where_a_tag_is(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await enter_wearer(connection, 1, began=minute(0))
        await enter_wearer(connection, 2, began=minute(0))
        # Whoever wrote past all checks.
        assert await add_fittings(connection, [fitted("W-2", 10, FOREVER)], NOW) == [None]
        record = await read_fitting(connection, 1)
        assert await change_periods(connection, [(record, Interval(minute(0), minute(20)))], NOW)
        assert await add_fittings(connection, [fitted("W-2", 20, FOREVER)], NOW) != [None]
        record = await read_fitting(connection, 1)
        assert not await change_periods(connection, [(record, Interval(minute(0), minute(21)))], NOW)
        assert (await read_fitting(connection, 1)).fitted.during == Interval(minute(0), minute(20))


async def test_of_two_who_write_at_once_past_all_checks_one_is_told(pool: Pool) -> None:
    async with pool.acquire() as first, pool.acquire() as second:
        await enter_wearer(first, 1, began=minute(0))
        await enter_wearer(first, 2, began=minute(0))
        wanted = [Fitted(TagId("T-9"), WearerId(wearer), Interval(minute(0), FOREVER)) for wearer in ("W-1", "W-2")]

        async def write() -> list[int | None]:
            async with second.transaction():
                return await add_fittings(second, wanted[1:], NOW)

        async with first.transaction():
            assert None not in await add_fittings(first, wanted[:1], NOW)
            other = asyncio.create_task(write())
            while not await first.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"):
                pass
        assert await other == [None]


async def test_a_file_is_not_hindered_by_a_fitting_that_never_was_and_does_not_bring_it_back(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await load(connection, document(), actor="A", reason=None, now=NOW)
        async with connection.transaction():
            await lock_register(connection)
            await begin_change(connection, Act("one", "admin", "a trial"), NOW)
            await connection.execute("UPDATE fitting SET standing = false WHERE tag_id = 'T-2'")
        again = await load(connection, document(), actor="A", reason=None, now=NOW)
        assert not any(again.added.values())
        moved, overlapping = sample(), sample()
        moved["fittings"][2] |= {"wearer_id": "W-2", "fitted_at": "2026-11-10T11:00:00Z"}
        added = await load(connection, document(moved), actor="A", reason=None, now=NOW)
        assert added.added["fitting"] == 1
        overlapping["fittings"][2] |= {"fitted_at": "2026-11-10T11:30:00Z"}
        with pytest.raises(LoadRefused, match="overlaps"):
            await load(connection, document(overlapping), actor="A", reason=None, now=NOW)
