"""Is the zone too large to be meant, or too small for tags to notice anybody in it?"""

import numpy as np
import shapely
from shapely import Geometry

from geofence.accuracy import RADIUS_IN_SIGMAS
from geofence.depth import depth_m
from geofence.plane import from_plane
from geofence.probability import p_inside
from geofence.rules import Rules
from service.register.design.answer import Found
from service.register.design.ground import Ground

# A circle of 2.5 km: a whole town centre with its stations. Courts keep people from a home, a school, a street; whoever
# draws more has mistaken a unit, or bans a wearer from places where he has to be.
VERY_LARGE_M2 = 20e6
# At one fix a minute a car at 30 mph drives 800 m between two fixes: it leaves none in a zone of 100 m radius four
# times in five. Who walks 84 m a minute can pass through a zone narrower than this as well.
NARROW_M = 100.0
_WIDTH_TO_M = 0.1


def check_size(here: Ground, rules: Rules, found: Found) -> float:
    """Warn of a zone that is very large or very narrow, and return its area in square metres."""
    area_m2 = float(shapely.area(here.zone))
    if area_m2 > VERY_LARGE_M2:
        found.warn(
            "area",
            f"the zone covers {area_m2 / 1e6:,.2f} km², more than {VERY_LARGE_M2 / 1e6:.0f} km²",
            "check the drawing and its distance, or give the reason for so much",
        )
    deepest = None if here.distance_m >= NARROW_M / 2 else _deepest(here.zone)
    if deepest is None:
        return area_m2
    half_m, pole = deepest
    if _greatest_p_inside(here, pole, rules) < rules.inside_p:
        found.warn(
            "width",
            f"the zone is at most {_told_width(half_m)} wide: no gps fix can be INSIDE, for none is believed to be"
            f" right to less than {rules.floor_r95_gps_m:g} m",
            "draw it wider: no incident of it would ever be confirmed",
        )
    else:
        found.warn(
            "width",
            f"the zone is at most {_told_width(half_m)} wide: at one fix a minute a car, or even somebody on foot, can"
            " pass through without a fix in it",
            f"draw it at least {NARROW_M:.0f} m wide, or give the reason",
        )
    return area_m2


def _deepest(zone: Geometry) -> tuple[float, Geometry] | None:
    """Return half the greatest width, to 0.1 m and 1 %, and a place so deep; None if it is at least NARROW_M wide.

    A zone is wider than twice a depth if anything is left of it when so much is taken off all round.
    """
    low, high = 0.0, NARROW_M / 2 - _WIDTH_TO_M
    if not shapely.is_empty(shapely.buffer(zone, -high)):
        return None
    left = zone
    while high - low > _WIDTH_TO_M / 4:
        middle = (low + high) / 2
        smaller = shapely.buffer(zone, -middle)
        if shapely.is_empty(smaller):
            high = middle
        else:
            low, left = middle, smaller
    return high, shapely.point_on_surface(left)


def _greatest_p_inside(here: Ground, pole: Geometry, rules: Rules) -> float:
    """Return R4's probability for a gps fix of the least radius that is believed, taken at the deepest place."""
    version = np.zeros(1, dtype=np.int64)
    place = shapely.get_x(pole) + np.zeros(1), shapely.get_y(pole) + np.zeros(1)
    depth = depth_m(here.shapes, version, *place, from_plane(here.shapes.planes, version, *place))
    sigma_m = np.full(1, rules.floor_r95_gps_m / RADIUS_IN_SIGMAS)
    return float(p_inside(here.shapes, version, place, depth, sigma_m)[0])


def _told_width(half_m: float) -> str:
    return f"{2 * half_m:.0f} m" if half_m >= 5 else f"{2 * half_m:.1f} m"
