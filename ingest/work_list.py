"""What must the desk judge again? Each fitting that something new belongs to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from geofence.ids import TagId
from geofence.instants import FOREVER, Instant, moment
from geofence.tracks import InstantArray
from ingest.connections import Connection

# One row for each fitting that a stretch of a tag's new fixes or events touches. Instants come as microseconds: to make
# and to send thousands of datetimes would take longer than all the rest. What is due at once is so by the database's
# clock too: if ours is ahead, nobody waits for it.
ADD_WORK = """
INSERT INTO to_judge (fitting_id, since, not_before, reason, added_at)
SELECT fitting_id, greatest(first_at, fitted_at),
       CASE WHEN due_at > $6 THEN due_at ELSE least(due_at, clock_timestamp()) END, $5, $6
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[]) AS new (tag_id, first, last, due)
CROSS JOIN LATERAL (VALUES ('epoch'::timestamptz + first * interval '1 microsecond',
                            'epoch'::timestamptz + last * interval '1 microsecond',
                            'epoch'::timestamptz + due * interval '1 microsecond'))
  AS stretch (first_at, last_at, due_at)
JOIN fitting USING (tag_id)
WHERE standing AND fitted_at <= last_at AND (removed_at IS NULL OR removed_at > first_at)"""


@dataclass(frozen=True, slots=True, eq=False)
class NewOfTags:
    """Tags with new fixes, one a row: between which instants those recorded before now lie, FOREVER if there are none;
    when the first of the others was recorded, FOREVER if there are none.
    """

    tag_ids: Sequence[TagId]
    first_at: InstantArray
    last_at: InstantArray
    ahead_at: InstantArray


async def ask_for_judging(connection: Connection, new: NewOfTags, now: Instant) -> None:
    """Put the tracks of new fixes on the work list: at once for those recorded by now, later for those of the future.

    A fix at or after the horizon takes no part, so one recorded in the future is judged just after its instant; the
    desk itself sees to those that follow it.
    """
    past = [
        (tag_id, Instant(first), Instant(last), now)
        for tag_id, first, last in zip(new.tag_ids, new.first_at.tolist(), new.last_at.tolist(), strict=True)
        if first < now
    ]
    future = [
        (new.tag_ids[row], Instant(at), Instant(at), Instant(at + 1))
        for row, at in enumerate(new.ahead_at.tolist())
        if at < FOREVER
    ]
    await _add(connection, past + future, "fixes", now)


async def ask_for_judging_events(
    connection: Connection, new: Iterable[tuple[TagId, Instant, Instant | None]], now: Instant
) -> None:
    """Put the tracks that new tag events may concern on the work list; an event is (tag, occurred, ended or None)."""
    stretches = [
        (tag_id, occurred_at, occurred_at if ended_at is None else ended_at, max(now, Instant(occurred_at + 1)))
        for tag_id, occurred_at, ended_at in new
    ]
    await _add(connection, stretches, "tag event", now)


async def _add(
    connection: Connection, stretches: list[tuple[TagId, Instant, Instant, Instant]], reason: str, now: Instant
) -> None:
    if stretches:
        columns = [list(column) for column in zip(*stretches, strict=True)]
        await connection.execute(ADD_WORK, *columns, reason, moment(now))
