"""Which tags give cause for doubt? Those whose clock is ahead of ours, or that the provider puts on somebody else.

What is noted here is for whoever looks after the feed. The rules look at each fix itself.
"""

from collections.abc import Sequence

from geofence.instants import MINUTE_US, Instant, moment
from ingest.connections import Connection, Pool
from ingest.fix import Fix

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


async def note_doubts(connection: Connection, new: Sequence[Fix], now: Instant) -> None:
    """Note whom new fixes name, and which are flagged `clock_suspect`. The caller holds the rows of their tags."""
    noted = [fix for fix in new if fix.clock_suspect or fix.person_id is not None]
    if not noted:
        return
    spans: dict[tuple[str, str], tuple[Instant, Instant, int]] = {}
    for fix in noted:
        if fix.person_id is not None:
            key, at = (fix.tag_id, fix.person_id), fix.recorded_at
            first, last, fixes = spans.get(key, (at, at, 0))
            spans[key] = min(first, at), max(last, at), fixes + 1
    if spans:
        columns = [[*each, *spans[each]] for each in spans]
        await connection.execute(NAME_PERSONS, *map(list, zip(*columns, strict=True)))
    suspect = [fix.tag_id for fix in noted if fix.clock_suspect]
    if suspect:
        await connection.execute(SUSPECT_CLOCKS, suspect, moment(now))


async def forget_doubts(pool: Pool, now: Instant) -> None:
    """Forget whatever has not recurred for a day."""
    before = moment(Instant(now - LATELY_US))
    async with pool.acquire() as connection:
        await connection.execute(FORGET_PERSONS, before)
        await connection.execute(FORGET_CLOCKS, before)
