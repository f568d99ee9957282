"""A file goes into the ledger, as often as one likes: what is there already is counted as a duplicate."""

from collections.abc import Callable
from pathlib import Path

from geofence.instants import Instant
from ingest.batch import Batch
from ingest.connections import Pool
from ingest.files import Progress, read_objects
from ingest.fix import Profile
from ingest.ledger import append
from ingest.partitions import days_of, ensure_partitions
from ingest.tally import Tally

BATCH = 10_000


async def replay(
    pool: Pool, path: Path | None, profile: Profile, now: Callable[[], Instant], progress: Progress
) -> Tally:
    """Append a file of fixes to the ledger; path None is standard input. progress: told how many more lines are in.

    A rejection's place is its line, so that a file with the same rejection, replayed again, adds none. Raises
    FileUnreadable, perhaps with part of the file appended already: the rest follows when it is replayed again.
    """
    tally, batch, lines = Tally(), Batch("file", None), 0
    for number, body in read_objects(path, profile):
        batch.add_object(body, profile, (f"line {number}",))
        lines += 1
        if lines == BATCH:
            tally += await _append(pool, batch, now())
            progress(lines)
            batch, lines = Batch("file", None), 0
    tally += await _append(pool, batch, now())
    progress(lines)
    return tally


async def _append(pool: Pool, batch: Batch, now: Instant) -> Tally:
    async with pool.acquire() as connection:
        await ensure_partitions(connection, days_of((fix.recorded_at for fix in batch.fixes), now))
    return (await append(pool, batch, now)).tally
