"""What is refused at the door, where, and with which remedy."""

import math

import pytest
import shapely

from geofence.footprint import FootprintFaults, footprint_warnings, read_footprint

SQUARE = [[0.0, 51.0], [0.01, 51.0], [0.01, 51.01], [0.0, 51.01], [0.0, 51.0]]
# A hole, one within it, one from wall to wall, and a ring that goes out and back on the same way.
ROOM = [[0.002, 51.002], [0.008, 51.002], [0.008, 51.008], [0.002, 51.008], [0.002, 51.002]]
CELL = [[0.004, 51.004], [0.006, 51.004], [0.006, 51.006], [0.004, 51.004]]
WALL = [[0.0, 51.005], [0.005, 51.004], [0.01, 51.005], [0.005, 51.006], [0.0, 51.005]]
SPIKE = [[0.0, 51.0], [0.01, 51.0], [0.01, 51.01], [0.02, 51.01], [0.01, 51.01], [0.0, 51.0]]
BOW_TIE = [[0.0, 51.0], [0.01, 51.01], [0.01, 51.0], [0.0, 51.01], [0.0, 51.0]]


def faults(shape: object, distance_m: float = 10.0, *, protected: bool = False) -> list[str]:
    with pytest.raises(FootprintFaults) as refused:
        read_footprint(shape, distance_m, protected=protected)
    return [str(fault) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("kind", "coordinates", "distance_m"),
    [
        ("Point", [-0.1, 51.37], 200.0),
        ("Point", [-0.1, 51.37, 30.0], 200),
        ("MultiPoint", [[-0.1, 51.37], [-0.2, 51.37]], 200.0),
        ("LineString", [[0.0, 51.0], [0.01, 51.01], [0.01, 51.0], [0.0, 51.01]], 5.0),
        ("MultiLineString", [[[0.0, 51.0], [0.01, 51.01]]], 5.0),
        ("Polygon", [SQUARE], 0.0),
        ("Polygon", [SQUARE, [[0.002, 51.002], [0.004, 51.002], [0.004, 51.004], [0.002, 51.002]]], 0.0),
        ("MultiPolygon", [[SQUARE], [[[1.0, 51.0], [1.01, 51.0], [1.0, 51.01], [1.0, 51.0]]]], 20.0),
    ],
)
def test_every_kind_of_shape_is_read_in_two_dimensions(kind: str, coordinates: object, distance_m: float) -> None:
    shape = read_footprint({"type": kind, "coordinates": coordinates}, distance_m)
    assert shapely.to_geojson(shape).split('"')[3] == kind
    assert not shapely.has_z(shape)


