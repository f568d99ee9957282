"""Does the draft ban the wearer from his own home, or is its edge so near that fixes at home would be raised?"""

import shapely

from service.register.design.answer import Found
from service.register.design.draft import ERROR_MARGIN_M, Surroundings
from service.register.design.ground import Ground


def check_home(here: Ground, around: Surroundings, found: Found) -> None:
    """Warn of a home in the zone or within the error margin of its edge."""
    if around.home is None:
        found.leave("home", "the wearer's home is not recorded")
        return
    if shapely.is_empty(around.home):
        found.leave("home", "the wearer's home is recorded as a shape that can't be read")
        return
    outside_m = float(here.outside_m([around.home])[0])
    if outside_m <= 0:
        found.warn(
            "home",
            "the wearer's home lies in the zone, or its edge runs through it",
            "draw the zone without it, or give the reason for banning him from his home",
        )
    elif outside_m <= ERROR_MARGIN_M:
        found.warn(
            "home",
            f"the wearer's home lies within {ERROR_MARGIN_M:.0f} m of the zone's edge: fixes at home may be raised",
            "draw the edge farther from it, or give the reason",
        )
