"""R4: with what probability does a fix's true position lie inside a zone?

The true position is taken to be circular normal about the fix with `sigma = r95_m / sqrt(-2 ln 0.05)`. Over a polygon
the mass is the polygon's indicator minus a sum over its edges of differences of Owen's T (D. B. Owen, "Tables for
computing bivariate normal probabilities", 1956); within a circle it is the non-central chi-square distribution.
"""

import math

import numpy as np
from scipy.special import chndtr, ndtr, owens_t

from geofence.depth import in_batches, inside_even_odd, nearest_on_edge
from geofence.segments import spread
from geofence.shapes import Shapes
from geofence.tracks import FloatArray, IndexArray

# A circle of so many sigmas holds all but 1.6e-7 of the mass: nothing that six decimals show.
CERTAIN_SIGMAS = 5.6
# Edges farther away move the result by less than 1e-8.
_NEAR_SIGMAS = 6.2
# Above this radius in sigmas the chi-square series grows long; the integral across the circle is smooth.
_WIDE_SIGMAS = 10.0
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(32)
# A fix this close to an edge has no side; it is moved by a micrometre, which moves the result by less than 1e-6.
_ON_EDGE_M = 1e-7
_NUDGES_M = ((8.3e-7, 5.6e-7), (-3.1e-7, 9.5e-7), (5.1e-7, -8.6e-7))


def p_inside(
    shapes: Shapes,
    version: IndexArray,
    east_m: FloatArray,
    north_m: FloatArray,
    depth_m: FloatArray,
    sigma_m: FloatArray,
) -> FloatArray:
    """Return the probability, to 1e-4 and rounded to 1e-6 (R0), that each fix's true position lies in its zone version.

    All arrays but `shapes` have shape (n,); places are metres in the version's plane, `depth_m` as R3 measured it.
    """
    p = np.where(depth_m > 0, 1.0, 0.0)
    doubtful = np.abs(depth_m) < CERTAIN_SIGMAS * sigma_m
    round_ = np.flatnonzero(doubtful & shapes.circle[version])
    if len(round_):
        away = np.hypot(east_m[round_], north_m[round_]) / sigma_m[round_]
        p[round_] = _in_circle(shapes.distance_m[version[round_]] / sigma_m[round_], away)
    edged = np.flatnonzero(doubtful & ~shapes.circle[version])
    if len(edged):
        p[edged] = _in_outline(shapes, version[edged], east_m[edged], north_m[edged], sigma_m[edged])
    rounded: FloatArray = np.round(np.clip(p, 0.0, 1.0), 6) + 0.0
    return rounded


def _in_circle(radius: FloatArray, away: FloatArray) -> FloatArray:
    """Return the mass of a standard circular normal within `radius` of a point `away` from its centre."""
    p = np.empty(len(radius))
    wide = radius > _WIDE_SIGMAS
    narrow = ~wide
    p[narrow] = chndtr(radius[narrow] ** 2, 2, away[narrow] ** 2)
    across = np.sqrt(np.maximum(radius[wide, None] ** 2 - _NODES**2, 0.0))
    centre = away[wide, None]
    p[wide] = ((ndtr(across - centre) - ndtr(-across - centre)) @ _WEIGHTS) / math.sqrt(2 * math.pi)
    return p


def _in_outline(
    shapes: Shapes, version: IndexArray, east_m: FloatArray, north_m: FloatArray, sigma_m: FloatArray
) -> FloatArray:
    """Return the mass within each zone version's outline, holes left out; shape (n,)."""
    plain = shapes.areal[version] & (shapes.distance_m[version] == 0)
    p = np.empty(len(version))
    rows = np.flatnonzero(plain)
    if len(rows):
        own = version[rows]
        p[rows] = _over_edges(
            shapes.edges, shapes.edge_first[own], shapes.edge_count[own], east_m[rows], north_m[rows], sigma_m[rows]
        )
    rows = np.flatnonzero(~plain)
    if len(rows):
        distinct, which = np.unique(version[rows], return_inverse=True)
        outlines = [shapes.outline(int(one)) for one in distinct]
        count = np.array([len(outline) for outline in outlines], dtype=np.int64)
        first = np.cumsum(count) - count
        edges = np.concatenate(outlines)
        p[rows] = _over_edges(edges, first[which], count[which], east_m[rows], north_m[rows], sigma_m[rows])
    return p


def _over_edges(
    edges: FloatArray,
    first: IndexArray,
    count: IndexArray,
    east_m: FloatArray,
    north_m: FloatArray,
    sigma_m: FloatArray,
) -> FloatArray:
    p = np.empty(len(first))
    for rows in in_batches(np.arange(len(first)), count):
        p[rows], on_edge = _batch(edges, first[rows], count[rows], east_m[rows], north_m[rows], sigma_m[rows])
        for nudge in _NUDGES_M:
            if not len(on_edge):
                break
            again = rows[on_edge]
            moved = east_m[again] + nudge[0], north_m[again] + nudge[1]
            p[again], still = _batch(edges, first[again], count[again], *moved, sigma_m[again])
            on_edge = on_edge[still]
    return p


def _batch(
    edges: FloatArray,
    first: IndexArray,
    count: IndexArray,
    east_m: FloatArray,
    north_m: FloatArray,
    sigma_m: FloatArray,
) -> tuple[FloatArray, IndexArray]:
    """Return `(mass, rows that lie on an edge)` of each fix over its own edges."""
    fix, edge = spread(first, count)
    x1, y1, x2, y2 = edges[edge].T
    ax, ay, bx, by = x1 - east_m[fix], y1 - north_m[fix], x2 - east_m[fix], y2 - north_m[fix]
    inside = inside_even_odd(ax, ay, bx, by, np.cumsum(count) - count)
    _, _, squared = nearest_on_edge(ax, ay, bx, by)
    near = np.flatnonzero(squared < (_NEAR_SIGMAS * sigma_m[fix]) ** 2)
    ax, ay, bx, by, fix, squared = ax[near], ay[near], bx[near], by[near], fix[near], squared[near]
    sigma = sigma_m[fix]
    dx, dy = bx - ax, by - ay
    length = np.hypot(dx, dy)
    moving = np.where(length > 0, length, 1.0)
    height = (ax * by - ay * bx) / moving
    touching = (np.abs(height) < _ON_EDGE_M) & (squared < _ON_EDGE_M**2) & (length > 0)
    h = np.maximum(np.abs(height), 1e-12)
    start, end = (ax * dx + ay * dy) / moving, (bx * dx + by * dy) / moving
    swept = owens_t(h / sigma, end / h) - owens_t(h / sigma, start / h)
    beyond = np.bincount(fix, weights=np.where(length > 0, np.sign(height) * swept, 0.0), minlength=len(first))
    return inside - beyond, np.unique(fix[touching])
