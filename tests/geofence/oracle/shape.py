"""R3 by plain geometry: one plane for each zone version, and geodesics from the fix itself when it is far away."""

from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Proj
from shapely import Geometry, Point
from shapely.geometry.base import BaseGeometry

from geofence.register import ZoneVersion

NEAR_M = 5_000.0
POLYGONAL = ("Polygon", "MultiPolygon")


def plane_at(longitude_deg: float, latitude_deg: float) -> Proj:
    """Return the azimuthal equidistant plane of WGS 84 that touches the earth at a place."""
    return Proj(proj="aeqd", lon_0=longitude_deg, lat_0=latitude_deg, ellps="WGS84", units="m")


def moved(shape: Geometry, proj: Proj, inverse: bool = False) -> BaseGeometry:
    """Return `shape` with each vertex taken into a plane (or out of it)."""

    def move(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.array([proj(x, y, inverse=inverse, errcheck=True) for x, y in vertices])

    return as_shape(shapely.transform(shape, move))


def as_shape(geometry: object) -> BaseGeometry:
    """Return a geometry as the type that has its methods."""
    if not isinstance(geometry, BaseGeometry):
        raise TypeError("not a geometry")
    return geometry


class Shape:
    """A zone version's footprint in its own plane."""

    def __init__(self, version: ZoneVersion) -> None:
        self.version = version
        self.distance_m = version.distance_m
        centre = as_shape(version.footprint).centroid
        self.proj = plane_at(centre.x, centre.y)
        self.footprint = moved(shapely.force_2d(version.footprint), self.proj)
        self.is_area = self.footprint.geom_type in POLYGONAL

    @cached_property
    def edge(self) -> BaseGeometry:
        """The line from which depth is measured inside a polygon: its rings, holes included."""
        return as_shape(self.footprint.boundary)

    @cached_property
    def densified_deg(self) -> BaseGeometry:
        """The footprint in degrees with a vertex every 25 m of its plane."""
        return moved(shapely.segmentize(self.footprint, 25.0), self.proj, inverse=True)

    def place(self, longitude_deg: float, latitude_deg: float) -> tuple[float, float]:
        """Return a position in the zone's plane, metres."""
        x, y = self.proj(longitude_deg, latitude_deg, errcheck=True)
        return float(x), float(y)

    def raw_depth_m(self, x: float, y: float) -> float:
        """Return the depth of a place in the plane, not rounded.

        "Outside the footprint `depth_m = distance_m - (distance to the footprint)`, with no polygon approximation of
        the buffer; inside a polygon, `distance_m + (distance to its boundary, holes included)`."
        """
        here = Point(x, y)
        apart = self.footprint.distance(here)
        if apart > 0 or not self.is_area:
            return float(self.distance_m - apart)
        return float(self.distance_m + self.edge.distance(here))

    def depth_m(self, longitude_deg: float, latitude_deg: float) -> float:
        """Return the depth of a position, rounded to 0.001 m (R0); far away by geodesics from the fix."""
        depth = self.raw_depth_m(*self.place(longitude_deg, latitude_deg))
        if depth < self.distance_m - NEAR_M:
            from_fix = moved(self.densified_deg, plane_at(longitude_deg, latitude_deg))
            depth = self.distance_m - float(from_fix.distance(Point(0.0, 0.0)))
        return round(depth, 3) + 0.0
