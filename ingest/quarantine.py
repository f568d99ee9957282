"""What waits in quarantine: messages that are no fix, and fixes that contradict another."""

from dataclasses import dataclass

from geofence.ids import TagId
from geofence.instants import Instant, instant
from ingest.connections import Database

LIST = """
SELECT rejection_id, origin, place, profile, received_at, faults, contradiction, tag_id, octet_length(body) AS bytes,
       released_at
FROM rejection WHERE rejection_id < COALESCE($2, 9223372036854775807) ORDER BY rejection_id DESC LIMIT $1"""
BODY = "SELECT body FROM rejection WHERE rejection_id = $1"


@dataclass(frozen=True, slots=True)
class Quarantine:
    """One rejection as it is kept. bytes: how long its message is; `body_of` reads it."""

    rejection_id: int
    origin: str
    place: str
    profile: str
    received_at: Instant
    faults: tuple[str, ...]
    contradiction: bool
    tag_id: TagId | None
    bytes: int
    released_at: Instant | None


async def list_rejections(database: Database, most: int, before: int | None = None) -> list[Quarantine]:
    """Return up to `most` rejections, latest first; for the next page, `before` is this one's last `rejection_id`."""
    rows = await database.fetch(LIST, most, before)
    return [
        Quarantine(
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
        for row in rows
    ]


async def body_of(database: Database, rejection_id: int) -> bytes | None:
    """Return the bytes of a rejection as they came; None if there is no such rejection."""
    body: bytes | None = await database.fetchval(BODY, rejection_id)
    return body
