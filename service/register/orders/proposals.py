"""What a proposal about an order would do, worked out from the order as it is now."""

from collections.abc import Sequence

from alerts.particulars import Connection
from geofence.ids import OrderId, WearerId
from geofence.instants import Instant
from service.register.as_written import Json
from service.register.changes import ask_for_judging
from service.register.content import OrderEntry
from service.register.findings import Finding
from service.register.orders.checking import check_order_written, newly_warned
from service.register.orders.operations import changed_order
from service.register.orders.order import OrderRecord, read_order
from service.register.orders.writing import Signature, write_order
from service.register.proposals import Asked, Effect
from service.register.refusals import Conflict, Faulty


async def effect_on_order(connection: Connection, asked: Asked) -> Effect:
    """Return what varying, correcting, suspending or ending an order would do.

    Raises NoSuch, Conflict if the order is a draft or nothing would change, Faulty with every fault.
    """
    order_id = OrderId(asked.target.order_id or "")
    record = await read_order(connection, order_id)
    if not record.published:
        raise Conflict(f"order {order_id} is a draft: change the draft itself")
    before = record.written()
    after = changed_order(asked.kind, asked.asked, record)
    if after == before:
        raise Conflict("that is how the order is already")
    checked = await check_order_written(connection, after, record, whole=True)
    _refuse_drafts(checked.order, record)
    accepted = await _warnings_of(connection, before, record)

    async def write(connection: Connection, proposed_by: str, approved_by: str, now: Instant) -> None:
        signature = Signature(proposed_by, now, approved_by, now)
        since = await write_order(connection, checked.order, record, signature)
        if since is not None:
            wearer_id = WearerId(record.order["wearer_id"])
            await ask_for_judging(connection, {wearer_id: since}, f"{asked.kind.replace('_', ' ')} approved", now)

    return Effect(record.etag, before, after, newly_warned(checked.warnings, accepted), write)


def _refuse_drafts(wanted: OrderEntry, record: OrderRecord) -> None:
    """Raise Conflict if a new clause brings a zone that is a draft: it would stay one, of the clause that it is of."""
    drafts = {zone["zone_id"] for zone in record.zones} - {version["zone_id"] for version in record.versions}
    for clause in wanted.prohibitions:
        for zone in clause.zones:
            if zone.zone_id in drafts:
                raise Conflict(f"zone {zone.zone_id} is drawn already: discard it there, or name this one differently")


async def _warnings_of(connection: Connection, written: Json, record: OrderRecord) -> Sequence[Finding]:
    """Return what the order warns of as it is. One that would be refused today gives none: all is told then."""
    try:
        return (await check_order_written(connection, written, record, whole=True)).warnings
    except Faulty:
        return ()
