"""R4: with what probability does a fix's true position lie inside a zone?

The true position is taken to be circular normal about the fix with `sigma = r95_m / sqrt(-2 ln 0.05)`. Over a polygon
the mass is the polygon's indicator minus a sum over its edges of differences of Owen's T (D. B. Owen, "Tables for
computing bivariate normal probabilities", 1956); within a circle it is the non-central chi-square distribution.
"""

import math

import numpy as np
from scipy.special import chndtr, ndtr, owens_t

from geofence.depth import inside_even_odd, nearest_on_edge
from geofence.edges import Edges, edges, in_batches, that_matter
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


Place = tuple[FloatArray, FloatArray]


def p_inside(shapes: Shapes, version: IndexArray, place: Place, depth_m: FloatArray, sigma_m: FloatArray) -> FloatArray:
    """Return the probability, to 1e-4 and rounded to 1e-6 (R0), that each fix's true position lies in its zone version.

    version, depth_m (as R3 measured it), sigma_m: shape (n,); place: metres east and north in the version's plane.
    """
    p = np.where(depth_m > 0, 1.0, 0.0)
    doubtful = np.abs(depth_m) < CERTAIN_SIGMAS * sigma_m
    round_ = np.flatnonzero(doubtful & shapes.circle[version])
    if len(round_):
        away = np.hypot(place[0][round_], place[1][round_]) / sigma_m[round_]
        p[round_] = _in_circle(shapes.distance_m[version[round_]] / sigma_m[round_], away)
    edged = np.flatnonzero(doubtful & ~shapes.circle[version])
    if len(edged):
        p[edged] = _in_outline(shapes, version[edged], (place[0][edged], place[1][edged]), sigma_m[edged])
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


def _in_outline(shapes: Shapes, version: IndexArray, place: Place, sigma_m: FloatArray) -> FloatArray:
    """Return the mass within each zone version's outline, holes left out; shape (n,)."""
    plain = shapes.areal[version] & (shapes.distance_m[version] == 0)
    p = np.empty(len(version))
    rows = np.flatnonzero(plain)
    if len(rows):
        p[rows] = _over_edges(shapes.edges, version[rows], (place[0][rows], place[1][rows]), sigma_m[rows])
    rows = np.flatnonzero(~plain)
    if len(rows):
        distinct, which = np.unique(version[rows], return_inverse=True)
        drawn = [shapes.outline(int(one)) for one in distinct]
        outlines = edges(np.concatenate(drawn), np.array([len(outline) for outline in drawn], dtype=np.int64))
        p[rows] = _over_edges(outlines, which, (place[0][rows], place[1][rows]), sigma_m[rows])
    return p


def _over_edges(outlines: Edges, which: IndexArray, place: Place, sigma_m: FloatArray) -> FloatArray:
    p = np.empty(len(sigma_m))
    for rows in in_batches(np.arange(len(sigma_m)), outlines.count[which]):
        p[rows], on_edge = _batch(outlines, which[rows], (place[0][rows], place[1][rows]), sigma_m[rows])
        for east, north in _NUDGES_M:
            if not len(on_edge):
                break
            again = rows[on_edge]
            moved = place[0][again] + east, place[1][again] + north
            p[again], still = _batch(outlines, which[again], moved, sigma_m[again])
            on_edge = on_edge[still]
    return p


def _batch(outlines: Edges, which: IndexArray, place: Place, sigma_m: FloatArray) -> tuple[FloatArray, IndexArray]:
    """Return `(mass, fixes that lie on an edge)` of fixes over outline `which[i]` each."""
    fix, edge, starts = that_matter(outlines, which, *place, _NEAR_SIGMAS * sigma_m)
    x1, y1, x2, y2 = outlines.ends[edge].T
    ax, ay, bx, by = x1 - place[0][fix], y1 - place[1][fix], x2 - place[0][fix], y2 - place[1][fix]
    inside = inside_even_odd(ax, ay, bx, by, starts).astype(np.float64)
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
    beyond = np.bincount(fix, weights=np.where(length > 0, np.sign(height) * swept, 0.0), minlength=len(which))
    mass: FloatArray = inside - beyond
    return mass, np.unique(fix[touching])
