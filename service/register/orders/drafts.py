"""Entering an order: a draft that has no effect until a second person publishes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.particulars import Connection
from geofence.ids import OrderId, WearerId
from geofence.instants import Instant, instant, moment
from service.access.actor import Actor
from service.register.changes import Act, ask_for_judging, begin_change, lock_register
from service.register.findings import Finding
from service.register.orders.checking import check_order_written
from service.register.orders.order import OrderRecord, entered_by, lock_order, read_order
from service.register.orders.writing import Signature, write_order
from service.register.refusals import Conflict, ReasonNeeded, SamePerson
from service.register.row_writing import delete, update


@dataclass(frozen=True, slots=True)
class Drafted:
    """An order as it is now, and what a person must give a reason for before it is published."""

    record: OrderRecord
    warnings: Sequence[Finding]


async def draft_order(connection: Connection, members: Mapping[str, object], actor: Actor, now: Instant) -> Drafted:
    """Enter a new order as a draft; `members` as a register file writes it. Clauses may still be missing.

    Zones that are in it are drafts as well. Raises Faulty with every fault.
    """
    await lock_register(connection)
    checked = await check_order_written(connection, members, None, whole=False)
    await begin_change(connection, Act(actor.holder, actor.role, f"order {checked.order.order_id}: entered"), now)
    await write_order(connection, checked.order, None, Signature(actor.holder, now))
    return Drafted(await read_order(connection, checked.order.order_id), checked.warnings)


async def edit_draft(
    connection: Connection,
    order_id: OrderId,
    members: Mapping[str, object],
    *,
    if_match: str,
    actor: Actor,
    now: Instant,
) -> Drafted:
    """Write a draft anew. A clause that is left out goes; its zones have to go before.

    Raises NoSuch, Stale, Conflict if the order is published, Faulty with every fault.
    """
    before = await _draft(connection, order_id, if_match)
    if members.get("order_id", order_id) != order_id:
        raise Conflict("order_id can't be changed: discard this draft, and enter another")
    checked = await check_order_written(connection, {**members, "order_id": order_id}, before, whole=False)
    drawn = {zone["zone_id"] for zone in before.zones}
    for zone in (zone for clause in checked.order.prohibitions for zone in clause.zones):
        if zone.zone_id in drawn:
            raise Conflict(f"zone {zone.zone_id} is drawn already: leave it out here, and draw another version of it")
    kept = {clause.prohibition_id for clause in checked.order.prohibitions}
    for row in before.zones:
        if row["prohibition_id"] not in kept:
            raise Conflict(f"zone {row['zone_id']} belongs to a clause that is left out: discard its drafts first")
    await begin_change(connection, Act(actor.holder, actor.role, f"order {order_id}: draft changed"), now)
    await write_order(connection, checked.order, before, Signature(actor.holder, now))
    signed = {"drawn_by": actor.holder, "drawn_at": moment(now)}
    await update(connection, "court_order", {"order_id": order_id}, signed)
    return Drafted(await read_order(connection, order_id), checked.warnings)


async def discard_draft(
    connection: Connection, order_id: OrderId, *, if_match: str, actor: Actor, now: Instant
) -> None:
    """Remove a draft. The history keeps it. Raises NoSuch, Stale, Conflict if it is published or has zones."""
    before = await _draft(connection, order_id, if_match)
    if before.zones:
        raise Conflict(f"zone {before.zones[0]['zone_id']} belongs to it: discard its drafts first")
    await begin_change(connection, Act(actor.holder, actor.role, f"order {order_id}: draft discarded"), now)
    await delete(connection, "suspension", {"order_id": order_id})
    await delete(connection, "prohibition", {"order_id": order_id})
    await delete(connection, "court_order", {"order_id": order_id})


async def publish_order(
    connection: Connection,
    order_id: OrderId,
    *,
    if_match: str,
    actor: Actor,
    reason: str | None,
    authority: str | None,
    now: Instant,
) -> Drafted:
    """Let a second person put an order in force, or confirm one that a first person put in force in an emergency.

    Raises NoSuch, Stale, Conflict if it is published, SamePerson, Faulty if it is not complete, ReasonNeeded if there
    are warnings and no reason.
    """
    before = await lock_order(connection, order_id, if_match)
    order = before.order
    confirming = order["emergency_until"] is not None
    if before.published and not confirming:
        raise Conflict(f"order {order_id} is published")
    if actor.holder in await entered_by(connection, before):
        raise SamePerson("You entered this order, or a part of it: somebody else must publish it.")
    checked = await check_order_written(connection, before.written(), before, whole=True)
    if checked.warnings and reason is None:
        raise ReasonNeeded(checked.warnings)
    what = f"order {order_id}: {'confirmed' if confirming else 'published'}"
    await begin_change(
        connection, Act(actor.holder, actor.role, what, reason, authority, warnings=checked.warnings), now
    )
    signed = {"published_by": actor.holder, "published_at": moment(now), "emergency_until": None}
    await update(connection, "court_order", {"order_id": order_id}, signed)
    touched = {WearerId(order["wearer_id"]): instant(order["effective_from"])}
    await ask_for_judging(connection, touched, "order published", now)
    return Drafted(await read_order(connection, order_id), checked.warnings)


async def _draft(connection: Connection, order_id: OrderId, if_match: str) -> OrderRecord:
    record = await lock_order(connection, order_id, if_match)
    if record.published:
        raise Conflict(f"order {order_id} is published: propose a variation, or a correction")
    return record
