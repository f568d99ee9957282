"""What a wearer must have notified to the police and nobody has confirmed: name and address, and each change of them.

It is never overdue by our own reckoning: whether he did is for the police to say, and s.41(8) frees some.
"""

from alerts.days import bounds_of, report_day_of
from alerts.particulars import Connection
from geofence.instants import Instant, moment
from service.register.clocks.clock import Clock
from service.register.clocks.due import notification_due
from service.register.clocks.orders_at import OF_FORCE, STANDS

# The orders whose making was not confirmed to be followed by a notification, and the changes of which that holds.
NOT_RECORDED = f"""
SELECT order_id, wearer_id, force, 'name_and_address' AS what, made_on AS begins_on FROM court_order
WHERE kind = 'DAPO' AND {STANDS} AND {OF_FORCE} AND made_on <= $3
  AND NOT EXISTS (SELECT FROM notification
                  WHERE notification.order_id = court_order.order_id AND what = 'name_and_address')
UNION ALL
SELECT order_id, wearer_id, force, what, happened_on FROM notification AS known JOIN court_order USING (order_id)
WHERE what = 'change' AND confirmed_at IS NULL AND {STANDS} AND {OF_FORCE} AND happened_on <= $3
  AND NOT EXISTS (SELECT FROM notification AS confirmed
                  WHERE confirmed.order_id = known.order_id AND confirmed.what = 'change'
                    AND confirmed.happened_on = known.happened_on AND confirmed.confirmed_at IS NOT NULL)"""  # noqa: S608 - a constant

TEXTS = {
    "name_and_address": "The police have not recorded that the wearer notified name and home address in the three days "
    "from the making of the order.",
    "change": "The police have not recorded that the wearer notified a change of name or home address in the three "
    "days from that change.",
}


async def notifications_due(connection: Connection, now: Instant, force: str | None) -> list[Clock]:
    """Return the clock of each notification that is not recorded. Its due time is the end of the three days."""
    rows = await connection.fetch(NOT_RECORDED, moment(now), force, report_day_of(now))
    return [
        Clock(
            kind="notification",
            subject=f"order {row['order_id']} {row['what']} {row['begins_on']}",
            order_id=row["order_id"],
            wearer_id=row["wearer_id"],
            force=row["force"],
            since=bounds_of(row["begins_on"]).start,
            due_at=notification_due(row["begins_on"]),
            state="not_recorded",
            text=TEXTS[row["what"]],
        )
        for row in rows
    ]
