"""Two forces, a wearer of each, and what the desk found of them on Friday 20 November 2026."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from geofence.instants import instant
from service.database import Connection
from service.register.changes import Act, begin_change

DAY = datetime(2026, 11, 20, tzinfo=UTC)
ENTERED = datetime(2026, 9, 30, tzinfo=UTC)  # what the register says
CLOSED = "00000000000000c1"  # of MPS: W-1 was in Z-1 from 18:02 to 18:05
OPEN = "00000000000000b2"  # of MPS: W-1 is in Z-1 since 23:50
ELSEWHERE = "00000000000000e3"  # of GMP
WITHDRAWN = "00000000000000d4"  # of MPS, no longer standing
MERGED = "00000000000000a5"  # became CLOSED
NAME = "Alexandra Nightingale"

REGISTER = """
INSERT INTO force (code, name) VALUES ('MPS', 'Metropolitan Police Service'), ('GMP', 'Greater Manchester Police');
INSERT INTO wearer (wearer_id, name) VALUES ('W-1', 'Alexandra Nightingale'), ('W-2', 'Robin Weaver');
INSERT INTO fitting (tag_id, wearer_id, fitted_at) VALUES ('T-1', 'W-1', '2026-10-01Z'), ('T-2', 'W-2', '2026-10-01Z');
INSERT INTO court_order (order_id, kind, reference, force, wearer_id, made_on, effective_from, ends, drawn_by, drawn_at,
  published_by, published_at) VALUES
  ('O-1', 'DAPO', 'DAPO-2026-0001', 'MPS', 'W-1', '2026-10-01', '2026-10-01Z', '{"kind": "further_order"}',
   'anne', '2026-09-30Z', 'bert', '2026-09-30Z'),
  ('O-2', 'DAPO', 'DAPO-2026-0002', 'GMP', 'W-2', '2026-10-01', '2026-10-01Z', '{"kind": "further_order"}',
   'anne', '2026-09-30Z', 'bert', '2026-09-30Z');
INSERT INTO prohibition (prohibition_id, order_id, clause, wording, starts_at) VALUES
  ('P-1', 'O-1', '3(a)', 'Not to come within 200 metres of the premises shown to the wearer', '2026-10-01Z'),
  ('P-2', 'O-2', '1', 'Not to enter the area shown on the map', '2026-10-01Z');
INSERT INTO zone (zone_id, prohibition_id, label) VALUES ('Z-1', 'P-1', 'Zone A'), ('Z-2', 'P-2', 'Zone B')"""

VERSION = """
INSERT INTO zone_version
  (zone_id, version, valid_from, footprint, distance_m, drawn_by, drawn_at, published_by, published_at)
VALUES ($1, 1, '2026-10-01Z', $2, 200, 'anne', '2026-09-30Z', 'bert', '2026-09-30Z')"""

TAGS = "INSERT INTO tag (tag_id, newest_at) VALUES ('T-1', '2026-11-20 23:58Z'), ('T-2', '2026-11-20 12:01Z')"

FIX = """
INSERT INTO fix (tag_no, recorded_at, received_at, longitude_deg, latitude_deg, accuracy_m, mechanism, clock_suspect,
  position_id, speed_kmh)
SELECT tag_no, $2, $2, $3, $4, 8, 1, false, $5, 3.5 FROM tag WHERE tag_id = $1"""

INCIDENT = """
INSERT INTO incident (incident_id, fitting_id, tag_id, wearer_id, order_id, prohibition_id, zone_id, force, kind, grade,
  state, began_at, began_after, began_before, ended_at, ended_after, ended_before, already_inside, suspended,
  before_aware, visits, deepest_m, p_inside_max, first_at, last_at, standing, merged_into, detected_at, changed_at,
  rules_version)
SELECT $1, fitting_id, tag_id, wearer_id, $2, $3, $4, $5, 'presence', $6, $7, $8, $8, $8, $9, $9, $9, false, false,
  false, 1, 61.2, 0.9997, $8, coalesce($9, $8::timestamptz), $10, $11, $8, $8, 1
FROM fitting WHERE wearer_id = $12"""

INCIDENT_FIX = """
INSERT INTO incident_fix (incident_id, recorded_at, position_id, mechanism, r95_m, accuracy_assumed, depth_m, p_inside,
  verdict, zone_version, implausible, longitude_deg, latitude_deg)
VALUES ($1, $2, $3, 'gps', 8, false, $4, 0.99, 'INSIDE', 1, false, -0.1, $5)"""


def at(hour: int, minute: int) -> datetime:
    """Return a time of that Friday."""
    return DAY + timedelta(hours=hour, minutes=minute)


async def fill_desk(connection: Connection) -> None:
    """Write register, ledger and incidents."""
    async with connection.transaction():
        await begin_change(connection, Act("charles", "operator", "register loaded"), instant(ENTERED))
        await connection.execute(REGISTER)
        for zone_id, place in (("Z-1", [-0.1, 51.37]), ("Z-2", [-2.24, 53.48])):
            await connection.execute(VERSION, zone_id, json.dumps({"type": "Point", "coordinates": place}))
    await connection.execute(TAGS)
    await _incident(connection, CLOSED, grade="confirmed", began_at=at(18, 2), ended_at=at(18, 5))
    await _incident(connection, OPEN, grade="probable", state="open", began_at=at(23, 50))
    await _incident(connection, WITHDRAWN, grade="possible", began_at=at(3, 0), ended_at=at(3, 1), standing=False)
    await _incident(connection, ELSEWHERE, grade="inferred", began_at=at(12, 0), ended_at=at(12, 1), number=2)
    await _incident(
        connection, MERGED, grade="possible", began_at=at(18, 4), ended_at=at(18, 5), standing=False, merged_into=CLOSED
    )
    for minute in range(4):
        latitude_deg = 51.3701 + minute / 10_000
        await connection.execute(FIX, "T-1", at(18, 2 + minute), -0.1, latitude_deg, f"p-{minute}")
        await connection.execute(INCIDENT_FIX, CLOSED, at(18, 2 + minute), f"p-{minute}", 61.2 - minute, latitude_deg)
    # Before and after it: on the way, outside.
    for minute, latitude_deg in ((55, 51.376), (59, 51.3735), (68, 51.3745)):
        await connection.execute(FIX, "T-1", at(17, minute), -0.1, latitude_deg, f"q-{minute}")
    await connection.execute(FIX, "T-1", at(23, 50), -0.1, 51.3705, "p-9")
    await connection.execute(INCIDENT_FIX, OPEN, at(23, 50), "p-9", 144.4, 51.3705)


async def _incident(connection: Connection, incident_id: str, *, number: int = 1, **members: Any) -> None:
    await connection.execute(
        INCIDENT,
        incident_id,
        f"O-{number}",
        f"P-{number}",
        f"Z-{number}",
        {1: "MPS", 2: "GMP"}[number],
        members["grade"],
        members.get("state", "closed"),
        members["began_at"],
        members.get("ended_at"),
        members.get("standing", True),
        members.get("merged_into"),
        f"W-{number}",
    )
