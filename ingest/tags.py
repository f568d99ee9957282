"""The tags of a batch: locked while it is appended, with what must be known of the end of each track."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from geofence.ids import TagId
from geofence.instants import BEGINNING
from geofence.tracks import IndexArray, InstantArray
from geofence.untouched import NO_TAIL, UNKNOWN_TAIL, Tails, columns_of
from ingest.connections import Connection

# Tags are locked in the order of their numbers and made in the order of their ids: appends never wait in a ring.
LOCK = """
SELECT tag_id, tag_no,
       CASE WHEN isfinite(newest_at) THEN (extract(epoch FROM newest_at) * 1000000)::bigint END AS newest, tail
FROM tag WHERE tag_id = ANY ($1::text[]) ORDER BY tag_no FOR NO KEY UPDATE"""
MAKE = "INSERT INTO tag (tag_id, tail) SELECT unnest($1::text[]), $2 ON CONFLICT DO NOTHING"
# Thousands of rows as three values: asyncpg would look at each element of an array as if it might be another array.
MOVE = """
UPDATE tag SET newest_at = 'epoch'::timestamptz + moved.newest * interval '1 microsecond',
               tail = substring($3::bytea FROM (56 * row - 55)::integer FOR 56)
FROM unnest($1::text::integer[], $2::text::bigint[]) WITH ORDINALITY AS moved (tag_no, newest, row)
WHERE tag.tag_no = moved.tag_no"""

# West, south, east, north, the greatest r95_m, the last gps or wifi fix.
_PACKED = np.dtype("<f8")


@dataclass(frozen=True, slots=True, eq=False)
class LockedTags:
    """Tags, one a row: their numbers, an instant after which the ledger has no fix of each, and how each track ends."""

    tag_no: IndexArray
    newest: InstantArray
    tails: Tails


async def lock_tags(connection: Connection, tag_ids: Sequence[TagId]) -> LockedTags:
    """Lock tags until the transaction ends, and number those that are new; returns them in the order given."""
    rows = await connection.fetch(LOCK, tag_ids) if tag_ids else []
    if len(rows) < len(tag_ids):
        new = sorted(set(tag_ids).difference(row["tag_id"] for row in rows))
        await connection.execute(MAKE, new, _packed(NO_TAIL))
        rows = await connection.fetch(LOCK, tag_ids)
    found = {row["tag_id"]: row for row in rows}
    rows = [found[tag_id] for tag_id in tag_ids]
    unknown = _packed(UNKNOWN_TAIL)
    return LockedTags(
        np.array([row["tag_no"] for row in rows], dtype=np.int64),
        np.array([BEGINNING if row["newest"] is None else row["newest"] for row in rows], dtype=np.int64),
        _unpacked([row["tail"] or unknown for row in rows]),
    )


async def move_tags(connection: Connection, tags: LockedTags, newest: InstantArray, tails: Tails) -> None:
    """Write down where the tracks of some locked tags end now."""
    await connection.execute(MOVE, _array(tags.tag_no), _array(newest), _packed(tails))


def some_tags(tags: LockedTags, rows: IndexArray) -> LockedTags:
    """Return some of the tags."""
    tails = Tails(*(column[..., rows] for column in columns_of(tags.tails)))
    return LockedTags(tags.tag_no[rows], tags.newest[rows], tails)


def _array(numbers: InstantArray) -> str:
    return "{" + ",".join(map(str, numbers.tolist())) + "}"


def _packed(tails: Tails) -> bytes:
    return np.vstack(columns_of(tails)).T.astype(_PACKED).tobytes()


def _unpacked(packed: Sequence[bytes]) -> Tails:
    columns = np.frombuffer(b"".join(packed), dtype=_PACKED).reshape(-1, 7).T.astype(np.float64)
    return Tails(columns[:4], *columns[4:])
