"""What orders look like as JSON: the members of a register file, and where each stands."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from geofence.instants import Instant
from service.http.documents import At, Document, Warned, at, warned
from service.register.as_written import order_json, prohibition_json, suspension_json
from service.register.findings import Finding
from service.register.orders.order import OrderRecord, State, state_of

Plain = dict[str, Any]


class SuspensionDocument(Document):
    """An authorised absence."""

    suspension_id: int
    from_: Annotated[At, Field(alias="from")]
    until: At
    reason: str
    authority: str


class ProhibitionDocument(Document):
    """A clause of an order. schedule: null means always.

    zones: their ids. Those that have only drafts are among them, but not for the police.
    """

    prohibition_id: str
    order_id: str
    clause: str
    text: str
    from_: Annotated[At, Field(alias="from")]
    until: At | None
    needs_zone: bool
    address_protected: bool
    schedule: list[Plain] | None
    zones: list[str]


class OrderDocument(Document):
    """An order. ends, monitoring, immediate_alert: as in a register file.

    state: draft (no effect until a second person publishes it), approved (its day has not come), in_effect, ended,
    discharged, or lapsed (one person alone put it in force, and nobody confirmed it). emergency_until: up to when one
    person alone has put it in force.
    """

    order_id: str
    state: State
    kind: str
    reference: str
    court: str | None
    force: str
    wearer_id: str
    made_on: str
    without_notice: bool
    aware_from: At | None
    effective_from: At
    ends: Plain
    discharged_at: At | None
    monitoring: Plain | None
    immediate_alert: Any
    suspensions: list[SuspensionDocument]
    prohibitions: list[ProhibitionDocument]
    drawn_by: str
    drawn_at: At
    published_by: str | None
    published_at: At | None
    emergency_until: At | None


class DraftedOrder(OrderDocument):
    """An order as it was just written, with its warnings."""

    warnings: list[Warned]


class OrderPage(Document):
    """Orders in order of their ids. `next`: where to find more, null at the end."""

    items: list[OrderDocument]
    next: str | None


class Suspensions(Document):
    """All suspensions of an order."""

    items: list[SuspensionDocument]
    next: Literal[None] = None


class Prohibitions(Document):
    """All clauses of an order."""

    items: list[ProhibitionDocument]
    next: Literal[None] = None


def order_document(record: OrderRecord, now: Instant, *, drafts: bool) -> OrderDocument:
    """Return an order as it stands at an instant. drafts: whether zones that have only drafts are named."""
    return OrderDocument(**_members(record, now, drafts=drafts))


def drafted_order(record: OrderRecord, warnings: Sequence[Finding], now: Instant) -> DraftedOrder:
    """Return an order with what it warns of."""
    return DraftedOrder(**_members(record, now, drafts=True), warnings=warned(warnings))


def suspensions_of(record: OrderRecord) -> list[SuspensionDocument]:
    """Return an order's suspensions."""
    return [
        SuspensionDocument(suspension_id=row["suspension_id"], **suspension_json(row)) for row in record.suspensions
    ]


def prohibitions_of(record: OrderRecord, *, drafts: bool) -> list[ProhibitionDocument]:
    """Return an order's clauses, with the ids of their zones. drafts: also of those that have only drafts."""
    zones: dict[str, list[str]] = {row["prohibition_id"]: [] for row in record.prohibitions}
    published = {row["zone_id"] for row in record.versions}
    for zone in record.zones:
        if drafts or zone["zone_id"] in published:
            zones[zone["prohibition_id"]].append(zone["zone_id"])
    order_id = record.order["order_id"]
    return [
        ProhibitionDocument(order_id=order_id, **prohibition_json(row, ()) | {"zones": zones[row["prohibition_id"]]})
        for row in record.prohibitions
    ]


def _members(record: OrderRecord, now: Instant, *, drafts: bool) -> Plain:
    row = record.order
    signed = {name: row[name] for name in ("drawn_at", "published_at", "emergency_until")}
    return {
        **order_json(row, (), ()),
        "state": state_of(row, now),
        "suspensions": suspensions_of(record),
        "prohibitions": prohibitions_of(record, drafts=drafts),
        "drawn_by": row["drawn_by"],
        "published_by": row["published_by"],
        **{name: at(moment) for name, moment in signed.items()},
    }
