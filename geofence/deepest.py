"""R7: how deep inside a polygon does a line go?"""

import numpy as np

from geofence.lines import Beside, Lines
from geofence.tracks import FloatArray, IndexArray

# The deepest place is searched until nothing can be deeper by more.
_SEARCHED_TO_M = 1e-5


def deepest_inside(near: Beside, lines: Lines, line: IndexArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """Return the greatest distance from the edges over stretches of each line; minus infinity where it has none.

    line, low, high: stretch i is the part of line `line[i]` between two shares that lies inside a polygon.
    The distance to one edge is convex along the line, so within a stretch it is at most what it is at one of its ends:
    stretches that can't hold a deeper place are dropped, the others halved.
    """
    best = np.full(len(lines), -np.inf)
    if len(line) == 0:
        return best

    def to_edges(share: FloatArray) -> FloatArray:
        """Return the distance to each edge from a place on each stretch, and take note of the least."""
        seen = near.seen_from(line, *lines.places(line, share))
        apart_m = seen.apart_m()
        np.maximum.at(best, line, np.minimum.reduceat(apart_m, seen.starts))
        return apart_m

    at_low, at_high = to_edges(low), to_edges(high)
    while len(line):
        count = near.count[line]
        at_most = np.minimum.reduceat(np.maximum(at_low, at_high), np.cumsum(count) - count)
        keep = at_most > best[line] + _SEARCHED_TO_M
        edges = np.repeat(keep, count)
        line, low, high, at_low, at_high = line[keep], low[keep], high[keep], at_low[edges], at_high[edges]
        middle = (low + high) / 2
        at_middle = to_edges(middle) if len(line) else at_low
        line, low, high = np.concatenate([line, line]), np.concatenate([low, middle]), np.concatenate([middle, high])
        at_low, at_high = np.concatenate([at_low, at_middle]), np.concatenate([at_middle, at_high])
    return best
