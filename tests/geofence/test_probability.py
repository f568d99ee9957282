"""R4: the mass of a circular normal inside a zone, against fine numerical integration."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr
from shapely import Geometry, affinity

from geofence.depth import depth_m
from geofence.ids import ZoneId
from geofence.instants import FOREVER, Instant
from geofence.plane import from_plane, planes, to_plane
from geofence.probability import p_inside
from geofence.register import ZoneVersion
from geofence.shapes import Shapes, shapes
from tests.geofence.town import CROSS, place


def in_metres(footprint: Geometry, distance_m: float) -> Shapes:
    """Return a zone drawn in metres around the town's cross."""
    degrees = shapely.transform(footprint, lambda corners: np.array([place(*corner) for corner in corners]))
    return shapes([(ZoneId("Z-1"), ZoneVersion(1, Instant(0), FOREVER, degrees, distance_m))])


def probability(shape: Shapes, east_m: float, north_m: float, sigma_m: float) -> float:
    """Return p_inside of a place given in metres from the cross."""
    which = np.zeros(1, dtype=np.int64)
    town = planes(np.array([CROSS[0]]), np.array([CROSS[1]]))
    longitude, latitude = from_plane(town, which, np.array([east_m]), np.array([north_m]))
    there = to_plane(shape.planes, which, longitude, latitude)
    depth = depth_m(shape, which, *there, (longitude, latitude))
    return float(p_inside(shape, which, there, depth, np.array([sigma_m]))[0])


def integrated(area: Geometry, east_m: float, north_m: float, sigma_m: float) -> float:
    """Return the mass inside an area by slicing it into 800 strips and weighing each strip's segments exactly.

    The area is turned first (the normal does not care), so that no edge runs along a strip.
    """
    area = affinity.rotate(area, 31.0, origin=(east_m, north_m))
    lines = np.linspace(-6.5, 6.5, 801)
    middle = (lines[1:] + lines[:-1]) / 2
    weight = np.diff(ndtr(lines))
    reach = 10_000.0
    ys = north_m + middle * sigma_m
    rows = shapely.linestrings(
        np.stack([np.stack([np.full(800, -reach), ys], 1), np.stack([np.full(800, reach), ys], 1)], 1)
    )
    cut = shapely.intersection(rows, area)
    parts, owner = shapely.get_parts(cut, return_index=True)
    straight = (shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)
    bounds = shapely.bounds(parts[straight])
    mass = ndtr((bounds[:, 2] - east_m) / sigma_m) - ndtr((bounds[:, 0] - east_m) / sigma_m)
    return float(np.sum(np.bincount(owner[straight], weights=mass, minlength=800) * weight))


GAUSS_LEGENDRE = np.polynomial.legendre.leggauss(400)
NOTCHED = shapely.Polygon([(-80, -60), (90, -70), (100, 60), (10, -20), (-70, 80)])
HOLED = shapely.Polygon([(-100, -100), (100, -100), (100, 100), (-100, 100)], [[(-30, -30), (30, -30), (0, 40)]])
# A path three metres wide and half a kilometre long: narrower than any error.
CORRIDOR = shapely.Polygon([(-250, -1.5), (250, -1.5), (250, 1.5), (-250, 1.5)])
ROAD = shapely.LineString([(-200, 0), (0, 40), (150, -80)])
TWO = shapely.MultiPolygon([shapely.box(-100, -50, -20, 50), shapely.box(20, -50, 100, 50)])
DOORS = shapely.MultiPoint([(-40, 0), (40, 10)])
LANES = shapely.MultiLineString([[(-200, -3), (200, -3)], [(-200, 4), (0, 60), (200, 4)]])
# Crowded: its parts, and what lies around them, run into each other.
YARDS = shapely.MultiPolygon([HOLED, shapely.box(104, -60, 160, 60)])


