"""When did each feed last bring something that could be taken, and is it silent?

Where pushes go through Kafka, what is left of the feed `https` is what was refused: that alone makes it no feed, and
once Kafka has brought something later, nobody waits for `https` any more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import get_args

from geofence.instants import BEGINNING, MINUTE_US, Instant, instant
from ingest.connections import Database
from ingest.fix import Origin

SILENT_US = 15 * MINUTE_US
# What should bring something day and night. Files come when somebody sends one.
LIVE: frozenset[Origin] = frozenset({"kafka", "https"})
_ORIGINS: tuple[Origin, ...] = get_args(Origin)

LATEST = """
SELECT origin, (SELECT last_at FROM arrival WHERE arrival.origin = feed.origin AND last_at IS NOT NULL
                ORDER BY hour DESC LIMIT 1) AS last_at
FROM unnest($1::text[]) AS feed (origin)"""


@dataclass(frozen=True, slots=True)
class Freshness:
    """When something was last taken from a feed, at some instant. last_at, silent_us: None if nothing ever was.

    awaited: a live feed, on which something should come day and night. silent: it has brought nothing of use for
    SILENT_US, and once did.
    """

    origin: Origin
    last_at: Instant | None
    silent_us: int | None
    awaited: bool
    silent: bool


async def read_freshness(database: Database, now: Instant) -> list[Freshness]:
    """Return the freshness of every feed, whether it was ever used or not. Silence is never negative."""
    rows = await database.fetch(LATEST, _ORIGINS)
    last = {row["origin"]: None if row["last_at"] is None else instant(row["last_at"]) for row in rows}
    live = set(LIVE)
    if (last["kafka"] or BEGINNING) > (last["https"] or BEGINNING):
        live.discard("https")
    return [_freshness(row["origin"], last[row["origin"]], now, live) for row in rows]


def _freshness(origin: Origin, last_at: Instant | None, now: Instant, live: Collection[Origin]) -> Freshness:
    silent_us = None if last_at is None else max(now - last_at, 0)
    silent = origin in live and silent_us is not None and silent_us >= SILENT_US
    return Freshness(origin, last_at, silent_us, origin in live, silent)
