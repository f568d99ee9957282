"""Tracks out of the ledger: what was appended, as columns, in order, and nothing beside it."""

import math

import numpy as np

from alerts.particulars import Pool
from alerts.stretches import read_stretches, tracks_of
from alerts.tracks import NOT_REPORTED, Stretch, last_fixes, read_events, read_fixes
from alerts.windows import Budget, Wanted, sufficient_window, sufficient_windows
from geofence.ids import TagId
from geofence.instants import FOREVER, MINUTE_US, Instant, moment
from geofence.tracks import Mechanism
from tests.alerts.incident_values import minute
from tests.alerts.ledger import REGISTERS, RULES, Place, append, enter_wearer, inside, minutes, outside

T1, T2 = TagId("T-1"), TagId("T-2")
EVENT = """
INSERT INTO tag_event (event_id, tag_id, occurred_at, ended_at, kind, received_at) VALUES ($1, $2, $3, $4, $5, $3)"""


async def test_each_tag_is_read_in_its_own_window_and_in_track_order(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        for number in (1, 2):
            await enter_wearer(connection, number)
            await append(connection, inside(3, 1, 2, 0), f"T-{number}")
        reading = await read_fixes(
            connection, [Stretch(T2, minute(1), minute(3)), Stretch(T1, minute(2), Instant(FOREVER))]
        )
    tracks = reading.tracks
    assert tracks.tag_ids == (T1, T2)
    read = [(tracks.tag_ids[tag], at) for tag, at in zip(tracks.tag, tracks.recorded_at, strict=True)]
    assert read == [(T1, minute(2)), (T1, minute(3)), (T2, minute(1)), (T2, minute(2))]
    assert list(tracks.position_id) == ["p2", "p3", "p1", "p2"]


async def test_fixes_of_one_instant_come_in_the_order_of_their_ids_with_none_first(pool: Pool) -> None:
    insert = (
        "INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, mechanism, clock_suspect, "
        "position_id) SELECT tag_no, $1, $1, -0.1, 51.4, $2, false, $3 FROM tag"
    )
    async with pool.acquire() as connection, connection.transaction():
        await enter_wearer(connection)
        await append(connection, outside(0))
        for mechanism, position_id in ((1, "b"), (4, None), (1, "B"), (1, "10"), (0, None), (1, "9")):
            await connection.execute(insert, moment(minute(5)), mechanism, position_id)
        tracks = (await read_fixes(connection, [Stretch(T1, minute(5), minute(6))])).tracks
    assert list(tracks.position_id) == [None, None, "10", "9", "B", "b"]
    assert tracks.mechanism.tolist()[:2] == [0, 4]


async def test_every_member_comes_back_as_it_was_appended(pool: Pool) -> None:
    at = minute(0.123456)
    async with pool.acquire() as connection, connection.transaction():
        await enter_wearer(connection)
        await append(connection, [Place(0.123456, 0.5, 0.25, Mechanism.WIFI, 33.5)], received=minute(7))
        await connection.execute(
            "INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, mechanism, clock_suspect, "
            "person_id) SELECT tag_no, $1, $2, -0.2, 51.5, 3, true, 'person 7' FROM tag",
            moment(minute(9)),
            moment(minute(10)),
        )
        reading = await read_fixes(connection, [Stretch(T1, minute(0), minute(60))])
    tracks, reported = reading.tracks, reading.reported
    assert tracks.recorded_at.tolist() == [at, minute(9)]
    assert tracks.mechanism.tolist() == [Mechanism.WIFI, Mechanism.UNKNOWN]
    assert tracks.accuracy_m[0] == 33.5
    assert (tracks.longitude_deg[1], tracks.latitude_deg[1]) == (-0.2, 51.5)
    assert math.isnan(tracks.accuracy_m[1])
    assert np.isnan(tracks.accuracy_confidence).all()
    assert tracks.clock_suspect.tolist() == [False, True]
    assert list(tracks.person_id) == [None, "person 7"]
    assert list(tracks.position_id) == ["p0.123456", None]
    assert reported.received_at.tolist() == [minute(7), minute(10)]
    assert reported.uploaded_at.tolist() == [minute(7), NOT_REPORTED]
    assert reported.speed_kmh[0] == 3.5
    assert math.isnan(reported.speed_kmh[1])
    assert np.isnan(reported.heading_deg).all()


async def test_many_stretches_read_at_once_hold_what_is_read_fix_by_fix(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        for number in (1, 2):
            await enter_wearer(connection, number)
            await append(connection, [*inside(3, 1, 2), Place(0.123456, 0.5, 0.25, Mechanism.CELL)], f"T-{number}")
        await connection.execute(
            "INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, accuracy_confidence, "
            "mechanism, clock_suspect, person_id) SELECT tag_no, $1, $1, -0.2, 51.5, 0.68, 3, true, 'person' FROM tag",
            moment(minute(2.5)),
        )
        stretches = [
            Stretch(T2, minute(1), minute(3)),
            Stretch(TagId("T-3"), minute(0), minute(60)),
            Stretch(T1, minute(-60), minute(0)),
            Stretch(T1, minute(0), FOREVER),
        ]
        one_by_one = (await read_fixes(connection, stretches)).tracks
        read = await read_stretches(connection, stretches)
    assert [len(one) for one in read] == [3, 0, 0, 5]
    at_once = tracks_of(read)
    order = np.lexsort((at_once.recorded_at, [at_once.tag_ids[tag] for tag in at_once.tag]))
    for name in ("recorded_at", "position_id", "person_id", "mechanism", "longitude_deg", "latitude_deg", "accuracy_m"):
        np.testing.assert_array_equal(getattr(at_once, name)[order], getattr(one_by_one, name))
    for name in ("accuracy_confidence", "clock_suspect"):
        np.testing.assert_array_equal(getattr(at_once, name)[order], getattr(one_by_one, name))
    assert [at_once.tag_ids[tag] for tag in at_once.tag[order]] == [one_by_one.tag_ids[tag] for tag in one_by_one.tag]
    assert len(tracks_of([])) == 0


async def test_a_window_reaches_beyond_a_silence_to_what_lies_before_it(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await enter_wearer(connection)
        await append(connection, outside(*minutes(-9000, -8900)) + inside(0, 1))
        register = await REGISTERS.register(connection)
        (fitting,) = register.fittings
        window = await sufficient_window(connection, Wanted(fitting, minute(0), minute(9)), register, RULES)
        assert window.settled == minute(-8901)
        assert minute(-8950) < window.start < minute(-8901)
        earliest = await sufficient_window(connection, Wanted(fitting, minute(-8995), minute(9)), register, RULES)
        assert (earliest.start, earliest.settled) == (fitting.fitted_at, None)


async def test_the_first_is_judged_whatever_time_the_others_take_and_reading_alone_is_counted(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        for number in range(3):
            await enter_wearer(connection, number)
        # These two are read twice; the one between, fitted a month ago, has nothing before its first fix.
        for tag_id in ("T-0", "T-2"):
            await append(connection, outside(*minutes(-200, -100), -10, -9) + inside(*minutes(0, 91)), tag_id)
        await append(connection, inside(91), "T-1")
        register = await REGISTERS.register(connection)
        fittings = sorted(register.fittings, key=lambda one: one.tag_id)
        wanted = [Wanted(fitting, minute(91), minute(92)) for fitting in fittings]
        for hours, found in ((0, ["T-0"]), (6, ["T-0", "T-1", "T-2"])):
            budget = Budget(fittings[0], minute(92), hours * 60 * MINUTE_US)
            windows = await sufficient_windows(connection, wanted, register, RULES, budget)
            assert sorted(fitting.tag_id for fitting in windows) == found
        # Whoever has waited longest may come last of those that are read further.
        again = await sufficient_windows(connection, wanted, register, RULES, Budget(fittings[2], minute(92), 0))
        assert sorted(fitting.tag_id for fitting in again) == ["T-2"]


async def test_no_fixes_are_columns_of_no_length(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        reading = await read_fixes(connection, [Stretch(T1, minute(0), minute(60))])
        nothing = await read_fixes(connection, [])
    assert len(reading.tracks) == 0
    assert reading.tracks.tag_ids == (T1,)
    assert reading.tracks.recorded_at.dtype == np.int64
    assert len(nothing.reported.received_at) == 0


async def test_the_last_fix_is_found_within_each_stretch(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await enter_wearer(connection)
        await append(connection, outside(1, 5, 9))
        wanted = [
            Stretch(T1, minute(0), minute(9)),
            Stretch(T2, minute(0), minute(9)),
            Stretch(T1, minute(6), minute(9)),
            Stretch(T1, minute(6), minute(10)),
        ]
        assert await last_fixes(connection, wanted) == [minute(5), None, None, minute(9)]


async def test_events_are_read_from_the_fitting_on_unless_they_ended_before_the_window(pool: Pool) -> None:
    async with pool.acquire() as connection:
        rows = [
            ("before the fitting", T1, -90, None),
            ("still running", T1, -30, None),
            ("ended before", T1, -20, -10),
            ("reaches in", T1, -5, 5),
            ("in the window", T1, 10, None),
            ("after it", T1, 60, None),
            ("another tag's", T2, 10, None),
            ("ended before", T1, -20, None),
            ("reaches in", T1, -5, None),
        ]
        for name, tag_id, occurred, ended in rows:
            ended_at = None if ended is None else moment(minute(ended))
            await connection.execute(EVENT, name, tag_id, moment(minute(occurred)), ended_at, "strap")
        events = await read_events(connection, [(minute(-60), Stretch(T1, minute(0), minute(60)))])
    assert [(event.occurred_at, event.ended_at) for event in events] == [
        (minute(-30), None),
        (minute(-5), minute(5)),
        (minute(10), None),
    ]


async def test_what_contradicts_the_first_report_of_an_event_is_not_read(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await connection.execute(EVENT, "e-1", T1, moment(minute(1)), None, "strap")
        await connection.execute("UPDATE tag_event SET standing = false")
        assert await read_events(connection, [(minute(0), Stretch(T1, minute(0), minute(60)))]) == []
