"""Input that once took gigabytes, minutes, or another leg's instant; each was found by somebody who tried to."""

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
import shapely

from geofence.instants import Instant, Interval
from geofence.judge import ZoneUnreadable
from geofence.locality import settled_before
from geofence.rules import Rules, RulesUnreadable, rules_from
from tests.geofence.town import (
    Fix,
    at,
    circle,
    clock,
    fix,
    judged,
    only,
    place,
    polygon,
    register,
    tracks,
    version,
    zone,
)


def comb(teeth: int) -> list[tuple[float, float]]:
    """Return the corners of a comb 1,000 m wide with its teeth to the south."""
    step = 1000 / teeth
    corners = [
        (-500 + step * tooth + side, y) for tooth in range(teeth) for side, y in ((0, 490.0), (step / 2, -500.0))
    ]
    return [(-500.0, 500.0), (-500.0, -500.0), *corners, (500.0, -500.0), (500.0, 500.0)]


def test_legs_through_a_comb_of_many_teeth_need_little_memory() -> None:
    people = register(zone(version(polygon(*comb(600)))))
    to_and_fro = [
        Fix(Instant(at("10:00") + minute * 60_000_000), -700.0 if minute % 2 else 700.0) for minute in range(101)
    ]
    tracemalloc.start()
    incident = only(judged(to_and_fro, people))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300 * 2**20
    drawn = shapely.Polygon(comb(600))
    east = np.linspace(-500, 500, 20_001)
    inside = shapely.points(east[shapely.contains_xy(drawn, east, np.zeros(len(east)))], 0.0)
    deepest = np.max(shapely.distance(inside, drawn.boundary))
    assert incident.deepest_m == pytest.approx(deepest, abs=0.03)


def test_a_leg_out_of_one_incident_into_another_times_only_what_it_may() -> None:
    # The second fix is likely, but lies outside, in a small hole: its leg starts inside, so it times no entry.
    hole = [(95, -3), (99, -3), (99, 3), (95, 3)]
    people = register(zone(version(polygon((-100, -100), (100, -100), (100, 100), (-100, 100), holes=[hole]))))
    rules = Rules(leg_s=300.0, silence_s=120.0, join_s=30.0, join_unbroken_s=0.0)
    first, second = judged([fix("12:00", 0), fix("12:04", 97, accuracy_m=30)], people, rules=rules).incidents
    assert clock(first.began_at) == "12:00:00"
    assert clock(second.began_at) == "12:04:00"


def test_rules_by_which_inside_is_not_likely_are_refused() -> None:
    with pytest.raises(RulesUnreadable, match=r"inside_p: 0\.6 is less than likely_p, 0\.7"):
        rules_from({"inside_p": 0.6, "likely_p": 0.7})
    assert rules_from({"inside_p": 0.5}).inside_p == 0.5


@pytest.mark.parametrize("accuracy_m", [0.0004, 1e-9])
def test_a_radius_that_rounds_to_nothing_is_unknown(accuracy_m: float) -> None:
    (one,) = only(judged([fix("10:00", 0, mechanism="rf", accuracy_m=accuracy_m)], register(zone(circle(100))))).fixes
    assert (one.r95_m, one.accuracy_assumed) == (50.0, True)


@pytest.mark.parametrize("distance_m", [1e-12, 1e-9, 1e-4, 4e-4])
def test_several_points_with_hardly_a_distance_are_judged(distance_m: float) -> None:
    points = version(shapely.MultiPoint([place(0, 0), place(50, 50)]), distance_m)
    (row,) = judged([fix("10:00", 0)], register(zone(points))).not_raised
    assert row.p_inside == pytest.approx(0, abs=1e-4)


def test_two_fixes_of_one_instant_are_no_speed_even_if_no_time_need_pass() -> None:
    walk = [fix("10:00", 0, position_id="1"), fix("10:00", 300, position_id="2"), fix("10:01", 0)]
    rules = Rules(plausible_elapsed_s=0.0)
    assert only(judged(walk, register(zone(circle(100))), rules=rules)).grade == "confirmed"


def test_a_radius_beyond_all_measure_settles_nothing_and_warns_of_nothing() -> None:
    lost = [fix("10:00", 300, accuracy_m=1e308), fix("10:01", -300, accuracy_m=1e308)]
    people = register(zone(circle()))
    assert settled_before(tracks(lost), people, Rules(), {people.fittings[0]: at("11:00")}) == {}


def test_a_zone_without_a_version_is_refused_by_name() -> None:
    with pytest.raises(ZoneUnreadable, match="zone Z-1, version 0: it has no version"):
        judged([fix("10:00", 0)], register(zone()))


def test_many_suspensions_part_as_few_do() -> None:
    leaves = tuple(Interval(at(f"10:{minute:02d}"), at(f"10:{minute:02d}:30")) for minute in range(0, 60, 2))
    people = register(zone(circle(100)), suspensions=leaves)
    stay = [fix(f"10:{minute:02d}:15", 0) for minute in range(60)]
    found = judged(stay, people).incidents
    assert [one.suspended for one in found] == [minute % 2 == 0 for minute in range(60)]
    assert judged(stay, replace(people)).coverage[0].suspended_us == 30 * 30_000_000
