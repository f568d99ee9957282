"""R6: which gps and wifi fixes could only have been reached, and left, at a speed nobody travels at?"""

import numpy as np

from geofence.fixes import Fixes
from geofence.instants import SECOND_US
from geofence.plane import LONGEST_DEGREE_M, WGS84
from geofence.rules import Rules
from geofence.tracks import BoolArray, CodeArray, IndexArray, Mechanism


def fine(fixes: Fixes) -> BoolArray:
    """Return where a fix is a gps or wifi fix: only these make legs and can be implausible."""
    return fine_by(fixes.mechanism)


def fine_by(mechanism: CodeArray) -> BoolArray:
    """Return where a mechanism is gps or wifi."""
    found: BoolArray = (mechanism == Mechanism.GPS) | (mechanism == Mechanism.WIFI)
    return found


def implausible(fixes: Fixes, good: BoolArray, rules: Rules) -> BoolArray:
    """Return where a fix is implausible: both neighbours exist and both are farther than `plausible_speed_m_s` allows.

    good: which fixes are `fine`. Neighbours are those among them of the same track, taken before any is removed.
    """
    among = np.flatnonzero(good)
    far = _too_far(fixes, among, rules)
    found = np.zeros(len(fixes), dtype=np.bool_)
    found[among[far[1:][far[1:] - far[:-1] == 1]]] = True
    return found


def _too_far(fixes: Fixes, among: IndexArray, rules: Rules) -> IndexArray:
    """Return the places in `among` whose next fix is of the same track, and farther than the time between allows."""
    whole = len(among) == len(fixes)
    at, longitude, latitude = (
        column if whole else column[among] for column in (fixes.at, fixes.longitude_deg, fixes.latitude_deg)
    )
    least_us = round(rules.plausible_elapsed_s * SECOND_US)
    # The plane overstates every distance, and radii are left out: only what it calls too far needs the geodesic.
    apart = np.square(longitude[1:] - longitude[:-1])
    apart += np.square(latitude[1:] - latitude[:-1])
    allowed = np.maximum(at[1:] - at[:-1], least_us) * (rules.plausible_speed_m_s / SECOND_US / LONGEST_DEGREE_M)
    doubtful: IndexArray = np.flatnonzero(apart > np.square(allowed))
    a, b = among[doubtful], among[doubtful + 1]
    same = fixes.track[a] == fixes.track[b]
    doubtful, a, b = doubtful[same], a[same], b[same]
    if len(doubtful) == 0:
        return doubtful
    elapsed_s = np.maximum((fixes.at[b] - fixes.at[a]) / SECOND_US, rules.plausible_elapsed_s)
    _, _, metres = WGS84.inv(
        fixes.longitude_deg[a], fixes.latitude_deg[a], fixes.longitude_deg[b], fixes.latitude_deg[b]
    )
    reach_m = np.maximum(0.0, np.asarray(metres) - fixes.r95_m[a] - fixes.r95_m[b])
    farther: IndexArray = doubtful[reach_m > rules.plausible_speed_m_s * elapsed_s]
    return farther
