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
    far = _too_far(fixes, among, rules)
    found = np.zeros(len(fixes), dtype=np.bool_)
    found[among[1:-1][far[:-1] & far[1:]]] = True
    return found


def _too_far(fixes: Fixes, among: IndexArray, rules: Rules) -> BoolArray:
    """Return where the next of these fixes is of the same track, and farther away than the time between them allows."""
    if len(among) < len(fixes):
        track, at, r95_m, longitude, latitude = (
            column[among] for column in (fixes.track, fixes.at, fixes.r95_m, fixes.longitude_deg, fixes.latitude_deg)
        )
    else:
        track, at, r95_m, longitude, latitude = (
            fixes.track, fixes.at, fixes.r95_m, fixes.longitude_deg, fixes.latitude_deg,
        )  # fmt: skip
    elapsed_s = np.maximum((at[1:] - at[:-1]) / SECOND_US, rules.plausible_elapsed_s)
    allowed_m = rules.plausible_speed_m_s * elapsed_s + r95_m[:-1] + r95_m[1:]
    north, east = np.diff(latitude), np.diff(longitude)
    # The plane overstates every distance, so only what it calls too far needs the geodesic.
    far: BoolArray = (north * north + east * east) * _LONGEST_DEGREE_M**2 > allowed_m * allowed_m
    far &= track[1:] == track[:-1]
    doubtful = np.flatnonzero(far)
    if len(doubtful):
        a, b = doubtful, doubtful + 1
        _, _, metres = WGS84.inv(longitude[a], latitude[a], longitude[b], latitude[b])
        reach_m = np.maximum(0.0, np.asarray(metres) - r95_m[a] - r95_m[b])
        far[doubtful] = reach_m / elapsed_s[doubtful] > rules.plausible_speed_m_s
    return far
