"""What waits in quarantine: messages that can't be read, and fixes and tag events that contradict the ledger."""

from dataclasses import dataclass

import asyncpg

from geofence.ids import TagId
from geofence.instants import Instant, instant
from ingest.connections import Database
from ingest.fix import Origin

LIST = """
SELECT rejection_id, origin, place, profile, received_at, faults, contradiction, tag_id, octet_length(body) AS bytes,
       released_at
FROM rejection
WHERE rejection_id < COALESCE($2, 9223372036854775807) AND ($3::text IS NULL OR origin = $3)
  AND ($4::boolean IS NULL OR contradiction = $4) AND ($5::boolean IS NULL OR (released_at IS NOT NULL) = $5)
  AND ($6::text IS NULL OR tag_id = $6)
ORDER BY rejection_id DESC LIMIT $1"""
READ = """
SELECT rejection_id, origin, place, profile, received_at, faults, contradiction, tag_id, octet_length(body) AS bytes,
       released_at
FROM rejection WHERE rejection_id = $1"""
BODY = "SELECT body FROM rejection WHERE rejection_id = $1"
LAST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Quarantine:
    """One rejection as it is kept. bytes: how long its message is; `body_of` reads it."""

    rejection_id: int
    origin: Origin
    place: str
    profile: str
    received_at: Instant
    faults: tuple[str, ...]
    contradiction: bool
    tag_id: TagId | None
    bytes: int
    released_at: Instant | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rejections are asked for; None: either way. tag_id: those that name this tag."""

    origin: Origin | None = None
    contradiction: bool | None = None
    released: bool | None = None
    tag_id: str | None = None


EVERYTHING = Wanted()


async def list_rejections(
    database: Database, most: int, before: int | None = None, wanted: Wanted = EVERYTHING
) -> list[Quarantine]:
    """Return up to `most` rejections, latest first; for the next page, `before` is this one's last `rejection_id`."""
    filters = wanted.origin, wanted.contradiction, wanted.released, wanted.tag_id
    return [_quarantine(row) for row in await database.fetch(LIST, most, before, *filters)]


async def read_rejection(database: Database, rejection_id: int) -> Quarantine | None:
    """Return one rejection; None if there is no such rejection."""
    row = await database.fetchrow(READ, rejection_id)
    return None if row is None else _quarantine(row)


async def body_of(database: Database, rejection_id: int) -> bytes | None:
    """Return the bytes of a rejection as they came; None if there is no such rejection."""
    body: bytes | None = await database.fetchval(BODY, rejection_id)
    return body


def text_of(body: bytes) -> str | None:
    """Return the text that a body is; None if it is not UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _quarantine(row: asyncpg.Record) -> Quarantine:
    return Quarantine(
        rejection_id=row["rejection_id"],
        origin=row["origin"],
        place=row["place"],
        profile=row["profile"],
        received_at=instant(row["received_at"]),
        faults=tuple(row["faults"]),
        contradiction=row["contradiction"],
        tag_id=row["tag_id"],
        bytes=row["bytes"],
        released_at=None if row["released_at"] is None else instant(row["released_at"]),
    )
