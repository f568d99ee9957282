"""The steps of publishing a zone version."""

import json
from collections.abc import Mapping

from alerts.particulars import Connection
from geofence.ids import OrderId, ZoneId
from geofence.instants import Instant, moment
from service.access.actor import Actor
from service.register.changes import lock_register
from service.register.orders import OrderRecord, read_order
from service.register.publishing_checks import RETURN
from service.register.refusals import Stale
from service.register.row_writing import insert, update
from service.register.zones import ZoneRecord, ZoneVersionRecord, read_zone


async def begin_with(connection: Connection, zone_id: ZoneId, if_match: str) -> tuple[ZoneRecord, OrderRecord]:
    """Lock the register; return a zone and its order, if the zone is as the caller read it. Raises NoSuch, Stale."""
    await lock_register(connection)
    zone = await read_zone(connection, zone_id)
    if zone.etag != if_match:
        raise Stale(zone.etag)
    return zone, await read_order(connection, OrderId(zone.order_id))


async def end_version(
    connection: Connection, zone: ZoneRecord, followed: ZoneVersionRecord | None, at: Instant
) -> None:
    """End the version that another follows, if there is one."""
    if followed is not None:
        await update(connection, "zone_version", key_of(zone, followed), {"valid_until": moment(at)})


async def sign(
    connection: Connection,
    table: str,
    key: Mapping[str, object],
    actor: Actor,
    now: Instant,
    *,
    emergency_until: Instant | None = None,
) -> None:
    """Write down who published a row, and for how long one person alone may have."""
    signed = {
        "published_by": actor.holder,
        "published_at": moment(now),
        "emergency_until": None if emergency_until is None else moment(emergency_until),
    }
    await update(connection, table, key, signed)


async def let_return(
    connection: Connection,
    zone: ZoneRecord,
    drawn: ZoneVersionRecord,
    followed: ZoneVersionRecord,
    until: Instant,
    actor: Actor,
    now: Instant,
) -> None:
    """Have the followed version's shape hold again, as a version of its own, from the end of the emergency."""
    start = until if drawn.valid_until is None else min(until, drawn.valid_until)
    if followed.valid_until is not None and followed.valid_until <= start:
        return
    row = {
        "zone_id": zone.zone_id,
        "version": max(each.version for each in zone.versions) + 1,
        "valid_from": moment(start),
        "valid_until": None if followed.valid_until is None else moment(followed.valid_until),
        "footprint": json.dumps(followed.footprint),
        "distance_m": followed.distance_m,
        "drawn_by": RETURN.format(drawn.version),
        "drawn_at": moment(now),
        "published_by": actor.holder,
        "published_at": moment(now),
    }
    await insert(connection, "zone_version", row)


def key_of(zone: ZoneRecord, each: ZoneVersionRecord) -> dict[str, object]:
    """Return the key of a version's row."""
    return {"zone_id": zone.zone_id, "version": each.version}
