"""From metres to degrees and back, on a plane of the simulator's own, not the one on which fixes are judged."""

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

# East Croydon, roughly: where the simulated metres are counted from.
ORIGIN_LONGITUDE_DEG = -0.0930
ORIGIN_LATITUDE_DEG = 51.3755

_SEMI_MAJOR_M = 6_378_137.0
_FLATTENING = 1 / 298.257223563
_E2 = _FLATTENING * (2 - _FLATTENING)


def metres_per_degree(latitude_deg: float) -> tuple[float, float]:
    """Return the metres of one degree of longitude and of latitude on WGS 84, at a latitude."""
    latitude = math.radians(latitude_deg)
    curvature = 1 - _E2 * math.sin(latitude) ** 2
    east = _SEMI_MAJOR_M / math.sqrt(curvature) * math.cos(latitude)
    north = _SEMI_MAJOR_M * (1 - _E2) / curvature**1.5
    return math.radians(east), math.radians(north)


EAST_M, NORTH_M = metres_per_degree(ORIGIN_LATITUDE_DEG)


def degrees(x_m: FloatArray, y_m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return longitude and latitude of metres east and north of the origin; true to 0.2 % within 10 km."""
    return ORIGIN_LONGITUDE_DEG + x_m / EAST_M, ORIGIN_LATITUDE_DEG + y_m / NORTH_M


def metres(longitude_deg: FloatArray, latitude_deg: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return metres east and north of the origin: the inverse of `degrees`."""
    return (longitude_deg - ORIGIN_LONGITUDE_DEG) * EAST_M, (latitude_deg - ORIGIN_LATITUDE_DEG) * NORTH_M


def position(x_m: float, y_m: float) -> list[float]:
    """Return a GeoJSON position, to seven decimals (a centimetre)."""
    return [round(ORIGIN_LONGITUDE_DEG + x_m / EAST_M, 7), round(ORIGIN_LATITUDE_DEG + y_m / NORTH_M, 7)]
