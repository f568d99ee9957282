"""R11: how close each wearer came, and why what was near was not raised."""

from datetime import time

import pytest

from geofence.instants import Interval
from geofence.judgement import Judgement, Nearest
from geofence.register import DAYS, Window
from tests.geofence.town import at, circle, clock, fix, judged, register, zone

TOWN = register(zone(circle(100)))


def nearest(judgement: Judgement) -> Nearest:
    (row,) = judgement.coverage
    assert row.nearest is not None
    return row.nearest


def test_the_nearest_approach_of_a_day_without_incident() -> None:
    judgement = judged([fix("10:00", 900), fix("11:00", 400), fix("12:00", 2_000)], TOWN)
    found = nearest(judgement)
    assert judgement.incidents == ()
    assert (found.zone_id, clock(found.recorded_at)) == ("Z-1", "11:00:00")
    assert found.depth_m == pytest.approx(-300, abs=0.002)


def test_the_deepest_of_all_zones_counts_and_ties_go_to_the_earliest_and_the_first_zone() -> None:
    two = register(zone(circle(100, 2_000), zone_id="Z-2"), zone(circle(100, 2_000), zone_id="Z-1"))
    found = nearest(judged([fix("10:00", 1_000), fix("11:00", 1_000), fix("12:00", 0)], two))
    assert (found.zone_id, clock(found.recorded_at)) == ("Z-1", "10:00:00")


def test_cell_fixes_implausible_fixes_and_suspended_time_come_no_nearer() -> None:
    walk = [
        fix("09:59", 9_000),
        fix("10:00", 300),
        fix("10:01", 9_000),
        fix("10:30", 200, mechanism="cell"),
        fix("11:30", 250),
    ]
    people = register(zone(circle(100)), suspensions=(Interval(at("11:00"), at("12:00")),))
    assert nearest(judged(walk, people)).depth_m == pytest.approx(-8_900, abs=0.02)


def test_nothing_recorded_in_force_is_no_approach() -> None:
    people = register(zone(circle(100)), schedule=(Window(DAYS, time(20), time(23)),))
    (row,) = judged([fix("10:00", 300)], people).coverage
    assert row.nearest is None


def test_what_touched_the_zone_and_was_not_raised_says_why() -> None:
    walk = [
        fix("09:00", 90),  # 10 m deep and good to 10 m: INSIDE, an incident of its own
        fix("10:00", 99.9, accuracy_m=300),  # on the edge, but it may be anywhere
        fix("11:00", 300),
        fix("11:00:30", 0, mechanism="rf", accuracy_m=5),  # the home beacon, within a leg that stays outside
        fix("11:01", 300),
        fix("12:00", 150, accuracy_m=300),  # reaches it, but lies outside
    ]
    judgement = judged(walk, TOWN)
    assert len(judgement.incidents) == 1
    assert [(clock(row.recorded_at), row.reason) for row in judgement.not_raised] == [
        ("10:00:00", "uncertain"),
        ("11:00:30", "within_leg"),
    ]


def test_an_uncertain_fix_between_the_fixes_of_an_incident_is_part_of_it() -> None:
    walk = [fix("10:00", 0), fix("10:01", 99.9, accuracy_m=300), fix("10:02", 0)]
    assert judged(walk, TOWN).not_raised == ()
