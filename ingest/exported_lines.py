"""A part of the ledger as lines: tag events as `judge` reads them, and rejections with their bytes."""

from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg
import msgspec

from geofence.instants import Instant, instant, moment, printed
from ingest.connections import Connection
from ingest.quarantine import text_of

READ_EVENTS = """
SELECT event_id, tag_id, occurred_at, ended_at, kind, detail FROM tag_event
WHERE occurred_at >= COALESCE($1::timestamptz, '-infinity') AND occurred_at < COALESCE($2::timestamptz, 'infinity')
  AND standing AND ($3::text IS NULL OR tag_id = $3)
ORDER BY tag_id COLLATE "C", occurred_at, kind COLLATE "C", event_id COLLATE "C" NULLS FIRST, ended_at NULLS FIRST"""
READ_REJECTIONS = """
SELECT rejection_id, origin, place, profile, received_at, faults, contradiction, tag_id, released_at, body
FROM rejection
WHERE received_at >= COALESCE($1::timestamptz, '-infinity') AND received_at < COALESCE($2::timestamptz, 'infinity')
  AND ($3::text IS NULL OR tag_id = $3)
ORDER BY rejection_id"""
EVENTS_AT_ONCE = 10_000
# A rejection may hold 16 MiB: few of them at a time.
REJECTIONS_AT_ONCE = 8
_JSON = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Part:
    """What of the ledger is wanted: what was recorded, occurred or (rejections) received in `[start, until)`.

    None: no limit. tag_id: only what names this tag.
    """

    start: Instant | None = None
    until: Instant | None = None
    tag_id: str | None = None


class _EventLine(msgspec.Struct, omit_defaults=True):
    tag_id: str
    occurred_at: str
    kind: str
    event_id: str | None = None
    ended_at: str | None = None
    detail: str = ""


async def write_events(connection: Connection, part: Part, path: Path) -> int:
    """Write tag events to a file, and return how many. Raises OSError."""
    return await _write_lines(connection, READ_EVENTS, part, EVENTS_AT_ONCE, path, _event)


async def write_rejections(connection: Connection, part: Part, path: Path) -> int:
    """Write rejections to a file, released ones included, and return how many. Raises OSError."""
    return await _write_lines(connection, READ_REJECTIONS, part, REJECTIONS_AT_ONCE, path, _rejection)


async def blocks(connection: Connection, query: str, part: Part, most: int) -> AsyncIterator[list[asyncpg.Record]]:
    """Yield the rows of a part of the ledger, at most so many at a time, within the caller's transaction."""
    start, until = (None if at is None else moment(at) for at in (part.start, part.until))
    cursor = await connection.cursor(query, start, until, part.tag_id)
    while rows := await cursor.fetch(most):
        yield rows


async def _write_lines(
    connection: Connection,
    query: str,
    part: Part,
    most: int,
    path: Path,
    line: Callable[[asyncpg.Record], object],
) -> int:
    count = 0
    with path.open("wb") as file:
        async for rows in blocks(connection, query, part, most):
            file.write(_JSON.encode_lines([line(row) for row in rows]))
            count += len(rows)
    return count


def _event(row: asyncpg.Record) -> _EventLine:
    return _EventLine(
        tag_id=row["tag_id"],
        occurred_at=printed(instant(row["occurred_at"])),
        kind=row["kind"],
        event_id=row["event_id"],
        ended_at=_printed(row["ended_at"]),
        detail=row["detail"],
    )


def _rejection(row: asyncpg.Record) -> dict[str, object]:
    """Return a rejection with its bytes: under `body` as the text that they are, else under `body_base64`."""
    body = row["body"]
    text = text_of(body)
    return {
        **{name: row[name] for name in ("rejection_id", "origin", "place", "profile")},
        "received_at": printed(instant(row["received_at"])),
        **{name: row[name] for name in ("faults", "contradiction", "tag_id")},
        "released_at": _printed(row["released_at"]),
        **({"body_base64": b64encode(body).decode("ascii")} if text is None else {"body": text}),
    }


def _printed(at: datetime | None) -> str | None:
    return None if at is None else printed(instant(at))
