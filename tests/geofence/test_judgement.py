"""judgement.json and incidents.geojson: order of members, forms of numbers."""

import json

import pytest

from geofence.geojson import incidents_geojson
from geofence.judgement import document, printed_seconds, to_json
from geofence.rules import Rules, RulesUnreadable, rules_document, rules_from
from tests.geofence.town import circle, fix, judged, register, zone

WALK = [fix("10:00", 200), fix("10:01", 60, position_id="7"), fix("10:02", -60), fix("10:03", -200)]
JUDGED = judged(WALK, register(zone(circle(100))))


def test_members_come_in_the_order_of_the_contract() -> None:
    read = json.loads(to_json(JUDGED, {"lines": 4, "fixes": 4}, [{"line": 9, "faults": ["not JSON"]}]))
    assert list(read) == [
        "rules_version", "from", "until", "counts", "incidents", "coverage", "not_raised", "not_judged", "rejections",
    ]  # fmt: skip
    assert read["counts"] == {
        "lines": 4, "fixes": 4, "duplicates": 0, "contradictions": 0, "rejected": 0, "unassigned": 0, "judged": 4,
    }  # fmt: skip
    (incident,) = read["incidents"]
    assert list(incident) == [
        "incident_id", "wearer_id", "tag_id", "order_id", "prohibition_id", "zone_id", "kind", "grade", "state",
        "began_at", "began_between", "ended_at", "ended_between", "already_inside", "suspended", "before_aware",
        "visits", "deepest_m", "p_inside_max", "fixes",
    ]  # fmt: skip
    assert list(incident["fixes"][0]) == [
        "tag_id", "position_id", "recorded_at", "mechanism", "r95_m", "accuracy_assumed", "depth_m", "p_inside",
        "verdict", "zone_version", "implausible",
    ]  # fmt: skip
    assert list(read["coverage"][0]) == [
        "wearer_id", "prohibition_id", "in_force_s", "monitored_s", "suspended_s", "unmonitored", "nearest",
    ]  # fmt: skip


def test_instants_have_milliseconds_only_if_not_whole() -> None:
    (incident,) = json.loads(to_json(JUDGED))["incidents"]
    assert incident["began_at"] == "2026-11-20T10:00:42.857Z"
    assert incident["began_between"] == ["2026-11-20T10:00:00Z", "2026-11-20T10:01:00Z"]


def test_equal_judgements_are_equal_bytes_and_a_position_is_not_printed() -> None:
    again = judged(WALK[::-1], register(zone(circle(100))))
    assert to_json(JUDGED) == to_json(again)
    assert b"longitude" not in to_json(JUDGED)
    assert document(JUDGED, {}, []) == document(again, {}, [])


@pytest.mark.parametrize(("microseconds", "shown"), [(86_400_000_000, 86_400), (1_500_000, 1.5), (0, 0)])
def test_seconds_are_whole_if_they_are(microseconds: int, shown: float) -> None:
    assert printed_seconds(microseconds) == shown
    assert type(printed_seconds(microseconds)) is type(shown)


def test_the_map_has_each_fix_and_the_path_between() -> None:
    collection = json.loads(incidents_geojson(JUDGED))
    kinds = [feature["geometry"]["type"] for feature in collection["features"]]
    assert kinds == ["Point", "Point", "LineString"]
    assert {feature["properties"]["incident_id"] for feature in collection["features"]} == {
        JUDGED.incidents[0].incident_id
    }
    assert collection["features"][0]["geometry"]["coordinates"][1] == pytest.approx(51.37, abs=1e-6)


def test_a_path_leads_nowhere_that_only_a_cell_put_the_wearer() -> None:
    walk = [
        fix("10:00", 200),
        fix("10:01", 60),
        fix("10:01:30", 900, mechanism="cell", accuracy_m=900),
        fix("10:02", -60),
    ]
    collection = json.loads(incidents_geojson(judged([*walk, fix("10:03", -200)], register(zone(circle(100))))))
    *points, path = collection["features"]
    assert [point["properties"]["mechanism"] for point in points] == ["gps", "cell", "gps"]
    assert path["geometry"]["coordinates"] == [point["geometry"]["coordinates"] for point in (points[0], points[2])]


def test_rules_are_read_back_as_they_were_written() -> None:
    rules = Rules(version=2, likely_p=0.6, leg_s=90.0)
    assert rules_from(rules_document(rules)) == rules
    assert rules_from({}) == Rules()
    assert rules_from({"leg_s": 90}).leg_s == 90.0


@pytest.mark.parametrize(
    ("document_", "fault"),
    [
        ([], "not an object"),
        ({"lickely_p": 0.5}, "lickely_p: no such rule"),
        ({"likely_p": "0.5"}, "likely_p: it is not a number"),
        ({"likely_p": True}, "likely_p: it is not a number"),
        ({"likely_p": 0.01}, "likely_p: it is not above 0.05"),
        ({"inside_p": 1.5}, "inside_p: it is not above 0.05"),
        ({"version": 1.5}, "version: it is not a whole number"),
        ({"silence_s": -1}, "silence_s: it is not a number from 0"),
        ({"silence_s": float("nan")}, "silence_s: it is not a number from 0"),
        ({"assumed_r95_gps_m": 0}, "would be perfect accuracy"),
    ],
)
def test_rules_that_make_no_sense_are_refused_by_name(document_: object, fault: str) -> None:
    with pytest.raises(RulesUnreadable, match=fault):
        rules_from(document_)
