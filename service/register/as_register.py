"""What the rules need to know of a register file."""

from geofence.instants import FOREVER, Instant, Interval
from geofence.register import Fitting, Order, Prohibition, Register, Zone, ZoneVersion
from service.register.content import Content, OrderEntry, ProhibitionEntry, ZoneEntry


def as_register(content: Content) -> Register:
    """Return a sound file's content as `judge` reads it, in order of its ids, as the database gives it too."""
    return Register(
        fittings=tuple(
            sorted(
                (
                    Fitting(entry.tag_id, entry.wearer_id, entry.fitted_at, end_or_forever(entry.removed_at))
                    for entry in content.fittings
                ),
                key=lambda fitting: (fitting.tag_id, fitting.fitted_at),
            )
        ),
        orders=tuple(_order(entry) for entry in sorted(content.orders, key=lambda entry: entry.order_id)),
        provider_person_ids={
            entry.wearer_id: entry.provider_person_id
            for entry in sorted(content.wearers, key=lambda entry: entry.wearer_id)
            if entry.provider_person_id is not None
        },
    )


def before_aware_until(*, without_notice: bool, aware_from: Instant | None) -> Instant | None:
    """Return up to when the wearer did not know of the order, None if awareness parts nothing.

    Before it there is no offence (Domestic Abuse Act 2021 s.39(2)). `aware_from` parts whatever `without_notice` says;
    without it, an order made without notice is not known at all.
    """
    if aware_from is not None:
        return aware_from
    return FOREVER if without_notice else None


def end_or_forever(end: Instant | None) -> Instant:
    """Return an end, FOREVER if there is none."""
    return FOREVER if end is None else end


def _order(entry: OrderEntry) -> Order:
    monitoring = entry.monitoring
    return Order(
        order_id=entry.order_id,
        wearer_id=entry.wearer_id,
        during=entry.during,
        monitoring=None if monitoring is None else Interval(monitoring.start, monitoring.until),
        prohibitions=tuple(
            _prohibition(inner) for inner in sorted(entry.prohibitions, key=lambda inner: inner.prohibition_id)
        ),
        suspensions=tuple(sorted({Interval(inner.start, inner.until) for inner in entry.suspensions})),
        before_aware_until=before_aware_until(without_notice=entry.without_notice, aware_from=entry.aware_from),
    )


def _prohibition(entry: ProhibitionEntry) -> Prohibition:
    return Prohibition(
        prohibition_id=entry.prohibition_id,
        during=Interval(entry.start, end_or_forever(entry.until)),
        zones=tuple(_zone(inner) for inner in sorted(entry.zones, key=lambda inner: inner.zone_id)),
        schedule=entry.schedule,
        needs_zone=entry.needs_zone,
    )


def _zone(entry: ZoneEntry) -> Zone:
    versions = [
        ZoneVersion(
            inner.version, inner.valid_from, end_or_forever(inner.valid_until), inner.footprint, inner.distance_m
        )
        for inner in entry.versions
        if inner.footprint is not None
    ]
    return Zone(entry.zone_id, tuple(sorted(versions, key=lambda version: version.valid_from)))
