"""What one person alone has put in force and no second person has answered for."""

from alerts.particulars import Connection
from geofence.instants import Instant, instant
from service.register.clocks.clock import Clock, state_by

# $1: the force (null: any). Answered for: confirmed (no end of an emergency is left), refused (its end was brought
# forward), or, of a version, withdrawn, or replaced, once its 24 hours were over, by a later one that somebody else
# published: what is published before them is for another time, and says nothing of it. What nobody answered for stays
# here after its 24 hours: it was judged by meanwhile.
UNCONFIRMED = """
SELECT order_id, wearer_id, force, NULL AS prohibition_id, NULL AS zone_id, NULL::integer AS version,
       published_at, emergency_until
FROM court_order
WHERE emergency_until IS NOT NULL AND ($1::text IS NULL OR force = $1)
  AND NOT EXISTS (SELECT FROM register_past
                  WHERE table_name = 'court_order' AND image ->> 'order_id' = order_id
                    AND (image ->> 'published_at')::timestamptz = published_at
                    AND (image ->> 'emergency_until')::timestamptz > emergency_until)
UNION ALL
SELECT order_id, wearer_id, force, prohibition_id, zone_id, alone.version, alone.published_at, alone.emergency_until
FROM zone_version AS alone JOIN zone USING (zone_id)
JOIN prohibition USING (prohibition_id) JOIN court_order USING (order_id)
WHERE alone.emergency_until IS NOT NULL AND alone.withdrawn_at IS NULL AND ($1::text IS NULL OR force = $1)
  AND NOT EXISTS (SELECT FROM register_past
                  WHERE table_name = 'zone_version' AND image ->> 'zone_id' = alone.zone_id
                    AND (image ->> 'version')::integer = alone.version
                    AND (image ->> 'published_at')::timestamptz = alone.published_at
                    AND (image ->> 'emergency_until')::timestamptz > alone.emergency_until)
  AND NOT EXISTS (SELECT FROM zone_version AS later
                  WHERE later.zone_id = alone.zone_id AND later.version > alone.version
                    AND later.published_by <> alone.published_by AND later.published_at >= alone.emergency_until
                    AND later.emergency_until IS NULL AND later.withdrawn_at IS NULL)"""
COUNT = f"SELECT count(*) FROM ({UNCONFIRMED}) AS found"  # noqa: S608 - a constant

RUNNING = "One person alone has put this in force: a second person must confirm or refuse it before the due time."
OVERDUE = (
    "One person alone put this in force and nobody confirmed it in time: it has ended, and a second person must act."
)


async def emergencies(connection: Connection, now: Instant, force: str | None) -> list[Clock]:
    """Return the clock of each order and zone version that one person alone put in force."""
    found = []
    for row in await connection.fetch(UNCONFIRMED, force):
        due_at = instant(row["emergency_until"])
        state = state_by(due_at, now)
        of_zone = row["zone_id"] is not None
        clock = Clock(
            kind="emergency",
            subject=f"zone {row['zone_id']} version {row['version']}" if of_zone else f"order {row['order_id']}",
            order_id=row["order_id"],
            wearer_id=row["wearer_id"],
            force=row["force"],
            since=instant(row["published_at"]),
            due_at=due_at,
            state=state,
            text=OVERDUE if state == "overdue" else RUNNING,
            zone_id=row["zone_id"],
            prohibition_id=row["prohibition_id"],
        )
        found.append(clock)
    return found


async def count_unconfirmed(connection: Connection) -> int:
    """Return how many orders and zone versions one person alone put in force and nobody has answered for."""
    number: int = await connection.fetchval(COUNT, None)
    return number
