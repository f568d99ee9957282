"""Every check of a draft, in the order in which a person reads them. Pure: values in, findings out."""

from geofence.footprint import footprint_warnings
from geofence.rules import Rules
from geofence.shapes import ZoneUnreadable
from service.register.design.answer import DesignCheck, Found, Replay
from service.register.design.draft import DraftDesign, Surroundings
from service.register.design.ground import Ground, ground
from service.register.design.home import check_home
from service.register.design.near_places import check_places
from service.register.design.overlap import check_overlap
from service.register.design.periods import check_periods
from service.register.design.protected_address import check_address
from service.register.design.replay import check_replay
from service.register.design.size import check_size


def design_findings(draft: DraftDesign, around: Surroundings, rules: Rules) -> DesignCheck:
    """Return what is to be known of a draft before it is approved.

    A shape that can't be judged is a warning of its own, and what would have been asked of it is not checked.
    """
    found = Found()
    area_m2: float | None = None
    replay: Replay | None = None
    try:
        here = ground(draft.zone_id, draft.drawn)
    except ZoneUnreadable as unreadable:
        found.warn("shape", f"the shape can't be judged: {unreadable.fault}", "draw it again")
        found.leave("shape", "nothing that asks for the shape was checked: its whereabouts, size, overlap and replay")
    else:
        area_m2, replay = _of_shape(draft, here, around, rules, found)
    check_periods(draft, around.replayed.end, found)
    return DesignCheck(
        zone_id=draft.zone_id,
        version=draft.drawn.version,
        area_m2=area_m2,
        warnings=tuple(found.warnings),
        not_checked=tuple(found.not_checked),
        replay=replay,
    )


def _of_shape(
    draft: DraftDesign, here: Ground, around: Surroundings, rules: Rules, found: Found
) -> tuple[float, Replay | None]:
    check_address(draft, here, around, found)
    check_home(here, around, found)
    replay = check_replay(draft, here, around, rules, found)
    check_places(draft, here, around, found)
    check_overlap(draft, here, around, found)
    area_m2 = check_size(here, rules, found)
    for warning in footprint_warnings(draft.drawn.footprint, draft.drawn.distance_m):
        found.warn("outside", warning.fault, warning.remedy)
    return area_m2, replay
