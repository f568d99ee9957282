"""The steps of publishing a zone version."""

import json
from collections.abc import Mapping, Sequence

from alerts.particulars import Connection
from geofence.ids import OrderId, ZoneId
from geofence.instants import FOREVER, Instant, Interval, moment
from service.access.actor import Actor
from service.register.orders.order import OrderRecord, read_order
from service.register.row_writing import insert, update
from service.register.rows import optional_moment
from service.register.zones.past import own_end, put_aside
from service.register.zones.publishing_checks import emergency_before, returns_after
from service.register.zones.zone import ZoneRecord, ZoneVersionRecord, lock_zone


async def begin_with(connection: Connection, zone_id: ZoneId, if_match: str) -> tuple[ZoneRecord, OrderRecord]:
    """Lock the register; return a zone and its order, if the zone is as the caller read it. Raises NoSuch, Stale."""
    zone = await lock_zone(connection, zone_id, if_match)
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
        "emergency_until": optional_moment(emergency_until),
    }
    await update(connection, table, key, signed)


async def let_return(
    connection: Connection,
    zone: ZoneRecord,
    drawn: ZoneVersionRecord,
    shape: ZoneVersionRecord,
    during: Interval,
) -> None:
    """Have a version's shape hold again, as a version of its own, after the emergency of the drawn one."""
    row = {
        "zone_id": zone.zone_id,
        "version": zone.next_version,
        "valid_from": moment(during.start),
        "valid_until": None if during.end == FOREVER else moment(during.end),
        "footprint": json.dumps(shape.footprint),
        "distance_m": shape.distance_m,
        "drawn_by": shape.drawn_by,
        "drawn_at": moment(shape.drawn_at),
        "published_by": shape.published_by,
        "published_at": optional_moment(shape.published_at),
        "returns_after": drawn.version,
    }
    await insert(connection, "zone_version", row)


async def put_off(
    connection: Connection, zone: ZoneRecord, returning: Sequence[ZoneVersionRecord], until: Instant, now: Instant
) -> None:
    """Let what returns after an emergency wait until what was confirmed has ended; if it has not, it never returns."""
    for each in returning:
        start = max(each.valid_from, until)
        if start >= each.end:
            await update(connection, "zone_version", key_of(zone, each), {"withdrawn_at": moment(now)})
        elif start > each.valid_from:
            await update(connection, "zone_version", key_of(zone, each), {"valid_from": moment(start)})


async def return_at_once(connection: Connection, zone: ZoneRecord, drawn: ZoneVersionRecord, at: Instant) -> None:
    """Have what an emergency put aside hold again from now on, because it was none."""
    start = max(at, drawn.valid_from)
    returning = [each for each in zone.versions if returns_after(each, drawn)]
    for each in returning:
        await update(connection, "zone_version", key_of(zone, each), {"valid_from": moment(start)})
    aside = None if returning else await put_aside(connection, zone, drawn)
    if aside is None or aside.state == "withdrawn":
        return
    # It was to end before the emergency, or the zone was: nothing was to return then. Now there is time left for it.
    end = await own_end(connection, zone, aside)
    if any(each.valid_from < end for each in zone.versions if emergency_before(zone, each) == drawn):
        return  # somebody withdrew what was to return
    others = [each.during.start for each in zone.versions if each.during is not None and each.version != drawn.version]
    end = min([end, *(other for other in others if other >= start)])
    if start < end:
        await let_return(connection, zone, drawn, aside, Interval(start, end))


def key_of(zone: ZoneRecord, each: ZoneVersionRecord) -> dict[str, object]:
    """Return the key of a version's row."""
    return {"zone_id": zone.zone_id, "version": each.version}
