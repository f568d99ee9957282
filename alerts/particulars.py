"""What a reader of the report must be told of people, orders and clauses, beyond what the rules need to judge."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeAlias

from geofence.ids import OrderId, ProhibitionId, WearerId, ZoneId
from geofence.instants import Instant
from geofence.register import Register

if TYPE_CHECKING:
    import asyncpg
    from asyncpg.pool import PoolConnectionProxy

# Names in quotes: asyncpg's classes take type parameters only in its stubs.
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"


@dataclass(frozen=True, slots=True)
class WearerParticulars:
    """Who a wearer is."""

    wearer_id: WearerId
    name: str
    date_of_birth: date | None
    pnc_id: str | None
    home_area: str | None


@dataclass(frozen=True, slots=True)
class OrderParticulars:
    """Which court's document an order is."""

    order_id: OrderId
    wearer_id: WearerId
    force: str
    kind: str
    reference: str
    court: str | None
    made_on: date
    effective_from: Instant


@dataclass(frozen=True, slots=True)
class ProhibitionParticulars:
    """One clause in the court's words. `address_protected`: its shape and wording must not reach the wearer."""

    prohibition_id: ProhibitionId
    order_id: OrderId
    clause: str
    text: str
    needs_zone: bool
    address_protected: bool


@dataclass(frozen=True, slots=True)
class ZoneParticulars:
    """What a zone is called and who answers for it besides the order's own force."""

    zone_id: ZoneId
    prohibition_id: ProhibitionId
    label: str
    responding_force: str | None


@dataclass(frozen=True, slots=True)
class Particulars:
    """All of one force's wearers, orders, clauses and zones."""

    force: str
    force_name: str
    wearers: Mapping[WearerId, WearerParticulars]
    orders: Mapping[OrderId, OrderParticulars]
    prohibitions: Mapping[ProhibitionId, ProhibitionParticulars]
    zones: Mapping[ZoneId, ZoneParticulars]


class RegisterReader(Protocol):
    """How the desk and the morning run read the register, within their own transaction."""

    async def register(self, connection: Connection, wearers: Collection[WearerId] | None = None) -> Register:
        """Return what the rules need, of all wearers or of some: published zone versions only."""
        ...

    async def wearers_of_force(self, connection: Connection, force: str) -> list[WearerId]:
        """Return the wearers who have an order of this force."""
        ...

    async def particulars(self, connection: Connection, force: str) -> Particulars:
        """Return what the report prints of one force's people and orders."""
        ...
