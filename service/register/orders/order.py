"""Orders as the register holds them: one with all that belongs to it, or a page of many."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from asyncpg import Record as Row

from alerts.particulars import Connection
from geofence.ids import OrderId
from geofence.instants import Instant, instant
from service.register.as_written import Json, order_json, prohibition_json, zone_json
from service.register.changes import lock_register
from service.register.json_text import storable
from service.register.refusals import NoSuch, Stale
from service.register.rows import end_of

State = Literal["draft", "approved", "in_effect", "ended", "discharged", "lapsed"]

ORDER = "SELECT * FROM court_order WHERE order_id = ANY($1)"
SUSPENSIONS = "SELECT * FROM suspension WHERE order_id = ANY($1) ORDER BY starts_at, suspension_id"
PROHIBITIONS = """SELECT * FROM prohibition WHERE order_id = ANY($1) ORDER BY prohibition_id COLLATE "C" """
ZONES = """SELECT * FROM zone WHERE prohibition_id = ANY($1) ORDER BY zone_id COLLATE "C" """
# What judges, or will, and up to when; of what returns after an emergency, two would else hold at once.
VERSIONS = """
SELECT zone_id, version, valid_from, least(valid_until, emergency_until) AS valid_until, emergency_until, footprint,
       distance_m
FROM zone_version
WHERE zone_id = ANY($1) AND published_at IS NOT NULL AND withdrawn_at IS NULL
  AND valid_from < coalesce(emergency_until, 'infinity')
ORDER BY zone_id, version"""
# Everybody who wrote it as long as it was a draft, and who put it in force alone.
ENTERED_BY = """
SELECT image ->> 'drawn_by' AS who FROM register_past WHERE table_name = 'court_order' AND image ->> 'order_id' = $1"""
# Keyset paging: $6 rows after the id $5.
PAGE = """
SELECT order_id FROM court_order
WHERE ($1::text IS NULL OR force = $1) AND ($2::text IS NULL OR wearer_id = $2)
  AND ($3::boolean IS NULL OR (published_at IS NULL) = $3) AND ($4::text IS NULL OR kind = $4)
  AND order_id COLLATE "C" > $5
ORDER BY order_id COLLATE "C" LIMIT $6"""


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order's row, and those of what belongs to it. versions: the published ones that were not withdrawn."""

    order: Row
    suspensions: Sequence[Row]
    prohibitions: Sequence[Row]
    zones: Sequence[Row]
    versions: Sequence[Row]

    @property
    def etag(self) -> str:
        """The same as long as nobody changed the order, its suspensions or its prohibitions. No quotation marks."""
        rows = [self.order["since_version"]]
        rows += [value for row in self.suspensions for value in (row["suspension_id"], row["since_version"])]
        rows += [value for row in self.prohibitions for value in (row["prohibition_id"], row["since_version"])]
        return hashlib.sha256(repr(rows).encode()).hexdigest()[:32]

    @property
    def published(self) -> bool:
        """Whether it is more than a draft."""
        return self.order["published_at"] is not None

    def written(self) -> Json:
        """Return the order as a register file writes it. Zones that have only drafts are none yet."""
        versions = _grouped(self.versions, "zone_id")
        zones = _grouped((zone for zone in self.zones if zone["zone_id"] in versions), "prohibition_id")
        return order_json(
            self.order,
            self.suspensions,
            [
                prohibition_json(
                    row, [zone_json(zone, versions[zone["zone_id"]]) for zone in zones[row["prohibition_id"]]]
                )
                for row in self.prohibitions
            ],
        )


def state_of(order: Row, now: Instant) -> State:
    """Return where an order stands: its row, at an instant."""
    if order["published_at"] is None:
        return "draft"
    if order["emergency_until"] is not None and instant(order["emergency_until"]) <= now:
        return "lapsed"
    if order["discharged_at"] is not None and instant(order["discharged_at"]) <= now:
        return "discharged"
    if end_of(order["ends"]) <= now:
        return "ended"
    return "approved" if now < instant(order["effective_from"]) else "in_effect"


async def read_order(connection: Connection, order_id: OrderId) -> OrderRecord:
    """Return one order. Raises NoSuch."""
    found = await read_orders(connection, [order_id])
    if not found:
        raise NoSuch(f"no order {order_id} in the register")
    return found[0]


async def read_orders(connection: Connection, order_ids: Iterable[str]) -> list[OrderRecord]:
    """Return the orders of these ids that there are, in order of their ids."""
    ids = [order_id for order_id in order_ids if storable(order_id)]
    orders = sorted(await connection.fetch(ORDER, ids), key=lambda row: str(row["order_id"]))
    suspensions = _grouped(await connection.fetch(SUSPENSIONS, ids), "order_id")
    prohibitions = _grouped(await connection.fetch(PROHIBITIONS, ids), "order_id")
    of_order = {row["prohibition_id"]: row["order_id"] for rows in prohibitions.values() for row in rows}
    all_zones = await connection.fetch(ZONES, list(of_order))
    versions = _grouped(await connection.fetch(VERSIONS, [row["zone_id"] for row in all_zones]), "zone_id")
    zones: defaultdict[str, list[Row]] = defaultdict(list)
    for zone in all_zones:
        zones[of_order[zone["prohibition_id"]]].append(zone)
    return [
        OrderRecord(
            order,
            suspensions[order["order_id"]],
            prohibitions[order["order_id"]],
            zones[order["order_id"]],
            [version for zone in zones[order["order_id"]] for version in versions[zone["zone_id"]]],
        )
        for order in orders
    ]


async def lock_order(connection: Connection, order_id: OrderId, if_match: str) -> OrderRecord:
    """Lock the register; return an order if it is as the caller read it (its etag). Raises NoSuch, Stale."""
    await lock_register(connection)
    record = await read_order(connection, order_id)
    if record.etag != if_match:
        raise Stale(record.etag)
    return record


async def entered_by(connection: Connection, record: OrderRecord) -> frozenset[str]:
    """Return those who can't be the second person to look at an order: they wrote it, or put it in force alone."""
    rows = await connection.fetch(ENTERED_BY, record.order["order_id"])
    return frozenset({record.order["drawn_by"], record.order["published_by"], *(row["who"] for row in rows)} - {None})


async def list_orders(
    connection: Connection,
    *,
    force: str | None = None,
    wearer_id: str | None = None,
    draft: bool | None = None,
    kind: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> tuple[list[OrderRecord], str | None]:
    """Return up to `limit` orders after the id `after`, and the id after which the next page begins (None: no more)."""
    rows = await connection.fetch(PAGE, force, wearer_id, draft, kind, after or "", limit + 1)
    ids = [row["order_id"] for row in rows]
    return await read_orders(connection, ids[:limit]), ids[limit - 1] if len(ids) > limit else None


def _grouped(rows: Iterable[Row], column: str) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found
