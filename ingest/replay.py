"""A file goes into the ledger, as often as one likes: what is there already is counted as a duplicate."""

from collections.abc import Callable, Sequence
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

    A rejection's place is its file's name and its line, so that a file with the same rejection, replayed again, adds
    none. Raises FileUnreadable, perhaps with part of the file appended already: the rest follows when it is replayed
    again.
    """
    name = "standard input" if path is None else path.name
    tally, numbers, bodies = Tally(), list[int](), list[bytes]()
    for number, body in read_objects(path, profile):
        numbers.append(number)
        bodies.append(body)
        if len(bodies) == BATCH:
            tally += await _append(pool, _batch(name, numbers, bodies, profile), now())
            progress(BATCH)
            numbers, bodies = [], []
    tally += await _append(pool, _batch(name, numbers, bodies, profile), now())
    progress(len(bodies))
    return tally


def _batch(name: str, numbers: Sequence[int], bodies: Sequence[bytes], profile: Profile) -> Batch:
    batch = Batch("file", None)
    batch.add_objects(bodies, profile, lambda index: f"{name} line {numbers[index]}")
    return batch


async def _append(pool: Pool, batch: Batch, now: Instant) -> Tally:
    async with pool.acquire() as connection:
        await ensure_partitions(connection, days_of(batch.fixes.columns.recorded_at, now))
    return (await append(pool, batch, now)).tally
