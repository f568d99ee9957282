"""What awaits a second person: proposals, and drafts of orders and zones."""

from asyncpg import Record

from alerts.particulars import Connection
from geofence.instants import Instant, instant, moment
from service.register.clocks.clock import Clock, Kind

# Open at the instant $1, also if it was decided later. What is about no order, and no force, belongs to no force.
PROPOSALS = """
SELECT asked.proposal_id, asked.kind, asked.zone_id, zone.prohibition_id, court_order.order_id,
       coalesce(court_order.wearer_id, fitting.wearer_id, asked.asked ->> 'wearer_id') AS wearer_id,
       coalesce(court_order.force, asked.force) AS force, proposed_at AS since
FROM proposal AS asked LEFT JOIN zone ON zone.zone_id = asked.zone_id
LEFT JOIN prohibition ON prohibition.prohibition_id = zone.prohibition_id
LEFT JOIN court_order ON court_order.order_id = coalesce(asked.order_id, prohibition.order_id)
LEFT JOIN fitting ON fitting.fitting_id = asked.fitting_id
WHERE proposed_at <= $1 AND coalesce(decided_at, 'infinity') > $1
  AND ($2::text IS NULL OR coalesce(court_order.force, asked.force) = $2)"""

ORDERS = """
SELECT order_id, wearer_id, force, NULL AS prohibition_id, NULL AS zone_id, drawn_at AS since FROM court_order
WHERE published_at IS NULL AND ($1::text IS NULL OR force = $1)"""

VERSIONS = """
SELECT order_id, wearer_id, force, prohibition_id, zone_id, version, drawn.drawn_at AS since
FROM zone_version AS drawn JOIN zone USING (zone_id)
JOIN prohibition USING (prohibition_id) JOIN court_order USING (order_id)
WHERE drawn.published_at IS NULL AND ($1::text IS NULL OR force = $1)"""


async def proposals(connection: Connection, now: Instant, force: str | None) -> list[Clock]:
    """Return the clock of each proposal that is open."""
    return [
        _clock(
            "proposal",
            f"proposal {row['proposal_id']}",
            row,
            f"A second person must decide on proposal {row['proposal_id']}: {row['kind'].replace('_', ' ')}.",
        )
        for row in await connection.fetch(PROPOSALS, moment(now), force)
    ]


async def drafts(connection: Connection, _now: Instant, force: str | None) -> list[Clock]:
    """Return the clock of each order and zone version that was drawn and is not published."""
    orders = await connection.fetch(ORDERS, force)
    versions = await connection.fetch(VERSIONS, force)
    return [
        _clock(
            "draft", f"order {row['order_id']}", row, "A second person must publish this order: it has no effect yet."
        )
        for row in orders
    ] + [
        _clock(
            "draft",
            f"zone {row['zone_id']} version {row['version']}",
            row,
            "A second person must publish this version of a zone: it judges nothing yet.",
        )
        for row in versions
    ]


def _clock(kind: Kind, subject: str, row: Record, text: str) -> Clock:
    return Clock(
        kind=kind,
        subject=subject,
        order_id=row["order_id"],
        wearer_id=row["wearer_id"],
        force=row["force"],
        since=instant(row["since"]),
        due_at=None,
        state="running",
        text=text,
        zone_id=row["zone_id"],
        prohibition_id=row["prohibition_id"],
    )
