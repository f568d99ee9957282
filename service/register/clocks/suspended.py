"""Suspensions that run, or begin soon."""

from alerts.particulars import Connection
from geofence.instants import Instant, instant, moment
from service.register.clocks.clock import BEGINS_SOON_US, Clock
from service.register.clocks.orders_at import OF_FORCE, STANDS

SUSPENSIONS = f"""
SELECT suspension_id, order_id, wearer_id, force, starts_at, ends_at
FROM suspension JOIN court_order USING (order_id)
WHERE {STANDS} AND {OF_FORCE} AND starts_at <= $3 AND ends_at > $1"""  # noqa: S608 - a constant

RUNNING = "The order is suspended until the due time: what is found meanwhile is listed apart and never counted."
COMING = "The order will be suspended: what is found then is listed apart and never counted."


async def suspensions(connection: Connection, now: Instant, force: str | None) -> list[Clock]:
    """Return the clock of each suspension that runs or begins within 7 days; it is due when the suspension ends."""
    found = []
    for row in await connection.fetch(SUSPENSIONS, moment(now), force, moment(Instant(now + BEGINS_SOON_US))):
        since = instant(row["starts_at"])
        clock = Clock(
            kind="suspension",
            subject=f"suspension {row['suspension_id']}",
            order_id=row["order_id"],
            wearer_id=row["wearer_id"],
            force=row["force"],
            since=since,
            due_at=instant(row["ends_at"]),
            state="running",
            text=RUNNING if since <= now else COMING,
        )
        found.append(clock)
    return found
