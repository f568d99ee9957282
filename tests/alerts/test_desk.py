"""The incident desk on a real PostgreSQL: what arrives in whatever order becomes the same incidents, once."""

import asyncio

import pytest

from alerts.desk import judge_some, run_desk
from alerts.incidents import Known, known_of_tracks, resolve
from alerts.particulars import Connection, Pool
from alerts.repeat import UNREACHABLE
from alerts.tracks import Stretch, read_fixes
from geofence.instants import Instant, Interval, moment
from geofence.judge import judge
from geofence.judgement import Incident
from tests.alerts.incident_values import minute
from tests.alerts.ledger import (
    CIRCLE,
    REGISTERS,
    RULES,
    Place,
    add_work,
    append,
    enter_wearer,
    history,
    incidents,
    inside,
    judge_all,
    minutes,
    outside,
    spoil_versions,
)


async def known_of_track(connection: Connection) -> list[Known]:
    return (await known_of_tracks(connection, {1: None}))[1]


async def test_a_presence_opens_grows_and_closes_with_a_line_of_history_for_each(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(0, 1) + inside(2))
        assert await judge_all(pool, minute(2.1)) == 1
        assert await incidents(connection) == [("open", 2, 2, True)]
        await append(connection, inside(3))
        await judge_all(pool, minute(3.1))
        await append(connection, outside(4))
        await judge_all(pool, minute(4.1))
        assert await incidents(connection) == [("closed", 2, 3, True)]
        assert [what for what, _ in await history(connection)] == ["added", "changed", "changed"]
        assert (await history(connection))[-1][1].startswith("state open became closed; ")


async def test_work_that_is_not_due_is_left_alone(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, inside(2), received=minute(5))
    assert await judge_all(pool, minute(4)) == 0
    assert await judge_all(pool, minute(5)) == 1


async def test_a_late_fix_inside_after_a_newer_one_outside_lengthens_the_incident(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(0) + inside(2) + outside(9))
        await judge_all(pool, minute(10))
        before = await known_of_track(connection)
        await append(connection, inside(1, 3), received=minute(11))
        await judge_all(pool, minute(12))
        assert await incidents(connection) == [("closed", 1, 3, True)]
        after = await known_of_track(connection)
        assert before[0].incident.incident_id == after[0].incident.incident_id
        assert "2 fixes more" in (await history(connection))[-1][1]


async def test_what_the_rules_call_an_incident_now_leads_to_the_one_first_made_known(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, inside(2) + outside(9))
        await judge_all(pool, minute(10))
        await append(connection, inside(1), received=minute(11))
        await judge_all(pool, minute(12))
        (known,) = await known_of_track(connection)
        (judged,) = await judged_whole(connection, minute(12))
        assert judged.incident_id != known.incident.incident_id
        assert await resolve(connection, judged.incident_id) == known.incident.incident_id
        assert await resolve(connection, "0123456789abcdef") is None


async def test_a_late_fix_joins_two_incidents_and_the_former_identity_still_resolves(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, inside(10, 11) + outside(13))
        await judge_all(pool, minute(14))
        (first,) = await known_of_track(connection)
        await append(connection, inside(0, 1) + outside(3), received=minute(20))
        await judge_all(pool, minute(20))
        assert await incidents(connection) == [("closed", 0, 1, True), ("closed", 10, 11, True)]
        (second,) = [one for one in await known_of_track(connection) if one.detected_at == minute(20)]
        await append(connection, inside(5), received=minute(24))
        await judge_all(pool, minute(25))
        (joined,) = await known_of_track(connection)
        assert joined.incident.visits == 2
        assert len(joined.incident.fixes) == 6
        assert joined.incident.incident_id == first.incident.incident_id
        assert await resolve(connection, second.incident.incident_id) == first.incident.incident_id
        assert ("merged", f"joined with {first.incident.incident_id} (fixes)") in await history(connection)


async def test_a_late_fix_outside_parts_an_incident(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, inside(0, 1, 12, 13) + outside(20))
        await judge_all(pool, minute(21))
        assert await incidents(connection) == [("closed", 0, 13, True)]
        await append(connection, outside(6), received=minute(22))
        await judge_all(pool, minute(23))
        assert await incidents(connection) == [("closed", 0, 1, True), ("closed", 12, 13, True)]


