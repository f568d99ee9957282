"""The register as the rules and the report read it, out of PostgreSQL."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter

import asyncpg
from shapely import Geometry

from alerts.particulars import (
    Connection,
    OrderParticulars,
    Particulars,
    ProhibitionParticulars,
    WearerParticulars,
    ZoneParticulars,
)
from geofence.ids import OrderId, WearerId, ZoneId
from geofence.instants import FOREVER, Instant, Interval, instant
from geofence.register import Fitting, Order, Prohibition, Register, Zone, ZoneVersion
from service.register import schedule
from service.register.as_register import before_aware_until
from service.register.rows import end_of, optional_instant
from service.register.shapes import read_shapes, shape_faults

# $1: the wearers who are asked for, NULL for all. COLLATE "C" sorts as Python does.
FITTINGS = """
SELECT tag_id, wearer_id, fitted_at, removed_at
FROM fitting
WHERE standing AND ($1::text[] IS NULL OR wearer_id = ANY($1))
ORDER BY tag_id COLLATE "C", fitted_at"""

PERSONS = """
SELECT wearer_id, provider_person_id
FROM wearer
WHERE provider_person_id IS NOT NULL AND ($1::text[] IS NULL OR wearer_id = ANY($1))
ORDER BY wearer_id COLLATE "C" """

# Drafts have no effect. What one person put in force alone ends at emergency_until unless a second one confirms.
ORDERS = """
SELECT order_id, wearer_id, without_notice, aware_from, effective_from, ends, discharged_at, emergency_until,
       monitoring_from, monitoring_until
FROM court_order
WHERE published_at IS NOT NULL AND ($1::text[] IS NULL OR wearer_id = ANY($1))
ORDER BY order_id COLLATE "C" """

SUSPENSIONS = """
SELECT DISTINCT order_id, suspension.starts_at, suspension.ends_at
FROM suspension JOIN court_order USING (order_id)
WHERE $1::text[] IS NULL OR wearer_id = ANY($1)
ORDER BY order_id, starts_at, ends_at"""

# One row for each published version; a prohibition without any has a row as well. A zone of drafts only is no zone yet.
PROHIBITIONS = """
SELECT order_id, prohibition.prohibition_id, prohibition.starts_at, prohibition.ends_at, needs_zone, schedule,
       zone_id, version, valid_from, least(valid_until, zone_version.emergency_until) AS valid_until,
       footprint, distance_m
FROM court_order
JOIN prohibition USING (order_id)
LEFT JOIN (zone JOIN zone_version USING (zone_id)) ON zone.prohibition_id = prohibition.prohibition_id
    AND zone_version.published_at IS NOT NULL AND withdrawn_at IS NULL
    AND valid_from < coalesce(zone_version.emergency_until, 'infinity')
WHERE $1::text[] IS NULL OR wearer_id = ANY($1)
ORDER BY prohibition.prohibition_id COLLATE "C", zone_id COLLATE "C", valid_from"""

SHAPES = """
SELECT zone_id, version, footprint, distance_m, address_protected
FROM court_order
JOIN prohibition USING (order_id)
JOIN zone USING (prohibition_id)
JOIN zone_version USING (zone_id)
WHERE zone_version.published_at IS NOT NULL AND withdrawn_at IS NULL
  AND ($1::text[] IS NULL OR wearer_id = ANY($1))
ORDER BY zone_id COLLATE "C", version"""

WEARERS_OF_FORCE = """
SELECT DISTINCT wearer_id COLLATE "C" AS wearer_id
FROM court_order WHERE force = $1 AND published_at IS NOT NULL ORDER BY 1"""

FORCE_NAME = "SELECT coalesce(name, code) FROM force WHERE code = $1"
WEARERS_TOLD = """
SELECT wearer_id, name, date_of_birth, pnc_id, home_area
FROM wearer WHERE wearer_id IN (SELECT wearer_id FROM court_order WHERE force = $1 AND published_at IS NOT NULL)"""
ORDERS_TOLD = """
SELECT order_id, wearer_id, force, kind, reference, court, made_on, effective_from
FROM court_order WHERE force = $1 AND published_at IS NOT NULL"""
PROHIBITIONS_TOLD = """
SELECT prohibition_id, order_id, clause, wording AS text, needs_zone, address_protected
FROM prohibition JOIN court_order USING (order_id) WHERE force = $1 AND published_at IS NOT NULL"""
ZONES_TOLD = """
SELECT zone_id, prohibition_id, label, responding_force
FROM zone JOIN prohibition USING (prohibition_id) JOIN court_order USING (order_id)
WHERE force = $1 AND published_at IS NOT NULL"""

_Wearers = Collection[WearerId] | None


@dataclass(frozen=True, slots=True)
class UnreadableVersion:
    """A published zone version that can't be judged, and why; nothing protected is in `faults`."""

    zone_id: ZoneId
    version: int
    faults: tuple[str, ...]


