"""Defects that other systems are known to have had, one test each, where judging can have them.

Two are of delivery and belong beside its tests: 12, a recipient that is down for an hour, and 14, an alert older than
fifteen minutes, which must still go out.
"""

import math
from dataclasses import replace
from datetime import time

import pytest

from geofence.instants import Interval
from geofence.judge import ZoneUnreadable, judge
from geofence.register import DAYS, Window
from geofence.rules import Rules
from tests.geofence.town import at, circle, clock, fix, judged, only, polygon, register, tracks, version, zone

TOWN = register(zone(circle(100)))


def test_01_a_track_through_a_circles_exact_centre() -> None:
    assert only(judged([fix("10:00", -200), fix("10:01", 200)], TOWN)).deepest_m == pytest.approx(100, abs=0.002)


def test_02_a_zone_is_found_in_metres_not_in_degrees() -> None:
    # 0.2 degrees away and 14 km wide: a box test in the wrong unit would miss it.
    assert only(judged([fix("10:00", 13_900)], register(zone(circle(14_000))))).kind == "presence"


def test_03_already_inside_when_the_schedule_opens() -> None:
    people = register(zone(circle(100)), schedule=(Window(DAYS, time(20), time(23)),))
    incident = only(judged([fix("19:55", 0), fix("20:00", 0), fix("20:05", 0)], people))
    assert (incident.already_inside, clock(incident.began_at)) == (True, "20:00:00")


def test_04_open_at_the_cut_off_or_begun_before_it() -> None:
    stay = [fix("09:58", 300), fix("09:59", 0), fix("10:10", 0)]
    incident = only(judged(stay, TOWN, between=("10:00", "10:12")))
    assert (incident.state, clock(incident.fixes[0].recorded_at)) == ("open", "09:59:00")


def test_05_a_late_fix_inside_after_a_newer_one_outside() -> None:
    walk = [fix("10:00", 300), fix("10:02", 300), fix("10:01", 0)]
    assert judged(walk, TOWN) == judged(sorted(walk, key=lambda one: one.at), TOWN)
    assert clock(only(judged(walk, TOWN)).ended_between[1]) == "10:02:00"


def test_06_a_zone_varied_during_an_incident() -> None:
    small = replace(circle(50), valid_until=at("10:01"))
    large = replace(circle(200), version=2, valid_from=at("10:01"))
    walk = [fix("10:00", 0), fix("10:01", 150), fix("10:02", 150), fix("10:03", 400)]
    assert [one.zone_version for one in only(judged(walk, register(zone(small, large)))).fixes] == [1, 2, 2]


def test_07_standing_still_inside() -> None:
    incident = only(judged([fix("10:00", 0), fix("10:01", 0), fix("10:02", 0), fix("10:20", 300)], TOWN))
    assert incident.visits == 1
    assert incident.deepest_m == pytest.approx(100, abs=0.001)


@pytest.mark.parametrize("accuracy_m", [0.0, math.nan, -5.0, math.inf])
def test_08_accuracy_that_makes_no_sense_is_not_perfect(accuracy_m: float) -> None:
    (one,) = only(judged([fix("10:00", 60, accuracy_m=accuracy_m)], TOWN)).fixes
    assert (one.r95_m, one.accuracy_assumed) == (30.0, True)


def test_09_one_over_confident_fix_confirms_nothing() -> None:
    walk = [fix("10:00", 300), fix("10:01", 60, accuracy_m=1.9), fix("10:02", 300)]
    assert only(judged(walk, TOWN)).grade == "probable"


def test_10_two_overlapping_zones_are_two_incidents() -> None:
    people = register(zone(circle(100)), zone(circle(150), zone_id="Z-2"))
    assert [one.zone_id for one in judged([fix("10:00", 0)], people).incidents] == ["Z-1", "Z-2"]


def test_11_a_self_intersecting_polygon_is_refused() -> None:
    bow_tie = version(polygon((0, 0), (100, 100), (100, 0), (0, 100)))
    with pytest.raises(ZoneUnreadable, match="Z-1"):
        judged([fix("10:00", 0)], register(zone(bow_tie)))


@pytest.mark.parametrize(
    ("day", "hours"),
    [(Interval(at("-27 23:00"), at("-26 23:00")), 1.5), (Interval(at("+128 00:00"), at("+129 00:00")), 0.0)],
)
def test_13_a_half_hour_that_happens_twice_or_never(day: Interval, hours: float) -> None:
    # 01:15 to 01:45 on every day; 25 October 2026 has it twice, 28 March 2027 not at all.
    people = register(zone(circle(100)), schedule=(Window(DAYS, time(1, 15), time(1, 45)),))
    people = replace(people, orders=tuple(replace(o, during=day, monitoring=day) for o in people.orders))
    (row,) = judge(tracks([]), people, Rules(), day, day.end).coverage
    assert row.in_force_us == hours * 3_600_000_000


def test_15_nothing_depends_on_when_it_is_judged() -> None:
    walk = [fix("10:00", 300), fix("10:01", 0), fix("10:02", 300)]
    assert judged(walk, TOWN).incidents == judged(walk, TOWN, between=("00:00", "+9 00:00")).incidents


def test_16_the_instant_is_that_of_the_fix() -> None:
    assert clock(only(judged([fix("10:00", 0)], TOWN)).began_at) == "10:00:00"


def test_17_a_fix_between_two_zones_is_in_neither() -> None:
    people = register(zone(circle(100, -200)), zone(circle(100, 200), zone_id="Z-2"))
    assert judged([fix("10:00", 0)], people).incidents == ()


def test_18_a_hole_or_an_exempt_road_is_outside() -> None:
    hole = [(-20, -20), (20, -20), (20, 20), (-20, 20)]
    ring = version(polygon((-200, -200), (200, -200), (200, 200), (-200, 200), holes=[hole]))
    walk = [fix("10:00", 0, accuracy_m=5), fix("10:10", 100, accuracy_m=5)]
    assert [clock(one.recorded_at) for one in only(judged(walk, register(zone(ring)))).fixes] == ["10:10:00"]
