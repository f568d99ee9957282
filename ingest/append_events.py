"""Tag events on their way into the ledger: what is known of each is looked up, and only what is new is added."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg

from geofence.instants import Instant, instant, moment
from geofence.tracks import TagEvent
from ingest.connections import Connection
from ingest.events import ReportedEvent
from ingest.told import ToldEvents
from ingest.work_list import ask_for_judging_events

# The reports in the ledger of the events that some reports tell of. OFFSET 0 makes it a look into the identity index
# for each of them, whatever the planner believes of the table.
READ_TOLD = """
SELECT wanted.row, told.event_id, told.occurred_at, told.ended_at, told.kind, told.detail
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) WITH ORDINALITY
  AS wanted (tag_id, event_id, occurred_at, kind, row)
CROSS JOIN LATERAL (
    SELECT * FROM tag_event WHERE standing AND tag_id = wanted.tag_id AND event_id = wanted.event_id
    UNION ALL
    SELECT * FROM tag_event
    WHERE standing AND tag_id = wanted.tag_id AND event_id IS NULL AND wanted.event_id IS NULL
      AND (CASE WHEN event_id IS NULL THEN occurred_at END) = wanted.occurred_at
      AND (CASE WHEN event_id IS NULL THEN kind END) = wanted.kind
    OFFSET 0
) AS told"""
ADD_EVENTS = """
INSERT INTO tag_event (event_id, tag_id, occurred_at, ended_at, kind, detail, received_at)
SELECT event_id, tag_id, occurred_at, ended_at, kind, detail, $7
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[])
  AS new (event_id, tag_id, occurred_at, ended_at, kind, detail)"""


@dataclass(slots=True)
class SortedEvents:
    """Rows of a batch's events by what became of them. contradictions: each with its faults."""

    new: list[int] = field(default_factory=list)
    duplicates: int = 0
    contradictions: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)


async def append_events(connection: Connection, reports: Sequence[ReportedEvent], now: Instant) -> SortedEvents:
    """Add the reports that tell something new, and ask for judging.

    The caller holds the tags' locks, so that nothing is told of them in between; the unique index is the safety net.
    """
    found = SortedEvents()
    if not reports:
        return found
    told = ToldEvents((report, "the ledger") for report in await _told(connection, reports))
    for row, report in enumerate(reports):
        taken = told.take(report, "the ledger")
        if isinstance(taken, tuple):
            found.contradictions.append((row, taken))
        elif taken:
            found.new.append(row)
        else:
            found.duplicates += 1
    await _add(connection, [reports[row] for row in found.new], now)
    return found


async def _told(connection: Connection, reports: Sequence[ReportedEvent]) -> list[ReportedEvent]:
    rows = await connection.fetch(
        READ_TOLD,
        [report.event.tag_id for report in reports],
        [report.event_id for report in reports],
        [moment(report.event.occurred_at) for report in reports],
        [report.event.kind for report in reports],
    )
    return [_report(reports[row["row"] - 1], row) for row in rows]


def _report(asked: ReportedEvent, row: asyncpg.Record) -> ReportedEvent:
    ended_at = None if row["ended_at"] is None else instant(row["ended_at"])
    event = TagEvent(asked.event.tag_id, instant(row["occurred_at"]), ended_at, row["kind"])
    return ReportedEvent(row["event_id"], event, row["detail"])


async def _add(connection: Connection, new: Sequence[ReportedEvent], now: Instant) -> None:
    if not new:
        return
    events = [report.event for report in new]
    await connection.execute(
        ADD_EVENTS,
        [report.event_id for report in new],
        [event.tag_id for event in events],
        [moment(event.occurred_at) for event in events],
        [None if event.ended_at is None else moment(event.ended_at) for event in events],
        [event.kind for event in events],
        [report.detail for report in new],
        moment(now),
    )
    await ask_for_judging_events(connection, ((one.tag_id, one.occurred_at, one.ended_at) for one in events), now)
