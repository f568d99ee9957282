"""Does a shape lie in England and Wales, or at least in the United Kingdom? A warning for the person who draws it.

The outlines are coarse and drawn by hand: they run out at sea, and follow the land borders with Scotland and the
Republic of Ireland to within about five kilometres. No rule of judgement uses them.
"""

import shapely
from shapely import Geometry

from geofence.faults import FootprintFault
from geofence.plane import LONGEST_DEGREE_M

_ENGLAND_AND_WALES = shapely.Polygon(
    [
        (-1.95, 55.84), (-2.04, 55.82), (-2.15, 55.72), (-2.34, 55.64), (-2.22, 55.50), (-2.20, 55.44), (-2.48, 55.355),
        (-2.69, 55.22), (-2.87, 55.11), (-3.05, 55.055), (-3.06, 54.98), (-3.40, 54.94), (-3.75, 54.80), (-4.05, 54.50),
        (-4.05, 54.05), (-4.80, 53.55), (-5.00, 52.60), (-5.90, 51.90), (-5.90, 51.50), (-5.60, 50.60), (-6.60, 50.00),
        (-6.50, 49.75), (-4.90, 49.80), (-3.40, 50.05), (-1.30, 50.45), (0.30, 50.60), (1.10, 50.80), (1.55, 51.05),
        (1.70, 51.60), (1.95, 52.50), (1.70, 52.95), (0.60, 53.15), (0.35, 53.60), (0.05, 54.20), (-1.00, 54.80),
        (-1.35, 55.30), (-1.45, 55.70), (-1.95, 55.84),
    ]
)  # fmt: skip
_SCOTLAND = shapely.Polygon(
    [
        (-1.85, 55.90), (-2.04, 55.80), (-2.15, 55.70), (-2.34, 55.62), (-2.22, 55.48), (-2.20, 55.42), (-2.48, 55.335),
        (-2.69, 55.20), (-2.87, 55.09), (-3.05, 55.035), (-3.06, 54.96), (-3.40, 54.92), (-3.75, 54.78), (-4.40, 54.55),
        (-5.20, 54.55), (-5.45, 55.00), (-5.90, 55.20), (-6.60, 55.50), (-7.40, 56.60), (-8.80, 57.70), (-8.60, 58.00),
        (-6.50, 58.80), (-4.60, 59.20), (-2.40, 60.40), (-1.00, 61.00), (-0.50, 60.80), (-1.00, 59.70), (-1.90, 58.40),
        (-1.50, 57.60), (-1.80, 56.90), (-2.20, 56.20), (-1.85, 55.90),
    ]
)  # fmt: skip
_NORTHERN_IRELAND = shapely.Polygon(
    [
        (-5.30, 54.30), (-5.85, 53.98), (-6.10, 54.03), (-6.36, 54.10), (-6.65, 54.04), (-6.80, 54.20), (-7.00, 54.40),
        (-7.15, 54.33), (-7.30, 54.12), (-7.60, 54.12), (-7.88, 54.22), (-8.20, 54.46), (-7.80, 54.64), (-7.55, 54.76),
        (-7.45, 54.90), (-7.42, 55.04), (-7.25, 55.10), (-6.95, 55.25), (-6.20, 55.40), (-5.85, 55.30), (-5.35, 54.75),
        (-5.30, 54.30),
    ]
)  # fmt: skip
_UNITED_KINGDOM = shapely.union_all([_ENGLAND_AND_WALES, _SCOTLAND, _NORTHERN_IRELAND])


def footprint_warnings(geometry: Geometry, distance_m: float = 0.0) -> tuple[FootprintFault, ...]:
    """Return what a person who publishes this shape should be asked to justify; empty if nothing.

    distance_m: what belongs to the zone around the footprint. It is laid off in degrees of latitude, which are the
    longest: never more than in truth.

    >>> footprint_warnings(shapely.Point(-0.1, 51.37), 200.0)
    ()
    """
    zone = shapely.buffer(geometry, min(distance_m / LONGEST_DEGREE_M, 180.0), quad_segs=4) if distance_m else geometry
    if shapely.covers(_ENGLAND_AND_WALES, zone):
        return ()
    where = "England and Wales" if shapely.covers(_UNITED_KINGDOM, zone) else "the United Kingdom"
    return (FootprintFault("", f"the zone is not wholly in {where}", "check the drawing, or give the reason for it"),)
