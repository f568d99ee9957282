"""R3: the shapes of zone versions as columns, ready to be measured against many fixes at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import Geometry

from geofence.edges import Edges, edges
from geofence.ids import ZoneId
from geofence.plane import Planes, planes, to_plane
from geofence.register import ZoneVersion
from geofence.rounded import outline_within
from geofence.tracks import BoolArray, FloatArray, IndexArray

_POINT, _AREAL, _KNOWN = 0, (3, 6), (0, 1, 3, 4, 5, 6)


class ZoneUnreadable(Exception):
    """A zone version's shape can't be judged; draw it again and publish a new version."""

    def __init__(self, zone_id: ZoneId, version: int, fault: str) -> None:
        super().__init__(f"zone {zone_id}, version {version}: {fault}")
        self.zone_id = zone_id
        self.version = version
        self.fault = fault


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """The shapes of m zone versions.

    circle: a single point, so that its zone is a circle. areal: the footprint has an inside.
    reach_m: nothing of the zone is farther from its plane's origin.
    edges: those of the footprints, metres in each version's own plane; exterior rings run anticlockwise, holes
    clockwise; a point is an edge of no length.
    """

    footprints: Sequence[Geometry]
    planes: Planes
    distance_m: FloatArray
    circle: BoolArray
    areal: BoolArray
    reach_m: FloatArray
    edges: Edges
    _outlines: dict[int, FloatArray] = field(default_factory=dict)

    def footprint_edges(self, version: int) -> FloatArray:
        """Return the edges, shape (k, 4), of one footprint."""
        first = int(self.edges.first[self.edges.group_first[version]])
        return self.edges.ends[first : first + int(self.edges.count[version])]

    def outline(self, version: int) -> FloatArray:
        """Return the edges, shape (k, 4), of the zone itself, its distance included: chords within 0.5 mm (R4)."""
        own = self.footprint_edges(version)
        if self.areal[version] and self.distance_m[version] == 0:
            return own
        if version not in self._outlines:
            self._outlines[version] = outline_within(
                own, float(self.distance_m[version]), areal=bool(self.areal[version])
            )
        return self._outlines[version]


def shapes(versions: Sequence[tuple[ZoneId, ZoneVersion]]) -> Shapes:
    """Return the shapes of zone versions as columns.

    Raises ZoneUnreadable for the first one that can't be judged: no answer is better than a quiet wrong one.
    """
    footprints = np.fromiter((version.footprint for _, version in versions), dtype=object, count=len(versions))
    distance_m = np.array([version.distance_m for _, version in versions], dtype=np.float64)
    kind = shapely.get_type_id(footprints)
    _refuse(versions, footprints, distance_m, kind)
    areal = np.isin(kind, _AREAL)
    footprints = np.where(areal, shapely.orient_polygons(footprints), footprints)
    bounds = shapely.bounds(footprints).reshape(-1, 4)
    there = planes((bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2)
    which, start, end = _edges_in_degrees(footprints)
    ends = np.concatenate(
        [np.stack(to_plane(there, which, place[:, 0], place[:, 1]), axis=1) for place in (start, end)], axis=1
    )
    count = np.bincount(which, minlength=len(versions))
    reach = np.zeros(len(versions))
    np.maximum.at(reach, which, np.hypot(ends[:, 0], ends[:, 1]))
    np.maximum.at(reach, which, np.hypot(ends[:, 2], ends[:, 3]))
    return Shapes(
        footprints=list(footprints),
        planes=there,
        distance_m=distance_m,
        circle=kind == _POINT,
        areal=areal,
        reach_m=reach + distance_m,
        edges=edges(ends, count),
    )


def _edges_in_degrees(
    footprints: "np.ndarray[tuple[int], np.dtype[np.object_]]",
) -> tuple[IndexArray, FloatArray, FloatArray]:
    """Return `(version, start, end)` of every edge in degrees, sorted by version and in drawing order within it."""
    parts, version = shapely.get_parts(footprints, return_index=True)
    kind = shapely.get_type_id(parts)
    rings, part = shapely.get_rings(parts, return_index=True)
    straight = np.flatnonzero(kind != 3)
    strings = np.concatenate([rings, parts[straight]])
    of_version = np.concatenate([version[part], version[straight]])
    coordinates, string = shapely.get_coordinates(strings, return_index=True)
    consecutive = np.flatnonzero(string[1:] == string[:-1])
    alone = np.flatnonzero(np.isin(string, np.flatnonzero(shapely.get_type_id(strings) == _POINT)))
    start = np.concatenate([coordinates[consecutive], coordinates[alone]])
    end = np.concatenate([coordinates[consecutive + 1], coordinates[alone]])
    which = of_version[np.concatenate([string[consecutive], string[alone]])]
    order = np.argsort(which, kind="stable")
    return which[order].astype(np.int64), start[order], end[order]


def _refuse(
    versions: Sequence[tuple[ZoneId, ZoneVersion]],
    footprints: "np.ndarray[tuple[int], np.dtype[np.object_]]",
    distance_m: FloatArray,
    kind: "np.ndarray[tuple[int], np.dtype[np.int32]]",
) -> None:
    """Raise ZoneUnreadable for a shape without an answer; what is merely unwise is refused by `read_footprint`."""
    bounds = shapely.bounds(footprints).reshape(-1, 4)
    known = np.isin(kind, _KNOWN)
    with np.errstate(invalid="ignore"):
        placed = (np.abs(bounds[:, [0, 2]]) <= 180).all(axis=1) & (np.abs(bounds[:, [1, 3]]) <= 90).all(axis=1)
    checks = (
        (known, "it is not a point, line, polygon or several of one kind"),
        (~shapely.is_empty(footprints), "it is empty"),
        (placed, "a coordinate is not a number in range"),
        (np.isfinite(distance_m) & (distance_m >= 0), "its distance is not a number of metres, 0 or more"),
        (np.isin(kind, _AREAL) | (distance_m > 0), "a point or a line needs a distance"),
        (shapely.is_valid(footprints), "a ring crosses itself or a part has no extent"),
    )
    for good, fault in checks:
        for bad in np.flatnonzero(~good)[:1].tolist():
            zone_id, version = versions[bad]
            raise ZoneUnreadable(zone_id, version.version, fault)
