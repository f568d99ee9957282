"""R2: how far may a fix be from the truth?"""

import math

import numpy as np

from geofence.rules import Rules
from geofence.tracks import BoolArray, CodeArray, FloatArray, Mechanism

_LN_005 = math.log(0.05)
# sigma = r95_m / RADIUS_IN_SIGMAS: the radius that holds 95 % of a circular normal (R4).
RADIUS_IN_SIGMAS = math.sqrt(-2 * _LN_005)


def r95_m(
    mechanism: CodeArray, accuracy_m: FloatArray, accuracy_confidence: FloatArray, rules: Rules
) -> tuple[FloatArray, BoolArray]:
    """Return `(r95_m, accuracy_assumed)` of each fix, both of shape (n,); metres rounded to 0.001 (R0).

    A claim that is missing, not finite, zero or negative, or whose confidence does not lie between 0 and 1,
    is unknown, never perfect. A missing confidence is 0.95. What is claimed is never believed below the floor.
    """
    assumed_by = np.empty(len(Mechanism))
    floor_by = np.empty(len(Mechanism))
    for code in Mechanism:
        name = code.name.lower()
        assumed_by[code] = getattr(rules, f"assumed_r95_{name}_m")
        floor_by[code] = getattr(rules, f"floor_r95_{name}_m")
    radius = accuracy_m
    if not np.isnan(accuracy_confidence).all():
        confidence = np.where(np.isnan(accuracy_confidence), 0.95, accuracy_confidence)
        with np.errstate(all="ignore"):
            scaled = accuracy_m * np.sqrt(_LN_005 / np.log1p(-confidence))
        usable = (confidence > 0) & (confidence < 1)
        radius = np.where(usable, np.where(confidence == 0.95, accuracy_m, scaled), np.nan)
    known = (radius > 0) & (radius < np.inf)
    radius = np.maximum(np.where(known, radius, assumed_by[mechanism]), floor_by[mechanism])
    # Beyond a million kilometres a number has no thousandths, and the largest would become infinite.
    return np.where(radius < 1e9, np.round(np.minimum(radius, 1e9), 3), radius), ~known
