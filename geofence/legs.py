"""R7, R8: which fixes does a leg join, and which fixes lie within one?"""

from dataclasses import dataclass

import numpy as np

from geofence.fixes import Fixes
from geofence.instants import SECOND_US
from geofence.plausible import fine, implausible
from geofence.rules import Rules
from geofence.segments import earliest_where, latest_where
from geofence.tracks import BoolArray, IndexArray


@dataclass(frozen=True, slots=True, eq=False)
class Legs:
    """What R6 to R8 make of the fixes; every column has shape (n,), one row a fix.

    implausible: R6. precise: gps or wifi and not implausible. onward, inward: the fix at the other end of the leg
    that starts, or ends, at this fix; -1 if there is none. within: a cell, rf or unknown fix recorded within a leg,
    which R8 leaves out. sequence: the fixes that R8 looks at.
    """

    implausible: BoolArray
    precise: BoolArray
    onward: IndexArray
    inward: IndexArray
    within: BoolArray
    sequence: BoolArray


def legs(fixes: Fixes, rules: Rules) -> Legs:
    """Return the legs: consecutive fixes of the precise track, more than 0 and at most `leg_s` apart."""
    good = fine(fixes)
    strange = implausible(fixes, good, rules)
    precise = good & ~strange
    chosen = np.flatnonzero(precise)
    whole = len(chosen) == len(fixes)
    at, track = (column if whole else column[chosen] for column in (fixes.at, fixes.track))
    apart = at[1:] - at[:-1]
    parted = (track[1:] != track[:-1]) | (apart <= 0) | (apart > round(rules.leg_s * SECOND_US))
    unjoined = np.flatnonzero(parted)
    onward = np.full(len(fixes), -1, dtype=np.int64)
    inward = onward.copy()
    onward[slice(None, -1) if whole else chosen[:-1]] = chosen[1:]
    inward[slice(1, None) if whole else chosen[1:]] = chosen[:-1]
    onward[chosen[unjoined]] = -1
    inward[chosen[unjoined + 1]] = -1
    within = _within(fixes, onward, np.flatnonzero(~good))
    return Legs(strange, precise, onward, inward, within, ~strange & ~within)


def _within(fixes: Fixes, onward: IndexArray, others: IndexArray) -> BoolArray:
    """Return where one of `others` is recorded within a leg, its ends included."""
    found = np.zeros(len(fixes), dtype=np.bool_)
    if len(others) == 0:
        return found
    untied = np.ones(len(fixes), dtype=np.bool_)
    untied[:-1] = (fixes.at[1:] != fixes.at[:-1]) | (fixes.track[1:] != fixes.track[:-1])
    # A leg may start at the same instant in a later row: look from the last row of the instant.
    start = latest_where(onward >= 0)[earliest_where(untied)[others]]
    end = onward[start]
    inside = (start >= 0) & (fixes.track[start] == fixes.track[others]) & (fixes.at[end] >= fixes.at[others])
    found[others[inside]] = True
    return found
