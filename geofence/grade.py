"""R9: how sure is it that the wearer was in the zone?"""

from collections.abc import Sequence

import numpy as np

from geofence.instants import SECOND_US
from geofence.judgement import Grade
from geofence.parts import Group
from geofence.scene import Scene
from geofence.touches import Touches
from geofence.tracks import IndexArray, Mechanism
from geofence.verdict import INSIDE


def grades(scene: Scene, touching: Touches, groups: Sequence[Group], low: IndexArray, high: IndexArray) -> list[Grade]:
    """Return the grade of each incident; the rows `[low, high)` of `touching` are those of its runs, shape (groups,).

    confirmed: two gps fixes INSIDE at least 30 s apart. probable: one, or three gps or wifi fixes with
    p_inside >= 0.68. inferred: else, a crossing at least as deep as its ends' r95_m together. possible: the rest.
    Only likely fixes count; those flagged `clock_suspect` or `person_mismatch` towards no grade above possible.
    """
    fixes, rules = scene.fixes, scene.rules
    mechanism = fixes.mechanism[touching.fix]
    gps = mechanism == Mechanism.GPS
    counts = touching.likely & ~fixes.flagged[touching.fix]
    certain = np.flatnonzero(counts & gps & (touching.verdict == INSIDE))
    nearly = np.flatnonzero(counts & (gps | (mechanism == Mechanism.WIFI)) & (touching.p_inside >= rules.probable_p))
    first, beyond = np.searchsorted(certain, low), np.searchsorted(certain, high)
    at = fixes.at[touching.fix[certain]]
    two = np.flatnonzero(beyond - first > 1)
    confirmed = np.zeros(len(groups), dtype=np.bool_)
    confirmed[two] = at[beyond[two] - 1] - at[first[two]] >= round(rules.confirmed_apart_s * SECOND_US)
    several = np.searchsorted(nearly, high) - np.searchsorted(nearly, low) >= rules.probable_fixes
    probable = (beyond > first) | several
    return [
        "confirmed" if sure else "probable" if likely else "inferred" if _inferred(scene, group) else "possible"
        for group, sure, likely in zip(groups, confirmed.tolist(), probable.tolist(), strict=True)
    ]


def _inferred(scene: Scene, group: Group) -> bool:
    """Return whether a crossing of the incident is deep enough, and neither of its ends flagged."""
    passed = [part.crossing for part in group.parts if part.crossing is not None and part.crossing.inferred]
    return any(not scene.fixes.flagged[[crossing.start, crossing.end]].any() for crossing in passed)
