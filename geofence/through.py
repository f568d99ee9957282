"""R7, R8: between which shares of its length does a straight line lie in a zone, and how deep does it go?

Depths are compared as R0 rounds them, so a place counts as inside the zone if its depth is at least half a millimetre
short of 0.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from geofence.depth import inside_even_odd, nearest_on_edge
from geofence.shapes import Shapes
from geofence.tracks import BoolArray, FloatArray, IndexArray

_ROUNDS_TO_ZERO_M = 0.0005
# The deepest place is searched until nothing can be deeper by more.
_SEARCHED_TO_M = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Straight lines in the planes of zone versions, from (x, y) to (x + dx, y + dy); columns of shape (n,)."""

    version: IndexArray
    x: FloatArray
    y: FloatArray
    dx: FloatArray
    dy: FloatArray


class _Line(NamedTuple):
    """One of them."""

    x: float
    y: float
    dx: float
    dy: float


def through(shapes: Shapes, lines: Lines) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the first and last share of each line, 0 to 1, at a depth that rounds to 0 or more; the greatest depth.

    Where there is none, the first share is greater than the last.
    """
    first, last, deepest = (np.full(len(lines.version), value) for value in (2.0, -1.0, -np.inf))
    round_ = shapes.circle[lines.version]
    rows = np.flatnonzero(round_)
    first[rows], last[rows], deepest[rows] = _through_circles(
        shapes.distance_m[lines.version[rows]], lines.x[rows], lines.y[rows], lines.dx[rows], lines.dy[rows]
    )
    for row in np.flatnonzero(~round_).tolist():
        line = _Line(float(lines.x[row]), float(lines.y[row]), float(lines.dx[row]), float(lines.dy[row]))
        met = _through_edges(shapes, int(lines.version[row]), line)
        if met is not None:
            first[row], last[row], deepest[row] = met
    return first, last, deepest


def _through_circles(
    radius: FloatArray, x: FloatArray, y: FloatArray, dx: FloatArray, dy: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    squared = dx * dx + dy * dy
    moving = squared > 0
    some = np.where(moving, squared, 1.0)
    nearest = np.where(moving, -(x * dx + y * dy) / some, 0.0)
    share = np.clip(nearest, 0.0, 1.0)
    deepest = radius - np.hypot(x + share * dx, y + share * dy)
    away = (x * dy - y * dx) ** 2 / some
    half = np.sqrt(np.maximum((radius + _ROUNDS_TO_ZERO_M) ** 2 - away, 0.0) / some)
    met = deepest >= -_ROUNDS_TO_ZERO_M
    first = np.where(met, np.where(moving, np.maximum(nearest - half, 0.0), 0.0), 2.0)
    last = np.where(met, np.where(moving, np.minimum(nearest + half, 1.0), 1.0), -1.0)
    return first, last, deepest


def _through_edges(shapes: Shapes, version: int, line: _Line) -> tuple[float, float, float] | None:
    """Return the first and last share of a line, and the greatest depth, for any shape; None if it stays outside."""
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


def _inside(edges: FloatArray, x: float, y: float) -> bool:
    x1, y1, x2, y2 = (edges - (x, y, x, y)).T
    return bool(inside_even_odd(x1, y1, x2, y2, np.zeros(1, dtype=np.int64))[0])
