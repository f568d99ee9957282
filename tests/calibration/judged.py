"""One wearer, some zones, always in force: what the rules say of a recording."""

from collections.abc import Mapping

import numpy as np
import shapely
from shapely import Geometry

from geofence.fixes import in_order
from geofence.ids import OrderId, ProhibitionId, WearerId, ZoneId
from geofence.in_force import span
from geofence.instants import FOREVER, SECOND_US, Instant, Interval
from geofence.judge import judge
from geofence.judgement import Grade, Incident
from geofence.register import Fitting, Order, Prohibition, Register, Zone, ZoneVersion
from geofence.rules import Rules
from geofence.tracks import FloatArray
from geofence.verdict import verdicts
from geofence.zones import zones
from tests.calibration.sessions import START, TAG, Recording, degrees_of

GRADES: tuple[Grade, ...] = ("confirmed", "probable", "inferred", "possible")
_LONG_AGO = Instant(START - 86_400 * SECOND_US)
Drawn = tuple[Geometry, float]


def circle(radius_m: float) -> Drawn:
    """Return the zone about the middle of the simulator's plane."""
    (middle,) = degrees_of(np.zeros(1), np.zeros(1))
    return shapely.Point(middle), radius_m


def register(drawn: Mapping[str, Drawn]) -> Register:
    """Return a register of one wearer whom some zones bind, by zone id."""
    always, wearer = Interval(_LONG_AGO, FOREVER), WearerId("W-1")
    own = tuple(
        Zone(ZoneId(name), (ZoneVersion(1, _LONG_AGO, FOREVER, footprint, distance_m),))
        for name, (footprint, distance_m) in drawn.items()
    )
    clause = Prohibition(ProhibitionId("P-1"), always, own)
    return Register((Fitting(TAG, wearer, _LONG_AGO),), (Order(OrderId("O-1"), wearer, always, always, (clause,)),))


def incidents(recording: Recording, entered: Register, rules: Rules) -> tuple[Incident, ...]:
    """Return what `judge` finds in a whole recording."""
    end = Instant(int(recording.tracks.recorded_at.max()) + 3600 * SECOND_US)
    return judge(recording.tracks, entered, rules, Interval(START, end), end).incidents


def best_by_session(recording: Recording, found: tuple[Incident, ...]) -> list[Grade | None]:
    """Return the best grade that each session was given, None if nothing was found in it."""
    best: list[Grade | None] = [None] * len(recording.sessions)
    for incident in found:
        session = recording.sessions.session_at(incident.fixes[0].recorded_at)
        now = best[session]
        if now is None or GRADES.index(incident.grade) < GRADES.index(now):
            best[session] = incident.grade
    return best


def p_inside(recording: Recording, entered: Register, rules: Rules) -> FloatArray:
    """Return `p_inside` of every fix against the register's one zone, in the order of the recording's columns.

    `judge` prints it for the fixes of incidents alone; asked of those, a reliability table would be a choice of the
    fixes that look guilty.
    """
    end = Instant(int(recording.tracks.recorded_at.max()) + SECOND_US)
    fixes = in_order(recording.tracks, entered, rules, end)
    shapes = zones(entered, span(START, end)).shapes
    every = np.arange(len(fixes))
    p = np.empty(len(recording.tracks))
    p[fixes.row] = verdicts(fixes, shapes, rules, every, np.zeros_like(every)).p_inside
    return p