async def test_a_zone_that_was_never_there_withdraws_its_incidents_and_brings_them_back_under_their_name(
    pool: Pool,
) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, inside(0, 1) + outside(3))
        await judge_all(pool, minute(4))
        (known,) = await known_of_track(connection)
        await spoil_versions(connection, "distance_m = 1, footprint = $1", CIRCLE.replace("51.37", "51.5"))
        await add_work(connection, minute(-60), minute(5), "zone varied")
        await judge_all(pool, minute(5))
        assert await incidents(connection) == [("closed", 0, 1, False)]
        assert (await history(connection))[-1] == ("withdrawn", "nothing of it is left (zone varied)")
        await spoil_versions(
            connection, "distance_m = 200, footprint = $1, valid_until = $2", CIRCLE, moment(minute(0.5))
        )
        await add_work(connection, minute(-60), minute(6), "zone varied")
        await judge_all(pool, minute(6))
        (again,) = await known_of_track(connection)
        assert again.incident.incident_id == known.incident.incident_id
        assert again.incident.fixes == known.incident.fixes[:1]


async def test_a_zone_version_that_ends_within_an_incident_shortens_it_and_takes_nothing_away(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(-200) + inside(*minutes(0, 20)) + outside(21))
        await judge_all(pool, minute(22))
        await connection.execute("UPDATE zone_version SET valid_until = $1", moment(minute(10.5)))
        await add_work(connection, minute(10.5), minute(23), "zone varied")
        await judge_all(pool, minute(23))
        assert await incidents(connection) == [("closed", 0, 10, True)]
        assert [what for what, _ in await history(connection)] == ["added", "changed"]


async def test_a_known_incident_is_judged_as_a_whole_wherever_in_it_the_change_is_said_to_be(pool: Pool) -> None:
    """The zone shrinks; the work list asks only for what came after the first fixes, which lie inside it still."""
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        began = moment(minute(-24 * 60))
        await connection.execute("UPDATE fitting SET fitted_at = $1", began)
        edge = [Place(at, 0.15) for at in minutes(4, 20)]
        await append(connection, outside(*minutes(-30, -1)) + inside(*minutes(0, 3)) + edge + outside(21))
        await judge_all(pool, minute(22))
        assert await incidents(connection) == [("closed", 0, 20, True)]
        await spoil_versions(connection, "distance_m = 50")
        await add_work(connection, minute(15), minute(23), "zone varied")
        await judge_all(pool, minute(23))
        assert await incidents(connection) == [("closed", 0, 3, True)]
        assert [what for what, _ in await history(connection)] == ["added", "changed"]


async def test_an_incident_that_grows_leaves_the_fixes_that_are_there_untouched(pool: Pool) -> None:
    rows = "SELECT recorded_at, xmin::text, ctid::text FROM incident_fix ORDER BY recorded_at"
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(0) + inside(1, 2))
        await judge_all(pool, minute(2.5))
        before = await connection.fetch(rows)
        await append(connection, inside(3))
        await judge_all(pool, minute(3.5))
        after = await connection.fetch(rows)
        assert len(before) == 2
        assert len(after) == 3
        assert after[:2] == before


async def test_a_fix_that_no_longer_belongs_to_an_incident_leaves_it(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(0) + inside(1, 2, 9) + outside(10))
        await judge_all(pool, minute(11))
        await append(connection, outside(3), received=minute(12))
        await judge_all(pool, minute(12))
        counts = "SELECT count(*) FROM incident_fix JOIN incident USING (incident_id) WHERE first_at = $1"
        assert await connection.fetchval(counts, moment(minute(1))) == 2
        assert await connection.fetchval(counts, moment(minute(9))) == 1


async def test_silence_alone_turns_an_open_incident_into_a_lost_one(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(0) + inside(1, 2))
        await judge_all(pool, minute(3))
        assert await judge_all(pool, minute(17)) == 0
        assert await judge_all(pool, Instant(minute(17) + 1)) == 1
        assert await incidents(connection) == [("track_lost", 1, 2, True)]
        assert (await history(connection))[-1] == ("changed", "state open became track_lost (time passed)")
        assert await connection.fetchval("SELECT count(*) FROM to_judge") == 0


