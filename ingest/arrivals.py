"""What arrived in each hour, by origin, and how late it was."""

from collections.abc import Sequence

import numpy as np

from geofence.instants import Instant, moment
from ingest.connections import Connection
from ingest.fix import Fix, Origin
from ingest.lateness import by_class
from ingest.tally import Tally

# One statement for everything: it is sent with every batch, and every append of an hour waits for this row.
COUNT = """
INSERT INTO arrival (hour, origin, messages, fixes, duplicates, contradictions, rejected, last_at,
                     recorded_late, uploaded_late)
VALUES (date_trunc('hour', $1::timestamptz, 'UTC'), $2, $3, $4, $5, $6, $7, $1, $8, $9)
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
    connection: Connection, origin: Origin, tally: Tally, new: Sequence[Fix], now: Instant
) -> None:
    """Count what was received at `now`, and how late the new fixes among it were."""
    await connection.execute(
        COUNT,
        moment(now),
        origin,
        *(tally.messages, tally.fixes, tally.duplicates, tally.contradictions, tally.rejected),
        by_class(np.array([fix.recorded_at for fix in new], dtype=np.float64), now),
        # NumPy reads None, where the provider does not say it, as NaN.
        by_class(np.array([fix.uploaded_at for fix in new], dtype=np.float64), now),
    )
