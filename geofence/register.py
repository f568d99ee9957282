"""What the rules need to know of fittings, orders, prohibitions and zones; nothing that only an administrator needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Literal

from shapely import Geometry

from geofence.ids import OrderId, ProhibitionId, TagId, WearerId, ZoneId
from geofence.instants import FOREVER, Instant, Interval

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Window:
    """One weekly opening of a schedule, in London's local time; it belongs to the day on which it opens.

    `until` not after `start` runs into the next day; equal times are 24 hours.
    """

    days: tuple[Day, ...]
    start: time
    until: time


@dataclass(frozen=True, slots=True)
class ZoneVersion:
    """The shape of a zone during `[valid_from, valid_until)`: a footprint in WGS 84 degrees and a distance round it."""

    version: int
    valid_from: Instant
    valid_until: Instant
    footprint: Geometry
    distance_m: float


@dataclass(frozen=True, slots=True)
class Zone:
    """An exclusion zone: its identity and its versions in order of `valid_from`, which do not overlap."""

    zone_id: ZoneId
    versions: tuple[ZoneVersion, ...]


@dataclass(frozen=True, slots=True)
class Prohibition:
    """One clause of an order. `schedule` None means always."""

    prohibition_id: ProhibitionId
    during: Interval
    zones: tuple[Zone, ...]
    schedule: tuple[Window, ...] | None = None
    needs_zone: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """A court's order, as far as it decides when its prohibitions bite.

    `monitoring` None: no electronic monitoring, so nothing of it is ever in force here.
    `before_aware_until`: up to this instant the wearer did not know of an order made without notice
    (FOREVER while `without_notice` and nobody recorded when he learnt of it); None if awareness parts nothing.
    """

    order_id: OrderId
    wearer_id: WearerId
    during: Interval
    monitoring: Interval | None
    prohibitions: tuple[Prohibition, ...]
    suspensions: tuple[Interval, ...] = ()
    before_aware_until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Fitting:
    """One tag on one wearer during `[fitted_at, removed_at)`."""

    tag_id: TagId
    wearer_id: WearerId
    fitted_at: Instant
    removed_at: Instant = FOREVER


@dataclass(frozen=True, slots=True)
class Register:
    """All that `judge` is told of people and places.

    provider_person_ids: what the monitoring provider calls a wearer, where it is known (R9: `person_mismatch`).
    """

    fittings: tuple[Fitting, ...]
    orders: tuple[Order, ...]
    provider_person_ids: Mapping[WearerId, str] = field(default_factory=dict)


class SameRegister:
    """A register compared by identity: what was worked out from one need not be worked out again."""

    def __init__(self, register: Register) -> None:
        self.register = register

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameRegister) and other.register is self.register

    def __hash__(self) -> int:
        return id(self.register)
