"""R6: which gps and wifi fixes could only have been reached, and left, at a speed nobody travels at?"""

import numpy as np
from pyproj import Geod

from geofence.fixes import Fixes
from geofence.instants import SECOND_US
from geofence.rules import Rules
from geofence.tracks import BoolArray, IndexArray, Mechanism

WGS84 = Geod(ellps="WGS84")
# No degree of latitude or longitude is longer than this anywhere on the ellipsoid.
_LONGEST_DEGREE_M = 111_700.0


def fine(fixes: Fixes) -> BoolArray:
    """Return where a fix is a gps or wifi fix: only these make legs and can be implausible."""
    found: BoolArray = (fixes.mechanism == Mechanism.GPS) | (fixes.mechanism == Mechanism.WIFI)
    return found


def implausible(fixes: Fixes, rules: Rules) -> BoolArray:
    """Return where a fix is implausible: both neighbours exist and both are farther than `plausible_speed_m_s` allows.

    Neighbours are those among the track's gps and wifi fixes, taken before any is removed.
    """
    among = np.flatnonzero(fine(fixes))
    far = _too_far(fixes, among[:-1], among[1:], rules)
    found = np.zeros(len(fixes), dtype=np.bool_)
    found[among[1:-1][far[:-1] & far[1:]]] = True
    return found


def _too_far(fixes: Fixes, one: IndexArray, other: IndexArray, rules: Rules) -> BoolArray:
    """Return where two neighbours of one track lie farther apart than the time between them allows."""
    elapsed_s = np.maximum((fixes.at[other] - fixes.at[one]) / SECOND_US, rules.plausible_elapsed_s)
    allowed_m = rules.plausible_speed_m_s * elapsed_s + fixes.r95_m[one] + fixes.r95_m[other]
    north = (fixes.latitude_deg[other] - fixes.latitude_deg[one]) * _LONGEST_DEGREE_M
    east = (fixes.longitude_deg[other] - fixes.longitude_deg[one]) * _LONGEST_DEGREE_M
    # The plane overstates every distance, so only what it calls too far needs the geodesic.
    far: BoolArray = (fixes.track[one] == fixes.track[other]) & (north * north + east * east > allowed_m * allowed_m)
    doubtful = np.flatnonzero(far)
    if len(doubtful):
        a, b = one[doubtful], other[doubtful]
        _, _, metres = WGS84.inv(
            fixes.longitude_deg[a], fixes.latitude_deg[a], fixes.longitude_deg[b], fixes.latitude_deg[b]
        )
        reach_m = np.maximum(0.0, np.asarray(metres) - fixes.r95_m[a] - fixes.r95_m[b])
        far[doubtful] = reach_m / elapsed_s[doubtful] > rules.plausible_speed_m_s
    return far
