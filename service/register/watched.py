"""Where the zones are that matter to a tag: kept in memory for ingest, while the register stands where it was read.

Of every version that is or was published, whatever its time: who asks wants to know what can't matter.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
import numpy as np
import structlog

from geofence.ids import TagId
from geofence.tracks import FloatArray, IndexArray
from geofence.zones import version_boxes
from ingest.partitions import AWAY
from ingest.watched import ZoneBoxes
from service.database import Connection, Pool
from service.register.shapes import read_shapes

log = structlog.get_logger(__name__)

# Of the time that passes, at most a twentieth goes into reading the register again and again while it changes.
PAUSE_IN_READINGS = 20

VERSION = "SELECT version FROM register_state"
FITTINGS = "SELECT DISTINCT tag_id, wearer_id FROM fitting WHERE standing"
VERSIONS = """
SELECT wearer_id, footprint, distance_m
FROM court_order JOIN prohibition USING (order_id) JOIN zone USING (prohibition_id) JOIN zone_version USING (zone_id)
WHERE zone_version.published_at IS NOT NULL AND withdrawn_at IS NULL"""


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The register's version, and boxes of shape (4, n): of the tag with number i `count[i]` from `first[i]` on."""

    version: int
    tags: dict[str, int]
    first: IndexArray
    count: IndexArray
    box: FloatArray


class WatchedZones:
    """The zones of every tag, in boxes of 32 bytes each. One for a process."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: _Known | None = None
        self._reading: asyncio.Task[None] | None = None
        self._not_before = 0.0

    async def zones_of(self, connection: Connection, tag_ids: Sequence[TagId]) -> ZoneBoxes | None:
        """Return where the zones of each tag are, None if the register has changed since it was read.

        Then it is read again, while the caller goes on: he judges more than he need, and never less.
        """
        version: int = await connection.fetchval(VERSION)
        known = self._known
        if known is None or known.version != version:
            self._read_soon()
            return None
        # The last number belongs to no tag.
        number = np.array([known.tags.get(tag_id, -1) for tag_id in tag_ids], dtype=np.int64)
        return ZoneBoxes(known.first[number], known.count[number], known.box)

    async def read_if_there(self) -> None:
        """Read the register as it is now; if the database is away, say so and leave it."""
        try:
            await self.read()
        except AWAY as failed:
            log.warning("The zones can't be read; every track is judged meanwhile.", reason=type(failed).__name__)

    async def read(self) -> None:
        """Read the register as it is now."""
        begun = _monotonic()
        async with (
            self._pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            version: int = await connection.fetchval(VERSION)
            fittings, versions = await connection.fetch(FITTINGS), await connection.fetch(VERSIONS)
        self._known = await asyncio.to_thread(_known, version, fittings, versions)
        self._not_before = _monotonic() + PAUSE_IN_READINGS * (_monotonic() - begun)

    def _read_soon(self) -> None:
        if (self._reading is None or self._reading.done()) and _monotonic() >= self._not_before:
            self._reading = asyncio.create_task(self.read_if_there())


def _known(version: int, fittings: Sequence[asyncpg.Record], versions: Sequence[asyncpg.Record]) -> _Known:
    box = np.empty((4, 0))
    if versions:
        distance_m = np.array([row["distance_m"] for row in versions], dtype=np.float64)
        # A shape that can't be read has no box, so that its wearer's tracks are judged, and the desk raises the alarm.
        box = version_boxes(np.array(read_shapes([row["footprint"] for row in versions]), dtype=object), distance_m)
    of_wearer: dict[str, list[int]] = {}
    for number, row in enumerate(versions):
        of_wearer.setdefault(row["wearer_id"], []).append(number)
    of_tag: dict[str, list[int]] = {}
    for row in fittings:
        of_tag.setdefault(row["tag_id"], []).extend(of_wearer.get(row["wearer_id"], ()))
    count = np.array([*(len(own) for own in of_tag.values()), 0], dtype=np.int64)
    flat = np.array([number for own in of_tag.values() for number in own], dtype=np.int64)
    tags = {tag_id: number for number, tag_id in enumerate(of_tag)}
    return _Known(version, tags, np.cumsum(count) - count, count, box[:, flat])


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
