"""Writing an order as it is to be: what is new is added, what differs is changed, what is gone is removed."""

from collections import Counter
from dataclasses import dataclass, field

from asyncpg import Record

from alerts.particulars import Connection
from geofence.instants import Instant, instant, moment
from service.register import rows
from service.register.content import OrderEntry, ProhibitionEntry
from service.register.orders.order import OrderRecord
from service.register.row_writing import delete, insert, update
from service.register.rows import Row, differing_columns, optional_moment
from service.register.touched import first_touched


@dataclass(frozen=True, slots=True)
class Signature:
    """Who drew what is written, and who published it (None: it is a draft)."""

    drawn_by: str
    drawn_at: Instant
    published_by: str | None = None
    published_at: Instant | None = None

    def columns(self) -> Row:
        """Return the columns that tell it."""
        return {
            "drawn_by": self.drawn_by,
            "drawn_at": moment(self.drawn_at),
            "published_by": self.published_by,
            "published_at": optional_moment(self.published_at),
        }


@dataclass(slots=True)
class _Since:
    """The earliest instant from which on a judgement may change."""

    at: Instant | None = field(default=None)

    def touch(self, at: Instant | None) -> None:
        if at is not None:
            self.at = at if self.at is None else min(self.at, at)


async def write_order(
    connection: Connection, wanted: OrderEntry, before: OrderRecord | None, signature: Signature
) -> Instant | None:
    """Make the rows of an order as wanted; return from when on a judgement may change because of it.

    before: the rows that there are, None if the order is new. signature: of the order if it is new, and of zones that
    are. Zones that are there already are left alone: they have ways of their own.
    """
    since = _Since()
    row = rows.order_row(wanted)
    if before is None:
        await insert(connection, "court_order", {**row, **signature.columns()})
        since.touch(wanted.effective_from)
    else:
        start = min(wanted.effective_from, instant(before.order["effective_from"]))
        since.touch(await _put(connection, "court_order", ("order_id",), row, before.order, start))
    await _suspensions(connection, wanted, before, since)
    await _prohibitions(connection, wanted, before, signature, since)
    return since.at


async def _suspensions(connection: Connection, wanted: OrderEntry, before: OrderRecord | None, since: _Since) -> None:
    asked = [(tuple(rows.suspension_row(entry, wanted).items()), entry.start) for entry in wanted.suspensions]
    missing, starts = Counter(key for key, _ in asked), dict(asked)
    for row in before.suspensions if before is not None else ():
        key = tuple((column, row[column]) for column in ("order_id", "starts_at", "ends_at", "reason", "authority"))
        if missing[key] > 0:
            missing[key] -= 1
        else:
            await delete(connection, "suspension", {"suspension_id": row["suspension_id"]})
            since.touch(instant(row["starts_at"]))
    for key in missing.elements():
        await insert(connection, "suspension", dict(key))
        since.touch(starts[key])


async def _prohibitions(
    connection: Connection, wanted: OrderEntry, before: OrderRecord | None, signature: Signature, since: _Since
) -> None:
    there = {row["prohibition_id"]: row for row in before.prohibitions} if before is not None else {}
    zones = {row["zone_id"] for row in before.zones} if before is not None else set()
    for gone in there.keys() - {entry.prohibition_id for entry in wanted.prohibitions}:
        await delete(connection, "prohibition", {"prohibition_id": gone})
        since.touch(instant(there[gone]["starts_at"]))
    for entry in wanted.prohibitions:
        row = rows.prohibition_row(entry, wanted)
        old = there.get(entry.prohibition_id)
        if old is None:
            await insert(connection, "prohibition", row)
            since.touch(entry.start)
        else:
            start = min(entry.start, instant(old["starts_at"]))
            since.touch(await _put(connection, "prohibition", ("prohibition_id",), row, old, start))
        await _new_zones(connection, entry, zones, signature)


async def _new_zones(
    connection: Connection, prohibition: ProhibitionEntry, there: set[str], signature: Signature
) -> None:
    for zone in prohibition.zones:
        if zone.zone_id not in there:
            await insert(connection, "zone", rows.zone_row(zone, prohibition))
            for version in zone.versions:
                await insert(connection, "zone_version", {**rows.version_row(version, zone), **signature.columns()})


async def _put(
    connection: Connection,
    table: str,
    key: tuple[str, ...],
    wanted: Row,
    old: Record,
    start: Instant,
) -> Instant | None:
    changed = {column: wanted[column] for column in differing_columns(wanted, dict(old))}
    if changed:
        await update(connection, table, {column: wanted[column] for column in key}, changed)
    return first_touched(dict(old), wanted, start)
