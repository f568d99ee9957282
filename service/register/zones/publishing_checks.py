"""What stands in the way of publishing a zone version, and what is to be thought of before."""

from collections.abc import Sequence

import shapely

from alerts.particulars import Connection
from geofence.footprint import FootprintFaults, footprint_warnings, read_footprint
from geofence.instants import FOREVER, MINUTE_US, Instant, Interval, printed
from geofence.register import ZoneVersion
from service.register.design.ground import ground
from service.register.findings import Finding, Findings
from service.register.orders.checking import check_order_written
from service.register.orders.order import OrderRecord
from service.register.refusals import Conflict, Faulty
from service.register.zones.zone import ZoneRecord, ZoneVersionRecord

EMERGENCY_US = 24 * 60 * MINUTE_US
# Two outlines of one shape, drawn anew, may part by so much.
_SAME_EDGE_M = 0.5


def needs_publishing(order: OrderRecord) -> bool:
    """Whether the order is a draft, or in force because one person alone said so."""
    return not order.published or order.order["emergency_until"] is not None


def followed_by(
    zone: ZoneRecord, drawn: ZoneVersionRecord, returning: Sequence[ZoneVersionRecord], until: Instant
) -> ZoneVersionRecord | None:
    """Return the version that is in force when the drawn one begins. Raises Conflict if another begins while it lasts.

    returning: what makes way. until: up to when the drawn one holds at most.
    """
    own = _wanted(drawn, until)
    followed = None
    for other in zone.versions:
        during = other.during
        if other.version == drawn.version or other in returning or during is None or during.meet(own) is None:
            continue
        if during.start >= own.start:
            raise Conflict(
                f"version {other.version} begins at {printed(during.start)}, while this one is to hold: "
                f"let this one end there, or withdraw version {other.version}"
            )
        followed = other
    return followed


def next_beginning(zone: ZoneRecord, drawn: ZoneVersionRecord, returning: Sequence[ZoneVersionRecord]) -> Instant:
    """Return when something else begins after a version did, FOREVER if nothing does: up to then it can be confirmed.

    Its end was never to be drawn again, unlike a draft's: it would stay unconfirmed because of what was planned.
    """
    starts = (each.valid_from for each in zone.versions if each.during is not None and each not in returning)
    return min((start for start in starts if start > drawn.valid_from), default=FOREVER)


def refuse_unconfirmed(
    zone: ZoneRecord, drawn: ZoneVersionRecord, until: Instant, now: Instant, *, alone: str | None = None
) -> None:
    """Raise Conflict if what one person alone has put in force would be cut short before a second one looked at it.

    Whatever comes of it then would be left without what was there before, or without itself. alone: who asks as one
    person alone: never before an emergency was answered, nor upon what nobody confirmed, nor twice, one day after the
    other.
    """
    own = _wanted(drawn, until)
    for other in zone.versions:
        if other.version == drawn.version or other.state != "emergency" or other.emergency_until is None:
            continue
        meets = other.during is not None and other.during.meet(own) is not None
        is_open = other.emergency_until > now
        # One that was refused ended before its time.
        lapsed = other.published_at is not None and other.emergency_until == other.published_at + EMERGENCY_US
        again = alone is not None and (is_open or meets or (lapsed and other.published_by == alone))
        if (is_open and meets) or again:
            raise Conflict(
                f"version {other.version} was put in force in an emergency: let a second person confirm or refuse it "
                "first, or draw a zone of its own"
            )


def shape_warnings(zone: ZoneRecord, drawn: ZoneVersionRecord) -> list[Finding]:
    """Return what a version's shape warns of. Raises Faulty if it can't be judged."""
    findings, place = Findings(), f"zone {zone.zone_id}, version {drawn.version}"
    try:
        shape = read_footprint(drawn.footprint, drawn.distance_m, protected=zone.address_protected)
    except FootprintFaults as refused:
        for fault in refused.faults:
            findings.fault(f"{place}, {fault.place}" if fault.place else place, fault.fault, fault.remedy)
        raise Faulty(findings.found) from None
    for warning in footprint_warnings(shape, drawn.distance_m):
        findings.warn(place, warning.fault, warning.remedy)
    for text in drawn.warnings:
        findings.warn(place, text, "or give the reason")
    return findings.found


async def order_warnings(connection: Connection, order: OrderRecord) -> Sequence[Finding]:
    """Return what an order warns of that is published with its zone. Raises Faulty if it can't be."""
    if not needs_publishing(order):
        return ()
    return (await check_order_written(connection, order.written(), order, whole=True)).warnings


def gap_warnings(zone: ZoneRecord, drawn: ZoneVersionRecord, followed: ZoneVersionRecord | None) -> list[Finding]:
    """Return whether nothing will hold where something would have held."""
    findings = Findings()
    during = None if followed is None else followed.during
    if followed is not None and during is not None and drawn.valid_until is not None and drawn.valid_until < during.end:
        findings.warn(
            f"zone {zone.zone_id}, version {drawn.version}",
            f"ends at {printed(drawn.valid_until)}; version {followed.version}, which it replaces, would have gone on",
            "draw what holds after it, or say why nothing does",
        )
    return findings.found


def refuse_smaller(zone: ZoneRecord, drawn: ZoneVersionRecord, followed: ZoneVersionRecord) -> None:
    """Raise Conflict if a version leaves out a part of the one that it follows."""
    new, old = (ground(zone.zone_id, _judged(zone, each)) for each in (drawn, followed))
    if not shapely.covers(shapely.buffer(new.zone, _SAME_EDGE_M), new.of(old)):
        raise Conflict(
            f"it leaves out a part of version {followed.version}: one person alone may publish new or larger zones only"
        )


def _wanted(drawn: ZoneVersionRecord, until: Instant) -> Interval:
    return Interval(drawn.valid_from, min(until, drawn.end))


def _judged(zone: ZoneRecord, each: ZoneVersionRecord) -> ZoneVersion:
    shape = read_footprint(each.footprint, each.distance_m, protected=zone.address_protected)
    return ZoneVersion(each.version, each.valid_from, each.end, shape, each.distance_m)


def returns_after(each: ZoneVersionRecord, drawn: ZoneVersionRecord) -> bool:
    """Whether a version is the one that comes back when the drawn one's 24 hours are over."""
    return each.returns_after == drawn.version and each.state != "withdrawn"


def emergency_before(zone: ZoneRecord, each: ZoneVersionRecord) -> ZoneVersionRecord | None:
    """Return the version after whose emergency this one comes back, None if it was drawn by a person."""
    return next((other for other in zone.versions if each.returns_after == other.version), None)
