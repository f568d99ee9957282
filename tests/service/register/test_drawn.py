"""A zone's shape in each of the ways in which it may be given: as what the register keeps, or refused by its member."""

import json
from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.register.drawing.draft_faults import DraftRefused
from service.register.drawing.drawn import MEMBERS, DrawnShape, read_drawn
from tests.service.register.drawings import (
    ANYTHING,
    AREA,
    AREAS,
    COLLECTION,
    CROSSED,
    FOREIGN,
    LINE,
    LONGITUDE_LATITUDE,
    POINT,
    SHAPES,
    Request,
)

NO_NUMBER = "is not a finite number that a double holds"
NO_CHOICE = "names a reference system, which RFC 7946 leaves no choice of"
ELSEWHERE = "is not in Great Britain or the sea around it"


def refused(request: Mapping[str, object], *, protected: bool = False) -> list[tuple[str, str]]:
    """Return the members and texts of the faults for which a request is refused."""
    with pytest.raises(DraftRefused) as raised:
        read_drawn(request, protected=protected)
    assert all(fault.remedy for fault in raised.value.faults)
    return [(fault.member, fault.text) for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("request_", "footprint", "distance_m"),
    [
        ({"footprint": POINT, "distance_m": 200}, POINT, 200.0),
        ({"footprint": AREA, "distance_m": 0}, AREA, 0.0),
        (
            {"footprint": {**POINT, "crs": LONGITUDE_LATITUDE}, "distance_m": 1},
            {**POINT, "crs": LONGITUDE_LATITUDE},
            1.0,
        ),
        ({"premises": AREA, "distance_m": 200}, AREA, 200.0),
        ({"premises": POINT, "distance_m": 0.5}, POINT, 0.5),
        ({"premises": AREAS, "distance_m": 200}, AREAS, 200.0),
        ({"shape": AREA}, AREA, 0.0),
        ({"shape": AREAS, "footprint": None, "distance_m": None}, AREAS, 0.0),
        ({"line": LINE, "width_m": 7.5}, LINE, 3.75),
        ({"shape": AREA, "zone_id": "Z-1", "valid_from": 0}, AREA, 0.0),
    ],
)
def test_a_geometry_is_kept_as_it_was_given(request_: Request, footprint: Request, distance_m: float) -> None:
    assert read_drawn(request_, protected=False) == DrawnShape(footprint, distance_m)


