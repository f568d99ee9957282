"""Clauses that need a zone and have none in force: their time counts as not monitored."""

from alerts.particulars import Connection
from geofence.instants import Instant, instant, moment
from service.register.clocks.clock import Clock
from service.register.clocks.orders_at import IN_EFFECT, OF_FORCE

# The versions of a clause's zones that judge, did, or will.
_PUBLISHED = """
FROM zone JOIN zone_version AS drawn USING (zone_id)
WHERE zone.prohibition_id = prohibition.prohibition_id
  AND drawn.published_at IS NOT NULL AND drawn.withdrawn_at IS NULL"""
_END = "least(drawn.valid_until, drawn.emergency_until)"

AWAITED = f"""
SELECT prohibition_id, order_id, wearer_id, force, greatest(
    starts_at, effective_from, (SELECT max({_END}) {_PUBLISHED} AND {_END} <= $1 AND drawn.valid_from < {_END})
  ) AS since
FROM prohibition JOIN court_order USING (order_id)
WHERE needs_zone AND {IN_EFFECT} AND {OF_FORCE} AND starts_at <= $1 AND coalesce(ends_at, 'infinity') > $1
  AND NOT EXISTS (SELECT {_PUBLISHED} AND drawn.valid_from <= $1 AND coalesce({_END}, 'infinity') > $1)"""  # noqa: S608 - constants

TEXT = "A clause needs a zone and none is in force: until one is published, its time counts as not monitored."


async def zones_awaited(connection: Connection, now: Instant, force: str | None) -> list[Clock]:
    """Return the clock of each clause in force without a zone, running since the last one ended or the clause began."""
    return [
        Clock(
            kind="zone_awaited",
            subject=f"prohibition {row['prohibition_id']}",
            order_id=row["order_id"],
            wearer_id=row["wearer_id"],
            force=row["force"],
            since=instant(row["since"]),
            due_at=None,
            state="running",
            text=TEXT,
            prohibition_id=row["prohibition_id"],
        )
        for row in await connection.fetch(AWAITED, moment(now), force)
    ]
