"""Of the fixes that are inside with probability p, how many truly are? And of the incidents of each grade?

A wearer stands for an hour at a place about a zone of 200 m radius, all places within 150 m of its edge being equally
likely: only then can the mass of an error circle be the share of truth. Where somebody keeps out, less is true.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from geofence.rules import Rules
from geofence.tracks import FloatArray, Mechanism
from service.simulation.path import Surroundings
from tests.calibration.intervals import Estimate, clustered_share, share
from tests.calibration.judged import GRADES, best_by_session, circle, incidents, p_inside, register
from tests.calibration.sessions import Recording, standing

RADIUS_M, ABOUT_M = 200.0, 150.0
LENGTH_S = 3600.0
EDGES = (0.0, 0.05, 0.2, 0.5, 0.68, 0.8, 0.95, 0.99, 1.0)
_ZONE = register({"zone": circle(RADIUS_M)})


class Place(NamedTuple):
    """What surrounds him who stands about the zone, and whether his tag notices."""

    name: str
    surroundings: Surroundings
    boastful: bool = False


PLACES = (
    Place("in the open street", "street"),
    Place("indoors", "indoors"),
    Place("between tall buildings", "canyon"),
    Place("between tall buildings, boastful tag", "canyon", boastful=True),
)


class BinRow(NamedTuple):
    """Fixes whose `p_inside` lies in `[from_p, until_p)`: their mean, and the share that truly was inside."""

    place: str
    from_p: float
    until_p: float
    fixes: int
    mean_p: float
    inside: Estimate


class GradeRow(NamedTuple):
    """Sessions by their best grade, and the share in which he truly stood inside."""

    place: str
    grade: str
    sessions: int
    inside: Estimate


def recorded_about(place: Place, sessions: int, seed: int) -> Recording:
    """Return hours spent at places about the zone's edge, each as likely as its area."""
    random = np.random.default_rng([seed, 1])
    near, far = RADIUS_M - ABOUT_M, RADIUS_M + ABOUT_M
    away, turn = np.sqrt(random.uniform(near**2, far**2, sessions)), random.uniform(0, 2 * np.pi, sessions)
    stood = standing(away * np.cos(turn), away * np.sin(turn), LENGTH_S, place.surroundings, place.boastful)
    return stood.record(seed)


def bins(place: str, recording: Recording, p: FloatArray) -> list[BinRow]:
    """Return the reliability table of a recording's gps and wifi fixes.

    Cells reach farther than the places that are equally likely here, so nothing can be learnt of them.
    """
    precise = np.isin(recording.tracks.mechanism, (Mechanism.GPS, Mechanism.WIFI))
    inside = np.hypot(recording.true_x_m, recording.true_y_m) <= RADIUS_M
    rows = []
    for low, high in pairwise(EDGES):
        held = precise & (p >= low) & ((p < high) | (high == EDGES[-1]))
        mean = float(p[held].mean()) if held.any() else float("nan")
        found = clustered_share(inside[held], recording.session[held])
        rows.append(BinRow(place, low, high, int(held.sum()), mean, found))
    return rows


def by_grade(place: str, recording: Recording, rules: Rules) -> list[GradeRow]:
    """Return how often each grade was given to somebody who truly stood inside."""
    best = best_by_session(recording, incidents(recording, _ZONE, rules))
    x, y = recording.sessions.x_m[:, 0], recording.sessions.y_m[:, 0]
    inside = np.hypot(x, y) <= RADIUS_M
    rows = []
    for grade in (*GRADES, None):
        held = np.array([one == grade for one in best])
        rows.append(
            GradeRow(place, grade or "no incident", int(held.sum()), share(int(inside[held].sum()), int(held.sum())))
        )
    return rows


def measured(sessions: int, seed: int, rules: Rules) -> tuple[list[BinRow], list[GradeRow]]:
    """Return both tables for every place."""
    binned: list[BinRow] = []
    graded: list[GradeRow] = []
    for number, place in enumerate(PLACES):
        recording = recorded_about(place, sessions, seed + number)
        binned += bins(place.name, recording, p_inside(recording, _ZONE, rules))
        graded += by_grade(place.name, recording, rules)
    return binned, graded
