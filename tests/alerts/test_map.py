"""The map shows the zone and the numbered fixes, is well-formed, and is drawn the same each time."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from alerts.map import draw
from alerts.map.grid import reference, square
from alerts.map.labels import Box, Labels
from alerts.report import compose
from alerts.report.values import Entry
from geofence.instants import FOREVER, Instant
from geofence.register import ZoneVersion
from tests.alerts.reported_day import day_of, full_day, stories
from tests.trying import tried

SVG = "{http://www.w3.org/2000/svg}"
ENTRIES = compose(full_day()).entries
VISIT = next(entry for entry in ENTRIES if entry.incident.grade == "confirmed")


def drawn(entry: Entry, label: str | None = None) -> ET.Element:
    return ET.fromstring(draw(label or entry.zone.label, entry.versions, entry.fixes, leg_s=120.0))  # noqa: S314  # our own


def words(picture: ET.Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.section)
def test_every_kind_of_incident_is_drawn_well_formed_and_within_its_size(entry: Entry) -> None:
    picture = drawn(entry)
    assert picture.attrib["viewBox"] == "0 0 246 252"
    assert "NaN" not in ET.tostring(picture, "unicode")


def test_fixes_carry_the_numbers_of_the_table() -> None:
    own = [row.sequence for row in VISIT.fixes if row.of_incident]
    numbers = {int(word) for word in words(drawn(VISIT)) if word.isdigit()}
    assert {own[0], own[-1]} <= numbers
    assert numbers <= {row.sequence for row in VISIT.fixes}


def test_a_map_has_grid_labels_scale_and_north() -> None:
    seen = words(drawn(VISIT))
    assert "N" in seen
    assert "100 m" in seen
    assert any(re.fullmatch(r"\d{6}E", word) for word in seen)
    assert any(re.fullmatch(r"\d{6}N", word) for word in seen)
    assert "TQ, grid of 100 m" in seen


def test_verdicts_differ_in_shape_not_only_in_colour() -> None:
    text = ET.tostring(drawn(next(entry for entry in ENTRIES if entry.section == "possible")), "unicode")
    assert "#b8bec2" in text  # the diamond of an uncertain fix
    fixes = tuple(replace(row, judged=replace(row.judged, implausible=True)) for row in VISIT.fixes)
    assert draw("Z", VISIT.versions, fixes, leg_s=120.0).count('stroke-width="1.1"') == len(fixes) + 1  # and the key's


def test_the_line_is_dashed_where_no_leg_joins_two_fixes() -> None:
    assert '"3 2"' not in draw("Z", VISIT.versions, VISIT.fixes, leg_s=120.0)
    assert '"3 2"' in draw("Z", VISIT.versions, VISIT.fixes, leg_s=30.0)


@tried(30)
@given(label=st.text(max_size=40))
def test_any_label_leaves_the_map_well_formed(label: str) -> None:
    assert drawn(VISIT, label or "x").tag == f"{SVG}svg"


@pytest.mark.parametrize(
    ("footprint", "distance_m"),
    [
        (shapely.Point(-0.0983, 51.3727), 200.0),
        (shapely.LineString([(-0.101, 51.372), (-0.098, 51.3727), (-0.097, 51.375)]), 40.0),
        (shapely.box(-0.1, 51.37, -0.096, 51.375).difference(shapely.box(-0.099, 51.372, -0.098, 51.373)), 0.0),
        (shapely.box(-0.4, 51.2, 0.2, 51.6), 0.0),
        (
            shapely.MultiPolygon(
                [shapely.box(-0.1, 51.37, -0.099, 51.375), shapely.box(-0.097, 51.37, -0.096, 51.375)]
            ),
            15.0,
        ),
    ],
    ids=["circle", "road", "hole", "borough", "two parts"],
)
def test_every_kind_of_zone_is_drawn(footprint: shapely.Geometry, distance_m: float) -> None:
    version = ZoneVersion(1, Instant(0), FOREVER, footprint, distance_m)
    picture = ET.fromstring(draw("Zone", (version,), VISIT.fixes, leg_s=120.0))  # noqa: S314  # our own
    numbers = [word for word in words(picture) if word.isdigit()]
    assert len(numbers) > 5


def test_a_map_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="zone or a fix"):
        draw("Z", (), (), leg_s=120.0)


def test_a_map_is_drawn_the_same_each_time() -> None:
    [again] = [entry for entry in compose(day_of(stories())).entries if entry.incident == VISIT.incident]
    assert draw("Z", again.versions, again.fixes, leg_s=120.0) == draw("Z", VISIT.versions, VISIT.fixes, leg_s=120.0)


@given(st.lists(st.tuples(st.floats(0, 200), st.floats(0, 200), st.integers(0, 9999)), max_size=60))
def test_no_two_labels_overlap_and_none_leaves_the_picture(wanted: list[tuple[float, float, int]]) -> None:
    labels = Labels(Box(0, 0, 200, 200), 6.0)
    for x, y, text in wanted:
        labels.place(str(text), x, y, 2.0)
    taken = labels.taken
    assert not any(one.meets(other) for at, one in enumerate(taken) for other in taken[at + 1 :])
    assert all(box.left >= 0 and box.top >= 0 and box.right <= 200 and box.bottom <= 200 for box in taken)


@pytest.mark.parametrize(
    ("east", "north", "name"),
    [
        (532_620, 165_180, "TQ"),
        (651_409, 313_177, "TG"),
        (216_600, 771_200, "NN"),
        (400_000, 1_200_000, "HP"),
        (0, 0, "SV"),
    ],
)
def test_grid_squares_have_the_letters_of_the_ordnance_survey(east: float, north: float, name: str) -> None:
    assert square(east, north) == name


def test_a_known_place_has_its_grid_reference() -> None:
    # Caister water tower, the Ordnance Survey's worked example: 52°39'28.8282"N 1°42'57.8663"E, TG 51409 13177.
    found = reference(1 + 42 / 60 + 57.8663 / 3600, 52 + 39 / 60 + 28.8282 / 3600)
    assert found is not None
    letters, east, north = found.split()
    assert letters == "TG"
    assert abs(int(east) - 51409) <= 5
    assert abs(int(north) - 13177) <= 5


def test_a_place_off_the_grid_has_no_reference() -> None:
    assert reference(2.35, 48.86) is None
