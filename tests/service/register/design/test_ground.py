"""The zone as the design check lays it out is the zone that the rules judge."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import Geometry

from geofence.depth import depth_m
from geofence.plane import to_plane
from service.register.design.ground import FAR_REACHING_M, Ground, ground
from tests.geofence.town import place, polygon
from tests.service.register.design.values import DRAFT, drawn, line, point

HOLE = ((-20.0, -20.0), (20.0, -20.0), (0.0, 30.0))
SHAPES = {
    "a circle": (point(0), 150.0),
    "a drawn area": (polygon((-200, -100), (200, -120), (180, 140), (-150, 160)), 0.0),
    "an area with a hole": (polygon((-200, -100), (200, -120), (0, 190), holes=[HOLE]), 0.0),
    "an outline and a distance": (polygon((-60, -40), (60, -40), (0, 20), (60, 60), (-60, 60)), 80.0),
    "a hole that its distance fills in part": (polygon((-200, -100), (200, -120), (0, 190), holes=[HOLE]), 8.0),
    "a road": (line((-300, -200), (0, 0), (250, -100), (-100, 200)), 12.0),
    "two places": (shapely.MultiPoint([place(-150, 0), place(100, 30)]), 90.0),
}


@pytest.mark.parametrize(("footprint", "distance_m"), SHAPES.values(), ids=SHAPES)
@given(east_m=st.floats(-500, 500), north_m=st.floats(-500, 500))
def test_it_holds_what_the_rules_call_inside(
    footprint: Geometry, distance_m: float, east_m: float, north_m: float
) -> None:
    here = ground(DRAFT, drawn(footprint, distance_m))
    spot = place(east_m, north_m)
    depth = depth_of(here, spot)
    inside = shapely.covers(here.zone, here.laid_out([shapely.Point(spot)])[0])
    outside_m = float(here.outside_m([shapely.Point(spot)])[0])
    if abs(depth) > 0.002:
        assert inside == (depth > 0)
    if depth <= distance_m:
        assert outside_m == pytest.approx(-depth, abs=0.002)
    else:
        assert outside_m == -distance_m


def depth_of(here: Ground, spot: tuple[float, float]) -> float:
    version, degrees = np.zeros(1, dtype=np.int64), (np.array([spot[0]]), np.array([spot[1]]))
    return float(depth_m(here.shapes, version, *to_plane(here.shapes.planes, version, *degrees), degrees)[0])


@pytest.mark.parametrize("radius_m", [5.0, 200.0, FAR_REACHING_M - 1, FAR_REACHING_M + 1, 1e7])
def test_the_area_of_a_circle_is_that_of_a_circle(radius_m: float) -> None:
    here = ground(DRAFT, drawn(point(0), radius_m))
    tolerance = 0.01 if here.far_reaching else 0.001
    assert shapely.area(here.zone) == pytest.approx(math.pi * radius_m**2, rel=tolerance)


def test_a_distance_without_bounds_needs_no_outline_without_bounds() -> None:
    here = ground(DRAFT, drawn(line((0, 0), (100, 0)), 1e300))
    assert shapely.get_num_coordinates(here.zone) < 200


def test_another_zone_is_laid_out_where_it_is() -> None:
    here = ground(DRAFT, drawn(polygon((0, 0), (100, 0), (100, 100), (0, 100))))
    other = ground(DRAFT, drawn(polygon((50, 0), (3000, 0), (3000, 100), (50, 100))))
    assert shapely.area(shapely.intersection(here.zone, here.of(other))) == pytest.approx(5000, rel=1e-3)
