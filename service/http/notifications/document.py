"""What notifications look like as JSON."""

from typing import Literal

from geofence.instants import printed
from service.http.documents import At, Document
from service.register.notifications import NotificationRecord, What


class NotificationDocument(Document):
    """What was recorded of a wearer's duty to notify the police (Domestic Abuse Act 2021 s.41).

    happened_on: of a change, its day in London. confirmed_at: when the police were notified; null of a change that is
    known, and of which nobody has confirmed that it was notified.
    """

    notification_id: int
    order_id: str
    what: What
    happened_on: str | None
    confirmed_at: At | None
    recorded_by: str
    role: str
    at: At


class Notifications(Document):
    """All that was recorded of an order, in the order in which it was."""

    items: list[NotificationDocument]
    next: Literal[None] = None


def notification_document(record: NotificationRecord) -> NotificationDocument:
    """Return what was recorded once."""
    return NotificationDocument(
        notification_id=record.notification_id,
        order_id=record.order_id,
        what=record.what,
        happened_on=None if record.happened_on is None else record.happened_on.isoformat(),
        confirmed_at=None if record.confirmed_at is None else printed(record.confirmed_at),
        recorded_by=record.recorded_by,
        role=record.role,
        at=printed(record.at),
    )
