"""Notices that await their hearing."""

from alerts.particulars import Connection
from geofence.instants import Instant, instant, moment
from service.register.clocks.clock import Clock, state_by
from service.register.clocks.due import hearing_due
from service.register.clocks.orders_at import OF_FORCE

# A notice continues until the application is determined or withdrawn (s.25(2)(d)): that is entered as its discharge, or
# as the event with which it ends. A date says nothing of a hearing; but a notice that ended so 28 days ago is history.
NOTICES = f"""
SELECT order_id, wearer_id, force, effective_from FROM court_order
WHERE kind = 'DAPN' AND published_at IS NOT NULL AND effective_from <= $1::timestamptz AND {OF_FORCE}
  AND coalesce(emergency_until, 'infinity') > $1 AND coalesce(discharged_at, 'infinity') > $1
  AND coalesce((ends ->> 'at')::timestamptz, 'infinity')
      > CASE ends ->> 'kind' WHEN 'date' THEN $1 - interval '28 days' ELSE $1 END"""  # noqa: S608 - a constant

RUNNING = "The court must have heard the application that follows this notice by the due time."
OVERDUE = "The time for the hearing is over and no outcome is entered: ask the court, and enter the notice's discharge."


async def hearings(connection: Connection, now: Instant, force: str | None) -> list[Clock]:
    """Return the clock of each notice whose outcome is not entered."""
    found = []
    for row in await connection.fetch(NOTICES, moment(now), force):
        given_at = instant(row["effective_from"])
        due_at = hearing_due(given_at)
        state = state_by(due_at, now)
        clock = Clock(
            kind="hearing",
            subject=f"order {row['order_id']}",
            order_id=row["order_id"],
            wearer_id=row["wearer_id"],
            force=row["force"],
            since=given_at,
            due_at=due_at,
            state=state,
            text=OVERDUE if state == "overdue" else RUNNING,
        )
        found.append(clock)
    return found
