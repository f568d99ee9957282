"""Straight lines in the planes of zones, and the edges beside them."""

from dataclasses import dataclass

import numpy as np

from geofence.depth import inside_even_odd, nearest_on_edge
from geofence.edges import that_matter
from geofence.segments import spread
from geofence.shapes import Shapes
from geofence.tracks import BoolArray, FloatArray, IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Straight lines in the planes of zone versions, from (x, y) to (x + dx, y + dy); columns of shape (n,)."""

    version: IndexArray
    x: FloatArray
    y: FloatArray
    dx: FloatArray
    dy: FloatArray

    def __len__(self) -> int:
        return len(self.version)

    def __getitem__(self, rows: IndexArray) -> "Lines":
        return Lines(*(getattr(self, name)[rows] for name in self.__slots__))

    def places(self, line: IndexArray, share: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the place `share[i]` of the way along line `line[i]`."""
        return self.x[line] + share * self.dx[line], self.y[line] + share * self.dy[line]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Edges as seen from places, place after place from `starts` on: from (ax, ay) to (bx, by)."""

    starts: IndexArray
    ax: FloatArray
    ay: FloatArray
    bx: FloatArray
    by: FloatArray

    def inside(self) -> BoolArray:
        """Return whether each place lies inside the polygon that its edges bound."""
        if len(self.starts) == 0:
            return np.zeros(0, dtype=np.bool_)
        return inside_even_odd(self.ax, self.ay, self.bx, self.by, self.starts)

    def apart_m(self) -> FloatArray:
        """Return the distance to each edge, shape (edges,)."""
        _, _, squared = nearest_on_edge(self.ax, self.ay, self.bx, self.by)
        distance: FloatArray = np.sqrt(squared)
        return distance


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """The edges that can matter to any place on each line: rows of `ends`, shape (e, 4), line after line.

    line: whose edge each is, shape (e,). first, count: where those of each line begin, and how many they are.
    """

    line: IndexArray
    ends: FloatArray
    first: IndexArray
    count: IndexArray

    def seen_from(self, line: IndexArray, x: FloatArray, y: FloatArray) -> Seen:
        """Return the edges beside line `line[i]` as seen from place (x[i], y[i]) on it."""
        count = self.count[line]
        place, row = spread(self.first[line], count)
        x1, y1, x2, y2 = self.ends[row].T
        return Seen(np.cumsum(count) - count, x1 - x[place], y1 - y[place], x2 - x[place], y2 - y[place])

    def meetings(self, lines: Lines) -> tuple[IndexArray, FloatArray]:
        """Return `(line, share)` of each place, but for its ends, at which a line meets an edge."""
        dx, dy = lines.dx[self.line], lines.dy[self.line]
        x, y = lines.x[self.line], lines.y[self.line]
        ax, ay, bx, by = self.ends[:, 0] - x, self.ends[:, 1] - y, self.ends[:, 2] - x, self.ends[:, 3] - y
        start, end = dx * ay - dy * ax, dx * by - dy * bx
        astride = np.flatnonzero((start > 0) != (end > 0))
        part = start[astride] / (start[astride] - end[astride])
        ax, ay, bx, by, dx, dy = (column[astride] for column in (ax, ay, bx, by, dx, dy))
        share = ((ax + part * (bx - ax)) * dx + (ay + part * (by - ay)) * dy) / (dx * dx + dy * dy)
        within = (share > 0) & (share < 1)
        return self.line[astride[within]], share[within]

    def least_m(self, lines: Lines) -> FloatArray:
        """Return the distance between each line and the nearest of its edges that it does not meet."""
        squared = np.full(len(self.line), np.inf)
        for share in (0.0, 1.0):
            x, y = lines.x + share * lines.dx, lines.y + share * lines.dy
            ends = self.ends - np.stack([x, y, x, y], axis=1)[self.line]
            squared = np.minimum(squared, nearest_on_edge(*ends.T)[2])
        for corner in (self.ends[:, :2], self.ends[:, 2:]):
            ax, ay = lines.x[self.line] - corner[:, 0], lines.y[self.line] - corner[:, 1]
            _, _, apart = nearest_on_edge(ax, ay, ax + lines.dx[self.line], ay + lines.dy[self.line])
            squared = np.minimum(squared, apart)
        least: FloatArray = np.sqrt(np.minimum.reduceat(squared, self.first))
        return least


def beside(shapes: Shapes, lines: Lines, within_m: FloatArray) -> Beside:
    """Return the edges that may be nearest to a place on a line, within some metres of it, or east of it."""
    half_m = np.hypot(lines.dx, lines.dy) / 2
    middle = lines.x + lines.dx / 2, lines.y + lines.dy / 2
    line, edge, first = that_matter(shapes.edges, lines.version, *middle, within_m, half_m)
    return Beside(line, shapes.edges.ends[edge], first, np.diff(first, append=len(edge)))
