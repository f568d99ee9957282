"""What a register file holds, once it has been read: its entries, nested as in the file.

`place` is what messages call an entry. Instants are microseconds UTC; an end of None is no end.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shapely import Geometry

from geofence.ids import OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import FOREVER, Instant, Interval
from geofence.register import Window

KINDS = ("DAPN", "DAPO", "DVPN", "DVPO", "non-molestation", "restraining", "other")
EndKind = Literal["date", "further_order", "event"]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a force receives its reports."""

    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class ForceEntry:
    """A police force."""

    code: str
    name: str | None
    recipients: tuple[Recipient, ...]
    place: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class WearerEntry:
    """A person to whom tags are fitted.

    home: where he lives, as GeoJSON text: a zone that is drawn is held against it.
    """

    wearer_id: WearerId
    name: str
    date_of_birth: date | None
    pnc_id: str | None
    provider_person_id: str | None
    home_area: str | None
    home: str | None
    place: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class FittingEntry:
    """One tag on one wearer during `[fitted_at, removed_at)`."""

    tag_id: TagId
    wearer_id: WearerId
    fitted_at: Instant
    removed_at: Instant | None
    place: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Ends:
    """How an order ends: at an instant (which is no longer part of it), until further order, or with a named event.

    at: of an event, when it came; None until it has.
    """

    kind: EndKind
    at: Instant | None = None
    event: str | None = None

    @property
    def last(self) -> Instant:
        """The instant at which the order ends as far as anyone knows."""
        return FOREVER if self.at is None else self.at


@dataclass(frozen=True, slots=True)
class Monitoring:
    """Electronic monitoring, required during `[start, until)`. extended_by: the variation that prolonged it."""

    start: Instant
    until: Instant
    extended_by: str | None
    place: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class SuspensionEntry:
    """An authorised absence during `[start, until)`."""

    start: Instant
    until: Instant
    reason: str
    authority: str
    place: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """A zone's shape during `[valid_from, valid_until)`.

    geojson: the footprint as it is stored, its type and its positions of two numbers. footprint: the same as read;
    None where it can't be.
    """

    version: int
    valid_from: Instant
    valid_until: Instant | None
    footprint: Geometry | None
    geojson: str
    distance_m: float
    place: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class ZoneEntry:
    """An exclusion zone with its versions in the order of the file.

    premises: what it protects, as GeoJSON text, where that was given: a shape centred on a protected address tells it.
    """

    zone_id: ZoneId
    label: str
    responding_force: str | None
    premises: str | None
    versions: tuple[VersionEntry, ...]
    place: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class ProhibitionEntry:
    """One clause of an order. `schedule` None: always."""

    prohibition_id: ProhibitionId
    clause: str
    text: str
    start: Instant
    until: Instant | None
    needs_zone: bool
    address_protected: bool
    schedule: tuple[Window, ...] | None
    zones: tuple[ZoneEntry, ...]
    place: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class OrderEntry:
    """A court's order or a notice. `immediate_alert` is kept as JSON text, None where there is none.

    discharged_at: when the court ended it before the end that it gave it.
    """

    order_id: OrderId
    kind: str
    reference: str
    court: str | None
    force: str
    wearer_id: WearerId
    made_on: date
    without_notice: bool
    aware_from: Instant | None
    effective_from: Instant
    ends: Ends
    monitoring: Monitoring | None
    immediate_alert: str | None
    suspensions: tuple[SuspensionEntry, ...]
    prohibitions: tuple[ProhibitionEntry, ...]
    discharged_at: Instant | None
    place: str = field(compare=False)

    @property
    def during(self) -> Interval:
        """When the order has effect. One that is discharged before that has none: it ends where it begins."""
        discharged = FOREVER if self.discharged_at is None else self.discharged_at
        return Interval(self.effective_from, max(self.effective_from, min(self.ends.last, discharged)))


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that a file holds, in its order."""

    forces: tuple[ForceEntry, ...]
    wearers: tuple[WearerEntry, ...]
    fittings: tuple[FittingEntry, ...]
    orders: tuple[OrderEntry, ...]
