"""Is a protected address where anybody would look for it first: in the middle of the shape?"""

import math

import shapely
from shapely import Geometry

from service.register.design.answer import Found
from service.register.design.draft import DraftDesign, Surroundings
from service.register.design.ground import Ground

# How far from the premises the middle of a drawn area must lie, as a share of its mean radius (that of a circle of its
# area). Within a fifth lies a twenty-fifth of the area: a guess at the middle would be as good as the address.
CENTRED = 0.2


def check_address(draft: DraftDesign, here: Ground, around: Surroundings, found: Found) -> None:
    """Warn of a shape that is centred on the premises of a protected address. No place and no name is told."""
    if not draft.address_protected:
        return
    if _is_drawn_round_premises(draft.drawn.footprint, draft.drawn.distance_m):
        _warn(found)
    elif around.premises is None:
        found.leave("protected-address", "the premises are not recorded: nobody can tell whether the shape is centred")
    elif shapely.is_empty(around.premises):
        found.leave("protected-address", "the premises are recorded as a shape that can't be read")
    elif _is_centred(here, around.premises):
        _warn(found)


def _is_drawn_round_premises(footprint: Geometry, distance_m: float) -> bool:
    """Say whether the shape is a distance around a point or an outline: these are what it keeps away from."""
    return distance_m > 0 and shapely.get_dimensions(footprint) != 1


def _is_centred(here: Ground, premises: Geometry) -> bool:
    """Say whether the middle of the zone, or of any part of it, lies close to the premises."""
    (there,) = here.laid_out([premises])
    areas = [here.zone, *shapely.get_parts(here.zone)]
    return any(
        shapely.distance(shapely.centroid(area), there) <= CENTRED * math.sqrt(shapely.area(area) / math.pi)
        for area in areas
    )


def _warn(found: Found) -> None:
    found.warn(
        "protected-address",
        "the shape is centred on a protected address: it tells the address to whoever sees it",
        "draw an area that is not centred on it",
    )
