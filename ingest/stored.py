"""Which fixes does the ledger hold at these tags and instants?"""

from typing import Any

import numpy as np

from geofence.instants import Instant, moment
from geofence.tracks import IndexArray
from ingest.columns import FixColumns, joined
from ingest.connections import Connection

# OFFSET 0 makes it one look into the identity index for each instant, whatever the planner believes of the table.
READ_AT = """
SELECT wanted.row, position_id, mechanism, longitude_deg, latitude_deg, accuracy_m, accuracy_confidence, hdop,
       speed_kmh, heading_deg, satellites
FROM unnest($1::integer[], $2::timestamptz[]) WITH ORDINALITY AS wanted (tag_no, recorded_at, row)
CROSS JOIN LATERAL (
    SELECT * FROM fix
    WHERE fix.tag_no = wanted.tag_no AND fix.recorded_at = wanted.recorded_at AND fix.recorded_at BETWEEN $3 AND $4
    OFFSET 0
) AS found"""

_FLOATS = (
    *("longitude_deg", "latitude_deg", "accuracy_m", "accuracy_confidence"),
    *("hdop", "speed_kmh", "heading_deg", "satellites"),
)
_READ = ("row", "position_id", "mechanism", *_FLOATS)


async def fixes_at(connection: Connection, columns: FixColumns, rows: IndexArray, tag_no: IndexArray) -> FixColumns:
    """Return the stored fixes at the tags and instants of some rows, with what identity and content are compared by.

    tag_no: for each tag of the columns, its number in the ledger. The columns that are returned number tags likewise.
    """
    if len(rows) == 0:
        return joined([])
    tag, at = np.unique(np.stack([columns.tag[rows].astype(np.int64), columns.recorded_at[rows]]), axis=1)
    moments = [moment(Instant(one)) for one in at.tolist()]
    found = await connection.fetch(READ_AT, tag_no[tag].tolist(), moments, min(moments), max(moments))
    if not found:
        return joined([])
    values: dict[str, Any] = dict(zip(_READ, zip(*found, strict=True), strict=True))
    asked = np.array(values["row"], dtype=np.int64) - 1
    return FixColumns(
        line=asked,
        tag=tag[asked].astype(np.int32),
        recorded_at=at[asked],
        mechanism=np.array(values["mechanism"], dtype=np.uint8),
        clock_suspect=np.zeros(len(asked), dtype=np.bool_),
        position_id=np.array(values["position_id"], dtype=object),
        person_id=np.full(len(asked), None, dtype=object),
        **{name: np.array(values[name], dtype=np.float64) for name in _FLOATS},
    )
