"""`register.json`: the register as a register file, which judges as the register itself does.

A file knows neither drafts nor who published what, so what has no effect is left out, and what one person alone put in
force ends where nobody has confirmed it.
"""

from collections.abc import Callable
from itertools import groupby
from operator import itemgetter
from typing import TextIO

from asyncpg import Record

from service.database import Connection
from service.register.as_written import (
    Json,
    fitting_json,
    force_json,
    order_json,
    prohibition_json,
    wearer_json,
    zone_json,
)
from service.register.export.rows import Belonging, JsonList, rows_of

# COLLATE "C": the same order everywhere.
FORCES = 'SELECT * FROM force ORDER BY code COLLATE "C"'
RECIPIENTS = 'SELECT * FROM force_recipient ORDER BY force COLLATE "C", position'
WEARERS = 'SELECT * FROM wearer ORDER BY wearer_id COLLATE "C"'
FITTINGS = 'SELECT * FROM fitting WHERE standing ORDER BY tag_id COLLATE "C", fitted_at'
ORDERS = """
SELECT order_id, kind, reference, court, force, wearer_id, made_on, without_notice, aware_from, effective_from, ends,
       least(discharged_at, emergency_until) AS discharged_at, monitoring_from, monitoring_until,
       monitoring_extended_by, immediate_alert
FROM court_order WHERE published_at IS NOT NULL ORDER BY order_id COLLATE "C" """
# One that was entered twice counts once.
SUSPENSIONS = """
SELECT DISTINCT order_id COLLATE "C" AS order_id, suspension.starts_at, suspension.ends_at,
       reason COLLATE "C" AS reason, authority COLLATE "C" AS authority
FROM suspension JOIN court_order USING (order_id)
WHERE published_at IS NOT NULL ORDER BY 1, 2, 3, 4, 5"""
PROHIBITIONS = """
SELECT prohibition.* FROM prohibition JOIN court_order USING (order_id)
WHERE published_at IS NOT NULL ORDER BY order_id COLLATE "C", prohibition_id COLLATE "C" """
# What judges, or will: a zone without such a version is none.
VERSIONS = """
SELECT order_id, prohibition_id, zone_id, label, responding_force, premises, address_protected,
       version, valid_from, least(valid_until, zone_version.emergency_until) AS valid_until, footprint, distance_m
FROM court_order JOIN prohibition USING (order_id) JOIN zone USING (prohibition_id) JOIN zone_version USING (zone_id)
WHERE court_order.published_at IS NOT NULL AND zone_version.published_at IS NOT NULL AND withdrawn_at IS NULL
  AND valid_from < coalesce(zone_version.emergency_until, 'infinity')
ORDER BY order_id COLLATE "C", prohibition_id COLLATE "C", zone_id COLLATE "C", version"""


async def write_register(connection: Connection, file: TextIO, advance: Callable[[int], None]) -> int:
    """Write the register that a connection sees; return how many orders are in it."""
    file.write('{"forces": [')
    forces, recipients = JsonList(file), Belonging(connection, RECIPIENTS, "force")
    async for row in rows_of(connection, FORCES):
        forces.add(force_json(row, await recipients.of(row["code"])))
    file.write('],\n"wearers": [')
    wearers = JsonList(file)
    async for row in rows_of(connection, WEARERS):
        wearers.add(wearer_json(row))
    file.write('],\n"fittings": [')
    fittings = JsonList(file)
    async for row in rows_of(connection, FITTINGS):
        fittings.add(fitting_json(row))
    file.write('],\n"orders": [')
    written = await _write_orders(connection, JsonList(file), advance)
    file.write("]}\n")
    return written


async def _write_orders(connection: Connection, orders: JsonList, advance: Callable[[int], None]) -> int:
    suspensions = Belonging(connection, SUSPENSIONS, "order_id")
    prohibitions = Belonging(connection, PROHIBITIONS, "order_id")
    versions = Belonging(connection, VERSIONS, "prohibition_id")
    async for row in rows_of(connection, ORDERS):
        clauses = [
            prohibition_json(clause, _zones(await versions.of(clause["prohibition_id"])))
            for clause in await prohibitions.of(row["order_id"])
        ]
        orders.add(order_json(row, await suspensions.of(row["order_id"]), clauses))
        advance(1)
    return orders.count


def _zones(versions: list[Record]) -> list[Json]:
    zones = []
    for _, group in groupby(versions, key=itemgetter("zone_id")):
        of_one = list(group)
        zones.append(zone_json(of_one[0], of_one))
    return zones