class PostgresRegister:
    """Reads the register within the caller's transaction.

    Several statements make one register: under READ COMMITTED each sees its own instant, and what was added between two
    of them may be there in part. Whoever adds also adds work for the desk, so that such a judgement is made again;
    whoever seals reads under REPEATABLE READ.
    """

    async def register(self, connection: Connection, wearers: _Wearers = None) -> Register:
        """Return what the rules need, of all wearers or of some: published zone versions only.

        A shape that can't be read comes as an empty one, which `judge` refuses by its zone's name.
        """
        asked = None if wearers is None else list(wearers)
        prohibitions = _prohibitions(await connection.fetch(PROHIBITIONS, asked))
        suspensions = _suspensions(await connection.fetch(SUSPENSIONS, asked))
        orders = await connection.fetch(ORDERS, asked)
        return Register(
            fittings=tuple(
                Fitting(row["tag_id"], row["wearer_id"], instant(row["fitted_at"]), _end(row["removed_at"]))
                for row in await connection.fetch(FITTINGS, asked)
            ),
            orders=tuple(
                _order(row, prohibitions.get(row["order_id"], ()), suspensions.get(row["order_id"], ()))
                for row in orders
            ),
            provider_person_ids={
                row["wearer_id"]: row["provider_person_id"] for row in await connection.fetch(PERSONS, asked)
            },
        )

    async def wearers_of_force(self, connection: Connection, force: str) -> list[WearerId]:
        """Return the wearers who have an order of this force."""
        return [row["wearer_id"] for row in await connection.fetch(WEARERS_OF_FORCE, force)]

    async def particulars(self, connection: Connection, force: str) -> Particulars:
        """Return what the report prints of one force's people and orders.

        Raises LookupError if the register holds no such force.
        """
        force_name = await connection.fetchval(FORCE_NAME, force)
        if force_name is None:
            raise LookupError(f"no force {force} in the register")
        wearers = [WearerParticulars(**row) for row in await connection.fetch(WEARERS_TOLD, force)]
        orders = [
            OrderParticulars(**{**row, "effective_from": instant(row["effective_from"])})
            for row in await connection.fetch(ORDERS_TOLD, force)
        ]
        prohibitions = [ProhibitionParticulars(**row) for row in await connection.fetch(PROHIBITIONS_TOLD, force)]
        zones = [ZoneParticulars(**row) for row in await connection.fetch(ZONES_TOLD, force)]
        return Particulars(
            force=force,
            force_name=force_name,
            wearers={wearer.wearer_id: wearer for wearer in wearers},
            orders={order.order_id: order for order in orders},
            prohibitions={prohibition.prohibition_id: prohibition for prohibition in prohibitions},
            zones={zone.zone_id: zone for zone in zones},
        )

    async def unreadable(self, connection: Connection, wearers: _Wearers = None) -> list[UnreadableVersion]:
        """Return every published version that can't be judged, so that it can be named before anything is due."""
        asked = None if wearers is None else list(wearers)
        found = []
        for row in await connection.fetch(SHAPES, asked):
            faults = shape_faults(row["footprint"], row["distance_m"], protected=row["address_protected"])
            if faults:
                found.append(UnreadableVersion(row["zone_id"], row["version"], faults))
        return found


def _order(row: asyncpg.Record, prohibitions: Sequence[Prohibition], suspensions: Sequence[Interval]) -> Order:
    monitoring_from = row["monitoring_from"]
    return Order(
        order_id=row["order_id"],
        wearer_id=row["wearer_id"],
        during=Interval(instant(row["effective_from"]), _order_end(row)),
        monitoring=None
        if monitoring_from is None
        else Interval(instant(monitoring_from), instant(row["monitoring_until"])),
        prohibitions=tuple(prohibitions),
        suspensions=tuple(suspensions),
        before_aware_until=before_aware_until(
            without_notice=row["without_notice"],
            aware_from=optional_instant(row["aware_from"]),
        ),
    )


def _order_end(row: asyncpg.Record) -> Instant:
    """Return when the order ends as far as anyone knows: by its own terms, discharged, or never confirmed.

    An order that was discharged before it had effect has none: it ends where it begins.
    """
    own = end_of(row["ends"])
    return max(instant(row["effective_from"]), min(own, _end(row["discharged_at"]), _end(row["emergency_until"])))


def _suspensions(rows: Sequence[asyncpg.Record]) -> dict[OrderId, list[Interval]]:
    found: defaultdict[OrderId, list[Interval]] = defaultdict(list)
    for row in rows:
        found[row["order_id"]].append(Interval(instant(row["starts_at"]), instant(row["ends_at"])))
    return found


def _prohibitions(rows: Sequence[asyncpg.Record]) -> dict[OrderId, list[Prohibition]]:
    """Return the prohibitions of each order, in order of their ids; the rows come sorted."""
    published = [row for row in rows if row["footprint"] is not None]
    shapes: dict[tuple[str, int], Geometry] = dict(
        zip(
            ((row["zone_id"], row["version"]) for row in published),
            read_shapes([row["footprint"] for row in published]),
            strict=True,
        )
    )
    found: defaultdict[OrderId, list[Prohibition]] = defaultdict(list)
    for prohibition_id, group in groupby(rows, key=itemgetter("prohibition_id")):
        of_one = list(group)
        first = of_one[0]
        windows = first["schedule"]
        found[first["order_id"]].append(
            Prohibition(
                prohibition_id=prohibition_id,
                during=Interval(instant(first["starts_at"]), _end(first["ends_at"])),
                zones=tuple(_zones(of_one, shapes)),
                schedule=None if windows is None else schedule.restored(json.loads(windows)),
                needs_zone=first["needs_zone"],
            )
        )
    return found


def _zones(rows: Sequence[asyncpg.Record], shapes: Mapping[tuple[str, int], Geometry]) -> list[Zone]:
    return [
        Zone(
            zone_id,
            tuple(
                ZoneVersion(
                    row["version"],
                    instant(row["valid_from"]),
                    _end(row["valid_until"]),
                    shapes[zone_id, row["version"]],
                    row["distance_m"],
                )
                for row in group
            ),
        )
        for zone_id, group in groupby(rows, key=itemgetter("zone_id"))
        if zone_id is not None
    ]


def _end(end: datetime | None) -> Instant:
    return FOREVER if end is None else instant(end)
