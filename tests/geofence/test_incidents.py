"""R6 to R9 in a town with one circle of 100 metres around its market cross.

East of the cross, a fix at 60 m lies 40 m deep: INSIDE. One at 100 m is on the edge: UNCERTAIN. One at 200 m: OUTSIDE.
"""

from dataclasses import replace
from datetime import time

import pytest

from geofence.instants import FOREVER, SECOND_US, Instant, Interval
from geofence.register import DAYS, Fitting, Window
from geofence.rules import Rules
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
    only,
    polygon,
    register,
    version,
    zone,
)

TOWN = register(zone(circle(100)))


def evenings(until: str = "23:00") -> tuple[Window, ...]:
    return (Window(DAYS, time(20), time.fromisoformat(until)),)


def test_a_walk_in_and_out_has_times_on_the_edge_and_a_bracket_of_fixes() -> None:
    # 140 m a minute. In: from 200 m (10:00) to 60 m (10:01): the edge after 100 of 140 m, 42.9 s. Out likewise.
    walk = [fix("10:00", 200), fix("10:01", 60), fix("10:02", -60), fix("10:03", -200)]
    incident = only(judged(walk, TOWN))
    assert (incident.kind, incident.grade, incident.state, incident.visits) == ("presence", "confirmed", "closed", 1)
    assert (clock(incident.began_at), clock(incident.ended_at)) == ("10:00:42.9", "10:02:17.1")
    assert [clock(side) for side in incident.began_between] == ["10:00:00", "10:01:00"]
    assert [clock(side) for side in incident.ended_between] == ["10:02:00", "10:03:00"]
    assert incident.deepest_m == pytest.approx(40, abs=0.002)
    assert [clock(one.recorded_at) for one in incident.fixes] == ["10:01:00", "10:02:00"]


def test_the_incident_is_named_by_zone_interval_tag_and_first_likely_fix() -> None:
    import hashlib

    walk = [fix("10:00", 200), fix("10:01", 60, position_id="88"), fix("10:02", 200)]
    text = "Z-1|2026-10-21T00:00:00Z|T-1|2026-11-20T10:01:00Z|88"
    assert only(judged(walk, TOWN)).incident_id == hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("inside_at", "grade"),
    [(["10:01:00"], "probable"), (["10:01:00", "10:01:29"], "probable"), (["10:01:00", "10:01:30"], "confirmed")],
)
def test_two_gps_fixes_inside_half_a_minute_apart_confirm(inside_at: list[str], grade: str) -> None:
    walk = [fix("10:00", 200), *(fix(when, 0) for when in inside_at), fix("10:03", 200)]
    assert only(judged(walk, TOWN)).grade == grade


def test_three_gps_or_wifi_fixes_with_two_thirds_are_probable_and_two_are_not() -> None:
    # 60 m accuracy, 80 m from the cross: 20 m deep, about 0.74.
    three = [fix(f"10:0{n}", 80, mechanism="wifi", accuracy_m=60) for n in range(3)]
    assert only(judged(three, TOWN)).grade == "probable"
    assert only(judged(three[:2], TOWN)).grade == "possible"


def test_cell_or_rf_alone_is_never_more_than_possible() -> None:
    for mechanism in ("cell", "rf", "unknown"):
        still = [fix(f"10:0{n}", 0, mechanism=mechanism, accuracy_m=20) for n in range(6)]
        assert only(judged(still, register(zone(circle(300))))).grade == "possible"


def test_flagged_fixes_count_towards_no_grade_above_possible() -> None:
    still = [fix(f"10:0{n}", 0) for n in range(4)]
    assert only(judged([replace(one, clock_suspect=True) for one in still], TOWN)).grade == "possible"
    known = replace(TOWN, provider_person_ids={WEARER: "P-7"})
    assert only(judged([replace(one, person_id="P-8") for one in still], known)).grade == "possible"
    assert only(judged([replace(one, person_id="P-7") for one in still], known)).grade == "confirmed"
    assert only(judged([replace(one, person_id="P-8") for one in still], TOWN)).grade == "confirmed"


