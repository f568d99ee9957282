"""R7, R8: when does a leg enter and leave a zone, and how deep does it go?

A leg is straight in the zone's plane and walked at constant speed. Depths are compared as R0 rounds them, so a place
counts as inside the zone if its depth is at least half a millimetre short of 0.
"""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from geofence.depth import inside_even_odd, nearest_on_edge
from geofence.fixes import Fixes
from geofence.instants import Instant, Interval
from geofence.plane import place_in_plane
from geofence.scene import Scene
from geofence.shapes import Shapes
from geofence.tracks import BoolArray, FloatArray
from geofence.zones import Zones

_ROUNDS_TO_ZERO_M = 0.0005
# The deepest place is searched until nothing can be deeper by more.
_SEARCHED_TO_M = 1e-5


class Passage(NamedTuple):
    """The part of a leg at depth 0 or more: its first and last instant, and its greatest depth."""

    entry: Instant
    exit: Instant
    deepest_m: float


class _Line(NamedTuple):
    """A straight stretch in a plane, from (x, y) to (x + dx, y + dy)."""

    x: float
    y: float
    dx: float
    dy: float


def passage(scene: Scene, zone: int, interval: int, leg: tuple[int, int], during: Interval) -> Passage | None:
    """Return how the leg between two fixes passes through a zone during an interval, its end included; None if not.

    Each instant is judged by the version then valid; where none is, by the one that opens (before) or closes (after)
    the in-force interval. Instants are rounded to 1 ms, the depth to 0.001 m (R0).
    """
    fixes, zones = scene.fixes, scene.zones
    start, end = int(fixes.at[leg[0]]), int(fixes.at[leg[1]])
    touched: list[tuple[float, float, float]] = []
    for low, high, version in _stretches(zones, zone, interval, during):
        (x, y), (to_x, to_y) = (place_in_plane(zones.shapes.planes, version, *_position(fixes, fix)) for fix in leg)
        ahead, behind = (low - start) / (end - start), (high - start) / (end - start)
        dx, dy = to_x - x, to_y - y
        line = _Line(x + ahead * dx, y + ahead * dy, (behind - ahead) * dx, (behind - ahead) * dy)
        met = (_through_circle if zones.shapes.circle[version] else _through_edges)(zones.shapes, version, line)
        if met is not None:
            touched.append((low + met[0] * (high - low), low + met[1] * (high - low), met[2]))
    if not touched:
        return None
    deepest = round(max(depth for _, _, depth in touched), 3) + 0.0
    return Passage(_to_millisecond(touched[0][0]), _to_millisecond(touched[-1][1]), deepest)


def _position(fixes: Fixes, fix: int) -> tuple[float, float]:
    return float(fixes.longitude_deg[fix]), float(fixes.latitude_deg[fix])


def _to_millisecond(at: float) -> Instant:
    return Instant(round(at / 1000) * 1000)


def _stretches(zones: Zones, zone: int, interval: int, during: Interval) -> list[tuple[int, int, int]]:
    """Return `(from, to, version)` that cover `during` without a gap."""
    first = int(zones.version_first[zone])
    versions = range(first, first + int(zones.version_count[zone]))
    if len(versions) == 1:
        return [(during.start, during.end, first)]
    opens, closes = opening_version(zones, zone, interval), closing_version(zones, zone, interval)
    opened = int(zones.interval_start[interval])
    edges = {int(edge) for version in versions for edge in (zones.valid_from[version], zones.valid_until[version])}
    cuts = [during.start, *sorted(edge for edge in edges if during.start < edge < during.end), during.end]
    found = []
    for low, high in pairwise(cuts):
        valid = [v for v in versions if zones.valid_from[v] <= low < zones.valid_until[v]]
        found.append((low, high, valid[0] if valid else opens if low < opened else closes))
    return found


def opening_version(zones: Zones, zone: int, interval: int) -> int:
    """Return the version that is valid when an in-force interval opens."""
    return _latest_from(zones, zone, int(zones.interval_start[interval]))


def closing_version(zones: Zones, zone: int, interval: int) -> int:
    """Return the version that is valid just before an in-force interval closes."""
    return _latest_from(zones, zone, int(zones.interval_end[interval]) - 1)


def _latest_from(zones: Zones, zone: int, at: int) -> int:
    first = int(zones.version_first[zone])
    own = zones.valid_from[first : first + int(zones.version_count[zone])]
    return first + int(np.searchsorted(own, at, side="right")) - 1


