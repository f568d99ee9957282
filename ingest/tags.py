"""The tags of a batch: locked while it is appended, with what must be known of the end of each track."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from geofence.ids import TagId
from geofence.instants import BEGINNING
from geofence.rules import Rules, rules_document
from geofence.tracks import IndexArray, InstantArray
from geofence.untouched import NO_TAIL, Tails, columns_of
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
               tail = substring($3::bytea FROM (72 * row - 71)::integer FOR 72)
FROM unnest($1::text::integer[], $2::text::bigint[]) WITH ORDINALITY AS moved (tag_no, newest, row)
WHERE tag.tag_no = moved.tag_no"""

# West, south, east, north, the greatest r95_m, the last gps or wifi fix; and what the tail was told by: whoever moves
# `newest_at` on without it, or judges by other rules, leaves a tail that is not to be believed.
_PACKED = np.dtype([("tail", "<f8", 7), ("newest", "<i8"), ("rules", "<i8")])


@dataclass(frozen=True, slots=True, eq=False)
class LockedTags:
    """Tags, one a row: their numbers, an instant after which the ledger has no fix of each, and how each track ends."""

    tag_no: IndexArray
    newest: InstantArray
    tails: Tails


async def lock_tags(connection: Connection, tag_ids: Sequence[TagId], rules: Rules) -> LockedTags:
    """Lock tags until the transaction ends, and number those that are new; returns them in the order given.

    A tail that was not told of all fixes, by these rules, is not known.
    """
    rows = await connection.fetch(LOCK, tag_ids) if tag_ids else []
    if len(rows) < len(tag_ids):
        new = sorted(set(tag_ids).difference(row["tag_id"] for row in rows))
        await connection.execute(MAKE, new, _packed(NO_TAIL, np.array([BEGINNING]), rules))
        rows = await connection.fetch(LOCK, tag_ids)
    found = {row["tag_id"]: row for row in rows}
    rows = [found[tag_id] for tag_id in tag_ids]
    newest = np.array([BEGINNING if row["newest"] is None else row["newest"] for row in rows], dtype=np.int64)
    return LockedTags(
        np.array([row["tag_no"] for row in rows], dtype=np.int64),
        newest,
        _unpacked([row["tail"] or bytes(_PACKED.itemsize) for row in rows], newest, rules),
    )


async def move_tags(connection: Connection, tags: LockedTags, newest: InstantArray, tails: Tails, rules: Rules) -> None:
    """Write down where the tracks of some locked tags end now."""
    await connection.execute(MOVE, _array(tags.tag_no), _array(newest), _packed(tails, newest, rules))


def some_tags(tags: LockedTags, rows: IndexArray) -> LockedTags:
    """Return some of the tags."""
    tails = Tails(*(column[..., rows] for column in columns_of(tags.tails)))
    return LockedTags(tags.tag_no[rows], tags.newest[rows], tails)


def _array(numbers: InstantArray) -> str:
    return "{" + ",".join(map(str, numbers.tolist())) + "}"


def _packed(tails: Tails, newest: InstantArray, rules: Rules) -> bytes:
    packed = np.empty(len(newest), dtype=_PACKED)
    packed["tail"] = np.vstack(columns_of(tails)).T
    packed["newest"], packed["rules"] = newest, _known_by(rules)
    return packed.tobytes()


def _unpacked(packed: Sequence[bytes], newest: InstantArray, rules: Rules) -> Tails:
    found = np.frombuffer(b"".join(packed), dtype=_PACKED)
    known = (found["newest"] == newest) & (found["rules"] == _known_by(rules))
    columns = np.where(known, found["tail"].T, np.nan)
    return Tails(columns[:4], *columns[4:])


@lru_cache(8)
def _known_by(rules: Rules) -> int:
    """Return a number that other rules have otherwise; never 0, which an unknown tail has."""
    digest = hashlib.sha256(repr(sorted(rules_document(rules).items())).encode()).digest()
    return int.from_bytes(digest[:7]) + 1
