"""Which zones can be judged? One that can't must not keep a force waiting for the report on all the others."""

from dataclasses import replace

from geofence.judgement import NotJudged
from geofence.register import Order, Prohibition, Register, Zone
from geofence.shapes import ZoneUnreadable, shapes


def readable(register: Register) -> tuple[Register, tuple[NotJudged, ...]]:
    """Return the register without the zones that can't be judged, and those zones, each with its fault.

    Law 4: an unreadable zone is never silent. A prohibition that loses a zone needs one, so that time in which no other
    zone of it is published counts as not monitored.
    """
    not_judged: list[NotJudged] = []
    orders = tuple(_readable_order(order, not_judged) for order in register.orders)
    return replace(register, orders=orders), tuple(sorted(not_judged, key=lambda one: one.zone_id))


def _readable_order(order: Order, not_judged: list[NotJudged]) -> Order:
    prohibitions = tuple(_readable_prohibition(one, not_judged) for one in order.prohibitions)
    return replace(order, prohibitions=prohibitions)


def _readable_prohibition(prohibition: Prohibition, not_judged: list[NotJudged]) -> Prohibition:
    sound = []
    for zone in prohibition.zones:
        fault = _fault(zone)
        if fault is None:
            sound.append(zone)
        else:
            not_judged.append(NotJudged(zone.zone_id, fault))
    if len(sound) == len(prohibition.zones):
        return prohibition
    return replace(prohibition, zones=tuple(sound), needs_zone=True)


def _fault(zone: Zone) -> str | None:
    try:
        shapes([(zone.zone_id, version) for version in zone.versions])
    except ZoneUnreadable as unreadable:
        return f"version {unreadable.version}: {unreadable.fault}"
    return None
