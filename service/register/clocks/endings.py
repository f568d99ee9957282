"""Orders that end soon, and electronic monitoring that does."""

from asyncpg import Record

from alerts.particulars import Connection
from geofence.instants import Instant, instant, moment
from service.register.clocks.clock import ENDS_SOON_US, Clock, Kind
from service.register.clocks.orders_at import OF_FORCE, STANDS

ORDERS = f"""
SELECT order_id, wearer_id, force, effective_from AS begins_at, ending.at AS ends_at
FROM court_order CROSS JOIN LATERAL (SELECT least((ends ->> 'at')::timestamptz, discharged_at) AS at) AS ending
WHERE {STANDS} AND {OF_FORCE} AND ending.at <= $3"""  # noqa: S608 - a constant

MONITORING = f"""
SELECT order_id, wearer_id, force, monitoring_from AS begins_at, monitoring_until AS ends_at FROM court_order
WHERE {STANDS} AND {OF_FORCE} AND monitoring_until > $1 AND monitoring_until <= $3"""  # noqa: S608 - a constant


async def orders_ending(connection: Connection, now: Instant, force: str | None) -> list[Clock]:
    """Return the clock of each order that ends within 28 days."""
    rows = await connection.fetch(ORDERS, moment(now), force, moment(Instant(now + ENDS_SOON_US)))
    return [_clock("order_ends", row, "The order ends at the due time.") for row in rows]


async def monitoring_ending(connection: Connection, now: Instant, force: str | None) -> list[Clock]:
    """Return the clock of each order whose monitoring requirement ends within 28 days."""
    rows = await connection.fetch(MONITORING, moment(now), force, moment(Instant(now + ENDS_SOON_US)))
    text = "Electronic monitoring ends at the due time; nobody watches the order's zones after it unless it is varied."
    return [_clock("monitoring_ends", row, text) for row in rows]


def _clock(kind: Kind, row: Record, text: str) -> Clock:
    due_at = instant(row["ends_at"])
    return Clock(
        kind=kind,
        subject=f"order {row['order_id']}",
        order_id=row["order_id"],
        wearer_id=row["wearer_id"],
        force=row["force"],
        since=max(instant(row["begins_at"]), Instant(due_at - ENDS_SOON_US)),
        due_at=due_at,
        state="running",
        text=text,
    )
