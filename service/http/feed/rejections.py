"""What was refused lately, the latest first."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from asyncpg import Record

from geofence.instants import Instant, instant, moment
from service.database import Connection

DAYS = 7

LIST = """
SELECT rejection_id, origin, place, profile, received_at, faults, contradiction, tag_id FROM rejection
WHERE received_at > $1 AND released_at IS NULL
  AND (received_at, rejection_id) < (coalesce($2::timestamptz, 'infinity'), coalesce($3, 9223372036854775807))
ORDER BY received_at DESC, rejection_id DESC LIMIT $4"""

_KAFKA = re.compile(r"([^/]+)/(\d+)/(\d+)(?:/(\d+))?", re.ASCII)
_COORDINATE = re.compile(r"(\S*(?:latitude|longitude)): .* (is (?:over|under) \S+)")


@dataclass(frozen=True, slots=True)
class KafkaPlace:
    """Where a record stood; `index` within its array, if it was one."""

    topic: str
    partition: int
    offset: int
    index: int | None


async def list_rejections(
    connection: Connection, now: Instant, after: tuple[datetime, int] | None, limit: int
) -> tuple[list[Record], str | None]:
    """Return up to `limit` rejections, and the place after which to go on: None at the end."""
    received_at, rejection_id = after or (None, None)
    rows = await connection.fetch(LIST, moment(now) - timedelta(days=DAYS), received_at, rejection_id, limit + 1)
    return rows[:limit], _place(rows[limit - 1]) if len(rows) > limit else None


def place_named(text: str) -> tuple[datetime, int]:
    """Return the place in the list that the link to the next page names: microseconds since 1970, a dot, a number."""
    received, _, rejection_id = text.partition(".")
    return moment(Instant(int(received))), int(rejection_id)


def kafka_place(place: str) -> KafkaPlace | None:
    """Return where in Kafka a rejection stood.

    >>> kafka_place("tag-fixes/0/7/2")
    KafkaPlace(topic='tag-fixes', partition=0, offset=7, index=2)
    """
    found = _KAFKA.fullmatch(place)
    if found is None:
        return None
    topic, partition, offset, index = found.groups()
    return KafkaPlace(topic, int(partition), int(offset), None if index is None else int(index))


def without_coordinate(fault: str) -> str:
    """Return a fault without the number that it quotes: a coordinate that lacks its point is still one.

    >>> without_coordinate("latitude: 513712 is over 90")
    'latitude: is over 90'
    """
    return _COORDINATE.sub(r"\1: \2", fault)


def _place(row: Record) -> str:
    return f"{instant(row['received_at'])}.{row['rejection_id']}"