def _inside(edges: FloatArray, x: float, y: float) -> bool:
    x1, y1, x2, y2 = (edges - (x, y, x, y)).T
    return bool(inside_even_odd(x1, y1, x2, y2, np.zeros(1, dtype=np.int64))[0])


def _through_circle(shapes: Shapes, version: int, line: _Line) -> tuple[float, float, float] | None:
    """Return the first and last share of a line, 0 to 1, at a depth that rounds to 0 or more; the greatest depth."""
    radius = float(shapes.distance_m[version])
    squared = line.dx * line.dx + line.dy * line.dy
    nearest = -(line.x * line.dx + line.y * line.dy) / squared if squared > 0 else 0.0
    deepest = min(max(nearest, 0.0), 1.0)
    depth = radius - math.hypot(line.x + deepest * line.dx, line.y + deepest * line.dy)
    if depth < -_ROUNDS_TO_ZERO_M:
        return None
    if squared == 0:
        return 0.0, 1.0, depth
    away = (line.x * line.dy - line.y * line.dx) ** 2 / squared
    half = math.sqrt(max((radius + _ROUNDS_TO_ZERO_M) ** 2 - away, 0.0) / squared)
    return max(nearest - half, 0.0), min(nearest + half, 1.0), depth


def _through_edges(shapes: Shapes, version: int, line: _Line) -> tuple[float, float, float] | None:
    """Return what `_through_circle` returns, for any shape."""
    edges = shapes.footprint_edges(version)
    within = float(shapes.distance_m[version]) + _ROUNDS_TO_ZERO_M
    low, high = _near_edges(edges, line, within)
    first, last = float(low.min()), float(high.max())
    if shapes.areal[version]:
        first = 0.0 if _inside(edges, line.x, line.y) else first
        last = 1.0 if _inside(edges, line.x + line.dx, line.y + line.dy) else last
    return (first, last, _deepest(shapes, version, line)) if first <= last else None


def _near_edges(edges: FloatArray, line: _Line, within_m: float) -> tuple[FloatArray, FloatArray]:
    """Return, for each edge, between which shares of the line its distance is at most `within_m`; (2, -1) if never."""
    ax, ay, bx, by = edges.T
    length = np.hypot(bx - ax, by - ay)
    some = np.where(length > 0, length, 1.0)
    ux, uy = (bx - ax) / some, (by - ay) / some
    along = (line.x - ax) * ux + (line.y - ay) * uy, line.dx * ux + line.dy * uy
    aside = (line.x - ax) * -uy + (line.y - ay) * ux, line.dy * ux - line.dx * uy
    # A point has nothing beside it: only its disc counts.
    inner = _linear(*along, np.where(length > 0, 0.0, 1.0), np.where(length > 0, length, -1.0))
    outer = _linear(*aside, np.full(len(ax), -within_m), np.full(len(ax), within_m))
    beside = np.maximum(inner[0], outer[0]), np.minimum(inner[1], outer[1])
    ranges = [beside, _disc(line.x - ax, line.y - ay, line, within_m), _disc(line.x - bx, line.y - by, line, within_m)]
    low, high = np.full(len(ax), 2.0), np.full(len(ax), -1.0)
    for enters, leaves in ranges:
        start, end = np.maximum(enters, 0.0), np.minimum(leaves, 1.0)
        met = start <= end
        low, high = np.where(met, np.minimum(low, start), low), np.where(met, np.maximum(high, end), high)
    return low, high


