"""What arrived in each hour, by origin, and how late it was."""

from geofence.instants import Instant, moment
from geofence.tracks import IndexArray
from ingest.at_a_glance import NO_INSTANT
from ingest.connections import Connection
from ingest.fix import Origin
from ingest.lateness import by_class
from ingest.reported import ReportedFixes
from ingest.tally import Tally

# One statement for everything: it is sent with every batch, and every append of an hour waits for this row.
COUNT = """
INSERT INTO arrival (hour, origin, messages, fixes, duplicates, contradictions, rejected, last_at,
                     recorded_late, uploaded_late)
VALUES (date_trunc('hour', $1::timestamptz, 'UTC'), $2, $3, $4, $5, $6, $7,
        CASE WHEN $3::bigint > $7::bigint THEN $1 END, $8, $9)
ON CONFLICT (hour, origin) DO UPDATE SET
  messages = arrival.messages + excluded.messages,
  fixes = arrival.fixes + excluded.fixes,
  duplicates = arrival.duplicates + excluded.duplicates,
  contradictions = arrival.contradictions + excluded.contradictions,
  rejected = arrival.rejected + excluded.rejected,
  last_at = greatest(arrival.last_at, excluded.last_at),
  recorded_late = ARRAY(SELECT was + more FROM unnest(arrival.recorded_late, excluded.recorded_late)
                        WITH ORDINALITY AS class (was, more, number) ORDER BY number),
  uploaded_late = ARRAY(SELECT was + more FROM unnest(arrival.uploaded_late, excluded.uploaded_late)
                        WITH ORDINALITY AS class (was, more, number) ORDER BY number)"""


async def count_arrivals(
    connection: Connection, origin: Origin, tally: Tally, fixes: ReportedFixes, new: IndexArray, now: Instant
) -> None:
    """Count what was received at `now`, and how late the new fixes among it were; new: their rows."""
    uploaded_at = fixes.uploaded_at[new]
    await connection.execute(
        COUNT,
        moment(now),
        origin,
        *(tally.messages, tally.fixes, tally.duplicates, tally.contradictions, tally.rejected),
        by_class(fixes.columns.recorded_at[new], now),
        by_class(uploaded_at[uploaded_at != NO_INSTANT], now),
    )
