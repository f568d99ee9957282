"""Zones as an administrator reads them: every version, drafts too, with the shapes as GeoJSON."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Literal

import asyncpg

from alerts.particulars import Connection
from geofence.ids import OrderId, ProhibitionId, WearerId, ZoneId
from geofence.instants import FOREVER, Instant, Interval, instant, printed
from service.register.changes import lock_register
from service.register.json_text import storable
from service.register.refusals import NoSuch, Stale
from service.register.rows import optional_instant

PROHIBITION_IS_THERE = "SELECT EXISTS (SELECT FROM prohibition WHERE prohibition_id = $1)"

_COLUMNS = """
SELECT zone.zone_id, prohibition_id, order_id, force, wearer_id, address_protected, label, responding_force, premises,
       version, valid_from, valid_until, footprint, distance_m, zone_version.drawn_by, zone_version.drawn_at,
       zone_version.published_by, zone_version.published_at, zone_version.emergency_until, withdrawn_at, warnings,
       returns_after,
       CASE WHEN court_order.published_at IS NULL THEN court_order.since_version END AS order_draft"""
_JOINED = """
JOIN prohibition USING (prohibition_id) JOIN court_order USING (order_id)
LEFT JOIN zone_version ON zone_version.zone_id = zone.zone_id"""

# Keyset paging: $3 rows after the id $2. One row for each version; a zone without any has a row as well.
READ_PAGE = f"""
WITH page AS (
    SELECT zone_id FROM zone
    WHERE prohibition_id = $1 AND zone_id COLLATE "C" > $2
    ORDER BY zone_id COLLATE "C" LIMIT $3
)
{_COLUMNS} FROM page JOIN zone USING (zone_id) {_JOINED}
ORDER BY zone.zone_id COLLATE "C", version"""  # noqa: S608 - constants

READ_ONE = f"{_COLUMNS} FROM zone {_JOINED} WHERE zone.zone_id = $1 ORDER BY version"


LARGEST_VERSION = 2**31 - 1  # that the database's column holds
VersionState = Literal["draft", "published", "emergency", "withdrawn"]


class NoSuchZone(NoSuch):
    """The register holds no zone, or no prohibition, of this id."""


@dataclass(frozen=True, slots=True)
class ZoneVersionRecord:
    """One version of a zone and who drew and published it. `published_at` None: a draft, which judges nothing.

    footprint: a GeoJSON geometry. emergency_until: one person alone has published it, and it ends then unless a second
    one confirms. withdrawn_at: when it was found never to have been right; it judges nothing. warnings: what drawing it
    warned of that the shape itself does not show. returns_after: the version after whose emergency it comes back.
    """

    version: int
    valid_from: Instant
    valid_until: Instant | None
    footprint: Mapping[str, object]
    distance_m: float
    drawn_by: str
    drawn_at: Instant
    published_by: str | None
    published_at: Instant | None
    emergency_until: Instant | None = None
    withdrawn_at: Instant | None = None
    warnings: tuple[str, ...] = ()
    returns_after: int | None = None

    @property
    def end(self) -> Instant:
        """Up to when it holds unless an emergency ends sooner."""
        return FOREVER if self.valid_until is None else self.valid_until

    @property
    def during(self) -> Interval | None:
        """When it judges, None if never: it is a draft, or was withdrawn."""
        until = min(self.end, FOREVER if self.emergency_until is None else self.emergency_until)
        if self.published_at is None or self.withdrawn_at is not None or until <= self.valid_from:
            return None
        return Interval(self.valid_from, until)

    @property
    def state(self) -> VersionState:
        """Where it stands: whatever the hour."""
        if self.published_at is None:
            return "draft"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "published" if self.emergency_until is None else "emergency"


@dataclass(frozen=True, slots=True)
class ZoneRecord:
    """A zone with all its versions in order of their numbers, and the order and force to which it belongs.

    order_draft: the change that left the order as it is, None if it is more than a draft.
    """

    zone_id: ZoneId
    prohibition_id: ProhibitionId
    order_id: OrderId
    force: str
    wearer_id: WearerId
    address_protected: bool
    label: str
    responding_force: str | None
    versions: tuple[ZoneVersionRecord, ...]
    premises: Mapping[str, object] | None = None
    order_draft: int | None = None

    def version(self, number: int) -> ZoneVersionRecord:
        """Return one version. Raises NoSuchZone."""
        for each in self.versions:
            if each.version == number:
                return each
        raise NoSuchZone(f"no version {number} of zone {self.zone_id}")

    @property
    def next_version(self) -> int:
        """The number of the version that is drawn next: after all others, or a free one if a file used up the last."""
        numbers = {each.version for each in self.versions}
        following = max(numbers, default=0) + 1
        return following if following <= LARGEST_VERSION else next(n for n in count(1) if n not in numbers)

    @property
    def etag(self) -> str:
        """A hash of all that can be edited, without quotation marks: the same as long as nobody changed the zone.

        Nor its order, as long as that is a draft: whoever publishes the zone publishes the order with it.
        """
        versions = [
            [
                each.version,
                printed(each.valid_from),
                None if each.valid_until is None else printed(each.valid_until),
                each.footprint,
                each.distance_m,
                each.drawn_by,
                each.published_by,
                None if each.emergency_until is None else printed(each.emergency_until),
                each.withdrawn_at is not None,
            ]
            for each in self.versions
        ]
        own = [self.zone_id, self.label, self.responding_force, self.premises, self.order_draft]
        state = json.dumps([*own, versions], sort_keys=True)
        return hashlib.sha256(state.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class ZonePage:
    """Some zones in order of their ids. `next_after`: the id after which the next page begins, None on the last."""

    items: tuple[ZoneRecord, ...]
    next_after: ZoneId | None


async def list_zones(
    connection: Connection, prohibition_id: ProhibitionId, *, after: str | None = None, limit: int = 50
) -> ZonePage:
    """Return up to `limit` zones of a prohibition, those whose ids come after `after`.

    Raises NoSuchZone if there is no such prohibition.
    """
    if not storable(f"{prohibition_id}{after}") or not await connection.fetchval(PROHIBITION_IS_THERE, prohibition_id):
        raise NoSuchZone(f"no prohibition {prohibition_id} in the register")
    rows = await connection.fetch(READ_PAGE, prohibition_id, after or "", limit + 1)
    by_zone: dict[ZoneId, list[asyncpg.Record]] = {}
    for row in rows:
        by_zone.setdefault(row["zone_id"], []).append(row)
    zones = [_zone(of_one) for of_one in by_zone.values()]
    items = tuple(zones[:limit])
    return ZonePage(items, items[-1].zone_id if len(zones) > limit else None)


async def read_zone(connection: Connection, zone_id: ZoneId) -> ZoneRecord:
    """Return one zone with its versions. Raises NoSuchZone."""
    rows = await connection.fetch(READ_ONE, zone_id) if storable(zone_id) else []
    if not rows:
        raise NoSuchZone(f"no zone {zone_id} in the register")
    return _zone(rows)


async def lock_zone(connection: Connection, zone_id: ZoneId, if_match: str) -> ZoneRecord:
    """Lock the register; return a zone if it is as the caller read it (its etag). Raises NoSuchZone, Stale."""
    await lock_register(connection)
    zone = await read_zone(connection, zone_id)
    if zone.etag != if_match:
        raise Stale(zone.etag)
    return zone


def _zone(rows: list[asyncpg.Record]) -> ZoneRecord:
    first = rows[0]
    return ZoneRecord(
        zone_id=first["zone_id"],
        prohibition_id=first["prohibition_id"],
        order_id=first["order_id"],
        force=first["force"],
        wearer_id=first["wearer_id"],
        address_protected=first["address_protected"],
        label=first["label"],
        responding_force=first["responding_force"],
        premises=None if first["premises"] is None else json.loads(first["premises"]),
        order_draft=first["order_draft"],
        versions=tuple(_version(row) for row in rows if row["version"] is not None),
    )


def _version(row: asyncpg.Record) -> ZoneVersionRecord:
    return ZoneVersionRecord(
        version=row["version"],
        valid_from=instant(row["valid_from"]),
        valid_until=optional_instant(row["valid_until"]),
        footprint=json.loads(row["footprint"]),
        distance_m=row["distance_m"],
        drawn_by=row["drawn_by"],
        drawn_at=instant(row["drawn_at"]),
        published_by=row["published_by"],
        published_at=optional_instant(row["published_at"]),
        emergency_until=optional_instant(row["emergency_until"]),
        withdrawn_at=optional_instant(row["withdrawn_at"]),
        warnings=tuple(row["warnings"]),
        returns_after=row["returns_after"],
    )
