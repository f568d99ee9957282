"""Counts are few and errors hang together: 95 % intervals that say so."""

from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, gammaincinv

from geofence.tracks import BoolArray, IndexArray

_TAIL = 0.025
HOURS_A_YEAR = 8766.0


class Estimate(NamedTuple):
    """A rate or a share with its 95 % interval."""

    value: float
    low: float
    high: float


def rate(count: int, exposure: float) -> Estimate:
    """Return events for each unit of exposure, with the exact Poisson interval; of none, the upper bound holds 95 %.

    >>> [round(side, 2) for side in rate(0, 10.0)]
    [0.0, 0.0, 0.3]
    """
    if count == 0:
        return Estimate(0.0, 0.0, -float(np.log(2 * _TAIL)) / exposure)
    low, high = float(gammaincinv(count, _TAIL)), float(gammaincinv(count + 1, 1 - _TAIL))
    return Estimate(count / exposure, low / exposure, high / exposure)


def share(count: float, of: float) -> Estimate:
    """Return a share with the exact binomial interval (Clopper and Pearson); of nothing, all is possible.

    >>> [round(side, 3) for side in share(5, 10)]
    [0.5, 0.187, 0.813]
    """
    if of == 0:
        return Estimate(float("nan"), 0.0, 1.0)
    low = 0.0 if count <= 0 else float(betaincinv(count, of - count + 1, _TAIL))
    high = 1.0 if count >= of else float(betaincinv(count + 1, of - count, 1 - _TAIL))
    return Estimate(count / of, low, high)


def clustered_share(hit: BoolArray, cluster: IndexArray) -> Estimate:
    """Return the share of hits where those of one cluster hang together, as the fixes of one session do.

    The exact interval is taken for as many independent trials as the spread between clusters allows (Korn and
    Graubard 1998); where all or none hit, for one trial a cluster.
    """
    if len(hit) == 0:
        return share(0, 0)
    _, number = np.unique(cluster, return_inverse=True)
    of, hits = np.bincount(number).astype(float), np.bincount(number, weights=hit)
    value, clusters = float(hits.sum() / of.sum()), len(of)
    trials = float(clusters)
    if 0 < value < 1 and clusters > 1:
        variance = float(((hits - value * of) ** 2).sum()) / of.sum() ** 2 * clusters / (clusters - 1)
        trials = min(value * (1 - value) / variance, float(len(hit))) if variance > 0 else trials
    return Estimate(value, *share(value * trials, trials)[1:])
