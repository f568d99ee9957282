"""R2: how far may a fix be from the truth?"""

import math

import numpy as np

from geofence.rules import Rules
from geofence.tracks import BoolArray, CodeArray, FloatArray, Mechanism

_LN_005 = math.log(0.05)
_CONFIDENCE = 0.95
_LARGEST_M = 1e9
_ROUNDS_TO_ZERO_M = 0.0005
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
    claimed = accuracy_m
    other = np.flatnonzero((accuracy_confidence != _CONFIDENCE) & ~np.isnan(accuracy_confidence))
    if len(other):
        claimed = accuracy_m.copy()
        claimed[other] = rescaled_m(accuracy_m[other], accuracy_confidence[other])
    # What rounds to nothing (R0) is zero, and zero is unknown.
    assumed = ~((claimed > _ROUNDS_TO_ZERO_M) & (claimed < np.inf))
    floor_m = floor_by[mechanism]
    radius = np.maximum(claimed, floor_m)
    unknown = np.flatnonzero(assumed)
    radius[unknown] = np.maximum(assumed_by[mechanism[unknown]], floor_m[unknown])
    # Beyond a million kilometres a number has no thousandths, and the largest would become infinite.
    huge = np.flatnonzero(radius >= _LARGEST_M)
    as_it_is = radius[huge]
    np.round(np.minimum(radius, _LARGEST_M, out=radius), 3, out=radius)
    radius[huge] = as_it_is
    return radius, assumed


def rescaled_m(accuracy_m: FloatArray, confidence: FloatArray) -> FloatArray:
    """Return the radius that holds 0.95, of one given at another confidence; both of shape (n,), metres.

    NaN where the confidence says nothing.
    """
    with np.errstate(all="ignore"):
        scaled = accuracy_m * np.sqrt(_LN_005 / np.log1p(-confidence))
    return np.where((confidence > 0) & (confidence < 1), scaled, np.nan)
