"""R9: how sure is it that the wearer was in the zone?"""

from collections.abc import Sequence

import numpy as np

from geofence.crossing import Crossing
from geofence.fixes import Fixes
from geofence.instants import SECOND_US
from geofence.judgement import Grade
from geofence.rules import Rules
from geofence.touches import Touches
from geofence.tracks import IndexArray, Mechanism
from geofence.verdict import INSIDE


def grade(fixes: Fixes, touching: Touches, rows: IndexArray, crossings: Sequence[Crossing], rules: Rules) -> Grade:
    """Return the grade of a whole incident; `rows`: the rows of `touching` that are its likely fixes.

    confirmed: two gps fixes INSIDE at least 30 s apart. probable: one, or three gps or wifi fixes with
    p_inside >= 0.68. inferred: else, a crossing at least as deep as its ends' r95_m together. possible: the rest.
    Fixes flagged `clock_suspect` or `person_mismatch` count towards no grade above possible.
    """
    rows = rows[~fixes.flagged[touching.fix[rows]]]
    fix = touching.fix[rows]
    gps = fixes.mechanism[fix] == Mechanism.GPS
    certain_at = fixes.at[fix[gps & (touching.verdict[rows] == INSIDE)]]
    if len(certain_at) and certain_at.max() - certain_at.min() >= round(rules.confirmed_apart_s * SECOND_US):
        return "confirmed"
    fine = gps | (fixes.mechanism[fix] == Mechanism.WIFI)
    if (
        len(certain_at)
        or np.count_nonzero(fine & (touching.p_inside[rows] >= rules.probable_p)) >= rules.probable_fixes
    ):
        return "probable"
    if any(crossing.inferred and not fixes.flagged[[crossing.start, crossing.end]].any() for crossing in crossings):
        return "inferred"
    return "possible"