@pytest.mark.parametrize("sigma_m", [2.04, 8.0, 40.0, 600.0])
@pytest.mark.parametrize(
    ("footprint", "distance_m"),
    [
        (NOTCHED, 0.0),
        (HOLED, 0.0),
        (CORRIDOR, 0.0),
        (TWO, 0.0),
        (NOTCHED, 25.0),
        (HOLED, 10.0),
        (ROAD, 2.0),
        (ROAD, 30.0),
        (DOORS, 60.0),
        (LANES, 2.0),
        (LANES, 20.0),
        (TWO, 15.0),
        (TWO, 30.0),
        (YARDS, 0.0),
        (YARDS, 25.0),
    ],
)
def test_p_inside_agrees_with_strips(footprint: Geometry, distance_m: float, sigma_m: float) -> None:
    shape = in_metres(footprint, distance_m)
    area = shapely.buffer(footprint, distance_m, quad_segs=256) if distance_m else footprint
    random = np.random.default_rng(3)
    places = [(0.0, 0.0), (-250.0, 0.0), *random.uniform(-150, 150, (1, 2)).tolist()]
    for east_m, north_m in places:
        expected = integrated(area, east_m, north_m, sigma_m)
        assert probability(shape, east_m, north_m, sigma_m) == pytest.approx(expected, abs=1e-4)


@given(radius_m=st.floats(1, 3000), inside=st.floats(-5.5, 5.5), sigma_m=st.floats(2, 900))
def test_p_inside_of_a_circle_agrees_with_chords(radius_m: float, inside: float, sigma_m: float) -> None:
    away_m = abs(radius_m - inside * sigma_m)
    # Weigh the circle in strips across the line from its centre to the fix: plain Gauss-Legendre, 400 nodes.
    nodes, weights = GAUSS_LEGENDRE
    low, high = max(-radius_m, -9 * sigma_m), min(radius_m, 9 * sigma_m)
    angle = np.arcsin(low / radius_m) + (nodes + 1) / 2 * (np.arcsin(high / radius_m) - np.arcsin(low / radius_m))
    across = radius_m * np.sin(angle)
    half = radius_m * np.cos(angle)
    mass = ndtr((half - away_m) / sigma_m) - ndtr((-half - away_m) / sigma_m)
    density = np.exp(-((across / sigma_m) ** 2) / 2) / (sigma_m * np.sqrt(2 * np.pi)) * half
    expected = float(np.sum(weights * mass * density) * (np.arcsin(high / radius_m) - np.arcsin(low / radius_m)) / 2)
    shape = in_metres(shapely.Point(0, 0), radius_m)
    assert probability(shape, away_m, 0.0, sigma_m) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("radius_m", "sigma_m"), [(0.5, 817.0), (3.0, 100.0), (20_000.0, 2.04), (20_000.0, 300.0)])
@pytest.mark.parametrize("beyond", [-4.0, -1.0, -0.2, 0.0, 0.5, 2.0])
def test_a_circle_much_smaller_than_the_error_is_a_speck_and_a_much_bigger_one_a_straight_edge(
    radius_m: float, sigma_m: float, beyond: float
) -> None:
    shape = in_metres(shapely.Point(0, 0), radius_m)
    away_m = radius_m + beyond * sigma_m if radius_m > sigma_m else abs(beyond) * sigma_m
    if radius_m > sigma_m:
        # An edge that bends away by half of sigma^2 / radius on average.
        expected = float(ndtr((radius_m - away_m) / sigma_m - sigma_m / (2 * radius_m)))
    else:
        expected = (radius_m / sigma_m) ** 2 / 2 * float(np.exp(-((away_m / sigma_m) ** 2) / 2))
    assert probability(shape, away_m, 0.0, sigma_m) == pytest.approx(expected, abs=1e-4)


def test_a_fix_on_an_edge_or_a_corner_is_half_or_a_quarter_inside() -> None:
    square = in_metres(shapely.box(0, 0, 400, 400), 0.0)
    assert probability(square, 200.0, 0.0, 5.0) == pytest.approx(0.5, abs=1e-4)
    assert probability(square, 0.0, 0.0, 5.0) == pytest.approx(0.25, abs=1e-4)


def test_certainty_is_exactly_one_and_zero() -> None:
    square = in_metres(shapely.box(0, 0, 400, 400), 0.0)
    assert probability(square, 200.0, 200.0, 5.0) == 1.0
    assert probability(square, -200.0, 200.0, 5.0) == 0.0
