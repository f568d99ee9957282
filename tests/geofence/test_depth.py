"""R3: depths in a plane against geodesics on the ellipsoid."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Proj
from shapely import Geometry, affinity

from geofence.depth import depth_m
from geofence.ids import ZoneId
from geofence.instants import FOREVER, Instant
from geofence.plane import WGS84, to_plane
from geofence.register import ZoneVersion
from geofence.shapes import Shapes, ZoneUnreadable, shapes
from geofence.tracks import FloatArray
from tests.geofence.town import place
from tests.trying import tried

PLACES = {"Scilly": (-6.3, 49.92), "Croydon": (-0.1, 51.37), "Belfast": (-5.93, 54.6), "Shetland": (-1.2, 60.5)}


def drawn(footprint: Geometry, distance_m: float = 0.0) -> Shapes:
    return shapes([(ZoneId("Z-1"), ZoneVersion(1, Instant(0), FOREVER, footprint, distance_m))])


def measured(shape: Shapes, longitude: FloatArray, latitude: FloatArray) -> FloatArray:
    version = np.zeros(len(longitude), dtype=np.int64)
    east, north = to_plane(shape.planes, version, longitude, latitude)
    return depth_m(shape, version, east, north, (longitude, latitude))


def densified(corners: list[tuple[float, float]]) -> FloatArray:
    """Return places on the geodesics between corners, at most a metre or a 20,000th of the edge apart."""
    found = []
    for (lon1, lat1), (lon2, lat2) in pairwise(corners):
        _, _, length = WGS84.inv(lon1, lat1, lon2, lat2)
        between = WGS84.npts(lon1, lat1, lon2, lat2, min(20_000, int(length)), initial_idx=0, terminus_idx=0)
        found.append(np.array(between))
    return np.concatenate(found)


def to_outline_m(outline: FloatArray, longitude: float, latitude: float) -> float:
    n = len(outline)
    _, _, metres = WGS84.inv(np.full(n, longitude), np.full(n, latitude), outline[:, 0], outline[:, 1])
    return float(np.min(metres))


@pytest.mark.parametrize("name", ["Croydon", "Shetland"])
@pytest.mark.parametrize(("across_m", "beyond_m", "allowed_m"), [(300, 200, 0.01), (20_000, 5_000, 0.01)])
def test_edges_are_geodesics_to_within_millimetres(
    name: str, across_m: float, beyond_m: float, allowed_m: float
) -> None:
    random = np.random.default_rng(7)
    home = PLACES[name]
    turn = np.sort(random.uniform(0, 360, 9))
    corners = [WGS84.fwd(*home, azimuth, across_m / 2)[:2] for azimuth in turn]
    corners.append(corners[0])
    shape = drawn(shapely.Polygon(corners))
    outline = densified(corners)
    azimuth = random.uniform(0, 360, 12)
    away = across_m / 2 + random.uniform(-across_m / 3, beyond_m, 12)
    longitude, latitude, _ = WGS84.fwd(np.full(12, home[0]), np.full(12, home[1]), azimuth, away)
    found = measured(shape, longitude, latitude)
    expected = [to_outline_m(outline, *place) for place in zip(longitude.tolist(), latitude.tolist(), strict=True)]
    step_m = 0.5 * across_m / 20_000
    slack_m = np.array([step_m * step_m / max(metres, 1.0) for metres in expected])
    assert (np.abs(np.abs(found) - expected) <= allowed_m + slack_m + 0.0005).all()
    inside = shapely.contains_xy(shapely.Polygon(corners), longitude, latitude)
    sure = np.abs(found) > 5
    assert ((found > 0) == inside)[sure].all()


@pytest.mark.parametrize("name", PLACES)
def test_a_circle_is_a_geodesic_circle_however_far_the_fix(name: str) -> None:
    home = PLACES[name]
    shape = drawn(shapely.Point(home), 200.0)
    away = np.array([0.0, 1.0, 199.9, 200.0, 5e3, 5.9e4, 6.1e4, 3e5, 2e6])
    longitude, latitude, _ = WGS84.fwd(np.full(9, home[0]), np.full(9, home[1]), np.linspace(0, 350, 9), away)
    assert np.abs(measured(shape, longitude, latitude) - (200.0 - away)).max() <= 0.0021


@given(st.integers(0, 2**32), st.integers(33, 400))
@tried(30)
def test_a_shape_of_many_edges_is_measured_like_one_of_few(seed: int, corners: int) -> None:
    random = np.random.default_rng(seed)
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    ring = np.stack([np.cos(turn), np.sin(turn)], axis=1) * random.uniform(40, 300, (corners, 1))
    shape = drawn(shapely.Polygon([place(*corner) for corner in ring.tolist()]))
    spots = random.uniform(-350, 350, (40, 2))
    longitude, latitude = np.array([place(*spot) for spot in spots.tolist()]).T
    version = np.zeros(40, dtype=np.int64)
    points = shapely.points(np.stack(to_plane(shape.planes, version, longitude, latitude), axis=1))
    ends = shape.footprint_edges(0)
    flat = shapely.Polygon(ends[:, :2])
    to_edge = shapely.distance(points, shapely.boundary(flat))
    expected = np.where(shapely.covers(flat, points), to_edge, -to_edge)
    assert np.abs(measured(shape, longitude, latitude) - expected).max() <= 0.000501


# A square 200 m wide with a hole 40 m wide in its middle, in steps of about a thousandth of a degree.
SQUARE = [(0.0, 51.0), (0.003, 51.0), (0.003, 51.002), (0.0, 51.002), (0.0, 51.0)]
HOLE = [(0.001, 51.0007), (0.002, 51.0007), (0.002, 51.0013), (0.001, 51.0013), (0.001, 51.0007)]


def test_a_hole_is_outside_and_its_edge_counts() -> None:
    shape = drawn(shapely.Polygon(SQUARE, [HOLE]))
    middle, between = measured(shape, np.array([0.0015, 0.0015]), np.array([51.001, 51.0003]))
    # From the middle it is 0.0003 degrees, 33.4 m, to the hole's upper and lower edges.
    assert middle == pytest.approx(-33.38, abs=0.02)
    # Half way between the lower edge (33.4 m) and the hole (44.5 m): the nearer counts.
    assert between == pytest.approx(33.38, abs=0.02)


def test_a_distance_is_added_inside_and_fills_a_hole() -> None:
    shape = drawn(shapely.Polygon(SQUARE, [HOLE]), 50.0)
    middle, between = measured(shape, np.array([0.0015, 0.0015]), np.array([51.001, 51.0003]))
    assert middle == pytest.approx(50 - 33.38, abs=0.02)
    assert between == pytest.approx(50 + 33.38, abs=0.02)


def test_the_edge_itself_is_inside_and_never_minus_zero() -> None:
    shape = drawn(shapely.Polygon(SQUARE))
    (depth,) = measured(shape, np.array([0.003]), np.array([51.0]))
    assert depth == 0.0
    assert np.copysign(1.0, depth) == 1.0


@pytest.mark.parametrize(
    ("footprint", "distance_m", "fault"),
    [
        (shapely.Polygon(), 0.0, "empty"),
        (shapely.Point(-0.1, 51.37), 0.0, "needs a distance"),
        (shapely.LineString([(0, 51), (0, 52)]), 0.0, "needs a distance"),
        (shapely.Point(-0.1, 51.37), float("nan"), "distance"),
        (shapely.Point(-0.1, 51.37), -1.0, "distance"),
        (shapely.Point(-0.1, 95.0), 10.0, "not a number in range"),
        (shapely.Polygon([(0, 51), (1, 52), (1, 51), (0, 52)]), 0.0, "crosses itself"),
        (shapely.GeometryCollection([shapely.Point(0, 51)]), 5.0, "several of one kind"),
    ],
)
def test_a_shape_that_cannot_be_judged_is_refused_by_name(footprint: Geometry, distance_m: float, fault: str) -> None:
    with pytest.raises(ZoneUnreadable, match=fault) as refused:
        drawn(footprint, distance_m)
    assert (refused.value.zone_id, refused.value.version) == ("Z-1", 1)


def ring(*corners: tuple[float, float]) -> list[tuple[float, float]]:
    return [*corners, corners[0]]


# Shapes in units of half the zone's width.
HOLED = shapely.Polygon(ring((-1, -0.8), (1, -1), (0.7, 1), (-0.9, 0.6)), [ring((-0.3, -0.3), (0.1, 0.4), (0.4, -0.2))])
KINDS: dict[str, Geometry] = {
    "places": shapely.MultiPoint([(-1, -1), (1, 0.3), (-0.2, 1)]),
    "line": shapely.LineString([(-1, -0.3), (0.2, 1), (1, -1)]),
    "lines": shapely.MultiLineString([[(-1, -1), (1, -0.4)], [(-1, 0.2), (0.9, 1)]]),
    "area": shapely.Polygon(ring((-1, -1), (1, -0.9), (0.1, 0), (0.8, 1), (-1, 0.7))),
    "area with a hole": HOLED,
    "areas": shapely.MultiPolygon([shapely.box(-1, -1, -0.1, 0.2), shapely.box(0.2, 0.1, 1, 1)]),
}


def plane(longitude: float, latitude: float) -> Proj:
    """Return the azimuthal equidistant plane of a place, as PROJ has it."""
    return Proj(proj="aeqd", lon_0=longitude, lat_0=latitude, ellps="WGS84")


def in_degrees(geometry: Geometry, there: Proj) -> Geometry:
    def move(corners: FloatArray) -> FloatArray:
        return np.stack(there(corners[:, 0], corners[:, 1], inverse=True), axis=1)

    return shapely.transform(geometry, move)


def nearest_m(drawn_in_plane: Geometry, there: Proj, longitude: float, latitude: float) -> float:
    """Return the length of the shortest geodesic to an outline whose edges are straight in a plane.

    Each edge is cut in 400 pieces, and the nearest piece again, until it is shorter than a metre.
    """
    corners, part = shapely.get_coordinates(outline_of(drawn_in_plane), return_index=True)
    joined = np.flatnonzero(part[1:] == part[:-1])
    starts, ends = (corners[joined], corners[joined + 1]) if len(joined) else (corners, corners)
    while True:
        share = np.linspace(0, 1, 401)[:, None, None]
        spots = starts + share * (ends - starts)
        lon, lat = there(spots[..., 0].ravel(), spots[..., 1].ravel(), inverse=True)
        _, _, metres = WGS84.inv(np.full(lon.shape, longitude), np.full(lon.shape, latitude), lon, lat)
        if np.abs(ends - starts).max() < 1.0:
            return float(np.min(metres))
        piece, edge = np.unravel_index(int(np.argmin(metres)), spots.shape[:2])
        low, high = max(int(piece) - 1, 0), min(int(piece) + 1, 400)
        starts, ends = spots[low, edge][None], spots[high, edge][None]


def outline_of(geometry: Geometry) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    parts = shapely.get_parts(geometry)
    return shapely.get_rings(parts) if shapely.get_dimensions(geometry) == 2 else parts


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("across_m", "away_m", "allowed_m"),
    [(400, 4_900, 0.01), (20_000, 4_900, 0.01), (20_000, 299_000, 0.1), (20_000, 1_200_000, None)],
)
def test_every_kind_of_shape_is_as_far_as_the_shortest_geodesic(
    name: str, kind: str, across_m: float, away_m: float, allowed_m: float | None
) -> None:
    there = plane(*PLACES[name])
    footprint = in_degrees(affinity.scale(KINDS[kind], across_m / 2, across_m / 2, origin=(0, 0)), there)
    distance_m = 35.0
    shape = drawn(footprint, distance_m)
    # The zone's own plane touches the earth in the middle of its box in degrees.
    own = plane(float(shape.planes.longitude_deg[0]), float(shape.planes.latitude_deg[0]))
    flat = shapely.transform(footprint, lambda c: np.stack(own(c[:, 0], c[:, 1]), axis=1))
    random = np.random.default_rng(5)
    for far in (-0.1 * across_m, 0.0, 0.02 * away_m, 0.4 * away_m, 0.98 * away_m):
        turn = random.uniform(0, 2 * np.pi)
        east, north = (across_m / 2 + far) * np.cos(turn), (across_m / 2 + far) * np.sin(turn)
        longitude, latitude = own(east, north, inverse=True)
        inside = bool(shapely.intersects_xy(flat, east, north))
        metres = nearest_m(flat, own, longitude, latitude)
        expected = distance_m + (metres if inside else -metres)
        (found,) = measured(shape, np.array([longitude]), np.array([latitude]))
        assert found == pytest.approx(expected, abs=allowed_m or max(0.1, 1e-6 * metres))
