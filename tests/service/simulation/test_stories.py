"""Every story is told, and the rules say of it what its truth says."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from shapely.geometry import shape as geometry_of

from geofence.instants import Interval, instant
from geofence.judge import judge
from geofence.judgement import to_json
from geofence.rules import Rules
from ingest.event_file import read_events
from ingest.files import read_fixes
from service.register.document import read_register
from service.simulation import Simulation, simulate
from service.simulation.files import Written, write
from service.simulation.plane import FloatArray
from service.simulation.recorded import CELL, GPS, Recorded
from service.simulation.stories import STORIES
from service.simulation.truth import Truth
from service.simulation.visits import depth_m
from service.simulation.wearer_day import WearerDay
from tests.service.simulation.expectation import Json, unmet

CLOCKS_BACK, CLOCKS_FORWARD = date(2026, 10, 25), date(2027, 3, 28)


def judged(files: Written, truth: Truth) -> Json:
    """Judge the files of a simulation over its day, with the day's end as the horizon."""
    register = read_register(files.register.read_bytes()).document
    assert register is not None
    read = read_fixes(files.fixes, "cordon", lambda _: None)
    start = datetime.fromisoformat(truth["starts_at"])
    between = Interval(instant(start), instant(start + timedelta(seconds=truth["length_s"])))
    tracks = replace(read.tracks, events=read_events(files.events))
    answer = judge(tracks, register.register(), Rules(), between, between.end)
    document: Json = json.loads(to_json(answer, read.counts, read.rejections))
    return document


@pytest.mark.parametrize(
    ("day", "seed"),
    [(date(2026, 11, 20), 1), (date(2026, 11, 21), 2), (date(2026, 7, 1), 3), (CLOCKS_BACK, 4), (CLOCKS_FORWARD, 5)],
    ids=str,
)
def test_every_story_is_judged_as_its_truth_says(day: date, seed: int, tmp_path: Path) -> None:
    files = write(simulate(len(STORIES), day, seed), tmp_path / "day.jsonl")
    truth: Truth = json.loads(files.truth.read_bytes())
    judgement = judged(files, truth)
    assert [fault for story in truth["stories"] for fault in unmet(story, judgement)] == []


def test_a_story_that_the_judgement_does_not_tell_is_noticed(simulation: Simulation) -> None:
    silent: Json = {"incidents": [], "not_raised": [], "coverage": []}
    told = {story["story"]: len(unmet(story, silent)) for story in simulation.truth["stories"]}
    assert told["clear_visit"] == told["drives_past"] == told["leaps_across_the_town"] == 1
    assert told["battery_dies_inside"] == 2


def test_the_first_wearers_act_every_story_once(simulation: Simulation) -> None:
    told = [(story["wearer_id"], story["story"]) for story in simulation.truth["stories"]]
    assert told == [(f"W-{number:06d}", story.__name__) for number, story in enumerate(STORIES, start=1)]


def test_of_fifty_wearers_most_are_quiet(simulation: Simulation) -> None:
    visited = [day for day in simulation.truth["wearers"][:50] if any(visit["in_force"] for visit in day["visits"])]
    assert len(visited) < 25


def test_each_confirmed_story_has_gps_circles_within_the_zone_half_a_minute_apart(days: list[WearerDay]) -> None:
    """Found without the rules' code: a circle within the zone holds more than 0.95 of where he may have been."""
    confirmed = [wearer for wearer in days if "confirmed" in _grades(wearer)]
    assert len(confirmed) >= 9
    for wearer in confirmed:
        fixes = _gps(wearer)
        within = fixes.at_s[_depth(wearer, fixes) >= fixes.accuracy_m]
        assert within.max() - within.min() >= 30, wearer.act.story


def test_the_car_leaves_no_fix_in_the_zone_that_it_crosses(days: list[WearerDay]) -> None:
    wearer = _acting(days, "drives_past")
    assert _depth(wearer, _gps(wearer)).max() < -100


def test_every_circle_of_him_who_waits_at_the_edge_reaches_into_the_zone_and_none_is_centred_there(
    days: list[WearerDay],
) -> None:
    wearer = _acting(days, "stands_at_the_edge")
    fixes = _gps(wearer)
    depth = _depth(wearer, fixes)
    waiting = wearer.act.carried.at(fixes.at_s).speed_m_s == 0
    assert depth.max() < 0
    assert (waiting & (depth >= -fixes.accuracy_m)).sum() >= 20


def test_underground_only_cells_are_heard(days: list[WearerDay]) -> None:
    wearer = _acting(days, "seen_by_cells_only")
    (deep,) = (stretch for stretch in wearer.act.path.stretches if stretch.surroundings == "deep")
    heard = wearer.fixes.mechanism[(wearer.fixes.at_s >= deep.from_s) & (wearer.fixes.at_s < deep.until_s)]
    assert len(heard) > 10
    assert set(heard.tolist()) == {CELL}


def test_a_tag_that_was_left_at_home_is_not_where_its_wearer_is(days: list[WearerDay]) -> None:
    wearer = _acting(days, "leaves_the_tag_at_home")
    assert _depth(wearer, wearer.fixes.only(wearer.fixes.accuracy_m < 200)).max() < -500
    assert [event["kind"] for event in wearer.act.events] == ["strap"]


def test_a_passed_on_tag_is_on_one_wearer_at_a_time_and_on_nobody_between(simulation: Simulation) -> None:
    first, second = (
        next(fitting for fitting in simulation.register["fittings"] if fitting["wearer_id"] == story["wearer_id"])
        for story in simulation.truth["stories"]
        if story["story"] in ("hands_in_the_tag", "takes_over_the_tag")
    )
    assert first["tag_id"] == second["tag_id"]
    assert first["removed_at"] is not None
    assert first["removed_at"] < second["fitted_at"]
    assert simulation.truth["counts"]["unassigned"] > 100


def _acting(days: list[WearerDay], name: str) -> WearerDay:
    return next(wearer for wearer in days if wearer.act.story is not None and wearer.act.story["story"] == name)


def _grades(wearer: WearerDay) -> list[str]:
    story = wearer.act.story
    return [] if story is None else [grade for incident in story["incidents"] for grade in incident["grades"]]


def _gps(wearer: WearerDay) -> Recorded:
    return wearer.fixes.only(wearer.fixes.mechanism == GPS)


def _depth(wearer: WearerDay, fixes: Recorded) -> FloatArray:
    """Depth of fixes in the story's zone, by the last of its versions."""
    version = wearer.act.orders[0]["prohibitions"][0]["zones"][0]["versions"][-1]
    return depth_m(geometry_of(version["footprint"]), version["distance_m"], fixes.longitude_deg, fixes.latitude_deg)
