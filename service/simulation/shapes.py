"""The shapes that courts draw, as footprints with a distance: premises, a circle, a drawn area with a hole, a road."""

import math
from typing import NamedTuple

from service.simulation.document import Geometry
from service.simulation.places import Spot
from service.simulation.plane import position


class Shape(NamedTuple):
    """A footprint and the distance around it."""

    footprint: Geometry
    distance_m: float


def circle(centre: Spot, radius_m: float) -> Shape:
    """Return the circle around a point."""
    return Shape({"type": "Point", "coordinates": position(*centre)}, radius_m)


def premises(centre: Spot, distance_m: float, side_m: float = 24.0, turned_deg: float = 17.0) -> Shape:
    """Return all within a distance of a building's outline: an L of two wings."""
    half, third = side_m / 2, side_m / 6
    outline = [(-half, -half), (half, -half), (half, -third), (-third, -third), (-third, half), (-half, half)]
    ring = _ring(centre, _turned(outline, turned_deg))
    return Shape({"type": "Polygon", "coordinates": [ring]}, distance_m)


def drawn_area(centre: Spot, radius_m: float, hole_m: float, corners: int = 9) -> Shape:
    """Return an area drawn by hand: an uneven polygon, with a round hole about its centre where one may be."""
    outline = [_polar(radius_m * (0.85 + 0.15 * math.cos(3 * n)), 2 * math.pi * n / corners) for n in range(corners)]
    rings = [_ring(centre, outline)]
    if hole_m > 0:
        rings.append(_ring(centre, [_polar(hole_m, -2 * math.pi * n / 12) for n in range(12)]))
    return Shape({"type": "Polygon", "coordinates": rings}, 0.0)


def road(start: Spot, end: Spot, half_width_m: float) -> Shape:
    """Return a road with one gentle bend: its middle line and half its width."""
    length = start.metres_to(end)
    middle = start.towards(end, length / 2)
    bend = middle.moved((end.y_m - start.y_m) / length * 12, (start.x_m - end.x_m) / length * 12)
    line = [position(*spot) for spot in (start, bend, end)]
    return Shape({"type": "LineString", "coordinates": line}, half_width_m)


def two_places(first: Spot, second: Spot, radius_m: float) -> Shape:
    """Return the circles around two points as one zone: two entrances of one place."""
    points = [position(*first), position(*second)]
    return Shape({"type": "MultiPoint", "coordinates": points}, radius_m)


def _polar(radius_m: float, angle: float) -> tuple[float, float]:
    return radius_m * math.cos(angle), radius_m * math.sin(angle)


def _turned(corners: list[tuple[float, float]], degrees: float) -> list[tuple[float, float]]:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [(x * cosine - y * sine, x * sine + y * cosine) for x, y in corners]


def _ring(centre: Spot, corners: list[tuple[float, float]]) -> list[list[float]]:
    return [position(*centre.moved(x, y)) for x, y in [*corners, corners[0]]]
