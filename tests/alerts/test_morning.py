"""The morning run on a real PostgreSQL: one snapshot, judged as a whole, and the same as what the desk has."""

from collections.abc import Collection
from datetime import date
from typing import Any

import pytest

from alerts.days import bounds_of
from alerts.incidents import known_in_range
from alerts.inputs import DayInputs
from alerts.morning import day_inputs
from alerts.particulars import Connection, Pool
from alerts.reconcile import reconcile
from alerts.tracks import Stretch, read_fixes
from geofence.ids import WearerId
from geofence.instants import Instant, Interval, moment
from geofence.judge import judge
from geofence.register import Register
from geofence.tracks import Tracks
from service.register.store import PostgresRegister
from tests.alerts.incident_values import minute
from tests.alerts.ledger import (
    REGISTERS,
    RULES,
    append,
    enter_wearer,
    inside,
    judge_all,
    outside,
    spoil_versions,
)
from tests.alerts.wandering import batches, wander

DAY = date(2026, 11, 20)
DAY_MINUTES = 24 * 60
SEALED = minute(33 * 60)  # 09:00 on the next day
CROSSED = '{"type": "Polygon", "coordinates": [[[0, 51], [1, 52], [1, 51], [0, 52], [0, 51]]]}'


async def morning(connection: Connection, **changed: Any) -> DayInputs:
    asked: dict[str, Any] = {
        "force": "MPS",
        "day": DAY,
        "rules": RULES,
        "horizon": SEALED,
        "edition": 1,
        "software_version": "1.2.3",
    }
    return await day_inputs(connection, REGISTERS, **(asked | changed))


@pytest.mark.parametrize("seed", range(3))
async def test_desk_and_morning_run_agree_however_the_fixes_arrived(pool: Pool, seed: int) -> None:
    tracks = {f"T-{number}": wander(100 * seed + number, -120, 300) for number in (1, 2, 3)}
    async with pool.acquire() as connection:
        for number in (1, 2, 3):
            await enter_wearer(connection, number)
    arriving = {tag_id: list(batches(seed, places)) for tag_id, places in tracks.items()}
    at = -120.0
    for at in sorted({at for some in arriving.values() for at, _ in some}):
        async with pool.acquire() as connection:
            for tag_id, some in arriving.items():
                for arrived, places in some:
                    if arrived == at:
                        await append(connection, places, tag_id, received=minute(at))
        await judge_all(pool, minute(at))
    horizon = Instant(minute(at + 60))
    await judge_all(pool, horizon)
    async with pool.acquire() as connection:
        inputs = await morning(connection, horizon=horizon)
    assert inputs.differences == ()
    assert inputs.judgement.incidents
    await assert_desk_equals_the_whole(pool, horizon)


async def assert_desk_equals_the_whole(pool: Pool, horizon: Instant) -> None:
    """Law 9: what the desk made of windows is what judging every fix at once makes."""
    async with pool.acquire() as connection:
        register = await REGISTERS.register(connection)
        wearers = [fitting.wearer_id for fitting in register.fittings]
        begins = min(fitting.fitted_at for fitting in register.fittings)
        inputs = await morning(connection, horizon=horizon)
        known = await known_in_range(connection, wearers, begins, horizon)
        tracks = await whole_tracks(connection, inputs, horizon)
    judged = judge(tracks, register, RULES, Interval(begins, horizon), horizon).incidents
    assert not reconcile([one.incident for one in known], judged)


async def whole_tracks(connection: Connection, inputs: DayInputs, horizon: Instant) -> Tracks:
    async with connection.transaction():
        fittings = inputs.register.fittings
        stretches = [Stretch(fitting.tag_id, fitting.fitted_at, horizon) for fitting in fittings]
        return (await read_fixes(connection, stretches)).tracks


async def test_an_incident_that_the_desk_has_not_or_has_otherwise_is_named(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(59) + inside(60, 61) + outside(62, 100) + inside(101) + outside(102))
        await judge_all(pool, minute(103))
        first, second = [one.incident_id for one in (await morning(connection)).judgement.incidents]
        await connection.execute("UPDATE incident SET standing = false WHERE incident_id = $1", first)
        await connection.execute("UPDATE incident SET visits = 7 WHERE incident_id = $1", second)
        said = (await morning(connection)).differences
        assert sorted(said) == sorted(
            [
                f"Incident {first}, zone Z-1: the morning run has it, the desk has not.",
                f"Incident {second}, zone Z-1: the morning run differs from the desk: visits 7 became 1.",
            ]
        )


async def test_an_incident_that_the_desk_alone_has_is_named_and_so_is_work_that_waits(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(59) + inside(60, 61) + outside(62))
        await judge_all(pool, minute(103))
        (incident,) = (await morning(connection)).judgement.incidents
        await connection.execute("DELETE FROM fix")
        await append(connection, outside(70))
        waits = (
            f"Incident {incident.incident_id}, zone Z-1: the desk has it, the morning run has not; "
            "the desk has still to judge this track."
        )
        assert (await morning(connection)).differences == (waits,)


