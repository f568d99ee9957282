"""Which fixes does the ledger hold at these tags and instants?"""

from collections.abc import Collection, Mapping

import asyncpg

from geofence.ids import TagId
from geofence.instants import moment
from geofence.tracks import Mechanism
from ingest.connections import Connection
from ingest.fix import Fix
from ingest.novelty import TagInstant

# OFFSET 0 makes it one look into the identity index for each instant, whatever the planner believes of the table.
READ_AT = """
SELECT wanted.row, position_id, mechanism, longitude_deg, latitude_deg, COALESCE(accuracy_m, 'NaN') AS accuracy_m,
       COALESCE(accuracy_confidence, 'NaN') AS accuracy_confidence, hdop, speed_kmh, heading_deg, satellites
FROM unnest($1::integer[], $2::timestamptz[]) WITH ORDINALITY AS wanted (tag_no, recorded_at, row)
CROSS JOIN LATERAL (
    SELECT * FROM fix
    WHERE fix.tag_no = wanted.tag_no AND fix.recorded_at = wanted.recorded_at AND fix.recorded_at BETWEEN $3 AND $4
    OFFSET 0
) AS found"""


async def fixes_at(connection: Connection, numbers: Mapping[TagId, int], wanted: Collection[TagInstant]) -> list[Fix]:
    """Return the stored fixes at some tags and instants, with what identity and content are compared by."""
    if not wanted:
        return []
    keys = list(wanted)
    moments = [moment(at) for _, at in keys]
    tag_nos = [numbers[tag_id] for tag_id, _ in keys]
    rows = await connection.fetch(READ_AT, tag_nos, moments, min(moments), max(moments))
    return [_fix(keys[row["row"] - 1], row) for row in rows]


def _fix(key: TagInstant, row: asyncpg.Record) -> Fix:
    return Fix(
        tag_id=key[0],
        recorded_at=key[1],
        latitude_deg=row["latitude_deg"],
        longitude_deg=row["longitude_deg"],
        position_id=row["position_id"],
        accuracy_m=row["accuracy_m"],
        accuracy_confidence=row["accuracy_confidence"],
        mechanism=Mechanism(row["mechanism"]),
        satellites=row["satellites"],
        hdop=row["hdop"],
        speed_kmh=row["speed_kmh"],
        heading_deg=row["heading_deg"],
    )
