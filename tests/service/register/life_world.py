"""The world in which the register's life takes place: the model, the hour, what awaits a decision."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from geofence.instants import Instant, printed
from service.access.actor import Actor, Role
from service.register.proposals import Target
from tests.service.register import life
from tests.service.register.model import DAY_US, FOREVER, Clause, Order, Version, Zone
from tests.service.register.model_acts import Refusal


@dataclass(slots=True)
class World:
    """What the model knows, and the hour."""

    now: int = life.BEGAN
    orders: list[Order] = field(default_factory=list)

    def order(self, order_id: str) -> Order:
        return next(order for order in self.orders if order.order_id == order_id)

    def zone(self, zone_id: str) -> Zone:
        return next(zone for order in self.orders for zone in order.zones if zone.zone_id == zone_id)

    def instants(self) -> set[int]:
        return {at for order in self.orders for at in order.instants()}


Does = Callable[[World], Refusal]


@dataclass(slots=True)
class Open:
    """A proposal that nobody has decided yet. touched: how often its target had changed when it was last looked at."""

    proposal_id: int
    etag: str
    target: Target
    does: Does
    proposed_by: str
    touched: int
    withdraws: int | None


def actor_of(holder: str) -> Actor:
    return Actor(Role.ADMIN, None, holder)


def order_of(order_id: str, wearer_id: str, actor: str, start: int, clauses: int, *, event: bool) -> Order:
    bitten = [Clause(f"{order_id}-{number}", start) for number in range(clauses)]
    return Order(order_id, wearer_id, actor, start, (start, start + 200 * DAY_US), bitten, event)


def members(order: Order) -> dict[str, Any]:
    """Return an order as a register file writes it."""
    start, until = (printed(Instant(at)) for at in order.monitored)
    clauses = [
        {"prohibition_id": clause.prohibition_id, "clause": "1", "text": "Not to enter.", "from": start}
        for clause in order.clauses
    ]
    return {
        "order_id": order.order_id,
        "kind": "DAPO",
        "reference": "DAPO-2026-0001",
        "force": "MPS",
        "wearer_id": order.wearer_id,
        "made_on": "2026-11-01",
        "effective_from": start,
        "ends": {"kind": "event", "event": "a trial"} if order.event else {"kind": "further_order"},
        "monitoring": {"from": start, "until": until},
        "prohibitions": clauses,
    }


def drawing(drawn: Version) -> dict[str, object]:
    return {
        "footprint": {"type": "Point", "coordinates": list(life.PLACES[drawn.shape.place])},
        "distance_m": drawn.shape.radius_m,
        "valid_from": printed(Instant(drawn.start)),
        "valid_until": None if drawn.end == FOREVER else printed(Instant(drawn.end)),
    }


def comes_back(zone: Zone, number: int) -> bool:
    """Whether an emergency put a version aside, so that its shape may come back under another number."""
    return any(each.standing and each.aside is not None and each.aside.number == number for each in zone.versions)
