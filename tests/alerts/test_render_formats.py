"""The formats for machines say the same as the page, and nothing in them acts."""

import csv
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import fields, replace

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from alerts.inert import cell, visible
from alerts.inputs import DayInputs
from alerts.render import FORMATS, file_name, render
from alerts.render.csv import as_csv
from alerts.render.geojson import as_geojson
from alerts.render.gpx import as_gpx
from alerts.render.json import as_json
from alerts.report import Report, compose
from geofence.instants import printed
from geofence.judgement import Incident
from tests.alerts.reported_day import Story, at, day_of, full_day, stories
from tests.trying import tried

GPX = "{http://www.topografix.com/GPX/1/1}"
FULL = compose(full_day())
NIL = compose(day_of([Story(7, "Pat Nil")]))


def rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(report).decode(), newline="")))


def named(text: str) -> DayInputs:
    story = stories()[0]
    story.name = story.text = story.label = story.clause = text
    return day_of([story])


def test_every_format_is_rendered_from_the_one_report() -> None:
    made = render(FULL)
    assert tuple(made) == FORMATS
    assert made["pdf"].startswith(b"%PDF-1.7")


def test_every_format_has_the_same_bytes_in_another_process() -> None:
    code = (
        "import hashlib;from tests.alerts.reported_day import full_day;from alerts.report import compose;"
        "from alerts.render import render;"
        "print({k:hashlib.sha256(v).hexdigest() for k,v in render(compose(full_day())).items()})"
    )
    runs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, env=env).stdout
        for env in ({"PYTHONHASHSEED": "1", "TZ": "UTC"}, {"PYTHONHASHSEED": "2", "TZ": "America/New_York"})
    }
    assert len(runs) == 1


def test_no_file_name_holds_anything_of_a_person() -> None:
    assert file_name("MPS", FULL.day, 1, "pdf") == "breach-report-MPS-2026-11-20-edition-1.pdf"
    assert file_name("MPS", FULL.day, None, "csv") == "breach-report-MPS-2026-11-20-PREVIEW.csv"
    assert "/" not in file_name("../x", FULL.day, 1, "pdf")


def test_the_csv_has_a_row_for_each_fix_of_each_incident() -> None:
    told = rows(FULL)
    assert len(told) == sum(len(entry.fixes) for entry in FULL.entries)
    [first] = [row for row in told if row["incident"] == "1" and row["of_incident"] == "true"]
    assert first["recorded_at"] == "2026-11-20T12:09:40Z"
    assert first["recorded_at_london"] == "2026-11-20T12:09:40+00:00"
    assert first["grade_in_words"] == "Probable, one fix: check before arrest."
    assert float(first["longitude"]) < 0


def test_a_csv_without_incidents_has_its_header() -> None:
    assert as_csv(NIL).decode().count("\r\n") == 1
    assert rows(NIL) == []


@tried(60)
@given(text=st.text(min_size=1, max_size=40))
def test_any_name_is_one_inert_csv_cell(text: str) -> None:
    told = rows(compose(named(text)))
    assert {row["wearer"] for row in told} == {cell(text)}
    assert len(told) == 35


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1"])
def test_a_formula_in_a_name_is_guarded(text: str) -> None:
    assert {row["wearer"][0] for row in rows(compose(named(text)))} == {"'"}


def test_the_gpx_has_a_track_for_each_incident() -> None:
    document = ET.fromstring(as_gpx(FULL))  # noqa: S314  # our own
    tracks = document.findall(f"{GPX}trk")
    assert [track.findtext(f"{GPX}number") for track in tracks] == [str(entry.number) for entry in FULL.entries]
    points = tracks[0].findall(f".//{GPX}trkpt")
    assert [point.findtext(f"{GPX}time") for point in points] == [
        printed(row.judged.recorded_at) for row in FULL.entries[0].fixes
    ]
    assert float(points[0].attrib["lat"]) == pytest.approx(FULL.entries[0].fixes[0].latitude_deg, abs=1e-8)


@tried(60)
@given(text=st.text(min_size=1, max_size=40))
def test_any_name_leaves_the_gpx_well_formed(text: str) -> None:
    document = ET.fromstring(as_gpx(compose(named(text))))  # noqa: S314  # our own
    name = document.findtext(f"{GPX}trk/{GPX}name")
    assert name == f"1. {visible(text)}, {visible(text)}"


def test_the_geojson_holds_zones_paths_and_fixes() -> None:
    collection = json.loads(as_geojson(FULL))
    kinds = [feature["properties"]["feature"] for feature in collection["features"]]
    assert kinds.count("zone_footprint") == kinds.count("zone_outline") == len(FULL.entries)
    assert kinds.count("fix") == sum(len(entry.fixes) for entry in FULL.entries)
    # A mobile mast's fixes make no path.
    assert kinds.count("path") == len(FULL.entries) - 1
    for feature in collection["features"]:
        assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid


def test_a_zones_outline_lies_its_distance_from_the_footprint() -> None:
    collection = json.loads(as_geojson(FULL))
    shapes = {
        feature["properties"]["feature"]: shapely.from_geojson(json.dumps(feature["geometry"]))
        for feature in collection["features"]
        if feature["properties"]["incident"] == 2
    }
    centre, outline = shapes["zone_footprint"], shapes["zone_outline"]
    north = (outline.bounds[3] - centre.bounds[3]) * 111_250
    assert north == pytest.approx(200, rel=1e-3)
    assert shapely.is_ccw(shapely.get_exterior_ring(outline))


def test_the_json_holds_incidents_in_the_form_of_the_judgement() -> None:
    told = json.loads(as_json(FULL))
    assert [incident["incident_id"] for incident in told["incidents"]] == [
        entry["incident_id"] for entry in told["entries"]
    ]
    first = told["incidents"][0]
    assert list(first) == [field.name for field in fields(Incident)]
    assert first["began_at"] == "2026-11-20T12:09:20Z"
    assert told["report"]["edition"] == 1
    assert told["counts"] == {"confirmed": 2, "probable": 1, "inferred": 1, "possible": 1}
    assert told["nil_return"] is None


def test_the_json_of_a_nil_return_says_so() -> None:
    told = json.loads(as_json(NIL))
    assert told["nil_return"] == "No possible breach in the 24 h of 24 h monitored."
    assert told["incidents"] == told["entries"] == []


@tried(60)
@given(text=st.text(st.characters(), min_size=1, max_size=40))
def test_any_name_comes_back_from_the_json(text: str) -> None:
    [entry] = json.loads(as_json(compose(named(text))))["entries"]
    assert entry["wearer"]["name"] == text


def test_an_open_incident_has_no_end_in_any_format() -> None:
    number = FULL.inside[0].number
    assert {row["ended_at"] for row in rows(FULL) if row["incident"] == str(number)} == {""}
    assert json.loads(as_json(FULL))["incidents"][number - 1]["ended_at"] is None


def test_only_fixes_around_incidents_leave_in_any_format() -> None:
    story = stories()[0]
    secret = replace(story.seen[0], at=at("03:00:00"), east_m=-2345.0, position_id="secret-place")
    story.seen.append(secret)
    for suffix, data in render(compose(day_of([story]))).items():
        assert b"secret-place" not in data, suffix
        assert b"2026-11-20T03:00:00Z" not in data, suffix
