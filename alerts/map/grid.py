"""Where a place is on the Ordnance Survey National Grid, to a few metres: for people, never for judging."""

from functools import cache
from typing import Final

import numpy as np
from pyproj import Transformer

from geofence.tracks import FloatArray

# The grid's 500 km and 100 km squares: the alphabet without I, row by row from the north-west.
_LETTERS: Final = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
_EAST_END_M: Final = 700_000
_NORTH_END_M: Final = 1_300_000


@cache
def _transformer() -> Transformer:
    """WGS 84 to the National Grid. Without the OSTN15 grid it is good to about 2 m, which no picture shows."""
    return Transformer.from_crs("EPSG:4326", "EPSG:27700", always_xy=True)


def grid_of(longitude_deg: FloatArray, latitude_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return eastings and northings in metres; infinite where the projection has none."""
    east, north = _transformer().transform(longitude_deg, latitude_deg)
    return np.asarray(east, dtype=np.float64), np.asarray(north, dtype=np.float64)


def degrees_of(east_m: FloatArray, north_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return longitudes and latitudes in WGS 84 degrees of places on the grid."""
    longitude, latitude = _transformer().transform(east_m, north_m, direction="INVERSE")
    return np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64)


def on_grid(east_m: float, north_m: float) -> bool:
    """Whether a place has a National Grid reference: Great Britain and the sea around it."""
    return 0 <= east_m < _EAST_END_M and 0 <= north_m < _NORTH_END_M


def square(east_m: float, north_m: float) -> str:
    """Return the two letters of a 100 km square: `TQ`.

    >>> square(532_620, 165_180)
    'TQ'
    """
    column, row = int(east_m // 100_000), int(north_m // 100_000)
    # Squares count from S (origin of the numbered grid) to the east and north.
    large = (1 - row // 5 + 2) * 5 + column // 5 + 2
    small = (4 - row % 5) * 5 + column % 5
    return _LETTERS[large] + _LETTERS[small]


def reference(longitude_deg: float, latitude_deg: float) -> str | None:
    """Return a ten-figure grid reference: `TQ 32620 65180`; None outside Great Britain."""
    east, north = grid_of(np.array([longitude_deg]), np.array([latitude_deg]))
    if not on_grid(float(east[0]), float(north[0])):
        return None
    within = f"{int(east[0]) % 100_000:05d} {int(north[0]) % 100_000:05d}"
    return f"{square(float(east[0]), float(north[0]))} {within}"