def test_a_pass_between_two_fixes_is_a_crossing_timed_through_the_exact_centre() -> None:
    # 400 m in 60 s: the edges at 100 and 300 m, after 15 and 45 s.
    crossing = only(judged([fix("10:00", -200), fix("10:01", 200)], TOWN))
    assert (crossing.kind, crossing.grade, crossing.state) == ("crossing", "inferred", "closed")
    assert (clock(crossing.began_at), clock(crossing.ended_at)) == ("10:00:15", "10:00:45")
    assert [clock(side) for side in crossing.began_between] == ["10:00:00", "10:01:00"]
    assert crossing.began_between == crossing.ended_between
    assert crossing.deepest_m == pytest.approx(100, abs=0.002)
    assert [one.verdict for one in crossing.fixes] == ["OUTSIDE", "OUTSIDE"]


def test_a_pass_less_deep_than_its_ends_are_exact_is_only_possible() -> None:
    # 85 m north of the cross: 15 m deep, and the ends' 10 m + 10 m is more.
    crossing = only(judged([fix("10:00", -200, 85), fix("10:01", 200, 85)], TOWN))
    assert crossing.grade == "possible"
    assert crossing.deepest_m == pytest.approx(15, abs=0.002)
    nearer = only(judged([fix("10:00", -200, 79), fix("10:01", 200, 79)], TOWN))
    assert nearer.grade == "inferred"


def test_a_tangent_touches_at_one_instant_and_a_miss_is_no_crossing() -> None:
    crossing = only(judged([fix("10:00", -200, 100), fix("10:01", 200, 100)], TOWN))
    assert clock(crossing.began_at) == "10:00:30"
    assert crossing.deepest_m == pytest.approx(0, abs=0.001)
    assert judged([fix("10:00", -200, 101), fix("10:01", 200, 101)], TOWN).incidents == ()


def test_a_crossing_out_and_in_of_a_notched_zone_lasts_from_its_first_to_its_last_instant_inside() -> None:
    # A U, open to the north: the line 50 m up crosses its left arm (-150 to -50), the gap, its right arm (50 to 150).
    corners = [(-150, 0), (150, 0), (150, 100), (50, 100), (50, 20), (-50, 20), (-50, 100), (-150, 100)]
    people = register(zone(version(polygon(*corners))))
    crossing = only(judged([fix("10:00", -300, 60), fix("10:01", 300, 60)], people))
    assert (clock(crossing.began_at), clock(crossing.ended_at)) == ("10:00:15", "10:00:45")
    # The middle of the upper part of an arm is 40 m below its end and 50 m from its sides.
    assert crossing.deepest_m == pytest.approx(40, abs=0.01)


def test_a_leg_along_an_edge_touches_all_along() -> None:
    people = register(zone(version(polygon((-100, 0), (100, 0), (100, 100), (-100, 100)))))
    crossing = only(judged([fix("10:00", -200), fix("10:01", 200)], people))
    assert (clock(crossing.began_at), clock(crossing.ended_at)) == ("10:00:15", "10:00:45")
    assert crossing.deepest_m == pytest.approx(0, abs=0.001)


@pytest.mark.parametrize("apart", ["10:02:00.1", "10:03"])
def test_a_leg_lasts_two_minutes_at_most(apart: str) -> None:
    assert judged([fix("10:00", -200), fix(apart, 200)], TOWN).incidents == ()
    assert len(judged([fix("10:00", -200), fix("10:02", 200)], TOWN).incidents) == 1


def test_one_fix_that_nobody_can_have_reached_and_left_is_implausible_and_shown() -> None:
    # From 6 km away into the zone and back within two minutes: 100 m/s. Its neighbours are plausible.
    walk = [fix("10:00", 6000), fix("10:01", 0), fix("10:02", 6000)]
    judgement = judged(walk, TOWN)
    assert judgement.incidents == ()
    assert [(row.reason, clock(row.recorded_at)) for row in judgement.not_raised] == [("implausible", "10:01:00")]
    # 4 km, 67 m/s, is fast but possible.
    assert len(judged([fix("10:00", 4000), fix("10:01", 0), fix("10:02", 4000)], TOWN).incidents) == 1
    # The last fix of a track has only one neighbour.
    assert len(judged(walk[:2], TOWN).incidents) == 1


