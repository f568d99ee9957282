"""Notifications as the police record them: a wearer's name and home address, and each change (s.41).

Nothing is ever taken back. A change is entered when it is known, and again with the day on which its notification came.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from asyncpg import Record as Row

from alerts.days import report_day_of
from alerts.particulars import Connection
from geofence.ids import OrderId
from geofence.instants import Instant, instant, moment, printed
from service.access.actor import Actor
from service.register.changes import Act, begin_change, lock_register
from service.register.entry import UNREAD, UNREAD_DATE, Entry
from service.register.findings import Findings
from service.register.json_text import Members
from service.register.orders.order import OrderRecord, read_order
from service.register.refusals import Conflict, Faulty
from service.register.row_writing import insert_returning
from service.register.rows import optional_instant, optional_moment

What = Literal["name_and_address", "change"]
NOTIFIED_KIND = "DAPO"

OF_ORDER = "SELECT * FROM notification WHERE order_id = $1 ORDER BY notification_id"
ONE = "SELECT * FROM notification WHERE notification_id = $1"
# The same again, or a change that is not confirmed although it was.
THERE = """
SELECT EXISTS (SELECT FROM notification WHERE order_id = $1 AND what = $2 AND happened_on IS NOT DISTINCT FROM $3
               AND (confirmed_at IS NOT NULL OR $4::timestamptz IS NULL))"""


@dataclass(frozen=True, slots=True)
class Notified:
    """What is to be recorded. happened_on: of a change, its day. confirmed_at: when the police were notified of it."""

    what: What
    happened_on: date | None
    confirmed_at: Instant | None


@dataclass(frozen=True, slots=True)
class NotificationRecord:
    """What was recorded, by whom and when. confirmed_at None: a change that is known and not confirmed."""

    notification_id: int
    order_id: OrderId
    what: What
    happened_on: date | None
    confirmed_at: Instant | None
    recorded_by: str
    role: str
    at: Instant


async def notifications_of(connection: Connection, order_id: OrderId) -> list[NotificationRecord]:
    """Return what was recorded of an order, in the order in which it was."""
    return [_record(row) for row in await connection.fetch(OF_ORDER, order_id)]


async def record_notification(
    connection: Connection, order_id: OrderId, members: Members, actor: Actor, now: Instant
) -> NotificationRecord:
    """Write down what the police say of a notification, as a change of the register.

    Raises NoSuch, Conflict if the order is a draft or asks for no notification or it is recorded already, Faulty with
    every fault.
    """
    await lock_register(connection)
    order = await read_order(connection, order_id)
    if not order.published:
        raise Conflict(f"order {order_id} is a draft: nobody has to notify anything")
    if order.order["kind"] != NOTIFIED_KIND:
        raise Conflict(f"order {order_id} is no DAPO: the Domestic Abuse Act 2021 s.41 asks for no notification")
    told = _read(members, order, now)
    confirmed_at = optional_moment(told.confirmed_at)
    if await connection.fetchval(THERE, order_id, told.what, told.happened_on, confirmed_at):
        raise Conflict("that is recorded already")
    what = f"order {order_id}: {told.what.replace('_', ' ')} {'known' if confirmed_at is None else 'notified'}"
    await begin_change(connection, Act(actor.holder, actor.role, what), now)
    row = {
        "order_id": order_id,
        "what": told.what,
        "happened_on": told.happened_on,
        "confirmed_at": confirmed_at,
        "recorded_by": actor.holder,
        "role": actor.role,
        "at": moment(now),
    }
    number = await insert_returning(connection, "notification", row, "notification_id")
    written = await connection.fetchrow(ONE, number)
    assert written is not None  # noqa: S101 - it was just inserted
    return _record(written)


def _read(members: Members, order: OrderRecord, now: Instant) -> Notified:
    findings = Findings()
    entry = Entry(members, "notification", findings)
    what = entry.choice("what", ("name_and_address", "change"))
    happened_on = entry.day("happened_on") if what == "change" else None
    confirmed_at = entry.instant("confirmed_at") if what != "change" else entry.optional_instant("confirmed_at")
    made_on: date = order.order["made_on"]
    if happened_on not in {None, UNREAD_DATE} and not made_on <= happened_on <= report_day_of(now):
        entry.fault(
            f"happened_on is not between the making of the order ({made_on}) and today", "correct it", "happened_on"
        )
    if confirmed_at not in {None, UNREAD} and not (confirmed_at <= now and made_on <= report_day_of(confirmed_at)):
        entry.fault(
            f"confirmed_at is not between the making of the order ({made_on}) and now ({printed(now)})",
            "correct it",
            "confirmed_at",
        )
    entry.close()
    if findings.found:  # a member that nobody reads would be recorded nowhere
        raise Faulty(findings.found)
    return Notified("change" if what == "change" else "name_and_address", happened_on, confirmed_at)


def _record(row: Row) -> NotificationRecord:
    return NotificationRecord(
        notification_id=row["notification_id"],
        order_id=row["order_id"],
        what=row["what"],
        happened_on=row["happened_on"],
        confirmed_at=optional_instant(row["confirmed_at"]),
        recorded_by=row["recorded_by"],
        role=row["role"],
        at=instant(row["at"]),
    )
