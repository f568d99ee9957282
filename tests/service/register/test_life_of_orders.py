"""Whatever is done to orders and zones, in any order: the register holds what a simple model of it says.

After each act: what is in force in each zone at each instant; every refusal, which changes nothing; that the desk is
asked to judge again from where the answer changed; and in the end the register as it was after each change.
"""

import asyncio
import copy
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, cast

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from alerts.particulars import Connection
from geofence.ids import OrderId, ProhibitionId, ZoneId
from geofence.instants import Instant, printed
from service.access.actor import Actor, Role
from service.http.proposals.kinds import PROPOSALS
from service.register.drafts import Drawn, discard_version, draw_version, draw_zone
from service.register.order_drafts import discard_draft, draft_order, edit_draft, publish_order
from service.register.orders import read_order
from service.register.proposals import Asked, Proposed, Target
from service.register.publishing import Publishing, publish, publish_in_emergency, refuse_emergency
from service.register.refusals import Conflict, SamePerson, Stale
from service.register.zones import read_zone
from tests.servers.database import TestDatabase
from tests.service.register import life, model_acts
from tests.service.register.model import DAY_US, FOREVER, HOUR_US, Answers, Clause, Order, Shape, Version, Zone, answers
from tests.service.register.model_acts import Refusal

# More of it by night: LIFE_EXAMPLES=500.
EXAMPLES = int(os.environ.get("LIFE_EXAMPLES", "20"))
PEOPLE = ("ann", "ben", "cat")
WHAT = ("suspension", "suspension", "discharge", "event", "end", "no end", "clause", "start", "no discharge")
NOBODY_READ = "0" * 32


class Asker(NamedTuple):
    """Who asks for something, and who approves it at once (None: it waits)."""

    proposes: str
    approves: str | None


people, which = st.sampled_from(PEOPLE), st.integers(0, 5)
askers = st.builds(Asker, people, st.sampled_from([None, *PEOPLE, *PEOPLE]))
reasons = st.sampled_from([None, "it is so", "it is so"])
hours = st.sampled_from([-48, -10, -0.5, 0, 0, 5, 20, 30])
lengths = st.sampled_from([None, None, None, 5, 20, 48])
shapes = st.builds(
    Shape, st.sampled_from([0, 0, 0, 0, 1, life.PLACES.index((-3.2, 55.95))]), st.sampled_from([100.0, 200.0, 400.0])
)


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
# A kind of proposal, what it asks, and what that does to an order of the model.
_Asked = tuple[str, dict[str, Any], Callable[[Order], Refusal]]


def _seldom() -> st.SearchStrategy[bool]:
    return st.sampled_from([False] * 7 + [True])


def _actor(holder: str) -> Actor:
    return Actor(Role.ADMIN, None, holder)


def _order(order_id: str, wearer_id: str, actor: str, start: int, clauses: int, *, event: bool) -> Order:
    bitten = [Clause(f"{order_id}-{number}", start) for number in range(clauses)]
    return Order(order_id, wearer_id, actor, start, (start, start + 200 * DAY_US), bitten, event)


def _members(order: Order) -> dict[str, Any]:
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


def _drawing(drawn: Version) -> dict[str, object]:
    return {
        "footprint": {"type": "Point", "coordinates": list(life.PLACES[drawn.shape.place])},
        "distance_m": drawn.shape.radius_m,
        "valid_from": printed(Instant(drawn.start)),
        "valid_until": None if drawn.end == FOREVER else printed(Instant(drawn.end)),
    }


def _comes_back(zone: Zone, number: int) -> bool:
    """Whether an emergency put a version aside, so that its shape may come back under another number."""
    return any(each.standing and each.aside is not None and each.aside.number == number for each in zone.versions)


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


