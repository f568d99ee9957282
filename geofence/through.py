"""R7, R8: between which shares of its length does a straight line lie in a zone, and how deep does it go?

Depths are compared as R0 rounds them, so a place counts as inside the zone if its depth is at least half a millimetre
short of 0.
"""

import numpy as np

from geofence.deepest import deepest_inside
from geofence.edges import in_batches
from geofence.lines import Beside, Lines, beside
from geofence.shapes import Shapes
from geofence.tracks import BoolArray, FloatArray, IndexArray

_ROUNDS_TO_ZERO_M = 0.0005

# The first and the last share of each line in its zone, 0 to 1, and the greatest depth: three columns of shape (n,).
_Found = tuple[FloatArray, FloatArray, FloatArray]


def through(shapes: Shapes, lines: Lines, *, how_deep: bool = True) -> _Found:
    """Return the first and last share of each line at a depth that rounds to 0 or more, and the greatest depth.

    Where there is none, the first share is greater than the last. how_deep: whether anybody asks for the depth; it is
    minus infinity otherwise, but for circles.
    """
    found = tuple(np.full(len(lines), value) for value in (2.0, -1.0, -np.inf))
    first, last, deepest = found
    circle = shapes.circle[lines.version]
    edged = np.flatnonzero(~circle)
    rows = np.flatnonzero(circle)
    first[rows], last[rows], deepest[rows] = _through_circles(shapes, lines[rows])
    for rows in in_batches(edged, shapes.edges.count[lines.version[edged]]):
        first[rows], last[rows], deepest[rows] = _through_edges(shapes, lines[rows], how_deep)
    return first, last, deepest


def _through_circles(shapes: Shapes, lines: Lines) -> _Found:
    x, y, dx, dy = lines.x, lines.y, lines.dx, lines.dy
    radius = shapes.distance_m[lines.version]
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


def _through_edges(shapes: Shapes, lines: Lines, how_deep: bool) -> _Found:
    """1. Where is a line near an edge? 2. Does it start, or end, inside a polygon? 3. How deep does it go?"""
    distance = shapes.distance_m[lines.version]
    within = distance + _ROUNDS_TO_ZERO_M
    near = beside(shapes, lines, within)
    low, high = _near_edges(near, lines, within)
    first, last = np.minimum.reduceat(low, near.first), np.maximum.reduceat(high, near.first)
    areal = np.flatnonzero(shapes.areal[lines.version])
    first[areal[_inside(near, lines, areal, np.zeros(len(areal)))]] = 0.0
    last[areal[_inside(near, lines, areal, np.ones(len(areal)))]] = 1.0
    deepest = np.full(len(lines), -np.inf)
    met = np.flatnonzero(first <= last)
    if how_deep:
        deepest[met] = distance[met] + _depth_to_edges(shapes, near, lines, met)
    return first, last, deepest


def _inside(near: Beside, lines: Lines, line: IndexArray, share: FloatArray) -> BoolArray:
    """Return whether some places on lines lie inside their polygon: `share[i]` of the way along line `line[i]`."""
    return near.seen_from(line, *lines.places(line, share)).inside()


