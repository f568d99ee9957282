"""From the National Grid to longitude and latitude, by Ordnance Survey's OSTN15 and nothing coarser."""

from math import isfinite

from convertbng.cutil import convert_lonlat

from alerts.map.grid import on_grid

_DECIMALS = 8


class OffTheGrid(ValueError):
    """OSTN15 does not reach this place: it is not in Great Britain or the sea around it."""


def degrees_at(east_m: float, north_m: float) -> tuple[float, float]:
    """Return longitude and latitude in degrees, to eight decimals (a millimetre), of a place on the National Grid.

    OSTN15 defines the grid: good to 6 mm at all 40 test points that Ordnance Survey publishes. pyproj is not asked: its
    wheel has no OSTN15, so that it falls back without a word to seven parameters (up to 5 m off there) and beyond two
    degrees east to none at all (150 m). What comes out is ETRS89, which moves with Europe, and is taken for WGS 84,
    which does not: they were one in 1989, part by 2.5 cm a year, and are not yet a metre apart. No fix is that good.

    Raises OffTheGrid.

    >>> degrees_at(651_409.804, 313_177.450)
    (1.71607397, 52.65800783)
    """
    if not on_grid(east_m, north_m):
        raise OffTheGrid("outside the National Grid")
    # Without data for a place the transformation says NaN.
    longitudes_deg, latitudes_deg = convert_lonlat(east_m, north_m)
    longitude_deg, latitude_deg = float(longitudes_deg[0]), float(latitudes_deg[0])
    if not (isfinite(longitude_deg) and isfinite(latitude_deg)):
        raise OffTheGrid("outside the area of OSTN15")
    return round(longitude_deg, _DECIMALS), round(latitude_deg, _DECIMALS)