class LifeOfOrders(RuleBasedStateMachine):
    """The acts. `loop` and `connection`: to a database of which nothing is kept."""

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

    # --- orders

    @initialize(
        clauses=st.integers(1, 2),
        wearer_id=st.sampled_from(["W-1", "W-1", "W-2"]),
        settled=st.sampled_from([True, True, True, False]),
    )
    def one_order(self, clauses: int, wearer_id: str, settled: bool) -> None:
        self.draft("ann", clauses, wearer_id, -100, event=False)
        for number in range(clauses):
            self.draw_a_zone("ann", number, Shape(0, 200.0), -50, None)
        if settled:
            self.publish_an_order(0, "ben", "it is so", stale=False)
            self.publish_a_version(0, 0, "ben", "it is so", stale=False)

    @precondition(lambda self: len(self.world.orders) < 2)
    @rule(
        actor=people,
        clauses=st.sampled_from([0, 1, 1, 2]),
        wearer_id=st.sampled_from(["W-1", "W-2"]),
        hour=hours,
        event=st.booleans(),
    )
    def draft(self, actor: str, clauses: int, wearer_id: str, hour: float, event: bool) -> None:
        self.numbered += 1
        order = _order(f"O-{self.numbered}", wearer_id, actor, self.at(hour), clauses, event=event)
        members = _members(order)

        def does(world: World) -> Refusal:
            world.orders.append(order)
            return None

        self.act(lambda found: draft_order(found, members, _actor(actor), self._now), does)

    @precondition(lambda self: any(order.published_by is None for order in self.world.orders))
    @rule(number=which, actor=people, clauses=st.integers(0, 2), hour=hours, stale=_seldom())
    def edit(self, number: int, actor: str, clauses: int, hour: float, stale: bool) -> None:
        order = self._order(number)
        other = _order(order.order_id, order.wearer_id, actor, self.at(hour), clauses, event=order.event)
        etag = self._order_etag(order, stale)

        def does(world: World) -> Refusal:
            own = world.order(order.order_id)
            if stale:
                return Stale
            if own.published_by is not None or any(clause.zones for clause in own.clauses[clauses:]):
                return Conflict
            own.drawn_by, own.start, own.monitored, own.touched = actor, other.start, other.monitored, own.touched + 1
            own.clauses = own.clauses[:clauses] + other.clauses[len(own.clauses) :]
            for clause in own.clauses:
                clause.start = other.start
            return None

        members = _members(other)
        self.act(
            lambda found: edit_draft(
                found, OrderId(order.order_id), members, if_match=etag, actor=_actor(actor), now=self._now
            ),
            does,
        )

    @precondition(lambda self: any(order.published_by is None for order in self.world.orders))
    @rule(number=which, actor=people, stale=_seldom())
    def discard(self, number: int, actor: str, stale: bool) -> None:
        order = self._order(number)
        etag = self._order_etag(order, stale)

        def does(world: World) -> Refusal:
            own = world.order(order.order_id)
            if stale:
                return Stale
            if own.published_by is not None or own.zones:
                return Conflict
            world.orders.remove(own)
            return None

        self.act(
            lambda found: discard_draft(
                found, OrderId(order.order_id), if_match=etag, actor=_actor(actor), now=self._now
            ),
            does,
        )

    @precondition(lambda self: self.world.orders)
    @rule(number=which, actor=people, reason=reasons, stale=_seldom())
    def publish_an_order(self, number: int, actor: str, reason: str | None, stale: bool) -> None:
        order = self._order(number)
        etag = self._order_etag(order, stale)

        def does(world: World) -> Refusal:
            own = world.order(order.order_id)
            return Stale if stale else model_acts.publish_order(own, actor, reason, world.now)

        self.act(
            lambda found: publish_order(
                found,
                OrderId(order.order_id),
                if_match=etag,
                actor=_actor(actor),
                reason=reason,
                authority=None,
                now=self._now,
            ),
            does,
        )

    # --- zones

    @precondition(lambda self: any(order.clauses for order in self.world.orders) and len(self._zones()) < 3)
    @rule(actor=people, number=which, shape=shapes, hour=hours, length=lengths)
    def draw_a_zone(self, actor: str, number: int, shape: Shape, hour: float, length: float | None) -> None:
        clauses = [clause for order in self.world.orders for clause in order.clauses]
        clause = clauses[number % len(clauses)]
        self.numbered += 1
        zone = Zone(f"Z-{self.numbered}", clause)
        drawn = self._version(1, shape, hour, length, actor)

        def does(_world: World) -> Refusal:
            clause.zones.append(zone)
            zone.versions.append(drawn)
            return None

        document = {"zone_id": zone.zone_id, **_drawing(drawn)}
        self.act(
            lambda found: draw_zone(
                found, ProhibitionId(clause.prohibition_id), document, actor=_actor(actor), now=self._now
            ),
            does,
        )

    @precondition(lambda self: any(len(self._drafts(zone)) < 3 for zone in self._zones()))
    @rule(number=which, actor=people, shape=shapes, hour=hours, length=lengths, stale=_seldom())
    def draw_again(self, number: int, actor: str, shape: Shape, hour: float, length: float | None, stale: bool) -> None:
        zone = self._zone(number)
        drawn = self._version(0, shape, hour, length, actor)
        etag = self._zone_etag(zone, stale)

        def does(_world: World) -> Refusal:
            if stale:
                return Stale
            zone.versions.append(drawn)
            zone.touched += 1
            return None

        made = self.act(
            lambda found: draw_version(
                found, ZoneId(zone.zone_id), _drawing(drawn), if_match=etag, actor=_actor(actor), now=self._now
            ),
            does,
        )
        if isinstance(made, Drawn):
            drawn.number = made.version

    @precondition(lambda self: self._zones())
    @rule(number=which, version=which, actor=people, stale=_seldom())
    def discard_a_version(self, number: int, version: int, actor: str, stale: bool) -> None:
        zone = self._zone(number)
        drawn = zone.versions[-1 - version % len(zone.versions)]
        etag = self._zone_etag(zone, stale)

        def does(_world: World) -> Refusal:
            if stale:
                return Stale
            if drawn.published_by is not None:
                return Conflict
            zone.versions.remove(drawn)
            zone.touched += 1
            if not zone.versions:
                zone.clause.zones.remove(zone)
            return None

        self.act(
            lambda found: discard_version(
                found, ZoneId(zone.zone_id), drawn.number, if_match=etag, actor=_actor(actor), now=self._now
            ),
            does,
        )

    @precondition(lambda self: self._zones())
    @rule(number=which, version=which, actor=people, reason=reasons, stale=_seldom())
    def publish_a_version(self, number: int, version: int, actor: str, reason: str | None, stale: bool) -> None:
        self._publishes(publish, number, version, actor, reason, stale, model_acts.publish)

    @precondition(lambda self: self._zones())
    @rule(number=which, drawn_by=people, actor=people, shape=shapes, hour=hours, length=lengths)
    def draw_and_publish(
        self, number: int, drawn_by: str, actor: str, shape: Shape, hour: float, length: float | None
    ) -> None:
        self.draw_again(number, drawn_by, shape, hour, length, stale=False)
        self.publish_a_version(number, 0, actor, "it is so", stale=False)

    @precondition(lambda self: self._zones())
    @rule(
        number=which, version=which, actor=people, shape=shapes, hour=st.sampled_from([-0.5, 0, 0, 5]), length=lengths
    )
    def publish_alone(
        self, number: int, version: int, actor: str, shape: Shape, hour: float, length: float | None
    ) -> None:
        if version < 4:  # a version that was drawn for it
            self.draw_again(number, actor, shape, hour, length, stale=False)
            version = 0

        def alone(order: Order, zone: Zone, drawn: Version, actor: str, _reason: str | None, now: int) -> Refusal:
            return model_acts.publish_alone(order, zone, drawn, actor, now)

        self._publishes(publish_in_emergency, number, version, actor, None, False, alone)

    @precondition(lambda self: any(each.unconfirmed for zone in self._zones() for each in zone.versions))
    @rule(number=which, actor=people, confirms=st.booleans(), reason=reasons)
    def answer_an_emergency(self, number: int, actor: str, confirms: bool, reason: str | None) -> None:
        waiting = [
            (place, back)
            for place, zone in enumerate(self._zones())
            for back, each in enumerate(reversed(zone.versions))
            if each.unconfirmed
        ]
        zone, version = waiting[number % len(waiting)]

        def refused(order: Order, zone: Zone, drawn: Version, actor: str, _reason: str | None, now: int) -> Refusal:
            return model_acts.refuse(order, zone, drawn, actor, now)

        if confirms:
            self._publishes(publish, zone, version, actor, reason, False, model_acts.publish)
        else:
            self._publishes(refuse_emergency, zone, version, actor, reason, False, refused)

    def _publishes(
        self, does: Any, number: int, version: int, actor: str, reason: str | None, stale: bool, model: Any
    ) -> None:
        zone = self._zone(number)
        drawn = zone.versions[-1 - version % len(zone.versions)]
        order = next(order for order in self.world.orders if zone in order.zones)
        asked = Publishing(ZoneId(zone.zone_id), drawn.number, self._zone_etag(zone, stale), _actor(actor), reason)

        def expected(world: World) -> Refusal:
            return Stale if stale else model(order, zone, drawn, actor, reason, world.now)

        self.act(lambda found: does(found, asked, self._now), expected)

    # --- proposals

    @precondition(lambda self: self.world.orders)
    @rule(
        number=which,
        asker=askers,
        what=st.sampled_from(WHAT),
        hour=hours,
        length=st.sampled_from([-5, 10, 40]),
    )
    def ask_about_an_order(self, number: int, asker: Asker, what: str, hour: float, length: float) -> None:
        order = self._order(number)
        at, until = self.at(hour), self.at(hour + length)
        kind, asked, does = self._asked(order, what, at, until)

        def published(world: World) -> Refusal:
            own = world.order(order.order_id)
            return Conflict if own.published_by is None else does(own)

        self._propose(kind, Target(order_id=order.order_id), asked, published, asker)

    def _asked(self, order: Order, what: str, at: int, until: int) -> _Asked:
        when, then = printed(Instant(at)), printed(Instant(until))
        absence = {"from": when, "until": then, "reason": "funeral", "authority": "the court"}
        ended = [{"prohibition_id": clause.prohibition_id, "until": when} for clause in order.clauses[:1]]
        kinds: dict[str, _Asked] = {
            "suspension": ("suspension", absence, lambda own: model_acts.suspend(own, at, until)),
            "discharge": ("discharge", {"at": when}, lambda own: model_acts.discharge(own, at)),
            "event": ("event", {"at": when}, lambda own: model_acts.event(own, at)),
            "end": ("variation", {"ends": {"kind": "date", "at": when}}, lambda own: model_acts.vary_end(own, at)),
            "no end": ("variation", {"ends": {"kind": "event", "event": "a trial"}}, model_acts.await_event),
            "clause": ("variation", {"prohibitions": ended}, lambda own: model_acts.end_clause(own, at)),
            "start": ("correction", {"effective_from": when}, lambda own: model_acts.correct(own, at, own.discharged)),
            "no discharge": (
                "correction",
                {"discharged_at": None},
                lambda own: model_acts.correct(own, own.start, FOREVER),
            ),
        }
        return kinds[what]

    @precondition(lambda self: any(order.suspensions for order in self.world.orders))
    @rule(number=which, asker=askers, hour=st.sampled_from([None, -10, 0, 5]))
    def ask_to_end_a_suspension(self, number: int, asker: Asker, hour: float | None) -> None:
        order = next(order for order in self.world.orders if order.suspensions)
        own = order.suspensions[number % len(order.suspensions)].number
        until = None if hour is None else self.at(hour)
        asked = {"suspension_id": own, "until": None if until is None else printed(Instant(until))}

        def does(world: World) -> Refusal:
            return model_acts.end_suspension(world.order(order.order_id), own, until)

        self._propose("suspension_end", Target(order_id=order.order_id), asked, does, asker)

    @precondition(lambda self: self._zones())
    @rule(number=which, version=which, asker=askers, hour=hours, ends=st.booleans())
    def ask_about_a_zone(self, number: int, version: int, asker: Asker, hour: float, ends: bool) -> None:
        zone = self._zone(number)
        drawn = zone.versions[-1 - version % len(zone.versions)].number
        target, at = Target(zone_id=zone.zone_id), self.at(hour)
        if ends:
            asked = {"at": printed(Instant(at))}
            self._propose(
                "zone_end", target, asked, lambda world: model_acts.end_zone(world.zone(zone.zone_id), at), asker
            )
        elif not _comes_back(zone, drawn):
            self._propose(
                "zone_withdrawal",
                target,
                {"version": drawn},
                lambda world: model_acts.withdraw(world.zone(zone.zone_id), drawn),
                asker,
                withdraws=drawn,
            )

    def _propose(
        self, kind: str, target: Target, asked: dict[str, Any], does: Does, asker: Asker, withdraws: int | None = None
    ) -> None:
        """Ask for something: refused like the act itself, and nothing is done."""
        made = self.act(
            lambda found: PROPOSALS.propose(
                found, Asked(kind, target, asked, "it is so"), _actor(asker.proposes), self._now
            ),
            lambda world: does(copy.deepcopy(world)),
            changes=False,
        )
        if isinstance(made, Proposed):
            number, touched = made.record.proposal_id, self._touched(target)
            self.open.append(Open(number, made.etag, target, does, asker.proposes, touched, withdraws))
            if asker.approves is not None:
                self.approve(0, asker.approves, looks_again=False)

    @precondition(lambda self: self.open)
    @rule(number=which, actor=people, looks_again=st.booleans())
    def approve(self, number: int, actor: str, looks_again: bool) -> None:
        asked = self.open[-1 - number % len(self.open)]
        if asked.withdraws is not None and _comes_back(self._zone_of(asked.target), asked.withdraws):
            return
        now_etag = self._run(PROPOSALS.read(self._connection, asked.proposal_id)).etag
        if self._touched(asked.target) == asked.touched:
            assert now_etag == asked.etag
        etag = now_etag if looks_again else asked.etag

        def does(world: World) -> Refusal:
            if etag != now_etag:
                return Stale
            return SamePerson if actor == asked.proposed_by else asked.does(world)

        made = self.act(
            lambda found: PROPOSALS.approve(
                found, asked.proposal_id, if_match=etag, actor=_actor(actor), reason=None, now=self._now
            ),
            does,
        )
        if isinstance(made, Proposed):
            assert made.record.register_version == self.version
            self.open.remove(asked)
            self._number_suspensions()

    @precondition(lambda self: self.open)
    @rule(number=which, actor=people)
    def reject(self, number: int, actor: str) -> None:
        asked = self.open.pop(number % len(self.open))
        etag = self._run(PROPOSALS.read(self._connection, asked.proposal_id)).etag

        def does(_world: World) -> Refusal:
            return None

        for expected in (does, lambda _world: Conflict):
            self.act(
                lambda found: PROPOSALS.reject(
                    found, asked.proposal_id, if_match=etag, actor=_actor(actor), reason="no", now=self._now
                ),
                expected,
                changes=False,
            )

    # --- time

    @rule(hours_on=st.sampled_from([1, 3, 23, 26, 72]))
    def time_passes(self, hours_on: int) -> None:
        self.world.now += hours_on * HOUR_US

    @rule(number=st.integers(0, 100))
    def look_back(self, number: int) -> None:
        self._looks_back(sorted(self.then)[number % len(self.then)])

    @invariant()
    def at_most_a_day_alone(self) -> None:
        for zone in self._zones():
            for each in zone.versions:
                assert each.alone_until is None or each.alone_until <= (each.published_at or 0) + DAY_US

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


# Where it fails, the shortest life that fails is looked for.
@pytest.mark.timeout(600 + 3 * EXAMPLES)
def test_the_register_lives_as_its_model_does(database: TestDatabase) -> None:
    asked = settings(
        max_examples=EXAMPLES,
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as loop:
        connection = loop.run(asyncpg.connect(database.url, server_settings={"timezone": "UTC", "jit": "off"}))
        try:
            run_state_machine_as_test(
                cast("type[LifeOfOrders]", partial(LifeOfOrders, loop, connection)), settings=asked
            )
        finally:
            loop.run(connection.close())
