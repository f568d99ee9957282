"""Which ground a map shows, and where on the paper each place of it lies."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from shapely import Geometry, bounds, box, buffer, centroid, get_coordinates, transform

from alerts.report.values import ReportedFix
from geofence.register import ZoneVersion
from geofence.tracks import FloatArray

_EQUATOR_M: Final = 6_378_137.0
_FLATTENING: Final = 1 / 298.257223563
_LEAST_HALF_M: Final = 60.0
_MARGIN: Final = 1.12
# A circle wider than this is cut by the frame rather than making everything else small.
_WIDEST_CIRCLE_M: Final = 150.0
# A zone this many times wider than the fixes' surroundings is shown in part.
_ZONE_TOO_WIDE: Final = 6.0


@dataclass(frozen=True, slots=True)
class Plane:
    """A flat picture of the ground around one place: metres east and north of it. For pictures; judging has its own."""

    longitude_deg: float
    latitude_deg: float

    def metres(self, positions_deg: FloatArray) -> FloatArray:
        """Return metres east and north of positions (longitude, latitude); shape (n, 2) both."""
        return (positions_deg - (self.longitude_deg, self.latitude_deg)) * self._metres_per_degree()

    def degrees(self, places_m: FloatArray) -> FloatArray:
        """Return positions (longitude, latitude) of places in metres; shape (n, 2) both."""
        return places_m / self._metres_per_degree() + (self.longitude_deg, self.latitude_deg)

    def outline(self, version: ZoneVersion) -> Geometry:
        """Return a zone version's shape with its distance around it, in metres."""
        footprint = transform(version.footprint, self.metres)
        return buffer(footprint, version.distance_m, quad_segs=32) if version.distance_m > 0 else footprint

    def _metres_per_degree(self) -> FloatArray:
        squared = _FLATTENING * (2 - _FLATTENING)
        sine = math.sin(math.radians(self.latitude_deg))
        across = _EQUATOR_M / math.sqrt(1 - squared * sine * sine)
        along = across * (1 - squared) / (1 - squared * sine * sine)
        east = across * math.cos(math.radians(self.latitude_deg))
        return np.array([math.radians(east), math.radians(along)])


@dataclass(frozen=True, slots=True)
class Frame:
    """The ground in the picture: a rectangle in metres of `plane`, drawn `width` by `height` points."""

    plane: Plane
    west_m: float
    north_m: float
    points_per_m: float
    width: float
    height: float

    @property
    def east_m(self) -> float:
        """The right edge."""
        return self.west_m + self.width / self.points_per_m

    @property
    def south_m(self) -> float:
        """The lower edge."""
        return self.north_m - self.height / self.points_per_m

    def paper(self, places_m: FloatArray) -> FloatArray:
        """Return x to the right and y downwards, in points, of places in metres; shape (n, 2) both."""
        return (places_m - (self.west_m, self.north_m)) * (self.points_per_m, -self.points_per_m)

    def shows(self, x: float, y: float) -> bool:
        """Whether a point of the paper lies within the frame."""
        return 0 <= x <= self.width and 0 <= y <= self.height


def framed(versions: Sequence[ZoneVersion], fixes: Sequence[ReportedFix], width: float, height: float) -> Frame:
    """Return the frame that shows the zone and the incident's fixes, in whole if that leaves them legible.

    Fixes around the incident are shown where they lie within it.
    Raises ValueError if there is nothing to show.
    """
    positions = np.array([(row.longitude_deg, row.latitude_deg) for row in fixes], dtype=np.float64).reshape(-1, 2)
    if not versions and not len(positions):
        raise ValueError("a map needs a zone or a fix")
    middle = positions.mean(axis=0) if len(positions) else get_coordinates(centroid(versions[0].footprint))[0]
    plane = Plane(float(middle[0]), float(middle[1]))
    west, south, east, north = _extent(plane, versions, fixes)
    half_width = max((east - west) / 2 * _MARGIN, _LEAST_HALF_M)
    half_height = max((north - south) / 2 * _MARGIN, _LEAST_HALF_M)
    points_per_m = min(width / 2 / half_width, height / 2 / half_height)
    return Frame(
        plane,
        (west + east) / 2 - width / 2 / points_per_m,
        (south + north) / 2 + height / 2 / points_per_m,
        points_per_m,
        width,
        height,
    )


def _extent(
    plane: Plane, versions: Sequence[ZoneVersion], fixes: Sequence[ReportedFix]
) -> tuple[float, float, float, float]:
    shown = [row for row in fixes if row.of_incident and row.judged.verdict != "OUTSIDE"]
    shown = shown or [row for row in fixes if row.of_incident]
    zones = [_bounds(plane.outline(version)) for version in versions]
    if not shown:
        return _around(zones)
    places = plane.metres(np.array([(row.longitude_deg, row.latitude_deg) for row in shown]))
    circles = [min(row.judged.r95_m, _WIDEST_CIRCLE_M) for row in shown]
    fixes_extent = _around([(x - r, y - r, x + r, y + r) for (x, y), r in zip(places.tolist(), circles, strict=True)])
    if not zones:
        return fixes_extent
    zone_extent = _around(zones)
    span = max(fixes_extent[2] - fixes_extent[0], fixes_extent[3] - fixes_extent[1], 2 * _LEAST_HALF_M)
    if max(zone_extent[2] - zone_extent[0], zone_extent[3] - zone_extent[1]) <= _ZONE_TOO_WIDE * span:
        return _around([fixes_extent, zone_extent])
    # Too wide to show whole: the surroundings of the fixes, and as much edge as lies there.
    part = box(*zone_extent).intersection(box(*fixes_extent).buffer(span))
    return fixes_extent if part.is_empty else _around([fixes_extent, _bounds(part)])


def _bounds(shape: Geometry) -> tuple[float, float, float, float]:
    west, south, east, north = bounds(shape).tolist()
    return west, south, east, north


def _around(boxes: Sequence[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    return (
        min(b[0] for b in boxes),
        min(b[1] for b in boxes),
        max(b[2] for b in boxes),
        max(b[3] for b in boxes),
    )
