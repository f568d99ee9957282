"""The ledger: fixes are appended once, as reported, together with everything that must be true at the same moment."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import asyncpg
import numpy as np

from geofence.ids import TagId
from geofence.instants import Instant, moment
from ingest import metrics
from ingest.append_events import append_events
from ingest.arrivals import count_arrivals
from ingest.batch import Batch, Quarantined
from ingest.connections import Connection, Pool
from ingest.copy_rows import COLUMNS, binary_rows
from ingest.doubts import note_doubts
from ingest.following import UNWATCHED, Watch, follow_tracks
from ingest.identity import contradiction_faults
from ingest.novelty import Sorted, doubtful_rows, sort_out
from ingest.positions import Advance, advance
from ingest.reported import ReportedFixes
from ingest.stored import fixes_at
from ingest.tags import LockedTags, lock_tags
from ingest.tally import Tally
from ingest.watched import HOLD_REGISTER_STILL

# The same bytes at the same place are one rejection, which tells why they were refused last.
ADD_REJECTION = """
INSERT INTO rejection
  (origin, place, profile, received_at, checked_at, faults, contradiction, tag_id, body, body_sha256)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT ON CONSTRAINT rejection_once DO UPDATE
SET (profile, received_at, checked_at, faults, contradiction, tag_id, released_at)
    = (excluded.profile, excluded.received_at, excluded.checked_at, excluded.faults, excluded.contradiction,
       excluded.tag_id, NULL)
WHERE rejection.released_at IS NOT NULL
   OR (rejection.profile, rejection.faults, rejection.contradiction)
      IS DISTINCT FROM (excluded.profile, excluded.faults, excluded.contradiction)
   OR rejection.received_at < excluded.received_at - interval '1 day'"""

# The ledger refuses what is in a batch: to try again does not help.
REFUSED = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    ValueError,
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch; `quarantine` holds what could not be read and what contradicts the ledger."""

    tally: Tally
    quarantine: list[Quarantined]


async def append(
    pool: Pool, batch: Batch, now: Instant, advances: Sequence[Advance] = (), watch: Watch = UNWATCHED
) -> Appended:
    """Append a batch to the ledger, in one transaction; `now` is when it was received.

    1. Hold the register still, so that no fitting or zone comes into force unseen.
    2. Advance the Kafka positions under their epoch: a worker that lost a partition fails here (OwnershipLost).
    3. Lock the batch's tags, so that no other append of theirs comes in between; number the new ones.
    4. Tell new fixes from duplicates and contradictions, and copy the new ones in.
    5. Put the tracks that they may concern on the work list: `watch` says where the zones are.
    6. Add the events that tell something new, rejections, and work for the desk; count.
    A crash before the end leaves nothing of it. The unique index is the safety net of step 4: should a tag's
    `newest_at` ever be behind its fixes, the index refuses the copy, and the batch is appended looking up every fix.
    """
    async with pool.acquire() as connection:
        with metrics.APPEND_SECONDS.time():
            appended = await _append(connection, batch, now, advances, watch)
    metrics.count(batch.origin, appended.tally)
    return appended


async def append_again(connection: Connection, batch: Batch, now: Instant) -> Appended:
    """Append what arrived before, within the caller's transaction. It was counted then, and is not counted again."""
    return await _append(connection, batch, now, (), UNWATCHED, arrives=False)


async def _append(
    connection: Connection,
    batch: Batch,
    now: Instant,
    advances: Sequence[Advance],
    watch: Watch,
    *,
    arrives: bool = True,
) -> Appended:
    try:
        return await _append_once(connection, batch, now, advances, watch, arrives=arrives, look_up_all=False)
    except asyncpg.UniqueViolationError:
        return await _append_once(connection, batch, now, advances, watch, arrives=arrives, look_up_all=True)


async def _append_once(
    connection: Connection,
    batch: Batch,
    now: Instant,
    advances: Sequence[Advance],
    watch: Watch,
    *,
    arrives: bool,
    look_up_all: bool,
) -> Appended:
    async with connection.transaction():
        await connection.execute(HOLD_REGISTER_STILL)
        await advance(connection, advances)
        fixes = batch.fixes
        tags = await lock_tags(connection, tags_of(batch), watch.rules)
        found = await _append_fixes(connection, fixes, tags, now, watch, look_up_all=look_up_all)
        events = await append_events(connection, batch.events, now)
        contradictions = [
            batch.rejected(
                one.row, contradiction_faults(one.fields, batch.profile_of(one.row), "already in the ledger")
            )
            for one in found.contradictions
        ]
        contradictions += [batch.rejected_event(row, faults) for row, faults in events.contradictions]
        quarantine = batch.quarantine + contradictions
        await _add_rejections(connection, batch, quarantine, now)
        tally = Tally(
            fixes=len(found.new),
            duplicates=found.duplicates + events.duplicates,
            contradictions=len(contradictions),
            rejected=len(quarantine),
            events=len(events.new),
        )
        if arrives:
            await _count(connection, batch, found, tally, now)
    return Appended(tally, quarantine)


async def _append_fixes(
    connection: Connection,
    fixes: ReportedFixes,
    tags: LockedTags,
    now: Instant,
    watch: Watch,
    *,
    look_up_all: bool,
) -> Sorted:
    columns = fixes.columns
    doubtful = doubtful_rows(columns, tags.newest)
    # What is newer than its tag's `newest_at` is not in the ledger, at the most twice in the batch.
    looked_up = doubtful[columns.recorded_at[doubtful] <= tags.newest[columns.tag[doubtful]]]
    if look_up_all:
        doubtful = looked_up = np.arange(len(columns))
    found = sort_out(columns, doubtful, await fixes_at(connection, columns, looked_up, tags.tag_no))
    if len(found.new):
        rows = binary_rows(fixes, found.new, tags.tag_no, now)
        await connection.copy_to_table("fix", source=BytesIO(rows), columns=COLUMNS, format="binary")
        # Doubtful ones that were not looked up too: which of two at one instant ends the track, their identity says.
        await follow_tracks(connection, fixes, found.new, np.intersect1d(found.new, doubtful), tags, now, watch)
    return found


def tags_of(batch: Batch) -> list[TagId]:
    """Return the tags of a batch, those of its fixes first and in the order of their numbers there."""
    return list(dict.fromkeys([*batch.fixes.tag_ids, *(report.event.tag_id for report in batch.events)]))


async def _add_rejections(
    connection: Connection, batch: Batch, quarantine: Sequence[Quarantined], now: Instant
) -> None:
    checked_at = None if batch.checked_at is None else moment(batch.checked_at)
    rows = [
        (
            *(batch.origin, one.rejection.place, one.profile, moment(now), checked_at, one.rejection.faults),
            *(one.rejection.contradiction, one.rejection.tag_id, one.rejection.body),
            hashlib.sha256(one.rejection.body).digest(),
        )
        for one in quarantine
    ]
    if rows:
        await connection.executemany(ADD_REJECTION, rows)


async def _count(connection: Connection, batch: Batch, found: Sorted, tally: Tally, now: Instant) -> None:
    """Count what arrived, last of all: every append of an hour waits for its row."""
    if tally.messages:
        await note_doubts(connection, batch.fixes, found.new, now)
        await count_arrivals(connection, batch.origin, tally, batch.fixes, found.new, now)