def _linear(value: FloatArray, slope: FloatArray, least: FloatArray, most: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return between which shares `value + share * slope` lies in `[least, most]`."""
    still = np.abs(slope) < 1e-12
    held = (value >= least) & (value <= most)
    moving = np.where(still, 1.0, slope)
    one, other = (least - value) / moving, (most - value) / moving
    low = np.where(still, np.where(held, -1.0, 2.0), np.minimum(one, other))
    high = np.where(still, np.where(held, 2.0, -1.0), np.maximum(one, other))
    return low, high


def _disc(x: FloatArray, y: FloatArray, line: _Line, radius_m: float) -> tuple[FloatArray, FloatArray]:
    """Return between which shares a line that starts at (x, y) lies within `radius_m` of the origin."""
    a = line.dx * line.dx + line.dy * line.dy
    if a < 1e-24:
        held = x * x + y * y <= radius_m * radius_m
        return np.where(held, 0.0, 2.0), np.where(held, 1.0, -1.0)
    nearest = -(x * line.dx + y * line.dy) / a
    away = (x * line.dy - y * line.dx) ** 2 / a
    met = away <= radius_m * radius_m
    half = np.sqrt(np.maximum(radius_m * radius_m - away, 0.0) / a)
    return np.where(met, nearest - half, 2.0), np.where(met, nearest + half, -1.0)


def _deepest(shapes: Shapes, version: int, line: _Line) -> float:
    """Return the greatest depth along a line."""
    edges, distance = shapes.footprint_edges(version), float(shapes.distance_m[version])
    shares = np.unique(np.concatenate([[0.0, 1.0], _meets(edges, line)]))
    if shapes.areal[version]:
        middle = (shares[:-1] + shares[1:]) / 2
        within = np.array(
            [_inside(edges, line.x + s * line.dx, line.y + s * line.dy) for s in middle.tolist()], dtype=np.bool_
        )
        if within.any():
            return distance + _deepest_inside(edges, line, shares[:-1][within], shares[1:][within])
    return distance - _apart_m(edges, line, met=len(shares) > 2)


def _meets(edges: FloatArray, line: _Line) -> FloatArray:
    """Return the shares of a line at which it meets an edge."""
    ax, ay, bx, by = (edges - (line.x, line.y, line.x, line.y)).T
    start, end = line.dx * ay - line.dy * ax, line.dx * by - line.dy * bx
    astride = np.flatnonzero((start > 0) != (end > 0))
    ax, ay, bx, by, start, end = (column[astride] for column in (ax, ay, bx, by, start, end))
    part = start / (start - end)
    x, y = ax + part * (bx - ax), ay + part * (by - ay)
    squared = line.dx * line.dx + line.dy * line.dy
    share = (x * line.dx + y * line.dy) / squared if squared > 0 else np.empty(0)
    found: FloatArray = share[(share > 0) & (share < 1)]
    return found


def _apart_m(edges: FloatArray, line: _Line, *, met: bool) -> float:
    """Return the distance between a line and the edges, 0 if they meet."""
    if met:
        return 0.0
    ends = [nearest_on_edge(*(edges - (x, y, x, y)).T)[2].min() for x, y in _ends(line)]
    corners = np.concatenate([edges[:, :2], edges[:, 2:]])
    ax, ay = line.x - corners[:, 0], line.y - corners[:, 1]
    ends.append(nearest_on_edge(ax, ay, ax + line.dx, ay + line.dy)[2].min())
    return float(np.sqrt(min(ends)))


def _ends(line: _Line) -> tuple[tuple[float, float], tuple[float, float]]:
    return (line.x, line.y), (line.x + line.dx, line.y + line.dy)


def _deepest_inside(edges: FloatArray, line: _Line, low: FloatArray, high: FloatArray) -> float:
    """Return the greatest distance to the nearest edge over stretches `[low, high]` of a line inside a polygon.

    The distance to one edge is convex along the line, so within a stretch it is at most what it is at one of its ends:
    stretches that can't hold a deeper place are dropped, the others halved.
    """
    at_low, at_high = _to_every_edge(edges, line, low), _to_every_edge(edges, line, high)
    best = float(max(at_low.min(axis=1).max(), at_high.min(axis=1).max()))
    while len(low):
        keep: BoolArray = np.maximum(at_low, at_high).min(axis=1) > best + _SEARCHED_TO_M
        low, high, at_low, at_high = low[keep], high[keep], at_low[keep], at_high[keep]
        middle = (low + high) / 2
        at_middle = _to_every_edge(edges, line, middle)
        if len(middle):
            best = max(best, float(at_middle.min(axis=1).max()))
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
        at_low, at_high = np.concatenate([at_low, at_middle]), np.concatenate([at_middle, at_high])
    return best


def _to_every_edge(edges: FloatArray, line: _Line, shares: FloatArray) -> FloatArray:
    """Return the distance of each place on a line to each edge; shape (shares, edges)."""
    x, y = line.x + shares * line.dx, line.y + shares * line.dy
    ax, ay, bx, by = (edges[:, column][None, :] for column in range(4))
    _, _, squared = nearest_on_edge(ax - x[:, None], ay - y[:, None], bx - x[:, None], by - y[:, None])
    distance: FloatArray = np.sqrt(squared)
    return distance
