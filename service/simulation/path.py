"""Where somebody truly was: straight lines between instants, and what surrounded him on each stretch."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from service.simulation.plane import EAST_M, NORTH_M, FloatArray, degrees, metres

# home: near the beacon. indoors: behind walls. deep: no satellite is heard. canyon: a street between tall buildings.
Surroundings = Literal["home", "indoors", "deep", "street", "canyon", "vehicle", "tunnel"]


class Stretch(NamedTuple):
    """What surrounded somebody during `[from_s, until_s)`."""

    from_s: float
    until_s: float
    surroundings: Surroundings


class Motion(NamedTuple):
    """Somebody at several instants, columns of shape (n,). Heading in degrees clockwise from north, 0 when standing."""

    longitude_deg: FloatArray
    latitude_deg: FloatArray
    speed_m_s: FloatArray
    heading_deg: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The truth: at `t_s` (ascending, to the millisecond) he was at each position (to a centimetre); straight between.

    A line that is straight in degrees is straight in metres here, for the simulated plane is a scaled one.
    """

    t_s: FloatArray
    longitude_deg: FloatArray
    latitude_deg: FloatArray
    stretches: tuple[Stretch, ...]

    @classmethod
    def through(cls, t_s: list[float], x_m: list[float], y_m: list[float], stretches: list[Stretch]) -> "Path":
        """Return the path through places in metres, rounded as it will be written down."""
        longitude, latitude = degrees(np.array(x_m), np.array(y_m))
        return cls(np.round(np.array(t_s), 3), np.round(longitude, 7), np.round(latitude, 7), tuple(stretches))

    def at(self, t_s: FloatArray) -> Motion:
        """Return position, speed and heading at instants."""
        edge = np.clip(np.searchsorted(self.t_s, t_s, side="right") - 1, 0, max(len(self.t_s) - 2, 0))
        following = np.minimum(edge + 1, len(self.t_s) - 1)
        east = (self.longitude_deg[following] - self.longitude_deg[edge]) * EAST_M
        north = (self.latitude_deg[following] - self.latitude_deg[edge]) * NORTH_M
        elapsed = np.maximum(self.t_s[following] - self.t_s[edge], 1e-3)
        moving = np.hypot(east, north) > 0
        return Motion(
            np.interp(t_s, self.t_s, self.longitude_deg),
            np.interp(t_s, self.t_s, self.latitude_deg),
            np.hypot(east, north) / elapsed,
            np.where(moving, np.degrees(np.arctan2(east, north)) % 360, 0.0),
        )

    def stretch_at(self, t_s: FloatArray) -> list[Surroundings]:
        """Return what surrounded him at instants."""
        starts = np.array([stretch.from_s for stretch in self.stretches])
        number = np.clip(np.searchsorted(starts, t_s, side="right") - 1, 0, None)
        return [self.stretches[index].surroundings for index in number.tolist()]

    def corners_m(self) -> tuple[FloatArray, FloatArray]:
        """Return the path's corners in metres of the simulated plane."""
        return metres(self.longitude_deg, self.latitude_deg)
