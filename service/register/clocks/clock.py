"""A clock that runs: what it waits for, since when, until when, and how it stands."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from geofence.instants import FOREVER, MINUTE_US, Instant

Kind = Literal[
    "hearing",
    "notification",
    "monitoring_ends",
    "order_ends",
    "zone_awaited",
    "suspension",
    "emergency",
    "proposal",
    "draft",
]
State = Literal["running", "overdue", "not_recorded"]

DAY_US = 24 * 60 * MINUTE_US
# An order, or its monitoring, that ends so soon is told of.
ENDS_SOON_US = 28 * DAY_US
# A suspension that begins so soon is told of.
BEGINS_SOON_US = 7 * DAY_US


class Place(NamedTuple):
    """Where a clock stands in the list: those due first come first, those never due by their beginnings."""

    due: Instant
    since: Instant
    kind: str
    subject: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock. It names order, wearer, force, zone and prohibition by their ids, as far as it is about them.

    subject: of what it is, unique among the clocks of a kind, such as "zone Z-1 version 2". due_at: None if nothing
    falls due. text: for a duty officer, without names and places.
    """

    kind: Kind
    subject: str
    order_id: str | None
    wearer_id: str | None
    force: str | None
    since: Instant
    due_at: Instant | None
    state: State
    text: str
    zone_id: str | None = None
    prohibition_id: str | None = None

    @property
    def place(self) -> Place:
        """Its place in the list: the same as long as the clock is about the same."""
        return Place(FOREVER if self.due_at is None else self.due_at, self.since, self.kind, self.subject)


def state_by(due_at: Instant, now: Instant) -> State:
    """Return how a clock stands that has to be answered by an instant."""
    return "overdue" if due_at <= now else "running"
