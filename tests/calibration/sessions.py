"""Many separate stretches of one wearer's time, recorded by the simulator's own tag and laid one after another."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from geofence.ids import TagId
from geofence.instants import SECOND_US, Instant
from geofence.tracks import FloatArray, IndexArray, Mechanism, Tracks
from service.simulation.act import Carrying, Conduct
from service.simulation.path import Path, Stretch, Surroundings
from service.simulation.places import Spot
from service.simulation.plane import degrees, metres
from service.simulation.recorded import CELL, GPS, RF, WIFI
from service.simulation.wearer_day import recorded

TAG = TagId("T-1")
START = Instant(1_767_225_600 * SECOND_US)
# Longer than any silence, leg or pause over which rules join: no session knows of another.
GAP_S = 7200.0
_MECHANISM = {GPS: Mechanism.GPS, RF: Mechanism.RF, CELL: Mechanism.CELL, WIFI: Mechanism.WIFI}
_WRITTEN_S = 0.001


@dataclass(frozen=True)
class Sessions:
    """Where he truly was: in each session, a way through knots; columns of shape (sessions, knots).

    t_s: seconds since the session began, ascending, from 0 to less than `length_s`. x_m, y_m: metres of the
    simulator's plane. Fixes come once a minute from the first session's start on, wherever a session begins, so one
    that must not know when its fix comes draws its knots' times at random.
    """

    t_s: FloatArray
    x_m: FloatArray
    y_m: FloatArray
    length_s: float
    surroundings: Surroundings
    boastful: bool = False

    def __len__(self) -> int:
        return len(self.t_s)

    @property
    def hours(self) -> float:
        """Hours of all sessions together."""
        return len(self) * self.length_s / 3600

    @cached_property
    def path(self) -> Path:
        """The sessions as one path without gaps; between two of them he is suddenly elsewhere."""
        starts = np.arange(len(self))[:, None] * self.length_s
        last = np.full((len(self), 1), self.length_s - _WRITTEN_S)
        t = np.concatenate([starts + self.t_s, starts + last], axis=1)
        x, y = (np.concatenate([column, column[:, -1:]], axis=1) for column in (self.x_m, self.y_m))
        whole = Stretch(0.0, len(self) * self.length_s, self.surroundings)
        return Path.through(t.ravel().tolist(), x.ravel().tolist(), y.ravel().tolist(), [whole])

    def record(self, seed: int) -> "Recording":
        """Return what a tag makes of them: the simulator's, errors correlated in time, now and then a jump."""
        end = len(self) * self.length_s
        tag = Carrying(self.path, Conduct(boastful=self.boastful), (0.0, end), Spot(0, 0))
        fixes = recorded(tag, np.random.default_rng(seed))
        fixes = fixes.only((fixes.at_s >= 0) & (fixes.at_s < end))
        session = (fixes.at_s // self.length_s).astype(np.int64)
        true = self.path.at(fixes.at_s)
        n = len(fixes)
        tracks = Tracks(
            tag_ids=(TAG,),
            tag=np.zeros(n, dtype=np.int64),
            recorded_at=START + ((fixes.at_s + session * GAP_S) * SECOND_US).astype(np.int64),
            position_id=np.full(n, None, dtype=object),
            person_id=np.full(n, None, dtype=object),
            mechanism=np.array([_MECHANISM[code] for code in fixes.mechanism.tolist()], dtype=np.uint8),
            longitude_deg=fixes.longitude_deg,
            latitude_deg=fixes.latitude_deg,
            accuracy_m=fixes.accuracy_m,
            accuracy_confidence=np.full(n, 0.95),
            clock_suspect=np.zeros(n, dtype=np.bool_),
        )
        return Recording(self, tracks, session, *metres(true.longitude_deg, true.latitude_deg))

    def session_at(self, at: Instant) -> int:
        """Return the session in which an instant of the recording lies."""
        return int((at - START) / SECOND_US // (self.length_s + GAP_S))


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Sessions as a tag recorded them. Of each fix, its session and where he truly was then."""

    sessions: Sessions
    tracks: Tracks
    session: IndexArray
    true_x_m: FloatArray
    true_y_m: FloatArray


def standing(x_m: FloatArray, y_m: FloatArray, length_s: float, surroundings: Surroundings, boastful: bool) -> Sessions:
    """Return sessions in each of which he stands at one place."""
    return Sessions(np.zeros((len(x_m), 1)), x_m[:, None], y_m[:, None], length_s, surroundings, boastful)


def degrees_of(x_m: FloatArray, y_m: FloatArray) -> FloatArray:
    """Return longitude and latitude, shape (n, 2)."""
    return np.column_stack(degrees(x_m, y_m))