async def test_an_incident_lost_days_before_is_still_reported_while_the_tag_is_silent(pool: Pool) -> None:
    long_before = -3 * DAY_MINUTES
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(long_before) + inside(long_before + 1, long_before + 2))
        await judge_all(pool, minute(0))
        inputs = await morning(connection)
        assert [one.state for one in inputs.judgement.incidents] == ["track_lost"]
        assert inputs.differences == ()
        await append(connection, outside(-600))
        await judge_all(pool, minute(1))
        inputs = await morning(connection)
        assert inputs.judgement.incidents == ()
        assert inputs.differences == ()


async def test_fixes_recorded_from_the_horizon_on_do_not_count(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(59) + inside(60, 61) + outside(62) + inside(70))
        inputs = await morning(connection, horizon=minute(61))
        (incident,) = inputs.judgement.incidents
        assert incident.state == "open"
        assert inputs.tracks.recorded_at.max() == minute(60)
        assert inputs.arrivals.fixes == 2


async def test_what_came_since_midnight_is_judged_apart(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(DAY_MINUTES + 5) + inside(DAY_MINUTES + 6) + outside(DAY_MINUTES + 7))
        inputs = await morning(connection)
        assert inputs.judgement.incidents == ()
        assert inputs.since_midnight is not None
        assert len(inputs.since_midnight.incidents) == 1
        assert (await morning(connection, horizon=bounds_of(DAY).end)).since_midnight is None


async def test_a_force_is_told_nothing_of_what_another_has_against_the_same_wearer(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await enter_wearer(connection, 2, force="GMP")
        await connection.execute("UPDATE court_order SET wearer_id = 'W-1' WHERE force = 'GMP'")
        await append(connection, outside(59) + inside(60, 61) + outside(62))
        await judge_all(pool, minute(63))
        inputs = await morning(connection)
        assert {order.order_id for order in inputs.register.orders} == {"O-1"}
        assert {one.order_id for one in inputs.judgement.incidents} == {"O-1"}
        assert {one.prohibition_id for one in inputs.judgement.coverage} == {"P-1"}
        assert inputs.differences == ()


async def test_an_unreadable_zone_is_named_and_its_time_is_not_monitored_and_the_rest_is_judged(pool: Pool) -> None:
    async with pool.acquire() as connection:
        for number in (1, 2):
            await enter_wearer(connection, number)
            await append(connection, outside(59) + inside(60, 61) + outside(62), f"T-{number}")
        await spoil_versions(connection, "footprint = $1 WHERE zone_id = 'Z-1'", CROSSED)
        inputs = await morning(connection)
        assert [one.zone_id for one in inputs.judgement.not_judged] == ["Z-1"]
        assert [one.zone_id for one in inputs.judgement.incidents] == ["Z-2"]
        monitored_us = {str(one.prohibition_id): one.monitored_us for one in inputs.judgement.coverage}
        assert monitored_us["P-1"] == 0
        assert monitored_us["P-2"] > 0


async def test_arrivals_are_counted_for_the_day_alone(pool: Pool) -> None:
    counted = "INSERT INTO arrival (hour, origin, duplicates, contradictions, rejected) VALUES ($1, $2, $3, $4, $5)"
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(-1, 0, DAY_MINUTES - 1, DAY_MINUTES))
        for hour, origin in (
            (-60, "kafka"),
            (0, "kafka"),
            (0, "https"),
            (DAY_MINUTES - 60, "kafka"),
            (DAY_MINUTES, "file"),
        ):
            await connection.execute(counted, moment(minute(hour)), origin, 3, 2, 1)
        arrivals = (await morning(connection)).arrivals
        assert (arrivals.fixes, arrivals.duplicates, arrivals.contradictions, arrivals.rejected) == (2, 9, 6, 3)


async def test_everything_is_read_from_one_snapshot(pool: Pool) -> None:
    """A reader of the register that lets another transaction in between: what it commits is not seen."""
    async with pool.acquire() as connection, pool.acquire() as other:
        await enter_wearer(connection)
        await append(connection, outside(59))

        class Intruded(PostgresRegister):
            async def register(self, connection: Connection, wearers: Collection[WearerId] | None = None) -> Register:
                await append(other, inside(60, 61))
                return await super().register(connection, wearers)

        inputs = await day_inputs(
            connection,
            Intruded(),
            force="MPS",
            day=DAY,
            rules=RULES,
            horizon=SEALED,
            edition=None,
            software_version="1.2.3",
        )
        assert len(inputs.tracks) == 1
        assert len((await morning(connection)).tracks) == 3


async def test_a_force_that_nobody_knows_is_refused(pool: Pool) -> None:
    async with pool.acquire() as connection:
        with pytest.raises(LookupError):
            await morning(connection, force="XYZ")
