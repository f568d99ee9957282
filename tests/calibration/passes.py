"""Who goes through a zone: how often is nothing found at all, and what is found else?

He crosses a circle in the open: straight through its middle; or straight and anywhere across its width, each way as
likely as the next; or round a corner of 90 degrees that lies in its middle. When a fix comes is chance. Before and
after he is on the way, straight on, for as long as three fixes take.
"""

from typing import Literal, NamedTuple

import numpy as np

from geofence.rules import Rules
from service.simulation.itinerary import BUS_M_S, BUS_STOP_EVERY_M, BUS_STOP_S
from service.simulation.path import Surroundings
from service.simulation.plane import FloatArray
from tests.calibration.intervals import Estimate, share
from tests.calibration.judged import GRADES, best_by_session, circle, incidents, register
from tests.calibration.sessions import Recording, Sessions

RADII_M = (50, 100, 200, 500)
Way = Literal["middle", "anywhere", "corner"]
WAYS: tuple[Way, ...] = ("middle", "anywhere", "corner")
MPH_M_S = 0.44704
LEAD_S = 180.0


class Speed(NamedTuple):
    """How he moves. A bus stops on its way, as the simulator's does."""

    name: str
    m_s: float
    surroundings: Surroundings
    stops: bool = False


SPEEDS = (
    Speed("on foot", 1.4, "street"),
    Speed("bus", BUS_M_S, "vehicle", stops=True),
    Speed("car, 30 mph", 30 * MPH_M_S, "vehicle"),
    Speed("car, 50 mph", 50 * MPH_M_S, "vehicle"),
    Speed("car, 70 mph", 70 * MPH_M_S, "vehicle"),
)


class PassRow(NamedTuple):
    """Passes of one kind, and the share whose best grade is this one."""

    speed: str
    radius_m: int
    way: str
    grade: str
    passes: int
    share: Estimate


def recorded_passes(speed: Speed, radius_m: float, way: Way, passes: int, seed: int) -> Recording:
    """Return so many passes by a circle about the middle."""
    random = np.random.default_rng([seed, 2])
    aside = random.uniform(-radius_m, radius_m, (passes, 1)) if way == "anywhere" else np.zeros((passes, 1))
    half_m = radius_m + LEAD_S * speed.m_s
    gone_s, gone_m = _with_corner(*_timetable(speed, 2 * half_m, random, passes), half_m)
    gone_s = np.concatenate([np.zeros((passes, 1)), random.uniform(0, 60, (passes, 1)) + gone_s], axis=1)
    gone_m = np.concatenate([gone_m[:, :1], gone_m], axis=1) - half_m
    turned = np.maximum(gone_m, 0) if way == "corner" else np.zeros_like(gone_m)
    length_s = float(np.ceil((gone_s.max() + 1) / 60) * 60)
    return Sessions(gone_s, gone_m - turned, aside + turned, length_s, speed.surroundings).record(seed)


def _timetable(
    speed: Speed, length_m: float, random: np.random.Generator, passes: int
) -> tuple[FloatArray, FloatArray]:
    """Return when he has gone how far; both of shape (passes, knots). The first stop comes anywhere."""
    if not speed.stops:
        ends = np.array([0.0, length_m])
        return np.tile(ends / speed.m_s, (passes, 1)), np.tile(ends, (passes, 1))
    first = random.uniform(0, BUS_STOP_EVERY_M, (passes, 1))
    stops = first + np.arange(int(length_m / BUS_STOP_EVERY_M))[None, :] * BUS_STOP_EVERY_M
    number = np.arange(stops.shape[1])[None, :]
    arrive_s = stops / speed.m_s + number * BUS_STOP_S
    last_s = np.full((passes, 1), length_m / speed.m_s + stops.shape[1] * BUS_STOP_S)
    times = np.stack([arrive_s, arrive_s + BUS_STOP_S], axis=2).reshape(passes, -1)
    gone = np.repeat(stops, 2, axis=1)
    zero = np.zeros((passes, 1))
    return np.concatenate([zero, times, last_s], axis=1), np.concatenate([zero, gone, zero + length_m], axis=1)


def _with_corner(gone_s: FloatArray, gone_m: FloatArray, corner_m: float) -> tuple[FloatArray, FloatArray]:
    """Return the timetable with a knot at the corner."""
    reached = [np.interp(corner_m, metres, seconds) for seconds, metres in zip(gone_s, gone_m, strict=True)]
    times = np.concatenate([gone_s, np.array(reached)[:, None]], axis=1)
    gone = np.concatenate([gone_m, np.full((len(gone_m), 1), corner_m)], axis=1)
    order = np.argsort(times, axis=1, kind="stable")
    return np.take_along_axis(times, order, axis=1), np.take_along_axis(gone, order, axis=1)


def found(speed: Speed, radius_m: int, way: Way, recording: Recording, rules: Rules) -> list[PassRow]:
    """Return the share of passes by their best grade."""
    best = best_by_session(recording, incidents(recording, register({"zone": circle(radius_m)}), rules))
    return [
        PassRow(speed.name, radius_m, way, grade or "no incident", len(best), share(best.count(grade), len(best)))
        for grade in (*GRADES, None)
    ]


def measured(passes: int, seed: int, rules: Rules) -> list[PassRow]:
    """Return the passes of every speed through every radius, by every way."""
    rows: list[PassRow] = []
    for speed in SPEEDS:
        for radius_m in RADII_M:
            for way in WAYS:
                seed += 1
                rows += found(speed, radius_m, way, recorded_passes(speed, radius_m, way, passes, seed), rules)
    return rows
