"""What satellites tell a tag: a fix a minute, wrong by as much as it claims, worse between tall buildings."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.simulation.act import Carrying, Conduct, Stray
from service.simulation.path import Surroundings
from service.simulation.plane import EAST_M, NORTH_M, FloatArray, degrees
from service.simulation.recorded import GPS, Recorded

# A circular normal holds 0.95 of its mass within this many standard deviations.
SIGMAS_IN_R95 = math.sqrt(-2 * math.log(0.05))
EVERY_S = 60
# Some fixes carry precision 0, for the tag does not know how good they are: this is how good.
NO_ACCURACY_SHARE, NO_ACCURACY_R95_M = 0.004, 28.0
# Now and then a fix lies far off and claims to be good.
JUMP_SHARE, JUMP_M, JUMP_CLAIM_M = 0.0002, (100.0, 250.0), 3.0


class Sky(NamedTuple):
    """How well satellites are heard: the share of fixes that come about, the claimed radius (m, 95 %), and more.

    correlation: of errors from one minute to the next. satellites: how many are in view.
    """

    share: float
    best_m: float
    worst_m: float
    correlation: float
    satellites: int


SKY: dict[Surroundings, Sky] = {
    "home": Sky(0.0, 15, 40, 0.6, 5),
    "indoors": Sky(0.75, 12, 45, 0.6, 6),
    "deep": Sky(0.0, 15, 40, 0.6, 4),
    "street": Sky(0.99, 5, 13, 0.3, 10),
    "canyon": Sky(0.95, 22, 60, 0.9, 7),
    "vehicle": Sky(0.98, 6, 18, 0.3, 9),
    "tunnel": Sky(0.0, 15, 40, 0.6, 4),
}
_OPEN_SHARE = 0.9
_STREET = SKY["street"]


def gps_fixes(tag: Carrying, rng: np.random.Generator) -> Recorded:
    """Return the fixes that satellites gave.

    1. When, and what surrounded the tag then?  2. How wrong, in units of what it claims, and what does it claim?
    3. Some claim nothing, some jump.  4. Some never came about.  5. A story may put one elsewhere.
    """
    conduct, at = tag.conduct, _instants(tag, rng)
    around = tag.path.stretch_at(at)
    motion, errors, r95 = tag.path.at(at), _errors(conduct, around, rng), _radii(conduct, around, rng)
    forgotten = (rng.uniform(size=len(at)) < NO_ACCURACY_SHARE) & (not conduct.steady)
    r95[forgotten] = NO_ACCURACY_R95_M
    sigma = conduct.error_share * r95 / SIGMAS_IN_R95
    satellites = np.array([SKY[s].satellites for s in around], dtype=float)
    fixes = Recorded.of(
        mechanism=GPS,
        at_s=at,
        longitude_deg=motion.longitude_deg + errors[0] * sigma / EAST_M,
        latitude_deg=motion.latitude_deg + errors[1] * sigma / NORTH_M,
        accuracy_m=np.where(forgotten, 0.0, _claims(conduct, around, r95)),
        speed_kmh=_speeds(motion.speed_m_s, rng),
        heading_deg=np.round(motion.heading_deg) % 360,
        satellites=np.clip(satellites + rng.integers(-2, 3, len(at)), 4, None),
    )
    _jump(conduct, fixes, rng)
    heard = fixes.only(_heard(conduct, around, rng))
    for stray in conduct.strays:
        _put_elsewhere(heard, stray)
    return heard


def _instants(tag: Carrying, rng: np.random.Generator) -> FloatArray:
    """One fix a minute, most to the second, some a second early or late."""
    start, end = tag.recorded_s
    at = np.arange(start + tag.conduct.phase_s, end, EVERY_S, dtype=float)
    if not tag.conduct.exact:
        at += rng.choice([-1, 0, 0, 0, 1], len(at))
    return at


def _errors(conduct: Conduct, around: list[Surroundings], rng: np.random.Generator) -> FloatArray:
    """Standard normal errors east and north, shape (2, n), correlated as the surroundings have it."""
    columns = []
    for fresh in rng.normal(size=(2, len(around))).tolist():
        last, column = fresh[0] if fresh else 0.0, []
        for new, surroundings in zip(fresh, around, strict=True):
            rho = SKY[surroundings].correlation
            last = rho * last + math.sqrt(1 - rho * rho) * new
            column.append(last)
        columns.append(column)
    return within_claim(np.array(columns), conduct.steady)


def within_claim(errors: FloatArray, steady: bool) -> FloatArray:
    """Return errors of shape (2, n), in standard deviations; a steady tag's are drawn back to the claimed circle."""
    if not steady:
        return errors
    drawn: FloatArray = errors * np.minimum(1.0, SIGMAS_IN_R95 / np.maximum(np.hypot(errors[0], errors[1]), 1e-9))
    return drawn


def _radii(conduct: Conduct, around: list[Surroundings], rng: np.random.Generator) -> FloatArray:
    """The radii that hold the true place with probability 0.95; small ones are the more frequent."""
    draw = rng.uniform(size=len(around)) ** 2
    if conduct.claim_m is not None:
        return np.full(len(around), conduct.claim_m)
    best, worst = (np.array([SKY[s][side] for s in around]) for side in (1, 2))
    radii: FloatArray = np.round(best + (worst - best) * draw, 1)
    return radii


def _claims(conduct: Conduct, around: list[Surroundings], r95: FloatArray) -> FloatArray:
    """The radii that are claimed: the true ones, but a boastful tag does not notice the buildings."""
    if not conduct.boastful:
        return r95
    canyon, scale = SKY["canyon"], (_STREET.worst_m - _STREET.best_m) / (SKY["canyon"].worst_m - SKY["canyon"].best_m)
    unnoticed = np.round(_STREET.best_m + (r95 - canyon.best_m) * scale, 1)
    return np.where(np.array([s == "canyon" for s in around]), unnoticed, r95)


def _jump(conduct: Conduct, fixes: Recorded, rng: np.random.Generator) -> None:
    jumping = np.flatnonzero((rng.uniform(size=len(fixes)) < JUMP_SHARE) & (not conduct.steady))
    angle, distance = rng.uniform(0, 2 * math.pi, len(jumping)), rng.uniform(*JUMP_M, len(jumping))
    fixes.longitude_deg[jumping] += distance * np.cos(angle) / EAST_M
    fixes.latitude_deg[jumping] += distance * np.sin(angle) / NORTH_M
    fixes.accuracy_m[jumping] = JUMP_CLAIM_M
    fixes.jump[jumping] = True


def _speeds(speed_m_s: FloatArray, rng: np.random.Generator) -> FloatArray:
    noise: FloatArray = rng.normal(0, 0.6, len(speed_m_s))
    return np.asarray(np.round(np.maximum(0.0, speed_m_s * 3.6 + noise), 1), dtype=np.float64)


def _heard(conduct: Conduct, around: list[Surroundings], rng: np.random.Generator) -> NDArray[np.bool_]:
    shares = np.array([SKY[s].share for s in around])
    if conduct.steady:
        shares[shares > _OPEN_SHARE] = 1.0
    return rng.uniform(size=len(around)) < shares


def _put_elsewhere(fixes: Recorded, stray: Stray) -> None:
    row = int(np.argmin(np.abs(fixes.at_s - stray.at_s)))
    longitude, latitude = degrees(np.array([stray.spot.x_m]), np.array([stray.spot.y_m]))
    fixes.longitude_deg[row], fixes.latitude_deg[row] = longitude[0], latitude[0]
    fixes.accuracy_m[row] = stray.claimed_m
    fixes.jump[row] = True
