"""Where the zones of a wearer lie: far from his ways for most, beside them for some, across them for a few."""

from typing import Literal

import numpy as np
import shapely

from service.simulation.path import Path
from service.simulation.places import NEIGHBOURHOODS, Spot, somewhere

Temper = Literal["respects", "passes_near", "careless"]

# Metres between a path and the edge of a zone, from and until; a careless wearer's zone lies across his way.
CLEAR_M: dict[Temper, tuple[float, float]] = {
    "respects": (900.0, float("inf")),
    "passes_near": (60.0, 300.0),
    "careless": (float("-inf"), -40.0),
}
# Metres between such a zone's edge and any place where he spends a longer time: he lives and works elsewhere.
CLEAR_OF_STAYS_M = 700.0
LONG_STAY_S = 1200.0
_TRIES = 80
_BESIDE_M = 450.0


def site(path: Path, reach_m: float, temper: Temper, rng: np.random.Generator) -> Spot:
    """Return a spot for a zone that reaches so far: as near to a path as the temper has it, else well clear of it."""
    line, stays, (from_m, until_m) = _line(path), _stays(path), CLEAR_M[temper]
    for _ in range(_TRIES):
        spot = _anywhere(rng) if temper == "respects" else _beside(path, rng)
        point = shapely.Point(*spot)
        clear_of_stays = shapely.distance(stays, point) - reach_m >= CLEAR_OF_STAYS_M
        if from_m <= shapely.distance(line, point) - reach_m <= until_m and clear_of_stays:
            return spot
    return _clearest(line, rng)


def _clearest(line: shapely.Geometry, rng: np.random.Generator) -> Spot:
    tried = [_anywhere(rng) for _ in range(_TRIES)]
    return max(tried, key=lambda spot: float(shapely.distance(line, shapely.Point(*spot))))


def _anywhere(rng: np.random.Generator) -> Spot:
    return somewhere(NEIGHBOURHOODS[int(rng.integers(0, len(NEIGHBOURHOODS)))], rng)


def _beside(path: Path, rng: np.random.Generator) -> Spot:
    x, y = path.corners_m()
    corner = int(rng.integers(0, len(x)))
    return Spot(float(x[corner]), float(y[corner])).moved(*rng.uniform(-_BESIDE_M, _BESIDE_M, 2).tolist())


def _line(path: Path) -> shapely.Geometry:
    return shapely.LineString(np.column_stack(path.corners_m()))


def _stays(path: Path) -> shapely.Geometry:
    corners = np.column_stack(path.corners_m())
    still = np.hypot(*np.diff(corners, axis=0).T) < 1
    return shapely.MultiPoint(corners[:-1][still & (np.diff(path.t_s) > LONG_STAY_S)])
