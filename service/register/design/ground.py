"""A zone laid out in its own plane, in metres: how near is what to its edge, and what does it cover?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from geofence.ids import ZoneId
from geofence.plane import Planes, from_plane, to_plane
from geofence.register import ZoneVersion
from geofence.shapes import Shapes, shapes
from geofence.tracks import FloatArray, IndexArray

Geometries = NDArray[np.object_]
# Beyond, a zone is drawn with few corners: its outline to half a millimetre would be of millions.
FAR_REACHING_M = 100_000.0
# Half way round the Earth: a distance beyond says no more.
_LONGEST_M = 2e7
_CORNERS = 64

_Projection = Callable[[Planes, IndexArray, FloatArray, FloatArray], tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """One zone version in its own plane (R3). `footprint`: without its distance; `zone`: with it, a polygon or several.

    The zone's arcs are chords within 0.5 mm; of a far-reaching zone within 1 % of its distance.
    """

    shapes: Shapes
    footprint: Geometry
    zone: Geometry

    @property
    def distance_m(self) -> float:
        """What belongs to the zone around its footprint."""
        return float(self.shapes.distance_m[0])

    @property
    def far_reaching(self) -> bool:
        """Whether it reaches farther than any place that a court may mean."""
        return _is_far_reaching(self.shapes)

    def laid_out(self, degrees: Sequence[Geometry]) -> Geometries:
        """Return shapes in WGS 84 degrees in this plane; their edges are straight here."""
        return _moved(self.shapes.planes, to_plane, np.array(degrees, dtype=np.object_))

    def outside_m(self, degrees: Sequence[Geometry]) -> FloatArray:
        """Return how far outside the zone's edge the nearest place of each shape lies: 0 at the edge, negative inside.

        Shape (n,). Of a shape that reaches into the footprint itself no more is told than that: it is -distance_m.
        """
        metres: FloatArray = shapely.distance(self.footprint, self.laid_out(degrees)) - self.distance_m
        return metres

    def of(self, other: "Ground") -> Geometry:
        """Return another zone, its distance included, in this plane."""
        if other.far_reaching:
            return _far(self.laid_out(other.shapes.footprints)[0], other.distance_m)
        (degrees,) = _moved(other.shapes.planes, from_plane, np.array([other.zone], dtype=np.object_))
        (zone,) = self.laid_out([degrees])
        return _valid(zone)


def ground(zone_id: ZoneId, version: ZoneVersion) -> Ground:
    """Return a zone version in its own plane. Raises ZoneUnreadable."""
    drawn = shapes([(zone_id, version)])
    (footprint,) = _moved(drawn.planes, to_plane, np.array(drawn.footprints, dtype=np.object_))
    return Ground(drawn, footprint, _zone(drawn, footprint))


def _zone(drawn: Shapes, footprint: Geometry) -> Geometry:
    distance_m = float(drawn.distance_m[0])
    if distance_m == 0:
        return _valid(footprint)
    if _is_far_reaching(drawn):
        return _far(footprint, distance_m)
    edges: Geometries = np.array(shapely.linestrings(drawn.outline(0).reshape(-1, 2, 2)), dtype=np.object_)
    zone: Geometry = shapely.build_area(shapely.multilinestrings(list(edges)))
    return zone


def _far(footprint: Geometry, distance_m: float) -> Geometry:
    far: Geometry = shapely.buffer(footprint, min(distance_m, _LONGEST_M), quad_segs=_CORNERS // 4)
    return far


def _valid(area: Geometry) -> Geometry:
    """Return an area of which rings that lay within millimetres of each other may have crossed on the way."""
    sound: Geometry = shapely.make_valid(area)
    return sound


def _is_far_reaching(drawn: Shapes) -> bool:
    return float(drawn.reach_m[0]) > FAR_REACHING_M


def _moved(there: Planes, projection: _Projection, geometries: Geometries) -> Geometries:
    """Return shapes with every place projected to or from the one plane."""

    def project(places: NDArray[np.float64]) -> NDArray[np.float64]:
        which = np.zeros(len(places), dtype=np.int64)
        return np.stack(projection(there, which, places[:, 0], places[:, 1]), axis=1)

    moved: Geometries = np.atleast_1d(shapely.transform(geometries, project))
    return moved
