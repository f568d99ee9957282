"""Footprints of every kind, and places in, at, near and far from them."""

import math
from random import Random

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.affinity import rotate, translate

from geofence.register import ZoneVersion
from tests.geofence.oracle.shape import as_shape

Place = tuple[float, float]
METRES_A_DEGREE = 111_200.0


class Town:
    """A place in the United Kingdom with metres around it; exact enough to draw with, never used to judge."""

    def __init__(self, longitude_deg: float, latitude_deg: float) -> None:
        self.longitude_deg = longitude_deg
        self.latitude_deg = latitude_deg

    def degrees(self, east_m: float, north_m: float) -> Place:
        """Return longitude and latitude, to the 7 digits that tags report."""
        longitude = self.longitude_deg + east_m / METRES_A_DEGREE / math.cos(math.radians(self.latitude_deg))
        return round(longitude, 7), round(self.latitude_deg + north_m / METRES_A_DEGREE, 7)


TOWNS = (Town(-0.1, 51.37), Town(-0.1, 51.37), Town(-5.53, 50.11), Town(-1.15, 60.15), Town(0.0, 52.0))


def polygon(random: Random, size_m: float) -> Polygon:
    """Return a polygon: convex, star, L, or one with a hole."""
    match random.randrange(4):
        case 0:
            return Polygon([(-size_m, -size_m / 2), (size_m, -size_m / 2), (size_m, size_m / 2), (-size_m, size_m / 2)])
        case 1:
            corners = random.randrange(5, 11)
            radii = [size_m * random.uniform(0.3, 1.0) for _ in range(corners)]
            angles = [2 * math.pi * i / corners for i in range(corners)]
            return Polygon([(r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)])
        case 2:
            s = size_m
            return Polygon([(-s, -s), (s, -s), (s, -s / 3), (-s / 3, -s / 3), (-s / 3, s), (-s, s)])
        case _:
            hole = Point(0, 0).buffer(size_m * random.uniform(0.2, 0.6), quad_segs=2)
            return Polygon(Point(0, 0).buffer(size_m, quad_segs=3).exterior.coords, [hole.exterior.coords])


def line(random: Random, size_m: float) -> LineString:
    """Return a bent line."""
    steps = random.randrange(2, 5)
    return LineString([(size_m * (i - 1), random.uniform(-size_m, size_m) / 2) for i in range(steps)])


def footprint(random: Random, wide: bool) -> tuple[Geometry, float]:
    """Return a footprint in metres around the town's middle, and a distance; `wide`: of up to 20 km."""
    size = random.choice((1500.0, 3000.0) if wide else (20.0, 60.0, 150.0, 400.0))
    distance = random.choice((0.0, 40.0, 2000.0) if wide else (0.0, 5.0, 40.0, 150.0))
    needed = max(distance, 10.0)
    kind = random.randrange(7)
    if kind == 0:
        return Point(0, 0), random.choice((2000.0, 8000.0) if wide else (15.0, 50.0, 100.0, 200.0, 400.0))
    if kind == 1:
        return line(random, size), needed
    if kind == 2:
        return MultiPoint([(0, 0), (size, size / 2), (-size, size)]), needed
    if kind == 3:
        return MultiLineString([line(random, size), translate(line(random, size), 0, size)]), needed
    if kind == 4:
        return MultiPolygon([polygon(random, size), translate(polygon(random, size), 3 * size, size)]), distance
    return polygon(random, size), distance


def placed(random: Random, shape: Geometry, town: Town) -> Geometry:
    """Return a shape turned, moved and taken to the town's degrees."""
    turned = translate(
        rotate(shape, random.uniform(0, 360), origin=(0, 0)), random.uniform(-300, 300), random.uniform(-300, 300)
    )
    return to_degrees(turned, town)


def to_degrees(shape: Geometry, town: Town) -> Geometry:
    """Return a shape in metres as one in degrees."""

    def move(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([town.degrees(x, y) for x, y in vertices])

    return as_shape(shapely.transform(shape, move))


def place(random: Random, version: ZoneVersion, mood: str) -> Place:
    """Return a place: inside, at the edge, near, out, far, away or, of those away, sometimes in another country."""
    shape = as_shape(version.footprint)
    reach = version.distance_m
    middle = shape.representative_point()
    if mood == "inside":
        spread = max(3.0, reach / 2 if reach else 5.0)
        return around(middle.x, middle.y, random.uniform(0, spread), random)
    if mood == "edge":
        edge = shape.boundary if shape.geom_type.endswith("Polygon") else shape
        spot = edge.interpolate(random.random(), normalized=True) if edge.length > 0 else middle
        return around(spot.x, spot.y, max(0.0, reach + random.gauss(0, 25)), random)
    if mood == "away" and random.random() < 0.2:
        mood = "abroad"
    low, high = {
        "near": (60, 500),
        "out": (900, 2500),
        "far": (4500, 12000),
        "away": (20_000, 200_000),
        "abroad": (3e5, 9e5),
    }[mood]
    return around(middle.x, middle.y, reach + random.uniform(low, high), random)


def beyond(version: ZoneVersion, spot: Place) -> Place:
    """Return the place as far on the other side of a shape's middle, so that the way there passes through it."""
    middle = as_shape(version.footprint).representative_point()
    return round(2 * middle.x - spot[0], 7), round(2 * middle.y - spot[1], 7)


def around(longitude_deg: float, latitude_deg: float, apart_m: float, random: Random) -> Place:
    """Return a place so many metres away in some direction."""
    angle = random.uniform(0, 2 * math.pi)
    return Town(longitude_deg, latitude_deg).degrees(apart_m * math.cos(angle), apart_m * math.sin(angle))
