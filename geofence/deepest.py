"""R7: how deep inside a polygon does a line go?"""

import numpy as np

from geofence.edges import in_batches
from geofence.lines import Lines, beside
from geofence.shapes import Shapes
from geofence.tracks import FloatArray, IndexArray

# The deepest place is searched until nothing can be deeper by more.
_SEARCHED_TO_M = 1e-5


def deepest_inside(
    shapes: Shapes, stretches: Lines, owner: IndexArray, at_most_m: FloatArray, owners: int
) -> FloatArray:
    """Return the greatest distance from the edges over all stretches of each owner; minus infinity where it has none.

    stretches: lines that lie inside their polygon all along. owner: whose each is, of `owners`. at_most_m: no place on
    a stretch is deeper; so the most promising of each owner is searched first, and most of the others never.
    """
    best = np.full(owners, -np.inf)
    order = np.lexsort((-at_most_m, owner))
    leads = np.diff(owner[order], prepend=-1) > 0
    others = order[~leads]
    for chosen in (order[leads], others[np.argsort(-at_most_m[others], kind="stable")]):
        hopeful = chosen[at_most_m[chosen] > best[owner[chosen]] + _SEARCHED_TO_M]
        for batch in in_batches(hopeful, shapes.edges.count[stretches.version[hopeful]]):
            rows = batch[at_most_m[batch] > best[owner[batch]] + _SEARCHED_TO_M]
            if len(rows):
                _search(shapes, stretches[rows], owner[rows], best)
    return best


def _search(shapes: Shapes, lines: Lines, owner: IndexArray, best: FloatArray) -> None:
    """Raise `best` to the greatest distance from the edges on lines inside a polygon.

    The distance to one edge is convex along a line, so on a part of it it is at most what it is at one of its ends:
    parts that can't hold a deeper place are dropped, the others halved.
    """
    near = beside(shapes, lines, np.zeros(len(lines)))
    line = np.arange(len(lines), dtype=np.int64)
    low, high = np.zeros(len(lines)), np.ones(len(lines))

    def to_edges(share: FloatArray) -> FloatArray:
        """Return the distance to each edge from a place on each part, and take note of the least."""
        seen = near.seen_from(line, *lines.places(line, share))
        apart_m = seen.apart_m()
        np.maximum.at(best, owner[line], np.minimum.reduceat(apart_m, seen.starts))
        return apart_m

    at_low, at_high = to_edges(low), to_edges(high)
    while len(line):
        count = near.count[line]
        at_most = np.minimum.reduceat(np.maximum(at_low, at_high), np.cumsum(count) - count)
        keep = at_most > best[owner[line]] + _SEARCHED_TO_M
        edges = np.repeat(keep, count)
        line, low, high, at_low, at_high = line[keep], low[keep], high[keep], at_low[edges], at_high[edges]
        middle = (low + high) / 2
        at_middle = to_edges(middle) if len(line) else at_low
        line, low, high = np.concatenate([line, line]), np.concatenate([low, middle]), np.concatenate([middle, high])
        at_low, at_high = np.concatenate([at_low, at_middle]), np.concatenate([at_middle, at_high])
