"""Reading a draft and all that it is compared with, within the caller's transaction."""

import json
from collections.abc import Sequence

import numpy as np
import shapely
from shapely import Geometry

from alerts.particulars import Connection, RegisterReader
from alerts.tracks import Stretch, read_fixes
from geofence.footprint import FootprintFaults, read_footprint
from geofence.ids import OrderId, ZoneId
from geofence.instants import FOREVER, SECOND_US, Instant, Interval, instant, moment
from geofence.register import Order, Register, ZoneVersion
from geofence.zones import bulge_m, widened
from service.register.as_register import as_register
from service.register.content import Content
from service.register.design.draft import ERROR_MARGIN_M, DraftDesign, NamedPlace, Surroundings
from service.register.design.near_places import THROUGH_KINDS
from service.register.design.replay import REPLAY_DAYS
from service.register.entry import Entry
from service.register.findings import Findings
from service.register.orders.order import read_order
from service.register.read_orders import read_order as read_order_entry
from service.register.shapes import UNREADABLE, read_shapes
from service.register.zones.zone import NoSuchZone, ZoneRecord, ZoneVersionRecord, read_zone

READ_HOME = "SELECT home FROM wearer WHERE wearer_id = $1"
READ_PREMISES = "SELECT premises FROM zone WHERE zone_id = $1"
PLACES_ARE_THERE = "SELECT EXISTS (SELECT FROM named_place)"
# What reaches into a box of degrees: west, south, east, north. Ways of the kinds $5 first, should there be too many.
READ_PLACES = """
SELECT name, kind, footprint FROM named_place
WHERE box(point(west, south), point(east, north)) && box(point($1, $2), point($3, $4))
ORDER BY kind = ANY($5) DESC, named_place_id LIMIT $6"""
# When the ($4 + 1)th newest fix of some stretches was recorded: nothing comes back if there are no more than $4.
READ_CUT = """
SELECT recorded_at
FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS wanted (tag_id, start, until)
JOIN tag USING (tag_id)
JOIN fix ON fix.tag_no = tag.tag_no AND fix.recorded_at >= wanted.start AND fix.recorded_at < wanted.until
ORDER BY recorded_at DESC OFFSET $4 LIMIT 1"""

# Bounds of memory: 30 days of a fix every 10 seconds, and every named street of an inner city.
MOST_FIXES = 260_000
MOST_PLACES = 20_000
# A line between two of a place's vertices bulges that much out of its box in degrees, if they are 20 km apart.
_PLACE_BULGES_M = 10.0
# Half way round the Earth: a greater distance asks for no more places.
_FARTHEST_M = 2e7


async def read_surroundings(
    connection: Connection,
    registers: RegisterReader,
    zone_id: ZoneId,
    version: int,
    now: Instant,
    *,
    most_fixes: int = MOST_FIXES,
    most_places: int = MOST_PLACES,
) -> tuple[DraftDesign, Surroundings]:
    """Return a version of a zone and what it is compared with, within the caller's transaction.

    most_fixes, most_places: bounds of memory; of more fixes the newest are read, of more places any, ways first.
    Raises NoSuchZone if there is no such version.
    """
    zone = await read_zone(connection, zone_id)
    drawn = next((each for each in zone.versions if each.version == version), None)
    if drawn is None:
        raise NoSuchZone(f"zone {zone_id} has no version {version}")
    register = await registers.register(connection, [zone.wearer_id])
    draft = _draft(zone, drawn, await _order(connection, register, zone.order_id))
    stretches, window, cut = await _stretches(connection, register, now, most_fixes)
    places, more = await _places(connection, draft.drawn, most_places)
    return draft, Surroundings(
        home=_shape(await connection.fetchval(READ_HOME, zone.wearer_id)),
        premises=_shape(await connection.fetchval(READ_PREMISES, zone_id)),
        places=places,
        more_places=more,
        register=register,
        tracks=(await read_fixes(connection, stretches)).tracks,
        replayed=window,
        cut=cut,
    )


def _draft(zone: ZoneRecord, drawn: ZoneVersionRecord, order: Order) -> DraftDesign:
    prohibition = next(one for one in order.prohibitions if one.prohibition_id == zone.prohibition_id)
    (footprint,) = read_shapes([json.dumps(drawn.footprint)])
    valid_until = FOREVER if drawn.valid_until is None else drawn.valid_until
    return DraftDesign(
        zone_id=zone.zone_id,
        drawn=ZoneVersion(drawn.version, drawn.valid_from, valid_until, footprint, drawn.distance_m),
        order=order,
        prohibition=prohibition,
        address_protected=zone.address_protected,
    )


async def _order(connection: Connection, register: Register, order_id: OrderId) -> Order:
    """Return the order as it is in force or, if it is a draft itself, as it would be."""
    for order in register.orders:
        if order.order_id == order_id:
            return order
    written = (await read_order(connection, order_id)).written()
    entry = read_order_entry(Entry(written, f"order {order_id}", Findings()))
    return as_register(Content((), (), (), (entry,))).orders[0]


async def _stretches(
    connection: Connection, register: Register, now: Instant, most: int
) -> tuple[list[Stretch], Interval, bool]:
    """Return what of the wearer's tracks is replayed, from when to when, and whether there was more."""
    window = Interval(Instant(now - REPLAY_DAYS * 86_400 * SECOND_US), now)
    stretches = _within(register, window)
    cut_at = await connection.fetchval(
        READ_CUT,
        [stretch.tag_id for stretch in stretches],
        [moment(stretch.start) for stretch in stretches],
        [moment(stretch.until) for stretch in stretches],
        most,
    )
    if cut_at is None:
        return stretches, window, False
    window = Interval(Instant(instant(cut_at) + 1), now)
    return _within(register, window), window, True


def _within(register: Register, window: Interval) -> list[Stretch]:
    worn = [(fitting.tag_id, Interval(fitting.fitted_at, fitting.removed_at)) for fitting in register.fittings]
    return [Stretch(tag_id, *part) for tag_id, period in worn if (part := period.meet(window))]


async def _places(connection: Connection, drawn: ZoneVersion, most: int) -> tuple[list[NamedPlace] | None, bool]:
    """Return the named places about a shape, None if none are loaded, and whether there were more."""
    if not await connection.fetchval(PLACES_ARE_THERE):
        return None, False
    rows = await connection.fetch(READ_PLACES, *_box(drawn), list(THROUGH_KINDS), most + 1)
    footprints = read_shapes([row["footprint"] for row in rows[:most]])
    named = [NamedPlace(row["name"], row["kind"], footprint) for row, footprint in zip(rows, footprints, strict=False)]
    return named, len(rows) > most


def _box(drawn: ZoneVersion) -> Sequence[float]:
    """Return the box in degrees that holds everything within the error margin of a zone. NaN if it is empty."""
    box = np.array(shapely.bounds(drawn.footprint)).reshape(4, 1)
    around_m = min(drawn.distance_m, _FARTHEST_M) + ERROR_MARGIN_M + _PLACE_BULGES_M + bulge_m(box)
    box = widened(box, around_m)
    return [float(side) for side in box[:, 0]]


def _shape(stored: str | None) -> Geometry | None:
    """Return a recorded shape: None if nothing is recorded, UNREADABLE if it can't be read."""
    if stored is None:
        return None
    try:
        # A point has no extent: any distance lets it through.
        return read_footprint(json.loads(stored), 1.0, protected=True)
    except FootprintFaults:
        return UNREADABLE