async def test_the_end_of_the_order_closes_an_incident_without_any_fix(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        ends_at = minute(5)
        await connection.execute("UPDATE court_order SET monitoring_until = $1", moment(ends_at))
        await append(connection, outside(0) + inside(1, 2))
        await judge_all(pool, minute(3))
        assert await judge_all(pool, Instant(ends_at - 1)) == 0
        assert await judge_all(pool, ends_at) == 1
        assert await incidents(connection) == [("closed", 1, 2, True)]


async def test_an_incident_that_stays_open_leaves_one_row_of_work_however_often_it_grows(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        for at in minutes(0, 5):
            await append(connection, inside(at))
            await judge_all(pool, minute(at + 0.1))
        rows = await connection.fetch("SELECT not_before, reason FROM to_judge")
        assert [tuple(row) for row in rows] == [(moment(Instant(minute(20) + 1)), "time passed")]


async def test_a_fix_recorded_ahead_of_our_clock_counts_once_its_instant_has_come(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, inside(4), received=minute(2))
        await judge_all(pool, minute(2))
        assert await incidents(connection) == []
        await judge_all(pool, minute(4))
        assert await incidents(connection) == []
        await judge_all(pool, Instant(minute(4) + 1))
        assert await incidents(connection) == [("open", 4, 4, True)]


async def test_a_track_against_an_unreadable_zone_is_parked_and_the_others_go_on(pool: Pool) -> None:
    crossed = '{"type": "Polygon", "coordinates": [[[0, 51], [1, 52], [1, 51], [0, 52], [0, 51]]]}'
    async with pool.acquire() as connection:
        for number in (1, 2):
            await enter_wearer(connection, number)
        await spoil_versions(connection, "footprint = $1 WHERE zone_id = 'Z-1'", crossed)
        for number in (1, 2):
            await append(connection, inside(1, 2), f"T-{number}")
        assert await judge_all(pool, minute(3)) == 2
        zones = await connection.fetch("SELECT zone_id FROM incident")
        assert [row["zone_id"] for row in zones] == ["Z-2"]
        parked = await connection.fetchrow("SELECT * FROM to_judge WHERE reason = 'judging failed before'")
        assert parked is not None
        assert parked["since"] == moment(minute(1))
        assert parked["not_before"] > moment(minute(3))
        await spoil_versions(connection, "footprint = $1", CIRCLE)
        await judge_all(pool, minute(9))
        assert await connection.fetchval("SELECT count(*) FROM incident") == 2


async def test_desks_that_work_at_once_never_judge_a_track_twice(pool: Pool) -> None:
    async with pool.acquire() as connection:
        for number in range(12):
            await enter_wearer(connection, number)
            await append(connection, inside(1, 2), f"T-{number}")
            await append(connection, inside(3), f"T-{number}")
    taken = await asyncio.gather(*(judge_some(pool, REGISTERS, RULES, minute(4), 100) for _ in range(4)))
    assert sum(taken) >= 12
    async with pool.acquire() as connection:
        assert [what for what, _ in await history(connection)] == ["added"] * 12
        assert await connection.fetchval("SELECT count(*) FROM incident") == 12
        assert await connection.fetchval("SELECT count(*) FROM to_judge WHERE reason <> 'time passed'") == 0


# A backend that dies as it commits, once: a sequence is not rolled back with the transaction.
DIE_ONCE = """
CREATE SEQUENCE death;
CREATE FUNCTION die_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('death') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER die_once AFTER INSERT ON incident_history DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION die_once()"""


async def test_a_desk_that_dies_before_its_commit_leaves_the_work_and_nothing_else(pool: Pool) -> None:
    async with pool.acquire() as connection:
        for number in (1, 2, 3):
            await enter_wearer(connection, number)
            await append(connection, inside(1, 2), f"T-{number}")
        await connection.execute(DIE_ONCE)
        with pytest.raises(UNREACHABLE):
            await judge_all(pool, minute(3))
        assert await incidents(connection) == []
        assert await connection.fetchval("SELECT count(*) FROM to_judge WHERE reason = 'fixes'") == 3
        await judge_all(pool, minute(3))
        assert await incidents(connection) == [("open", 1, 2, True)] * 3


async def test_the_desk_outlives_its_database_and_works_until_it_is_told_to_stop(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, inside(1, 2))
        await connection.execute(DIE_ONCE)
        stop, looks = asyncio.Event(), []

        def clock() -> Instant:
            """Stop the desk at its third look: the first ends in death, by the third the second has done the work."""
            looks.append(minute(3))
            if len(looks) == 3:
                stop.set()
            return looks[-1]

        async with asyncio.timeout(30):
            await run_desk(pool, REGISTERS, RULES, clock, stop)
        assert await incidents(connection) == [("open", 1, 2, True)]


async def judged_whole(connection: Connection, now: Instant) -> tuple[Incident, ...]:
    """Judge the only track as a whole, without the desk."""
    register = await REGISTERS.register(connection)
    (fitting,) = register.fittings
    async with connection.transaction():
        reading = await read_fixes(connection, [Stretch(fitting.tag_id, fitting.fitted_at, now)])
    return judge(reading.tracks, register, RULES, Interval(fitting.fitted_at, now), now).incidents