def test_runs_are_parted_by_an_outside_fix_and_joined_within_five_minutes() -> None:
    walk = [fix("10:00", 0), fix("10:01", 0), fix("10:03:30", 300), fix("10:06", 0), fix("10:20", 300)]
    incident = only(judged(walk, TOWN))
    assert (incident.visits, clock(incident.fixes[-1].recorded_at)) == (2, "10:06:00")
    later = [*walk[:3], fix("10:06:01", 0), fix("10:20", 300)]
    assert len(judged(later, TOWN).incidents) == 2


def test_without_an_outside_fix_parts_join_within_an_hour() -> None:
    assert only(judged([fix("10:00", 0), fix("11:00", 0), fix("11:01", 300)], TOWN)).visits == 1
    first, second = judged([fix("10:00", 0), fix("11:00:01", 0), fix("11:01", 300)], TOWN).incidents
    # Fifteen minutes after its last fix the first one was lost; it stays so, whatever came later.
    assert (first.state, first.ended_at, first.ended_between[1]) == ("track_lost", None, None)
    assert second.began_between[0] is None


def test_uncertain_fixes_neither_break_nor_prolong_a_run() -> None:
    walk = [fix("10:00", 0), fix("10:10", 100), fix("10:20", 0), fix("10:21", 300)]
    # 20 minutes between the likely ones: two runs, joined without an OUTSIDE fix between: one visit.
    incident = only(judged(walk, TOWN))
    assert (incident.visits, [one.verdict for one in incident.fixes]) == (1, ["INSIDE", "UNCERTAIN", "INSIDE"])


def test_cell_fixes_within_a_leg_are_left_out() -> None:
    walk = [
        fix("10:00", 200),
        fix("10:00:30", 300, mechanism="cell", accuracy_m=200),
        fix("10:01", 50),
        fix("10:01:30", 600, mechanism="cell", accuracy_m=200),
        fix("10:02", 50),
        fix("10:03", 300),
    ]
    incident = only(judged(walk, TOWN))
    assert incident.visits == 1
    # Shown all the same: it was recorded between the first and the last fix.
    assert [one.mechanism for one in incident.fixes] == ["gps", "cell", "gps"]


def test_already_inside_when_the_schedule_opens() -> None:
    people = register(zone(circle(100)), schedule=evenings())
    stay = [fix("19:50", 0), fix("19:55", 0), fix("20:05", 0), fix("20:06", 300)]
    incident = only(judged(stay, people))
    assert (incident.already_inside, clock(incident.began_at)) == (True, "20:00:00")
    assert [clock(side) for side in incident.began_between] == ["20:00:00", "20:05:00"]
    # The last sure fix was sixteen minutes old: not known.
    stale = only(judged([fix("19:49", 0), fix("20:05", 0), fix("20:06", 300)], people))
    assert (stale.already_inside, clock(stale.began_at)) == (False, "20:05:00")
    assert [clock(side) for side in stale.began_between] == ["20:00:00", "20:05:00"]
    # The last sure fix was outside.
    came = only(judged([fix("19:50", 0), fix("19:55", 300), fix("19:58", 100), fix("20:05", 0)], people))
    assert not came.already_inside


def test_still_inside_when_the_schedule_closes() -> None:
    people = register(zone(circle(100)), schedule=evenings())
    incident = only(judged([fix("22:40", 300), fix("22:50", 0), fix("23:05", 0)], people))
    assert (incident.state, clock(incident.ended_at)) == ("closed", "23:00:00")
    assert [clock(side) for side in incident.ended_between] == ["22:50:00", "23:00:00"]


def test_a_wearer_who_leaves_as_the_zone_comes_into_force_crosses_it() -> None:
    people = register(zone(circle(100)), schedule=evenings())
    # Inside at 19:59:30, 300 m away a minute later: the edge after 20 s, before the zone is in force.
    assert judged([fix("19:59:30", 0), fix("20:00:30", 300)], people).incidents == ()
    # At 150 m after a minute the edge is reached after 40 s, ten seconds into it.
    crossing = only(judged([fix("19:59:30", 0), fix("20:00:30", 150)], people))
    assert (clock(crossing.began_at), clock(crossing.ended_at)) == ("20:00:00", "20:00:10")
    assert [clock(side) for side in crossing.began_between] == ["20:00:00", "20:00:30"]
    assert crossing.p_inside_max == 1.0