@pytest.mark.parametrize(
    ("shape", "distance_m", "expected"),
    [
        ("Point", 5.0, "footprint: it is not an object"),
        ({"type": "Circle"}, 5.0, "type: it names no kind of shape"),
        ({"type": "GeometryCollection", "geometries": []}, 5.0, "GeometryCollection"),
        ({"type": "Polygon"}, 0.0, "coordinates: a list is missing here"),
        ({"type": "Polygon", "coordinates": []}, 0.0, "the shape is empty"),
        ({"type": "Point", "coordinates": [-0.1, 51.37]}, 0.0, "distance_m: a point without a distance"),
        ({"type": "LineString", "coordinates": [[0, 51], [1, 51]]}, 0.0, "distance_m: a line without a distance"),
        ({"type": "Polygon", "coordinates": [SQUARE]}, -1.0, "distance_m: it is negative"),
        ({"type": "Polygon", "coordinates": [SQUARE]}, math.nan, "distance_m: it is not a number"),
        ({"type": "Point", "coordinates": [-0.1]}, 5.0, "the point: a position is two numbers"),
        ({"type": "LineString", "coordinates": [[0, 51], [1, 51, 0, 0]]}, 5.0, "the line, vertex 2: a position is two"),
        ({"type": "Point", "coordinates": [True, 51]}, 5.0, "a coordinate is not a number"),
        ({"type": "Point", "coordinates": [math.inf, 51]}, 5.0, "a coordinate is not finite"),
        ({"type": "Point", "coordinates": [10**400, 51]}, 5.0, "a coordinate is not finite"),
        ({"type": "Point", "coordinates": [181, 51]}, 5.0, "longitude 181 is out of range"),
        ({"type": "Point", "coordinates": [51, 91]}, 5.0, "latitude 91 is out of range; longitude comes first"),
        ({"type": "Point", "coordinates": [51.37, -0.1]}, 5.0, "longitude and latitude look swapped"),
        ({"type": "LineString", "coordinates": [[0, 51], [0, 51]]}, 5.0, "the line has no length"),
        ({"type": "LineString", "coordinates": [[0, 51]]}, 5.0, "at least two positions"),
        ({"type": "Polygon", "coordinates": [SQUARE[:-1]]}, 0.0, "ring 1, vertex 4: the ring is not closed"),
        ({"type": "Polygon", "coordinates": [[*SQUARE[:2], SQUARE[0]]]}, 0.0, "ring 1: a ring has at least three"),
        ({"type": "Polygon", "coordinates": [BOW_TIE]}, 0.0, "at 0.005000, 51.005000: an edge crosses another"),
        ({"type": "Polygon", "coordinates": [SQUARE, [[1, 51], [2, 51], [2, 52], [1, 51]]]}, 0.0, "outside its ring"),
        ({"type": "Polygon", "coordinates": [SQUARE, ROOM, CELL]}, 0.0, "within another hole; leave out the inner one"),
        ({"type": "Polygon", "coordinates": [SQUARE, SQUARE]}, 0.0, "near ring 1, vertex"),
        ({"type": "Polygon", "coordinates": [SQUARE, WALL]}, 0.0, "cut the shape in pieces; draw each piece"),
        ({"type": "Polygon", "coordinates": [SPIKE]}, 0.0, "near ring 1, vertex"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [ROOM]]}, 0.0, "within another; leave out the inner one"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}, 0.0, "near polygon 1, ring 1, vertex"),
        ({"type": "MultiPoint", "coordinates": [[0, 51], [0, 91]]}, 5.0, "point 2: latitude 91 is out of range"),
        ({"type": "MultiPoint", "coordinates": []}, 5.0, "coordinates: the shape is empty; draw it"),
        (
            {"type": "MultiLineString", "coordinates": [[[0, 51], [1, 51]], [[0, 51], [0, "x"]]]},
            5.0,
            "line 2, vertex 2",
        ),
        ({"type": "MultiLineString", "coordinates": [[[0, 51], [1, 51]], []]}, 5.0, "line 2: a line has at least two"),
        ({"type": "MultiLineString", "coordinates": [[0, 51], [1, 51]]}, 5.0, "line 1, vertex 1: a position is two"),
        ({"type": "Polygon", "coordinates": [[[51.0, 0.0], [51.1, 0.1], [51.1, 0.0], [51.0, 0.0]]]}, 0.0, "swapped"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], []]}, 0.0, "polygon 2, ring 1: a ring has"),
        ({"type": "LineString", "coordinates": [[0, 51]] * 10_001}, 5.0, "10,001 vertices are more than 10,000"),
    ],
)
def test_a_fault_names_its_place(shape: object, distance_m: float, expected: str) -> None:
    found = faults(shape, distance_m)
    assert any(expected in fault for fault in found), found
    assert all("; " in fault for fault in found), "a fault without a remedy"


def test_every_fault_has_a_remedy_and_all_are_named_at_once() -> None:
    found = faults({"type": "LineString", "coordinates": [[500, 51], [0, 99], [0, "51"]]}, -1.0)
    assert [fault.split(":")[0] for fault in found] == [
        "distance_m", "the line, vertex 1", "the line, vertex 2", "the line, vertex 3",
    ]  # fmt: skip
    assert all(";" in fault for fault in found)


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Polygon", "coordinates": [BOW_TIE]},
        {"type": "Point", "coordinates": [51.3712, 99.1021]},
        {"type": "Point", "coordinates": [51.3712, -0.1021]},
    ],
)
def test_a_protected_address_shows_no_coordinate(shape: object) -> None:
    text = " ".join(faults(shape, 10.0, protected=True))
    assert not any(number in text for number in ("51.", "99.", "0.0", "-0.1"))


@pytest.mark.parametrize(
    ("longitude", "latitude", "warned"),
    [
        (-0.1, 51.37, None),
        (-6.3, 49.92, None),
        (-4.2, 52.8, None),
        (-2.0, 55.77, None),
        (-3.2, 55.95, "England and Wales"),
        (-1.2, 60.3, "England and Wales"),
        (-5.93, 54.6, "England and Wales"),
        (-6.26, 53.35, "United Kingdom"),
        (2.35, 48.86, "United Kingdom"),
    ],
)
def test_a_zone_elsewhere_warns(longitude: float, latitude: float, warned: str | None) -> None:
    found = footprint_warnings(shapely.Point(longitude, latitude))
    assert [warned in one.fault for one in found] == ([True] if warned else []) if warned else found == ()


def test_a_zone_reaches_as_far_as_its_distance() -> None:
    croydon = shapely.Point(-0.1, 51.37)
    assert footprint_warnings(croydon, 20_000) == ()
    (warning,) = footprint_warnings(croydon, 300_000)
    assert "United Kingdom" in warning.fault
