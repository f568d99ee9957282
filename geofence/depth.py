"""R3: how deep inside a zone, or how far outside it, is a fix?"""

import numpy as np

from geofence.edges import in_batches, that_matter
from geofence.plane import WGS84, from_plane
from geofence.shapes import Shapes
from geofence.tracks import BoolArray, FloatArray, IndexArray

# The plane alone is good to 1 cm up to here; farther away the geodesic to the nearest place is measured.
_PLANE_IS_ENOUGH_M = 4_000.0


def depth_m(
    shapes: Shapes,
    version: IndexArray,
    east_m: FloatArray,
    north_m: FloatArray,
    place_deg: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Return the signed depth of each fix in its zone version: metres from the edge, positive inside, to 0.001 (R0).

    version, east_m, north_m: shape (n,), the place in the version's plane; place_deg: its longitude and latitude.
    Outside the footprint it is `distance_m - (distance to the footprint)`, inside `distance_m + (to its boundary)`.
    """
    metres = np.hypot(east_m, north_m)
    inside = np.zeros(len(version), dtype=np.bool_)
    edged = np.flatnonzero(~shapes.circle[version])
    for rows in in_batches(edged, shapes.edges.count[version[edged]]):
        metres[rows], inside[rows] = _to_edges(shapes, version[rows], east_m[rows], north_m[rows])
    far = np.flatnonzero(metres > _PLANE_IS_ENOUGH_M)
    if len(far):
        metres[far] = _geodesic_m(
            shapes, version[far], east_m[far], north_m[far], (place_deg[0][far], place_deg[1][far])
        )
    depth: FloatArray = np.round(shapes.distance_m[version] + np.where(inside, metres, -metres), 3) + 0.0
    return depth


def inside_even_odd(ax: FloatArray, ay: FloatArray, bx: FloatArray, by: FloatArray, starts: IndexArray) -> BoolArray:
    """Return, for each run of edges relative to a fix, whether a ray eastwards from the fix meets an odd number."""
    straddles = np.flatnonzero((ay > 0) != (by > 0))
    east = np.zeros(len(ax), dtype=np.int64)
    x1, y1, x2, y2 = ax[straddles], ay[straddles], bx[straddles], by[straddles]
    east[straddles] = x1 - y1 * (x2 - x1) / (y2 - y1) > 0
    odd: BoolArray = np.add.reduceat(east, starts) % 2 == 1
    return odd


def _to_edges(
    shapes: Shapes, version: IndexArray, east_m: FloatArray, north_m: FloatArray
) -> tuple[FloatArray, BoolArray]:
    """Return `(metres to the nearest edge, inside a polygon)` of each fix, both shape (n,)."""
    fix, edge, starts = that_matter(shapes.edges, version, east_m, north_m, np.zeros(len(version)))
    x1, y1, x2, y2 = shapes.edges.ends[edge].T
    ax, ay, bx, by = x1 - east_m[fix], y1 - north_m[fix], x2 - east_m[fix], y2 - north_m[fix]
    _, _, squared = nearest_on_edge(ax, ay, bx, by)
    inside = inside_even_odd(ax, ay, bx, by, starts) & shapes.areal[version]
    return np.sqrt(np.minimum.reduceat(squared, starts)), inside


def nearest_on_edge(
    ax: FloatArray, ay: FloatArray, bx: FloatArray, by: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the place on each edge a-b that is nearest to the origin, and its squared distance: `(x, y, squared)`."""
    dx, dy = bx - ax, by - ay
    squared = dx * dx + dy * dy
    along = np.clip(-(ax * dx + ay * dy) / np.where(squared > 0, squared, 1.0), 0.0, 1.0)
    x, y = ax + along * dx, ay + along * dy
    return x, y, x * x + y * y


def _geodesic_m(
    shapes: Shapes,
    version: IndexArray,
    east_m: FloatArray,
    north_m: FloatArray,
    place_deg: tuple[FloatArray, FloatArray],
) -> FloatArray:
    """Return the geodesic's length from each fix to the place of the boundary that is nearest in the plane."""
    metres = np.empty(len(version))
    for rows in in_batches(np.arange(len(version)), shapes.edges.count[version]):
        own, edge, starts = that_matter(shapes.edges, version[rows], east_m[rows], north_m[rows], np.zeros(len(rows)))
        owner = rows[own]
        x1, y1, x2, y2 = shapes.edges.ends[edge].T
        x, y, squared = nearest_on_edge(
            x1 - east_m[owner], y1 - north_m[owner], x2 - east_m[owner], y2 - north_m[owner]
        )
        least = np.minimum.reduceat(squared, starts)
        candidates = np.flatnonzero(squared == least[own])
        best = candidates[np.searchsorted(candidates, starts)]
        there = from_plane(shapes.planes, version[rows], east_m[rows] + x[best], north_m[rows] + y[best])
        _, _, lengths = WGS84.inv(place_deg[0][rows], place_deg[1][rows], *there)
        metres[rows] = lengths
    return metres
