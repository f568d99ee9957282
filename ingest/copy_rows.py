"""Fixes as PostgreSQL's binary COPY wants them: much quicker than any INSERT.

A row is the number of its fields, then for each field its length in bytes and its bytes; length -1 is NULL.
https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4
"""

import math
from collections.abc import Iterable
from struct import Struct

from geofence.instants import Instant
from ingest.fix import Fix

COLUMNS = (
    "tag_no",
    "recorded_at",
    "received_at",
    "longitude_deg",
    "latitude_deg",
    "mechanism",
    "clock_suspect",
    "uploaded_at",
    "accuracy_m",
    "accuracy_confidence",
    "hdop",
    "speed_kmh",
    "heading_deg",
    "satellites",
    "position_id",
    "person_id",
)
HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

# PostgreSQL counts microseconds from 2000.
EPOCH_US = 946_684_800_000_000

_NULL = b"\xff\xff\xff\xff"
_HEAD = "!h ii iq iq id id ih i?".replace(" ", "")
_head = Struct(_HEAD).pack
# A row in which everything was reported, up to the bytes of its position_id.
_full = Struct(_HEAD + "iqididididid" + "iii").pack
_instant = Struct("!iq").pack
_number = Struct("!id").pack
_whole = Struct("!ii").pack
_length = Struct("!i").pack


def binary_rows(rows: Iterable[tuple[Fix, int]], received_at: Instant) -> bytes:
    """Return fixes, each with the number of its tag, as the body of a binary COPY of COLUMNS."""
    received = received_at - EPOCH_US
    parts = [_row(fix, tag_no, received) for fix, tag_no in rows]
    return b"".join((HEADER, *parts, TRAILER))


def _row(fix: Fix, tag_no: int, received: int) -> bytes:
    if (
        fix.uploaded_at is None
        or fix.hdop is None
        or fix.speed_kmh is None
        or fix.heading_deg is None
        or fix.satellites is None
        or fix.position_id is None
        or math.isnan(fix.accuracy_m)
        or math.isnan(fix.accuracy_confidence)
    ):
        return _row_with_gaps(fix, tag_no, received)
    position = fix.position_id.encode()
    # fmt: off
    start = _full(
        16, 4, tag_no, 8, fix.recorded_at - EPOCH_US, 8, received,
        8, fix.longitude_deg, 8, fix.latitude_deg, 2, fix.mechanism, 1, fix.clock_suspect,
        8, fix.uploaded_at - EPOCH_US, 8, fix.accuracy_m, 8, fix.accuracy_confidence,
        8, fix.hdop, 8, fix.speed_kmh, 8, fix.heading_deg, 4, fix.satellites, len(position),
    )
    # fmt: on
    return start + position + _text(fix.person_id)


def _row_with_gaps(fix: Fix, tag_no: int, received: int) -> bytes:
    head = _head(
        *(16, 4, tag_no, 8, fix.recorded_at - EPOCH_US, 8, received),
        *(8, fix.longitude_deg, 8, fix.latitude_deg, 2, fix.mechanism, 1, fix.clock_suspect),
    )
    return b"".join(
        (
            head,
            _NULL if fix.uploaded_at is None else _instant(8, fix.uploaded_at - EPOCH_US),
            _double(fix.accuracy_m),
            _double(fix.accuracy_confidence),
            _double(fix.hdop),
            _double(fix.speed_kmh),
            _double(fix.heading_deg),
            _NULL if fix.satellites is None else _whole(4, fix.satellites),
            _text(fix.position_id),
            _text(fix.person_id),
        )
    )


def _double(value: float | None) -> bytes:
    return _NULL if value is None or math.isnan(value) else _number(8, value)


def _text(value: str | None) -> bytes:
    if value is None:
        return _NULL
    encoded = value.encode()
    return _length(len(encoded)) + encoded