@pytest.mark.parametrize(
    ("horizon", "state", "listed_next_day"),
    [("10:15", "open", False), ("10:16", "open", False), ("10:16:01", "track_lost", True)],
)
def test_silence_loses_a_track_after_fifteen_minutes(horizon: str, state: str, listed_next_day: bool) -> None:
    walk = [fix("10:00", 300), fix("10:01", 0)]
    incident = only(judged(walk, TOWN, horizon=horizon))
    assert (incident.state, incident.ended_at) == (state, None)
    later = judged(walk, TOWN, between=("10:30", "+1 00:00"), horizon=horizon)
    assert (len(later.incidents) == 1) == listed_next_day


def test_a_lost_incident_is_listed_until_the_track_is_found_or_the_tag_removed() -> None:
    walk = [fix("10:00", 300), fix("10:01", 0), fix("12:00", 300)]
    assert len(judged(walk, TOWN, between=("11:59", "13:00")).incidents) == 1
    assert judged(walk, TOWN, between=("12:00", "13:00")).incidents == ()
    removed = replace(TOWN, fittings=(Fitting(TAG, WEARER, LONG_AGO, at("11:00")),))
    assert len(judged(walk[:2], removed, between=("10:59", "13:00")).incidents) == 1
    assert judged(walk[:2], removed, between=("11:00", "13:00")).incidents == ()


def test_a_zone_varied_during_an_incident_judges_each_fix_by_its_own_version() -> None:
    small = replace(circle(100), valid_until=at("10:02"))
    large = replace(circle(400), version=2, valid_from=at("10:02"), valid_until=FOREVER)
    walk = [fix("10:00", 0), fix("10:01", 0), fix("10:02", 200), fix("10:03", 200), fix("10:04", 600)]
    incident = only(judged(walk, register(zone(small, large))))
    assert [(one.zone_version, one.verdict) for one in incident.fixes] == [
        (1, "INSIDE"),
        (1, "INSIDE"),
        (2, "INSIDE"),
        (2, "INSIDE"),
    ]
    assert incident.visits == 1


def test_suspended_time_and_time_before_awareness_are_incidents_of_their_own() -> None:
    stay = [fix(f"10:{minute:02d}", 0) for minute in range(0, 30, 5)]
    people = register(zone(circle(100)), suspensions=(Interval(at("10:12"), at("10:22")),))
    assert [one.suspended for one in judged(stay, people).incidents] == [False, True, False]
    assert [one.before_aware for one in judged(stay, register(zone(circle(100)), aware=at("10:12"))).incidents] == [
        True,
        False,
    ]


def test_a_reused_tag_is_judged_for_whoever_wore_it() -> None:
    people = replace(TOWN, fittings=(Fitting(TAG, WEARER, LONG_AGO, at("10:02")), Fitting(TAG, WEARER, at("10:02"))))
    stay = [fix(f"10:0{minute}", 0) for minute in range(5)]
    assert [len(one.fixes) for one in judged(stay, people).incidents] == [2, 3]
    assert judged(stay, replace(TOWN, fittings=())).unassigned == 5


def test_thresholds_are_data() -> None:
    walk = [fix("10:00", 200), fix("10:01", 60), fix("10:01:20", -60), fix("10:03", -200)]
    assert only(judged(walk, TOWN)).grade == "probable"
    assert only(judged(walk, TOWN, rules=Rules(confirmed_apart_s=20.0))).grade == "confirmed"


def test_fixes_of_one_instant_are_ordered_by_id_and_then_by_mechanism() -> None:
    together = [
        fix("10:00", 0, position_id="b"),
        fix("10:00", 0, position_id="a"),
        fix("10:00", 0, mechanism="wifi"),
        fix("10:00", 0, mechanism="gps"),
    ]
    incident = only(judged(together, TOWN))
    assert [(one.position_id, one.mechanism) for one in incident.fixes] == [
        (None, "gps"), (None, "wifi"), ("a", "gps"), ("b", "gps"),
    ]  # fmt: skip


def test_microseconds_of_a_recorded_instant_survive() -> None:
    odd = Fix(Instant(at("10:00") + 1), 0.0)
    assert only(judged([odd], TOWN)).fixes[0].recorded_at == at("10:00") + 1
    assert SECOND_US == 1_000_000
