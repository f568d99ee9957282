"""A register and its model side by side: whatever is done is done to both, and compared."""

import asyncio
import copy
from collections.abc import Callable
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from alerts.particulars import Connection
from geofence.ids import OrderId, ZoneId
from geofence.instants import Instant
from service.register.orders.order import read_order
from service.register.proposals import Target
from service.register.zones.zone import read_zone
from tests.service.register import life
from tests.service.register.life_world import Does, Open, World
from tests.service.register.model import FOREVER, HOUR_US, Answers, Order, Shape, Version, Zone, answers

NOBODY_READ = "0" * 32


class Compared(RuleBasedStateMachine):
    """What every act does. `loop` and `connection`: to a database of which nothing is kept."""

    def __init__(self, loop: asyncio.Runner, connection: Connection) -> None:
        super().__init__()
        self._loop, self._connection = loop, connection
        self._trial = connection.transaction()
        self._run(self._trial.start())
        self._run(life.settle(connection))
        self.world = World()
        self.open: list[Open] = []
        self.numbered = 0
        self.version = self._run(connection.fetchval(life.VERSION))
        self.then: dict[int, Answers] = {self.version: {}}

    def teardown(self) -> None:
        try:
            for version in sorted(self.then)[:: max(1, len(self.then) // 6)]:
                self._looks_back(version)
        finally:
            self._run(self._trial.rollback())

    # --- what everything does

    def _run(self, doing: Any) -> Any:
        return self._loop.run(doing)

    def act(self, does: Callable[[Connection], Any], expected: Does, *, changes: bool = True) -> Any:
        """Do something to both, and compare. expected: the model's own act. changes: whether the register does."""
        before = copy.deepcopy(self.world)
        refusal = expected(self.world)
        outcome = self._run(life.attempt(self._connection, does))
        assert outcome.refusal == refusal
        assert outcome.altered == (refusal is None)
        assert outcome.version == self.version + (refusal is None and changes)
        self.version = outcome.version
        if refusal is None and changes:
            self._holds_the_same(before, outcome)
        return outcome.result

    def _holds_the_same(self, before: World, outcome: life.Outcome) -> None:
        register = self._run(life.read(self._connection))
        instants = before.instants() | self.world.instants() | life.instants(register)
        probes = {probe for at in instants if abs(at) < FOREVER for probe in (at - 1, at)}
        expected = answers(self.world.orders, probes)
        assert life.told(register, expected) == expected
        assert life.zones(register) <= {zone.zone_id for zone in self._zones()}
        earlier = answers(before.orders, probes)
        wearers = {zone.zone_id: each.wearer_id for each in [*before.orders, *self.world.orders] for zone in each.zones}
        changed: dict[str, int] = {}
        for zone_id, at in earlier.keys() | expected.keys():
            if earlier.get((zone_id, at)) != expected.get((zone_id, at)):
                wearer_id = wearers[zone_id]
                changed[wearer_id] = min(at, changed.get(wearer_id, at))
        assert life.late_work(outcome.work, changed) == []
        self.then[outcome.version] = expected

    def _looks_back(self, version: int) -> None:
        told = life.told(self._run(life.read(self._connection, version)), self.then[version])
        assert told == self.then[version]

    def at(self, hour: float) -> int:
        return self.world.now + round(hour * HOUR_US)

    # --- finding things

    @property
    def _now(self) -> Instant:
        return Instant(self.world.now)

    def _order(self, number: int) -> Order:
        return self.world.orders[-1 - number % len(self.world.orders)]

    def _zones(self) -> list[Zone]:
        return [zone for order in self.world.orders for zone in order.zones]

    def _zone(self, number: int) -> Zone:
        return self._zones()[number % len(self._zones())]

    def _zone_of(self, target: Target) -> Zone:
        return self.world.zone(target.zone_id or "")

    def _drafts(self, zone: Zone) -> list[Version]:
        return [each for each in zone.versions if each.published_by is None]

    def _version(self, number: int, shape: Shape, hour: float, length: float | None, actor: str) -> Version:
        start = self.at(hour)
        return Version(number, shape, start, FOREVER if length is None else start + round(length * HOUR_US), actor)

    def _touched(self, target: Target) -> int:
        return (self.world.order(target.order_id) if target.order_id else self._zone_of(target)).touched

    def _order_etag(self, order: Order, stale: bool) -> str:
        return NOBODY_READ if stale else self._run(read_order(self._connection, OrderId(order.order_id))).etag

    def _zone_etag(self, zone: Zone, stale: bool) -> str:
        return NOBODY_READ if stale else self._run(read_zone(self._connection, ZoneId(zone.zone_id))).etag

    def _number_suspensions(self) -> None:
        """Learn under which numbers the register keeps the suspensions of the model; there are no others."""
        for order in self.world.orders:
            rows = self._run(read_order(self._connection, OrderId(order.order_id))).suspensions
            kept = sorted((life.us(row["starts_at"]), life.us(row["ends_at"]), row["suspension_id"]) for row in rows)
            order.suspensions.sort(key=lambda each: (each.start, each.end))
            assert [(start, end) for start, end, _ in kept] == [(each.start, each.end) for each in order.suspensions]
            for each, (_, _, number) in zip(order.suspensions, kept, strict=True):
                each.number = number
