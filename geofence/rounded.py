"""R4: the outline of everything within a distance of a footprint, its arcs drawn as chords within 0.5 mm.

Built from the footprint's own edges: a rectangle on the right of each edge, a sector at each corner that turns left,
and the footprint itself. (A general buffer simplifies its input by up to a hundredth of the distance, which is metres.)
"""

import math

import numpy as np
import shapely
from shapely import Geometry

from geofence.tracks import FloatArray

_SAGITTA_M = 0.0005
# Even a disc of less than that is drawn with eight corners: it has an area.
_WIDEST = math.pi / 4


def outline_within(edges: FloatArray, distance_m: float, *, areal: bool) -> FloatArray:
    """Return the oriented edges, shape (k, 4), of the area within `distance_m` > 0 of a footprint.

    edges: shape (n, 4), metres in a plane, as `Shapes` holds them. The area lies on the left of every edge returned.
    """
    pieces: list[Geometry] = []
    for chain in _chains(edges):
        closed = chain if areal else _there_and_back(chain)
        pieces += _cover(closed, distance_m)
    if areal:
        pieces.append(_area(_chains(edges)))
    whole = shapely.orient_polygons(shapely.union_all(np.array(pieces, dtype=object)))
    rings = shapely.get_rings(shapely.get_parts(whole))
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return np.concatenate([coordinates[:-1][same], coordinates[1:][same]], axis=1)


def _chains(edges: FloatArray) -> list[FloatArray]:
    """Return the vertices, shape (k, 2), of each ring, line or point that the edges were cut from."""
    broken = np.flatnonzero((edges[1:, 0] != edges[:-1, 2]) | (edges[1:, 1] != edges[:-1, 3])) + 1
    chains = []
    for run in np.split(edges, broken):
        start = 0
        for stop in range(len(run)):
            # A ring ends where it began; two rings that touch there would otherwise look like one.
            if stop == len(run) - 1 or (run[stop, 2:] == run[start, :2]).all():
                chains.append(np.concatenate([run[start : stop + 1, :2], run[stop : stop + 1, 2:]]))
                start = stop + 1
    return chains


def _there_and_back(chain: FloatArray) -> FloatArray:
    return np.concatenate([chain, chain[-2::-1]])


def _cover(closed: FloatArray, distance_m: float) -> list[Geometry]:
    """Return rectangles and sectors on the right of a closed chain of vertices."""
    step = closed[1:] - closed[:-1]
    length = np.hypot(step[:, 0], step[:, 1])
    moving = length > 0
    if not moving.any():
        return [shapely.Polygon(_arc(closed[0], 0.0, 2 * math.pi, distance_m))]
    start, end, step = closed[:-1][moving], closed[1:][moving], step[moving] / length[moving, None]
    right = np.stack([step[:, 1], -step[:, 0]], axis=1) * distance_m
    corners = np.stack([start, start + right, end + right, end], axis=1)
    pieces: list[Geometry] = [shapely.Polygon(rectangle) for rectangle in corners]
    heading = np.arctan2(right[:, 1], right[:, 0])
    turn = np.roll(heading, -1) - heading
    turn = (turn + math.pi) % (2 * math.pi) - math.pi
    # Turning back on itself is a half turn to the left: both sides of a line's end are covered by the way back.
    turn[turn <= -math.pi + 1e-9] = math.pi
    for corner in np.flatnonzero(turn > 1e-12).tolist():
        following = (corner + 1) % len(end)
        arc = _arc(end[corner], float(heading[corner]), float(turn[corner]), distance_m)
        arc[0], arc[-1] = end[corner] + right[corner], end[corner] + right[following]
        if len(arc) == 2:
            arc = np.concatenate([arc, arc[-1:]])
        pieces.append(shapely.Polygon(np.concatenate([end[corner : corner + 1], arc])))
    return pieces


def _arc(centre: FloatArray, heading: float, turn: float, radius_m: float) -> FloatArray:
    """Return points on a circle whose chords stay within the sagitta of it."""
    widest = min(2 * math.acos(max(0.0, 1 - _SAGITTA_M / radius_m)), _WIDEST)
    angle = heading + np.linspace(0, turn, max(1, math.ceil(turn / widest)) + 1)
    return np.stack([centre[0] + radius_m * np.cos(angle), centre[1] + radius_m * np.sin(angle)], axis=1)


def _area(rings: list[FloatArray]) -> Geometry:
    """Return the polygon, or several, that oriented rings bound."""
    solid = [shapely.Polygon(ring) for ring in rings if _doubled_area(ring) > 0]
    holes = [shapely.Polygon(ring) for ring in rings if _doubled_area(ring) < 0]
    return shapely.difference(shapely.union_all(solid), shapely.union_all(holes))


def _doubled_area(ring: FloatArray) -> float:
    return float(np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]))
