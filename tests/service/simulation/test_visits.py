"""True visits are what a second way of measuring finds: second by second, on a plane of PROJ, against buffers."""

import math
from datetime import datetime

import numpy as np
import pyproj
import pytest
import shapely
from shapely.geometry import shape as geometry_of

from service.simulation import Simulation
from service.simulation.document import Version
from service.simulation.places import Spot
from service.simulation.plane import position
from service.simulation.shapes import circle
from service.simulation.truth import TrueDay
from service.simulation.visits import depth_m


@pytest.mark.parametrize("number", range(60), ids=lambda number: f"wearer {number + 1}")
def test_visits_are_those_that_a_walk_second_by_second_finds(simulation: Simulation, number: int) -> None:
    told = simulation.truth["wearers"][number]
    seconds = np.arange(0.0, simulation.day.length_s)
    knots = np.array(told["path"]["knots"])
    longitude, latitude = (np.interp(seconds, knots[:, 0], knots[:, column]) for column in (1, 2))
    (order,) = (order for order in simulation.register["orders"] if order["wearer_id"] == told["wearer_id"])
    for zone in (zone for prohibition in order["prohibitions"] for zone in prohibition["zones"]):
        inside = np.zeros(len(seconds), dtype=bool)
        for version in zone["versions"]:
            begins = simulation.day.read(version["valid_from"])
            ends = math.inf if version["valid_until"] is None else simulation.day.read(version["valid_until"])
            valid = (seconds >= begins) & (seconds < ends)
            inside |= valid & _covered(version, longitude, latitude)
        assert _spans(simulation, told, zone["zone_id"]) == pytest.approx(_runs(inside), abs=2.0)


def test_a_visit_is_open_if_and_only_if_he_is_inside_when_the_day_ends(simulation: Simulation) -> None:
    told = {day["wearer_id"]: day["visits"] for day in simulation.truth["wearers"]}
    still_there = {wearer for wearer, visits in told.items() if any(visit["left_at"] is None for visit in visits)}
    named = {s["wearer_id"] for s in simulation.truth["stories"] if s["story"] == "inside_at_midnight"}
    assert named <= still_there
    assert all((v["left_at"] is None) == (v["state"] == "open") for visits in told.values() for v in visits)


def test_what_a_visit_was_in_force_is_within_it(simulation: Simulation) -> None:
    parts = 0
    for visit in (visit for day in simulation.truth["wearers"] for visit in day["visits"]):
        for part in visit["in_force"]:
            parts += 1
            assert visit["entered_at"] <= part["began_at"] < part["ended_at"]
            assert visit["left_at"] is None or _at(part["ended_at"]) <= _at(visit["left_at"])
    assert parts >= 12


def test_suspended_visits_and_those_before_awareness_are_marked(simulation: Simulation) -> None:
    stories = {story["wearer_id"]: story["story"] for story in simulation.truth["stories"]}
    for flag, story in (("suspended", "with_leave"), ("before_aware", "before_being_told")):
        marked = {
            stories[day["wearer_id"]]
            for day in simulation.truth["wearers"]
            if any(part[flag] for visit in day["visits"] for part in visit["in_force"])  # type: ignore[literal-required]
        }
        assert marked == {story}


@pytest.mark.parametrize("metres", [-350.0, -1.0, 0.0, 40.0, 149.0])
def test_depth_agrees_with_the_geodesic(metres: float) -> None:
    centre = Spot(4000, 9000)
    shape = circle(centre, 150.0)
    longitude, latitude = position(*centre)
    geod = pyproj.Geod(ellps="WGS84")
    for azimuth in range(0, 360, 30):
        there = geod.fwd(longitude, latitude, azimuth, 150.0 - metres)
        found = depth_m(geometry_of(shape.footprint), 150.0, np.array([there[0]]), np.array([there[1]]))
        assert found[0] == pytest.approx(metres, abs=0.05)


SQUARE = [(-100, -100), (100, -100), (100, 100), (-100, 100), (-100, -100)]
HOLE = [(20, -20), (20, 20), (60, 20), (60, -20), (20, -20)]


@pytest.mark.parametrize(
    ("x_m", "y_m", "depth"),
    [
        (-70, 0, 80),
        (0, 0, 70),
        (5, 0, 65),
        (15, 0, 55),
        (40, 0, 30),
        (100, 0, 50),
        (130, 0, 20),
        (150, 0, 0),
        (200, 0, -50),
    ],
)
def test_depth_in_and_about_an_outline_with_a_hole_and_fifty_metres(x_m: float, y_m: float, depth: float) -> None:
    """By squared paper: metres to the nearest edge, the hole's too, and fifty more; off it, fifty less them."""
    rings = [[position(x, y) for x, y in ring] for ring in (SQUARE, HOLE)]
    outline = geometry_of({"type": "Polygon", "coordinates": rings})
    longitude, latitude = position(x_m, y_m)
    assert depth_m(outline, 50.0, np.array([longitude]), np.array([latitude]))[0] == pytest.approx(depth, abs=0.05)


def _covered(version: Version, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    outline = geometry_of(version["footprint"])
    plane = pyproj.Proj(proj="aeqd", lon_0=outline.centroid.x, lat_0=outline.centroid.y, ellps="WGS84")
    planar = shapely.transform(outline, lambda degrees: np.column_stack(plane(degrees[:, 0], degrees[:, 1])))
    buffered = shapely.buffer(planar, version["distance_m"], quad_segs=256) if version["distance_m"] else planar
    shapely.prepare(buffered)
    x, y = plane(longitude, latitude)
    return np.asarray(shapely.contains_xy(buffered, x, y))


def _runs(inside: np.ndarray) -> list[float]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(int)))
    return [float(edge) for edge in edges]


def _spans(simulation: Simulation, told: TrueDay, zone_id: str) -> list[float]:
    return [
        simulation.day.read(edge) if edge else float(simulation.day.length_s)
        for visit in told["visits"]
        if visit["zone_id"] == zone_id
        for edge in (visit["entered_at"], visit["left_at"])
    ]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
