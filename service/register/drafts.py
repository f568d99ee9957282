"""Drawing a zone or a new version of one. A draft judges nothing until somebody else publishes it."""

import math
from dataclasses import dataclass

import shapely
from shapely import Geometry

from alerts.particulars import Connection
from geofence.footprint import FootprintFaults, footprint_warnings, read_footprint
from geofence.ids import ProhibitionId, ZoneId
from geofence.instants import Instant, moment
from service.register.draft_faults import DraftFault, DraftRefused
from service.register.entry import LONGEST_ID
from service.register.json_text import storable
from service.register.zones import NoSuchZone, ZoneRecord, read_zone

__all__ = ["DraftFault", "DraftRefused", "Drawing", "Drawn", "ZoneChanged", "draw_version", "draw_zone"]

FIND_PROHIBITION = "SELECT address_protected FROM prohibition WHERE prohibition_id = $1"
FORCE_IS_THERE = "SELECT EXISTS (SELECT FROM force WHERE code = $1)"
# Nothing comes back if the id is taken.
ADD_ZONE = """
INSERT INTO zone (zone_id, prohibition_id, label, responding_force) VALUES ($1, $2, $3, $4)
ON CONFLICT (zone_id) DO NOTHING RETURNING zone_id"""
# Two who draw at once take turns, so that both see the versions that there are.
LOCK_ZONE = "SELECT zone_id FROM zone WHERE zone_id = $1 FOR UPDATE"
ADD_DRAFT = """
INSERT INTO zone_version (zone_id, version, valid_from, valid_until, footprint, distance_m, drawn_by, drawn_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"""


class ZoneChanged(Exception):
    """Somebody changed the zone since it was read; `etag` is what it has now."""

    def __init__(self, etag: str) -> None:
        super().__init__("the zone has changed since it was read: read it again")
        self.etag = etag


@dataclass(frozen=True, slots=True)
class Drawing:
    """A shape as somebody drew it, and when it is to hold. `footprint`: a GeoJSON geometry as it was received."""

    footprint: object
    distance_m: float
    valid_from: Instant
    valid_until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """The zone with its new draft, and what a person must give a reason for before it is published."""

    zone: ZoneRecord
    version: int
    warnings: tuple[DraftFault, ...]


async def draw_zone(
    connection: Connection,
    prohibition_id: ProhibitionId,
    drawing: Drawing,
    *,
    zone_id: ZoneId,
    label: str,
    responding_force: str | None,
    drawn_by: str,
    now: Instant,
) -> Drawn:
    """Add a zone to a prohibition, with its version 1 as a draft.

    Raises NoSuchZone if there is no such prohibition, DraftRefused with every fault.
    """
    async with connection.transaction():
        known = storable(prohibition_id)
        protected = await connection.fetchval(FIND_PROHIBITION, prohibition_id) if known else None
        if protected is None:
            raise NoSuchZone(f"no prohibition {prohibition_id} in the register")
        faults: list[DraftFault] = []
        if not zone_id.strip() or len(zone_id) > LONGEST_ID or not storable(zone_id):
            faults.append(DraftFault("zone_id", "", "is no id", f"give 1 to {LONGEST_ID} characters"))
        if not storable(label):
            faults.append(DraftFault("label", "", "holds a character that no text may", "remove it"))
        if responding_force is not None and not await _is_force(connection, responding_force):
            faults.append(DraftFault("responding_force", "", "is not in the register", "give the code of a force"))
        shape = _checked(drawing, faults, protected=protected)
        if not faults and await connection.fetchval(ADD_ZONE, zone_id, prohibition_id, label, responding_force) is None:
            faults.append(DraftFault("zone_id", "", "is taken", "give another"))
        if faults or shape is None:
            raise DraftRefused(tuple(faults))
        return await _add(connection, zone_id, 1, drawing, shape, drawn_by=drawn_by, now=now)


async def draw_version(
    connection: Connection, zone_id: ZoneId, drawing: Drawing, *, if_match: str, drawn_by: str, now: Instant
) -> Drawn:
    """Add a draft of a further version to a zone of which the caller has read the state `if_match` (its etag).

    Raises NoSuchZone, ZoneChanged if somebody was quicker, DraftRefused with every fault.
    """
    async with connection.transaction():
        if storable(zone_id):
            await connection.fetchval(LOCK_ZONE, zone_id)
        zone = await read_zone(connection, zone_id)
        if zone.etag != if_match:
            raise ZoneChanged(zone.etag)
        faults: list[DraftFault] = []
        shape = _checked(drawing, faults, protected=zone.address_protected)
        if faults or shape is None:
            raise DraftRefused(tuple(faults))
        number = max((version.version for version in zone.versions), default=0) + 1
        return await _add(connection, zone_id, number, drawing, shape, drawn_by=drawn_by, now=now)


async def _add(
    connection: Connection,
    zone_id: ZoneId,
    number: int,
    drawing: Drawing,
    shape: Geometry,
    *,
    drawn_by: str,
    now: Instant,
) -> Drawn:
    until = None if drawing.valid_until is None else moment(drawing.valid_until)
    await connection.execute(
        ADD_DRAFT,
        zone_id,
        number,
        moment(drawing.valid_from),
        until,
        shapely.to_geojson(shape),
        drawing.distance_m,
        drawn_by,
        moment(now),
    )
    warnings = tuple(
        DraftFault("footprint", warning.place, warning.fault, warning.remedy)
        for warning in footprint_warnings(shape, drawing.distance_m)
    )
    return Drawn(await read_zone(connection, zone_id), number, warnings)


async def _is_force(connection: Connection, code: str) -> bool:
    return storable(code) and bool(await connection.fetchval(FORCE_IS_THERE, code))


def _checked(drawing: Drawing, faults: list[DraftFault], *, protected: bool) -> Geometry | None:
    """Return the shape; None, and why, if it can't be judged."""
    if drawing.valid_until is not None and drawing.valid_until <= drawing.valid_from:
        faults.append(DraftFault("valid_until", "", "is not after valid_from", "correct one of the two"))
    if not math.isfinite(drawing.distance_m):
        faults.append(DraftFault("distance_m", "", "is not a finite number", "give metres"))
        return None
    try:
        return read_footprint(drawing.footprint, drawing.distance_m, protected=protected)
    except FootprintFaults as refused:
        faults.extend(DraftFault("footprint", fault.place, fault.fault, fault.remedy) for fault in refused.faults)
        return None
