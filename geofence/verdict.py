"""R3 to R5: what is the verdict on each fix against each zone version?"""

from dataclasses import dataclass

import numpy as np

from geofence.accuracy import RADIUS_IN_SIGMAS
from geofence.depth import depth_m
from geofence.fixes import Fixes
from geofence.judgement import Verdict
from geofence.plane import to_plane
from geofence.probability import p_inside
from geofence.rules import Rules
from geofence.shapes import Shapes
from geofence.tracks import BoolArray, CodeArray, FloatArray, IndexArray

# Far more than p_inside may be wrong by (R4).
_DOUBT = 1e-3

OUTSIDE, UNCERTAIN, INSIDE = 0, 1, 2
VERDICTS: tuple[Verdict, Verdict, Verdict] = ("OUTSIDE", "UNCERTAIN", "INSIDE")


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What R3 to R5 say of n (fix, zone version) pairs; every column has shape (n,)."""

    depth_m: FloatArray
    p_inside: FloatArray
    verdict: CodeArray
    likely: BoolArray

    def __getitem__(self, rows: IndexArray | BoolArray) -> "Verdicts":
        return Verdicts(self.depth_m[rows], self.p_inside[rows], self.verdict[rows], self.likely[rows])


def depths(fixes: Fixes, shapes: Shapes, fix: IndexArray, version: IndexArray) -> FloatArray:
    """Return the depth of fix `fix[i]` in zone version `version[i]`, metres rounded to 0.001 (R3); shape (n,)."""
    place = fixes.longitude_deg[fix], fixes.latitude_deg[fix]
    east, north = to_plane(shapes.planes, version, *place)
    return depth_m(shapes, version, east, north, place)


def verdicts(
    fixes: Fixes, shapes: Shapes, rules: Rules, fix: IndexArray, version: IndexArray, *, sparing: bool = False
) -> Verdicts:
    """Return the verdict on fix `fix[i]` against zone version `version[i]`.

    INSIDE if `p_inside` is at least `inside_p`; OUTSIDE if the circle of r95_m does not reach the zone; else UNCERTAIN.
    sparing: do not work out the `p_inside` of a fix at a depth below 0 that can't be likely; it is 0 then.
    """
    place = fixes.longitude_deg[fix], fixes.latitude_deg[fix]
    east, north = to_plane(shapes.planes, version, *place)
    depth = depth_m(shapes, version, east, north, place)
    radius = fixes.r95_m[fix]
    sigma = radius / RADIUS_IN_SIGMAS
    if sparing:
        asked = np.flatnonzero(_can_reach(min(rules.likely_p, rules.inside_p), depth, shapes.reach_m[version], sigma))
        p = np.zeros(len(fix))
        p[asked] = p_inside(shapes, version[asked], (east[asked], north[asked]), depth[asked], sigma[asked])
    else:
        p = p_inside(shapes, version, (east, north), depth, sigma)
    verdict = np.where(p >= rules.inside_p, INSIDE, np.where(depth < -radius, OUTSIDE, UNCERTAIN)).astype(np.uint8)
    return Verdicts(depth, p, verdict, p >= rules.likely_p)


def _can_reach(probability: float, depth: FloatArray, reach_m: FloatArray, sigma_m: FloatArray) -> BoolArray:
    """Return whether a fix lies in its zone, or `p_inside` may be so much.

    A zone beyond a distance holds at most the mass beyond it, a zone of some reach at most that of a disc around the
    fix: `exp(-d^2 / 2)` and `1 - exp(-r^2 / 2)`, in sigmas.
    """
    # A radius of 0 leaves no doubt: nothing lies beyond a distance, everything within any reach.
    with np.errstate(divide="ignore", invalid="ignore"):
        beyond = np.exp(np.square(depth / sigma_m) / -2)
        disc = -np.expm1(np.square(reach_m / sigma_m) / -2)
    can: BoolArray = (depth >= 0) | (np.minimum(beyond, disc) >= probability - _DOUBT)
    return can
