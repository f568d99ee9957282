"""What a reader of the report must be told of one force's people and orders, out of a register file."""

from alerts.particulars import (
    OrderParticulars,
    Particulars,
    ProhibitionParticulars,
    WearerParticulars,
    ZoneParticulars,
)
from service.register.content import Content, OrderEntry


def as_particulars(content: Content, force: str) -> Particulars:
    """Return the particulars of one force. Raises LookupError if the file holds no such force."""
    named = next((entry for entry in content.forces if entry.code == force), None)
    if named is None:
        raise LookupError(f"no force {force} in the register")
    orders = [order for order in content.orders if order.force == force]
    theirs = {order.wearer_id for order in orders}
    prohibitions = [
        ProhibitionParticulars(
            entry.prohibition_id, order.order_id, entry.clause, entry.text, entry.needs_zone, entry.address_protected
        )
        for order in orders
        for entry in order.prohibitions
    ]
    zones = [
        ZoneParticulars(zone.zone_id, entry.prohibition_id, zone.label, zone.responding_force)
        for order in orders
        for entry in order.prohibitions
        for zone in entry.zones
    ]
    wearers = [
        WearerParticulars(entry.wearer_id, entry.name, entry.date_of_birth, entry.pnc_id, entry.home_area)
        for entry in content.wearers
        if entry.wearer_id in theirs
    ]
    return Particulars(
        force=force,
        force_name=named.name or force,
        wearers={wearer.wearer_id: wearer for wearer in wearers},
        orders={order.order_id: _order(order) for order in orders},
        prohibitions={entry.prohibition_id: entry for entry in prohibitions},
        zones={zone.zone_id: zone for zone in zones},
    )


def _order(entry: OrderEntry) -> OrderParticulars:
    return OrderParticulars(
        order_id=entry.order_id,
        wearer_id=entry.wearer_id,
        force=entry.force,
        kind=entry.kind,
        reference=entry.reference,
        court=entry.court,
        made_on=entry.made_on,
        effective_from=entry.effective_from,
    )
