"""Which other zones of the same wearer cover the same ground at the same time?

One presence there is an incident of each: the police read it twice.
"""

from collections.abc import Iterator
from typing import NamedTuple

import shapely

from geofence.ids import ZoneId
from geofence.in_force import held, span
from geofence.instants import SECOND_US, Instant, Interval
from geofence.register import Order, Prohibition, ZoneVersion
from geofence.schedule import meet
from geofence.shapes import ZoneUnreadable
from service.register.design.answer import Found
from service.register.design.draft import DraftDesign, Surroundings
from service.register.design.ground import Ground, ground

MOST_TOLD = 20
# Schedules are weekly: two that are ever open together are so within a fortnight.
_FORTNIGHT_US = 14 * 86_400 * SECOND_US
# Shapes that only touch may share a sliver by the rounding of their corners.
_LEAST_SHARE = 1e-6


class _Other(NamedTuple):
    order: Order
    prohibition: Prohibition
    zone_id: ZoneId
    version: ZoneVersion


def check_overlap(draft: DraftDesign, here: Ground, around: Surroundings, found: Found) -> None:
    """Warn of published zones that are in force at the same time as the draft and cover a part of it."""
    shares: dict[ZoneId, float] = {}
    unreadable: set[ZoneId] = set()
    for other in _others(draft, around):
        if not _in_force_together(draft, other):
            continue
        try:
            share = _share(here, ground(other.zone_id, other.version))
        except ZoneUnreadable:
            unreadable.add(other.zone_id)
            continue
        if share > _LEAST_SHARE:
            shares[other.zone_id] = max(share, shares.get(other.zone_id, 0.0))
    for zone_id in sorted(unreadable):
        found.leave("overlap", f"zone {zone_id} can't be read: nobody can tell whether the draft overlaps it")
    if shares:
        told = sorted(shares.items(), key=lambda row: (-row[1], row[0]))
        more = len(told) - MOST_TOLD
        zones = ", ".join(f"zone {zone_id} covers {_per_cent(share)} of it" for zone_id, share in told[:MOST_TOLD])
        found.warn(
            "overlap",
            f"other zones of the wearer are in force at the same time and place: {zones}"
            + (f" and {more} more" if more > 0 else ""),
            "draw it without the overlap, or give the reason: a presence there is an incident of each",
        )


def _others(draft: DraftDesign, around: Surroundings) -> Iterator[_Other]:
    """Yield the published versions of the wearer's other zones: versions of one zone never judge at the same time."""
    for order in around.register.orders:
        for prohibition in order.prohibitions:
            for zone in prohibition.zones:
                if order.wearer_id == draft.order.wearer_id and zone.zone_id != draft.zone_id:
                    yield from (_Other(order, prohibition, zone.zone_id, version) for version in zone.versions)


def _in_force_together(draft: DraftDesign, other: _Other) -> bool:
    """Say whether both are ever in force at once: orders, monitoring, prohibitions, versions, schedules."""
    both = _period(draft.order, draft.prohibition, draft.drawn)
    theirs = _period(other.order, other.prohibition, other.version)
    common = both and theirs and both.meet(theirs)
    if common is None:
        return False
    during = span(common.start, min(common.end, Instant(common.start + _FORTNIGHT_US)))
    open_together = meet(held(draft.order, draft.prohibition, during), held(other.order, other.prohibition, during))
    return bool(meet(open_together, [common]))


def _period(order: Order, prohibition: Prohibition, version: ZoneVersion) -> Interval | None:
    """Return when order, monitoring requirement, prohibition and version hold, whatever the schedule; None if never."""
    common = order.monitoring and order.monitoring.meet(order.during)
    common = common and common.meet(prohibition.during)
    return common and common.meet(Interval(version.valid_from, version.valid_until))


def _share(here: Ground, other: Ground) -> float:
    """Return the share of the draft's area that another zone covers, 0 to 1."""
    apart_m = float(here.outside_m([other.shapes.footprints[0]])[0])
    if apart_m >= other.distance_m and apart_m > 0:
        return 0.0
    return float(shapely.area(shapely.intersection(here.zone, here.of(other))) / shapely.area(here.zone))


def _per_cent(share: float) -> str:
    """Return a share in words; all of it only if nothing to speak of is left.

    >>> _per_cent(0.99999), _per_cent(0.9991), _per_cent(0.254), _per_cent(0.0004)
    ('the whole', '99.9 %', '25.4 %', 'less than 0.1 %')
    """
    if share > 0.9999:
        return "the whole"
    return "less than 0.1 %" if share < 0.001 else f"{min(100 * share, 99.9):.1f} %"
