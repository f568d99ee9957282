"""Who truly goes in for some minutes: how often is it found, and how sure is the answer? The price of careful rules.

He walks straight from 150 m outside to a doorstep 25 m within the edge of a zone of 100 m radius, waits there, and
walks out again; the minutes are those between entering and leaving. When a fix comes is chance.
"""

from typing import NamedTuple

import numpy as np

from geofence.rules import Rules
from tests.calibration.beside import WALKING_M_S
from tests.calibration.intervals import Estimate, share
from tests.calibration.judged import GRADES, best_by_session, circle, incidents, register
from tests.calibration.reliability import Place
from tests.calibration.sessions import Recording, Sessions

MINUTES = (1, 3, 10)
RADIUS_M, WITHIN_M, FROM_M = 100.0, 25.0, 150.0
_ZONE = register({"zone": circle(RADIUS_M)})


class VisitRow(NamedTuple):
    """Visits of one kind, and the shares found at least so surely."""

    place: str
    minutes: int
    visits: int
    confirmed: Estimate
    probable: Estimate
    found: Estimate


def recorded_visits(place: Place, minutes: float, visits: int, seed: int) -> Recording:
    """Return so many visits to a circle about the middle."""
    random = np.random.default_rng([seed, 3])
    approach_s, walked_s = FROM_M / WALKING_M_S, (FROM_M + WITHIN_M) / WALKING_M_S
    stay_s = minutes * 60 - 2 * WITHIN_M / WALKING_M_S
    knots_s = np.array([0.0, walked_s, walked_s + stay_s, 2 * walked_s + stay_s])
    length_s = float(np.ceil((2 * approach_s + minutes * 60 + 61) / 60) * 60)
    t_s = np.concatenate([np.zeros((visits, 1)), random.uniform(0, 60, (visits, 1)) + knots_s], axis=1)
    outside, inside = RADIUS_M + FROM_M, RADIUS_M - WITHIN_M
    x_m = np.tile([outside, outside, inside, inside, outside], (visits, 1))
    return Sessions(t_s, x_m, np.zeros_like(x_m), length_s, place.surroundings, place.boastful).record(seed)


def found(place: Place, minutes: int, recording: Recording, rules: Rules) -> VisitRow:
    """Return the shares of visits that are confirmed, at least probable, found at all."""
    best = best_by_session(recording, incidents(recording, _ZONE, rules))
    counts = [best.count(grade) for grade in GRADES]
    n = len(best)
    return VisitRow(place.name, minutes, n, share(counts[0], n), share(sum(counts[:2]), n), share(sum(counts), n))
