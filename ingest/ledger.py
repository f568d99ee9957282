"""The ledger: fixes are appended once, as reported, together with everything that must be true at the same moment."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import asyncpg

from geofence.ids import TagId
from geofence.instants import BEGINNING, Instant, moment
from ingest import metrics
from ingest.append_events import append_events
from ingest.batch import Batch, Quarantined
from ingest.connections import Connection, Pool
from ingest.copy_rows import COLUMNS, binary_rows
from ingest.identity import contradiction_faults
from ingest.novelty import Sorted, doubtful_rows, instants_of, sort_out
from ingest.positions import Advance, advance
from ingest.stored import fixes_at
from ingest.tally import Tally
from ingest.work_list import ask_for_judging

# Tags are locked in the order of their numbers and made in the order of their ids: appends never wait in a ring.
LOCK_TAGS = """
SELECT tag_id, tag_no,
       CASE WHEN isfinite(newest_at) THEN (extract(epoch FROM newest_at) * 1000000)::bigint END AS newest
FROM tag WHERE tag_id = ANY ($1::text[]) ORDER BY tag_no FOR NO KEY UPDATE"""
MAKE_TAGS = "INSERT INTO tag (tag_id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
MOVE_NEWEST = """
UPDATE tag SET newest_at = 'epoch'::timestamptz + moved.newest * interval '1 microsecond'
FROM unnest($1::integer[], $2::bigint[]) AS moved (tag_no, newest) WHERE tag.tag_no = moved.tag_no"""
ADD_REJECTION = """
INSERT INTO rejection (origin, place, profile, received_at, faults, contradiction, tag_id, body, body_sha256)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING"""
COUNT_ARRIVALS = """
INSERT INTO arrival (hour, origin, messages, fixes, duplicates, contradictions, rejected)
VALUES (date_trunc('hour', $1::timestamptz, 'UTC'), $2, $3, $4, $5, $6, $7)
ON CONFLICT (hour, origin) DO UPDATE SET
  messages = arrival.messages + excluded.messages,
  fixes = arrival.fixes + excluded.fixes,
  duplicates = arrival.duplicates + excluded.duplicates,
  contradictions = arrival.contradictions + excluded.contradictions,
  rejected = arrival.rejected + excluded.rejected"""


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of a batch; `quarantine` holds what could not be read and what contradicts the ledger."""

    tally: Tally
    quarantine: list[Quarantined]


@dataclass(slots=True)
class _Tags:
    """The tags of a batch: number of each, and the instant after which the ledger has no fix of it."""

    numbers: dict[TagId, int]
    newest: dict[TagId, Instant]


async def append(pool: Pool, batch: Batch, now: Instant, advances: Sequence[Advance] = ()) -> Appended:
    """Append a batch to the ledger, in one transaction; `now` is when it was received.

    1. Advance the Kafka positions under their epoch: a worker that lost a partition fails here (OwnershipLost).
    2. Lock the batch's tags, so that no other append of theirs comes in between; number the new ones.
    3. Tell new fixes from duplicates and contradictions, and copy the new ones in.
    4. Add the events that tell something new, rejections, and work for the desk; count.
    A crash before the end leaves nothing of it. The unique index is the safety net of step 3: should a tag's
    `newest_at` ever be behind its fixes, the index refuses the copy, and the batch is appended looking up every fix.
    """
    async with pool.acquire() as connection:
        with metrics.APPEND_SECONDS.time():
            try:
                appended = await _append(connection, batch, now, advances, look_up_all=False)
            except asyncpg.UniqueViolationError:
                appended = await _append(connection, batch, now, advances, look_up_all=True)
    metrics.count(batch.origin, appended.tally)
    return appended


async def _append(
    connection: Connection, batch: Batch, now: Instant, advances: Sequence[Advance], *, look_up_all: bool
) -> Appended:
    async with connection.transaction():
        await advance(connection, advances)
        tags = await _lock_tags(connection, batch)
        found = await _append_fixes(connection, batch, tags, now, look_up_all=look_up_all)
        events = await append_events(connection, batch.events, now)
        contradictions = [
            batch.rejected(row, contradiction_faults(fields, batch.profile_of(row), "already in the ledger"))
            for row, fields in found.contradictions
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
        await _count(connection, batch, tally, now)
    return Appended(tally, quarantine)


async def _append_fixes(
    connection: Connection, batch: Batch, tags: _Tags, now: Instant, *, look_up_all: bool
) -> Sorted:
    if not batch.fixes:
        return Sorted()
    fixes = batch.fixes
    before = dict(tags.newest)
    doubtful = doubtful_rows(fixes, tags.newest)
    if look_up_all:
        doubtful = list(range(len(fixes)))
    stored = await fixes_at(connection, tags.numbers, instants_of(fixes, doubtful))
    found = sort_out(fixes, doubtful, stored)
    if found.new:
        rows = binary_rows(((fixes[row], tags.numbers[fixes[row].tag_id]) for row in found.new), now)
        await connection.copy_to_table("fix", source=BytesIO(rows), columns=COLUMNS, format="binary")
        moved = {tag_id: at for tag_id, at in tags.newest.items() if at > before[tag_id]}
        numbers = [tags.numbers[tag_id] for tag_id in moved]
        await connection.execute(MOVE_NEWEST, numbers, list(moved.values()))
        await ask_for_judging(connection, ((fixes[row].tag_id, fixes[row].recorded_at) for row in found.new), now)
    return found


async def _lock_tags(connection: Connection, batch: Batch) -> _Tags:
    wanted = {fix.tag_id for fix in batch.fixes}.union(report.event.tag_id for report in batch.events)
    if not wanted:
        return _Tags({}, {})
    rows = await connection.fetch(LOCK_TAGS, list(wanted))
    if len(rows) < len(wanted):
        await connection.execute(MAKE_TAGS, sorted(wanted.difference(row["tag_id"] for row in rows)))
        rows = await connection.fetch(LOCK_TAGS, list(wanted))
    return _Tags(
        {row["tag_id"]: row["tag_no"] for row in rows},
        {row["tag_id"]: BEGINNING if row["newest"] is None else Instant(row["newest"]) for row in rows},
    )


async def _add_rejections(
    connection: Connection, batch: Batch, quarantine: Sequence[Quarantined], now: Instant
) -> None:
    rows = [
        (
            *(batch.origin, one.rejection.place, one.profile, moment(now), one.rejection.faults),
            *(one.rejection.contradiction, one.rejection.tag_id, one.rejection.body),
            hashlib.sha256(one.rejection.body).digest(),
        )
        for one in quarantine
    ]
    if rows:
        await connection.executemany(ADD_REJECTION, rows)


async def _count(connection: Connection, batch: Batch, tally: Tally, now: Instant) -> None:
    """Count what arrived, last of all: every append of an hour waits for this row."""
    if tally.messages:
        counts = tally.messages, tally.fixes, tally.duplicates, tally.contradictions, tally.rejected
        await connection.execute(COUNT_ARRIVALS, moment(now), batch.origin, *counts)