def _near_edges(near: Beside, lines: Lines, within_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return, for each edge beside a line, between which shares they are `within_m` apart at most; (2, -1) if never."""
    line = near.line
    x1, y1, x2, y2 = near.ends.T
    dx, dy, within = lines.dx[line], lines.dy[line], within_m[line]
    length = np.hypot(x2 - x1, y2 - y1)
    some = np.where(length > 0, length, 1.0)
    ux, uy = (x2 - x1) / some, (y2 - y1) / some
    ax, ay = lines.x[line] - x1, lines.y[line] - y1
    bx, by = lines.x[line] - x2, lines.y[line] - y2
    # A point has nothing beside it: only its disc counts.
    inner = _linear(
        ax * ux + ay * uy, dx * ux + dy * uy, np.where(length > 0, 0.0, 1.0), np.where(length > 0, length, -1.0)
    )
    outer = _linear(ay * ux - ax * uy, dy * ux - dx * uy, -within, within)
    between = np.maximum(inner[0], outer[0]), np.minimum(inner[1], outer[1])
    low, high = np.full(len(line), 2.0), np.full(len(line), -1.0)
    for enters, leaves in (between, _disc(ax, ay, dx, dy, within), _disc(bx, by, dx, dy, within)):
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


def _disc(
    x: FloatArray, y: FloatArray, dx: FloatArray, dy: FloatArray, radius_m: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return between which shares a line that starts at (x, y) lies within `radius_m` of the origin."""
    squared = dx * dx + dy * dy
    still = squared < 1e-24
    some = np.where(still, 1.0, squared)
    nearest = np.where(still, 0.5, -(x * dx + y * dy) / some)
    away = np.where(still, x * x + y * y, (x * dy - y * dx) ** 2 / some)
    half = np.where(still, 0.5, np.sqrt(np.maximum(radius_m * radius_m - away, 0.0) / some))
    met = away <= radius_m * radius_m
    return np.where(met, nearest - half, 2.0), np.where(met, nearest + half, -1.0)


def _depth_to_edges(shapes: Shapes, near: Beside, lines: Lines, line: IndexArray) -> FloatArray:
    """Return the greatest distance from the edges inside a polygon or, outside, minus the least distance to them."""
    meeting, share = near.meetings(lines)
    is_met = np.bincount(meeting, minlength=len(lines)) > 0
    depth = np.where(is_met[line], 0.0, -near.least_m(lines)[line])
    areal = line[shapes.areal[lines.version[line]]]
    wanted = np.zeros(len(lines), dtype=np.bool_)
    wanted[areal] = True
    meeting, share = meeting[wanted[meeting]], share[wanted[meeting]]
    stretches, owner, at_most_m = _inner_stretches(near, lines, areal, meeting, share)
    deepest = deepest_inside(shapes, stretches, owner, at_most_m, len(lines))
    return np.where(deepest[line] > -np.inf, deepest[line], depth)


def _inner_stretches(
    near: Beside, lines: Lines, areal: IndexArray, meeting: IndexArray, share: FloatArray
) -> tuple[Lines, IndexArray, FloatArray]:
    """Return the stretches of some lines that lie inside their polygon, the line of each, and how deep it is at most.

    meeting, share: where a line meets an edge. At each meeting it changes sides, so that one look settles all its
    stretches; it is taken from the middle of the longest, where it is surest.
    """
    line = np.concatenate([areal, areal, meeting])
    share = np.concatenate([np.zeros(len(areal)), np.ones(len(areal)), share])
    order = np.lexsort((share, line))
    line, share = line[order], share[order]
    between = np.flatnonzero(line[1:] == line[:-1])
    owner, low, high = line[between], share[between], share[between + 1]
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    count = np.diff(first, append=len(owner))
    number, count = np.arange(len(owner)) - np.repeat(first, count), np.repeat(count, count)
    longest = np.lexsort((low - high, owner))[first]
    sides = np.zeros(len(lines), dtype=np.int64)
    sides[owner[longest]] = _inside(near, lines, owner[longest], (low + high)[longest] / 2) + number[longest]
    inside = np.flatnonzero((sides[owner] - number) % 2 == 1)
    # A place is no deeper than it is far from an end that lies on an edge.
    on_edges = (number > 0).astype(np.int64) + (number < count - 1)
    owner, low, share, on_edges = owner[inside], low[inside], (high - low)[inside], on_edges[inside]
    x, y = lines.places(owner, low)
    dx, dy = share * lines.dx[owner], share * lines.dy[owner]
    length = np.hypot(dx, dy)
    at_most_m = np.where(on_edges == 2, length / 2, np.where(on_edges == 1, length, np.inf))
    return Lines(lines.version[owner], x, y, dx, dy), owner, at_most_m
