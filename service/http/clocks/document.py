"""What clocks look like as JSON."""

from geofence.instants import printed
from service.http.documents import At, Document
from service.register.clocks.clock import Clock, Kind, State


class ClockDocument(Document):
    """Something that falls due, or is awaited. text: for a duty officer, without names and places.

    order_id, wearer_id, force: null only of a proposal that is about none. due_at: null if nothing falls due. state: of
    a notification always not_recorded, until the police record it.
    """

    kind: Kind
    order_id: str | None
    wearer_id: str | None
    force: str | None
    zone_id: str | None
    prohibition_id: str | None
    since: At
    due_at: At | None
    state: State
    text: str


class ClockPage(Document):
    """Clocks: those due first, and last those that are never due. `next`: where to find more, null at the end."""

    items: list[ClockDocument]
    next: str | None


def clock_document(clock: Clock) -> ClockDocument:
    """Return one clock."""
    return ClockDocument(
        kind=clock.kind,
        order_id=clock.order_id,
        wearer_id=clock.wearer_id,
        force=clock.force,
        zone_id=clock.zone_id,
        prohibition_id=clock.prohibition_id,
        since=printed(clock.since),
        due_at=None if clock.due_at is None else printed(clock.due_at),
        state=clock.state,
        text=clock.text,
    )
