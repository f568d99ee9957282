"""R4 by quadrature along the zone's outline, which has nothing in common with Owen's T.

By Green's theorem the mass of a circular normal inside a closed outline is the integral, over the angle at which the
fix sees the outline, of `(1 - exp(-r^2 / 2 sigma^2)) / 2 pi`. Along a straight edge at perpendicular distance h that is
`h (1 - exp(-(h^2 + t^2) / 2 sigma^2)) / (h^2 + t^2) dt`: smooth, so that panels of half a sigma with 12 nodes of Gauss
are exact to 1e-9.
"""

import math
from functools import lru_cache
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from tests.geofence.oracle.shape import Shape, as_shape

SIGMAS_THAT_MATTER = 8.0
NODES, WEIGHTS = np.polynomial.legendre.leggauss(12)


def sigma_m(r95_m: float) -> float:
    """R4: "`sigma = r95_m / sqrt(-2 ln 0.05)`"."""
    return r95_m / math.sqrt(-2.0 * math.log(0.05))


def p_inside(shape: Shape, x: float, y: float, depth_m: float, r95_m: float) -> float:
    """Return the mass inside the zone of the normal centred on (x, y), rounded to 1e-6 (R0).

    R4: "the exact mass inside the zone of a circular normal centred on the fix".
    """
    sigma = sigma_m(r95_m)
    if sigma == 0.0 or abs(depth_m) > SIGMAS_THAT_MATTER * sigma:
        return 1.0 if depth_m >= 0 else 0.0
    if isinstance(shape.footprint, Point):
        mass = disc_mass(math.hypot(x - shape.footprint.x, y - shape.footprint.y), shape.distance_m, sigma)
    else:
        mass = area_mass(outline(shape, fineness(shape.distance_m, sigma)), x, y, sigma)
    return round(min(max(mass, 0.0), 1.0), 6) + 0.0


def disc_mass(apart_m: float, radius_m: float, sigma: float) -> float:
    """Return the mass in a disc whose centre lies `apart_m` away, by the trapezoid rule around its rim.

    The integrand is periodic and analytic, so the rule converges faster than any power.
    """
    rim = 2 * math.pi * math.sqrt((apart_m + radius_m) * radius_m) / sigma
    count = int(max(512, 8 * rim))
    angle = 2 * math.pi * np.arange(count) / count
    x, y = apart_m + radius_m * np.cos(angle), radius_m * np.sin(angle)
    square = x * x + y * y
    turning = radius_m * radius_m + apart_m * radius_m * np.cos(angle)
    return float(np.sum(turning * seen(square, sigma)) / count)


def seen(square: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Return `(1 - exp(-r^2 / 2 sigma^2)) / r^2`, also at r = 0."""
    exponent = square / (2 * sigma * sigma)
    safe = np.where(exponent > 1e-12, exponent, 1.0)
    ratio = np.where(exponent > 1e-12, -np.expm1(-safe) / safe, 1.0)
    return ratio / (2 * sigma * sigma)


def fineness(distance_m: float, sigma: float) -> int:
    """Return how many chords a quarter of the buffer's arc needs, so that chords cost less than 1e-5 of probability."""
    sagitta = min(3e-5 * sigma, 0.25 * distance_m) if distance_m > 0 else 1.0
    needed = math.pi / (4 * math.acos(1 - sagitta / distance_m)) if distance_m > 0 else 1
    return 1 << math.ceil(math.log2(max(needed, 8)))


def outline(shape: Shape, quarter: int) -> BaseGeometry:
    """Return the zone's area in its plane."""
    return cached_outline(shape.footprint, shape.distance_m, quarter)


@lru_cache(maxsize=64)
def cached_outline(footprint: BaseGeometry, distance_m: float, quarter: int) -> BaseGeometry:
    """Return a footprint widened by a distance, as the union of a capsule around each of its edges.

    Not by one call of `buffer`: GEOS leaves a hole in a hole that the distance only just fills.
    """
    if distance_m == 0:
        return footprint
    capsules = [shapely.buffer(piece, distance_m, quad_segs=quarter) for piece in edges_of(footprint)]
    return as_shape(shapely.union_all([*capsules, footprint] if footprint.area else capsules))


def edges_of(footprint: BaseGeometry) -> list[BaseGeometry]:
    """Return the points or straight edges from which a footprint's distance is measured."""
    if footprint.geom_type.endswith("Point"):
        return [as_shape(part) for part in shapely.get_parts(footprint)]
    lines = footprint.boundary if footprint.area else footprint
    parts = [as_shape(part) for part in shapely.get_parts(lines)]
    return [LineString(pair) for part in parts for pair in pairwise(part.coords)]


def area_mass(area: BaseGeometry, x: float, y: float, sigma: float) -> float:
    """Return the mass inside an area: its outer rings counter-clockwise, its holes clockwise."""
    parts = area.geoms if isinstance(area, MultiPolygon) else [area]
    total = 0.0
    for part in parts:
        if not isinstance(part, Polygon):
            raise TypeError(f"{part.geom_type} encloses nothing")
        turned = orient(part, 1.0)
        for ring in (turned.exterior, *turned.interiors):
            total += ring_mass(np.asarray(ring.coords)[:, :2] - (x, y), sigma)
    return total


def ring_mass(ring: NDArray[np.float64], sigma: float) -> float:
    """Integrate around one ring, seen from the fix at the origin."""
    start, end = ring[:-1], ring[1:]
    length = np.hypot(*(end - start).T)
    start, end, length = start[length > 0], end[length > 0], length[length > 0]
    along = (end - start) / length[:, None]
    height = start[:, 0] * along[:, 1] - start[:, 1] * along[:, 0]
    low = np.sum(start * along, axis=1)
    short = length <= sigma / 2
    panels = [np.column_stack((height, low, low + length))[short]]
    for edge in np.flatnonzero(~short):
        cuts = panel_cuts(float(low[edge]), float(low[edge] + length[edge]), sigma)
        panels.append(np.array([(height[edge], a, b) for a, b in pairwise(cuts)]))
    return panels_mass(np.vstack(panels), sigma)


def panels_mass(panels: NDArray[np.float64], sigma: float) -> float:
    """Integrate over panels, each a row of height, start and end along its edge."""
    height_m, low_m, high_m = panels.T
    half = (high_m - low_m) / 2
    along = (high_m + low_m)[:, None] / 2 + half[:, None] * NODES[None, :]
    values = height_m[:, None] * seen(height_m[:, None] ** 2 + along**2, sigma)
    return float(np.sum(half * (values @ WEIGHTS)) / (2 * math.pi))


def panel_cuts(start: float, end: float, sigma: float) -> list[float]:
    """Cut an edge into panels: half a sigma wide at the foot of the perpendicular, growing with the distance from
    it."""
    cuts = [start]
    here = start
    while True:
        width = max(sigma / 2, abs(here) / 4) if here >= 0 else max(sigma / 2, -here / 5)
        here += width
        if here >= end:
            return [*cuts, end]
        cuts.append(here)
