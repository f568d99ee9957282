"""R10: monitored time adds up, and what was not monitored says why."""

from dataclasses import replace
from datetime import time
from itertools import pairwise

import pytest

from geofence.instants import FOREVER, SECOND_US, Instant, Interval
from geofence.judge import judge
from geofence.judgement import Coverage
from geofence.register import DAYS, Fitting, Register, Window
from geofence.rules import Rules
from geofence.tracks import EventKind, TagEvent
from tests.geofence.town import (
    LONG_AGO,
    TAG,
    WEARER,
    Fix,
    at,
    circle,
    clock,
    fix,
    judged,
    register,
    tracks,
    zone,
)

TOWN = register(zone(circle(100)))
TEN = ("10:00", "11:00")


def row(
    fixes: list[Fix], people: Register = TOWN, events: tuple[TagEvent, ...] = (), horizon: str = "12:00"
) -> Coverage:
    (found,) = judged(fixes, people, between=TEN, horizon=horizon, events=events).coverage
    return found


def gaps(found: Coverage) -> list[tuple[str | None, str | None, str]]:
    return [(clock(gap.start), clock(gap.until), gap.reason) for gap in found.unmonitored]


def seconds(found: Coverage) -> tuple[int, int, int]:
    return tuple(us // SECOND_US for us in (found.in_force_us, found.monitored_us, found.suspended_us))  # type: ignore[return-value]


def every_five_minutes(*but: int, **more: object) -> list[Fix]:
    return [fix(f"10:{m:02d}", 900, **more) for m in range(0, 60, 5) if m not in but] + [fix("11:00", 900)]  # type: ignore[arg-type]


def test_a_fix_every_five_minutes_monitors_everything() -> None:
    found = row(every_five_minutes())
    assert (seconds(found), gaps(found)) == ((3600, 3600, 0), [])


def test_one_missing_fix_leaves_ten_minutes_unmonitored() -> None:
    found = row(every_five_minutes(30))
    assert (seconds(found), gaps(found)) == ((3600, 3000, 0), [("10:25:00", "10:35:00", "no_fixes")])


def test_a_lonely_fix_monitors_no_time_and_does_not_part_the_gap() -> None:
    found = row([fix("10:00", 900), fix("10:05", 900), fix("10:30", 900)])
    assert gaps(found) == [("10:05:00", "11:00:00", "sparse")]


def test_fixes_before_and_after_the_range_monitor_the_time_between_them() -> None:
    assert gaps(row([fix("09:58", 900), *every_five_minutes(0, 5)[:-1], fix("11:00", 900)])) == [
        ("10:00:00", "10:10:00", "no_fixes")
    ]
    assert seconds(row([fix("09:57", 900), fix("10:02", 900)])) == (3600, 120, 0)


@pytest.mark.parametrize(
    ("middle", "reason"),
    [
        ([fix("10:27", 900, accuracy_m=251)], "poor_accuracy"),
        ([fix("10:27", 900, mechanism="cell", accuracy_m=700)], "cell_only"),
        ([fix("10:27", 900, mechanism="cell", accuracy_m=700), fix("10:28", 900, accuracy_m=400)], "poor_accuracy"),
        # On the gap's own edge is not inside it.
        ([fix("10:25", 900, mechanism="cell", accuracy_m=700)], "no_fixes"),
    ],
)
def test_the_reason_is_the_worst_fix_strictly_inside(middle: list[Fix], reason: str) -> None:
    assert gaps(row(every_five_minutes(30) + middle)) == [("10:25:00", "10:35:00", reason)]


def test_a_radius_of_250_metres_is_usable_whatever_the_verdict() -> None:
    assert gaps(row([*every_five_minutes(30), fix("10:30", 900, accuracy_m=250)])) == []


@pytest.mark.parametrize(("east_m", "monitored"), [(5_801.0, True), (5_799.0, False)])
def test_a_coarse_fix_is_an_answer_if_its_circle_stays_five_kilometres_away(east_m: float, monitored: bool) -> None:
    # 100 m of zone, 700 m of circle, 5,000 m between.
    far = [fix(f"10:{m:02d}", east_m, mechanism="cell", accuracy_m=700) for m in range(0, 60, 5)]
    far.append(fix("11:00", east_m, mechanism="cell", accuracy_m=700))
    assert (seconds(row(far))[1] == 3600) == monitored


def test_a_second_zone_nearby_makes_it_no_answer() -> None:
    people = register(zone(circle(100)), zone(circle(100, 6_000), zone_id="Z-2"))
    far = [fix(f"10:{m:02d}", 7_000, mechanism="cell", accuracy_m=300) for m in range(0, 60, 5)]
    assert seconds(row(far, people))[1] == 0
    assert seconds(row(far))[1] == 3300


def test_suspended_time_is_counted_apart_and_parts_gaps() -> None:
    people = register(zone(circle(100)), suspensions=(Interval(at("10:20"), at("10:30")),))
    found = row([], people)
    assert seconds(found) == (3600, 0, 600)
    assert gaps(found) == [("10:00:00", "10:20:00", "no_fixes"), ("10:30:00", "11:00:00", "no_fixes")]


def test_time_without_a_published_zone_is_never_monitored() -> None:
    late = replace(circle(100), valid_from=at("10:30"))
    found = row(every_five_minutes(), register(zone(late), needs_zone=True))
    assert (seconds(found), gaps(found)) == ((3600, 1800, 0), [("10:00:00", "10:30:00", "no_zone")])
    assert gaps(row(every_five_minutes(), register(needs_zone=True))) == [("10:00:00", "11:00:00", "no_zone")]


def test_a_clause_that_needs_no_zone_and_has_none_has_no_row_and_one_never_in_force_has() -> None:
    assert judged([], register(), between=TEN).coverage == ()
    assert seconds(row([], register(zone(circle(100)), during=Interval(at("12:00"), FOREVER)))) == (0, 0, 0)


def test_time_without_a_tag_is_no_fitting_and_fittings_part_gaps() -> None:
    worn = (Fitting(TAG, WEARER, at("10:15"), at("10:40")),)
    assert gaps(row([], register(zone(circle(100)), fittings=worn))) == [
        ("10:00:00", "10:15:00", "no_fitting"),
        ("10:15:00", "10:40:00", "no_fixes"),
        ("10:40:00", "11:00:00", "no_fitting"),
    ]


def event(kind: EventKind, start: str, end: str | None) -> TagEvent:
    return TagEvent(TAG, at(start), None if end is None else at(end), kind)


def test_a_tag_event_that_overlaps_is_the_reason_and_a_dead_battery_comes_first() -> None:
    fixes = every_five_minutes(30)
    assert gaps(row(fixes, events=(event("charging", "10:34", "10:50"),)))[0][2] == "charging"
    assert (
        gaps(row(fixes, events=(event("charging", "10:20", "10:40"), event("battery_dead", "10:34", "10:36"))))[0][2]
        == "battery_dead"
    )
    # Touching is not overlapping; a low battery explains nothing.
    assert (
        gaps(row(fixes, events=(event("strap", "10:35", "10:36"), event("battery_low", "10:00", "10:59"))))[0][2]
        == "no_fixes"
    )


TOLD: tuple[EventKind, ...] = (
    "battery_dead", "power_off", "strap", "case", "jamming", "shielding", "no_network", "charging",
)  # fmt: skip


@pytest.mark.parametrize(("first", "second"), tuple(pairwise(TOLD)))
def test_of_two_events_the_one_that_comes_first_in_the_fixed_order_is_the_reason(
    first: EventKind, second: EventKind
) -> None:
    fixes = [*every_five_minutes(30), fix("10:27", 900, accuracy_m=400), fix("10:28", 900, mechanism="cell")]
    both = (event(second, "10:20", "10:40"), event(first, "10:34", "10:36"))
    assert [reason for *_, reason in gaps(row(fixes, events=both))] == [first]
    assert [reason for *_, reason in gaps(row(fixes, events=both[::-1]))] == [first]
    assert [reason for *_, reason in gaps(row(fixes, events=both[:1]))] == [second]


def test_an_event_without_end_lasts_until_the_tags_next_fix() -> None:
    fixes = [fix("10:00", 900), fix("10:05", 900), fix("10:20", 900), fix("10:25", 900), fix("10:40", 900)]
    found = row(fixes, events=(event("shielding", "10:06", None),))
    assert [reason for _, _, reason in gaps(found)] == ["shielding", "sparse"]


def test_a_fix_that_nobody_can_have_reached_ends_no_event() -> None:
    people = register(zone(circle(100)), suspensions=(Interval(at("10:12"), at("10:14")),))
    fixes = [*every_five_minutes(10, 15), fix("10:10", 900_000)]
    assert gaps(row(fixes, people, (event("shielding", "10:06", None),))) == [
        ("10:05:00", "10:12:00", "shielding"),
        ("10:14:00", "10:20:00", "shielding"),
    ]


def test_an_event_of_a_tag_counts_only_while_it_is_on_the_wearer() -> None:
    worn = (Fitting(TAG, WEARER, at("10:15")),)
    found = row([], register(zone(circle(100)), fittings=worn), events=(event("case", "10:00", "10:10"),))
    assert [reason for _, _, reason in gaps(found)] == ["no_fitting", "no_fixes"]


def test_nothing_after_the_horizon_is_counted() -> None:
    assert seconds(row(every_five_minutes(), horizon="10:30")) == (1800, 1500, 0)


def test_an_implausible_fix_monitors_nothing() -> None:
    jump = [fix("10:00", 900), fix("10:01", 90_000), fix("10:02", 900)]
    assert seconds(row(jump))[1] == 120
    alone = [fix("10:00", 900), fix("10:05", 900_000), fix("10:10", 900)]
    assert seconds(row(alone))[1] == 0


def test_two_tags_of_one_wearer_are_heard_together() -> None:
    both = (Fitting(TAG, WEARER, LONG_AGO), Fitting(type(TAG)("T-2"), WEARER, LONG_AGO))
    people = register(zone(circle(100)), fittings=both)
    turns = [replace(one, tag_id=type(TAG)("T-2")) if n % 2 else one for n, one in enumerate(every_five_minutes())]
    assert seconds(row(turns, people)) == (3600, 3600, 0)


def test_the_spring_night_is_an_hour_shorter() -> None:
    people = register(zone(circle(100)), schedule=(Window(DAYS, time(22), time(6)),))
    night = Interval(Instant(at("12:00") + 127 * 86_400 * SECOND_US), Instant(at("12:00") + 128 * 86_400 * SECOND_US))
    (found,) = judge(tracks([]), people, Rules(), night, night.end).coverage
    assert found.in_force_us // SECOND_US == 7 * 3600
