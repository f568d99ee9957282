"""Three administrators at work on a register, in as few words as a test needs. Hours count from MIDNIGHT."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alerts.particulars import Connection
from geofence.ids import OrderId, ProhibitionId, ZoneId
from geofence.instants import FOREVER, MINUTE_US, Instant, printed
from service.access.actor import Actor, Role
from service.http.proposals.kinds import PROPOSALS
from service.register.orders.drafts import Drafted, draft_order, publish_order
from service.register.orders.order import read_order
from service.register.proposals import Asked, Proposed, Target
from service.register.store import PostgresRegister
from service.register.zones.drafts import draw_version, draw_zone
from service.register.zones.publishing import Published, Publishing, publish, publish_in_emergency, refuse_emergency
from service.register.zones.zone import read_zone
from tests.alerts.incident_values import MIDNIGHT, minute
from tests.alerts.ledger import LATITUDE_DEG, LONGITUDE_DEG

# Hours from which on and up to which a circle of so many metres holds; None: without end.
Held = list[tuple[float, float | None, float]]


def actor(name: str) -> Actor:
    return Actor(Role.ADMIN, None, name)


def hour(count: float) -> Instant:
    return minute(60 * count)


@dataclass(slots=True)
class Office:
    """`now`: the hour. ann draws and asks; ben publishes and approves unless a test says otherwise."""

    connection: Connection
    now: float = 0.0

    async def draw(
        self,
        distance_m: float,
        start: float,
        until: float | None = None,
        *,
        zone_id: str = "Z-1",
        by: str = "ann",
        longitude_deg: float = LONGITUDE_DEG,
    ) -> int:
        """Draw a version round the zone's centre, and return its number."""
        document = _drawing(distance_m, start, until, longitude_deg)
        async with self.connection.transaction():
            etag = (await read_zone(self.connection, ZoneId(zone_id))).etag
            drawn = await draw_version(
                self.connection, ZoneId(zone_id), document, if_match=etag, actor=actor(by), now=hour(self.now)
            )
        return drawn.version

    async def draw_zone(self, zone_id: str, prohibition_id: str, distance_m: float, start: float, by: str) -> int:
        """Draw another zone."""
        document = {"zone_id": zone_id, **_drawing(distance_m, start, None, LONGITUDE_DEG)}
        async with self.connection.transaction():
            drawn = await draw_zone(
                self.connection, ProhibitionId(prohibition_id), document, actor=actor(by), now=hour(self.now)
            )
        return drawn.version

    async def publish(self, version: int, by: str = "ben", **asked: Any) -> Published:
        """Publish as a second person, or confirm."""
        async with self.connection.transaction():
            return await publish(self.connection, await self._asked(version, by, **asked), hour(self.now))

    async def publish_alone(self, version: int, by: str = "ann", **asked: Any) -> Published:
        """Publish in an emergency."""
        async with self.connection.transaction():
            return await publish_in_emergency(self.connection, await self._asked(version, by, **asked), hour(self.now))

    async def refuse(self, version: int, by: str = "ben", **asked: Any) -> Published:
        """Say that it was no emergency."""
        async with self.connection.transaction():
            return await refuse_emergency(self.connection, await self._asked(version, by, **asked), hour(self.now))

    async def enter_order(self, members: Mapping[str, object], by: str = "ann") -> Drafted:
        """Enter an order as a draft."""
        async with self.connection.transaction():
            return await draft_order(self.connection, members, actor(by), hour(self.now))

    async def publish_order(self, order_id: str, by: str = "ben", reason: str | None = None) -> Drafted:
        """Publish an order as it is now."""
        async with self.connection.transaction():
            etag = (await read_order(self.connection, OrderId(order_id))).etag
            return await publish_order(
                self.connection,
                OrderId(order_id),
                if_match=etag,
                actor=actor(by),
                reason=reason,
                authority=None,
                now=hour(self.now),
            )

    async def ask(self, kind: str, target: str, asked: dict[str, Any], by: str = "ann") -> Proposed:
        """Propose something about a zone (Z-...) or an order."""
        about = Target(zone_id=target) if target.startswith("Z") else Target(order_id=target)
        async with self.connection.transaction():
            return await PROPOSALS.propose(
                self.connection, Asked(kind, about, asked, "it is so"), actor(by), hour(self.now)
            )

    async def approve(self, found: Proposed, by: str = "ben") -> Proposed:
        """Approve a proposal as it was last seen."""
        async with self.connection.transaction():
            return await PROPOSALS.approve(
                self.connection,
                found.record.proposal_id,
                if_match=found.etag,
                actor=actor(by),
                reason=None,
                now=hour(self.now),
            )

    async def look_again(self, found: Proposed) -> Proposed:
        """Read a proposal as it stands now."""
        return await PROPOSALS.read(self.connection, found.record.proposal_id)

    async def do(self, kind: str, target: str, asked: dict[str, Any]) -> None:
        """Have something proposed and approved."""
        await self.approve(await self.ask(kind, target, asked))

    async def held(self, zone_id: str = "Z-1") -> Held:
        """Return what judges, in order."""
        register = await PostgresRegister().register(self.connection)
        zones = (zone for order in register.orders for clause in order.prohibitions for zone in clause.zones)
        return [
            (_hours(each.valid_from) or 0.0, _hours(each.valid_until), each.distance_m)
            for zone in zones
            if zone.zone_id == zone_id
            for each in zone.versions
        ]

    async def _asked(
        self, version: int, by: str, *, zone_id: str = "Z-1", reason: str | None = None, if_match: str | None = None
    ) -> Publishing:
        etag = if_match or (await read_zone(self.connection, ZoneId(zone_id))).etag
        return Publishing(ZoneId(zone_id), version, etag, actor(by), reason)


def at(count: float) -> str:
    """Return an hour as a request writes it."""
    return printed(hour(count))


def _drawing(distance_m: float, start: float, until: float | None, longitude_deg: float) -> dict[str, object]:
    return {
        "footprint": {"type": "Point", "coordinates": [longitude_deg, LATITUDE_DEG]},
        "distance_m": distance_m,
        "valid_from": at(start),
        "valid_until": None if until is None else at(until),
    }


def _hours(instant: Instant) -> float | None:
    return None if instant == FOREVER else (instant - MIDNIGHT) / (60 * MINUTE_US)
