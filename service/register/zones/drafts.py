"""Drawing a zone or a new version of one. A draft judges nothing until somebody else publishes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely

from alerts.particulars import Connection
from geofence.footprint import footprint_warnings, read_footprint
from geofence.ids import ProhibitionId, ZoneId
from geofence.instants import Instant, moment
from service.access.actor import Actor
from service.register.addressable import addressing_fault
from service.register.changes import Act, begin_change, lock_register
from service.register.drawing.draft_faults import DraftFault, DraftRefused
from service.register.drawing.read_drawing import Drawing, read_new_zone, read_version
from service.register.forces import is_force
from service.register.json_text import storable
from service.register.refusals import Conflict
from service.register.row_writing import delete, insert
from service.register.rows import optional_moment
from service.register.zones.zone import NoSuchZone, ZoneRecord, lock_zone, read_zone

FIND_PROHIBITION = "SELECT address_protected FROM prohibition WHERE prohibition_id = $1"
ZONE_IS_THERE = "SELECT EXISTS (SELECT FROM zone WHERE zone_id = $1)"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The zone with its new draft, and what a person must give a reason for before it is published."""

    zone: ZoneRecord
    version: int
    warnings: Sequence[DraftFault]


async def draw_zone(
    connection: Connection,
    prohibition_id: ProhibitionId,
    document: Mapping[str, object],
    *,
    is_feature: bool = False,
    actor: Actor,
    now: Instant,
) -> Drawn:
    """Add a zone to a prohibition, with its version 1 as a draft; `document` and is_feature as `read_new_zone` reads.

    Raises NoSuchZone if there is no such prohibition, DraftRefused with every fault.
    """
    await lock_register(connection)
    known = storable(prohibition_id)
    protected = await connection.fetchval(FIND_PROHIBITION, prohibition_id) if known else None
    if protected is None:
        raise NoSuchZone(f"no prohibition {prohibition_id} in the register")
    asked = read_new_zone(document, is_feature=is_feature, protected=protected)
    faults = []
    if unreachable := addressing_fault(asked.zone_id):
        faults.append(DraftFault("zone_id", "", unreachable, "give one that can stand in an address"))
    if await connection.fetchval(ZONE_IS_THERE, asked.zone_id):
        faults.append(DraftFault("zone_id", "", "is taken", "give another"))
    if asked.responding_force is not None and not await is_force(connection, asked.responding_force):
        faults.append(DraftFault("responding_force", "", "is not in the register", "give the code of a force"))
    if faults:
        raise DraftRefused(tuple(faults))
    zone_id = ZoneId(asked.zone_id)
    await begin_change(connection, Act(actor.holder, actor.role, f"zone {zone_id}: version 1 drawn"), now)
    row = {
        "zone_id": zone_id,
        "prohibition_id": prohibition_id,
        "label": asked.label,
        "responding_force": asked.responding_force,
        "premises": asked.premises,
    }
    await insert(connection, "zone", row)
    return await _add(connection, zone_id, 1, asked.drawing, actor, now)


async def draw_version(
    connection: Connection,
    zone_id: ZoneId,
    document: Mapping[str, object],
    *,
    is_feature: bool = False,
    if_match: str,
    actor: Actor,
    now: Instant,
) -> Drawn:
    """Add a draft of a further version to a zone of which the caller has read the state `if_match` (its etag).

    Raises NoSuchZone, Stale if somebody was quicker, DraftRefused with every fault.
    """
    zone = await lock_zone(connection, zone_id, if_match)
    drawing = read_version(document, is_feature=is_feature, protected=zone.address_protected)
    number = zone.next_version
    await begin_change(connection, Act(actor.holder, actor.role, f"zone {zone_id}: version {number} drawn"), now)
    return await _add(connection, zone_id, number, drawing, actor, now)


async def discard_version(
    connection: Connection, zone_id: ZoneId, number: int, *, if_match: str, actor: Actor, now: Instant
) -> ZoneRecord | None:
    """Remove a draft, and its zone if it has no other version; the history keeps it. Return the zone that is left.

    Raises NoSuchZone, Stale, Conflict if the version is published.
    """
    zone = await lock_zone(connection, zone_id, if_match)
    if zone.version(number).state != "draft":
        raise Conflict(f"version {number} is published: end the zone, or withdraw the version")
    await begin_change(connection, Act(actor.holder, actor.role, f"zone {zone_id}: version {number} discarded"), now)
    await delete(connection, "zone_version", {"zone_id": zone_id, "version": number})
    if len(zone.versions) > 1:
        return await read_zone(connection, zone_id)
    await delete(connection, "zone", {"zone_id": zone_id})
    return None


async def _add(
    connection: Connection, zone_id: ZoneId, number: int, drawing: Drawing, actor: Actor, now: Instant
) -> Drawn:
    shape = read_footprint(drawing.shape.footprint, drawing.shape.distance_m)
    row = {
        "zone_id": zone_id,
        "version": number,
        "valid_from": moment(drawing.valid_from),
        "valid_until": optional_moment(drawing.valid_until),
        "footprint": shapely.to_geojson(shape),
        "distance_m": drawing.shape.distance_m,
        "warnings": [f"{warning.member}: {warning}" for warning in drawing.shape.warnings],
        "drawn_by": actor.holder,
        "drawn_at": moment(now),
    }
    await insert(connection, "zone_version", row)
    outside = (
        DraftFault("footprint", warning.place, warning.fault, warning.remedy)
        for warning in footprint_warnings(shape, drawing.shape.distance_m)
    )
    return Drawn(await read_zone(connection, zone_id), number, (*drawing.shape.warnings, *outside))