@pytest.mark.parametrize(
    ("request_", "faults"),
    [
        ({}, [("footprint", "is missing, and no other shape is given")]),
        ({"footprint": None, "distance_m": 5}, [("footprint", "is missing, and no other shape is given")]),
        (
            {"line": LINE, "shape": AREA, "easting_m": 1},
            [("line", "stands beside shape"), ("easting_m", "stands beside shape")],
        ),
        ({"footprint": POINT}, [("distance_m", "is missing")]),
        ({"footprint": POINT, "distance_m": 0}, [("distance_m", "a point without a distance holds nothing")]),
        ({"footprint": AREA, "distance_m": -1}, [("distance_m", "it is negative")]),
        ({"footprint": POINT, "distance_m": True}, [("distance_m", "is true or false")]),
        ({"footprint": POINT, "distance_m": "5"}, [("distance_m", "is a text")]),
        ({"footprint": POINT, "distance_m": 10**400}, [("distance_m", NO_NUMBER)]),
        ({"footprint": POINT, "distance_m": float("nan")}, [("distance_m", NO_NUMBER)]),
        ({"footprint": POINT, "distance_m": 5, "width_m": 5}, [("width_m", "does not belong to footprint")]),
        ({"footprint": {**POINT, "crs": FOREIGN}, "distance_m": 5}, [("footprint", NO_CHOICE)]),
        ({"footprint": COLLECTION, "distance_m": 5}, [("footprint", "a GeometryCollection mixes kinds of shapes")]),
        (
            {"footprint": CROSSED, "distance_m": ""},
            [("distance_m", "is a text"), ("footprint", "an edge crosses another")],
        ),
        ({"premises": AREA, "distance_m": 0}, [("distance_m", "is not above 0")]),
        ({"premises": LINE, "distance_m": 5}, [("premises", "is LineString")]),
        ({"premises": "here", "distance_m": 5}, [("premises", "it is not an object")]),
        ({"shape": AREA, "distance_m": 0}, [("distance_m", "does not belong to shape")]),
        ({"shape": POINT}, [("shape", "is Point")]),
        ({"shape": CROSSED}, [("shape", "an edge crosses another")]),
        ({"line": LINE, "distance_m": 5}, [("distance_m", "does not belong to line"), ("width_m", "is missing")]),
        ({"line": LINE, "width_m": 0}, [("width_m", "is not above 0")]),
        ({"line": LINE, "width_m": 5e-324}, [("width_m", "a line without a distance holds nothing")]),
        ({"line": AREA, "width_m": 5}, [("line", "is Polygon")]),
        ({"grid_reference": "TQ 323 654"}, [("distance_m", "is missing")]),
        ({"grid_reference": "TQ 323 654", "distance_m": 0}, [("distance_m", "is not above 0")]),
        ({"grid_reference": "HL 32340 95430", "distance_m": 5}, [("grid_reference", ELSEWHERE)]),
        (
            {"grid_reference": 5, "distance_m": 5, "width_m": 1},
            [("width_m", "does not belong to grid_reference"), ("grid_reference", "is not a text")],
        ),
        ({"easting_m": 532_340, "distance_m": 5}, [("northing_m", "is missing")]),
        ({"northing_m": 165_430, "distance_m": 5}, [("easting_m", "is missing")]),
        (
            {"easting_m": "a", "northing_m": [], "distance_m": {}},
            [("distance_m", "is an object"), ("easting_m", "is a text"), ("northing_m", "is a list")],
        ),
        ({"easting_m": 700_000, "northing_m": 5, "distance_m": 5}, [("easting_m", ELSEWHERE)]),
    ],
)
def test_what_is_wrong_is_told_of_the_member_that_it_is_in(request_: Request, faults: list[tuple[str, str]]) -> None:
    assert refused(request_) == faults


def test_whoever_gives_no_shape_or_two_is_told_the_choices() -> None:
    for request in ({}, {"shape": AREA, "footprint": POINT}):
        with pytest.raises(DraftRefused) as raised:
            read_drawn(request, protected=False)
        (fault,) = raised.value.faults
        assert fault.remedy == (
            "give one of these: footprint and distance_m; premises and distance_m; shape alone; line and width_m; "
            "grid_reference and distance_m; easting_m, northing_m and distance_m"
        )


@pytest.mark.parametrize("member", ["footprint", "premises", "shape"])
def test_no_coordinate_of_a_protected_address_is_told(member: str) -> None:
    measure = {} if member == "shape" else {"distance_m": 5}
    with pytest.raises(DraftRefused, match="ring 1, vertex ") as raised:
        read_drawn({member: CROSSED, **measure}, protected=True)
    assert "51.1" not in str(raised.value)
    far: Request = {"type": "Polygon", "coordinates": [[[-0.1, 151.37], [-0.09, 51.37], [-0.09, 51.38]]]}
    with pytest.raises(DraftRefused, match="ring 1, vertex 1") as raised:
        read_drawn({member: far, **measure}, protected=True)
    assert "51.3" not in str(raised.value)


@given(st.floats(0.01, 1e6))
def test_half_the_width_of_a_line_is_its_distance(width_m: float) -> None:
    assert read_drawn({"line": LINE, "width_m": width_m}, protected=False).distance_m * 2 == width_m


@given(st.dictionaries(st.sampled_from(MEMBERS), ANYTHING | SHAPES, max_size=3), st.booleans())
def test_any_request_is_read_or_refused(request_: Request, protected: bool) -> None:
    drawn = None
    with suppress(DraftRefused):
        drawn = read_drawn(request_, protected=protected)
    if drawn is not None:
        assert drawn.distance_m >= 0
        json.dumps(drawn.footprint, allow_nan=False)
