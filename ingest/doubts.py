"""Which tags give cause for doubt? Those whose clock is ahead of ours, or that the provider puts on somebody else.

What is noted here is for whoever looks after the feed. The rules look at each fix itself.
"""

import numpy as np

from geofence.instants import MINUTE_US, Instant, moment
from geofence.tracks import IndexArray
from ingest.connections import Connection, Pool
from ingest.reported import ReportedFixes

LATELY_US = 24 * 60 * MINUTE_US

# The caller holds the tags' rows, so that no two write the same lines at once. Instants come as microseconds: see the
# work list.
NAME_PERSONS = """
INSERT INTO named_person (tag_id, person_id, first_at, last_at, fixes)
SELECT tag_id, person_id, 'epoch'::timestamptz + first * interval '1 microsecond',
       'epoch'::timestamptz + last * interval '1 microsecond', fixes
FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
  AS new (tag_id, person_id, first, last, fixes)
ON CONFLICT (tag_id, person_id) DO UPDATE SET
  first_at = least(named_person.first_at, excluded.first_at),
  last_at = greatest(named_person.last_at, excluded.last_at),
  fixes = named_person.fixes + excluded.fixes"""
SUSPECT_CLOCKS = """
INSERT INTO suspect_clock (tag_id, first_at, last_at, fixes)
SELECT tag_id, $2::timestamptz, $2, count(*) FROM unnest($1::text[]) AS new (tag_id) GROUP BY tag_id
ON CONFLICT (tag_id) DO UPDATE SET
  last_at = greatest(suspect_clock.last_at, excluded.last_at),
  fixes = suspect_clock.fixes + excluded.fixes"""
# Rows that an append has locked are in use: waiting for them here, and it for ours, could go on for ever.
FORGET_PERSONS = """
DELETE FROM named_person WHERE (tag_id, person_id) IN (
    SELECT tag_id, person_id FROM named_person WHERE last_at <= $1 FOR UPDATE SKIP LOCKED)"""
FORGET_CLOCKS = """
DELETE FROM suspect_clock WHERE tag_id IN (
    SELECT tag_id FROM suspect_clock WHERE last_at <= $1 FOR UPDATE SKIP LOCKED)"""


async def note_doubts(connection: Connection, fixes: ReportedFixes, new: IndexArray, now: Instant) -> None:
    """Note whom new fixes name, and which are flagged `clock_suspect`; new: their rows.

    The caller holds the rows of their tags.
    """
    columns = fixes.columns
    named = new[[person is not None for person in columns.person_id[new]]]
    if len(named):
        await connection.execute(NAME_PERSONS, *_named(fixes, named))
    suspect = new[columns.clock_suspect[new]]
    if len(suspect):
        tag_ids = [fixes.tag_ids[tag] for tag in columns.tag[suspect].tolist()]
        await connection.execute(SUSPECT_CLOCKS, tag_ids, moment(now))


def _named(fixes: ReportedFixes, rows: IndexArray) -> list[list[object]]:
    """Return tags, persons, first and last instants, and numbers of fixes, of each tag with each person."""
    tag, at = fixes.columns.tag[rows].astype(np.int64), fixes.columns.recorded_at[rows]
    persons = fixes.columns.person_id[rows].tolist()
    numbers = {person: number for number, person in enumerate(dict.fromkeys(persons))}
    pair = tag * len(numbers) + np.array([*map(numbers.__getitem__, persons)])
    order = np.lexsort((at, pair))
    start = np.flatnonzero(np.diff(pair[order], prepend=-1))
    end = np.append(start[1:], len(order))
    return [
        [fixes.tag_ids[number] for number in tag[order[start]].tolist()],
        [persons[row] for row in order[start].tolist()],
        *(each.tolist() for each in (at[order[start]], at[order[end - 1]], end - start)),
    ]


async def forget_doubts(pool: Pool, now: Instant) -> None:
    """Forget whatever has not recurred for a day."""
    before = moment(Instant(now - LATELY_US))
    async with pool.acquire() as connection:
        await connection.execute(FORGET_PERSONS, before)
        await connection.execute(FORGET_CLOCKS, before)
