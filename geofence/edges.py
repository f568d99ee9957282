"""Which edges of a shape can matter to a fix? Of ten thousand edges, those of a few groups."""

from dataclasses import dataclass

import numpy as np

from geofence.segments import spread
from geofence.tracks import FloatArray, IndexArray

_GROUP = 32
# How many (fix, edge) pairs are worked on at once: bounds memory.
_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The edges of m shapes: `count[i]` rows of `ends`, shape (e, 4), from (0, 1) to (2, 3), belong to shape i.

    Up to 32 consecutive edges of a shape make a group: `group_first`, `group_count` of each shape; `first`, `size` and
    `box`, shape (4, groups): west, south, east, north, of each group.
    """

    ends: FloatArray
    count: IndexArray
    group_first: IndexArray
    group_count: IndexArray
    first: IndexArray
    size: IndexArray
    box: FloatArray


def edges(ends: FloatArray, count: IndexArray) -> Edges:
    """Return edges in groups; `ends` holds the edges of shape after shape, at least one of each."""
    group_count = -(-count // _GROUP)
    own_first = np.cumsum(count) - count
    shape, number = spread(np.zeros(len(count), dtype=np.int64), group_count)
    first = own_first[shape] + _GROUP * number
    size = np.minimum(own_first[shape] + count[shape] - first, _GROUP)
    low, high = np.minimum(ends[:, :2], ends[:, 2:]), np.maximum(ends[:, :2], ends[:, 2:])
    if len(first) == 0:
        return Edges(ends, count, group_count, group_count, first, size, np.empty((4, 0)))
    box = np.concatenate([np.minimum.reduceat(low, first), np.maximum.reduceat(high, first)], axis=1)
    return Edges(
        ends, count, np.cumsum(group_count) - group_count, group_count, first, size, np.ascontiguousarray(box.T)
    )


def in_batches(rows: IndexArray, weight: IndexArray) -> list[IndexArray]:
    """Cut rows into batches whose weights sum to about a million, so that memory stays bounded."""
    if len(rows) == 0:
        return []
    batch = (np.cumsum(weight) - weight) // _AT_ONCE
    return np.split(rows, np.flatnonzero(np.diff(batch)) + 1)


def that_matter(
    some: Edges,
    shape: IndexArray,
    east_m: FloatArray,
    north_m: FloatArray,
    within_m: FloatArray,
    around_m: FloatArray | float = 0.0,
) -> tuple[IndexArray, IndexArray, IndexArray]:
    """Return `(fix, edge, starts)`: for each fix the edges that can matter to it, or to any place within `around_m`.

    These may be its nearest, lie within `within_m` of it, or are met by a ray eastwards from it.

    shape, east_m, north_m, within_m: shape (n,). fix, edge: rows, fix after fix; starts: where each fix's edges begin.
    """
    fix, group = spread(some.group_first[shape], some.group_count[shape])
    several = some.group_count[shape] > 1
    if several.any():
        around = np.broadcast_to(around_m, len(shape))
        west, south, east, north = some.box[:, group]
        x, y, more = east_m[fix], north_m[fix], around[fix]
        least = np.hypot(np.maximum(np.maximum(west - x, x - east), 0), np.maximum(np.maximum(south - y, y - north), 0))
        corner = some.ends[some.first[group]]
        begins = np.cumsum(some.group_count[shape]) - some.group_count[shape]
        # Each group's first corner is a place of the shape: the nearest edge is no farther than the nearest corner.
        nearest = np.minimum.reduceat(np.hypot(corner[:, 0] - x, corner[:, 1] - y), begins)
        keep = least <= np.maximum(nearest + 2 * around, within_m + around)[fix] + 1e-6
        keep |= (south - more <= y) & (y <= north + more) & (east >= x - more)
        fix, group = fix[keep], group[keep]
    owner, edge = spread(some.first[group], some.size[group])
    per_fix = np.bincount(fix, weights=some.size[group], minlength=len(shape)).astype(np.int64)
    return fix[owner], edge, np.cumsum(per_fix) - per_fix
